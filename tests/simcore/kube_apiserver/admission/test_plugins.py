"""The small plugins: namespaces, priorities, runtime classes, tolerations, classes and protection."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from tests.simcore.kube_apiserver.http.door import CONFIG_MAPS, MERGE, PODS, Door, pod

NAMESPACES = "/api/v1/namespaces"
PRIORITIES = "/apis/scheduling.k8s.io/v1/priorityclasses"
RUNTIMES = "/apis/node.k8s.io/v1/runtimeclasses"
STORAGE, VOLUMES = "/apis/storage.k8s.io/v1/storageclasses", "/api/v1/persistentvolumes"
CLAIMS = "/api/v1/namespaces/default/persistentvolumeclaims"
INGRESSES = "/apis/networking.k8s.io/v1/namespaces/default/ingresses"
INGRESS_CLASSES = "/apis/networking.k8s.io/v1/ingressclasses"


def made(answer: tuple[int, Any]) -> Any:
    assert answer[0] == 201, answer
    return answer[1]


def refused(answer: tuple[int, Any], code: int = 403) -> str:
    assert answer[0] == code, answer
    message: str = answer[1]["message"]
    return message


# NamespaceLifecycle


@pytest.mark.parametrize("name", ["default", "kube-system", "kube-public"])
def test_some_namespaces_are_immortal(door: Door, name: str):
    door.post(NAMESPACES, {"metadata": {"name": name}})
    assert refused(door.delete(f"{NAMESPACES}/{name}")) == (
        f'namespaces "{name}" is forbidden: this namespace may not be deleted'
    )


def test_another_namespace_is_mortal_and_takes_nothing_new_then(door: Door):
    door.post(NAMESPACES, {"metadata": {"name": "shop"}})
    path = "/api/v1/namespaces/shop/configmaps"
    made(door.post(path, {"metadata": {"name": "old"}}))
    assert door.delete(f"{NAMESPACES}/shop")[0] == 200
    status, body = door.post(path, {"metadata": {"name": "a"}})
    assert (status, body["message"]) == (
        403,
        'configmaps "a" is forbidden: unable to create new content in namespace shop '
        "because it is being terminated",
    )
    assert body["details"]["causes"] == [
        {
            "reason": "NamespaceTerminating",
            "message": "namespace shop is being terminated",
            "field": "metadata.namespace",
        }
    ]
    assert door.patch(f"{path}/old", {"data": {"a": "b"}}, MERGE)[0] == 200
    assert door.delete(f"{path}/old")[0] == 200


def test_nothing_is_made_where_there_is_no_namespace(door: Door):
    path = "/api/v1/namespaces/nowhere/configmaps"
    assert refused(door.post(path, {"metadata": {"name": "a"}}), 404) == 'namespaces "nowhere" not found'


# Priority


def priority(door: Door, name: str, value: int, **more: Any) -> None:
    made(door.post(PRIORITIES, {"metadata": {"name": name}, "value": value, **more}))


PRIORITY: dict[str, tuple[Obj, tuple[int, str, str | None]]] = {
    "none": ({}, (0, "PreemptLowerPriority", None)),
    "a class": ({"priorityClassName": "high"}, (1000, "Never", "high")),
    "a class and its number": ({"priorityClassName": "high", "priority": 1000}, (1000, "Never", "high")),
    "a class of the system": (
        {"priorityClassName": "system-node-critical"},
        (2_000_001_000, "PreemptLowerPriority", "system-node-critical"),
    ),
    "another class of the system": (
        {"priorityClassName": "system-cluster-critical"},
        (2_000_000_000, "PreemptLowerPriority", "system-cluster-critical"),
    ),
}


@pytest.mark.parametrize(("spec", "expected"), PRIORITY.values(), ids=PRIORITY)
def test_a_pod_has_the_priority_of(door: Door, spec: Obj, expected: tuple[int, str, str | None]):
    priority(door, "high", 1000, preemptionPolicy="Never")
    found = made(door.post(PODS, pod("web", **spec)))["spec"]
    assert (found["priority"], found["preemptionPolicy"], found.get("priorityClassName")) == expected


PRIORITY_FAULTS: dict[str, tuple[Obj, str]] = {
    "no such class": ({"priorityClassName": "gone"}, "no PriorityClass with name gone was found"),
    "another number": (
        {"priorityClassName": "high", "priority": 7},
        "the integer value of priority (7) must not be provided in pod spec; "
        "priority admission controller computed 1000 from the given PriorityClass name",
    ),
    "a number alone": (
        {"priority": 7},
        "the integer value of priority (7) must not be provided in pod spec; "
        "priority admission controller computed 0 from the given PriorityClass name",
    ),
    "another policy": (
        {"priorityClassName": "high", "preemptionPolicy": "PreemptLowerPriority"},
        "the string value of PreemptionPolicy (PreemptLowerPriority) must not be provided in pod spec; "
        "priority admission controller computed Never from the given PriorityClass name",
    ),
}


@pytest.mark.parametrize(("spec", "why"), PRIORITY_FAULTS.values(), ids=PRIORITY_FAULTS)
def test_a_priority_is_refused(door: Door, spec: Obj, why: str):
    priority(door, "high", 1000, preemptionPolicy="Never")
    assert refused(door.post(PODS, pod("web", **spec))) == f'pods "web" is forbidden: {why}'


def test_a_default_class_is_for_all_who_name_none(door: Door):
    priority(door, "usual", 5, globalDefault=True)
    priority(door, "other", 6)
    assert made(door.post(PODS, pod("web")))["spec"]["priority"] == 5
    status, body = door.patch(f"{PRIORITIES}/other", {"globalDefault": True}, MERGE)
    assert refused((status, body)) == (
        'priorityclasses.scheduling.k8s.io "other" is forbidden: PriorityClass usual is already marked as default. '
        "Only one default can exist"
    )


# RuntimeClass


def runtime(door: Door, **more: Any) -> None:
    made(door.post(RUNTIMES, {"metadata": {"name": "box"}, "handler": "box", **more}))


RUNTIME_FAULTS: dict[str, tuple[Obj, str]] = {
    "a class that is not there": (
        {"runtimeClassName": "gone"},
        'pod rejected: RuntimeClass "gone" not found',
    ),
    "overhead without a class": (
        {"overhead": {"cpu": "1"}},
        "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead",
    ),
    "other overhead": (
        {"runtimeClassName": "box", "overhead": {"cpu": "1"}},
        "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
    ),
    "another place": (
        {"runtimeClassName": "box", "nodeSelector": {"vm": "no"}},
        "conflict: runtimeClass.scheduling.nodeSelector[vm] = yes; pod.spec.nodeSelector[vm] = no",
    ),
}


@pytest.mark.parametrize(("spec", "why"), RUNTIME_FAULTS.values(), ids=RUNTIME_FAULTS)
def test_a_runtime_class_refuses(door: Door, spec: Obj, why: str):
    runtime(door, overhead={"podFixed": {"cpu": "100m"}}, scheduling={"nodeSelector": {"vm": "yes"}})
    assert refused(door.post(PODS, pod("web", **spec))) == f'pods "web" is forbidden: {why}'


def test_a_runtime_class_brings_its_tolerations_once(door: Door):
    toleration = {"key": "vm", "operator": "Exists", "effect": "NoSchedule"}
    runtime(door, scheduling={"tolerations": [toleration]})
    for name, own in (("a", []), ("b", [toleration])):
        found = made(door.post(PODS, pod(name, runtimeClassName="box", tolerations=own)))["spec"]
        assert [t for t in found["tolerations"] if t["key"] == "vm"] == [toleration]


# DefaultTolerationSeconds

NOT_READY, UNREACHABLE = "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"
TOLERATIONS: dict[str, tuple[list[Obj], list[str]]] = {
    "none": ([], [NOT_READY, UNREACHABLE]),
    "one of them": (
        [{"key": NOT_READY, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}],
        [UNREACHABLE],
    ),
    "one for all effects": ([{"key": UNREACHABLE, "operator": "Exists"}], [NOT_READY]),
    "everything": ([{"operator": "Exists"}], []),
    "another effect": (
        [{"key": NOT_READY, "operator": "Exists", "effect": "NoSchedule"}],
        [NOT_READY, UNREACHABLE],
    ),
}


@pytest.mark.parametrize(("given", "added"), TOLERATIONS.values(), ids=TOLERATIONS)
def test_a_pod_stays_five_minutes_unless_it_tolerates(door: Door, given: list[Obj], added: list[str]):
    found = made(door.post(PODS, pod("web", tolerations=given)))["spec"].get("tolerations", [])
    assert found == given + [
        {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300} for key in added
    ]


# default classes


def marked(name: str, mark: str, *, value: str = "true") -> Obj:
    return {"metadata": {"name": name, "annotations": {mark: value}}}


def claim(name: str, **spec: Any) -> Obj:
    size = {"requests": {"storage": "1Gi"}}
    return {"metadata": {"name": name}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": size, **spec}}


def test_the_youngest_default_class_counts(door: Door):
    mark = "storageclass.kubernetes.io/is-default-class"
    assert "storageClassName" not in made(door.post(CLAIMS, claim("none")))["spec"]
    for at, name in enumerate(("old", "z-young", "a-young")):
        door.clock.advance_to((1 + (at > 0)) * 10_000)
        made(door.post(STORAGE, {**marked(name, mark), "provisioner": "p.example"}))
    made(door.post(STORAGE, {**marked("no", mark, value="false"), "provisioner": "p.example"}))
    assert made(door.post(CLAIMS, claim("a")))["spec"]["storageClassName"] == "a-young"
    assert made(door.post(CLAIMS, claim("b", storageClassName="old")))["spec"]["storageClassName"] == "old"
    legacy = claim("c")
    legacy["metadata"]["annotations"] = {"volume.beta.kubernetes.io/storage-class": "x"}
    assert "storageClassName" not in made(door.post(CLAIMS, legacy))["spec"]


def test_an_ingress_gets_the_default_class(door: Door):
    mark = "ingressclass.kubernetes.io/is-default-class"
    made(door.post(INGRESS_CLASSES, {**marked("front", mark), "spec": {"controller": "c.example/x"}}))
    backend = {"defaultBackend": {"service": {"name": "web", "port": {"number": 80}}}}
    found = made(door.post(INGRESSES, {"metadata": {"name": "a"}, "spec": backend}))
    assert found["spec"]["ingressClassName"] == "front"
    legacy = {"metadata": {"name": "b", "annotations": {"kubernetes.io/ingress.class": "x"}}, "spec": backend}
    assert "ingressClassName" not in made(door.post(INGRESSES, legacy))["spec"]


# StorageObjectInUseProtection


def test_claims_and_volumes_wait_for_their_users(door: Door):
    own = claim("a")
    own["metadata"]["finalizers"] = ["example.com/mine"]
    found = made(door.post(CLAIMS, own))["metadata"]["finalizers"]
    assert found == ["example.com/mine", "kubernetes.io/pvc-protection"]
    volume = {
        "metadata": {"name": "v"},
        "spec": {
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteOnce"],
            "hostPath": {"path": "/x"},
        },
    }
    assert made(door.post(VOLUMES, volume))["metadata"]["finalizers"] == ["kubernetes.io/pv-protection"]
    assert "finalizers" not in made(door.post(CONFIG_MAPS, {"metadata": {"name": "a"}}))["metadata"]


def test_a_claim_grows_once_it_is_bound(door: Door):
    made(door.post(STORAGE, {"metadata": {"name": "fast"}, "provisioner": "p", "allowVolumeExpansion": True}))
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
        "storageClassName": "fast",
    }
    made(door.post(CLAIMS, {"metadata": {"name": "data"}, "spec": spec}))
    grown = {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}
    assert door.patch(f"{CLAIMS}/data", grown, MERGE)[0] == 422
    bound = {"status": {"phase": "Bound", "capacity": {"storage": "1Gi"}}}
    assert door.patch(f"{CLAIMS}/data/status", bound, MERGE)[0] == 200
    assert door.patch(f"{CLAIMS}/data", grown, MERGE)[0] == 200
