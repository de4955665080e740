"""Claims get the volumes that suit them, keep them, and give them back."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, POD, STORAGE_CLASS
from simcore.apimachinery.meta import Obj, annotations_of, is_terminating, key_of
from simcore.cloud_controller_manager.manager import CloudControllerManager
from simcore.kube_controller_manager.manager import ControllerManager
from simcore.kube_controller_manager.volume.binder import (
    BIND_COMPLETED,
    BOUND_BY_US,
    IS_DEFAULT,
    LOST_VOLUME,
    PROVISIONED_BY,
    PROVISIONER,
)
from tests.kit.control_plane import ControlPlane, Nodes, finish, pod


@pytest.fixture
def plane() -> ControlPlane:
    return start(ControlPlane())


@pytest.fixture
def cloud(plane: ControlPlane) -> ControlPlane:
    CloudControllerManager(plane.ctx).start()
    return plane


def start(plane: ControlPlane) -> ControlPlane:
    ControllerManager(plane.ctx).start()
    return plane


def volume(name: str, storage: str = "5Gi", *, labels: Obj | None = None, **spec: Any) -> Obj:
    body = {
        "capacity": {"storage": storage},
        "accessModes": ["ReadWriteOnce"],
        "hostPath": {"path": "/x"},
    } | spec
    meta = {"name": name, "labels": labels or {}}
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": meta, "spec": body}


def claim(name: str = "data", storage: str = "3Gi", **spec: Any) -> Obj:
    resources = {"requests": {"storage": storage}}
    body = {"accessModes": ["ReadWriteOnce"], "resources": resources, "storageClassName": ""} | spec
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name},
        "spec": {key: value for key, value in body.items() if value is not None},
    }


def storage_class(name: str = "fast", *, is_default: bool = False, **more: Any) -> Obj:
    meta = {"name": name, "annotations": {IS_DEFAULT: "true"} if is_default else {}}
    head = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": meta}
    return head | {"provisioner": "disk.example.com"} | more


def using(*claims: str, name: str = "user", node: str = "") -> Obj:
    made = pod(name)
    volumes = [{"name": c, "persistentVolumeClaim": {"claimName": c}} for c in claims]
    return {**made, "spec": {**made["spec"], "volumes": volumes} | ({"nodeName": node} if node else {})}


def bound(plane: ControlPlane, name: str = "data") -> str:
    """The volume that the claim has; '' while it waits."""
    found = plane.get(PERSISTENT_VOLUME_CLAIM, name)
    is_bound = found["status"].get("phase") == "Bound"
    return found["spec"]["volumeName"] if is_bound else ""


def phase(plane: ControlPlane, name: str) -> str:
    found: str = plane.get(PERSISTENT_VOLUME, name)["status"]["phase"]
    return found


def test_a_claim_and_a_volume_find_each_other(plane: ControlPlane):
    plane.given(volume("pv"))
    plane.advance(10)
    assert phase(plane, "pv") == "Available"
    plane.given(claim())
    plane.advance(10)
    found, owner = plane.get(PERSISTENT_VOLUME_CLAIM, "data"), plane.get(PERSISTENT_VOLUME, "pv")
    assert found["status"] == {
        "phase": "Bound",
        "accessModes": ["ReadWriteOnce"],
        "capacity": {"storage": "5Gi"},
    }
    assert annotations_of(found) == {BIND_COMPLETED: "yes", BOUND_BY_US: "yes"}
    assert annotations_of(owner) == {BOUND_BY_US: "yes"}
    ref = owner["spec"]["claimRef"]
    assert (ref["kind"], ref["namespace"], ref["name"]) == ("PersistentVolumeClaim", "default", "data")
    assert ref["uid"] == found["metadata"]["uid"]
    assert phase(plane, "pv") == "Bound"


def test_the_smallest_that_is_big_enough_is_taken(plane: ControlPlane):
    plane.given(
        volume("huge", "100Gi"), volume("small", "1Gi"), volume("right", "4Gi"), volume("large", "8Gi")
    )
    plane.given(claim())
    plane.advance(10)
    assert bound(plane) == "right"


@pytest.mark.parametrize(
    ("offer", "wish"),
    [
        ({"storageClassName": "gold"}, {}),
        ({}, {"storageClassName": "gold"}),
        ({}, {"accessModes": ["ReadWriteMany"]}),
        ({"volumeMode": "Block"}, {}),
        ({}, {"resources": {"requests": {"storage": "6Gi"}}}),
        ({}, {"selector": {"matchLabels": {"tier": "hot"}}}),
        ({"claimRef": {"namespace": "default", "name": "other"}}, {}),
    ],
    ids=["class of the volume", "class of the claim", "access mode", "mode", "size", "labels", "reserved"],
)
def test_what_does_not_fit_is_not_taken(plane: ControlPlane, offer: Obj, wish: Obj):
    plane.given(volume("pv", **offer), claim(**wish))
    plane.advance(10)
    assert bound(plane) == ""
    assert plane.get(PERSISTENT_VOLUME_CLAIM, "data")["status"]["phase"] == "Pending"


def test_without_a_class_the_claim_waits_and_says_so(plane: ControlPlane):
    plane.given(claim())
    plane.advance(10)
    message = "no persistent volumes available for this claim and no storage class is set"
    assert ("FailedBinding", message) in plane.events("data")
    plane.given(volume("pv"))
    plane.advance(10)
    assert bound(plane) == "pv"


def test_a_missing_class_is_told(plane: ControlPlane):
    plane.given(claim(storageClassName="none"))
    plane.advance(10)
    message = 'storageclass.storage.k8s.io "none" not found'
    assert plane.events("data")[0] == ("ProvisioningFailed", message)
    plane.given(storage_class("none"))
    plane.advance(10)
    assert plane.events("data")[1][0] == "ExternalProvisioning"


def test_a_volume_can_be_reserved_and_a_claim_can_name_one(plane: ControlPlane):
    plane.given(
        volume("small", "4Gi"), volume("mine", "90Gi", claimRef={"namespace": "default", "name": "data"})
    )
    plane.given(claim(), claim("other", volumeName="small"))
    plane.advance(10)
    assert (bound(plane), bound(plane, "other")) == ("mine", "small")
    assert BOUND_BY_US not in annotations_of(plane.get(PERSISTENT_VOLUME, "mine"))
    assert BOUND_BY_US not in annotations_of(plane.get(PERSISTENT_VOLUME_CLAIM, "other"))


def test_two_claims_never_share_a_volume(plane: ControlPlane):
    plane.given(volume("pv"), claim("a"), claim("b"))
    plane.advance(1000)
    assert sorted([bound(plane, "a"), bound(plane, "b")]) == ["", "pv"]


def test_a_claim_that_goes_leaves_its_volume_released(plane: ControlPlane):
    plane.given(volume("pv", persistentVolumeReclaimPolicy="Retain"), claim())
    plane.advance(10)
    plane.delete(PERSISTENT_VOLUME_CLAIM, "data")
    plane.advance(10)
    assert phase(plane, "pv") == "Released"
    plane.given(claim())
    plane.advance(10)
    assert bound(plane) == "", "it still holds another's data"
    plane.patch(PERSISTENT_VOLUME, "pv", {"spec": {"claimRef": None}})
    plane.advance(10)
    assert bound(plane) == "pv"


def test_who_made_a_volume_by_hand_deletes_it_by_hand(plane: ControlPlane):
    plane.given(volume("pv", persistentVolumeReclaimPolicy="Delete"), claim())
    plane.advance(10)
    plane.delete(PERSISTENT_VOLUME_CLAIM, "data")
    plane.advance(10)
    message = 'error getting deleter volume plugin for volume "pv": no deletable volume plugin matched'
    assert plane.get(PERSISTENT_VOLUME, "pv")["status"] == {
        "phase": "Failed",
        "reason": "VolumeFailedDelete",
        "message": message,
    }
    assert plane.events("pv") == [("VolumeFailedDelete", message)]


def test_a_claim_whose_volume_has_gone_is_lost(plane: ControlPlane):
    plane.given(volume("pv"), claim())
    plane.advance(10)
    plane.delete(PERSISTENT_VOLUME, "pv")
    plane.advance(10)
    assert is_terminating(plane.get(PERSISTENT_VOLUME, "pv")), "a bound volume is held"
    plane.patch(PERSISTENT_VOLUME, "pv", {"metadata": {"finalizers": None}})
    plane.advance(10)
    assert plane.get(PERSISTENT_VOLUME_CLAIM, "data")["status"]["phase"] == "Lost"
    assert plane.events("data")[-1] == ("ClaimLost", LOST_VOLUME)


def test_a_claim_in_use_stays_until_its_pod_has_ended(plane: ControlPlane):
    Nodes(plane)
    plane.given(volume("pv"), claim(), using("data"))
    plane.advance(2000)
    plane.delete(PERSISTENT_VOLUME_CLAIM, "data")
    plane.advance(2000)
    assert is_terminating(plane.get(PERSISTENT_VOLUME_CLAIM, "data"))
    finish(plane, plane.get(POD, "user"))
    plane.advance(10)
    with pytest.raises(NotFound):
        plane.get(PERSISTENT_VOLUME_CLAIM, "data")


def test_a_claim_and_a_volume_that_nobody_uses_go_at_once(plane: ControlPlane):
    plane.given(volume("pv"), claim("unused", storageClassName="none"))
    plane.advance(10)
    plane.delete(PERSISTENT_VOLUME, "pv")
    plane.delete(PERSISTENT_VOLUME_CLAIM, "unused")
    plane.advance(10)
    assert (plane.list(PERSISTENT_VOLUME, None), plane.list(PERSISTENT_VOLUME_CLAIM)) == ([], [])


def test_a_cloud_makes_a_volume_and_takes_it_back(cloud: ControlPlane):
    cloud.given(storage_class(), claim(storageClassName="fast"))
    cloud.advance(10)
    name = bound(cloud)
    made = cloud.get(PERSISTENT_VOLUME, name)
    assert name == f"pvc-{cloud.get(PERSISTENT_VOLUME_CLAIM, 'data')['metadata']['uid']}"
    assert made["spec"]["csi"] == {"driver": "disk.example.com", "volumeHandle": name}
    assert (made["spec"]["capacity"], made["spec"]["persistentVolumeReclaimPolicy"]) == (
        {"storage": "3Gi"},
        "Delete",
    )
    assert annotations_of(made) == {PROVISIONED_BY: "disk.example.com"}
    reasons = [reason for reason, _ in cloud.events("data")]
    assert reasons == ["ExternalProvisioning", "Provisioning", "ProvisioningSucceeded"]
    cloud.delete(PERSISTENT_VOLUME_CLAIM, "data")
    cloud.advance(10)
    assert cloud.list(PERSISTENT_VOLUME, None) == []


def test_a_provisioner_that_is_no_driver_makes_folders(cloud: ControlPlane):
    cloud.given(storage_class(provisioner="example.com/local-path"), claim(storageClassName="fast"))
    cloud.advance(10)
    name = bound(cloud)
    folder = {"path": f"/opt/volumes/{name}", "type": "DirectoryOrCreate"}
    assert cloud.get(PERSISTENT_VOLUME, name)["spec"]["hostPath"] == folder


def test_without_a_cloud_the_claim_waits_for_its_provisioner(plane: ControlPlane):
    plane.given(storage_class(), claim(storageClassName="fast"))
    plane.advance(10)
    assert annotations_of(plane.get(PERSISTENT_VOLUME_CLAIM, "data"))[PROVISIONER] == "disk.example.com"
    reason, message = plane.events("data")[0]
    assert reason == "ExternalProvisioning"
    assert message.startswith(
        "Waiting for a volume to be created either by the external provisioner 'disk.example.com'"
    )


def test_a_retained_volume_outlives_its_claim(cloud: ControlPlane):
    cloud.given(storage_class(reclaimPolicy="Retain"), claim(storageClassName="fast"))
    cloud.advance(10)
    name = bound(cloud)
    cloud.delete(PERSISTENT_VOLUME_CLAIM, "data")
    cloud.advance(10)
    assert phase(cloud, name) == "Released"


def test_a_claim_without_any_class_gets_the_default_one(cloud: ControlPlane):
    cloud.given(claim(storageClassName=None))
    cloud.advance(10)
    assert bound(cloud) == ""
    cloud.given(storage_class("slow"), storage_class("usual", is_default=True))
    cloud.advance(10)
    assert cloud.get(PERSISTENT_VOLUME_CLAIM, "data")["spec"]["storageClassName"] == "usual"
    assert bound(cloud)


def test_some_classes_wait_for_the_first_pod(cloud: ControlPlane):
    Nodes(cloud)
    cloud.given(storage_class(volumeBindingMode="WaitForFirstConsumer"), claim(storageClassName="fast"))
    cloud.advance(1000)
    message = "waiting for first consumer to be created before binding"
    assert (bound(cloud), cloud.events("data")) == ("", [("WaitForFirstConsumer", message)])
    cloud.given(using("data"))
    cloud.advance(500)
    assert cloud.events("data")[-1] == ("WaitForPodScheduled", "waiting for pod user to be scheduled")
    cloud.advance(1000)
    assert bound(cloud)


def test_a_local_volume_must_be_where_the_pod_is(plane: ControlPlane):
    Nodes(plane)
    for name in ("node-1", "node-2"):
        term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [name]}]}
        affinity = {"required": {"nodeSelectorTerms": [term]}}
        plane.given(volume(f"disk-of-{name}", storageClassName="local", nodeAffinity=affinity))
    local = storage_class("local", provisioner="kubernetes.io/no-provisioner")
    plane.given(local | {"volumeBindingMode": "WaitForFirstConsumer"}, claim(storageClassName="local"))
    plane.given(using("data", node="node-2"))
    plane.advance(10)
    assert bound(plane) == "disk-of-node-2"


def test_nobody_provisions_for_a_class_without_a_provisioner(cloud: ControlPlane):
    cloud.given(
        storage_class("local", provisioner="kubernetes.io/no-provisioner"), claim(storageClassName="local")
    )
    cloud.advance(10)
    message = "no volume plugin matched name: kubernetes.io/no-provisioner"
    assert cloud.events("data")[0] == ("ProvisioningFailed", message)


@pytest.mark.parametrize("writes", range(1, 5))
def test_a_binding_that_was_interrupted_is_finished_by_the_successor(writes: int):
    plane = start(ControlPlane())
    plane.given(volume("pv"))
    plane.advance(10)
    plane.given(claim())
    end = plane.store.revision + writes
    while plane.store.revision < end:
        plane.clock.fire_next()
    successor = start(ControlPlane(store=plane.store, at=plane.clock.now()))
    successor.advance(100)
    assert bound(successor) == "pv"
    assert successor.get(PERSISTENT_VOLUME, "pv")["spec"]["claimRef"]["name"] == "data"


def test_who_takes_over_writes_nothing(cloud: ControlPlane):
    cloud.given(storage_class(), claim(storageClassName="fast"), volume("free"))
    cloud.advance(1000)
    before = cloud.store.revision
    successor = start(ControlPlane(store=cloud.store, at=cloud.clock.now()))
    CloudControllerManager(successor.ctx).start()
    successor.advance(60_000)
    assert cloud.store.revision == before


def test_classes_are_no_business_of_a_bound_claim(cloud: ControlPlane):
    cloud.given(storage_class(), claim(storageClassName="fast"))
    cloud.advance(10)
    name = bound(cloud)
    cloud.delete(STORAGE_CLASS, "fast")
    cloud.advance(10)
    assert (bound(cloud), key_of(cloud.list(PERSISTENT_VOLUME, None)[0]).name) == (name, name)


def scratched(name: str = "user") -> Obj:
    made = pod(name)
    template = {"metadata": {"labels": {"a": "b"}}, "spec": claim()["spec"]}
    volumes = [{"name": "scratch", "ephemeral": {"volumeClaimTemplate": template}}]
    return {**made, "spec": {**made["spec"], "volumes": volumes}}


def test_the_claim_of_an_ephemeral_volume_comes_and_goes_with_its_pod(plane: ControlPlane):
    plane.given(volume("a"), scratched())
    plane.advance(1_000)
    made = plane.get(PERSISTENT_VOLUME_CLAIM, "user-scratch")
    assert (made["metadata"]["labels"], made["status"]["phase"]) == ({"a": "b"}, "Bound")
    [owner] = made["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["controller"]) == ("Pod", "user", True)
    plane.delete(POD, "user", grace_s=0)
    plane.advance(60_000)
    assert plane.list(PERSISTENT_VOLUME_CLAIM) == []


def test_a_claim_of_somebody_else_is_not_taken_for_an_ephemeral_volume(plane: ControlPlane):
    plane.given(claim("user-scratch"), scratched())
    plane.advance(1_000)
    why = "PVC default/user-scratch was not created for pod default/user (pod is not owner)"
    assert ("FailedBinding", why) in plane.events("user")
