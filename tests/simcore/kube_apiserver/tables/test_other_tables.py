"""The rows of every other kind."""

from typing import Any

import pytest

from simcore.kube_apiserver.tables.duration import human_duration
from simcore.sim.timestamps import parse_time
from tests.simcore.kube_apiserver.minimal import UNSET, created, edited, minimal, strategy_of

NOW_MS = parse_time("2026-01-01T01:00:00Z")
S, M, H, D = 1000, 60_000, 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("duration_ms", "text"),
    [
        (-2 * S, "<invalid>"),
        (-1 * S, "0s"),
        (0, "0s"),
        (999, "0s"),
        (119 * S, "119s"),
        (2 * M, "2m"),
        (9 * M + 59 * S, "9m59s"),
        (10 * M + 30 * S, "10m"),
        (2 * H + 59 * M, "179m"),
        (3 * H, "3h"),
        (3 * H + 5 * M, "3h5m"),
        (8 * H + 59 * M, "8h"),
        (47 * H, "47h"),
        (2 * D, "2d"),
        (2 * D + 5 * H, "2d5h"),
        (8 * D + 5 * H, "8d"),
        (729 * D, "729d"),
        (730 * D, "2y"),
        (800 * D, "2y70d"),
        (8 * 365 * D + 9 * D, "8y"),
    ],
)
def test_a_duration_is_written_for_people(duration_ms: int, text: str) -> None:
    assert human_duration(duration_ms) == text


def row(kind: str, changes: dict[str, Any] | None = None, **given: Any) -> dict[str, Any]:
    """Cells by column; `changes` are made after creation."""
    made = edited(created(minimal(kind, **given)), changes or {})
    strategy = strategy_of(made)
    return dict(zip((c.name for c in strategy.columns), strategy.cells(made, NOW_MS), strict=True))


