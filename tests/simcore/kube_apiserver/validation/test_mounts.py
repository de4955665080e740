"""Where containers have their volumes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import edited, faults, minimal

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
