"""What an object uses up of a quota."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import CONFIG_MAP, DEPLOYMENT, PERSISTENT_VOLUME_CLAIM, POD, SERVICE
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.resource_usage import is_in_scope, is_limited, pod_amounts, usage_of


def container(cpu: str, *, sidecar: bool = False, field: str = "requests") -> Obj:
    found: Obj = {"name": "c", "resources": {field: {"cpu": cpu}}}
    return found | ({"restartPolicy": "Always"} if sidecar else {})


def cpu(*containers: Obj, init: tuple[Obj, ...] = (), **spec: Any) -> str:
    return str(
        pod_amounts({"containers": [*containers], "initContainers": [*init]} | spec, "requests")["cpu"]
    )


def test_containers_add_up_and_an_init_container_runs_alone():
    assert cpu(container("1"), container("500m")) == "1500m"
    assert cpu(container("1"), init=(container("3"), container("2"))) == "3"


def test_sidecars_run_beside_all_that_comes_after():
    side = container("1", sidecar=True)
    assert cpu(container("1"), init=(side,)) == "2"
    assert cpu(container("1"), init=(side, container("3"))) == "4"
    assert cpu(container("1"), init=(container("3"), side)) == "3"


def test_overhead_comes_on_top_and_what_the_pod_says_itself_counts_instead():
    assert cpu(container("1"), overhead={"cpu": "250m"}) == "1250m"
    assert cpu(container("1"), resources={"requests": {"cpu": "5"}}) == "5"


def test_names_of_a_pods_usage():
    requests = {"cpu": "1", "memory": "1Mi", "hugepages-2Mi": "2Mi", "example.com/gpu": "2"}
    one = {"name": "c", "resources": {"requests": requests, "limits": {"cpu": "2", "example.com/gpu": "2"}}}
    pod = {"metadata": {}, "spec": {"containers": [one]}}
    assert {name: str(amount) for name, amount in usage_of(POD, pod, 0).items()} == {
        "count/pods": "1",
        "pods": "1",
        "cpu": "1",
        "requests.cpu": "1",
        "memory": "1Mi",
        "requests.memory": "1Mi",
        "hugepages-2Mi": "2Mi",
        "requests.hugepages-2Mi": "2Mi",
        "requests.example.com/gpu": "2",
        "limits.cpu": "2",
    }


@pytest.mark.parametrize(
    ("status", "meta", "counts"),
    [
        ({"phase": "Running"}, {}, True),
        ({"phase": "Failed"}, {}, False),
        ({}, {"deletionTimestamp": "1970-01-01T00:00:10Z", "deletionGracePeriodSeconds": 30}, True),
        ({}, {"deletionTimestamp": "1970-01-01T00:00:10Z", "deletionGracePeriodSeconds": 5}, False),
    ],
    ids=["runs", "has failed", "is ending", "should have ended"],
)
def test_a_pod_that_has_ended_is_only_an_object(status: Obj, meta: Obj, counts: bool):
    pod = {"metadata": meta, "status": status, "spec": {"containers": []}}
    assert ("pods" in usage_of(POD, pod, 30_000)) is counts
    assert "count/pods" in usage_of(POD, pod, 30_000)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("pods", {POD}),
        ("count/pods", {POD}),
        ("limits.memory", {POD}),
        ("requests.nvidia.com/gpu", {POD}),
        ("services", {SERVICE}),
        ("services.nodeports", {SERVICE}),
        ("configmaps", {CONFIG_MAP}),
        ("count/deployments.apps", {DEPLOYMENT}),
        ("requests.storage", {PERSISTENT_VOLUME_CLAIM}),
        ("gold.storageclass.storage.k8s.io/requests.storage", {PERSISTENT_VOLUME_CLAIM}),
        ("count/widgets.example.com", set()),
    ],
)
def test_which_kind_a_name_limits(name: str, kinds: set[object]):
    every = (POD, SERVICE, CONFIG_MAP, DEPLOYMENT, PERSISTENT_VOLUME_CLAIM)
    assert {kind for kind in every if is_limited(kind, name)} == kinds


def scoped(*scopes: str, **term: Any) -> Obj:
    spec: Obj = {"scopes": [*scopes]} if scopes else {}
    return {"spec": spec | ({"scopeSelector": {"matchExpressions": [term]}} if term else {})}


def test_scopes_of_pods():
    plain: Obj = {"metadata": {}, "spec": {"containers": []}}
    short: Obj = {"metadata": {}, "spec": {"containers": [container("1")], "activeDeadlineSeconds": 5}}
    term = {"namespaceSelector": {}, "topologyKey": "zone"}
    rules = {"requiredDuringSchedulingIgnoredDuringExecution": [term]}
    crossing: Obj = {"metadata": {}, "spec": {"containers": [], "affinity": {"podAntiAffinity": rules}}}
    found = {
        scope: [is_in_scope(scoped(scope), POD, pod) for pod in (plain, short, crossing)]
        for scope in (
            "Terminating",
            "NotTerminating",
            "BestEffort",
            "NotBestEffort",
            "CrossNamespacePodAffinity",
        )
    }
    assert found == {
        "Terminating": [False, True, False],
        "NotTerminating": [True, False, True],
        "BestEffort": [True, False, True],
        "NotBestEffort": [False, True, False],
        "CrossNamespacePodAffinity": [False, False, True],
    }
    assert not is_in_scope(scoped("BestEffort", "Terminating"), POD, plain)
    assert not is_in_scope(scoped("BestEffort"), SERVICE, {"spec": {}})


@pytest.mark.parametrize(
    ("operator", "values", "fits"),
    [("Exists", [], [True, False]), ("DoesNotExist", [], [False, True]), ("In", ["high"], [True, False]),
     ("NotIn", ["high"], [False, True])],
)  # fmt: skip
def test_classes_are_selected_by_operator(operator: str, values: list[str], fits: list[bool]):
    quota = scoped(scopeName="PriorityClass", operator=operator, values=values)
    pods: list[Obj] = [{"spec": {"priorityClassName": "high"}}, {"spec": {}}]
    assert [is_in_scope(quota, POD, pod) for pod in pods] == fits
    quota = scoped(scopeName="VolumeAttributesClass", operator=operator, values=values)
    claims: list[Obj] = [{"spec": {"volumeAttributesClassName": "high"}}, {"spec": {}}]
    assert [is_in_scope(quota, PERSISTENT_VOLUME_CLAIM, claim) for claim in claims] == fits
