"""A ReplicaSet has as many active pods as it wants, never one too many, and says how it stands."""

from __future__ import annotations

import pytest

from simcore.apimachinery.errors import Forbidden
from simcore.apimachinery.kinds import POD, REPLICA_SET, REPLICATION_CONTROLLER
from simcore.apimachinery.meta import Obj, controller_of, uid_of
from simcore.client.control_loop import ControlLoop
from simcore.kube_apiserver.local import LocalClient
from simcore.kube_controller_manager.manager import ControllerManager
from simcore.kube_controller_manager.owned_pods import OwnedPods
from simcore.kube_controller_manager.replicaset.controller import BURST, ReplicaSetController
from simcore.sim.latency import REALISTIC, LatencyProfile, Range
from tests.kit.control_plane import ControlPlane, Nodes, finish, pod, replica_set, set_ready

SLOW_WATCH = LatencyProfile(Range(0, 0), Range(5000, 5000), Range(0, 0), Range(0, 0), Range(0, 0))


def start(plane: ControlPlane) -> ControlPlane:
    ctx = plane.ctx.for_actor("replicaset-controller")
    ControlLoop(ctx, ReplicaSetController(ctx, OwnedPods(ctx.informers.informer(POD)))).start()
    return plane


@pytest.fixture
def plane() -> ControlPlane:
    return start(ControlPlane())


def scale(plane: ControlPlane, replicas: int, name: str = "web") -> None:
    plane.patch(REPLICA_SET, name, {"spec": {"replicas": replicas}})


def names(pods: list[Obj]) -> set[str]:
    return {p["metadata"]["name"] for p in pods}


def status(plane: ControlPlane, name: str = "web") -> Obj:
    found: Obj = plane.get(REPLICA_SET, name)["status"]
    return found


def test_it_creates_its_pods_from_the_template(plane: ControlPlane):
    plane.given(replica_set(replicas=3))
    plane.advance(0)
    pods, rs = plane.list(POD), plane.get(REPLICA_SET, "web")
    assert len(pods) == 3
    for made in pods:
        assert made["metadata"]["name"].startswith("web-")
        assert made["metadata"]["labels"] == {"app": "web"}
        assert made["spec"]["containers"][0]["image"] == "nginx:1"
        assert controller_of(made) == {
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "name": "web",
            "uid": uid_of(rs),
            "controller": True,
            "blockOwnerDeletion": True,
        }


def test_each_creation_and_deletion_is_an_event(plane: ControlPlane):
    plane.given(replica_set(replicas=1))
    plane.advance(0)
    (name,) = names(plane.list(POD))
    scale(plane, 0)
    plane.advance(10)
    assert plane.events("web") == [
        ("SuccessfulCreate", f"Created pod: {name}"),
        ("SuccessfulDelete", f"Deleted pod: {name}"),
    ]


def test_a_pod_that_is_deleted_or_has_ended_is_replaced(plane: ControlPlane):
    plane.given(replica_set(replicas=3))
    plane.advance(10)
    one, two, three = plane.list(POD)
    plane.delete(POD, one["metadata"]["name"])
    finish(plane, two, "Failed")
    plane.advance(10)
    pods = plane.list(POD)
    assert len(pods) == 4  # the failed one stays to be looked at
    assert names([two, three]) < names(pods)
    assert status(plane)["replicas"] == 3


def test_with_a_slow_watch_no_pod_is_created_twice():
    plane = start(ControlPlane(latency=SLOW_WATCH))
    plane.given(replica_set(replicas=3))
    plane.advance(5_000)
    assert len(plane.list(POD)) == 3
    for n in range(3):  # each change makes the controller look at its stale copy of the pods
        plane.patch(REPLICA_SET, "web", {"metadata": {"labels": {"n": str(n)}}})
        plane.advance(4_000)
        assert len(plane.list(POD)) == 3
    scale(plane, 1)
    plane.advance(5_050)
    assert len(plane.list(POD)) == 1
    plane.patch(REPLICA_SET, "web", {"metadata": {"labels": {"n": "x"}}})
    plane.advance(20_000)
    assert len(plane.list(POD)) == 1


def test_many_pods_come_in_bursts(plane: ControlPlane):
    plane.given(replica_set(replicas=BURST + 20))
    plane.clock.fire_next()  # the informer
    plane.clock.fire_next()
    assert len(plane.list(POD)) == BURST
    plane.advance(10)
    assert len(plane.list(POD)) == BURST + 20


def test_a_controller_that_takes_over_creates_nothing():
    plane = start(ControlPlane())
    plane.given(replica_set(replicas=5))
    plane.advance(10)
    before = plane.store.revision
    successor = start(ControlPlane(store=plane.store, at=plane.clock.now()))
    successor.advance(60_000)
    assert successor.store.revision == before


def test_its_status_counts_ready_and_available_pods(plane: ControlPlane):
    plane.given(replica_set(replicas=3, minReadySeconds=10))
    plane.advance(1000)
    first, second, _ = plane.list(POD)
    set_ready(plane, first)
    plane.advance(4000)
    set_ready(plane, second)
    plane.advance(5_999)
    assert (status(plane)["readyReplicas"], status(plane).get("availableReplicas")) == (2, None)
    plane.advance(1)
    assert status(plane) == {
        "replicas": 3,
        "fullyLabeledReplicas": 3,
        "readyReplicas": 2,
        "availableReplicas": 1,
        "terminatingReplicas": 0,
        "observedGeneration": 1,
    }
    plane.advance(4_000)
    assert status(plane)["availableReplicas"] == 2


