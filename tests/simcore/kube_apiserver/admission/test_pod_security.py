"""Pod security: each check of baseline and restricted with its message; levels, versions, modes, namespaces."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.admission.pod_security import PREFIX, Policy, policy_of, violations
from simcore.kube_apiserver.http.message import HttpRequest
from simcore.kube_apiserver.observing.xray import Xray
from tests.simcore.kube_apiserver.http.door import DEPLOYMENTS, MERGE, PODS, Door, pod

BASELINE, RESTRICTED = Policy("baseline", "latest"), Policy("restricted", "latest")
NAMESPACE = "/api/v1/namespaces/default"
SAFE: Obj = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def container(name: str = "a", *, security: Obj | None = None, **more: Any) -> Obj:
    return {"name": name, "image": "x", "securityContext": {**SAFE, **(security or {})}, **more}


def of(*containers: Obj, security: Obj | None = None, annotations: Obj | None = None, **spec: Any) -> Obj:
    meta = {"annotations": annotations or {}}
    body = {"containers": list(containers) or [container()], "securityContext": security or {}, **spec}
    return {"metadata": meta, "spec": body}


def without(name: str, container_name: str = "a") -> Obj:
    made = container(container_name)
    return {**made, "securityContext": {k: v for k, v in SAFE.items() if k != name}}


def volume(name: str, kind: str) -> Obj:
    return {"name": name, kind: {}}


PROBE = {"httpGet": {"port": 80, "host": "10.0.0.9"}}
BOTH: dict[str, tuple[Obj, str, str]] = {
    "an AppArmor profile": (
        of(security={"appArmorProfile": {"type": "Unconfined"}}),
        "forbidden AppArmor profile",
        'pod must not set AppArmor profile type to "Unconfined"',
    ),
    "an AppArmor annotation": (
        of(annotations={"container.apparmor.security.beta.kubernetes.io/a": "unconfined"}),
        "forbidden AppArmor profile",
        'annotation "container.apparmor.security.beta.kubernetes.io/a"="unconfined"',
    ),
    "AppArmor twice": (
        of(
            container(security={"appArmorProfile": {"type": "Unconfined"}}),
            annotations={"container.apparmor.security.beta.kubernetes.io/a": "unconfined"},
        ),
        "forbidden AppArmor profiles",
        'container "a" must not set AppArmor profile type to "Unconfined", '
        'annotation "container.apparmor.security.beta.kubernetes.io/a"="unconfined"',
    ),
    "the host's network": (of(hostNetwork=True), "host namespaces", "hostNetwork=true"),
    "all of the host's namespaces": (
        of(hostNetwork=True, hostPID=True, hostIPC=True),
        "host namespaces",
        "hostNetwork=true, hostPID=true, hostIPC=true",
    ),
    "a port of the host": (
        of(container(ports=[{"containerPort": 80, "hostPort": 8080}])),
        "hostPort",
        'container "a" uses hostPort 8080',
    ),
    "ports of the host": (
        of(
            container(ports=[{"containerPort": 80, "hostPort": 8080}]),
            container("b", ports=[{"containerPort": 80, "hostPort": 443}]),
        ),
        "hostPort",
        'containers "a", "b" use hostPorts 443, 8080',
    ),
    "a probe of another host": (
        of(container(livenessProbe=PROBE)),
        "probe or lifecycle host",
        'container "a" uses probe or lifecycle host "10.0.0.9"',
    ),
    "hooks to other hosts": (
        of(
            container("b", lifecycle={"preStop": {"httpGet": {"port": 1, "host": "z"}}}),
            container(readinessProbe={"tcpSocket": {"port": 1, "host": "y"}}),
        ),
        "probe or lifecycle host",
        'containers "a", "b" use probe or lifecycle hosts "y", "z"',
    ),
    "privilege": (
        of(container(security={"privileged": True})),
        "privileged",
        'container "a" must not set securityContext.privileged=true',
    ),
    "privilege in all kinds of containers": (
        of(
            container("m", security={"privileged": True}),
            initContainers=[container("i", security={"privileged": True})],
            ephemeralContainers=[container("e", security={"privileged": True})],
        ),
        "privileged",
        'containers "i", "m", "e" must not set securityContext.privileged=true',
    ),
    "an unmasked proc": (
        of(container(security={"procMount": "Unmasked"})),
        "procMount",
        'container "a" must not set securityContext.procMount to "Unmasked"',
    ),
    "a type of SELinux": (
        of(security={"seLinuxOptions": {"type": "spc_t"}}),
        "seLinuxOptions",
        'pod set forbidden securityContext.seLinuxOptions: type "spc_t"',
    ),
    "user and role of SELinux": (
        of(container(security={"seLinuxOptions": {"user": "u", "role": "r"}})),
        "seLinuxOptions",
        'container "a" set forbidden securityContext.seLinuxOptions: user may not be set; role may not be set',
    ),
    "a sysctl": (
        of(security={"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}),
        "forbidden sysctls",
        "kernel.msgmax",
    ),
    "a process of a Windows host": (
        of(container(security={"windowsOptions": {"hostProcess": True}})),
        "hostProcess",
        'container "a" must not set securityContext.windowsOptions.hostProcess=true',
    ),
}


@pytest.mark.parametrize("policy", [BASELINE, RESTRICTED], ids=str)
@pytest.mark.parametrize(("bad", "reason", "detail"), BOTH.values(), ids=BOTH)
def test_both_levels_refuse(bad: Obj, reason: str, detail: str, policy: Policy):
    assert violations(bad, policy) == [(reason, detail)]


ONLY_BASELINE: dict[str, tuple[Obj, str, str]] = {
    "a capability": (
        of(container(security={"capabilities": {"add": ["NET_ADMIN", "CHOWN"]}})),
        "non-default capabilities",
        'container "a" must not include "NET_ADMIN" in securityContext.capabilities.add',
    ),
    "capabilities": (
        of(
            container(security={"capabilities": {"add": ["SYS_TIME"]}}),
            container("b", security={"capabilities": {"add": ["BPF"]}}),
        ),
        "non-default capabilities",
        'containers "a", "b" must not include "BPF", "SYS_TIME" in securityContext.capabilities.add',
    ),
    "a host's folder": (of(volumes=[volume("v", "hostPath")]), "hostPath volumes", 'volume "v"'),
    "no seccomp": (
        of(security={"seccompProfile": {"type": "Unconfined"}}),
        "seccompProfile",
        'pod must not set securityContext.seccompProfile.type to "Unconfined"',
    ),
}


@pytest.mark.parametrize(("bad", "reason", "detail"), ONLY_BASELINE.values(), ids=ONLY_BASELINE)
def test_baseline_refuses(bad: Obj, reason: str, detail: str):
    assert violations(bad, BASELINE) == [(reason, detail)]


ONLY_RESTRICTED: dict[str, tuple[Obj, str, str]] = {
    "escalation": (
        of(without("allowPrivilegeEscalation")),
        "allowPrivilegeEscalation != false",
        'container "a" must set securityContext.allowPrivilegeEscalation=false',
    ),
    "kept capabilities": (
        of(without("capabilities"), without("capabilities", "b")),
        "unrestricted capabilities",
        'containers "a", "b" must set securityContext.capabilities.drop=["ALL"]',
    ),
    "added capabilities": (
        of(container(security={"capabilities": {"drop": ["ALL"], "add": ["CHOWN", "NET_BIND_SERVICE"]}})),
        "unrestricted capabilities",
        'container "a" must not include "CHOWN" in securityContext.capabilities.add',
    ),
    "both": (
        of(container(security={"capabilities": {"add": ["CHOWN"]}})),
        "unrestricted capabilities",
        'container "a" must set securityContext.capabilities.drop=["ALL"]; '
        'container "a" must not include "CHOWN" in securityContext.capabilities.add',
    ),
    "a kind of volume": (
        of(volumes=[volume("v", "nfs"), volume("w", "emptyDir")]),
        "restricted volume types",
        'volume "v" uses restricted volume type "nfs"',
    ),
    "kinds of volumes": (
        of(volumes=[volume("v", "nfs"), volume("w", "hostPath")]),
        "restricted volume types",
        'volumes "v", "w" use restricted volume types "hostPath", "nfs"',
    ),
    "root by silence": (
        of(without("runAsNonRoot")),
        "runAsNonRoot != true",
        'pod or container "a" must set securityContext.runAsNonRoot=true',
    ),
    "root by words": (
        of(container(security={"runAsNonRoot": False}), security={"runAsNonRoot": False}),
        "runAsNonRoot != true",
        'pod and container "a" must not set securityContext.runAsNonRoot=false',
    ),
    "root by number": (
        of(container(security={"runAsUser": 0}), security={"runAsUser": 0}),
        "runAsUser=0",
        'pod and container "a" must not set runAsUser=0',
    ),
    "no seccomp by silence": (
        of(without("seccompProfile")),
        "seccompProfile",
        'pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"',
    ),
    "no seccomp by words": (
        of(container(security={"seccompProfile": {"type": "Unconfined"}})),
        "seccompProfile",
        'container "a" must not set securityContext.seccompProfile.type to "Unconfined"',
    ),
}


@pytest.mark.parametrize(("bad", "reason", "detail"), ONLY_RESTRICTED.values(), ids=ONLY_RESTRICTED)
def test_restricted_refuses(bad: Obj, reason: str, detail: str):
    assert violations(bad, RESTRICTED) == [(reason, detail)]


GOOD = {
    "what is safe": of(),
    "safe by its pod": of(
        {
            "name": "a",
            "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        },
        security={"runAsNonRoot": True, "seccompProfile": {"type": "Localhost", "localhostProfile": "p"}},
    ),
    "the usual volumes": of(
        volumes=[
            volume(kind, kind)
            for kind in (
                "configMap",
                "csi",
                "downwardAPI",
                "emptyDir",
                "ephemeral",
                "persistentVolumeClaim",
                "projected",
                "secret",
                "image",
            )
        ]
    ),
    "binding low ports": of(
        container(security={"capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}})
    ),
    "a safe sysctl": of(security={"sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "1"}]}),
    "a usual type of SELinux": of(security={"seLinuxOptions": {"type": "container_t", "level": "s0"}}),
    "AppArmor of the runtime": of(
        annotations={"container.apparmor.security.beta.kubernetes.io/a": "runtime/default"}
    ),
    "a Windows pod": of({"name": "a", "securityContext": {"runAsNonRoot": True}}, os={"name": "windows"}),
}


@pytest.mark.parametrize("good", GOOD.values(), ids=GOOD)
def test_restricted_lets_in(good: Obj):
    assert violations(good, RESTRICTED) == []


def test_privileged_lets_everything_in():
    assert all(violations(bad, Policy("privileged", "latest")) == [] for bad, _, _ in BOTH.values())


SINCE = {
    "probes": (of(container(livenessProbe=PROBE)), "restricted", 34),
    "root by number": (of(container(security={"runAsUser": 0})), "restricted", 23),
    "capabilities": (of(without("capabilities")), "restricted", 22),
    "seccomp": (of(without("seccompProfile")), "restricted", 19),
    "seccomp in baseline": (of(security={"seccompProfile": {"type": "Unconfined"}}), "baseline", 19),
    "escalation": (of(without("allowPrivilegeEscalation")), "restricted", 8),
}


@pytest.mark.parametrize(("bad", "level", "minor"), SINCE.values(), ids=SINCE)
def test_a_check_counts_since_its_version(bad: Obj, level: str, minor: int):
    assert violations(bad, Policy(level, f"v1.{minor - 1}")) == []
    assert violations(bad, Policy(level, f"v1.{minor}")) != []
    assert violations(bad, Policy(level, "v1.999")) != []


def test_faults_come_baselines_first():
    bad = of(
        {"name": "a", "securityContext": {"privileged": True}}, hostNetwork=True, volumes=[volume("v", "nfs")]
    )
    assert [reason for reason, _ in violations(bad, RESTRICTED)] == [
        "host namespaces",
        "privileged",
        "allowPrivilegeEscalation != false",
        "unrestricted capabilities",
        "restricted volume types",
        "runAsNonRoot != true",
        "seccompProfile",
    ]


LABELS = {
    "none": ({}, Policy("privileged", "latest")),
    "a level": ({"enforce": "baseline"}, Policy("baseline", "latest")),
    "a version": ({"enforce": "baseline", "enforce-version": "v1.30"}, Policy("baseline", "v1.30")),
    "an unknown level": ({"enforce": "strict"}, Policy("restricted", "latest")),
    "an unknown version": ({"enforce": "baseline", "enforce-version": "1.30"}, Policy("baseline", "latest")),
}


@pytest.mark.parametrize(("labels", "policy"), LABELS.values(), ids=LABELS)
def test_labels_are_a_policy(labels: dict[str, str], policy: Policy):
    assert policy_of({PREFIX + name: value for name, value in labels.items()}, "enforce") == policy


def labelled(door: Door, **labels: str) -> tuple[int, Any]:
    named = {PREFIX + name.replace("_", "-"): value for name, value in labels.items()}
    return door.patch(NAMESPACE, {"metadata": {"labels": named}}, MERGE)


def test_the_version_is_shown(door: Door):
    labelled(door, enforce="baseline", enforce_version="v1.30")
    assert (
        'violates PodSecurity "baseline:v1.30": host' in door.post(PODS, pod("w", hostPID=True))[1]["message"]
    )


def test_audit_is_noted_and_lets_pass(door: Door):
    labelled(door, audit="baseline", enforce="privileged")
    xray = Xray(lambda: 0)
    body = json.dumps(pod("w", hostPID=True)).encode()
    headers = {"content-type": "application/json"}
    door.api.serve(HttpRequest("POST", PODS, "", headers, body, door.user, xray=xray))
    assert xray.annotations == {
        "pod-security.kubernetes.io/enforce-policy": "privileged:latest",
        "pod-security.kubernetes.io/audit-violations": (
            'would violate PodSecurity "baseline:latest": host namespaces (hostPID=true)'
        ),
    }


def warnings(door: Door, method: str, path: str, body: Obj, kind: str = "application/json") -> list[str]:
    answer = door.response(method, path, json.dumps(body).encode(), {"content-type": kind})
    assert answer.status < 300, answer.body
    return [value.removeprefix("299 - ") for name, value in answer.headers if name == "Warning"]


def test_what_makes_pods_is_warned_of_and_never_refused(door: Door):
    labelled(door, enforce="restricted", warn="baseline")
    template = {"metadata": {"labels": {"a": "b"}}, "spec": pod("x", hostPID=True)["spec"]}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": template}
    assert warnings(door, "POST", DEPLOYMENTS, {"metadata": {"name": "web"}, "spec": spec}) == [
        '"would violate PodSecurity \\"baseline:latest\\": host namespaces (hostPID=true)"'
    ]
    job = {"spec": {"template": {"spec": {**template["spec"], "restartPolicy": "Never"}}}}
    cron = {"metadata": {"name": "c"}, "spec": {"schedule": "* * * * *", "jobTemplate": job}}
    path = "/apis/batch/v1/namespaces/default/cronjobs"
    assert len(warnings(door, "POST", path, cron)) == 1


def test_an_update_counts_when_an_image_changes(door: Door):
    door.post(PODS, pod("w", hostPID=True))
    labelled(door, enforce="baseline")
    path = f"{PODS}/w"
    assert door.patch(path, {"metadata": {"labels": {"a": "b"}}}, MERGE)[0] == 200
    status, body = door.patch(path, {"spec": {"containers": [{"name": "main", "image": "other"}]}})
    assert (status, "violates PodSecurity" in body["message"]) == (403, True)


def test_a_new_level_tells_of_the_pods_that_are_there(door: Door):
    for name in ("b", "a", "c"):
        door.post(PODS, pod(name, hostPID=True))
    privileged = {"name": "c", "image": "x", "securityContext": {"privileged": True}}
    door.post(PODS, pod("n", containers=[privileged]))
    door.post(PODS, pod("fine"))
    body = {"metadata": {"labels": {f"{PREFIX}enforce": "baseline"}}}
    told = warnings(door, "PATCH", NAMESPACE, body, MERGE)
    assert told[0] == (
        '"existing pods in namespace \\"default\\" violate the new PodSecurity enforce level \\"baseline:latest\\""'
    )
    assert told[1:] == ['"a (and 2 other pods): host namespaces"', '"n: privileged"']
    assert warnings(door, "PATCH", NAMESPACE, {"metadata": {"labels": {"x": "y"}}}, MERGE) == []


BAD_LABELS = {
    "a level": (
        {"enforce": "strict"},
        'metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": '
        "must be one of privileged, baseline, restricted",
    ),
    "a version": (
        {"warn_version": "1.3"},
        'metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "1.3": '
        'must be "latest" or "v1.x"',
    ),
}


@pytest.mark.parametrize(("labels", "why"), BAD_LABELS.values(), ids=BAD_LABELS)
def test_labels_that_are_none_are_refused(door: Door, labels: dict[str, str], why: str):
    status, body = labelled(door, **labels)
    assert (status, body["reason"]) == (422, "Invalid")
    assert body["message"] == f'namespaces "default" is forbidden: {why}'


def test_all_wrong_labels_are_told_at_once(door: Door):
    _, body = labelled(door, audit="x", warn="y")
    assert body["message"].startswith('namespaces "default" is forbidden: [metadata.labels[')
    assert body["message"].count("must be one of") == 2
