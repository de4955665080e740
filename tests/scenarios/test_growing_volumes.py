"""A claim that asks for more gets it step by step: the volume first, then the file system where a pod uses it."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.errors import Forbidden
from simcore.apimachinery.kinds import EVENT, PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM, POD, STORAGE_CLASS
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.cluster import Cluster
from tests.kit.conformance import case, cluster_with

HEAD = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass"}
CLASSES: list[Obj] = [
    {**HEAD, "metadata": {"name": "fast"}, "provisioner": "disk.example.com", "allowVolumeExpansion": True},
    {
        **HEAD,
        "metadata": {"name": "folder"},
        "provisioner": "example.com/folder",
        "allowVolumeExpansion": True,
    },
    {**HEAD, "metadata": {"name": "fixed"}, "provisioner": "disk.example.com"},
]
KEY = Key("default", "data")
REASONS = ("ExternalExpanding", "Resizing", "FileSystemResizeRequired", "FileSystemResizeSuccessful")
WAITING = ("volume_expand", "ExternalExpanding", "waiting for an external controller to expand this PVC")


def claim(storage_class: str) -> Obj:
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
        "storageClassName": storage_class,
    }
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": spec}


def user() -> Obj:
    volume = {"persistentVolumeClaim": {"claimName": "data"}}
    return case("user", image="nginx:1.27", volume=volume, restartPolicy="Always").manifest


def cluster_of(storage_class: str, *more: Obj) -> Cluster:
    cluster = cluster_with(*CLASSES, claim(storage_class), *more)
    cluster.advance(30_000)
    return cluster


def grow(cluster: Cluster, size: str = "2Gi") -> None:
    patch = {"spec": {"resources": {"requests": {"storage": size}}}}
    cluster.client("user:test").patch(PERSISTENT_VOLUME_CLAIM, KEY, patch)
    cluster.advance(10_000)


def status(cluster: Cluster) -> Any:
    return cluster.client("user:test").get(PERSISTENT_VOLUME_CLAIM, KEY)["status"]


def news(cluster: Cluster, name: str = "data") -> list[tuple[str, str, str]]:
    """(component, reason, message) of what growing is told with, without the volume's own name."""
    events = cluster.client("user:test").list(EVENT, "default")
    found = [e for e in events if e["involvedObject"]["name"] == name and e["reason"] in REASONS]
    found.sort(key=lambda e: int(e["metadata"]["resourceVersion"]))
    volume = cluster.client("user:test").get(PERSISTENT_VOLUME_CLAIM, KEY)["spec"]["volumeName"]
    return [(e["source"]["component"], e["reason"], e["message"].replace(volume, "VOLUME")) for e in found]


def test_a_volume_in_use_grows_at_once() -> None:
    cluster = cluster_of("fast", user())
    grow(cluster)
    assert status(cluster)["capacity"] == {"storage": "2Gi"}
    assert status(cluster).keys() == {"accessModes", "allocatedResources", "capacity", "phase"}
    volumes = cluster.client("user:test").list(PERSISTENT_VOLUME)
    assert [volume["spec"]["capacity"]["storage"] for volume in volumes] == ["2Gi"]
    node = cluster.client("user:test").get(POD, Key("default", "user"))["spec"]["nodeName"]
    done = f'MountVolume.NodeExpandVolume succeeded for volume "VOLUME" {node}'
    resizer = "external-resizer disk.example.com"
    assert news(cluster) == [
        WAITING,
        (resizer, "Resizing", "External resizer is resizing volume VOLUME"),
        (resizer, "FileSystemResizeRequired", "Require file system resize of volume on node"),
        ("kubelet", "FileSystemResizeSuccessful", done),
    ]
    assert news(cluster, "user") == [("kubelet", "FileSystemResizeSuccessful", done)]


def test_without_a_pod_the_file_system_waits_for_one() -> None:
    cluster = cluster_of("fast")
    grow(cluster)
    (condition,) = status(cluster)["conditions"]
    assert (condition["type"], condition["status"]) == ("FileSystemResizePending", "True")
    assert condition["message"] == (
        "Waiting for user to (re-)start a pod to finish file system resize of volume on node."
    )
    assert status(cluster)["allocatedResourceStatuses"] == {"storage": "NodeResizePending"}
    assert status(cluster)["capacity"] == {"storage": "1Gi"}
    grow(cluster, "3Gi")
    assert status(cluster)["allocatedResources"] == {"storage": "3Gi"}
    cluster.given(user())
    cluster.advance(30_000)
    assert status(cluster)["capacity"] == {"storage": "3Gi"}
    assert "conditions" not in status(cluster)


def test_nobody_enlarges_a_folder() -> None:
    cluster = cluster_of("folder", user())
    grow(cluster)
    assert status(cluster)["capacity"] == {"storage": "1Gi"}
    assert news(cluster) == [WAITING]


def test_a_class_that_does_not_allow_it_forbids_growing() -> None:
    cluster = cluster_of("fixed", user())
    with pytest.raises(Forbidden) as refused:
        grow(cluster)
    assert refused.value.message == (
        'persistentvolumeclaims "data" is forbidden: only dynamically provisioned pvc can be resized and the '
        "storageclass that provisions the pvc must support resize"
    )
    cluster.client("user:test").delete(STORAGE_CLASS, Key("", "fixed"))
    with pytest.raises(Forbidden):
        grow(cluster)
