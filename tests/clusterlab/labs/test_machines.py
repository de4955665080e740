"""Nodes with kubelets are added, removed, switched off and on."""

from __future__ import annotations

from collections.abc import Callable

from clusterlab.hub import hub
from clusterlab.labs.models import Cluster
from simcore.apimachinery.kinds import NODE
from simcore.apimachinery.meta import Obj
from tests.clusterlab.conftest import Browser, Owner


def nodes(owner: Owner) -> dict[str, Obj]:
    return {node["metadata"]["name"]: node for node in owner.replica.cluster.client("test").list(NODE)}


def is_ready(node: Obj) -> str:
    status: str = next(c["status"] for c in node["status"]["conditions"] if c["type"] == "Ready")
    return status


def test_added_nodes_go_on_with_numbers_and_zones(browser: Browser, owner_of: Callable[[str], Owner]) -> None:
    cluster_id = browser.new_cluster(nodes=2, zones=3, cpu="2")
    answer = browser.post_json(f"/api/clusters/{cluster_id}/nodes/", {"add": 2})
    assert answer.json() == {"added": ["node-3", "node-4"]}
    owner = owner_of(cluster_id)
    owner.advance(30_000)
    found = nodes(owner)
    assert list(found) == ["node-1", "node-2", "node-3", "node-4"]
    assert is_ready(found["node-4"]) == "True"
    assert found["node-3"]["metadata"]["labels"]["topology.kubernetes.io/zone"] == "zone-c"
    assert found["node-3"]["status"]["capacity"]["cpu"] == "2"
    assert Cluster.objects.get(pk=cluster_id).nodes == 4


def test_a_removed_node_is_gone(browser: Browser, owner_of: Callable[[str], Owner]) -> None:
    cluster_id = browser.new_cluster()
    assert browser.send("DELETE", f"/api/clusters/{cluster_id}/nodes/node-2/").status_code == 204
    owner = owner_of(cluster_id)
    owner.advance(60_000)
    assert list(nodes(owner)) == ["node-1"]
    assert Cluster.objects.get(pk=cluster_id).nodes == 1


def test_a_killed_node_is_noticed_and_comes_back(browser: Browser, owner_of: Callable[[str], Owner]) -> None:
    cluster_id = browser.new_cluster()
    path = f"/api/clusters/{cluster_id}/nodes/node-1/fault/"
    assert browser.post_json(path, {"action": "kill"}).status_code == 204
    owner = owner_of(cluster_id)
    owner.advance(90_000)
    assert is_ready(nodes(owner)["node-1"]) == "Unknown"
    assert browser.post_json(path, {"action": "restore"}).status_code == 204
    owner.advance(60_000)
    assert is_ready(nodes(owner)["node-1"]) == "True"


def test_a_node_that_is_not_there_cannot_fail(browser: Browser) -> None:
    cluster_id = browser.new_cluster()
    answer = browser.post_json(f"/api/clusters/{cluster_id}/nodes/node-9/fault/", {"action": "kill"})
    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == "There is no node node-9."
    assert browser.send("DELETE", f"/api/clusters/{cluster_id}/nodes/node-9/").status_code == 404


def test_too_many_nodes_at_once_are_refused(browser: Browser) -> None:
    cluster_id = browser.new_cluster()
    answer = browser.post_json(f"/api/clusters/{cluster_id}/nodes/", {"add": 501})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("add=... takes 1 to 500")


def test_switching_off_twice_is_once(browser: Browser) -> None:
    cluster_id = browser.new_cluster()
    path = f"/api/clusters/{cluster_id}/nodes/node-1/fault/"
    browser.post_json(path, {"action": "kill"})
    before = hub.get(cluster_id).sync()
    browser.post_json(path, {"action": "kill"})
    assert hub.get(cluster_id).sync() == before
