"""Two clusters side by side: a fork and where it comes from, strangers, Secrets."""

from __future__ import annotations

from typing import Any

import pytest

from clusterlab.hub import hub
from clusterlab.labs.models import Cluster, Role
from clusterlab.labs.services import share
from simcore.apimachinery.kinds import CONFIG_MAP, SECRET
from simcore.apimachinery.meta import Key
from simcore.kube_apiserver.local import LocalClient
from tests.clusterlab.conftest import Browser, Own
from tests.kit.manifests import config_map


@pytest.fixture
def fork(own: Own) -> str:
    """Of the cluster after its ConfigMap was made."""
    own.put(a="1")
    answer = own.browser.post_json(f"/api/clusters/{own.id}/fork/", {})
    assert answer.status_code == 201, answer.content
    fork_id: str = answer.json()["id"]
    return fork_id


def user_of(cluster_id: str) -> LocalClient:
    return LocalClient(hub.get(cluster_id).server, "user:dana")


def compared(own: Own, other: str, **query: Any) -> Any:
    more = "".join(f"&{name}={value}" for name, value in query.items())
    return own.get(f"compare/?with={other}{more}")


def test_a_fresh_fork_is_the_same(own: Own, fork: str) -> None:
    told = compared(own, fork)
    assert (told["added"], told["removed"], told["changed"]) == ([], [], [])
    assert (told["parts_at"], told["truncated"]) == (None, False)
    assert told["rev"] == told["with_rev"] == own.resident.store.revision


def test_a_fork_knows_what_it_was_forked_from(own: Own, fork: str) -> None:
    forked_at = own.resident.store.revision
    assert own.browser.get(f"/api/clusters/{fork}/").json()["origin"] == {"id": own.id, "rev": forked_at}
    assert own.browser.get(f"/api/clusters/{own.id}/").json()["origin"] is None


def test_all_that_differs_is_counted_by_kind_though_not_all_is_told(
    own: Own, fork: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.put(a="2")
    for name in ("x", "y"):
        user_of(fork).create(CONFIG_MAP, config_map(name))
    assert compared(own, fork)["kinds"] == [
        {"kind": "ConfigMap", "resource": "configmaps", "added": 2, "removed": 0, "changed": 1}
    ]
    monkeypatch.setattr("clusterlab.reading.comparison.MOST_TOLD", 1)
    told = compared(own, fork)
    assert (len(told["added"]) + len(told["changed"]), told["truncated"]) == (1, True)
    assert told["kinds"][0]["added"] + told["kinds"][0]["changed"] == 3


def test_what_came_after_a_fork_is_told_from_the_firsts_side(own: Own, fork: str) -> None:
    forked_at = own.resident.store.revision
    own.put(a="2")
    own.user.create(CONFIG_MAP, config_map("mine"))
    other = user_of(fork)
    other.create(CONFIG_MAP, config_map("theirs"))
    told = compared(own, fork)
    assert (told["added"], told["removed"]) == (["configmaps/default/theirs"], ["configmaps/default/mine"])
    assert [(c["key"], c["fields"]) for c in told["changed"]] == [
        ("configmaps/default/notes", [{"path": "data.a", "old": "2", "new": "1"}])
    ]
    assert told["parts_at"] == forked_at + 1
    back = compared(own, fork, rev=forked_at)
    assert (back["added"], back["removed"], back["parts_at"]) == (["configmaps/default/theirs"], [], None)


def test_a_cluster_can_be_compared_with_its_own_past(own: Own) -> None:
    first = own.put(a="1")
    last = own.put(a="2")
    told = compared(own, own.id, rev=first, with_rev=last)
    assert [c["name"] for c in told["changed"]] == ["notes"]
    assert told["parts_at"] is None


def test_two_clusters_that_share_nothing_part_at_the_beginning(own: Own, browser: Browser) -> None:
    other = browser.new_cluster(seed=99)
    assert compared(own, other)["parts_at"] == 1


def test_both_clusters_have_to_be_ones_own(own: Own, fork: str, stranger: Browser) -> None:
    theirs = stranger.new_cluster()
    assert stranger.get(f"/api/clusters/{own.id}/compare/?with={theirs}").status_code == 404
    assert stranger.get(f"/api/clusters/{theirs}/compare/?with={own.id}").status_code == 404
    assert own.get("compare/", status=400)["error"]["details"]["fields"] == {
        "with": ["A cluster's id is needed."]
    }


def test_a_revision_has_to_be_kept_on_its_side(own: Own, fork: str) -> None:
    forked_at = own.resident.store.revision
    error = own.get(f"compare/?with={fork}&with_rev=3", status=410)["error"]
    assert (error["code"], error["details"]) == ("compacted", {"kept_from": forked_at})
    assert own.get(f"compare/?with={fork}&rev=99999", status=400)["error"]["code"] == "not_written"


def test_whoever_only_looks_at_one_of_them_sees_no_secrets(own: Own, fork: str, stranger: Browser) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "key", "namespace": "default"}}
    for client, value in ((own.user, "b25l"), (user_of(fork), "dHdv")):
        client.create(SECRET, {**secret, "data": {"k": value}})
    changed = next(c for c in compared(own, fork)["changed"] if c["name"] == "key")
    assert {"path": "data.k", "old": "b25l", "new": "dHdv"} in changed["fields"]
    for cluster_id in (own.id, fork):
        made = share(Cluster.objects.get(pk=cluster_id), Role.VIEW, "1h")
        stranger.get(f"/s/{made.token}")
    seen = stranger.get(f"/api/clusters/{own.id}/compare/?with={fork}").json()
    hidden = next(c for c in seen["changed"] if c["name"] == "key")
    assert {"path": "data.k"} in hidden["fields"]
    assert all(set(field) == {"path"} for field in hidden["fields"])


def test_of_too_many_differences_it_is_said_that_there_are_more(
    own: Own, fork: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clusterlab.reading import comparison

    monkeypatch.setattr(comparison, "MOST_TOLD", 2)
    for name in ("x", "y", "z"):
        user_of(fork).create(CONFIG_MAP, config_map(name))
    told = compared(own, fork)
    assert told["truncated"]
    assert told["added"] == ["configmaps/default/x", "configmaps/default/y"]
    user_of(fork).delete(CONFIG_MAP, Key("default", "z"))
    assert not compared(own, fork)["truncated"]
