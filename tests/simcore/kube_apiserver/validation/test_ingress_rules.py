"""What ingresses and their classes may say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import LABEL, SUBDOMAIN, UNSET, edited, faults, minimal

INGRESSES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": (
        {"spec.defaultBackend": UNSET},
        ["spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"],
    ),
    "a host that is an address": (
        {"spec.rules": [{"host": "10.0.0.1"}]},
        ['spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address'],
    ),
    "a host with a star inside": (
        {"spec.rules": [{"host": "a.*.b"}]},
        [
            (
                'spec.rules[0].host: Invalid value: "a.*.b": a wildcard DNS-1123 subdomain must '
                "start with '*.', followed by a valid DNS subdomain, which must consist of lower "
                "case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e."
                "g. '*.example.com', regex used for validation is '\\*\\."
                "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
            )
        ],
    ),
    "a host in capitals": (
        {"spec.rules": [{"host": "A.b"}]},
        [f'spec.rules[0].host: Invalid value: "A.b": {SUBDOMAIN}'],
    ),
    "no paths": ({"spec.rules": [{"http": {"paths": []}}]}, ["spec.rules[0].http.paths: Required value"]),
    "a path of no type": (
        {
            "spec.rules": [
                {
                    "http": {
                        "paths": [
                            {
                                "path": "/",
                                "pathType": None,
                                "backend": {"service": {"name": "s", "port": {"number": 80}}},
                            }
                        ]
                    }
                }
            ]
        },
        ["spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified"],
    ),
    "a path of an unknown type": (
        {
            "spec.rules": [
                {
                    "http": {
                        "paths": [
                            {
                                "path": "/",
                                "pathType": "Regex",
                                "backend": {"service": {"name": "s", "port": {"number": 80}}},
                            }
                        ]
                    }
                }
            ]
        },
        [
            (
                'spec.rules[0].http.paths[0].pathType: Unsupported value: "Regex": supported values: '
                '"Exact", "ImplementationSpecific", "Prefix"'
            )
        ],
    ),
    "a path that isn't absolute": (
        {
            "spec.rules": [
                {
                    "http": {
                        "paths": [
                            {
                                "path": "a",
                                "pathType": "Prefix",
                                "backend": {"service": {"name": "s", "port": {"number": 80}}},
                            }
                        ]
                    }
                }
            ]
        },
        ['spec.rules[0].http.paths[0].path: Invalid value: "a": must be an absolute path'],
    ),
    "a path with steps": (
        {
            "spec.rules": [
                {
                    "http": {
                        "paths": [
                            {
                                "path": "/a/../b//c",
                                "pathType": "Prefix",
                                "backend": {"service": {"name": "s", "port": {"number": 80}}},
                            }
                        ]
                    }
                }
            ]
        },
        [
            "spec.rules[0].http.paths[0].path: Invalid value: \"/a/../b//c\": must not contain '//'",
            "spec.rules[0].http.paths[0].path: Invalid value: \"/a/../b//c\": must not contain '/../'",
        ],
    ),
    "a path that ends in a step": (
        {
            "spec.rules": [
                {
                    "http": {
                        "paths": [
                            {
                                "path": "/a/..",
                                "pathType": "Prefix",
                                "backend": {"service": {"name": "s", "port": {"number": 80}}},
                            }
                        ]
                    }
                }
            ]
        },
        ["spec.rules[0].http.paths[0].path: Invalid value: \"/a/..\": cannot end with '/..'"],
    ),
    "a path with a hidden slash": (
        {
            "spec.rules": [
                {
                    "http": {
                        "paths": [
                            {
                                "path": "/a%2fb",
                                "pathType": "Prefix",
                                "backend": {"service": {"name": "s", "port": {"number": 80}}},
                            }
                        ]
                    }
                }
            ]
        },
        ["spec.rules[0].http.paths[0].path: Invalid value: \"/a%2fb\": must not contain '%2f'"],
    ),
    "a path of anybody's type": (
        {
            "spec.rules": [
                {
                    "http": {
                        "paths": [
                            {
                                "path": "a",
                                "pathType": "ImplementationSpecific",
                                "backend": {"service": {"name": "s", "port": {"number": 80}}},
                            }
                        ]
                    }
                }
            ]
        },
        ['spec.rules[0].http.paths[0].path: Invalid value: "a": must be an absolute path'],
    ),
    "no path of anybody's type": (
        {
            "spec.rules": [
                {
                    "http": {
                        "paths": [
                            {
                                "path": "",
                                "pathType": "ImplementationSpecific",
                                "backend": {"service": {"name": "s", "port": {"number": 80}}},
                            }
                        ]
                    }
                }
            ]
        },
        [],
    ),
    "nobody behind": (
        {"spec.defaultBackend": {}},
        ['spec.defaultBackend: Invalid value: "": resource or service backend is required'],
    ),
    "two behind": (
        {
            "spec.defaultBackend": {
                "service": {"name": "s", "port": {"number": 80}},
                "resource": {"kind": "A", "name": "a"},
            }
        },
        ['spec.defaultBackend: Invalid value: "": cannot set both resource and service backends'],
    ),
    "a resource without kind or name": (
        {"spec.defaultBackend": {"resource": {}}},
        [
            "spec.defaultBackend.resource.kind: Required value: kind is required",
            "spec.defaultBackend.resource.name: Required value: name is required",
        ],
    ),
    "a resource of a bad group": (
        {"spec.defaultBackend": {"resource": {"apiGroup": "A", "kind": "a/b", "name": ".."}}},
        [
            f'spec.defaultBackend.resource.apiGroup: Invalid value: "A": {SUBDOMAIN}',
            "spec.defaultBackend.resource.kind: Invalid value: \"a/b\": may not contain '/'",
            "spec.defaultBackend.resource.name: Invalid value: \"..\": may not be '..'",
        ],
    ),
    "a service without a name": (
        {"spec.defaultBackend": {"service": {"port": {"number": 80}}}},
        ["spec.defaultBackend.service.name: Required value"],
    ),
    "a service with a bad name": (
        {"spec.defaultBackend": {"service": {"name": "A", "port": {"number": 80}}}},
        [f'spec.defaultBackend.service.name: Invalid value: "A": {LABEL}'],
    ),
    "a service without a port": (
        {"spec.defaultBackend": {"service": {"name": "s"}}},
        ["spec.defaultBackend: Required value: port name or number is required"],
    ),
    "a service with two ports": (
        {"spec.defaultBackend": {"service": {"name": "s", "port": {"number": 80, "name": "web"}}}},
        ['spec.defaultBackend: Invalid value: "": cannot set both port name & port number'],
    ),
    "a service with a port out of range": (
        {"spec.defaultBackend": {"service": {"name": "s", "port": {"number": 65536}}}},
        [
            (
                "spec.defaultBackend.service.port.number: Invalid value: 65536: must be between 1 "
                "and 65535, inclusive"
            )
        ],
    ),
    "a service with a port's bad name": (
        {"spec.defaultBackend": {"service": {"name": "s", "port": {"name": "--"}}}},
        [
            (
                'spec.defaultBackend.service.port.name: Invalid value: "--": must contain at least '
                "one letter (a-z)"
            ),
            (
                'spec.defaultBackend.service.port.name: Invalid value: "--": must not contain '
                "consecutive hyphens"
            ),
            (
                'spec.defaultBackend.service.port.name: Invalid value: "--": must not begin or end '
                "with a hyphen"
            ),
        ],
    ),
    "a secret host": (
        {"spec.tls": [{"hosts": ["*.a.b", "A"], "secretName": "S"}]},
        [
            f'spec.tls[0].hosts[1]: Invalid value: "A": {SUBDOMAIN}',
            f'spec.tls[0].secretName: Invalid value: "S": {SUBDOMAIN}',
        ],
    ),
    "a class in capitals": (
        {"spec.ingressClassName": "A"},
        [f'spec.ingressClassName: Invalid value: "A": {SUBDOMAIN}'],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), INGRESSES.values(), ids=INGRESSES)
def test_what_an_ingress_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Ingress"), changes)) == expected


CLASSES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "parameters of the cluster": ({"spec.parameters": {"kind": "A", "name": "a"}}, []),
    "parameters of the cluster in a namespace": (
        {"spec.parameters": {"kind": "A", "name": "a", "scope": "Cluster", "namespace": "a"}},
        ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"],
    ),
    "parameters of a namespace nobody names": (
        {"spec.parameters": {"kind": "A", "name": "a", "scope": "Namespace"}},
        ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"],
    ),
    "parameters of a bad namespace": (
        {"spec.parameters": {"kind": "A", "name": "a", "scope": "Namespace", "namespace": "A"}},
        [f'spec.parameters.namespace: Invalid value: "A": {LABEL}'],
    ),
    "parameters of an unknown scope": (
        {"spec.parameters": {"kind": "A", "name": "a", "scope": "World"}},
        [('spec.parameters.scope: Unsupported value: "World": supported values: "Cluster", "Namespace"')],
    ),
    "parameters without a kind": (
        {"spec.parameters": {"name": "a"}},
        ["spec.parameters.kind: Required value: kind is required"],
    ),
    "no controller": ({"spec.controller": ""}, ["spec.controller: Required value"]),
    "a controller without a domain": (
        {"spec.controller": "nginx"},
        [('spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")')],
    ),
    "a controller that is too long": (
        {"spec.controller": "example.com/" + "a" * 250},
        ["spec.controller: Too long: may not be more than 250 bytes"],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), CLASSES.values(), ids=CLASSES)
def test_what_a_class_of_ingresses_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("IngressClass"), changes)) == expected
