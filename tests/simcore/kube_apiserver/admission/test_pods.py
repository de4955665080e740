"""What admission makes of pods, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.http.door import PODS, Door, pod

CORE = "/api/v1/namespaces/default"


def made(door: Door, manifest: dict[str, Any]) -> Any:
    status, body = door.post(PODS, manifest)
    assert status == 201, body
    return body


def refused(door: Door, manifest: dict[str, Any]) -> str:
    status, body = door.post(PODS, manifest)
    assert status == 403, body
    message: str = body["message"]
    return message


def test_a_pod_has_its_account_and_its_token(door: Door):
    spec = made(door, pod("web"))["spec"]
    volume = spec["volumes"][0]
    assert spec["serviceAccountName"] == spec["serviceAccount"] == "default"
    assert volume["name"].startswith("kube-api-access-")
    assert [next(iter(source)) for source in volume["projected"]["sources"]] == [
        "serviceAccountToken",
        "configMap",
        "downwardAPI",
    ]
    assert spec["containers"][0]["volumeMounts"] == [
        {
            "name": volume["name"],
            "readOnly": True,
            "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
        }
    ]


def test_a_pod_that_wants_no_token_gets_none(door: Door):
    assert "volumes" not in made(door, pod("web", automountServiceAccountToken=False))["spec"]
    door.post(f"{CORE}/serviceaccounts", {"metadata": {"name": "shy"}, "automountServiceAccountToken": False})
    assert "volumes" not in made(door, pod("shy", serviceAccountName="shy"))["spec"]


def test_an_account_must_exist_and_brings_its_pull_secrets(door: Door):
    assert refused(door, pod("web", serviceAccountName="none")) == (
        'pods "web" is forbidden: error looking up service account default/none: serviceaccount "none" not found'
    )
    door.post(f"{CORE}/serviceaccounts", {"metadata": {"name": "bot"}, "imagePullSecrets": [{"name": "reg"}]})
    assert made(door, pod("web", serviceAccountName="bot"))["spec"]["imagePullSecrets"] == [{"name": "reg"}]


def priority_class(door: Door, name: str, value: int, **more: Any) -> tuple[int, Any]:
    body = {"metadata": {"name": name}, "value": value, **more}
    return door.post("/apis/scheduling.k8s.io/v1/priorityclasses", body)


def test_a_priority_class_becomes_a_number(door: Door):
    priority_class(door, "high", 1000, preemptionPolicy="Never")
    spec = made(door, pod("web", priorityClassName="high"))["spec"]
    assert (spec["priority"], spec["preemptionPolicy"]) == (1000, "Never")
    assert refused(door, pod("w2", priorityClassName="none")).endswith(
        "no PriorityClass with name none was found"
    )


def test_there_is_one_default_priority_class(door: Door):
    priority_class(door, "usual", 5, globalDefault=True)
    spec = made(door, pod("web"))["spec"]
    assert (spec["priorityClassName"], spec["priority"]) == ("usual", 5)
    status, body = priority_class(door, "other", 6, globalDefault=True)
    assert status == 403
    assert body["message"].endswith(
        "PriorityClass usual is already marked as default. Only one default can exist"
    )


def limits(door: Door, **item: Any) -> None:
    body = {"metadata": {"name": "l"}, "spec": {"limits": [{"type": "Container", **item}]}}
    assert door.post(f"{CORE}/limitranges", body)[0] == 201


def with_resources(**resources: dict[str, str]) -> dict[str, Any]:
    return pod("web", containers=[{"name": "main", "image": "x", "resources": resources}])


def test_a_limit_range_fills_in_what_is_missing(door: Door):
    limits(door, default={"cpu": "500m", "memory": "1Gi"}, defaultRequest={"cpu": "250m", "memory": "1Gi"})
    body = made(door, with_resources(requests={"cpu": "100m"}))
    assert body["spec"]["containers"][0]["resources"] == {
        "requests": {"cpu": "100m", "memory": "1Gi"},
        "limits": {"cpu": "500m", "memory": "1Gi"},
    }
    assert body["metadata"]["annotations"] == {
        "kubernetes.io/limit-ranger": (
            "LimitRanger plugin set: memory request for container main; cpu, memory limit for container main"
        )
    }


@pytest.mark.parametrize(
    ("resources", "why"),
    [
        ({"cpu": "5m"}, "minimum cpu usage per Container is 10m, but request is 5m"),
        ({"cpu": "3"}, "[maximum cpu usage per Container is 2, but limit is 3]"),
    ],
    ids=["too-little", "too-much"],
)
def test_a_limit_range_refuses(door: Door, resources: dict[str, str], why: str):
    limits(door, min={"cpu": "10m"}, max={"cpu": "2"}, default={"cpu": "1"}, defaultRequest={"cpu": "20m"})
    body = with_resources(requests=resources, limits=resources)
    assert why.strip("[]") in refused(door, body)


def test_a_runtime_class_brings_overhead_and_places(door: Door):
    body = {
        "metadata": {"name": "box"},
        "handler": "box",
        "overhead": {"podFixed": {"cpu": "100m"}},
        "scheduling": {"nodeSelector": {"vm": "yes"}},
    }
    door.post("/apis/node.k8s.io/v1/runtimeclasses", body)
    spec = made(door, pod("web", runtimeClassName="box"))["spec"]
    assert (spec["overhead"], spec["nodeSelector"]) == ({"cpu": "100m"}, {"vm": "yes"})
    assert refused(door, pod("w2", runtimeClassName="none")).endswith(
        'pod rejected: RuntimeClass "none" not found'
    )
    assert "conflict" in refused(door, pod("w3", runtimeClassName="box", nodeSelector={"vm": "no"}))


def secured(door: Door, **levels: str) -> None:
    labels = {f"pod-security.kubernetes.io/{mode}": level for mode, level in levels.items()}
    door.patch("/api/v1/namespaces/default", {"metadata": {"labels": labels}}, "application/merge-patch+json")


def test_a_namespace_may_ask_for_the_baseline(door: Door):
    secured(door, enforce="baseline")
    container = {
        "name": "c",
        "image": "x",
        "securityContext": {"privileged": True},
        "ports": [{"containerPort": 80}],
    }
    message = refused(door, pod("web", hostNetwork=True, containers=[container]))
    assert message == (
        'pods "web" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true), '
        'hostPort (container "c" uses hostPort 80), '
        'privileged (container "c" must not set securityContext.privileged=true)'
    )
    made(door, pod("plain"))


def test_a_namespace_may_ask_for_restriction(door: Door):
    secured(door, enforce="restricted")
    assert refused(door, pod("web")) == (
        'pods "web" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false '
        '(container "main" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities '
        '(container "main" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or '
        'container "main" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "main" must '
        'set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")'
    )


def test_a_warning_lets_the_pod_pass(door: Door):
    secured(door, warn="baseline")
    answer = door.response(
        "POST", PODS, b'{"metadata":{"name":"w"},"spec":{"hostPID":true,"containers":[{"name":"c","image":"x"}]}}',
        {"content-type": "application/json"},
    )  # fmt: skip
    assert answer.status == 201
    warnings = [value for name, value in answer.headers if name == "Warning"]
    assert warnings == [
        '299 - "would violate PodSecurity \\"baseline:latest\\": host namespaces (hostPID=true)"'
    ]


def test_a_claim_without_a_class_gets_the_default_one(door: Door):
    mark = {"storageclass.kubernetes.io/is-default-class": "true"}
    door.post(
        "/apis/storage.k8s.io/v1/storageclasses",
        {"metadata": {"name": "fast", "annotations": mark}, "provisioner": "example.com/x"},
    )
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    claims = f"{CORE}/persistentvolumeclaims"
    _, body = door.post(claims, {"metadata": {"name": "a"}, "spec": spec})
    assert body["spec"]["storageClassName"] == "fast"
    _, body = door.post(claims, {"metadata": {"name": "b"}, "spec": {**spec, "storageClassName": ""}})
    assert body["spec"]["storageClassName"] == ""
