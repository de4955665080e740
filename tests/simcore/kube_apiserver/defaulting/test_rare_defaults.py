"""What the server fills into volumes, webhooks, policies, drivers and flow control."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.defaulting import cluster, core, service
from simcore.kube_apiserver.defaulting.pod import default_pod_spec
from simcore.kube_apiserver.defaulting.volume import default_claim_template, default_volume

VOLUMES: dict[str, tuple[Obj, Obj]] = {
    "nothing": ({}, {"emptyDir": {}}),
    "a null": ({"emptyDir": None}, {"emptyDir": {}}),
    "an empty directory": ({"emptyDir": {"sizeLimit": "1024Mi"}}, {"emptyDir": {"sizeLimit": "1Gi"}}),
    "a directory of the host": ({"hostPath": {"path": "/x"}}, {"hostPath": {"path": "/x", "type": ""}}),
    "a secret": ({"secret": {"secretName": "s"}}, {"secret": {"secretName": "s", "defaultMode": 420}}),
    "a mode of its own": (
        {"configMap": {"name": "c", "defaultMode": 256}},
        {"configMap": {"name": "c", "defaultMode": 256}},
    ),
    "fields of the pod": (
        {"downwardAPI": {"items": [{"path": "p", "fieldRef": {"fieldPath": "metadata.name"}}]}},
        {
            "downwardAPI": {
                "defaultMode": 420,
                "items": [{"path": "p", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}],
            }
        },
    ),
    "a token": (
        {"projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}},
        {
            "projected": {
                "defaultMode": 420,
                "sources": [{"serviceAccountToken": {"path": "t", "expirationSeconds": 3600}}],
            }
        },
    ),
    "a short token": (
        {"projected": {"sources": [{"serviceAccountToken": {"expirationSeconds": 600}}]}},
        {"projected": {"defaultMode": 420, "sources": [{"serviceAccountToken": {"expirationSeconds": 600}}]}},
    ),
    "an image without a tag": (
        {"image": {"reference": "busybox"}},
        {"image": {"reference": "busybox", "pullPolicy": "Always"}},
    ),
    "an image with a tag": (
        {"image": {"reference": "busybox:1.36"}},
        {"image": {"reference": "busybox:1.36", "pullPolicy": "IfNotPresent"}},
    ),
    "a target": ({"iscsi": {"lun": 0}}, {"iscsi": {"lun": 0, "iscsiInterface": "default"}}),
    "a block device": (
        {"rbd": {"image": "i"}},
        {"rbd": {"image": "i", "pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"}},
    ),
    "an Azure disk": (
        {"azureDisk": {"diskName": "d", "readOnly": True}},
        {
            "azureDisk": {
                "diskName": "d",
                "cachingMode": "ReadWrite",
                "kind": "Shared",
                "fsType": "ext4",
                "readOnly": True,
            }
        },
    ),
    "a ScaleIO volume": (
        {"scaleIO": {"gateway": "g"}},
        {"scaleIO": {"gateway": "g", "storageMode": "ThinProvisioned", "fsType": "xfs"}},
    ),
    "a share": ({"nfs": {"server": "s"}}, {"nfs": {"server": "s"}}),
}


@pytest.mark.parametrize(("given", "made"), VOLUMES.values(), ids=VOLUMES)
def test_a_volume_of(given: Obj, made: Obj) -> None:
    found = default_volume({"name": "v", **given})
    assert {name: value for name, value in found.items() if value is not None} == {"name": "v", **made}


def test_a_claim_of_its_own_is_of_files() -> None:
    template = {"spec": {"resources": {"requests": {"storage": "1024Mi"}}}}
    assert default_claim_template(template) == {
        "metadata": {},
        "spec": {"volumeMode": "Filesystem", "resources": {"requests": {"storage": "1Gi"}}},
    }


RULE = {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}
FILLED: Obj = {
    "failurePolicy": "Fail",
    "matchPolicy": "Equivalent",
    "namespaceSelector": {},
    "objectSelector": {},
    "timeoutSeconds": 10,
}


def test_a_webhook_fails_closed_within_ten_seconds() -> None:
    hook = {
        "name": "a.b.c",
        "rules": [RULE, {**RULE, "scope": "Cluster"}],
        "clientConfig": {"service": {"name": "s", "namespace": "ns"}},
    }
    assert cluster.default_validating_webhooks({"webhooks": [hook]})["webhooks"] == [
        {
            **FILLED,
            "name": "a.b.c",
            "rules": [{**RULE, "scope": "*"}, {**RULE, "scope": "Cluster"}],
            "clientConfig": {"service": {"name": "s", "namespace": "ns", "port": 443}},
        }
    ]


def test_a_mutating_webhook_is_not_asked_again() -> None:
    given = {"name": "a.b.c", "failurePolicy": "Ignore", "timeoutSeconds": 3, "clientConfig": {"url": "u"}}
    assert cluster.default_mutating_webhooks({"webhooks": [given]})["webhooks"] == [
        {**FILLED, **given, "reinvocationPolicy": "Never"}
    ]


MATCH: Obj = {"matchPolicy": "Equivalent", "namespaceSelector": {}, "objectSelector": {}}
RARE: dict[str, tuple[Any, Obj, Obj]] = {
    "a policy": (
        cluster.default_policy,
        {"matchConstraints": {"resourceRules": [RULE], "excludeResourceRules": [RULE]}},
        {
            "failurePolicy": "Fail",
            "matchConstraints": {
                **MATCH,
                "resourceRules": [{**RULE, "scope": "*"}],
                "excludeResourceRules": [{**RULE, "scope": "*"}],
            },
        },
    ),
    "a policy that matches nothing": (cluster.default_policy, {}, {"failurePolicy": "Fail"}),
    "a binding": (
        cluster.default_policy_binding,
        {"policyName": "p", "matchResources": {"matchPolicy": "Exact"}},
        {"policyName": "p", "matchResources": {**MATCH, "matchPolicy": "Exact"}},
    ),
    "a binding of everything": (cluster.default_policy_binding, {"policyName": "p"}, {"policyName": "p"}),
    "a driver": (
        cluster.default_csi_driver,
        {"podInfoOnMount": True},
        {
            "attachRequired": True,
            "podInfoOnMount": True,
            "storageCapacity": False,
            "fsGroupPolicy": "ReadWriteOnceWithFSType",
            "requiresRepublish": False,
            "seLinuxMount": False,
            "volumeLifecycleModes": ["Persistent"],
        },
    ),
    "a flow": (cluster.default_flow_schema, {}, {"matchingPrecedence": 1000}),
    "an early flow": (cluster.default_flow_schema, {"matchingPrecedence": 5}, {"matchingPrecedence": 5}),
    "an exempt level": (
        cluster.default_priority_level,
        {"type": "Exempt", "exempt": {}},
        {"type": "Exempt", "exempt": {"nominalConcurrencyShares": 0, "lendablePercent": 0}},
    ),
    "a level that rejects": (
        cluster.default_priority_level,
        {"type": "Limited", "limited": {"limitResponse": {"type": "Reject"}}},
        {
            "type": "Limited",
            "limited": {
                "nominalConcurrencyShares": 30,
                "lendablePercent": 0,
                "limitResponse": {"type": "Reject"},
            },
        },
    ),
    "a level that queues": (
        cluster.default_priority_level,
        {
            "type": "Limited",
            "limited": {
                "nominalConcurrencyShares": 5,
                "limitResponse": {"type": "Queue", "queuing": {"queues": 8}},
            },
        },
        {
            "type": "Limited",
            "limited": {
                "nominalConcurrencyShares": 5,
                "lendablePercent": 0,
                "limitResponse": {
                    "type": "Queue",
                    "queuing": {"queues": 8, "handSize": 8, "queueLengthLimit": 50},
                },
            },
        },
    ),
}


@pytest.mark.parametrize(("function", "given", "made"), RARE.values(), ids=RARE)
def test_the_spec_of(function: Any, given: Obj, made: Obj) -> None:
    assert function({"spec": given})["spec"] == made


def asking(*containers: Obj, inits: tuple[Obj, ...] = (), **resources: Obj) -> Obj:
    spec = {"containers": list(containers), "initContainers": list(inits), "resources": resources}
    found: Obj = default_pod_spec(spec)["resources"].get("requests", {})
    return found


def container(cpu: str, **more: Any) -> Obj:
    return {"name": "c", "image": "i", "resources": {"requests": {"cpu": cpu}}, **more}


POD_LEVEL: dict[str, tuple[Obj, Obj]] = {
    "what the containers ask for, without a limit": (asking(container("1")), {"cpu": "1"}),
    "nothing": (asking(container("0")), {}),
    "what the containers ask for": (
        asking(container("1"), container("500m"), limits={"cpu": "4"}),
        {"cpu": "1500m"},
    ),
    "the limit, when no container asks": (
        asking(container("0"), limits={"memory": "1Gi"}),
        {"memory": "1Gi"},
    ),
    "what is written": (
        asking(container("1"), limits={"cpu": "4"}, requests={"cpu": "3"}),
        {"cpu": "3"},
    ),
    "the largest init container": (
        asking(container("1"), inits=(container("3"), container("2")), limits={"cpu": "4"}),
        {"cpu": "3"},
    ),
    "an init container beside a sidecar": (
        asking(
            container("1"),
            inits=(container("1", restartPolicy="Always"), container("2")),
            limits={"cpu": "4"},
        ),
        {"cpu": "3"},
    ),
}


@pytest.mark.parametrize(("found", "expected"), POD_LEVEL.values(), ids=POD_LEVEL)
def test_a_pods_own_requests_are(found: Obj, expected: Obj) -> None:
    assert found == expected


ONE_DEVICE = {"allocationMode": "ExactCount", "count": 1}


@pytest.mark.parametrize(
    ("function", "given", "filled"),
    [
        (
            service.default_endpoint_slice,
            {"endpoints": [{"addresses": ["10.0.0.1"]}], "ports": [{"port": 80}]},
            {
                "endpoints": [{"addresses": ["10.0.0.1"], "conditions": {}}],
                "ports": [{"port": 80, "name": "", "protocol": "TCP"}],
            },
        ),
        (service.default_endpoint_slice, {"ports": []}, {"endpoints": None, "ports": None}),
        (core.default_limit_range, {}, {"spec": {"limits": None}}),
        (
            cluster.default_api_service,
            {"spec": {"service": {"name": "s"}}},
            {"spec": {"service": {"name": "s", "port": 443}}},
        ),
        (cluster.default_device_class, {}, {"spec": {}}),
        (cluster.default_resource_claim, {}, {"spec": {"devices": {}}}),
        (
            cluster.default_resource_claim,
            {"spec": {"devices": {"requests": [{"name": "a", "exactly": {"deviceClassName": "c"}}]}}},
            {
                "spec": {
                    "devices": {
                        "requests": [{"name": "a", "exactly": {"deviceClassName": "c", **ONE_DEVICE}}]
                    }
                }
            },
        ),
        (
            cluster.default_resource_claim_template,
            {"spec": {"spec": {"devices": {"requests": [{"firstAvailable": [{"allocationMode": "All"}]}]}}}},
            {
                "spec": {
                    "metadata": {},
                    "spec": {"devices": {"requests": [{"firstAvailable": [{"allocationMode": "All"}]}]}},
                }
            },
        ),
    ],
)
def test_what_upstream_writes_without_being_told(function: Any, given: Obj, filled: Obj) -> None:
    assert function(given) == filled
