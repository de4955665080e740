"""A quota is charged for what comes and credited for what goes."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.errors import Forbidden
from simcore.apimachinery.kinds import BUILT_IN, CONFIG_MAP, POD, RESOURCE_QUOTA, SERVICE
from simcore.apimachinery.meta import Obj
from simcore.client.control_loop import ControlLoop
from simcore.kube_controller_manager.resource_quota import ResourceQuotaController
from tests.kit.control_plane import ControlPlane, finish, pod


@pytest.fixture
def plane() -> ControlPlane:
    plane = ControlPlane()
    start(plane)
    return plane


def start(plane: ControlPlane) -> None:
    ctx = plane.ctx.for_actor("resourcequota-controller")
    ControlLoop(ctx, ResourceQuotaController(ctx, BUILT_IN)).start()


def quota(name: str = "small", *, scopes: list[str] | None = None, **hard: str) -> Obj:
    """Names with a dot are written with two underscores."""
    spec: Obj = {"hard": {key.replace("__", "."): amount for key, amount in hard.items()}}
    if scopes:
        spec["scopes"] = scopes
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": name}, "spec": spec}


def pod_with(name: str, *, requests: Obj | None = None, limits: Obj | None = None, **spec: Any) -> Obj:
    made = pod(name)
    container = {"name": "c", "image": "x", "resources": {"requests": requests or {}, "limits": limits or {}}}
    return {**made, "spec": {"containers": [container]} | spec}


def used(plane: ControlPlane, name: str = "small") -> Obj:
    found: Obj = plane.get(RESOURCE_QUOTA, name)["status"]["used"]
    return found


def refusal(plane: ControlPlane, manifest: Obj) -> str:
    with pytest.raises(Forbidden) as caught:
        plane.given(manifest)
    return caught.value.message


def test_a_new_quota_counts_what_is_there(plane: ControlPlane):
    plane.given(pod_with("p", requests={"cpu": "0.4"}))
    plane.given(quota(pods="2", requests__cpu="1.0", configmaps="3"))
    plane.advance(1)
    assert plane.get(RESOURCE_QUOTA, "small")["status"] == {
        "hard": {"pods": "2", "requests.cpu": "1", "configmaps": "3"},
        "used": {"pods": "1", "requests.cpu": "400m", "configmaps": "0"},
    }


def test_it_is_charged_in_the_very_write_that_uses_it(plane: ControlPlane):
    plane.given(quota(pods="2", limits__memory="1Gi"))
    plane.advance(1)
    before = plane.store.revision
    plane.given(pod_with("p", limits={"memory": "256Mi"}))
    assert used(plane) == {"pods": "1", "limits.memory": "256Mi"}
    assert plane.store.revision - before <= 2
    plane.advance(1000)
    assert used(plane) == {"pods": "1", "limits.memory": "256Mi"}


def test_what_goes_is_given_back(plane: ControlPlane):
    plane.given(quota(pods="5", configmaps="5"))
    plane.advance(1)
    plane.given(pod("a"), pod("b"), pod("c"))
    plane.given({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}})
    plane.delete(POD, "a", grace_s=0)
    finish(plane, plane.get(POD, "b"))
    plane.delete(CONFIG_MAP, "m")
    plane.advance(101)
    assert used(plane) == {"pods": "1", "configmaps": "0"}


def test_too_much_is_refused_with_all_that_is_too_much(plane: ControlPlane):
    plane.given(quota(pods="2", requests__cpu="1", limits__memory="1Gi"))
    plane.advance(1)
    plane.given(pod_with("p", requests={"cpu": "400m"}, limits={"memory": "256Mi"}))
    big = pod_with("big", requests={"cpu": "700m"}, limits={"memory": "2Gi"})
    assert refusal(plane, big) == (
        'pods "big" is forbidden: exceeded quota: small, requested: limits.memory=2Gi,requests.cpu=700m, '
        "used: limits.memory=256Mi,requests.cpu=400m, limited: limits.memory=1Gi,requests.cpu=1"
    )
    assert used(plane)["requests.cpu"] == "400m"


def test_a_limited_amount_must_be_given(plane: ControlPlane):
    plane.given(quota(requests__cpu="1", limits__memory="1Gi"))
    plane.advance(1)
    assert refusal(plane, pod_with("none")) == (
        'pods "none" is forbidden: failed quota: small: must specify limits.memory for: c; requests.cpu for: c'
    )


def test_before_a_quota_was_counted_nothing_passes():
    plane = ControlPlane()
    plane.given(quota(pods="9"))
    message = 'pods "p" is forbidden: status unknown for quota: small, resources: pods'
    assert refusal(plane, pod("p")) == message


def test_a_scope_takes_in_some_pods_only(plane: ControlPlane):
    plane.given(
        quota("short", pods="0", scopes=["Terminating"]), quota("best", pods="1", scopes=["BestEffort"])
    )
    plane.advance(1)
    assert "exceeded quota: short" in refusal(plane, pod_with("p", activeDeadlineSeconds=50))
    plane.given(pod_with("q", requests={"cpu": "1"}), pod("r"))
    assert (used(plane, "short"), used(plane, "best")) == ({"pods": "0"}, {"pods": "1"})


def test_priority_classes_can_be_selected(plane: ControlPlane):
    made = quota("critical", pods="0")
    term = {"scopeName": "PriorityClass", "operator": "In", "values": ["system-node-critical"]}
    made["spec"]["scopeSelector"] = {"matchExpressions": [term]}
    plane.given(made)
    plane.advance(1)
    plane.given(pod("ordinary"))
    assert "exceeded quota: critical" in refusal(
        plane, pod_with("p", priorityClassName="system-node-critical")
    )


def service(name: str, kind: str = "ClusterIP", ports: int = 1, **spec: Any) -> Obj:
    numbers = [{"name": f"p{n}", "port": 80 + n} for n in range(ports)]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"type": kind, "ports": numbers, "selector": {"a": "b"}} | spec,
    }


def test_services_count_their_ports_and_may_grow_only_so_far(plane: ControlPlane):
    plane.given(quota(services="3", services__nodeports="2", services__loadbalancers="1"))
    plane.advance(1)
    plane.given(service("a", "NodePort", 2), service("b"))
    plane.given(service("c", "LoadBalancer", allocateLoadBalancerNodePorts=False))
    assert used(plane) == {"services": "3", "services.nodeports": "2", "services.loadbalancers": "1"}
    with pytest.raises(Forbidden, match=r"requested: services\.nodeports=1, used: services\.nodeports=2"):
        plane.patch(SERVICE, "b", {"spec": {"type": "NodePort"}})
    plane.patch(SERVICE, "a", {"spec": {"type": "ClusterIP"}})
    plane.advance(101)
    plane.patch(SERVICE, "b", {"spec": {"type": "NodePort"}})
    assert used(plane)["services.nodeports"] == "1"


def claim(name: str, storage: str, storage_class: str = "fast") -> Obj:
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": storage}},
        "storageClassName": storage_class,
    }
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}


def test_storage_is_limited_as_a_whole_and_by_class(plane: ControlPlane):
    by_class = "fast.storageclass.storage.k8s.io/requests.storage"
    made = quota(requests__storage="10Gi", persistentvolumeclaims="5")
    made["spec"]["hard"][by_class] = "3Gi"
    plane.given(made)
    plane.advance(1)
    plane.given(claim("a", "2Gi"), claim("b", "6Gi", "slow"))
    assert used(plane) == {"requests.storage": "8Gi", "persistentvolumeclaims": "2", by_class: "2Gi"}
    assert f"requested: {by_class}=2Gi" in refusal(plane, claim("c", "2Gi"))


def test_any_kind_can_be_counted(plane: ControlPlane):
    made = quota(secrets="1")
    made["spec"]["hard"]["count/deployments.apps"] = "0"
    plane.given(made)
    plane.advance(1)
    plane.given({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}})
    assert used(plane) == {"secrets": "1", "count/deployments.apps": "0"}
    labels = {"app": "d"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "x"}]}}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": spec}
    assert refusal(plane, deployment) == (
        'deployments.apps "d" is forbidden: exceeded quota: small, requested: count/deployments.apps=1, '
        "used: count/deployments.apps=0, limited: count/deployments.apps=0"
    )


def test_another_namespace_has_its_own(plane: ControlPlane):
    plane.namespace("other")
    plane.given(quota(pods="0"))
    plane.advance(1)
    made = pod("p")
    plane.given({**made, "metadata": {**made["metadata"], "namespace": "other"}})


def test_a_raised_quota_lets_more_in_at_once(plane: ControlPlane):
    plane.given(quota(pods="0"))
    plane.advance(1)
    assert refusal(plane, pod("p"))
    plane.patch(RESOURCE_QUOTA, "small", {"spec": {"hard": {"pods": "1"}}})
    plane.advance(10)
    plane.given(pod("p"))


def test_who_takes_over_writes_nothing(plane: ControlPlane):
    plane.given(quota(pods="3"))
    plane.advance(1)
    plane.given(pod("p"))
    plane.advance(1000)
    before = plane.store.revision
    successor = ControlPlane(store=plane.store, at=plane.clock.now())
    start(successor)
    successor.advance(600_000)
    assert plane.store.revision == before
