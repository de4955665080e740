"""ResourceQuota: what is charged, refused, and left alone by scope."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from tests.simcore.kube_apiserver.http.door import CONFIG_MAPS, MERGE, PODS, Door, pod

CORE = "/api/v1/namespaces/default"
QUOTAS, SERVICES, CLAIMS = f"{CORE}/resourcequotas", f"{CORE}/services", f"{CORE}/persistentvolumeclaims"


def quota(door: Door, hard: Obj, *, used: Obj | None = None, name: str = "q", **spec: Any) -> None:
    """A quota whose usage has been counted."""
    status, body = door.post(QUOTAS, {"metadata": {"name": name}, "spec": {"hard": hard, **spec}})
    assert status == 201, body
    counted = dict.fromkeys(hard, "0") | (used or {})
    status, body = door.patch(f"{QUOTAS}/{name}/status", {"status": {"hard": hard, "used": counted}}, MERGE)
    assert status == 200, body


def used(door: Door, name: str = "q") -> Obj:
    found: Obj = door.get(f"{QUOTAS}/{name}")[1]["status"]["used"]
    return found


def sized(name: str = "web", **amounts: str) -> Obj:
    resources = {"requests": amounts, "limits": amounts}
    return pod(name, containers=[{"name": "c", "image": "x", "resources": resources}])


def why(answer: tuple[int, Any]) -> str:
    status, body = answer
    assert (status, body["reason"]) == (403, "Forbidden"), body
    message: str = body["message"]
    return message.split(" is forbidden: ", 1)[1]


def test_what_is_let_in_is_charged(door: Door):
    quota(door, {"pods": "3", "requests.cpu": "2", "limits.memory": "1Gi"})
    assert door.post(PODS, sized(cpu="500m", memory="256Mi"))[0] == 201
    assert used(door) == {"pods": "1", "requests.cpu": "500m", "limits.memory": "256Mi"}


EXCEEDED: dict[str, tuple[Obj, Obj, Obj, str]] = {
    "pods": (
        {"pods": "1"},
        {"pods": "1"},
        sized(),
        "exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1",
    ),
    "cpu": (
        {"requests.cpu": "1"},
        {"requests.cpu": "800m"},
        sized(cpu="500m"),
        "exceeded quota: q, requested: requests.cpu=500m, used: requests.cpu=800m, limited: requests.cpu=1",
    ),
    "two at once": (
        {"limits.memory": "1Gi", "requests.cpu": "1", "pods": "9"},
        {"limits.memory": "1Gi"},
        sized(cpu="2", memory="1Mi"),
        "exceeded quota: q, requested: limits.memory=1Mi,requests.cpu=2, "
        "used: limits.memory=1Gi,requests.cpu=0, limited: limits.memory=1Gi,requests.cpu=1",
    ),
    "objects by count": (
        {"count/pods": "0"},
        {},
        sized(),
        "exceeded quota: q, requested: count/pods=1, used: count/pods=0, limited: count/pods=0",
    ),
}


@pytest.mark.parametrize(("hard", "before", "manifest", "message"), EXCEEDED.values(), ids=EXCEEDED)
def test_what_exceeds_is_refused(door: Door, hard: Obj, before: Obj, manifest: Obj, message: str):
    quota(door, hard, used=before)
    assert why(door.post(PODS, manifest)) == message
    assert used(door) == dict.fromkeys(hard, "0") | before


def test_a_pod_says_what_it_needs_of_what_is_limited(door: Door):
    quota(door, {"requests.cpu": "1", "limits.memory": "1Gi"})
    assert why(door.post(PODS, pod("web"))) == (
        "failed quota: q: must specify limits.memory for: main; requests.cpu for: main"
    )


def test_a_quota_that_nobody_has_counted_lets_nothing_in(door: Door):
    door.post(QUOTAS, {"metadata": {"name": "q"}, "spec": {"hard": {"pods": "5"}}})
    assert why(door.post(PODS, sized())) == "status unknown for quota: q, resources: pods"


OTHERS: dict[str, tuple[Obj, str, Obj]] = {
    "config maps": ({"configmaps": "0"}, CONFIG_MAPS, {"metadata": {"name": "a"}}),
    "secrets": ({"count/secrets": "0"}, f"{CORE}/secrets", {"metadata": {"name": "a"}}),
    "deployments": (
        {"count/deployments.apps": "0"},
        "/apis/apps/v1/namespaces/default/deployments",
        {
            "metadata": {"name": "a"},
            "spec": {
                "selector": {"matchLabels": {"a": "b"}},
                "template": {"metadata": {"labels": {"a": "b"}}, "spec": pod("x")["spec"]},
            },
        },
    ),
    "load balancers": (
        {"services.loadbalancers": "0"},
        SERVICES,
        {"metadata": {"name": "a"}, "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}},
    ),
    "node ports": (
        {"services.nodeports": "0"},
        SERVICES,
        {"metadata": {"name": "a"}, "spec": {"type": "NodePort", "ports": [{"port": 80}]}},
    ),
    "storage": (
        {"requests.storage": "1Gi"},
        CLAIMS,
        {
            "metadata": {"name": "a"},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "2Gi"}}},
        },
    ),
    "storage of a class": (
        {"fast.storageclass.storage.k8s.io/requests.storage": "1Gi"},
        CLAIMS,
        {
            "metadata": {"name": "a"},
            "spec": {
                "storageClassName": "fast",
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "2Gi"}},
            },
        },
    ),
}


@pytest.mark.parametrize(("hard", "path", "manifest"), OTHERS.values(), ids=OTHERS)
def test_other_kinds_are_limited(door: Door, hard: Obj, path: str, manifest: Obj):
    quota(door, hard)
    assert why(door.post(path, manifest)).startswith("exceeded quota: q, requested: ")


SCOPES: dict[str, tuple[Obj, Obj, bool]] = {
    "best effort, and it is": ({"scopes": ["BestEffort"]}, pod("web"), True),
    "best effort, and it is not": ({"scopes": ["BestEffort"]}, sized(cpu="1"), False),
    "not best effort": ({"scopes": ["NotBestEffort"]}, sized(cpu="1"), True),
    "not best effort, and it is": ({"scopes": ["NotBestEffort"]}, pod("web"), False),
    "terminating": ({"scopes": ["Terminating"]}, pod("web", activeDeadlineSeconds=60), True),
    "terminating, and it is not": ({"scopes": ["Terminating"]}, pod("web"), False),
    "not terminating": ({"scopes": ["NotTerminating"]}, pod("web"), True),
    "a class": (
        {
            "scopeSelector": {
                "matchExpressions": [{"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}]
            }
        },
        pod("web", priorityClassName="high"),
        True,
    ),
    "another class": (
        {
            "scopeSelector": {
                "matchExpressions": [{"scopeName": "PriorityClass", "operator": "In", "values": ["low"]}]
            }
        },
        pod("web", priorityClassName="high"),
        False,
    ),
    "any class": (
        {"scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "Exists"}]}},
        pod("web", priorityClassName="high"),
        True,
    ),
    "any class, and it has none": (
        {"scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "Exists"}]}},
        pod("web"),
        False,
    ),
}


@pytest.mark.parametrize(("spec", "manifest", "counts"), SCOPES.values(), ids=SCOPES)
def test_a_scope_is(door: Door, spec: Obj, manifest: Obj, counts: bool):
    door.post("/apis/scheduling.k8s.io/v1/priorityclasses", {"metadata": {"name": "high"}, "value": 9})
    quota(door, {"pods": "0"}, **spec)
    assert door.post(PODS, manifest)[0] == (403 if counts else 201)


def test_all_quotas_of_a_namespace_are_charged_or_none(door: Door):
    quota(door, {"pods": "5"}, name="a")
    quota(door, {"pods": "0"}, name="b")
    assert why(door.post(PODS, sized())).startswith("exceeded quota: b")
    assert used(door, "a") == {"pods": "0"}


def test_a_trial_charges_nothing(door: Door):
    quota(door, {"pods": "5"})
    assert door.post(PODS, sized(), dryRun="All")[0] == 201
    assert used(door) == {"pods": "0"}


def test_a_service_that_becomes_more_is_charged_the_difference(door: Door):
    door.post(SERVICES, {"metadata": {"name": "a"}, "spec": {"ports": [{"port": 80}]}})
    quota(door, {"services": "1", "services.nodeports": "0"}, used={"services": "1"})
    status, body = door.patch(f"{SERVICES}/a", {"spec": {"type": "NodePort"}}, MERGE)
    assert why((status, body)) == (
        "exceeded quota: q, requested: services.nodeports=1, used: services.nodeports=0, "
        "limited: services.nodeports=0"
    )
    assert door.patch(f"{SERVICES}/a", {"metadata": {"labels": {"a": "b"}}}, MERGE)[0] == 200


def test_another_namespaces_quota_is_nothing_here(door: Door):
    door.post("/api/v1/namespaces", {"metadata": {"name": "other"}})
    quota(door, {"pods": "0"})
    assert door.post("/api/v1/namespaces/other/pods", sized())[0] == 201
