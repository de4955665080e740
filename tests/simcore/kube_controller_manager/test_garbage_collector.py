"""What has lost its owners goes; what waits for its dependents goes after them; orphans stay."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import CONFIG_MAP, DEPLOYMENT, NODE, POD, REPLICA_SET
from simcore.apimachinery.meta import Obj, is_terminating
from simcore.kube_controller_manager.manager import ControllerManager
from simcore.kube_controller_manager.namespace_contents import ROOT_CA
from simcore.sim.latency import LatencyProfile, Range
from tests.kit.control_plane import ControlPlane, Nodes, deployment

SLOW_WATCH = LatencyProfile(Range(0, 0), Range(900, 900), Range(0, 0), Range(0, 0), Range(0, 0))


@pytest.fixture
def plane() -> ControlPlane:
    return start(ControlPlane())


def start(plane: ControlPlane) -> ControlPlane:
    ControllerManager(plane.ctx).start()
    return plane


def owned(plane: ControlPlane, name: str, *owners: str, finalizers: tuple[str, ...] = (), **ref: Any) -> Obj:
    """A ConfigMap that named ConfigMaps own; `ref` adds to each reference."""
    refs = [reference(plane.get(CONFIG_MAP, owner)) | ref for owner in owners]
    meta: Obj = {"name": name} | ({"ownerReferences": refs} if refs else {})
    if finalizers:
        meta["finalizers"] = list(finalizers)
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta}
    plane.given(manifest)
    plane.advance(10)
    return manifest


def reference(obj: Obj) -> Obj:
    meta = obj["metadata"]
    return {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "name": meta["name"], "uid": meta["uid"]}


def maps(plane: ControlPlane) -> list[Obj]:
    """The test's own ConfigMaps."""
    return [obj for obj in plane.list(CONFIG_MAP) if obj["metadata"]["name"] != ROOT_CA]


def names(plane: ControlPlane) -> list[str]:
    return [obj["metadata"]["name"] for obj in maps(plane)]


def test_a_dependent_goes_after_its_owner(plane: ControlPlane):
    owned(plane, "owner")
    owned(plane, "child", "owner")
    owned(plane, "grandchild", "child")
    plane.delete(CONFIG_MAP, "owner")
    plane.advance(100)
    assert names(plane) == []


def test_a_dependent_with_another_owner_stays_and_forgets_the_lost_one(plane: ControlPlane):
    owned(plane, "one")
    owned(plane, "two")
    owned(plane, "child", "one", "two")
    plane.delete(CONFIG_MAP, "one")
    plane.advance(100)
    (ref,) = plane.get(CONFIG_MAP, "child")["metadata"]["ownerReferences"]
    assert ref["name"] == "two"


def test_an_owner_that_was_made_anew_under_its_name_is_another_one(plane: ControlPlane):
    owned(plane, "owner")
    refs = [reference(plane.get(CONFIG_MAP, "owner"))]
    plane.delete(CONFIG_MAP, "owner")
    owned(plane, "owner")
    plane.given(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "child", "ownerReferences": refs}}
    )
    plane.advance(100)
    assert names(plane) == ["owner"]


def test_an_owner_that_the_informer_does_not_know_yet_is_asked_for():
    plane = start(ControlPlane(latency=SLOW_WATCH))
    plane.given(deployment(name="owner", replicas=0))
    ref = reference(plane.get(DEPLOYMENT, "owner"))
    plane.given(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "child", "ownerReferences": [ref]}}
    )
    plane.advance(10_000)
    assert names(plane) == ["child"]


def test_foreground_the_owner_waits_for_blocking_dependents(plane: ControlPlane):
    owned(plane, "owner")
    owned(plane, "blocking", "owner", finalizers=("example.com/x",), blockOwnerDeletion=True)
    owned(plane, "other", "owner", finalizers=("example.com/x",))
    plane.delete(CONFIG_MAP, "owner", propagation="Foreground")
    plane.advance(100)
    assert all(map(is_terminating, maps(plane)))
    assert names(plane) == ["blocking", "other", "owner"]
    plane.patch(CONFIG_MAP, "blocking", {"metadata": {"finalizers": None}})
    plane.advance(100)
    assert names(plane) == ["other"]


