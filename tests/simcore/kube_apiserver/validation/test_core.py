"""Nodes, namespaces, ConfigMaps, Secrets, Events and Leases."""

from base64 import b64encode
from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import created, edited, faults, minimal, strategy_of, update_faults

FROZEN = "Forbidden: field is immutable when `immutable` is set"
KEY = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
    "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)


def encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


CASES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "a key with a slash": (
        "ConfigMap",
        {"data": {"a/b": "c"}},
        [f'data[a/b]: Invalid value: "a/b": {KEY}'],
    ),
    "a key that is the parent folder": (
        "ConfigMap",
        {"data": {"..": "c"}},
        ["data[..]: Invalid value: \"..\": must not be '..'"],
    ),
    "a key that hides": (
        "ConfigMap",
        {"binaryData": {"..a": "Yg=="}},
        ["binaryData[..a]: Invalid value: \"..a\": must not start with '..'"],
    ),
    "a key in both parts": (
        "ConfigMap",
        {"data": {"a": "b"}, "binaryData": {"a": "Yg=="}},
        ['data[a]: Invalid value: "a": duplicate of key present in binaryData'],
    ),
    "more than a mebibyte": (
        "ConfigMap",
        {"data": {"a": "b" * (1024 * 1024 + 1)}},
        [": Too long: may not be more than 1048576 bytes"],
    ),
    "a token of no account": (
        "Secret",
        {"type": "kubernetes.io/service-account-token"},
        ["metadata.annotations[kubernetes.io/service-account.name]: Required value"],
    ),
    "half a certificate": (
        "Secret",
        {"type": "kubernetes.io/tls", "data": {"tls.crt": ""}},
        ["data[tls.key]: Required value"],
    ),
    "neither name nor password": (
        "Secret",
        {"type": "kubernetes.io/basic-auth"},
        ["data[username]: Required value", "data[password]: Required value"],
    ),
    "access to a registry without access": (
        "Secret",
        {"type": "kubernetes.io/dockerconfigjson"},
        ["data[.dockerconfigjson]: Required value"],
    ),
    "access to a registry that is a list": (
        "Secret",
        {"type": "kubernetes.io/dockerconfigjson", "data": {".dockerconfigjson": encoded("[]")}},
        [
            'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": json: cannot unmarshal array into '
            "Go value of type map[string]interface {}"
        ],
    ),
    "a taint without effect": (
        "Node",
        {"spec__taints": [{"key": "a"}]},
        ["metadata.taints[0].effect: Required value"],
    ),
    "a taint twice": (
        "Node",
        {"spec__taints": [{"key": "a", "effect": "NoSchedule"}] * 2},
        [
            'metadata.taints[1]: Duplicate value: {"Key":"a","Value":"","Effect":"NoSchedule","TimeAdded":null}: '
            "taints must be unique by key and effect pair"
        ],
    ),
    "half a pod": (
        "Node",
        {"status__capacity": {"pods": "1500m"}, "status__allocatable": {}},
        ['status.capacity.pods: Invalid value: "1500m": must be an integer'],
    ),
    "a range of nothing": (
        "Node",
        {"spec__podCIDRs": ["10.0.0.0"]},
        [
            'spec.podCIDRs[0]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or '
            "2001:db8::/64)"
        ],
    ),
    "an event of another namespace": (
        "Event",
        {"involvedObject__namespace": "other"},
        ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
    ),
    "a lease that lasts no time": (
        "Lease",
        {"spec__leaseDurationSeconds": 0},
        ["spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"],
    ),
    "a finalizer of a namespace without a domain": (
        "Namespace",
        {"spec__finalizers": ["mine"]},
        [
            'spec.finalizers: Invalid value: "mine": name is neither a standard finalizer name nor is it fully '
            "qualified"
        ],
    ),
}


@pytest.mark.parametrize(("kind", "changes", "told"), CASES.values(), ids=CASES)
def test_an_object_is_refused_for(kind: str, changes: dict[str, Any], told: list[str]) -> None:
    assert faults(minimal(kind, **changes)) == told


def test_a_frozen_config_map_stays_frozen() -> None:
    frozen = minimal("ConfigMap", immutable=True)
    assert update_faults(frozen, {"immutable": False, "data": {"a": "c"}}) == [
        f"immutable: {FROZEN}",
        f"data: {FROZEN}",
    ]
    assert update_faults(frozen, {"metadata.labels": {"a": "b"}}) == []


def test_a_secret_keeps_its_type() -> None:
    assert update_faults(minimal("Secret"), {"type": "example.com/mine"}) == [
        'type: Invalid value: "example.com/mine": field is immutable'
    ]


def test_a_node_gets_its_range_once() -> None:
    assert update_faults(minimal("Node"), {"spec.podCIDRs": ["10.0.0.0/24"]}) == []
    assert update_faults(
        minimal("Node", spec__podCIDRs=["10.0.0.0/24"]), {"spec.podCIDR": "10.0.1.0/24"}
    ) == ['spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid']


def test_a_namespace_that_lives_is_active() -> None:
    namespace = created(minimal("Namespace"))
    new = edited(namespace, {"status.phase": "Terminating"})
    told = strategy_of(namespace).validate_status(new, namespace)
    assert [(f.path, f.message) for f in told] == [
        (
            "status.Phase",
            "Invalid value: \"Terminating\": may only be 'Active' if `deletionTimestamp` is empty",
        )
    ]


def test_what_a_registry_asks_for_is_json():
    secret = minimal("Secret", type="kubernetes.io/dockerconfigjson", data={".dockerconfigjson": "eA=="})
    assert faults(secret) == [
        'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": '
        "invalid character 'x' looking for beginning of value"
    ]
