"""What a container may say of volumes, variables, resources, ports and probes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import LABEL, SUBDOMAIN, edited, faults, minimal

MOUNTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing but a name": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeMounts": [{"name": "v"}],
        },
        ["spec.containers[0].volumeMounts[0].mountPath: Required value"],
    ),
    "no name": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeMounts": [{"mountPath": "/v"}],
        },
        [
            "spec.containers[0].volumeMounts[0].name: Required value",
            'spec.containers[0].volumeMounts[0].name: Not found: ""',
        ],
    ),
    "a volume that isn't there": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeMounts": [{"name": "w", "mountPath": "/v"}],
        },
        ['spec.containers[0].volumeMounts[0].name: Not found: "w"'],
    ),
    "one place for two": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeMounts": [
                {"name": "v", "mountPath": "/v"},
                {"name": "b", "mountPath": "/v"},
            ],
        },
        ['spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/v": must be unique'],
    ),
    "a part outside of the volume": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeMounts": [{"name": "v", "mountPath": "/v", "subPath": "../x"}],
        },
        ["spec.containers[0].volumeMounts.subPath: Invalid value: \"../x\": must not contain '..'"],
    ),
    "an absolute part": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeMounts": [{"name": "v", "mountPath": "/v", "subPath": "/x"}],
        },
        ['spec.containers[0].volumeMounts.subPath: Invalid value: "/x": must be a relative path'],
    ),
    "a part twice": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeMounts": [
                {"name": "v", "mountPath": "/v", "subPath": "a", "subPathExpr": "b"}
            ],
        },
        [
            (
                'spec.containers[0].volumeMounts[0].subPathExpr: Invalid value: "b": subPathExpr and '
                "subPath are mutually exclusive"
            )
        ],
    ),
    "a computed part outside of the volume": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeMounts": [{"name": "v", "mountPath": "/v", "subPathExpr": "$(A)/../x"}],
        },
        [
            (
                'spec.containers[0].volumeMounts.subPathExpr: Invalid value: "$(A)/../x": must not '
                "contain '..'"
            )
        ],
    ),
    "an unknown propagation": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeMounts": [
                {"name": "v", "mountPath": "/v", "mountPropagation": "Sideways"}
            ],
        },
        [
            (
                'spec.containers[0].volumeMounts.mountPropagation: Unsupported value: "Sideways": '
                'supported values: "Bidirectional", "HostToContainer", "None"'
            )
        ],
    ),
    "propagation of those without privileges": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeMounts": [
                {"name": "v", "mountPath": "/v", "mountPropagation": "Bidirectional"}
            ],
        },
        [
            (
                "spec.containers[0].volumeMounts.mountPropagation: Forbidden: Bidirectional mount "
                "propagation is available only to privileged containers"
            )
        ],
    ),
    "propagation of the privileged": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeMounts": [
                {"name": "v", "mountPath": "/v", "mountPropagation": "Bidirectional"}
            ],
            "spec.containers.0.securityContext": {"privileged": True},
        },
        [],
    ),
    "read only all the way down, but writable": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeMounts": [
                {"name": "v", "mountPath": "/v", "recursiveReadOnly": "Enabled"}
            ],
        },
        [
            (
                "spec.containers[0].volumeMounts.recursiveReadOnly: Forbidden: may only be specified "
                "when readOnly is true"
            )
        ],
    ),
    "read only all the way down with propagation": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeMounts": [
                {
                    "name": "v",
                    "mountPath": "/v",
                    "readOnly": True,
                    "recursiveReadOnly": "IfPossible",
                    "mountPropagation": "HostToContainer",
                }
            ],
        },
        [
            (
                "spec.containers[0].volumeMounts.recursiveReadOnly: Forbidden: may only be specified "
                "when mountPropagation is None or not specified"
            )
        ],
    ),
    "read only all the way down": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeMounts": [
                {
                    "name": "v",
                    "mountPath": "/v",
                    "readOnly": True,
                    "recursiveReadOnly": "Enabled",
                    "mountPropagation": "None",
                }
            ],
        },
        [],
    ),
    "not read only all the way down": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeMounts": [
                {"name": "v", "mountPath": "/v", "recursiveReadOnly": "Disabled"}
            ],
        },
        [],
    ),
    "an unknown way down": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeMounts": [
                {"name": "v", "mountPath": "/v", "recursiveReadOnly": "Never"}
            ],
        },
        [
            (
                'spec.containers[0].volumeMounts.recursiveReadOnly: Unsupported value: "Never": '
                'supported values: "Disabled", "Enabled", "IfPossible"'
            )
        ],
    ),
    "a path that a device has": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeMounts": [{"name": "v", "mountPath": "/dev/x"}],
            "spec.containers.0.volumeDevices": [{"name": "b", "devicePath": "/dev/x"}],
        },
        [
            (
                'spec.containers[0].volumeMounts[0].mountPath: Invalid value: "/dev/x": must not '
                "already exist as a path in volumeDevices"
            ),
            (
                'spec.containers[0].volumeDevices[0].devicePath: Invalid value: "/dev/x": must not '
                "already exist as a path in volumeMounts"
            ),
        ],
    ),
    "a volume that is a device": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeMounts": [{"name": "b", "mountPath": "/b"}],
            "spec.containers.0.volumeDevices": [{"name": "b", "devicePath": "/dev/x"}],
        },
        [
            (
                'spec.containers[0].volumeMounts[0].name: Invalid value: "b": must not already exist '
                "in volumeDevices"
            ),
            (
                'spec.containers[0].volumeDevices[0].name: Invalid value: "b": must not already '
                "exist in volumeMounts"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), MOUNTS.values(), ids=MOUNTS)
def test_volumes_that_a_container_mounts(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Pod"), changes)) == expected


DEVICES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a claim": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeDevices": [{"name": "b", "devicePath": "/dev/x"}],
        },
        [],
    ),
    "nothing but a name": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeDevices": [{"name": "b"}],
        },
        ["spec.containers[0].volumeDevices[0].devicePath: Required value"],
    ),
    "no name": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeDevices": [{"devicePath": "/dev/x"}],
        },
        [
            "spec.containers[0].volumeDevices[0].name: Required value",
            'spec.containers[0].volumeDevices[0].name: Not found: ""',
        ],
    ),
    "a volume that isn't there": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeDevices": [{"name": "w", "devicePath": "/dev/x"}],
        },
        ['spec.containers[0].volumeDevices[0].name: Not found: "w"'],
    ),
    "a directory": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeDevices": [{"name": "v", "devicePath": "/dev/x"}],
        },
        [
            (
                'spec.containers[0].volumeDevices[0].name: Invalid value: "v": can only use volume '
                "source type of PersistentVolumeClaim or Ephemeral for block mode"
            )
        ],
    ),
    "one claim twice": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeDevices": [
                {"name": "b", "devicePath": "/dev/x"},
                {"name": "b", "devicePath": "/dev/y"},
            ],
        },
        ['spec.containers[0].volumeDevices[1].name: Invalid value: "b": must be unique'],
    ),
    "one place for two": (
        {
            "spec.volumes": [
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
                {"name": "d", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeDevices": [
                {"name": "b", "devicePath": "/dev/x"},
                {"name": "d", "devicePath": "/dev/x"},
            ],
        },
        ['spec.containers[0].volumeDevices[1].devicePath: Invalid value: "/dev/x": must be unique'],
    ),
    "a path with steps back": (
        {
            "spec.volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "b", "persistentVolumeClaim": {"claimName": "c"}},
            ],
            "spec.containers.0.volumeDevices": [{"name": "b", "devicePath": "/dev/../x"}],
        },
        [
            (
                'spec.containers[0].volumeDevices[0].devicePath: Invalid value: "/dev/../x": can not '
                "contain backsteps ('..')"
            )
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), DEVICES.values(), ids=DEVICES)
def test_volumes_that_a_container_has_as_devices(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Pod"), changes)) == expected


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


AMOUNTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a resource nobody knows": (
        {"spec.containers.0.resources": {"limits": {"gpus": "1"}}},
        [
            (
                'spec.containers[0].resources.limits[gpus]: Invalid value: "gpus": must be a '
                "standard resource type or fully qualified"
            ),
            (
                'spec.containers[0].resources.limits[gpus]: Invalid value: "gpus": must be a '
                "standard resource for containers"
            ),
            (
                'spec.containers[0].resources.requests[gpus]: Invalid value: "gpus": must be a '
                "standard resource type or fully qualified"
            ),
            (
                'spec.containers[0].resources.requests[gpus]: Invalid value: "gpus": must be a '
                "standard resource for containers"
            ),
        ],
    ),
    "a resource of the cluster": (
        {"spec.containers.0.resources": {"limits": {"pods": "1"}}},
        [
            (
                'spec.containers[0].resources.limits[pods]: Invalid value: "pods": must be a '
                "standard resource for containers"
            ),
            (
                'spec.containers[0].resources.requests[pods]: Invalid value: "pods": must be a '
                "standard resource for containers"
            ),
        ],
    ),
    "storage of claims": (
        {"spec.containers.0.resources": {"requests": {"storage": "1Gi"}}},
        [
            (
                'spec.containers[0].resources.requests[storage]: Invalid value: "storage": must be a '
                "standard resource for containers"
            )
        ],
    ),
    "an extended resource": ({"spec.containers.0.resources": {"limits": {"example.com/gpu": "1"}}}, []),
    "a part of an extended resource": (
        {"spec.containers.0.resources": {"limits": {"example.com/gpu": "500m"}}},
        [
            (
                'spec.containers[0].resources.limits[example.com/gpu]: Invalid value: "500m": must '
                "be an integer"
            ),
            (
                'spec.containers[0].resources.requests[example.com/gpu]: Invalid value: "500m": must '
                "be an integer"
            ),
        ],
    ),
    "more extended resources than allowed": (
        {
            "spec.containers.0.resources": {
                "limits": {"example.com/gpu": "1"},
                "requests": {"example.com/gpu": "2"},
            }
        },
        [
            (
                'spec.containers[0].resources.requests: Invalid value: "2": must be equal to example.'
                "com/gpu limit of 1"
            )
        ],
    ),
    "an extended resource without limit": (
        {"spec.containers.0.resources": {"requests": {"example.com/gpu": "1"}}},
        [
            (
                "spec.containers[0].resources.limits: Required value: Limit must be set for non "
                "overcommitable resources"
            )
        ],
    ),
    "a name that isn't one": (
        {"spec.containers.0.resources": {"limits": {"-a": "1"}}},
        [
            (
                'spec.containers[0].resources.limits[-a]: Invalid value: "-a": name part must '
                "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
                "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
                "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            ),
            (
                'spec.containers[0].resources.limits[-a]: Invalid value: "-a": must be a standard '
                "resource for containers"
            ),
            (
                'spec.containers[0].resources.requests[-a]: Invalid value: "-a": name part must '
                "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
                "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
                "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            ),
            (
                'spec.containers[0].resources.requests[-a]: Invalid value: "-a": must be a standard '
                "resource for containers"
            ),
        ],
    ),
    "requests of an extended resource by its quota's name": (
        {"spec.containers.0.resources": {"limits": {"requests.example.com/gpu": "1"}}},
        [
            (
                "spec.containers[0].resources.limits[requests.example.com/gpu]: Invalid value: "
                '"requests.example.com/gpu": doesn\'t follow extended resource name standard'
            ),
            (
                "spec.containers[0].resources.requests[requests.example.com/gpu]: Invalid value: "
                '"requests.example.com/gpu": doesn\'t follow extended resource name standard'
            ),
        ],
    ),
    "a negative amount": (
        {"spec.containers.0.resources": {"limits": {"cpu": "-1"}}},
        [
            (
                'spec.containers[0].resources.limits[cpu]: Invalid value: "-1": must be greater than '
                "or equal to 0"
            ),
            (
                'spec.containers[0].resources.requests[cpu]: Invalid value: "-1": must be greater '
                "than or equal to 0"
            ),
        ],
    ),
    "more than the limit": (
        {"spec.containers.0.resources": {"limits": {"memory": "1Gi"}, "requests": {"memory": "1025Mi"}}},
        [
            (
                'spec.containers[0].resources.requests: Invalid value: "1025Mi": must be less than '
                "or equal to memory limit of 1Gi"
            )
        ],
    ),
    "the limit in other words": (
        {"spec.containers.0.resources": {"limits": {"memory": "1Gi"}, "requests": {"memory": "1024Mi"}}},
        [],
    ),
    "huge pages alone": (
        {"spec.containers.0.resources": {"limits": {"hugepages-2Mi": "4Mi"}}},
        ["spec.containers[0].resources: Forbidden: HugePages require cpu or memory"],
    ),
    "huge pages": (
        {"spec.containers.0.resources": {"limits": {"hugepages-2Mi": "4Mi", "memory": "1Gi"}}},
        [],
    ),
    "a part of a huge page": (
        {"spec.containers.0.resources": {"limits": {"hugepages-2Mi": "3Mi", "cpu": "1"}}},
        [
            (
                'spec.containers[0].resources.limits[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is '
                "not positive integer multiple of hugepages-2Mi"
            ),
            (
                'spec.containers[0].resources.requests[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is '
                "not positive integer multiple of hugepages-2Mi"
            ),
        ],
    ),
    "fewer huge pages than the limit": (
        {
            "spec.containers.0.resources": {
                "limits": {"hugepages-2Mi": "4Mi", "cpu": "1"},
                "requests": {"hugepages-2Mi": "2Mi"},
            }
        },
        [
            (
                'spec.containers[0].resources.requests: Invalid value: "2Mi": must be equal to '
                "hugepages-2Mi limit of 4Mi"
            )
        ],
    ),
    "devices that nobody claimed": (
        {"spec.containers.0.resources": {"claims": [{"name": "gpu"}]}},
        [
            (
                'spec.containers[0].resources.claims[0]: Not found: "gpu": must be one of the names '
                "in pod.spec.resourceClaims which is empty"
            )
        ],
    ),
    "devices": (
        {
            "spec.resourceClaims": [{"name": "gpu", "resourceClaimName": "c"}],
            "spec.containers.0.resources": {"claims": [{"name": "gpu", "request": "one"}]},
        },
        [],
    ),
    "devices among others": (
        {
            "spec.resourceClaims": [
                {"name": "gpu", "resourceClaimName": "c"},
                {"name": "net", "resourceClaimName": "d"},
            ],
            "spec.containers.0.resources": {"claims": [{"name": "fpga"}]},
        },
        [
            (
                'spec.containers[0].resources.claims[0]: Not found: "fpga": must be one of the names '
                "in pod.spec.resourceClaims: gpu, net"
            )
        ],
    ),
    "devices without a name": (
        {"spec.containers.0.resources": {"claims": [{}]}},
        ["spec.containers[0].resources.claims[0]: Required value"],
    ),
    "devices twice": (
        {
            "spec.resourceClaims": [{"name": "gpu", "resourceClaimName": "c"}],
            "spec.containers.0.resources": {"claims": [{"name": "gpu"}, {"name": "gpu"}]},
        },
        ['spec.containers[0].resources.claims[1]: Duplicate value: "gpu"'],
    ),
    "a bad request": (
        {
            "spec.resourceClaims": [{"name": "gpu", "resourceClaimName": "c"}],
            "spec.containers.0.resources": {"claims": [{"name": "gpu", "request": "A"}]},
        },
        [f'spec.containers[0].resources.claims[0].request: Invalid value: "A": {LABEL}'],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), AMOUNTS.values(), ids=AMOUNTS)
def test_resources_of_a_container(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Pod"), changes)) == expected


OTHERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a host's port that is too big": (
        {"spec.containers.0.ports": [{"containerPort": 80, "hostPort": 65536}]},
        [
            (
                "spec.containers[0].ports[0].hostPort: Invalid value: 65536: must be between 1 and "
                "65535, inclusive"
            )
        ],
    ),
    "a host's address that isn't one": (
        {"spec.containers.0.ports": [{"containerPort": 80, "hostPort": 80, "hostIP": "host"}]},
        [
            (
                'spec.containers[0].ports[0].hostIP: Invalid value: "host": must be a valid IP '
                "address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
            )
        ],
    ),
    "a port's name twice": (
        {
            "spec.containers.0.ports": [
                {"containerPort": 80, "name": "web"},
                {"containerPort": 81, "name": "web"},
            ]
        },
        ['spec.containers[0].ports[1].name: Duplicate value: "web"'],
    ),
    "one host port for two protocols": (
        {
            "spec.containers.0.ports": [
                {"containerPort": 80, "hostPort": 80},
                {"containerPort": 80, "hostPort": 80, "protocol": "UDP"},
            ]
        },
        [],
    ),
    "one host port at two addresses": (
        {
            "spec.containers.0.ports": [
                {"containerPort": 80, "hostPort": 80, "hostIP": "10.0.0.1"},
                {"containerPort": 81, "hostPort": 80, "hostIP": "10.0.0.2"},
            ]
        },
        [],
    ),
    "a policy of messages": (
        {"spec.containers.0.terminationMessagePolicy": "Shout"},
        [
            (
                'spec.containers[0].terminationMessagePolicy: Unsupported value: "Shout": supported '
                'values: "File", "FallbackToLogsOnError"'
            )
        ],
    ),
    "a restart policy of a container": (
        {"spec.containers.0.restartPolicy": "Sometimes"},
        [
            (
                'spec.containers[0].restartPolicy: Unsupported value: "Sometimes": supported values: '
                '"Always", "Never", "OnFailure"'
            )
        ],
    ),
    "a restart policy of an init container": (
        {"spec.initContainers": [{"name": "i", "image": "x", "restartPolicy": "Sometimes"}]},
        [
            (
                'spec.initContainers[0].restartPolicy: Unsupported value: "Sometimes": supported '
                'values: "Always", "Never", "OnFailure"'
            )
        ],
    ),
    "resizing of what can't be resized": (
        {"spec.containers.0.resizePolicy": [{"resourceName": "storage", "restartPolicy": "NotRequired"}]},
        [
            (
                'spec.containers[0].resizePolicy: Unsupported value: "storage": supported values: '
                '"cpu", "memory"'
            )
        ],
    ),
    "resizing twice": (
        {
            "spec.containers.0.resizePolicy": [
                {"resourceName": "cpu", "restartPolicy": "NotRequired"},
                {"resourceName": "cpu", "restartPolicy": "RestartContainer"},
            ]
        },
        ['spec.containers[0].resizePolicy[1]: Duplicate value: "cpu"'],
    ),
    "resizing in an odd way": (
        {"spec.containers.0.resizePolicy": [{"resourceName": "cpu", "restartPolicy": "Maybe"}]},
        [
            (
                'spec.containers[0].resizePolicy: Unsupported value: "Maybe": supported values: '
                '"NotRequired", "RestartContainer"'
            )
        ],
    ),
    "resizing in no way": (
        {"spec.containers.0.resizePolicy": [{"resourceName": "cpu"}]},
        ["spec.containers[0].resizePolicy: Required value"],
    ),
    "restarts of what never restarts": (
        {
            "spec.containers.0.resizePolicy": [
                {"resourceName": "memory", "restartPolicy": "RestartContainer"}
            ],
            "spec.restartPolicy": "Never",
        },
        [
            (
                'spec.containers[0].resizePolicy: Invalid value: "RestartContainer": must be '
                "'NotRequired' when `restartPolicy` is 'Never'"
            )
        ],
    ),
    "a probe of nothing": (
        {"spec.containers.0.livenessProbe": {"periodSeconds": 5}},
        ["spec.containers[0].livenessProbe: Required value: must specify a handler type"],
    ),
    "a probe in two ways": (
        {"spec.containers.0.livenessProbe": {"tcpSocket": {"port": 80}, "exec": {"command": ["ls"]}}},
        [("spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type")],
    ),
    "a probe without a command": (
        {"spec.containers.0.startupProbe": {"exec": {}}},
        ["spec.containers[0].startupProbe.exec.command: Required value"],
    ),
    "a probe of a port out of range": (
        {"spec.containers.0.readinessProbe": {"tcpSocket": {"port": 70000}}},
        [
            (
                "spec.containers[0].readinessProbe.tcpSocket.port: Invalid value: 70000: must be "
                "between 1 and 65535, inclusive"
            )
        ],
    ),
    "a probe of a port with a bad name": (
        {"spec.containers.0.readinessProbe": {"grpc": {"port": 0}}},
        [
            (
                "spec.containers[0].readinessProbe.grpc.port: Invalid value: 0: must be between 1 "
                "and 65535, inclusive"
            )
        ],
    ),
    "a probe of a page with odd headers": (
        {
            "spec.containers.0.readinessProbe": {
                "httpGet": {"port": 80, "httpHeaders": [{"name": "X Y", "value": "z"}]}
            }
        },
        [
            (
                'spec.containers[0].readinessProbe.httpGet.httpHeaders: Invalid value: "X Y": a '
                "valid HTTP header must consist of alphanumeric characters or '-' (e.g. "
                "'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"
            )
        ],
    ),
    "a probe of a page in another scheme": (
        {"spec.containers.0.readinessProbe": {"httpGet": {"port": 80, "scheme": "FTP"}}},
        [
            (
                'spec.containers[0].readinessProbe.httpGet.scheme: Unsupported value: "FTP": '
                'supported values: "HTTP", "HTTPS"'
            )
        ],
    ),
    "a probe that is negative": (
        {"spec.containers.0.livenessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": -1}},
        [
            (
                "spec.containers[0].livenessProbe.periodSeconds: Invalid value: -1: must be greater "
                "than or equal to 0"
            )
        ],
    ),
    "a probe with many successes": (
        {"spec.containers.0.livenessProbe": {"tcpSocket": {"port": 80}, "successThreshold": 2}},
        ["spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1"],
    ),
    "a probe with a grace of zero": (
        {"spec.containers.0.livenessProbe": {"tcpSocket": {"port": 80}, "terminationGracePeriodSeconds": 0}},
        [
            (
                "spec.containers[0].livenessProbe.terminationGracePeriodSeconds: Invalid value: 0: "
                "must be greater than 0"
            )
        ],
    ),
    "a readiness probe with a grace": (
        {"spec.containers.0.readinessProbe": {"tcpSocket": {"port": 80}, "terminationGracePeriodSeconds": 5}},
        [
            (
                "spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: "
                "must not be set for readinessProbes"
            )
        ],
    ),
    "a hook of nothing": (
        {"spec.containers.0.lifecycle": {"preStop": {}}},
        ["spec.containers[0].lifecycle.preStop: Required value: must specify a handler type"],
    ),
    "a hook that sleeps too long": (
        {"spec.containers.0.lifecycle": {"preStop": {"sleep": {"seconds": 31}}}},
        [
            (
                "spec.containers[0].lifecycle.preStop.sleep: Invalid value: 31: must be non-negative "
                "and less than terminationGracePeriodSeconds (30)"
            )
        ],
    ),
    "a hook that sleeps": ({"spec.containers.0.lifecycle": {"postStart": {"sleep": {"seconds": 30}}}}, []),
}


@pytest.mark.parametrize(("changes", "expected"), OTHERS.values(), ids=OTHERS)
def test_the_rest_of_a_container(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Pod"), changes)) == expected
