"""What a pod's author is told: one case for each text."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.warnings.pod import of_pod, of_template

NO_SELECTOR = "a null labelSelector results in matching no pod"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
NO_FRACTION = "is invalid, must be an integer"
ON_HOST = {"topologyKey": "kubernetes.io/hostname"}
OLD_ZONE = "failure-domain.beta.kubernetes.io/zone"
USE_ZONE = 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'
OLD_ARCH = 'deprecated since v1.14; use "kubernetes.io/arch" instead'


def pod(*containers: Obj, meta: Obj | None = None, **spec: Any) -> Obj:
    listed = list(containers) or [{"name": "c", "image": "i"}]
    return {"metadata": {"name": "p", **(meta or {})}, "spec": {"containers": listed, **spec}}


def container(name: str = "c", **fields: Any) -> Obj:
    return {"name": name, "image": "i", **fields}


def in_place(term: str, **fields: Any) -> Obj:
    return {"affinity": {term: fields}}


def test_an_ordinary_pod_gives_no_reason_to_warn():
    labels = {"matchLabels": {"a": "b"}}
    terms = {REQUIRED: [{**ON_HOST, "labelSelector": labels}]}
    ordinary = pod(
        container(
            env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
            ports=[{"containerPort": 80}, {"containerPort": 80, "protocol": "UDP"}],
            resources={"limits": {"memory": "1Gi", "cpu": "100m"}},
        ),
        nodeSelector={"kubernetes.io/arch": "amd64"},
        terminationGracePeriodSeconds=0,
        affinity={"podAffinity": terms, "podAntiAffinity": {PREFERRED: []}, "nodeAffinity": None},
        topologySpreadConstraints=[{**ON_HOST, "labelSelector": labels}],
        volumes=[
            {"name": "v", "emptyDir": {}},
            {"name": "e", "ephemeral": {"volumeClaimTemplate": {"spec": {}}}},
        ],
    )
    assert of_pod(ordinary) == []


def test_a_name_that_is_no_host_name_surprises():
    told = "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; "
    assert of_pod(pod(meta={"name": "web.example"})) == [
        f"{told}a DNS label is recommended: [must not contain dots]"
    ]


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        pytest.param(
            {"nodeSelector": {"zzz": "", OLD_ZONE: "a", "beta.kubernetes.io/arch": "amd64"}},
            [
                f"spec.nodeSelector[beta.kubernetes.io/arch]: {OLD_ARCH}",
                f"spec.nodeSelector[{OLD_ZONE}]: {USE_ZONE}",
            ],
            id="node selector",
        ),
        pytest.param(
            {"nodeSelector": {"node-role.kubernetes.io/master": ""}},
            [
                "spec.nodeSelector[node-role.kubernetes.io/master]: "
                'use "node-role.kubernetes.io/control-plane" instead'
            ],
            id="the master role",
        ),
        pytest.param(
            in_place(
                "nodeAffinity",
                **{REQUIRED: {"nodeSelectorTerms": [{}, {"matchExpressions": [{"key": OLD_ZONE}]}]}},
            ),
            [
                f"spec.affinity.nodeAffinity.{REQUIRED}.nodeSelectorTerms[1].matchExpressions[0].key: "
                f"{OLD_ZONE} is {USE_ZONE}"
            ],
            id="required node affinity",
        ),
        pytest.param(
            in_place(
                "nodeAffinity",
                **{PREFERRED: [{"preference": {"matchExpressions": [{"key": "a"}, {"key": OLD_ZONE}]}}]},
            ),
            [
                f"spec.affinity.nodeAffinity.{PREFERRED}[0].preference.matchExpressions[1].key: "
                f"{OLD_ZONE} is {USE_ZONE}"
            ],
            id="preferred node affinity",
        ),
        pytest.param(
            {"topologySpreadConstraints": [{"topologyKey": OLD_ZONE}, {**ON_HOST, "labelSelector": {}}]},
            [
                f"spec.topologySpreadConstraints[0].topologyKey: {OLD_ZONE} is {USE_ZONE}",
                f"spec.topologySpreadConstraints[0].labelSelector: {NO_SELECTOR}",
            ],
            id="spreading",
        ),
        pytest.param(
            in_place("podAffinity", **{REQUIRED: [ON_HOST], PREFERRED: [{"podAffinityTerm": ON_HOST}]}),
            [
                f"spec.affinity.podAffinity.{REQUIRED}[0].labelSelector: {NO_SELECTOR}",
                f"spec.affinity.podAffinity.{PREFERRED}[0].podAffinityTerm.labelSelector: {NO_SELECTOR}",
            ],
            id="pod affinity",
        ),
        pytest.param(
            in_place("podAntiAffinity", **{REQUIRED: [{**ON_HOST, "labelSelector": {}}, ON_HOST]}),
            [f"spec.affinity.podAntiAffinity.{REQUIRED}[1].labelSelector: {NO_SELECTOR}"],
            id="pod anti-affinity",
        ),
        pytest.param(
            {"hostAliases": [{"ip": "10.0.0.1"}, {"ip": "10.0.0.2"}, {"ip": "10.0.0.1"}]},
            ['spec.hostAliases[2].ip: duplicate ip "10.0.0.1"'],
            id="a host alias twice",
        ),
        pytest.param(
            {"imagePullSecrets": [{"name": "a"}, {"name": "a"}, {"name": ""}, {}]},
            [
                'spec.imagePullSecrets[1].name: duplicate name "a"',
                'spec.imagePullSecrets[3].name: duplicate name ""',
                'spec.imagePullSecrets[2].name: invalid empty name ""',
                'spec.imagePullSecrets[3].name: invalid empty name ""',
            ],
            id="pull secrets",
        ),
        pytest.param(
            {"overhead": {"memory": "100m", "cpu": "100m", "ephemeral-storage": "1500m"}},
            [
                'spec.overhead[memory]: fractional byte value "100m" is invalid, must be an integer',
                'spec.overhead[ephemeral-storage]: fractional byte value "1500m" is invalid, must be an integer',
            ],
            id="fractions of a byte of overhead",
        ),
        pytest.param(
            {"terminationGracePeriodSeconds": -1},
            [
                "spec.terminationGracePeriodSeconds: "
                "must be >= 0; negative values are invalid and will be treated as 1"
            ],
            id="negative grace",
        ),
    ],
)
def test_a_spec_is_commented_on(spec: Obj, told: list[str]):
    assert of_pod(pod(**spec)) == told


@pytest.mark.parametrize(
    ("annotation", "why"),
    [
        (
            "scheduler.alpha.kubernetes.io/critical-pod",
            'non-functional in v1.16+; use the "priorityClassName" field',
        ),
        ("security.alpha.kubernetes.io/sysctls", 'non-functional in v1.11+; use the "sysctls" field'),
        ("security.alpha.kubernetes.io/unsafe-sysctls", 'non-functional in v1.11+; use the "sysctls" field'),
        (
            "seccomp.security.alpha.kubernetes.io/pod",
            'non-functional in v1.27+; use the "seccompProfile" field',
        ),
        (
            "container.seccomp.security.alpha.kubernetes.io/c",
            'non-functional in v1.27+; use the "seccompProfile" field',
        ),
    ],
)
def test_an_annotation_that_became_a_field_does_nothing(annotation: str, why: str):
    meta = {"annotations": {annotation: "x"}}
    assert of_pod(pod(meta=meta)) == [f"metadata.annotations[{annotation}]: {why} instead"]


def test_with_the_field_the_annotation_is_no_matter():
    annotations = {
        "seccomp.security.alpha.kubernetes.io/pod": "x",
        "container.seccomp.security.alpha.kubernetes.io/c": "x",
    }
    profile = {"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}}
    assert of_pod(pod(container(**profile), meta={"annotations": annotations}, **profile)) == []


def test_old_app_armor_annotations_are_told_of_in_templates_only():
    key = "container.apparmor.security.beta.kubernetes.io/c"
    obj = pod(meta={"annotations": {key: "runtime/default"}})
    assert of_pod(obj) == []
    assert of_template("spec.template", obj) == [
        f'spec.template.metadata.annotations[{key}]: deprecated since v1.30; use the "appArmorProfile" field instead'
    ]
    obj["spec"]["securityContext"] = {"appArmorProfile": {"type": "Unconfined"}}
    assert of_template("spec.template", obj) == []


@pytest.mark.parametrize(
    ("container_", "told"),
    [
        pytest.param(
            container(resources={"limits": {"memory": "0.5"}, "requests": {"memory": "100m"}}),
            [
                f'spec.containers[0].resources.{side}[memory]: fractional byte value "{amount}" {NO_FRACTION}'
                for side, amount in (("limits", "500m"), ("requests", "100m"))
            ],
            id="fractions of a byte",
        ),
        pytest.param(
            container(env=[{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]),
            [
                'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply'
            ],
            id="a variable twice",
        ),
        pytest.param(
            container(env=[{"name": "A", "value": "1"}, {"name": "A", "value": "$(A)"}]),
            [
                'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply'
            ],
            id="a variable that is itself",
        ),
        pytest.param(
            container(env=[{"name": "A", "value": "1"}, {"name": "A", "valueFrom": {"fieldRef": {}}}]),
            [
                'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply'
            ],
            id="a variable from elsewhere",
        ),
        pytest.param(
            container(env=[{"name": "A", "value": "1"}, {"name": "A", "value": "$(A):2"}]),
            [],
            id="a variable that goes on from its old value",
        ),
        pytest.param(
            container(ports=[{"containerPort": 80, "hostIP": "10.0.0.1", "name": "web"}]),
            [
                "spec.containers[0].ports[0]: hostIP set without hostPort: "
                "{Name:web HostPort:0 ContainerPort:80 Protocol:TCP HostIP:10.0.0.1}"
            ],
            id="an address without a port",
        ),
        pytest.param(
            container(ports=[{"containerPort": 80}, {"containerPort": 80, "name": "again"}]),
            ["spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]"],
            id="a port twice",
        ),
        pytest.param(
            container(ports=[{"containerPort": 80, "hostPort": 8080}, {"containerPort": 80}]),
            ["spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]"],
            id="a port with and without a host's",
        ),
        pytest.param(
            container(
                ports=[
                    {"containerPort": 80, "hostPort": 8080, "hostIP": "10.0.0.1"},
                    {"containerPort": 80, "hostPort": 8080},
                ]
            ),
            [
                "spec.containers[0].ports[1]: dangerously ambiguous port definition with spec.containers[0].ports[0]"
            ],
            id="a host's port with and without an address",
        ),
        pytest.param(
            container(
                ports=[
                    {"containerPort": 80, "hostPort": 8080, "hostIP": "10.0.0.1"},
                    {"containerPort": 80, "hostPort": 8080, "hostIP": "10.0.0.2"},
                    {"containerPort": 80, "hostPort": 8081},
                ]
            ),
            [],
            id="different host ports",
        ),
    ],
)
def test_a_container_is_commented_on(container_: Obj, told: list[str]):
    assert of_pod(pod(container_)) == told


def test_ports_are_compared_across_containers_and_all_of_them_are_named():
    port = {"ports": [{"containerPort": 80}]}
    obj = pod(container("a", **port), container("b", **port), initContainers=[container("i", **port)])
    assert of_pod(obj) == [
        "spec.containers[0].ports[0]: duplicate port definition with spec.initContainers[0].ports[0]",
        "spec.containers[1].ports[0]: duplicate port definition with spec.initContainers[0].ports[0]",
        "spec.containers[1].ports[0]: duplicate port definition with spec.containers[0].ports[0]",
    ]


def test_a_templates_paths_begin_where_the_template_is():
    template = pod(nodeSelector={"beta.kubernetes.io/arch": "a"}, terminationGracePeriodSeconds=-5)
    at = "spec.jobTemplate.spec.template"
    assert of_template(at, template) == [
        f"{at}.spec.nodeSelector[beta.kubernetes.io/arch]: {OLD_ARCH}",
        f"{at}.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1",
    ]
    assert of_template(at, {}) == []
