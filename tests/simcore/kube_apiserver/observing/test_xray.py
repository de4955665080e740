"""The stages of requests: which there are, what ended them, what was written, how long it took."""

from __future__ import annotations

from itertools import count

import pytest

from simcore.apimachinery.schema import Schema
from simcore.kube_apiserver.http.message import HttpRequest
from simcore.kube_apiserver.observing.observer import Observer
from simcore.kube_apiserver.observing.requests import MOST_CHANGES, MOST_READS, Kept, outline, states
from simcore.kube_apiserver.observing.xray import NO_XRAY, PASSED, REFUSED, Xray
from simcore.kube_apiserver.users import ADMIN, User
from tests.simcore.kube_apiserver.http.door import CONFIG_MAPS, MERGE, PODS, Door, config_map, pod

CREATION = [
    "authorization",
    "decoding",
    "defaulting",
    "mutating admission",
    "validation",
    "validating admission",
    "storage",
    "answer",
]
UPDATE = [*CREATION[:2], "reading", *CREATION[2:]]


class Ticking:
    """A clock that a request moves by being looked at: each stage takes 1 us."""

    def __init__(self) -> None:
        self._ticks = count(0, 1000)

    def __call__(self) -> int:
        return next(self._ticks)


@pytest.fixture
def door(schema: Schema) -> Door:
    door = Door(schema)
    door.api.observer = Observer(door.server, ticks=Ticking())
    return door


def last(door: Door) -> Kept:
    return door.api.observer.requests.newest(1)[0]


def passed(kept: Kept) -> list[str]:
    return [stage.name for stage in kept.stages]


def test_a_stage_ends_when_the_next_begins():
    xray = Xray(Ticking())
    xray.enter("one")
    xray.note("seen")
    xray.enter("two")
    assert xray.end(None) == 3000
    assert xray.stages == [("one", PASSED, 1000, "seen"), ("two", PASSED, 1000, "")]


def test_the_open_stage_is_the_one_that_refuses():
    xray = Xray(Ticking())
    xray.enter("authorization")
    xray.enter("validation")
    xray.end("no such field")
    assert [(s.verdict, s.detail) for s in xray.stages] == [(PASSED, ""), (REFUSED, "no such field")]


def test_nobodys_xray_keeps_nothing():
    NO_XRAY.enter("storage")
    NO_XRAY.note("x")
    NO_XRAY.wrote("/registry/pods/a", 0, 1)
    assert (NO_XRAY.stages, NO_XRAY.written, NO_XRAY.end(None)) == ([], [], 0)


def test_a_creation_passes_all_stages(door: Door):
    door.post(CONFIG_MAPS, config_map("a", x="1"))
    kept = last(door)
    assert passed(kept) == CREATION
    assert {stage.verdict for stage in kept.stages} == {PASSED}
    assert {stage.ns for stage in kept.stages} == {1000}
    assert kept.ns == 1000 * (len(CREATION) + 1)
    assert (kept.verb, kept.uri, kept.code, kept.user) == ("create", CONFIG_MAPS, 201, ADMIN.name)


def test_an_update_and_a_patch_read_first(door: Door):
    door.post(CONFIG_MAPS, config_map("a", x="1"))
    door.put(f"{CONFIG_MAPS}/a", config_map("a", x="2"))
    assert passed(last(door)) == UPDATE
    door.patch(f"{CONFIG_MAPS}/a", {"data": {"x": "3"}}, MERGE)
    assert passed(last(door)) == UPDATE


def test_a_deletion(door: Door):
    door.post(CONFIG_MAPS, config_map("a"))
    door.delete(f"{CONFIG_MAPS}/a")
    assert passed(last(door)) == ["authorization", "reading", "admission", "storage"]


@pytest.mark.parametrize(
    ("body", "stage", "message"),
    [
        pytest.param(b"{", "decoding", "unrecognized", id="no JSON"),
        pytest.param(
            config_map("UPPER"), "validation", "is invalid: metadata.name", id="a name that is none"
        ),
        pytest.param({**pod("p"), "kind": "Pod"}, "decoding", "unknown conversion", id="another kind"),
    ],
)
def test_what_refuses_is_the_stage_that_was_open(door: Door, body: object, stage: str, message: str):
    code, _ = door.post(CONFIG_MAPS, body)
    kept = last(door)
    assert kept.code == code >= 400
    assert (kept.stages[-1].name, kept.stages[-1].verdict) == (stage, REFUSED)
    assert message in kept.refusal
    assert message in kept.stages[-1].detail
    assert kept.written == ()


def test_who_may_not_is_refused_by_authorization(door: Door):
    door.user = User("nobody", (), "user")
    door.get(CONFIG_MAPS)
    assert [(s.name, s.verdict) for s in last(door).stages] == [("authorization", REFUSED)]


