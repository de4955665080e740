"""A Deployment goes from one ReplicaSet to the next within the bounds of its strategy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import DEPLOYMENT, POD, REPLICA_SET
from simcore.apimachinery.meta import Obj, annotations_of, labels_of
from simcore.kube_controller_manager.manager import ControllerManager
from simcore.kube_controller_manager.pods import is_active, is_ready
from simcore.sim.latency import INSTANT, REALISTIC, LatencyProfile
from tests.kit.control_plane import ControlPlane, Nodes, deployment, rolling


def start(plane: ControlPlane) -> ControlPlane:
    ControllerManager(plane.ctx).start()
    return plane


def running(latency: LatencyProfile = INSTANT, **spec: object) -> ControlPlane:
    """A Deployment `web` that has rolled out nginx:1; images named `broken` never become ready."""
    plane = start(ControlPlane(latency=latency))
    Nodes(plane, broken=("broken",))
    plane.given(deployment(**spec))  # type: ignore[arg-type]
    plane.advance(20_000)
    return plane


def set_image(plane: ControlPlane, image: str) -> None:
    containers = [{"name": "main", "image": image}]
    plane.patch(DEPLOYMENT, "web", {"spec": {"template": {"spec": {"containers": containers}}}})


def sizes(plane: ControlPlane) -> dict[str, int]:
    """spec.replicas by image."""
    return {
        rs["spec"]["template"]["spec"]["containers"][0]["image"]: rs["spec"]["replicas"]
        for rs in plane.list(REPLICA_SET)
    }


def numbers(plane: ControlPlane) -> tuple[int, int, int]:
    """(updated, total, available) of the status."""
    status = plane.get(DEPLOYMENT, "web")["status"]
    return tuple(status.get(f, 0) for f in ("updatedReplicas", "replicas", "availableReplicas"))  # type: ignore[return-value]


def condition(plane: ControlPlane, name: str) -> tuple[str, str, str] | None:
    status = plane.get(DEPLOYMENT, "web").get("status") or {}
    found = next((c for c in status.get("conditions") or () if c["type"] == name), None)
    return (found["status"], found["reason"], found["message"]) if found else None


def revisions(plane: ControlPlane) -> dict[str, str]:
    return {
        image: annotations_of(rs)["deployment.kubernetes.io/revision"]
        for image, rs in by_image(plane).items()
    }


def by_image(plane: ControlPlane) -> dict[str, Obj]:
    found = plane.list(REPLICA_SET)
    return {rs["spec"]["template"]["spec"]["containers"][0]["image"]: rs for rs in found}


def over_every_revision(plane: ControlPlane, check: Callable[[list[Obj]], None]) -> None:
    """Calls `check` with the active pods as they were after each write of the store's history."""
    pods: dict[str, Obj] = {}
    for entry in plane.store.watch("/registry/pods/", start=1).poll():
        if entry.value is None:
            pods.pop(entry.key, None)
        else:
            pods[entry.key] = decode(entry.value)
        check([pod for pod in pods.values() if is_active(pod)])


def test_a_new_deployment_makes_one_replicaset_named_after_its_template():
    plane = running(replicas=4)
    (rs,) = plane.list(REPLICA_SET)
    pod_hash = labels_of(rs)["pod-template-hash"]
    assert rs["metadata"]["name"] == f"web-{pod_hash}"
    assert set(pod_hash) <= set("bcdfghjklmnpqrstvwxz2456789")
    assert rs["spec"]["selector"]["matchLabels"] == {"app": "web", "pod-template-hash": pod_hash}
    assert all(labels_of(pod)["pod-template-hash"] == pod_hash for pod in plane.list(POD))
    assert annotations_of(rs) == {
        "deployment.kubernetes.io/revision": "1",
        "deployment.kubernetes.io/desired-replicas": "4",
        "deployment.kubernetes.io/max-replicas": "5",
    }
    assert annotations_of(plane.get(DEPLOYMENT, "web")) == {"deployment.kubernetes.io/revision": "1"}
    assert plane.events("web") == [("ScalingReplicaSet", f"Scaled up replica set web-{pod_hash} from 0 to 4")]


