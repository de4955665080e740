"""Ingresses, network policies and endpoints."""

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import (
    LABEL,
    SUBDOMAIN,
    UNSET,
    edited,
    faults,
    minimal,
    update_faults,
)

PATH = "spec.rules[0].http.paths[0]"
BACKEND = {"service": {"name": "s", "port": {"number": 80}}}
ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"


def path(**fields: Any) -> dict[str, Any]:
    entry = {"path": "/", "pathType": "Prefix", "backend": BACKEND, **fields}
    return {"spec__rules": [{"http": {"paths": [{k: v for k, v in entry.items() if v is not UNSET}]}}]}


def peer(**fields: Any) -> dict[str, Any]:
    return {"spec__ingress": [{"from": [fields]}]}


CASES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "an ingress to nowhere": (
        "Ingress",
        {"spec__defaultBackend": UNSET},
        ["spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"],
    ),
    "a host that is an address": (
        "Ingress",
        {"spec__rules": [{"host": "1.2.3.4"}]},
        ['spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address'],
    ),
    "a star in the middle": (
        "Ingress",
        {"spec__rules": [{"host": "a.*.example.com"}]},
        [
            'spec.rules[0].host: Invalid value: "a.*.example.com": a wildcard DNS-1123 subdomain must start with '
            "'*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or "
            "'.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is "
            r"'\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
        ],
    ),
    "no type of path": (
        "Ingress",
        path(pathType=UNSET),
        [f"{PATH}.pathType: Required value: pathType must be specified"],
    ),
    "an unknown type of path": (
        "Ingress",
        path(pathType="Regex"),
        [
            f'{PATH}.pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", '
            '"Prefix"'
        ],
    ),
    "a relative path": (
        "Ingress",
        path(path="x"),
        [f'{PATH}.path: Invalid value: "x": must be an absolute path'],
    ),
    "a path that goes up": (
        "Ingress",
        path(path="/a//b/.."),
        [
            f"{PATH}.path: Invalid value: \"/a//b/..\": must not contain '//'",
            f"{PATH}.path: Invalid value: \"/a//b/..\": cannot end with '/..'",
        ],
    ),
    "no backend": (
        "Ingress",
        path(backend={}),
        [f'{PATH}.backend: Invalid value: "": resource or service backend is required'],
    ),
    "a service and a resource": (
        "Ingress",
        path(backend={**BACKEND, "resource": {"kind": "Bucket", "name": "b"}}),
        [f'{PATH}.backend: Invalid value: "": cannot set both resource and service backends'],
    ),
    "a service without port": (
        "Ingress",
        path(backend={"service": {"name": "s"}}),
        [f"{PATH}.backend: Required value: port name or number is required"],
    ),
    "a port with name and number": (
        "Ingress",
        path(backend={"service": {"name": "s", "port": {"name": "a", "number": 80}}}),
        [f'{PATH}.backend: Invalid value: "": cannot set both port name & port number'],
    ),
    "a controller without a domain": (
        "IngressClass",
        {"spec__controller": "mine"},
        ['spec.controller: Invalid value: "mine": must be a domain-prefixed path (such as "acme.io/foo")'],
    ),
    "parameters of nothing": (
        "IngressClass",
        {"spec__parameters": {"scope": "Cluster"}},
        [
            "spec.parameters.kind: Required value: kind is required",
            "spec.parameters.name: Required value: name is required",
        ],
    ),
    "parameters whose names stand in no path": (
        "IngressClass",
        {"spec__parameters": {"kind": "a/b", "name": "..", "apiGroup": "A", "scope": "Cluster"}},
        [
            f'spec.parameters.apiGroup: Invalid value: "A": {SUBDOMAIN}',
            "spec.parameters.kind: Invalid value: \"a/b\": may not contain '/'",
            "spec.parameters.name: Invalid value: \"..\": may not be '..'",
        ],
    ),
    "parameters of an unknown scope": (
        "IngressClass",
        {"spec__parameters": {"kind": "K", "name": "n", "scope": "Planet"}},
        ['spec.parameters.scope: Unsupported value: "Planet": supported values: "Cluster", "Namespace"'],
    ),
    "parameters of a namespace that is not named": (
        "IngressClass",
        {"spec__parameters": {"kind": "K", "name": "n", "scope": "Namespace"}},
        ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"],
    ),
    "parameters of a badly named namespace": (
        "IngressClass",
        {"spec__parameters": {"kind": "K", "name": "n", "scope": "Namespace", "namespace": "A"}},
        [f'spec.parameters.namespace: Invalid value: "A": {LABEL}'],
    ),
    "parameters of the cluster in a namespace": (
        "IngressClass",
        {"spec__parameters": {"kind": "K", "name": "n", "scope": "Cluster", "namespace": "ns"}},
        ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"],
    ),
    "a resource of no kind": (
        "Ingress",
        path(backend={"resource": {"name": "a%b"}}),
        [
            f"{PATH}.backend.resource.kind: Required value: kind is required",
            f"{PATH}.backend.resource.name: Invalid value: \"a%b\": may not contain '%'",
        ],
    ),
    "an unknown direction": (
        "NetworkPolicy",
        {"spec__policyTypes": ["Sideways"]},
        ['spec.policyTypes[0]: Unsupported value: "Sideways": supported values: "Egress", "Ingress"'],
    ),
    "a peer that is nobody": (
        "NetworkPolicy",
        peer(),
        ["spec.ingress[0].from[0]: Required value: must specify a peer"],
    ),
    "a peer that is two": (
        "NetworkPolicy",
        peer(podSelector={}, ipBlock={"cidr": "10.0.0.0/8"}),
        ["spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer"],
    ),
    "an exception outside of its range": (
        "NetworkPolicy",
        peer(ipBlock={"cidr": "10.0.0.0/8", "except": ["11.0.0.0/16"]}),
        [
            'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of '
            "`cidr`"
        ],
    ),
    "a range of ports without a start": (
        "NetworkPolicy",
        {"spec__egress": [{"ports": [{"endPort": 90}]}]},
        ["spec.egress[0].ports[0].port: Required value: must be specified when `endPort` is specified"],
    ),
    "a range of ports that ends before it starts": (
        "NetworkPolicy",
        {"spec__egress": [{"ports": [{"port": 90, "endPort": 80}]}]},
        ["spec.egress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`"],
    ),
    "a range of named ports": (
        "NetworkPolicy",
        {"spec__egress": [{"ports": [{"port": "web", "endPort": 80}]}]},
        ["spec.egress[0].ports[0].endPort: Forbidden: may not be specified when `port` is non-numeric"],
    ),
    "endpoints without addresses": (
        "Endpoints",
        {"subsets": [{"ports": [{"port": 80}]}]},
        ["subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`"],
    ),
    "an endpoint that is no address": (
        "Endpoints",
        {"subsets__0__addresses__0__ip": "x"},
        [f'subsets[0].addresses[0].ip: Invalid value: "x": {ADDRESS}'],
    ),
    "an endpoint on its own link": (
        "Endpoints",
        {"subsets__0__addresses__0__ip": "169.254.1.1"},
        [
            'subsets[0].addresses[0].ip: Invalid value: "169.254.1.1": may not be in the link-local range '
            "(169.254.0.0/16, fe80::/10)"
        ],
    ),
    "a slice of no family": ("EndpointSlice", {"addressType": UNSET}, ["addressType: Required value"]),
    "a slice of another family": (
        "EndpointSlice",
        {"endpoints__0__addresses": ["fd00::1"]},
        ['endpoints[0].addresses[0]: Invalid value: "fd00::1": must be an IPv4 address'],
    ),
    "a slice with one port name twice": (
        "EndpointSlice",
        {"ports": [{"port": 80}, {"port": 81}]},
        ['ports[1].name: Duplicate value: ""'],
    ),
}


