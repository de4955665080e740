"""Changing objects: preconditions, generation, status, and what is not written."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.errors import Conflict, Invalid, NotFound
from simcore.apimachinery.kinds import CONFIG_MAP, DEPLOYMENT, LEASE, NODE, POD
from simcore.apimachinery.meta import Key, Obj
from simcore.etcd.interface import Put
from simcore.kube_apiserver.request import Request
from simcore.kube_apiserver.users import ADMIN
from simcore.sim.trace import Origin
from tests.kit.control_plane import ControlPlane, deployment, pod

KEY = Key("default", "a")


@pytest.fixture
def plane() -> ControlPlane:
    plane = ControlPlane()
    plane.api.create(CONFIG_MAP, {"metadata": {"name": "a", "namespace": "default"}, "data": {"k": "1"}})
    return plane


def with_data(obj: Obj, **data: Any) -> Obj:
    return {**obj, "data": data}


def test_an_update_from_the_newest_state_is_stored(plane: ControlPlane):
    old = plane.api.get(CONFIG_MAP, KEY)
    new = plane.api.update(CONFIG_MAP, with_data(old, k="2"))
    assert new["data"] == {"k": "2"}
    assert int(new["metadata"]["resourceVersion"]) > int(old["metadata"]["resourceVersion"])
    assert plane.api.get(CONFIG_MAP, KEY) == new
    assert old["data"] == {"k": "1"}


def test_an_update_from_an_older_state_is_a_conflict(plane: ControlPlane):
    old = plane.api.get(CONFIG_MAP, KEY)
    plane.api.update(CONFIG_MAP, with_data(old, k="2"))
    with pytest.raises(Conflict) as refused:
        plane.api.update(CONFIG_MAP, with_data(old, k="3"))
    assert refused.value.message == (
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )


def test_an_update_without_a_revision_overwrites(plane: ControlPlane):
    new = plane.api.update(
        CONFIG_MAP, {"metadata": {"name": "a", "namespace": "default"}, "data": {"k": "9"}}
    )
    assert new["data"] == {"k": "9"}


def test_a_lease_is_not_overwritten_blindly(plane: ControlPlane):
    lease = {"metadata": {"name": "a", "namespace": "default"}, "spec": {"holderIdentity": "x"}}
    plane.api.create(LEASE, lease)
    with pytest.raises(Invalid) as refused:
        plane.api.update(LEASE, lease)
    assert refused.value.message == (
        'Lease.coordination.k8s.io "a" is invalid: metadata.resourceVersion: Invalid value: 0: '
        "must be specified for an update"
    )


def test_an_update_means_one_object_and_not_its_successor(plane: ControlPlane):
    old = plane.api.get(CONFIG_MAP, KEY)
    plane.api.delete(CONFIG_MAP, KEY)
    plane.api.create(CONFIG_MAP, {"metadata": {"name": "a", "namespace": "default"}})
    uid = plane.api.get(CONFIG_MAP, KEY)["metadata"]["uid"]
    stale = {**old, "metadata": {k: v for k, v in old["metadata"].items() if k != "resourceVersion"}}
    with pytest.raises(Conflict) as refused:
        plane.api.update(CONFIG_MAP, stale)
    assert refused.value.message == (
        'Operation cannot be fulfilled on configmaps "a": Precondition failed: '
        f"UID in precondition: {old['metadata']['uid']}, UID in object meta: {uid}"
    )


def test_an_update_that_changes_nothing_is_not_written(plane: ControlPlane):
    before = plane.store.revision
    old = plane.api.get(CONFIG_MAP, KEY)
    assert plane.api.update(CONFIG_MAP, {**old, "metadata": {**old["metadata"]}}) is old
    assert plane.store.revision == before


def test_what_is_not_there_cannot_be_updated(plane: ControlPlane):
    with pytest.raises(NotFound) as refused:
        plane.api.update(CONFIG_MAP, {"metadata": {"name": "b", "namespace": "default"}})
    assert refused.value.message == 'configmaps "b" not found'


def test_generation_counts_changes_of_the_spec_alone(plane: ControlPlane):
    plane.given(deployment())

    def generation() -> int:
        found: int = plane.get(DEPLOYMENT, "web")["metadata"]["generation"]
        return found

    plane.patch(DEPLOYMENT, "web", {"metadata": {"labels": {"a": "b"}}})
    assert generation() == 1
    plane.patch(DEPLOYMENT, "web", {"spec": {"replicas": 5}})
    assert generation() == 2
    plane.patch(DEPLOYMENT, "web", {"status": {"replicas": 5}}, subresource="status")
    assert generation() == 2


def test_an_update_keeps_the_status_and_a_status_update_the_rest(plane: ControlPlane):
    plane.given(deployment())
    plane.patch(DEPLOYMENT, "web", {"status": {"replicas": 4}, "spec": {"replicas": 9}}, subresource="status")
    plane.patch(DEPLOYMENT, "web", {"status": {"replicas": 0}, "spec": {"paused": True}})
    web = plane.get(DEPLOYMENT, "web")
    assert (web["spec"]["replicas"], web["spec"]["paused"], web["status"]) == (3, True, {"replicas": 4})


def test_a_node_registers_with_its_status(plane: ControlPlane):
    node = {"metadata": {"name": "n"}, "status": {"capacity": {"cpu": "4"}}}
    assert plane.api.create(NODE, node)["status"]["capacity"] == {"cpu": "4"}


def test_deletion_cannot_be_undone_by_an_update(plane: ControlPlane):
    plane.patch(CONFIG_MAP, "a", {"metadata": {"finalizers": ["example.com/hold"]}})
    plane.delete(CONFIG_MAP, "a")
    held = plane.get(CONFIG_MAP, "a")
    kept = {k: v for k, v in held["metadata"].items() if not k.startswith("deletion")}
    new = plane.api.update(CONFIG_MAP, with_data({**held, "metadata": kept}, k="2"))
    assert new["metadata"]["deletionTimestamp"] == held["metadata"]["deletionTimestamp"]
    assert new["metadata"]["deletionGracePeriodSeconds"] == 0


def test_a_change_is_tried_again_on_what_is_newest(plane: ControlPlane):
    tries: list[str] = []

    def change(old: Obj, ctx: Any) -> Obj:
        tries.append(old["data"]["k"])
        if len(tries) == 1:
            write_elsewhere(plane, b'"k":"1"', b'"k":"7"')
        return with_data(old, **old["data"], mine="yes")

    stored = plane.server.change(CONFIG_MAP, KEY, change, Request(ADMIN, "user:admin"))
    assert tries == ["1", "7"]
    assert stored["data"] == {"k": "7", "mine": "yes"}


def write_elsewhere(plane: ControlPlane, old: bytes, new: bytes) -> None:
    """A write that did not pass this server."""
    path = CONFIG_MAP.path(KEY)
    kv = plane.store.get(path)
    assert kv is not None
    plane.store.txn((), (Put(path, kv.value.replace(old, new)),), origin=Origin("elsewhere", 0, 0))


def test_what_another_server_wrote_is_read(plane: ControlPlane):
    plane.api.get(CONFIG_MAP, KEY)
    write_elsewhere(plane, b'"k":"1"', b'"k":"7"')
    obj = plane.api.get(CONFIG_MAP, KEY)
    assert (obj["data"]["k"], obj["metadata"]["resourceVersion"]) == ("7", str(plane.store.revision))


def test_a_dry_run_update_shows_the_result_and_stores_nothing(plane: ControlPlane):
    old = plane.api.get(CONFIG_MAP, KEY)
    request = Request(ADMIN, "user:admin", dry_run=True)
    shown = plane.server.update(CONFIG_MAP, with_data(old, k="2"), request)
    assert shown["data"] == {"k": "2"}
    assert plane.api.get(CONFIG_MAP, KEY) is old


def test_a_merge_patch_removes_what_is_null(plane: ControlPlane):
    plane.patch(CONFIG_MAP, "a", {"data": {"k": None, "l": "2"}})
    assert plane.get(CONFIG_MAP, "a")["data"] == {"l": "2"}


def test_a_pod_keeps_its_image_history_out_of_its_spec(plane: ControlPlane):
    plane.api.create(POD, pod("web", namespace="default"))
    with pytest.raises(Invalid) as refused:
        plane.patch(POD, "web", {"spec": {"hostNetwork": True}})
    assert refused.value.message.startswith(
        'Pod "web" is invalid: spec: Forbidden: pod updates may not change fields'
    )