def test_a_pod_with_an_extra_label_is_its_own_but_not_fully_labelled(plane: ControlPlane):
    plane.given(replica_set(replicas=2, template=two_labels()))
    plane.advance(10)
    plane.patch(POD, plane.list(POD)[0]["metadata"]["name"], {"metadata": {"labels": {"tier": "back"}}})
    plane.advance(10)
    assert (status(plane)["replicas"], status(plane)["fullyLabeledReplicas"]) == (2, 1)


def two_labels() -> Obj:
    spec = {"containers": [{"name": "main", "image": "nginx:1"}]}
    return {"metadata": {"labels": {"app": "web", "tier": "front"}}, "spec": spec}


def test_it_adopts_matching_orphans_before_it_creates_pods(plane: ControlPlane):
    plane.given(pod("lonely", labels={"app": "web"}), pod("other", labels={"app": "db"}))
    plane.advance(10)
    plane.given(replica_set(replicas=2))
    plane.advance(10)
    owned = [p for p in plane.list(POD) if controller_of(p)]
    assert len(owned) == 2
    assert "lonely" in names(owned)


def test_an_orphan_that_comes_later_is_adopted_and_one_pod_goes(plane: ControlPlane):
    plane.given(replica_set(replicas=2))
    plane.advance(10)
    plane.given(pod("lonely", labels={"app": "web"}))
    plane.advance(10)
    assert len(plane.list(POD)) == 2


def test_it_releases_a_pod_whose_labels_no_longer_match(plane: ControlPlane):
    plane.given(replica_set(replicas=2))
    plane.advance(10)
    name = plane.list(POD)[0]["metadata"]["name"]
    plane.patch(POD, name, {"metadata": {"labels": {"app": "debug"}}})
    plane.advance(10)
    assert "ownerReferences" not in plane.get(POD, name)["metadata"]
    assert len(plane.list(POD)) == 3


def test_a_terminating_replicaset_makes_no_pods(plane: ControlPlane):
    held = replica_set(replicas=2)
    held["metadata"]["finalizers"] = ["example.com/hold"]
    plane.given(held)
    plane.advance(10)
    plane.delete(REPLICA_SET, "web", propagation="Background")
    plane.delete(POD, plane.list(POD)[0]["metadata"]["name"])
    plane.advance(1000)
    assert len(plane.list(POD)) == 1


class FullNamespace(LocalClient):
    """Refuses a fourth pod."""

    def create(self, kind, obj):  # type: ignore[no-untyped-def]  # as the base's
        if kind is POD and len(self.list(POD, "default")) >= 3:
            raise Forbidden('pods "web-" is forbidden: exceeded quota: small')
        return super().create(kind, obj)


class Limited(ControlPlane):
    def client(self, actor: str) -> LocalClient:
        return FullNamespace(self.server, actor)


def test_a_refusal_is_told_in_event_and_condition_and_tried_again():
    plane = start(Limited())
    plane.given(replica_set(replicas=20))
    plane.advance(2)
    message = 'pods "web-" is forbidden: exceeded quota: small'
    assert len(plane.list(POD)) == 3
    # batches of 1, 2 and 4: the third one fails, so not all twenty are tried
    refusals = [m for reason, m in plane.events("web") if reason == "FailedCreate"]
    assert refusals == [f"Error creating: {message}"]
    (condition,) = status(plane)["conditions"]
    assert {k: condition[k] for k in ("type", "status", "reason", "message")} == {
        "type": "ReplicaFailure",
        "status": "True",
        "reason": "FailedCreate",
        "message": message,
    }
    scale(plane, 3)
    plane.advance(60_000)
    assert "conditions" not in status(plane)


def test_it_settles_under_realistic_latencies():
    plane = start(ControlPlane(latency=REALISTIC))
    Nodes(plane)
    plane.given(replica_set(replicas=40))
    plane.advance(30_000)
    assert status(plane)["availableReplicas"] == 40
    scale(plane, 7)
    plane.advance(30_000)
    assert len(plane.list(POD)) == 7
    assert status(plane)["replicas"] == 7


def test_a_replicationcontroller_does_the_same_with_its_older_selector():
    plane = ControlPlane()
    ControllerManager(plane.ctx).start()
    plane.given(pod("lonely", labels={"app": "web"}))
    spec = replica_set(replicas=3)["spec"] | {"selector": {"app": "web"}}
    head = {"apiVersion": "v1", "kind": "ReplicationController", "metadata": {"name": "web"}}
    plane.given({**head, "spec": spec})
    plane.advance(100)
    owners = [controller_of(p) for p in plane.list(POD)]
    assert [(ref["kind"], ref["name"]) for ref in owners if ref] == [("ReplicationController", "web")] * 3
    assert "lonely" in names(plane.list(POD))
    found = plane.get(REPLICATION_CONTROLLER, "web")["status"]
    assert found == {"replicas": 3, "fullyLabeledReplicas": 3, "observedGeneration": 1}
    plane.patch(REPLICATION_CONTROLLER, "web", {"spec": {"replicas": 1}})
    plane.advance(100)
    assert len(plane.list(POD)) == 1
