"""Where pods with volumes go, why they can't, and how they wait until their claims are bound."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, POD
from simcore.apimachinery.meta import Obj
from simcore.client.control_loop import ControlLoop
from simcore.kube_controller_manager.volume.binder import ClaimBinder
from tests.simcore.kube_scheduler.manifests import node, pod
from tests.simcore.kube_scheduler.running import Running

BOUND = {"pv.kubernetes.io/bind-completed": "yes"}
LATE, LOCAL = "late", "local"


def claim(name: str = "data", *, storage_class: str = LATE, volume: str = "", **spec: Any) -> Obj:
    """Bound when it names a volume."""
    meta: Obj = {"name": name} | ({"annotations": BOUND} if volume else {})
    wanted = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    wanted |= {"storageClassName": storage_class} | ({"volumeName": volume} if volume else {}) | spec
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": wanted}


def volume(name: str, *, on: str = "", labels: dict[str, str] | None = None, **spec: Any) -> Obj:
    made: Obj = {
        "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": LOCAL,
        "hostPath": {"path": "/data"},
    } | spec  # fmt: skip
    if on:
        host = {"key": "kubernetes.io/hostname", "operator": "In", "values": [on]}
        made["nodeAffinity"] = {"required": {"nodeSelectorTerms": [{"matchExpressions": [host]}]}}
    meta = {"name": name, "labels": labels or {}}
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": meta, "spec": made}


def storage_class(name: str, *, mode: str = "WaitForFirstConsumer", **fields: Any) -> Obj:
    provisioner = "kubernetes.io/no-provisioner" if name == LOCAL else "csi.example.com"
    head = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name}}
    return head | {"provisioner": provisioner, "volumeBindingMode": mode} | fields


def using(name: str, *claims: str, **spec: Any) -> Obj:
    volumes = [{"name": f"v{n}", "persistentVolumeClaim": {"claimName": c}} for n, c in enumerate(claims)]
    return pod(name, volumes=volumes, **spec)


def given(*objects: Obj, nodes: tuple[Obj, ...] = ()) -> Running:
    running = Running(*nodes)
    running.plane.given(storage_class(LATE), storage_class(LOCAL), *objects)
    running.plane.advance(1)
    return running


def message(running: Running, name: str = "p") -> str:
    text: str = running.condition(name)["message"]
    return text.partition(". ")[0]


def annotations(running: Running, name: str) -> dict[str, str]:
    return running.plane.get(PERSISTENT_VOLUME_CLAIM, name)["metadata"].get("annotations") or {}


# --- VolumeBinding


def test_a_pod_goes_where_its_volume_is() -> None:
    running = given(volume("disk", on="node-3"), claim(storage_class=LOCAL, volume="disk"))
    running.given(using("p", "data"))
    assert running.node_of("p") == "node-3"


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        pytest.param((), 'persistentvolumeclaim "data" not found', id="no claim"),
        pytest.param(
            (claim(storage_class="none"),), "pod has unbound immediate PersistentVolumeClaims", id="unknown class"
        ),
        pytest.param(
            (storage_class("now", mode="Immediate"), claim(storage_class="now")),
            "pod has unbound immediate PersistentVolumeClaims",
            id="immediate",
        ),
        pytest.param(
            (claim(storage_class=LOCAL),),
            "4 node(s) didn't find available persistent volumes to bind",
            id="nothing to bind",
        ),
        pytest.param(
            (claim(storage_class=LOCAL), volume("small", capacity={"storage": "1Mi"})),
            "4 node(s) didn't find available persistent volumes to bind",
            id="too small",
        ),
        pytest.param(
            (claim(storage_class=LOCAL), volume("shared", accessModes=["ReadOnlyMany"])),
            "4 node(s) didn't find available persistent volumes to bind",
            id="another mode",
        ),
        pytest.param(
            (claim(storage_class=LOCAL, selector={"matchLabels": {"speed": "high"}}), volume("slow")),
            "4 node(s) didn't find available persistent volumes to bind",
            id="not selected",
        ),
        pytest.param(
            (claim(storage_class=LOCAL, volume="gone"),), 'persistentvolume "gone" not found', id="no volume"
        ),
    ],
)  # fmt: skip
def test_why_a_pod_with_a_claim_waits(objects: tuple[Obj, ...], expected: str) -> None:
    running = given(*objects)
    running.given(using("p", "data"))
    assert message(running) == f"0/4 nodes are available: {expected}"


def test_a_lost_or_dying_claim_is_named() -> None:
    running = given(claim())
    running.plane.patch(PERSISTENT_VOLUME_CLAIM, "data", {"status": {"phase": "Lost"}}, subresource="status")
    running.plane.advance(1)
    running.given(using("p", "data"))
    assert message(running) == (
        '0/4 nodes are available: persistentvolumeclaim "data" bound to non-existent persistentvolume ""'
    )


def test_nodes_away_from_the_volume_are_turned_down_one_by_one() -> None:
    away = {"key": "dedicated", "effect": "NoSchedule"}
    running = given(
        volume("disk", on="node-2"), claim(storage_class=LOCAL, volume="disk"),
        nodes=(node("node-1"), node("node-2", taints=[away])),
    )  # fmt: skip
    running.given(using("p", "data"))
    assert message(running) == (
        "0/2 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity, 1 node(s) had untolerated "
        "taint(s)"
    )


def test_the_smallest_volume_that_fits_is_claimed_on_the_chosen_node() -> None:
    running = given(
        claim(storage_class=LOCAL),
        volume("large", on="node-2", capacity={"storage": "9Gi"}),
        volume("right", on="node-2"),
    )
    running.given(using("p", "data"))
    ref = running.plane.get(PERSISTENT_VOLUME, "right")["spec"]["claimRef"]
    assert (ref["namespace"], ref["name"]) == ("default", "data")
    assert "claimRef" not in running.plane.get(PERSISTENT_VOLUME, "large")["spec"]
    assert running.node_of("p") == ""  # the claim is not bound yet


def test_a_pod_is_bound_once_its_claims_are() -> None:
    running = given(claim(storage_class=LOCAL), volume("disk", on="node-2"))
    plane = running.plane
    binder = plane.ctx.for_actor("binder")
    ControlLoop(binder, ClaimBinder(binder)).start()
    running.given(using("p", "data"))
    plane.advance(5_000)
    assert running.node_of("p") == "node-2"
    assert annotations(running, "data")["pv.kubernetes.io/bind-completed"] == "yes"


def test_a_claim_to_be_made_is_told_its_node_and_waited_for() -> None:
    running = given(claim())
    running.given(using("p", "data"))
    chosen = annotations(running, "data")["volume.kubernetes.io/selected-node"]
    assert running.node_of("p") == ""
    running.plane.given(volume("made", on=chosen))
    meta = {"annotations": BOUND}
    running.plane.patch(PERSISTENT_VOLUME_CLAIM, "data", {"metadata": meta, "spec": {"volumeName": "made"}})
    running.plane.advance(1)
    assert running.node_of("p") == chosen


def test_who_waits_for_its_volumes_too_long_is_tried_again() -> None:
    running = given(claim())
    running.configure(
        profiles=[{"pluginConfig": [{"name": "VolumeBinding", "args": {"bindTimeoutSeconds": 30}}]}]
    )
    running.given(using("p", "data"))
    running.plane.advance(29_000)
    assert [event["reason"] for event in running.events("p")] == []
    running.plane.advance(2_000)
    (event,) = running.events("p")
    assert event["message"] == (
        'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded'
    )
    assert running.condition("p")["reason"] == "SchedulerError"


def test_a_pod_deleted_while_it_waits_frees_its_place() -> None:
    running = given(claim(), nodes=(node("node-1", allocatable={"pods": "1"}),))
    running.given(using("p", "data"))
    running.plane.delete(POD, "p", grace_s=0)
    running.plane.advance(1)
    running.given(pod("next"))
    assert running.node_of("next") == "node-1"
    running.plane.advance(700_000)
    assert len(running.scheduler.queue) == 0


def test_two_pods_do_not_get_one_volume() -> None:
    running = given(claim("a", storage_class=LOCAL), claim("b", storage_class=LOCAL), volume("disk"))
    running.given(using("p", "a"), using("q", "b"))
    assert message(running, "q").endswith("4 node(s) didn't find available persistent volumes to bind")
    running.plane.given(volume("another"))
    running.plane.advance(2_000)
    assert running.plane.get(PERSISTENT_VOLUME, "another")["spec"]["claimRef"]["name"] == "b"


def test_a_class_makes_volumes_only_in_its_topology() -> None:
    zone = {"key": "topology.kubernetes.io/zone", "values": ["zone-b"]}
    running = given(
        storage_class("there", allowedTopologies=[{"matchLabelExpressions": [zone]}]),
        claim(storage_class="there"),
    )
    running.given(using("p", "data"))
    assert annotations(running, "data")["volume.kubernetes.io/selected-node"] == "node-2"


def test_a_claim_that_appears_brings_the_pod_back() -> None:
    running = given(volume("disk", on="node-4"))
    running.given(using("p", "data"))
    running.plane.given(claim("other", storage_class=LOCAL, volume="disk"))
    running.plane.advance(1)
    assert running.scheduler.queue.pods()[0].attempts == 1
    running.plane.given(claim(storage_class=LOCAL, volume="disk"))
    running.plane.advance(2_000)
    assert running.node_of("p") == "node-4"


# --- VolumeZone


def test_a_volume_in_a_zone_is_used_there() -> None:
    running = given(
        volume("disk", labels={"topology.kubernetes.io/zone": "zone-c"}),
        claim(storage_class=LOCAL, volume="disk"),
    )
    running.given(using("p", "data"))
    assert running.node_of("p") == "node-3"


def test_the_old_label_means_the_same_and_several_zones_may_be_named() -> None:
    running = given(
        volume("disk", labels={"failure-domain.beta.kubernetes.io/zone": "zone-x__zone-y"}),
        claim(storage_class=LOCAL, volume="disk"),
        nodes=(node("node-1"),),
    )
    running.given(using("p", "data"))
    assert message(running) == "0/1 nodes are available: 1 node(s) had no available volume zone"


def test_a_node_without_any_zone_takes_every_volume() -> None:
    bare = node("bare")
    bare["metadata"]["labels"] = {}
    running = given(
        volume("disk", labels={"topology.kubernetes.io/zone": "zone-c"}),
        claim(storage_class=LOCAL, volume="disk"),
        nodes=(bare,),
    )
    running.given(using("p", "data"))
    assert running.node_of("p") == "bare"


# --- VolumeRestrictions


def test_a_claim_for_one_pod_has_one() -> None:
    running = given(
        volume("disk", accessModes=["ReadWriteOncePod"]),
        claim(storage_class=LOCAL, volume="disk", accessModes=["ReadWriteOncePod"]),
    )
    running.given(using("first", "data"))
    running.given(using("p", "data"))
    assert running.node_of("first")
    assert message(running) == (
        "0/4 nodes are available: 4 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod "
        "access mode"
    )
    running.end("first")
    running.plane.advance(2_000)
    assert running.node_of("p")


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        pytest.param({"iscsi": {"iqn": "a"}}, {"iscsi": {"iqn": "a"}}, True, id="iscsi"),
        pytest.param({"iscsi": {"iqn": "a"}}, {"iscsi": {"iqn": "b"}}, False, id="another iscsi"),
        pytest.param(
            {"gcePersistentDisk": {"pdName": "a", "readOnly": True}},
            {"gcePersistentDisk": {"pdName": "a", "readOnly": True}},
            False,
            id="both read",
        ),
        pytest.param(
            {"awsElasticBlockStore": {"volumeID": "a", "readOnly": True}},
            {"awsElasticBlockStore": {"volumeID": "a", "readOnly": True}},
            True,
            id="never shared",
        ),
        pytest.param(
            {"rbd": {"monitors": ["m", "n"], "pool": "p", "image": "i"}},
            {"rbd": {"monitors": ["n"], "pool": "p", "image": "i"}},
            True,
            id="rbd",
        ),
        pytest.param(
            {"rbd": {"monitors": ["m"], "pool": "p", "image": "i"}},
            {"rbd": {"monitors": ["n"], "pool": "p", "image": "i"}},
            False,
            id="another rbd",
        ),
    ],
)
def test_a_disk_is_mounted_once_on_a_node(one: Obj, other: Obj, clash: bool) -> None:
    running = Running(node("node-1"))
    view = running.scheduler
    old = view._watching._infos.info(pod("old", nodeName="node-1", volumes=[{"name": "v", **one}]))
    view.cache.set_pod(old)
    found = view._watching._infos.info(pod("p", volumes=[{"name": "v", **other}]))
    from simcore.kube_scheduler.framework.interfaces import Cycle

    placement = view.profiles.placer_of(found).place(Cycle(view.cache, 1), found)
    assert (
        placement.diagnosis.message() == "0/1 nodes are available: 1 node(s) had no available disk."
    ) == clash


# --- NodeVolumeLimits


def csi_node(name: str, count: int) -> Obj:
    drivers = [{"name": "csi.example.com", "nodeID": name, "allocatable": {"count": count}}]
    return {
        "apiVersion": "storage.k8s.io/v1", "kind": "CSINode", "metadata": {"name": name}, "spec": {"drivers": drivers},
    }  # fmt: skip


def test_a_node_attaches_as_many_volumes_as_its_driver_can() -> None:
    csi = [
        volume(f"disk-{n}", csi={"driver": "csi.example.com", "volumeHandle": f"h{n}"}, hostPath=None)
        for n in range(3)
    ]
    for made in csi:
        del made["spec"]["hostPath"]
    claims = [claim(f"data-{n}", storage_class=LOCAL, volume=f"disk-{n}") for n in range(3)]
    running = given(csi_node("node-1", 2), *csi, *claims, nodes=(node("node-1"),))
    running.given(using("a", "data-0"), using("b", "data-1"))
    running.given(using("shares", "data-1"), using("p", "data-2"))
    assert (running.node_of("a"), running.node_of("b"), running.node_of("shares")) == ("node-1",) * 3
    assert message(running) == "0/1 nodes are available: 1 node(s) exceed max volume count"


def test_pods_without_volumes_never_ask() -> None:
    running = given(csi_node("node-1", 0), nodes=(node("node-1"),))
    running.given(pod("p"))
    assert running.node_of("p") == "node-1"
