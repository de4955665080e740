"""Where variables come from."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import SUBDOMAIN, edited, faults, minimal

VARIABLES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "another version": (
        {
            "spec.containers.0.env": [
                {"name": "A", "valueFrom": {"fieldRef": {"apiVersion": "v2", "fieldPath": "metadata.name"}}}
            ]
        },
        [
            (
                'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.'
                'name": error converting fieldPath: unsupported pod version: v2'
            )
        ],
    ),
    "no field": (
        {"spec.containers.0.env": [{"name": "A", "valueFrom": {"fieldRef": {}}}]},
        ["spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Required value"],
    ),
    "an annotation": (
        {
            "spec.containers.0.env": [
                {
                    "name": "A",
                    "valueFrom": {
                        "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.annotations['example.com/a']"}
                    },
                }
            ]
        },
        [],
    ),
    "an annotation in capitals": (
        {
            "spec.containers.0.env": [
                {
                    "name": "A",
                    "valueFrom": {
                        "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.annotations['Example.com/A']"}
                    },
                }
            ]
        },
        [],
    ),
    "a label without a name": (
        {
            "spec.containers.0.env": [
                {
                    "name": "A",
                    "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.labels['']"}},
                }
            ]
        },
        [
            ('spec.containers[0].env[0].valueFrom.fieldRef: Invalid value: "": name part must be non-empty'),
            (
                'spec.containers[0].env[0].valueFrom.fieldRef: Invalid value: "": name part must '
                "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
                "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
                "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            ),
        ],
    ),
    "a label with a bad name": (
        {
            "spec.containers.0.env": [
                {
                    "name": "A",
                    "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.labels['a b']"}},
                }
            ]
        },
        [
            (
                'spec.containers[0].env[0].valueFrom.fieldRef: Invalid value: "a b": name part must '
                "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
                "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
                "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            )
        ],
    ),
    "a part of something else": (
        {
            "spec.containers.0.env": [
                {
                    "name": "A",
                    "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "spec.containers['c']"}},
                }
            ]
        },
        [
            (
                'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.'
                "containers['c']\": error converting fieldPath: field label does not support "
                "subscript: spec.containers['c']"
            )
        ],
    ),
    "all labels": (
        {
            "spec.containers.0.env": [
                {"name": "A", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.labels"}}}
            ]
        },
        [
            (
                "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "
                '"metadata.labels": supported values: "metadata.name", "metadata.namespace", '
                '"metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", '
                '"status.hostIPs", "status.podIP", "status.podIPs"'
            )
        ],
    ),
    "the old name of the node": (
        {
            "spec.containers.0.env": [
                {"name": "A", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "spec.host"}}}
            ]
        },
        [],
    ),
    "addresses of the host": (
        {
            "spec.containers.0.env": [
                {"name": "A", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.hostIPs"}}}
            ]
        },
        [],
    ),
    "no resource": (
        {"spec.containers.0.env": [{"name": "A", "valueFrom": {"resourceFieldRef": {}}}]},
        ["spec.containers[0].env[0].valueFrom.resourceFieldRef.resource: Required value"],
    ),
    "an unknown resource": (
        {
            "spec.containers.0.env": [
                {"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.gpu"}}}
            ]
        },
        [
            (
                "spec.containers[0].env[0].valueFrom.resourceFieldRef.resource: Unsupported value: "
                '"limits.gpu": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.'
                'memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"'
            )
        ],
    ),
    "huge pages": (
        {
            "spec.containers.0.env": [
                {"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.hugepages-2Mi"}}}
            ]
        },
        [],
    ),
    "huge pages by an odd divisor": (
        {
            "spec.containers.0.env": [
                {
                    "name": "A",
                    "valueFrom": {"resourceFieldRef": {"resource": "limits.hugepages-2Mi", "divisor": "3"}},
                }
            ]
        },
        [
            (
                "spec.containers[0].env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "
                '"limits.hugepages-2Mi": only divisor\'s values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, '
                "1Gi, 1Ti, 1Pi, 1Ei are supported with the hugepages resource"
            )
        ],
    ),
    "memory by an odd divisor": (
        {
            "spec.containers.0.env": [
                {
                    "name": "A",
                    "valueFrom": {"resourceFieldRef": {"resource": "requests.memory", "divisor": "2Mi"}},
                }
            ]
        },
        [
            (
                "spec.containers[0].env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "
                '"requests.memory": only divisor\'s values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, '
                "1Ti, 1Pi, 1Ei are supported with the memory resource"
            )
        ],
    ),
    "memory in mebibytes": (
        {
            "spec.containers.0.env": [
                {
                    "name": "A",
                    "valueFrom": {"resourceFieldRef": {"resource": "requests.memory", "divisor": "1Mi"}},
                }
            ]
        },
        [],
    ),
    "storage by an odd divisor": (
        {
            "spec.containers.0.env": [
                {
                    "name": "A",
                    "valueFrom": {
                        "resourceFieldRef": {"resource": "limits.ephemeral-storage", "divisor": "10"}
                    },
                }
            ]
        },
        [
            (
                "spec.containers[0].env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "
                '"limits.ephemeral-storage": only divisor\'s values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, '
                "1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the local ephemeral storage resource"
            )
        ],
    ),
    "a processor in millis": (
        {
            "spec.containers.0.env": [
                {"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1m"}}}
            ]
        },
        [],
    ),
    "a key of nothing": (
        {"spec.containers.0.env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"key": "k"}}}]},
        [f'spec.containers[0].env[0].valueFrom.configMapKeyRef.name: Invalid value: "": {SUBDOMAIN}'],
    ),
    "no key": (
        {"spec.containers.0.env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s"}}}]},
        ["spec.containers[0].env[0].valueFrom.secretKeyRef.key: Required value"],
    ),
    "a key with a slash": (
        {
            "spec.containers.0.env": [
                {"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "a/b"}}}
            ]
        },
        [
            (
                'spec.containers[0].env[0].valueFrom.secretKeyRef.key: Invalid value: "a/b": a valid '
                "config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key."
                "name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-."
                "_a-zA-Z0-9]+')"
            )
        ],
    ),
    "a key that climbs": (
        {
            "spec.containers.0.env": [
                {"name": "A", "valueFrom": {"configMapKeyRef": {"name": "s", "key": "..a"}}}
            ]
        },
        [
            (
                'spec.containers[0].env[0].valueFrom.configMapKeyRef.key: Invalid value: "..a": must '
                "not start with '..'"
            )
        ],
    ),
    "no source": (
        {"spec.containers.0.env": [{"name": "A", "valueFrom": {}}]},
        [
            (
                'spec.containers[0].env[0].valueFrom: Invalid value: "": must specify one of: '
                "`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
            )
        ],
    ),
    "two sources": (
        {
            "spec.containers.0.env": [
                {
                    "name": "A",
                    "valueFrom": {
                        "configMapKeyRef": {"name": "s", "key": "a"},
                        "secretKeyRef": {"name": "s", "key": "a"},
                    },
                }
            ]
        },
        [
            (
                'spec.containers[0].env[0].valueFrom: Invalid value: "": may not have more than one '
                "field specified at a time"
            )
        ],
    ),
    "a name with a line break": (
        {"spec.containers.0.env": [{"name": "A\nB"}]},
        [
            (
                'spec.containers[0].env[0].name: Invalid value: "A\\nB": a valid environment variable '
                "name must consist only of printable ASCII characters other than '='"
            )
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), VARIABLES.values(), ids=VARIABLES)
def test_where_variables_come_from(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Pod"), changes)) == expected


WHOLE: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": (
        {"spec.containers.0.envFrom": [{}]},
        [
            (
                'spec.containers[0].envFrom: Invalid value: "": must specify one of: `configMapRef` '
                "or `secretRef`"
            )
        ],
    ),
    "two": (
        {"spec.containers.0.envFrom": [{"configMapRef": {"name": "a"}, "secretRef": {"name": "b"}}]},
        [
            (
                'spec.containers[0].envFrom: Invalid value: "": may not have more than one field '
                "specified at a time"
            )
        ],
    ),
    "no name": (
        {"spec.containers.0.envFrom": [{"configMapRef": {}}]},
        ["spec.containers[0].envFrom[0].configMapRef.name: Required value"],
    ),
    "a bad name": (
        {"spec.containers.0.envFrom": [{"secretRef": {"name": "A_"}}]},
        [f'spec.containers[0].envFrom[0].secretRef.name: Invalid value: "A_": {SUBDOMAIN}'],
    ),
    "a prefix with an equals sign": (
        {"spec.containers.0.envFrom": [{"prefix": "a=", "configMapRef": {"name": "a"}}]},
        [
            (
                'spec.containers[0].envFrom[0].prefix: Invalid value: "a=": a valid environment '
                "variable name must consist only of printable ASCII characters other than '='"
            )
        ],
    ),
    "a prefix": ({"spec.containers.0.envFrom": [{"prefix": "a-", "configMapRef": {"name": "a"}}]}, []),
}


@pytest.mark.parametrize(("changes", "expected"), WHOLE.values(), ids=WHOLE)
def test_sources_of_all_their_variables(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Pod"), changes)) == expected