ROWS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a deployment": (
        row("Deployment", {"status": {"readyReplicas": 1, "updatedReplicas": 2}}, spec__replicas=3),
        {
            "Name": "x",
            "Ready": "1/3",
            "Up-to-date": 2,
            "Available": 0,
            "Age": "60m",
            "Containers": "c",
            "Images": "busybox:1.36",
            "Selector": "app=a",
        },
    ),
    "a replica set": (
        row("ReplicaSet", {"status.replicas": 2, "status.readyReplicas": 1}, spec__replicas=2),
        {"Desired": 2, "Current": 2, "Ready": 1},
    ),
    "a stateful set": (
        row("StatefulSet", {"status.readyReplicas": 1}),
        {"Ready": "1/1", "Images": "busybox:1.36"},
    ),
    "a daemon set": (
        row(
            "DaemonSet",
            {"status.desiredNumberScheduled": 4},
            spec__template__spec__nodeSelector={"b": "c", "a": "b"},
        ),
        {"Desired": 4, "Current": 0, "Ready": 0, "Up-to-date": 0, "Available": 0, "Node Selector": "a=b,b=c"},
    ),
    "a replication controller": (row("ReplicationController"), {"Desired": 1, "Selector": "app=a"}),
    "a suspended job": (
        row("Job", {"status.conditions": [{"type": "Suspended", "status": "True"}]}),
        {"Status": "Suspended", "Completions": "0/1", "Duration": ""},
    ),
    "a running job without an end": (
        row("Job", {"status.startTime": "2026-01-01T00:59:50Z"}, spec__parallelism=3),
        {"Status": "Running", "Completions": "0/1 of 3", "Duration": "10s"},
    ),
    "a complete job": (
        row(
            "Job",
            {
                "status": {
                    "startTime": "2026-01-01T00:00:00Z",
                    "completionTime": "2026-01-01T00:01:00Z",
                    "succeeded": 1,
                    "conditions": [{"type": "Complete", "status": "True"}],
                }
            },
        ),
        {"Status": "Complete", "Completions": "1/1", "Duration": "60s"},
    ),
    "a cron job": (
        row("CronJob", {"status": {"active": [{}], "lastScheduleTime": "2026-01-01T00:00:00Z"}}),
        {
            "Schedule": "@daily",
            "Timezone": "<none>",
            "Suspend": "False",
            "Active": 1,
            "Last Schedule": "60m",
            "Selector": "<none>",
        },
    ),
    "a revision": (
        row(
            "ControllerRevision",
            metadata__ownerReferences=[
                {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "d", "uid": "u", "controller": True}
            ],
        ),
        {"Controller": "daemonset.apps/d", "Revision": 1},
    ),
    "a cordoned node": (
        row(
            "Node",
            {"spec.unschedulable": True, "status.conditions": [{"type": "Ready", "status": "Unknown"}]},
            metadata__labels={"node-role.kubernetes.io/worker": "", "node-role.kubernetes.io/edge": ""},
        ),
        {
            "Status": "NotReady,SchedulingDisabled",
            "Roles": "edge,worker",
            "Version": "",
            "Internal-IP": "<none>",
            "External-IP": "<none>",
            "OS-Image": "<unknown>",
            "Kernel-Version": "<unknown>",
            "Container-Runtime": "<unknown>",
        },
    ),
    "a ready node": (
        row(
            "Node",
            {
                "status": {
                    "conditions": [{"type": "Ready", "status": "True"}],
                    "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}],
                    "nodeInfo": {"kubeletVersion": "v1.36.0", "osImage": "Simulated"},
                }
            },
        ),
        {
            "Status": "Ready",
            "Roles": "<none>",
            "Version": "v1.36.0",
            "Internal-IP": "10.0.0.1",
            "OS-Image": "Simulated",
        },
    ),
    "a node that never reported": (row("Node"), {"Status": "Unknown"}),
    "a namespace": (row("Namespace"), {"Status": "Active"}),
    "a config map": (row("ConfigMap", binaryData={"c": "Yg=="}), {"Data": 2}),
    "a secret": (row("Secret"), {"Type": "Opaque", "Data": 1}),
    "a lease": (row("Lease", spec__holderIdentity="me"), {"Holder": "me"}),
    "a service": (
        row("Service", spec__clusterIP="10.96.0.9", spec__selector={"a": "b"}),
        {
            "Type": "ClusterIP",
            "Cluster-IP": "10.96.0.9",
            "External-IP": "<none>",
            "Port(s)": "80/TCP",
            "Selector": "a=b",
        },
    ),
    "a balancer that waits": (
        row("Service", spec__type="LoadBalancer", spec__ports=[{"port": 80, "nodePort": 30080}]),
        {"External-IP": "<pending>", "Port(s)": "80:30080/TCP"},
    ),
    "a balancer with addresses": (
        row(
            "Service",
            {"status.loadBalancer.ingress": [{"ip": "192.0.2.9"}, {"hostname": "a.b"}]},
            spec__type="LoadBalancer",
            spec__externalIPs=["192.0.2.1"],
        ),
        {"External-IP": "192.0.2.9,a.b,192.0.2.1"},
    ),
    "a name outside": (
        row("Service", spec__type="ExternalName", spec__externalName="a.b", spec__ports=UNSET),
        {"Cluster-IP": "<none>", "External-IP": "a.b", "Port(s)": "<none>", "Selector": "<none>"},
    ),
    "endpoints": (
        row("Endpoints", subsets__0__addresses=[{"ip": f"10.0.0.{i}"} for i in range(1, 6)]),
        {"Endpoints": "10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more..."},
    ),
    "no endpoints": (row("Endpoints", subsets=[]), {"Endpoints": "<none>"}),
    "a slice": (row("EndpointSlice"), {"AddressType": "IPv4", "Ports": "80", "Endpoints": "10.1.2.3"}),
    "an empty slice": (
        row("EndpointSlice", ports=[], endpoints=[]),
        {"Ports": "<unset>", "Endpoints": "<unset>"},
    ),
    "an ingress": (
        row("Ingress", spec__rules=[{"host": f"{c}.b"} for c in "abcd"], spec__tls=[{}]),
        {"Class": "<none>", "Hosts": "a.b,b.b,c.b + 1 more...", "Address": "", "Ports": "80, 443"},
    ),
    "an ingress for all hosts": (row("Ingress"), {"Hosts": "*", "Ports": "80"}),
    "an ingress class": (
        row("IngressClass", spec__parameters={"apiGroup": "example.com", "kind": "Setup", "name": "s"}),
        {"Controller": "example.com/c", "Parameters": "Setup.example.com/s"},
    ),
    "a network policy for all": (row("NetworkPolicy"), {"Pod-Selector": "<none>"}),
    "a network policy for some": (
        row(
            "NetworkPolicy",
            spec__podSelector={
                "matchLabels": {"b": "c"},
                "matchExpressions": [
                    {"key": "a", "operator": "In", "values": ["y", "x"]},
                    {"key": "d", "operator": "DoesNotExist"},
                    {"key": "e", "operator": "Exists"},
                    {"key": "f", "operator": "NotIn", "values": ["z"]},
                ],
            },
        ),
        {"Pod-Selector": "a in (x,y),b=c,!d,e,f notin (z)"},
    ),
    "a claim that waits": (
        row("PersistentVolumeClaim", spec__storageClassName="s"),
        {"Status": "Pending", "Volume": "", "Capacity": "", "Access Modes": "", "StorageClass": "s"},
    ),
    "a bound claim": (
        row(
            "PersistentVolumeClaim",
            {
                "spec.volumeName": "pv",
                "status": {
                    "phase": "Bound",
                    "capacity": {"storage": "1Gi"},
                    "accessModes": ["ReadWriteOnce"],
                },
            },
        ),
        {
            "Status": "Bound",
            "Volume": "pv",
            "Capacity": "1Gi",
            "Access Modes": "RWO",
            "VolumeMode": "Filesystem",
        },
    ),
    "a volume": (
        row(
            "PersistentVolume",
            spec__accessModes=["ReadWriteMany", "ReadWriteOnce"],
            spec__claimRef={"namespace": "n", "name": "c"},
        ),
        {
            "Capacity": "1Gi",
            "Access Modes": "RWO,RWX",
            "Reclaim Policy": "Retain",
            "Claim": "n/c",
            "Reason": "",
        },
    ),
    "the default class": (
        row("StorageClass", metadata__annotations={"storageclass.kubernetes.io/is-default-class": "true"}),
        {"Name": "x (default)", "Provisioner": "example.com/p", "AllowVolumeExpansion": False},
    ),
    "a role": (row("Role"), {"Created At": "2026-01-01T00:00:00Z"}),
    "a binding": (
        row(
            "RoleBinding",
            subjects__1={"kind": "ServiceAccount", "name": "a", "namespace": "n"},
            subjects__2={"kind": "User", "name": "v"},
        ),
        {"Role": "Role/r", "Users": "u, v", "Groups": "", "ServiceAccounts": "n/a"},
    ),
    "a budget": (
        row("PodDisruptionBudget"),
        {"Min Available": "1", "Max Unavailable": "N/A", "Allowed Disruptions": 0},
    ),
    "a priority": (
        row("PriorityClass"),
        {"Value": 10, "Global-Default": False, "PreemptionPolicy": "PreemptLowerPriority"},
    ),
    "a quota": (
        row(
            "ResourceQuota",
            {"status": {"hard": {"pods": "2", "limits.cpu": "1", "configmaps": "3"}, "used": {"pods": "1"}}},
        ),
        {"Request": "configmaps: 0/3, pods: 1/2", "Limit": "limits.cpu: 0/1"},
    ),
    "an autoscaler": (
        row(
            "HorizontalPodAutoscaler",
            {
                "status.currentMetrics": [
                    {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 12}}}
                ],
                "status.currentReplicas": 2,
            },
        ),
        {"Reference": "Deployment/d", "Targets": "cpu: 12%/80%", "MinPods": "1", "MaxPods": 3, "Replicas": 2},
    ),
    "an autoscaler of three things": (
        row(
            "HorizontalPodAutoscaler",
            spec__metrics=[
                {"type": "Resource", "resource": {"name": "memory", "target": {"averageValue": "100Mi"}}},
                {"type": "Pods", "pods": {"metric": {"name": "rps"}, "target": {"averageValue": "10"}}},
                {"type": "External", "external": {"metric": {"name": "q"}, "target": {"value": "5"}}},
            ],
        ),
        {"Targets": "memory: <unknown>/100Mi, <unknown>/10 + 1 more..."},
    ),
}