@pytest.mark.parametrize(("kind", "changes", "told"), CASES.values(), ids=CASES)
def test_it_is_refused_for(kind: str, changes: dict[str, Any], told: list[str]) -> None:
    assert faults(minimal(kind, **changes)) == told


def test_a_wildcard_host_starts_with_the_star() -> None:
    assert faults(minimal("Ingress", spec__rules=[{"host": "*.example.com"}])) == []


def test_a_slice_keeps_its_family() -> None:
    changes = {"addressType": "FQDN", "endpoints": [{"addresses": ["a.example.com"]}]}
    assert update_faults(minimal("EndpointSlice"), changes) == [
        'addressType: Invalid value: "FQDN": field is immutable'
    ]


def test_a_class_keeps_its_controller() -> None:
    assert update_faults(minimal("IngressClass"), {"spec.controller": "example.com/d"}) == [
        'spec.controller: Invalid value: "example.com/d": field is immutable'
    ]


def test_a_new_ingress_names_one_class():
    old_name = {"metadata.annotations": {"kubernetes.io/ingress.class": "a"}}
    both = edited(minimal("Ingress"), {**old_name, "spec.ingressClassName": "b"})
    assert faults(both) == [
        'annotations.kubernetes.io/ingress.class: Invalid value: "a": '
        "must match `ingressClassName` when both are specified"
    ]
    assert faults(edited(both, {"spec.ingressClassName": "a"})) == []
    stored = edited(minimal("Ingress"), old_name)
    assert update_faults(stored, {"spec.ingressClassName": "b"}) == []
