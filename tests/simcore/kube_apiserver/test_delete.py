"""Deleting: at once, gracefully, held by finalizers, with preconditions."""

from __future__ import annotations

import pytest

from simcore.apimachinery.errors import Conflict, Forbidden, NotFound
from simcore.apimachinery.kinds import CONFIG_MAP, DEPLOYMENT, NAMESPACE, POD
from simcore.apimachinery.meta import Key
from simcore.kube_apiserver.request import Request
from simcore.kube_apiserver.strategy import DeleteOptions
from simcore.kube_apiserver.users import ADMIN
from tests.kit.control_plane import ControlPlane, deployment, pod

KEY = Key("default", "a")
NODE_KEY = Key("default", "web")


@pytest.fixture
def plane() -> ControlPlane:
    plane = ControlPlane()
    plane.api.create(CONFIG_MAP, {"metadata": {"name": "a", "namespace": "default"}})
    return plane


@pytest.fixture
def bound(plane: ControlPlane) -> ControlPlane:
    """With a pod on a node."""
    made = plane.api.create(POD, pod("web", namespace="default"))
    plane.api.bind(NODE_KEY, made["metadata"]["uid"], "node-1")
    return plane


def exists(plane: ControlPlane) -> bool:
    return plane.store.get(CONFIG_MAP.path(KEY)) is not None


def test_an_object_that_nothing_holds_is_gone_at_once(plane: ControlPlane):
    plane.delete(CONFIG_MAP, "a")
    with pytest.raises(NotFound) as refused:
        plane.get(CONFIG_MAP, "a")
    assert refused.value.message == 'configmaps "a" not found'


def test_finalizers_hold_an_object_until_the_last_is_taken_away(plane: ControlPlane):
    plane.patch(CONFIG_MAP, "a", {"metadata": {"finalizers": ["example.com/one", "example.com/two"]}})
    plane.advance(2_000)
    plane.delete(CONFIG_MAP, "a")
    meta = plane.get(CONFIG_MAP, "a")["metadata"]
    assert (meta["deletionTimestamp"], meta["deletionGracePeriodSeconds"]) == ("2026-01-01T00:00:02Z", 0)
    plane.patch(CONFIG_MAP, "a", {"metadata": {"finalizers": ["example.com/two"]}})
    assert exists(plane)
    plane.patch(CONFIG_MAP, "a", {"metadata": {"finalizers": None}})
    assert not exists(plane)


def test_a_second_delete_changes_nothing(plane: ControlPlane):
    plane.patch(CONFIG_MAP, "a", {"metadata": {"finalizers": ["example.com/one"]}})
    plane.delete(CONFIG_MAP, "a")
    before = plane.store.revision
    plane.advance(5_000)
    plane.delete(CONFIG_MAP, "a")
    assert plane.store.revision == before


def test_a_uid_is_a_precondition(plane: ControlPlane):
    uid = plane.get(CONFIG_MAP, "a")["metadata"]["uid"]
    with pytest.raises(Conflict) as refused:
        plane.delete(CONFIG_MAP, "a", uid="other")
    assert refused.value.message == (
        f'Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition (other) does not match '
        f"the UID in record ({uid}). The object might have been deleted and then recreated"
    )
    plane.delete(CONFIG_MAP, "a", uid=uid)
    assert not exists(plane)


def test_a_revision_is_a_precondition(plane: ControlPlane):
    revision = plane.get(CONFIG_MAP, "a")["metadata"]["resourceVersion"]
    with pytest.raises(Conflict) as refused:
        plane.server.delete(CONFIG_MAP, KEY, Request(ADMIN, "user:a"), DeleteOptions(resource_version="1"))
    assert refused.value.message == (
        'Operation cannot be fulfilled on ConfigMap "a": the ResourceVersion in the precondition (1) does not match '
        f"the ResourceVersion in record ({revision}). The object might have been modified"
    )


def test_a_dry_run_deletes_nothing(plane: ControlPlane):
    options = DeleteOptions(dry_run=True)
    deleted = plane.server.delete(CONFIG_MAP, KEY, Request(ADMIN, "user:a", dry_run=True), options)
    assert deleted.is_gone
    assert exists(plane)


@pytest.mark.parametrize(
    ("policy", "finalizers"),
    [
        pytest.param("Foreground", ["foregroundDeletion"], id="dependents-first"),
        pytest.param("Orphan", ["orphan"], id="dependents-stay"),
    ],
)
def test_a_propagation_policy_leaves_a_finalizer_for_the_garbage_collector(
    plane: ControlPlane, policy: str, finalizers: list[str]
):
    plane.given(deployment())
    plane.delete(DEPLOYMENT, "web", propagation=policy)
    meta = plane.get(DEPLOYMENT, "web")["metadata"]
    assert meta["finalizers"] == finalizers
    assert meta["generation"] == 2


def test_background_takes_the_other_policies_finalizers_away(plane: ControlPlane):
    plane.given(deployment())
    plane.delete(DEPLOYMENT, "web", propagation="Foreground")
    plane.delete(DEPLOYMENT, "web", propagation="Background")
    assert plane.list(DEPLOYMENT) == []


def test_a_pod_on_a_node_gets_its_grace_period(bound: ControlPlane):
    bound.delete(POD, "web")
    meta = bound.get(POD, "web")["metadata"]
    assert (meta["deletionTimestamp"], meta["deletionGracePeriodSeconds"]) == ("2026-01-01T00:00:30Z", 30)
    assert meta["generation"] == 2


def test_a_grace_period_can_only_be_shortened(bound: ControlPlane):
    bound.delete(POD, "web", grace_s=20)
    bound.advance(3_000)
    bound.delete(POD, "web", grace_s=60)
    assert bound.get(POD, "web")["metadata"]["deletionGracePeriodSeconds"] == 20
    bound.delete(POD, "web", grace_s=5)
    meta = bound.get(POD, "web")["metadata"]
    assert (meta["deletionTimestamp"], meta["deletionGracePeriodSeconds"]) == ("2026-01-01T00:00:05Z", 5)


def test_a_pod_is_gone_when_its_node_says_so(bound: ControlPlane):
    bound.delete(POD, "web")
    bound.delete(POD, "web", grace_s=0)
    assert bound.list(POD) == []


def test_a_pod_without_a_node_is_gone_at_once(plane: ControlPlane):
    plane.api.create(POD, pod("web", namespace="default"))
    plane.delete(POD, "web")
    assert plane.list(POD) == []


def test_a_namespace_terminates_until_its_own_finalizer_is_gone(plane: ControlPlane):
    plane.namespace("old")
    plane.api.delete(NAMESPACE, Key("", "old"))
    old = plane.get(NAMESPACE, "old")
    assert old["status"]["phase"] == "Terminating"
    assert old["spec"]["finalizers"] == ["kubernetes"]
    assert "deletionGracePeriodSeconds" not in old["metadata"]
    plane.patch(NAMESPACE, "old", {"spec": {"finalizers": []}}, subresource="finalize")
    assert "old" not in [n["metadata"]["name"] for n in plane.list(NAMESPACE, None)]


def test_the_namespaces_of_the_system_stay(plane: ControlPlane):
    with pytest.raises(Forbidden) as refused:
        plane.api.delete(NAMESPACE, Key("", "default"))
    assert refused.value.message == 'namespaces "default" is forbidden: this namespace may not be deleted'