@pytest.mark.parametrize(("shown", "expected"), ROWS.values(), ids=ROWS)
def test_the_row_of(shown: dict[str, Any], expected: dict[str, Any]) -> None:
    assert {name: shown[name] for name in expected} == expected


def test_the_row_of_an_event() -> None:
    shown = row(
        "Event",
        type="Warning",
        reason="Failed",
        message=" it broke \n",
        count=3,
        firstTimestamp="2026-01-01T00:00:00Z",
        lastTimestamp="2026-01-01T00:59:55Z",
        involvedObject__fieldPath="spec.containers{c}",
        source={"component": "kubelet", "host": "n"},
    )
    assert list(shown.items()) == [
        ("Last Seen", "5s"),
        ("Type", "Warning"),
        ("Reason", "Failed"),
        ("Object", "pod/p"),
        ("Subobject", "spec.containers{c}"),
        ("Source", "kubelet, n"),
        ("Message", "it broke"),
        ("First Seen", "60m"),
        ("Count", 3),
        ("Name", "x"),
    ]


def test_an_event_of_the_new_kind_has_a_series() -> None:
    series = {"count": 7, "lastObservedTime": "2026-01-01T00:59:00.000000Z"}
    shown = row(
        "Event", eventTime="2026-01-01T00:00:00.000000Z", series=series, reportingComponent="scheduler"
    )
    assert (shown["Last Seen"], shown["First Seen"], shown["Count"], shown["Source"]) == (
        "60s",
        "60m",
        7,
        "scheduler",
    )


def test_an_event_that_happened_once_counts_as_one() -> None:
    shown = row("Event", eventTime="2026-01-01T00:59:30.000000Z")
    assert (shown["Last Seen"], shown["Count"]) == ("30s", 1)