def test_foreground_reaches_dependents_of_dependents(plane: ControlPlane):
    owned(plane, "owner")
    owned(plane, "child", "owner", blockOwnerDeletion=True)
    owned(plane, "grandchild", "child", finalizers=("example.com/x",), blockOwnerDeletion=True)
    plane.delete(CONFIG_MAP, "owner", propagation="Foreground")
    plane.advance(100)
    assert names(plane) == ["child", "grandchild", "owner"]
    plane.patch(CONFIG_MAP, "grandchild", {"metadata": {"finalizers": None}})
    plane.advance(100)
    assert names(plane) == []


def test_orphans_stay_without_the_reference(plane: ControlPlane):
    owned(plane, "owner")
    owned(plane, "child", "owner")
    plane.delete(CONFIG_MAP, "owner", propagation="Orphan")
    plane.advance(100)
    assert names(plane) == ["child"]
    assert "ownerReferences" not in plane.get(CONFIG_MAP, "child")["metadata"]


def test_a_cycle_of_owners_is_left_alone_and_collected_when_it_is_broken(plane: ControlPlane):
    owned(plane, "one")
    owned(plane, "two", "one")
    refs = [reference(plane.get(CONFIG_MAP, "two"))]
    plane.patch(CONFIG_MAP, "one", {"metadata": {"ownerReferences": refs}})
    plane.advance(1000)
    assert names(plane) == ["one", "two"]
    plane.delete(CONFIG_MAP, "one", propagation="Foreground")
    plane.advance(1000)
    assert names(plane) == []


def test_a_foreground_cycle_does_not_block_itself_for_ever(plane: ControlPlane):
    owned(plane, "one")
    owned(plane, "two", "one", blockOwnerDeletion=True)
    refs = [reference(plane.get(CONFIG_MAP, "two")) | {"blockOwnerDeletion": True}]
    plane.patch(CONFIG_MAP, "one", {"metadata": {"ownerReferences": refs}})
    plane.delete(CONFIG_MAP, "one", propagation="Foreground")
    plane.advance(10_000)
    assert names(plane) == []


def test_an_owner_of_an_unknown_kind_is_nobody_s_reason_to_delete(plane: ControlPlane):
    ref = {"apiVersion": "example.com/v1", "kind": "Gadget", "name": "g", "uid": "u"}
    plane.given(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "child", "ownerReferences": [ref]}}
    )
    plane.advance(1000)
    assert names(plane) == ["child"]


def test_a_cluster_scoped_object_cannot_be_owned_from_a_namespace(plane: ControlPlane):
    owned(plane, "owner")
    ref = reference(plane.get(CONFIG_MAP, "owner"))
    plane.given(
        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n", "ownerReferences": [ref]}, "spec": {}}
    )
    plane.delete(CONFIG_MAP, "owner")
    plane.advance(1000)
    assert plane.get(NODE, "n")
    uid = ref["uid"]
    shown = f"v1/ConfigMap, namespace: , name: owner, uid: {uid}"
    assert ("OwnerRefInvalidNamespace", f'ownerRef [{shown}] does not exist in namespace ""') in plane.events(
        "n"
    )


@pytest.mark.parametrize("propagation", ["Background", "Foreground"])
def test_a_deployment_takes_its_replicasets_and_pods_along(plane: ControlPlane, propagation: str):
    Nodes(plane)
    plane.given(deployment(replicas=3))
    plane.advance(5_000)
    plane.delete(DEPLOYMENT, "web", propagation=propagation)
    plane.advance(5_000)
    with pytest.raises(NotFound):
        plane.get(DEPLOYMENT, "web")
    assert plane.list(REPLICA_SET) + plane.list(POD) == []


def test_a_collector_that_takes_over_knows_all_references(plane: ControlPlane):
    owned(plane, "owner")
    owned(plane, "child", "owner")
    plane.delete(CONFIG_MAP, "owner")  # and nobody sees to it
    successor = start(ControlPlane(store=plane.store, at=plane.clock.now()))
    successor.advance(100)
    assert names(successor) == []


def test_a_take_over_with_nothing_to_collect_writes_nothing(plane: ControlPlane):
    Nodes(plane)
    plane.given(deployment(replicas=2))
    plane.advance(5_000)
    before = plane.store.revision
    successor = start(ControlPlane(store=plane.store, at=plane.clock.now()))
    successor.advance(10_000)
    assert successor.store.revision == before
