"""The cache: nodes and pods in any order, and what their changes mean."""

from __future__ import annotations

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.framework.events import ClusterEvent
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.pod_info import PodInfo
from tests.simcore.kube_scheduler.manifests import node, pod
from tests.simcore.kube_scheduler.scene import Scene

BUSY = {"requests": {"cpu": "1"}, "ports": [{"containerPort": 80, "hostPort": 80}]}


class Watchful:
    """Notes down what it is told."""

    def __init__(self) -> None:
        self.moves: list[tuple[str, str, int]] = []
        self.changes = 0

    def pod_moved(self, node: NodeInfo, pod: PodInfo, sign: int) -> None:
        self.moves.append((node.name, pod.key.name, sign))

    def nodes_changed(self) -> None:
        self.changes += 1


def only(scene: Scene) -> NodeInfo:
    (found,) = scene.cache.nodes()
    return found


@pytest.mark.parametrize(
    ("changed", "events"),
    [
        pytest.param(node(), [], id="nothing"),
        pytest.param(node(labels={"a": "b"}), [ClusterEvent.NODE_LABELS_CHANGED], id="labels"),
        pytest.param(
            node(allocatable={"cpu": "8"}), [ClusterEvent.NODE_ALLOCATABLE_CHANGED], id="allocatable"
        ),
        pytest.param(node(unschedulable=True), [ClusterEvent.NODE_TAINTS_CHANGED], id="cordon"),
        pytest.param(
            node(taints=[{"key": "a", "effect": "NoSchedule"}], labels={"a": "b"}),
            [ClusterEvent.NODE_LABELS_CHANGED, ClusterEvent.NODE_TAINTS_CHANGED],
            id="two things",
        ),
        pytest.param(
            node() | {"metadata": node()["metadata"] | {"annotations": {"a": "b"}}}, [], id="annotations"
        ),
    ],
)
def test_a_node_update_is_told_by_what_it_changes(changed: Obj, events: list[ClusterEvent]) -> None:
    scene = Scene([node()])
    assert scene.cache.set_node(changed) == events


def test_a_new_node_is_one_event() -> None:
    assert Scene([]).cache.set_node(node()) == [ClusterEvent.NODE_ADDED]


def test_pods_may_be_seen_before_their_node_and_outlive_it() -> None:
    scene = Scene([], [pod("p", nodeName="node-1", **BUSY)])
    assert scene.cache.nodes() == []
    scene.cache.set_node(node())
    assert only(scene).requested == {"cpu": 1000}
    scene.cache.remove_node("node-1")
    assert scene.cache.nodes() == []
    scene.cache.set_node(node())
    assert list(only(scene).pods) == ["uid-p"]


def test_what_a_pod_took_is_free_when_it_goes() -> None:
    scene = Scene([node()], [pod("p", nodeName="node-1", **BUSY)])
    before = only(scene)
    assert (before.requested, len(before.ports)) == ({"cpu": 1000}, 1)
    scene.cache.remove_pod("uid-p")
    assert (before.requested, before.scored, before.ports, before.pods) == (
        {"cpu": 0},
        {"cpu": 0, "memory": 0},
        {},
        {},
    )
    assert scene.cache.remove_pod("uid-p") is None


def test_an_assumed_pod_counts_until_the_api_server_confirms_it_or_it_is_put_back() -> None:
    scene = Scene([node()])
    info = scene.info(pod("p", **BUSY))
    scene.cache.assume(info, "node-1")
    assert scene.cache.is_assumed("uid-p")
    assert only(scene).requested == {"cpu": 1000}
    scene.cache.set_pod(scene.info(pod("p", nodeName="node-1", **BUSY)))
    assert not scene.cache.is_assumed("uid-p")
    assert only(scene).requested == {"cpu": 1000}


def test_a_pod_bound_elsewhere_by_others_moves() -> None:
    scene = Scene([node("node-1"), node("node-2")])
    scene.cache.assume(scene.info(pod("p", **BUSY)), "node-1")
    scene.cache.set_pod(scene.info(pod("p", nodeName="node-2", **BUSY)))
    assert {n.name: len(n.pods) for n in scene.cache.nodes()} == {"node-1": 0, "node-2": 1}


def test_observers_hear_of_pods_that_count_differently_and_of_nothing_else() -> None:
    scene, watchful = Scene([node()]), Watchful()
    scene.cache.observe(watchful)
    doc = pod("p", nodeName="node-1", **BUSY)
    scene.cache.set_pod(scene.info(doc))
    scene.cache.set_pod(scene.info(doc | {"status": {"phase": "Running"}}))
    assert watchful.moves == [("node-1", "p", 1)]
    leaving = doc | {"metadata": doc["metadata"] | {"deletionTimestamp": "2026-01-01T00:00:00Z"}}
    scene.cache.set_pod(scene.info(leaving))
    assert watchful.moves[1:] == [("node-1", "p", -1), ("node-1", "p", 1)]
    scene.cache.set_node(node())
    assert watchful.changes == 0
    scene.cache.set_node(node(unschedulable=True))
    scene.cache.namespaces_changed()
    assert watchful.changes == 2


def test_it_knows_whether_anybody_is_less_important() -> None:
    scene = Scene([node()], [pod("p", nodeName="node-1", priority=5)])
    assert not scene.cache.has_pods_below(5)
    assert scene.cache.has_pods_below(6)
    scene.cache.remove_pod("uid-p")
    assert not scene.cache.has_pods_below(6)


def test_images_are_counted_by_the_nodes_that_hold_them() -> None:
    held = [{"names": ["nginx:1"], "sizeBytes": 5}]
    scene = Scene([node("node-1", images=held), node("node-2", images=held)])
    assert scene.cache.nodes_with_image("nginx:1") == 2
    scene.cache.set_node(node("node-1"))
    scene.cache.remove_node("node-2")
    assert scene.cache.nodes_with_image("nginx:1") == 0


def test_a_copy_of_a_node_is_independent_in_its_pods() -> None:
    scene = Scene([node()], [pod("p", nodeName="node-1", **BUSY)])
    twin = only(scene).copy()
    twin.remove_pod("uid-p")
    assert (len(only(scene).pods), only(scene).requested) == (1, {"cpu": 1000})
    assert twin.allocatable is only(scene).allocatable


def test_identical_pods_share_their_shape_whatever_they_are_called() -> None:
    scene = Scene([])
    volume = {"name": "kube-api-access-x7", "projected": {}}
    one, other = scene.info(pod("a", **BUSY)), scene.info(pod("b", volumes=[volume], **BUSY))
    assert one.shape is other.shape
    assert scene.info(pod("c", labels={"app": "web"}, **BUSY)).shape is not one.shape