def test_a_missing_namespace_is_refused_by_admission(door: Door):
    door.post("/api/v1/namespaces/none/configmaps", config_map("a"))
    assert last(door).stages[-1].name == "mutating admission"


def test_an_object_that_is_there_already_is_refused_by_storage(door: Door):
    door.post(CONFIG_MAPS, config_map("a"))
    door.post(CONFIG_MAPS, config_map("a"))
    assert (last(door).stages[-1].name, last(door).code) == ("storage", 409)


def test_a_request_knows_what_it_wrote(door: Door):
    door.post(CONFIG_MAPS, config_map("a", x="1"))
    (made,) = last(door).written
    assert (made.path, made.before) == ("/registry/configmaps/default/a", 0)
    door.patch(f"{CONFIG_MAPS}/a", {"data": {"x": "2"}}, MERGE)
    (changed,) = last(door).written
    assert (changed.before, changed.after) == (made.after, door.store.revision)
    door.delete(f"{CONFIG_MAPS}/a")
    (gone,) = last(door).written
    before, after = states(door.store, gone)
    assert before is not None
    assert b'"x":"2"' in before
    assert after is None
    before, after = states(door.store, changed)
    assert before is not None
    assert after is not None
    assert (b'"x":"1"' in before, b'"x":"2"' in after) == (True, True)


def test_what_is_compacted_is_forgotten(door: Door):
    door.post(CONFIG_MAPS, config_map("a", x="1"))
    (made,) = last(door).written
    door.post(CONFIG_MAPS, config_map("b"))
    door.store.compact(door.store.revision)
    assert states(door.store, made) == (None, None)


@pytest.mark.parametrize("query", [{"dryRun": "All"}, {}], ids=["dry run", "no change"])
def test_what_was_not_stored_is_not_written(door: Door, query: dict[str, str]):
    door.post(CONFIG_MAPS, config_map("a", x="1"))
    patch = {"data": {"x": "2" if query else "1"}}
    assert door.patch(f"{CONFIG_MAPS}/a", patch, MERGE, **query)[0] == 200
    assert last(door).written == ()


def test_reads_push_no_change_out(door: Door):
    door.post(CONFIG_MAPS, config_map("a"))
    for _ in range(MOST_READS + 5):
        door.get(f"{CONFIG_MAPS}/a")
    log = door.api.observer.requests
    verbs = [kept.verb for kept in log.newest()]
    assert verbs == ["get"] * MOST_READS + ["create"]
    for _ in range(MOST_CHANGES):
        door.delete(f"{CONFIG_MAPS}/missing")
    assert [kept.verb for kept in log.newest()].count("create") == 0
    assert len(log.newest()) == MOST_READS + MOST_CHANGES
    assert len(log.newest(7)) == 7


def test_requests_have_numbers_of_their_own(door: Door):
    for name in ("a", "b"):
        door.post(CONFIG_MAPS, config_map(name))
    log = door.api.observer.requests
    assert [kept.number for kept in log.newest()] == [2, 1]
    first = log.get(1)
    assert first is not None
    assert b'"a"' in first.sent
    assert log.get(3) is None


def test_a_watch_is_a_request_like_others(door: Door):
    door.watch(CONFIG_MAPS)
    kept = last(door)
    assert (kept.verb, kept.code, kept.uri) == ("watch", 200, f"{CONFIG_MAPS}?watch=true")


def test_large_bodies_are_not_kept(door: Door):
    door.post(CONFIG_MAPS, config_map("a", x="1" * 9000))
    assert last(door).sent == b""


def test_an_impersonator_is_not_the_user(door: Door):
    headers = {"impersonate-user": "jane"}
    door.api.serve(HttpRequest("GET", PODS, "", headers, b"", ADMIN))
    assert last(door).user == "jane"


def test_the_front_may_have_begun_the_xray(door: Door):
    xray = door.api.observer.xray()
    xray.enter("authentication")
    door.api.serve(HttpRequest("GET", PODS, "", {}, b"", ADMIN, "", xray))
    assert passed(last(door)) == ["authentication", "authorization", "reading"]


def test_the_outline_is_plain_data(door: Door):
    door.post(CONFIG_MAPS, config_map("a"))
    told = outline(last(door))
    stages = told.pop("stages")
    assert told == {
        "n": 1,
        "at": 0,
        "rev": door.store.revision,
        "user": "kubernetes-admin",
        "verb": "create",
        "path": CONFIG_MAPS,
        "code": 201,
        "message": "",
        "ms": 0.009,
    }
    assert stages[0] == {"name": "authorization", "verdict": "passed", "us": 1, "detail": ""}
