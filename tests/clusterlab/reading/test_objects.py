"""One object through time, and differences between two moments, from the kept history."""

from __future__ import annotations

from typing import Any

import pytest

from clusterlab.hub import Resident
from clusterlab.reading import library as library_module
from clusterlab.reading import objects
from clusterlab.reading.library import Library
from clusterlab.reading.objects import NoSuchObject, difference, history_of, object_at
from simcore.apimachinery.kinds import CONFIG_MAP, SECRET
from simcore.apimachinery.meta import Key
from simcore.etcd.interface import Compacted, FutureRevision
from simcore.kube_apiserver.local import LocalClient
from tests.kit.manifests import config_map

NOTES = Key("default", "notes")


class Past:
    """A ConfigMap's life: created, changed twice, deleted, created again."""

    def __init__(self, resident: Resident) -> None:
        self.resident, self.user = resident, LocalClient(resident.server, "user:dana")
        self.before = resident.store.revision
        self.created = self.put(create=True, a="1")
        self.changed = self.put(a="2", b="1")
        self.changed_again = self.put(b="1")
        self.user.delete(CONFIG_MAP, NOTES)
        self.deleted = resident.store.revision

    def put(self, *, create: bool = False, **data: str) -> int:
        (self.user.create if create else self.user.update)(CONFIG_MAP, config_map("notes", **data))
        return self.resident.store.revision

    @property
    def library(self) -> Library:
        found = self.resident.shared(Library)
        found.advance()
        return found

    def at(self, revision: int | None) -> dict[str, Any]:
        return object_at(self.library, CONFIG_MAP, NOTES, revision)

    def diff(self, first: int, last: int, **how: Any) -> dict[str, Any]:
        return difference(
            self.library, first, last, how.pop("only", None), may_read_secrets=how.pop("may", True)
        )


@pytest.fixture
def past(resident: Resident) -> Past:
    return Past(resident)


def test_an_object_is_shown_as_it_was_at_each_revision(past: Past) -> None:
    states = [past.at(revision) for revision in range(past.before, past.deleted + 1)]
    assert [(s["object"] or {}).get("data") for s in states] == [
        None, {"a": "1"}, {"a": "2", "b": "1"}, {"b": "1"}, None,
    ]  # fmt: skip
    assert [s["deleted"] for s in states] == [False, False, False, False, True]
    assert {s["created_rev"] for s in states[1:]} == {past.created}
    assert {s["last_rev"] for s in states} == {past.deleted}
    assert states[1]["object"]["metadata"]["resourceVersion"] == str(past.created)


def test_an_object_that_never_was_is_none(past: Past) -> None:
    with pytest.raises(NoSuchObject, match="configmaps default/other"):
        object_at(past.library, CONFIG_MAP, Key("default", "other"), None)


def test_what_comes_back_has_a_new_beginning(past: Past) -> None:
    again = past.put(create=True, c="3")
    assert past.at(None)["created_rev"] == again
    assert past.at(past.changed)["created_rev"] == past.created


def test_its_history_is_told_newest_first_with_who_did_what(past: Past) -> None:
    told = history_of(past.library, CONFIG_MAP, NOTES, 100)
    assert [(line["rev"], line["change"]) for line in told] == [
        (past.deleted, "deleted"),
        (past.changed_again, "changed"),
        (past.changed, "changed"),
        (past.created, "created"),
    ]
    assert {line["actor"] for line in told} == {"user:dana"}
    assert told[2]["fields"] == ["data.a", "data.b"]
    assert told[1]["fields"] == ["data.a"]
    assert [line["rev"] for line in history_of(past.library, CONFIG_MAP, NOTES, 2)] == [
        past.deleted,
        past.changed_again,
    ]
    assert history_of(past.library, CONFIG_MAP, Key("default", "other"), 10) == []


def test_the_fields_that_a_line_names_are_bounded(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "MOST_NAMED_FIELDS", 3)
    past.put(create=True)
    past.put(**{f"k{n}": "v" for n in range(9)})
    assert len(history_of(past.library, CONFIG_MAP, NOTES, 1)[0]["fields"]) <= 3


def test_the_difference_of_two_moments(past: Past) -> None:
    key = "configmaps/default/notes"
    assert past.diff(past.before, past.created)["added"] == [key]
    assert past.diff(past.changed, past.deleted)["removed"] == [key]
    assert past.diff(past.deleted, past.changed)["added"] == [key]
    changed = past.diff(past.created, past.changed_again)["changed"]
    assert [(c["key"], c["kind"], c["name"]) for c in changed] == [(key, "ConfigMap", "notes")]
    fields = {f["path"]: (f["old"], f["new"]) for f in changed[0]["fields"]}
    assert (fields["data.a"][0], fields["data.b"][1]) == ("1", "1")


def test_what_came_and_went_between_is_no_difference(past: Past) -> None:
    nothing = {"added": [], "removed": [], "changed": [], "kinds": [], "truncated": False}
    assert past.diff(past.before, past.deleted) == nothing
    assert past.diff(past.created, past.created) == nothing


def test_the_difference_of_one_object_only(past: Past) -> None:
    past.user.create(CONFIG_MAP, config_map("other"))
    now = past.resident.store.revision
    assert past.diff(past.before, now)["added"] == ["configmaps/default/other"]
    assert past.diff(past.before, now, only=(CONFIG_MAP, NOTES))["added"] == []


@pytest.mark.parametrize(("may", "shown"), [(True, True), (False, False)])
def test_a_secrets_fields_are_for_those_who_may(past: Past, may: bool, shown: bool) -> None:
    meta = {"name": "s", "namespace": "default"}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "data": {"p": "b25l"}}
    past.user.create(SECRET, secret)
    first = past.resident.store.revision
    past.user.update(SECRET, {**secret, "data": {"p": "dHdv"}})
    told = past.diff(first, past.resident.store.revision, may=may)
    assert ("dHdv" in str(told)) is shown
    assert "s" in str(told["changed"])


@pytest.mark.parametrize("when", ["object", "difference"])
def test_what_is_not_kept_or_not_written_is_refused(past: Past, when: str) -> None:
    ask = past.at if when == "object" else (lambda revision: past.diff(revision, past.created))
    with pytest.raises(FutureRevision):
        ask(10**6)
    with past.resident.guard:
        past.resident.store.replica.compact(past.changed)
    with pytest.raises(Compacted) as refused:
        ask(past.before)
    assert refused.value.kept_from == past.changed


def test_answers_are_made_once_and_a_bounded_number_is_kept(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_module, "MOST_ANSWERS", 2)
    made: list[str] = []

    def ask(question: str) -> str:
        return past.library.answer(question, lambda: made.append(question) or question)  # type: ignore[func-returns-value]

    assert [ask(question) for question in "aabacab"] == list("aabacab")
    assert made == list("abcb")
