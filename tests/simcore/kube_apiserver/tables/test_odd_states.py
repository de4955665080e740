"""Rows of objects in states that are rare, half-made or on their way out."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery import kinds
from simcore.apimachinery.meta import Obj
from tests.simcore.kube_apiserver.tables.rows import START, condition, row

GOING = {"deletionTimestamp": START}


def job(*conditions: Obj, meta: Obj | None = None, spec: Obj | None = None, **status: Any) -> dict[str, Any]:
    status["conditions"] = list(conditions)
    return row(kinds.JOB, metadata=meta or {}, spec=spec or {"completions": 2}, status=status)


JOBS: dict[str, tuple[dict[str, Any], tuple[str, str, str]]] = {
    "just made": (job(), ("Running", "0/2", "")),
    "running": (job(startTime=START), ("Running", "0/2", "60m")),
    "complete": (
        job(
            condition("SuccessCriteriaMet"),
            condition("Complete"),
            startTime=START,
            completionTime="2026-01-01T00:00:31Z",
            succeeded=2,
        ),
        ("Complete", "2/2", "31s"),
    ),
    "failed": (job(condition("FailureTarget"), condition("Failed"), succeeded=1), ("Failed", "1/2", "")),
    "failing": (job(condition("FailureTarget")), ("FailureTarget", "0/2", "")),
    "enough of it succeeded": (job(condition("SuccessCriteriaMet")), ("SuccessCriteriaMet", "0/2", "")),
    "suspended": (job(condition("Suspended")), ("Suspended", "0/2", "")),
    "resumed": (job(condition("Suspended", "False")), ("Running", "0/2", "")),
    "going": (job(meta=GOING), ("Terminating", "0/2", "")),
    "going though suspended": (job(condition("Suspended"), meta=GOING), ("Terminating", "0/2", "")),
    "going though complete": (job(condition("Complete"), meta=GOING), ("Complete", "0/2", "")),
    "any of one": (job(spec={"parallelism": 1}), ("Running", "0/1", "")),
    "any of many": (job(spec={"parallelism": 5}, succeeded=1), ("Running", "1/1 of 5", "")),
    "neither count nor parallelism": (job(spec={"parallelism": 0}), ("Running", "0/1", "")),
}


@pytest.mark.parametrize(("shown", "expected"), JOBS.values(), ids=JOBS)
def test_a_job_in_one_word_with_its_completions_and_duration(
    shown: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    assert (shown["Status"], shown["Completions"], shown["Duration"]) == expected


def nodes_row(conditions: Any, cordoned: bool = False, /, **labels: str) -> tuple[Any, Any]:
    shown = row(
        kinds.NODE,
        metadata={"labels": labels},
        spec={"unschedulable": cordoned},
        status={"conditions": list(conditions)},
    )
    return shown["Status"], shown["Roles"]


ROLE = "node-role.kubernetes.io/"


NODES: dict[str, tuple[tuple[Any, Any], tuple[str, str]]] = {
    "ready": (nodes_row([condition("Ready")]), ("Ready", "<none>")),
    "not ready": (nodes_row([condition("Ready", "False")]), ("NotReady", "<none>")),
    "lost": (nodes_row([condition("Ready", "Unknown")]), ("NotReady", "<none>")),
    "never heard of": (nodes_row([condition("MemoryPressure")]), ("Unknown", "<none>")),
    "cordoned": (nodes_row([condition("Ready")], True), ("Ready,SchedulingDisabled", "<none>")),
    "cordoned and lost": (
        nodes_row([condition("Ready", "Unknown")], True),
        ("NotReady,SchedulingDisabled", "<none>"),
    ),
    "cordoned and never heard of": (nodes_row([], True), ("Unknown,SchedulingDisabled", "<none>")),
    "of one role": (
        nodes_row([condition("Ready")], **{f"{ROLE}control-plane": ""}),
        ("Ready", "control-plane"),
    ),
    "of sorted roles": (
        nodes_row([], **{f"{ROLE}worker": "true", f"{ROLE}edge": "", "kubernetes.io/role": "agent"}),
        ("Unknown", "agent,edge,worker"),
    ),
    "of the same role twice": (
        nodes_row([], **{f"{ROLE}edge": "", "kubernetes.io/role": "edge"}),
        ("Unknown", "edge"),
    ),
    "of roles without names": (nodes_row([], **{ROLE: "", "kubernetes.io/role": ""}), ("Unknown", "<none>")),
}


@pytest.mark.parametrize(("shown", "expected"), NODES.values(), ids=NODES)
def test_state_and_roles_of_a_node(shown: tuple[Any, Any], expected: tuple[str, str]) -> None:
    assert shown == expected


def test_a_node_shows_the_first_address_of_each_type_and_what_it_runs() -> None:
    addresses = [
        {"type": "Hostname", "address": "n"},
        {"type": "InternalIP", "address": "10.0.0.1"},
        {"type": "InternalIP", "address": "fd00::1"},
        {"type": "ExternalIP", "address": "192.0.2.1"},
    ]
    info = {
        "kubeletVersion": "v1.36.0",
        "osImage": "Debian GNU/Linux 12",
        "kernelVersion": "6.1.0",
        "containerRuntimeVersion": "containerd://2.1.0",
    }
    shown = row(kinds.NODE, spec={}, status={"addresses": addresses, "nodeInfo": info})
    assert list(shown.values())[4:] == [
        "v1.36.0",
        "10.0.0.1",
        "192.0.2.1",
        "Debian GNU/Linux 12",
        "6.1.0",
        "containerd://2.1.0",
    ]


def metric(kind: str, target: Obj, current: Obj | None = None, **source: Any) -> tuple[Obj, Obj]:
    field = kind[0].lower() + kind[1:]
    status = {"type": kind, field: {"current": current}} if current is not None else {"type": kind}
    return {"type": kind, field: {"target": target, **source}}, status


METRICS: dict[str, tuple[list[tuple[Obj, Obj]], str]] = {
    "none": ([], "<none>"),
    "utilization that nobody measured": (
        [metric("Resource", {"averageUtilization": 80}, name="cpu")],
        "cpu: <unknown>/80%",
    ),
    "utilization": (
        [metric("Resource", {"averageUtilization": 80}, {"averageUtilization": 50}, name="cpu")],
        "cpu: 50%/80%",
    ),
    "no use at all": (
        [metric("Resource", {"averageUtilization": 80}, {"averageUtilization": 0}, name="cpu")],
        "cpu: 0%/80%",
    ),
    "utilization without a target": ([metric("Resource", {}, name="cpu")], "cpu: <unknown>/<auto>"),
    "an average amount": (
        [metric("Resource", {"averageValue": "100Mi"}, {"averageValue": "50Mi"}, name="memory")],
        "memory: 50Mi/100Mi",
    ),
    "a container's utilization": (
        [metric("ContainerResource", {"averageUtilization": 80}, {"averageUtilization": 50}, name="cpu")],
        "cpu: 50%/80%",
    ),
    "a container's amount": (
        [metric("ContainerResource", {"averageValue": "1"}, name="cpu")],
        "cpu: <unknown>/1",
    ),
    "of pods": ([metric("Pods", {"averageValue": "100"}, {"averageValue": "50"})], "50/100"),
    "of pods, unmeasured": ([metric("Pods", {"averageValue": "100"})], "<unknown>/100"),
    "of an object": ([metric("Object", {"value": "100"}, {"value": "50"})], "50/100"),
    "of an object for each pod": (
        [metric("Object", {"averageValue": "100"}, {"averageValue": "50"})],
        "50/100 (avg)",
    ),
    "from outside": ([metric("External", {"value": "100"}, {"value": "50"})], "50/100"),
    "from outside for each pod": (
        [metric("External", {"averageValue": "100"})],
        "<unknown>/100 (avg)",
    ),
    "of a type that nobody knows": ([({"type": "Stars"}, {})], "<unknown type>"),
    "two": (
        [
            metric("Resource", {"averageUtilization": 80}, {"averageUtilization": 50}, name="cpu"),
            metric("Pods", {"averageValue": "10"}),
        ],
        "cpu: 50%/80%, <unknown>/10",
    ),
    "four": (
        [metric("Pods", {"averageValue": str(i)}, {"averageValue": "1"}) for i in (10, 20, 30, 40)],
        "1/10, 1/20 + 2 more...",
    ),
}


@pytest.mark.parametrize(("metrics", "text"), METRICS.values(), ids=METRICS)
def test_targets_of_an_autoscaler(metrics: list[tuple[Obj, Obj]], text: str) -> None:
    shown = row(
        kinds.HORIZONTAL_POD_AUTOSCALER,
        spec={
            "scaleTargetRef": {"kind": "Deployment", "name": "d"},
            "maxReplicas": 5,
            "metrics": [spec for spec, _ in metrics],
        },
        status={"currentMetrics": [status for _, status in metrics]},
    )
    assert (shown["Targets"], shown["MinPods"], shown["MaxPods"]) == (text, "<unset>", 5)


BETA = "volume.beta.kubernetes.io/storage-class"


CLAIMS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "waiting": ({"status": {"phase": "Pending"}}, ("Pending", "", "", "", "")),
    "bound to a volume of unknown size": (
        {"spec": {"volumeName": "pv"}, "status": {"phase": "Bound"}},
        ("Bound", "pv", "0", "", ""),
    ),
    "bound": (
        {
            "spec": {"volumeName": "pv", "storageClassName": "fast"},
            "status": {
                "phase": "Bound",
                "capacity": {"storage": "1024Mi"},
                "accessModes": ["ReadWriteMany", "ReadOnlyMany", "ReadWriteOncePod", "ReadOnlyMany"],
            },
        },
        ("Bound", "pv", "1Gi", "ROX,RWX,RWOP", "fast"),
    ),
    "lost": (
        {"spec": {"volumeName": "pv"}, "status": {"phase": "Lost", "capacity": {"storage": "5G"}}},
        ("Lost", "pv", "5G", "", ""),
    ),
    "going": ({"metadata": GOING, "status": {"phase": "Bound"}}, ("Terminating", "", "", "", "")),
    "of a class of old": (
        {
            "metadata": {"annotations": {BETA: "old"}},
            "spec": {"storageClassName": "new"},
            "status": {"phase": "Pending"},
        },
        ("Pending", "", "", "", "old"),
    ),
}


@pytest.mark.parametrize(("body", "cells"), CLAIMS.values(), ids=CLAIMS)
def test_a_claim_of_storage(body: dict[str, Any], cells: tuple[str, ...]) -> None:
    shown = row(kinds.PERSISTENT_VOLUME_CLAIM, **body)
    names = ("Status", "Volume", "Capacity", "Access Modes", "StorageClass")
    assert tuple(shown[name] for name in names) == cells
    assert (shown["VolumeAttributesClass"], shown["VolumeMode"]) == ("<unset>", "<unset>")


VOLUMES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "available": (
        {"spec": {"capacity": {"storage": "2048Ki"}}, "status": {"phase": "Available"}},
        ("2Mi", "Available", "", "", ""),
    ),
    "released": (
        {
            "spec": {"claimRef": {"namespace": "ns", "name": "c"}, "storageClassName": "fast"},
            "status": {"phase": "Released"},
        },
        ("0", "Released", "ns/c", "fast", ""),
    ),
    "failed": (
        {"spec": {}, "status": {"phase": "Failed", "reason": "RecyclerPodFailed"}},
        ("0", "Failed", "", "", "RecyclerPodFailed"),
    ),
    "going": (
        {"metadata": GOING, "spec": {}, "status": {"phase": "Bound"}},
        ("0", "Terminating", "", "", ""),
    ),
    "of a class of old": (
        {"metadata": {"annotations": {BETA: "old"}}, "spec": {"storageClassName": "new"}},
        ("0", "", "", "old", ""),
    ),
}


@pytest.mark.parametrize(("body", "cells"), VOLUMES.values(), ids=VOLUMES)
def test_a_volume(body: dict[str, Any], cells: tuple[str, ...]) -> None:
    shown = row(kinds.PERSISTENT_VOLUME, **body)
    assert tuple(shown[n] for n in ("Capacity", "Status", "Claim", "StorageClass", "Reason")) == cells


@pytest.mark.parametrize("mark", ["storageclass.kubernetes.io", "storageclass.beta.kubernetes.io"])
@pytest.mark.parametrize(("value", "name"), [("true", "x (default)"), ("false", "x"), ("True", "x")])
def test_the_default_class_is_marked(mark: str, value: str, name: str) -> None:
    annotations = {f"{mark}/is-default-class": value}
    shown = row(kinds.STORAGE_CLASS, metadata={"annotations": annotations}, provisioner="p")
    assert list(shown.values()) == [name, "p", "Delete", "<unset>", False, "60m"]


REQUESTS: dict[str, tuple[list[str], str, str]] = {
    "waiting": ([], "", "Pending"),
    "approved": (["Approved"], "", "Approved"),
    "approved and signed": (["Approved"], "LS0t", "Approved,Issued"),
    "denied": (["Denied"], "", "Denied"),
    "failed": (["Failed"], "", "Pending,Failed"),
    "approved but failed": (["Failed", "Approved"], "", "Approved,Failed"),
    "denied goes before approved": (["Denied", "Approved"], "", "Denied"),
    "other conditions don't count": (["Seen"], "", "Pending"),
}


@pytest.mark.parametrize(("types", "certificate", "text"), REQUESTS.values(), ids=REQUESTS)
def test_what_became_of_a_signing_request(types: list[str], certificate: str, text: str) -> None:
    status = {"conditions": [condition(name) for name in types], "certificate": certificate}
    assert row(kinds.CERTIFICATE_SIGNING_REQUEST, spec={}, status=status)["Condition"] == text


DEVICES: dict[str, tuple[Obj, Obj, str]] = {
    "waiting": ({}, {}, "pending"),
    "allocated": ({}, {"allocation": {"devices": {}}}, "allocated"),
    "allocated nothing in particular": ({}, {"allocation": {}}, "allocated"),
    "reserved": ({}, {"allocation": {}, "reservedFor": [{"name": "p"}]}, "allocated,reserved"),
    "going": (GOING, {}, "deleted"),
    "going but in use": (GOING, {"allocation": {}, "reservedFor": [{}]}, "deleted,allocated,reserved"),
}


@pytest.mark.parametrize(("meta", "status", "text"), DEVICES.values(), ids=DEVICES)
def test_what_became_of_a_claim_of_devices(meta: Obj, status: Obj, text: str) -> None:
    assert row(kinds.RESOURCE_CLAIM, metadata=meta, status=status)["State"] == text


COMPONENTS: dict[str, tuple[list[Obj], list[str]]] = {
    "well": ([condition("Healthy", message="ok")], ["Healthy", "ok", ""]),
    "unwell": ([condition("Healthy", "False", error="refused")], ["Unhealthy", "", "refused"]),
    "nobody knows": ([condition("Healthy", "Unknown", message="?")], ["Unhealthy", "?", ""]),
    "nobody says": ([condition("Other")], ["Unknown", "", ""]),
}


@pytest.mark.parametrize(("conditions", "cells"), COMPONENTS.values(), ids=COMPONENTS)
def test_how_a_component_is(conditions: list[Obj], cells: list[str]) -> None:
    assert list(row(kinds.COMPONENT_STATUS, conditions=conditions).values())[1:] == cells


SERVED: dict[str, tuple[list[Obj], str]] = {
    "unknown": ([], "Unknown"),
    "available": ([condition("Available", reason="Passed")], "True"),
    "with a reason": (
        [condition("Available", "False", reason="ServiceNotFound")],
        "False (ServiceNotFound)",
    ),
    "without a reason": ([condition("Available", "False")], "False"),
}


@pytest.mark.parametrize(("conditions", "text"), SERVED.values(), ids=SERVED)
def test_whether_an_api_is_served(conditions: list[Obj], text: str) -> None:
    assert row(kinds.API_SERVICE, spec={}, status={"conditions": conditions})["Available"] == text


CRON_JOBS: dict[str, tuple[Obj, Obj, tuple[Any, ...]]] = {
    "never started": ({"schedule": "@hourly"}, {}, ("@hourly", "<none>", "<unset>", 0, "<none>")),
    "suspended": (
        {"schedule": "*/5 * * * *", "suspend": True, "timeZone": "Europe/Oslo"},
        {"lastScheduleTime": "2026-01-01T00:55:00Z"},
        ("*/5 * * * *", "Europe/Oslo", "True", 0, "5m"),
    ),
    "with jobs": (
        {"schedule": "@daily", "suspend": False},
        {"active": [{}, {}], "lastScheduleTime": "2026-01-01T00:59:30Z"},
        ("@daily", "<none>", "False", 2, "30s"),
    ),
}


@pytest.mark.parametrize(("spec", "status", "cells"), CRON_JOBS.values(), ids=CRON_JOBS)
def test_a_cron_job(spec: Obj, status: Obj, cells: tuple[Any, ...]) -> None:
    shown = row(kinds.CRON_JOB, spec=spec, status=status)
    assert tuple(list(shown.values())[1:6]) == cells


REVISIONS = {
    "nobody's": ([], "<none>"),
    "of somebody who isn't its controller": ([{"kind": "A", "name": "a", "apiVersion": "v1"}], "<none>"),
    "of a kind of the core": (
        [{"kind": "Pod", "name": "a", "apiVersion": "v1", "controller": True}],
        "pod/a",
    ),
    "of a group": (
        [{"kind": "StatefulSet", "name": "a", "apiVersion": "apps/v1", "controller": True}],
        "statefulset.apps/a",
    ),
}


@pytest.mark.parametrize(("owners", "text"), REVISIONS.values(), ids=REVISIONS)
def test_whose_template_a_revision_is(owners: list[Obj], text: str) -> None:
    shown = row(kinds.CONTROLLER_REVISION, metadata={"ownerReferences": owners}, revision=3)
    assert (shown["Controller"], shown["Revision"]) == (text, 3)


def test_bounds_of_a_disruption_budget() -> None:
    shown = row(kinds.POD_DISRUPTION_BUDGET, spec={"maxUnavailable": "30%"}, status={"disruptionsAllowed": 2})
    assert list(shown.values())[1:] == ["N/A", "30%", 2, "60m"]


def test_a_quota_shows_what_is_counted_apart_from_limits() -> None:
    hard = {"requests.cpu": "4", "limits.memory": "1Gi", "limits.cpu": "8", "pods": "10"}
    shown = row(kinds.RESOURCE_QUOTA, status={"hard": hard, "used": {"pods": "3", "limits.cpu": "500m"}})
    assert (shown["Request"], shown["Limit"]) == (
        "pods: 3/10, requests.cpu: 0/4",
        "limits.cpu: 500m/8, limits.memory: 0/1Gi",
    )


def test_an_address_says_whose_it_is() -> None:
    parent = {"resource": "services", "namespace": "default", "name": "web"}
    assert row(kinds.IP_ADDRESS, spec={"parentRef": parent})["ParentRef"] == "services/default/web"


def test_a_flow_schema_whose_level_nobody_looked_for() -> None:
    spec = {"priorityLevelConfiguration": {"name": "a"}, "distinguisherMethod": {"type": "ByUser"}}
    shown = row(kinds.FLOW_SCHEMA, spec=spec)
    assert list(shown.values())[1:] == ["a", 0, "ByUser", "60m", "?"]


def test_a_level_without_limits_or_queues() -> None:
    assert (
        list(row(kinds.PRIORITY_LEVEL_CONFIGURATION, spec={"type": "Exempt"}).values())[2:6] == ["<none>"] * 4
    )


def test_an_object_of_no_age() -> None:
    assert row(kinds.NAMESPACE, metadata={"creationTimestamp": None})["Age"] == "<unknown>"


def test_an_event_about_a_kind_and_nothing_else() -> None:
    shown = row(kinds.EVENT, involvedObject={"kind": "Node"}, type="Normal", reason="Seen")
    assert (shown["Last Seen"], shown["Object"], shown["Count"]) == ("<unknown>", "node", 1)