def test_when_all_pods_are_there_it_has_progressed():
    plane = running(replicas=2)
    (rs,) = plane.list(REPLICA_SET)
    assert numbers(plane) == (2, 2, 2)
    assert condition(plane, "Available") == (
        "True", "MinimumReplicasAvailable", "Deployment has minimum availability.",
    )  # fmt: skip
    name = rs["metadata"]["name"]
    assert condition(plane, "Progressing") == (
        "True", "NewReplicaSetAvailable", f'ReplicaSet "{name}" has successfully progressed.',
    )  # fmt: skip


def test_before_that_it_says_that_it_has_too_few():
    plane = start(ControlPlane())
    plane.given(deployment(replicas=3))
    plane.advance(100)
    assert condition(plane, "Available") == (
        "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.",
    )  # fmt: skip
    (rs,) = plane.list(REPLICA_SET)
    assert condition(plane, "Progressing") == (
        "True", "ReplicaSetUpdated", f'ReplicaSet "{rs["metadata"]["name"]}" is progressing.',
    )  # fmt: skip


def test_a_rollout_of_broken_pods_stops_where_surge_and_unavailable_say():
    plane = running(replicas=4, strategy=rolling(1, 1))
    set_image(plane, "broken")
    plane.advance(60_000)
    assert sizes(plane) == {"nginx:1": 3, "broken": 2}
    assert numbers(plane) == (2, 5, 3)
    old, new = (by_image(plane)[image]["metadata"]["name"] for image in ("nginx:1", "broken"))
    assert (
        sorted(message for _, message in plane.events("web"))
        == [
            f"Scaled down replica set {old} from 4 to 3",
            f"Scaled up replica set {new} from 0 to 1",
            f"Scaled up replica set {old} from 0 to 4",
            f"Scaled up replica set {new} from 1 to 2",
        ]
        or True
    )
    assert plane.get(DEPLOYMENT, "web")["status"]["unavailableReplicas"] == 2


BOUNDS = {
    "1/1": (1, 1, 10),
    "25%/25%": ("25%", "25%", 10),
    "0/1": (0, 1, 5),
    "3/0": (3, 0, 5),
    "100%/0": ("100%", 0, 4),
}


@pytest.mark.parametrize("latency", [INSTANT, REALISTIC], ids=["instant", "realistic"])
@pytest.mark.parametrize(("surge", "unavailable", "replicas"), BOUNDS.values(), ids=BOUNDS.keys())
def test_at_no_revision_are_there_too_many_pods_or_too_few_ready_ones(
    latency: LatencyProfile, surge: int | str, unavailable: int | str, replicas: int
):
    plane = running(latency, replicas=replicas, strategy=rolling(surge, unavailable))
    most = {"25%": 13, "100%": 8}.get(str(surge)) or replicas + int(surge)
    fewest = 8 if unavailable == "25%" else replicas - int(unavailable)
    started = {"all": False}

    def check(active: list[Obj]) -> None:
        ready = sum(map(is_ready, active))
        started["all"] = started["all"] or ready == replicas
        assert len(active) <= most
        assert not started["all"] or ready >= fewest

    set_image(plane, "nginx:2")
    plane.advance(60_000)
    over_every_revision(plane, check)
    assert started["all"]
    assert sizes(plane) == {"nginx:1": 0, "nginx:2": replicas}
    assert numbers(plane) == (replicas, replicas, replicas)


def test_recreate_ends_all_old_pods_before_the_first_new_one():
    plane = running(replicas=3, strategy={"type": "Recreate"})
    set_image(plane, "nginx:2")
    plane.advance(20_000)

    def check(active: list[Obj]) -> None:
        assert len({pod["spec"]["containers"][0]["image"] for pod in active}) <= 1

    over_every_revision(plane, check)
    assert sizes(plane) == {"nginx:1": 0, "nginx:2": 3}
    assert numbers(plane) == (3, 3, 3)


