"""What a pod's volumes are made of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import edited, faults, minimal

VOLUMES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": ({"spec.volumes": [{"name": "v"}]}, []),
    "two things": (
        {"spec.volumes": [{"name": "v", "emptyDir": {}, "hostPath": {"path": "/x"}}]},
        ["spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type"],
    ),
    "less than nothing": (
        {"spec.volumes": [{"name": "v", "emptyDir": {"sizeLimit": "-1"}}]},
        [
            (
                "spec.volumes[0].emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid "
                "resource quantity"
            )
        ],
    ),
    "the host": (
        {"spec.volumes": [{"name": "v", "hostPath": {}}]},
        ["spec.volumes[0].hostPath.path: Required value"],
    ),
    "the host, steps back": (
        {"spec.volumes": [{"name": "v", "hostPath": {"path": "/a/../b"}}]},
        ["spec.volumes[0].hostPath.path: Invalid value: \"/a/../b\": must not contain '..'"],
    ),
    "the host, of an unknown type": (
        {"spec.volumes": [{"name": "v", "hostPath": {"path": "/a", "type": "Door"}}]},
        [
            (
                'spec.volumes[0].hostPath.type: Unsupported value: "Door": supported values: "", '
                '"BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", '
                '"FileOrCreate", "Socket"'
            )
        ],
    ),
    "a repository outside": (
        {"spec.volumes": [{"name": "v", "gitRepo": {"repository": "r", "directory": "../x"}}]},
        ["spec.volumes[0].gitRepo.directory: Invalid value: \"../x\": must not contain '..'"],
    ),
    "a secret without a name": (
        {"spec.volumes": [{"name": "v", "secret": {}}]},
        ["spec.volumes[0].secret.secretName: Required value"],
    ),
    "files that nobody may read": (
        {"spec.volumes": [{"name": "v", "configMap": {"name": "c", "defaultMode": 512}}]},
        [
            (
                "spec.volumes[0].configMap.defaultMode: Invalid value: 512: must be a number between "
                "0 and 0777 (octal), both inclusive"
            )
        ],
    ),
    "a file without a key": (
        {"spec.volumes": [{"name": "v", "configMap": {"name": "c", "items": [{"path": "p"}]}}]},
        ["spec.volumes[0].configMap.items[0].key: Required value"],
    ),
    "a file in a bad place": (
        {"spec.volumes": [{"name": "v", "configMap": {"name": "c", "items": [{"key": "k", "path": "/p"}]}}]},
        ['spec.volumes[0].configMap.items[0].path: Invalid value: "/p": must be a relative path'],
    ),
    "a file in a reserved place": (
        {"spec.volumes": [{"name": "v", "configMap": {"name": "c", "items": [{"key": "k", "path": "..p"}]}}]},
        ["spec.volumes[0].configMap.items[0].path: Invalid value: \"..p\": must not start with '..'"],
    ),
    "a file nobody may read": (
        {
            "spec.volumes": [
                {"name": "v", "secret": {"secretName": "s", "items": [{"key": "k", "path": "p", "mode": -1}]}}
            ]
        },
        [
            (
                "spec.volumes[0].secret.items[0].mode: Invalid value: -1: must be a number between 0 "
                "and 0777 (octal), both inclusive"
            )
        ],
    ),
    "a share without a server": (
        {"spec.volumes": [{"name": "v", "nfs": {"path": "x"}}]},
        [
            "spec.volumes[0].nfs.server: Required value",
            'spec.volumes[0].nfs.path: Invalid value: "x": must be an absolute path',
        ],
    ),
    "a target with a bad name": (
        {"spec.volumes": [{"name": "v", "iscsi": {"targetPortal": "p", "iqn": "xyz", "lun": 1}}]},
        [
            (
                'spec.volumes[0].iscsi.iqn: Invalid value: "xyz": must be valid format starting with '
                "iqn, eui, or naa"
            )
        ],
    ),
    "a target with an odd name": (
        {"spec.volumes": [{"name": "v", "iscsi": {"targetPortal": "p", "iqn": "iqn.x", "lun": 256}}]},
        [
            'spec.volumes[0].iscsi.iqn: Invalid value: "iqn.x": must be valid format',
            "spec.volumes[0].iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive",
        ],
    ),
    "a target with passwords nobody gave": (
        {
            "spec.volumes": [
                {
                    "name": "v",
                    "iscsi": {
                        "targetPortal": "p",
                        "iqn": "iqn.2001-04.com.example:storage.x",
                        "chapAuthSession": True,
                    },
                }
            ]
        },
        ["spec.volumes[0].iscsi.secretRef: Required value"],
    ),
    "a claim without a name": (
        {"spec.volumes": [{"name": "v", "persistentVolumeClaim": {}}]},
        ["spec.volumes[0].persistentVolumeClaim.claimName: Required value"],
    ),
    "a pod's file about nothing": (
        {"spec.volumes": [{"name": "v", "downwardAPI": {"items": [{"path": "p"}]}}]},
        [("spec.volumes[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required")],
    ),
    "a pod's file about two things": (
        {
            "spec.volumes": [
                {
                    "name": "v",
                    "downwardAPI": {
                        "items": [
                            {
                                "path": "p",
                                "fieldRef": {"fieldPath": "metadata.name", "apiVersion": "v1"},
                                "resourceFieldRef": {"resource": "limits.cpu", "containerName": "c"},
                            }
                        ]
                    },
                }
            ]
        },
        [
            (
                'spec.volumes[0].downwardAPI: Invalid value: "resource": fieldRef and '
                "resourceFieldRef can not be specified simultaneously"
            )
        ],
    ),
    "a pod's file about no container": (
        {
            "spec.volumes": [
                {
                    "name": "v",
                    "downwardAPI": {"items": [{"path": "p", "resourceFieldRef": {"resource": "limits.cpu"}}]},
                }
            ]
        },
        ["spec.volumes[0].downwardAPI.resourceFieldRef.containerName: Required value"],
    ),
    "a pod's file about what files can't show": (
        {
            "spec.volumes": [
                {
                    "name": "v",
                    "downwardAPI": {
                        "items": [
                            {"path": "p", "fieldRef": {"fieldPath": "status.podIP", "apiVersion": "v1"}}
                        ]
                    },
                }
            ]
        },
        [
            (
                'spec.volumes[0].downwardAPI.fieldRef.fieldPath: Unsupported value: "status.podIP": '
                'supported values: "metadata.annotations", "metadata.labels", "metadata.name", '
                '"metadata.namespace", "metadata.uid"'
            )
        ],
    ),
    "two kinds of files from one source": (
        {
            "spec.volumes": [
                {
                    "name": "v",
                    "projected": {"sources": [{"secret": {"name": "s"}, "configMap": {"name": "c"}}]},
                }
            ]
        },
        [
            (
                "spec.volumes[0].projected.sources[0]: Forbidden: may not specify more than 1 volume "
                "type per source"
            )
        ],
    ),
    "files in one place": (
        {
            "spec.volumes": [
                {
                    "name": "v",
                    "projected": {
                        "sources": [
                            {"secret": {"name": "s", "items": [{"key": "k", "path": "p"}]}},
                            {"configMap": {"name": "c", "items": [{"key": "k", "path": "p"}]}},
                        ]
                    },
                }
            ]
        },
        ['spec.volumes[0].projected: Invalid value: "c": conflicting duplicate paths'],
    ),
    "a token for a minute": (
        {
            "spec.serviceAccountName": "a",
            "spec.volumes": [
                {
                    "name": "v",
                    "projected": {
                        "sources": [{"serviceAccountToken": {"path": "t", "expirationSeconds": 60}}]
                    },
                }
            ],
        },
        [
            (
                "spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid "
                "value: 60: may not specify a duration less than 10 minutes"
            )
        ],
    ),
    "a token for ever": (
        {
            "spec.serviceAccountName": "a",
            "spec.volumes": [
                {
                    "name": "v",
                    "projected": {
                        "sources": [{"serviceAccountToken": {"path": "t", "expirationSeconds": 8589934592}}]
                    },
                }
            ],
        },
        [
            (
                "spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid "
                "value: 8589934592: may not specify a duration larger than 2^32 seconds"
            )
        ],
    ),
    "a token nowhere": (
        {
            "spec.serviceAccountName": "a",
            "spec.volumes": [{"name": "v", "projected": {"sources": [{"serviceAccountToken": {}}]}}],
        },
        ["spec.volumes[0].projected.path: Required value"],
    ),
    "a driver whose name is too long": (
        {"spec.volumes": [{"name": "v", "csi": {"driver": "d" * 64}}]},
        ["spec.volumes[0].csi.driver: Too long: may not be more than 63 bytes"],
    ),
    "a driver with nobody's secret": (
        {"spec.volumes": [{"name": "v", "csi": {"driver": "d", "nodePublishSecretRef": {}}}]},
        ["spec.volumes[0].csi.nodePublishSecretRef.name: Required value"],
    ),
    "a claim of its own without a template": (
        {"spec.volumes": [{"name": "v", "ephemeral": {}}]},
        ["spec.volumes[0].ephemeral.volumeClaimTemplate: Required value"],
    ),
    "a claim of its own without modes": (
        {
            "spec.volumes": [
                {
                    "name": "v",
                    "ephemeral": {
                        "volumeClaimTemplate": {"spec": {"resources": {"requests": {"storage": "1Gi"}}}}
                    },
                }
            ]
        },
        [
            (
                "spec.volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes: Required value: at "
                "least 1 access mode is required"
            )
        ],
    ),
    "an image nobody knows": (
        {"spec.volumes": [{"name": "v", "image": {"pullPolicy": "Sometimes"}}]},
        [
            "spec.volumes[0].image.reference: Required value",
            (
                'spec.volumes[0].image.pullPolicy: Unsupported value: "Sometimes": supported values: '
                '"Always", "IfNotPresent", "Never"'
            ),
        ],
    ),
    "glusterfs": (
        {"spec.volumes": [{"name": "v", "glusterfs": {}}]},
        [
            "spec.volumes[0].glusterfs.endpoints: Required value",
            "spec.volumes[0].glusterfs.path: Required value",
        ],
    ),
    "a block device": (
        {"spec.volumes": [{"name": "v", "rbd": {}}]},
        ["spec.volumes[0].rbd.monitors: Required value", "spec.volumes[0].rbd.image: Required value"],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), VOLUMES.values(), ids=VOLUMES)
def test_what_volumes_are_made_of(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Pod"), changes)) == expected
