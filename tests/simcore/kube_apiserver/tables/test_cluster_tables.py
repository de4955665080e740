"""The rows of kinds that few people look at."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery import kinds
from simcore.apimachinery.kinds import Kind
from simcore.kube_apiserver.resources.table import built_in_strategies
from simcore.sim.timestamps import parse_time

NOW_MS = parse_time("2026-01-01T01:00:00Z")


def row(kind: Kind, **body: Any) -> dict[str, Any]:
    """Cells by column, without name and age."""
    strategy = built_in_strategies()[kind.resource]
    obj = {"metadata": {"name": "x", "creationTimestamp": "2026-01-01T00:00:00Z"}, **body}
    cells = zip((column.name for column in strategy.columns), strategy.cells(obj, NOW_MS), strict=True)
    return {name: cell for name, cell in cells if (name, cell) not in (("Name", "x"), ("Age", "60m"))}


TEMPLATE = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
QUEUING = {"queues": 8, "handSize": 2, "queueLengthLimit": 50}
ROWS: dict[str, tuple[Kind, dict[str, Any], dict[str, Any]]] = {
    "a pod template": (
        kinds.POD_TEMPLATE,
        {"template": TEMPLATE},
        {"Containers": "c", "Images": "i", "Pod Labels": "a=b"},
    ),
    "a range of addresses": (
        kinds.SERVICE_CIDR,
        {"spec": {"cidrs": ["10.0.0.0/8", "fd00::/8"]}},
        {"CIDRs": "10.0.0.0/8,fd00::/8"},
    ),
    "a request that waits": (
        kinds.CERTIFICATE_SIGNING_REQUEST,
        {"spec": {"signerName": "s", "username": "u"}},
        {"SignerName": "s", "Requestor": "u", "RequestedDuration": "<none>", "Condition": "Pending"},
    ),
    "a request that was answered": (
        kinds.CERTIFICATE_SIGNING_REQUEST,
        {
            "spec": {"signerName": "s", "username": "u", "expirationSeconds": 86400},
            "status": {"conditions": [{"type": "Approved"}], "certificate": "x"},
        },
        {"SignerName": "s", "Requestor": "u", "RequestedDuration": "24h", "Condition": "Approved,Issued"},
    ),
    "a driver": (
        kinds.CSI_DRIVER,
        {"spec": {"tokenRequests": [{"audience": "a"}], "volumeLifecycleModes": ["Persistent", "Ephemeral"]}},
        {
            "AttachRequired": True,
            "PodInfoOnMount": False,
            "StorageCapacity": False,
            "TokenRequests": "a",
            "RequiresRepublish": False,
            "Modes": "Persistent,Ephemeral",
        },
    ),
    "a node's drivers": (kinds.CSI_NODE, {"spec": {"drivers": [{}, {}]}}, {"Drivers": 2}),
    "a capacity": (
        kinds.CSI_STORAGE_CAPACITY,
        {"storageClassName": "fast", "capacity": "1024Mi"},
        {"StorageClassName": "fast", "Capacity": "1Gi"},
    ),
    "an attachment": (
        kinds.VOLUME_ATTACHMENT,
        {
            "spec": {"attacher": "a", "nodeName": "n", "source": {"persistentVolumeName": "pv"}},
            "status": {"attached": True},
        },
        {"Attacher": "a", "PV": "pv", "Node": "n", "Attached": True},
    ),
    "a class of attributes": (kinds.VOLUME_ATTRIBUTES_CLASS, {"driverName": "d"}, {"DriverName": "d"}),
    "a claim": (
        kinds.RESOURCE_CLAIM,
        {"status": {"reservedFor": [{}]}},
        {"State": "pending"},
    ),
    "a claim that has its device": (
        kinds.RESOURCE_CLAIM,
        {"status": {"allocation": {"devices": {}}, "reservedFor": [{}]}},
        {"State": "allocated,reserved"},
    ),
    "a slice": (
        kinds.RESOURCE_SLICE,
        {"spec": {"allNodes": True, "driver": "d", "pool": {"name": "p"}}},
        {"Node": "<all>", "Driver": "d", "Pool": "p"},
    ),
    "a flow schema": (
        kinds.FLOW_SCHEMA,
        {
            "spec": {"priorityLevelConfiguration": {"name": "low"}, "matchingPrecedence": 9},
            "status": {"conditions": [{"type": "Dangling", "status": "False"}]},
        },
        {
            "PriorityLevel": "low",
            "MatchingPrecedence": 9,
            "DistinguisherMethod": "<none>",
            "MissingPL": "False",
        },
    ),
    "a priority level": (
        kinds.PRIORITY_LEVEL_CONFIGURATION,
        {
            "spec": {
                "type": "Limited",
                "limited": {"nominalConcurrencyShares": 30, "limitResponse": {"queuing": QUEUING}},
            }
        },
        {
            "Type": "Limited",
            "NominalConcurrencyShares": 30,
            "Queues": 8,
            "HandSize": 2,
            "QueueLengthLimit": 50,
        },
    ),
    "an API of the server itself": (
        kinds.API_SERVICE,
        {"spec": {}, "status": {"conditions": [{"type": "Available", "status": "True"}]}},
        {"Service": "Local", "Available": "True"},
    ),
    "an API that is missing": (
        kinds.API_SERVICE,
        {
            "spec": {"service": {"namespace": "kube-system", "name": "metrics"}},
            "status": {
                "conditions": [{"type": "Available", "status": "False", "reason": "MissingEndpoints"}]
            },
        },
        {"Service": "kube-system/metrics", "Available": "False (MissingEndpoints)"},
    ),
    "webhooks": (kinds.MUTATING_WEBHOOK_CONFIGURATION, {"webhooks": [{}]}, {"Webhooks": 1}),
    "a policy": (
        kinds.VALIDATING_ADMISSION_POLICY,
        {"spec": {"validations": [{}, {}], "paramKind": {"apiVersion": "v1", "kind": "ConfigMap"}}},
        {"Validations": 2, "ParamKind": "v1/ConfigMap"},
    ),
    "a policy that changes": (
        kinds.MUTATING_ADMISSION_POLICY,
        {"spec": {"mutations": [{}]}},
        {"Mutations": 1, "ParamKind": "<unset>"},
    ),
    "a binding of a policy": (
        kinds.VALIDATING_ADMISSION_POLICY_BINDING,
        {"spec": {"policyName": "p", "paramRef": {"name": "a", "namespace": "ns"}}},
        {"PolicyName": "p", "ParamRef": "ns/a"},
    ),
    "a component": (
        kinds.COMPONENT_STATUS,
        {"conditions": [{"type": "Healthy", "status": "True", "message": "ok"}]},
        {"Status": "Healthy", "Message": "ok", "Error": ""},
    ),
}


@pytest.mark.parametrize(("kind", "body", "cells"), ROWS.values(), ids=ROWS)
def test_a_row(kind: Kind, body: dict[str, Any], cells: dict[str, Any]):
    assert row(kind, **body) == cells