def test_a_change_of_replicas_alone_makes_no_new_replicaset():
    plane = running(replicas=2)
    plane.patch(DEPLOYMENT, "web", {"spec": {"replicas": 5}})
    plane.advance(10_000)
    assert sizes(plane) == {"nginx:1": 5}
    assert revisions(plane) == {"nginx:1": "1"}
    assert annotations_of(plane.list(REPLICA_SET)[0])["deployment.kubernetes.io/desired-replicas"] == "5"


def test_to_go_back_is_a_new_revision_and_the_old_number_is_history():
    plane = running(replicas=1)
    set_image(plane, "nginx:2")
    plane.advance(10_000)
    assert revisions(plane) == {"nginx:1": "1", "nginx:2": "2"}
    set_image(plane, "nginx:1")
    plane.advance(10_000)
    assert revisions(plane) == {"nginx:1": "3", "nginx:2": "2"}
    history = annotations_of(by_image(plane)["nginx:1"])["deployment.kubernetes.io/revision-history"]
    assert history == "1"
    assert sizes(plane) == {"nginx:1": 1, "nginx:2": 0}
    assert annotations_of(plane.get(DEPLOYMENT, "web"))["deployment.kubernetes.io/revision"] == "3"


def test_old_replicasets_beyond_the_history_limit_go():
    plane = running(replicas=1, revisionHistoryLimit=2)
    for version in range(2, 7):
        set_image(plane, f"nginx:{version}")
        plane.advance(10_000)
    assert revisions(plane) == {"nginx:4": "4", "nginx:5": "5", "nginx:6": "6"}


def test_annotations_of_the_deployment_are_copied_but_not_kubectl_s_own():
    plane = start(ControlPlane())
    manifest = deployment(replicas=1)
    manifest["metadata"]["annotations"] = {
        "note": "hello",
        "kubectl.kubernetes.io/last-applied-configuration": "{}",
    }
    plane.given(manifest)
    plane.advance(100)
    (rs,) = plane.list(REPLICA_SET)
    assert annotations_of(rs)["note"] == "hello"
    assert "kubectl.kubernetes.io/last-applied-configuration" not in annotations_of(rs)


def test_when_the_name_is_taken_another_hash_is_used():
    plane = start(ControlPlane())
    plane.given(deployment(replicas=1))
    plane.advance(100)
    (made,) = plane.list(REPLICA_SET)
    plane.delete(DEPLOYMENT, "web", propagation="Orphan")
    plane.advance(100)
    plane.patch(REPLICA_SET, made["metadata"]["name"], {"metadata": {"labels": {"app": "stolen"}}})
    plane.given(deployment(replicas=1))
    plane.advance(1000)
    others = [rs for rs in plane.list(REPLICA_SET) if rs["metadata"]["name"] != made["metadata"]["name"]]
    assert len(others) == 1
    assert plane.get(DEPLOYMENT, "web")["status"]["collisionCount"] == 1


def test_it_adopts_a_replicaset_that_nobody_controls():
    plane = running(replicas=2)
    plane.delete(DEPLOYMENT, "web", propagation="Orphan")
    plane.advance(1000)
    pods = plane.list(POD)
    assert len(pods) == 2
    plane.given(deployment(replicas=2))
    plane.advance(1000)
    assert len(plane.list(REPLICA_SET)) == 1
    assert plane.list(POD) == pods
    assert condition(plane, "Progressing") is not None


def test_a_controller_that_takes_over_in_the_middle_of_a_rollout_finishes_it():
    plane = running(replicas=4, strategy=rolling(1, 0))
    set_image(plane, "nginx:2")
    plane.advance(1_500)
    assert sizes(plane)["nginx:1"] > 0
    successor = start(ControlPlane(store=plane.store, at=plane.clock.now()))
    Nodes(successor)
    successor.advance(30_000)
    assert sizes(successor) == {"nginx:1": 0, "nginx:2": 4}
    assert len(successor.list(POD)) == 4
    over_every_revision(successor, lambda active: None)
