"""What volumes, claims and classes of storage may say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import SUBDOMAIN, UNSET, edited, faults, minimal, update_faults

PERSISTENT: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": ({"spec.hostPath": UNSET}, ["spec: Required value: must specify a volume type"]),
    "two things": (
        {"spec.nfs": {"server": "s", "path": "/"}},
        ["spec.nfs: Forbidden: may not specify more than 1 volume type"],
    ),
    "no modes": ({"spec.accessModes": []}, ["spec.accessModes: Required value"]),
    "an unknown mode": (
        {"spec.accessModes": ["Sometimes"]},
        [
            (
                'spec.accessModes: Unsupported value: "Sometimes": supported values: "ReadOnlyMany", '
                '"ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"'
            )
        ],
    ),
    "one pod and others": (
        {"spec.accessModes": ["ReadWriteOncePod", "ReadOnlyMany"]},
        ["spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes"],
    ),
    "no capacity": (
        {"spec.capacity": {}},
        [
            "spec.capacity: Required value",
            'spec.capacity: Unsupported value: {}: supported values: "storage"',
        ],
    ),
    "a capacity of nothing": (
        {"spec.capacity": {"storage": "0"}},
        ['spec.capacity[storage]: Invalid value: "0": must be greater than zero'],
    ),
    "a capacity of processors": (
        {"spec.capacity": {"cpu": "1"}},
        ['spec.capacity: Unsupported value: {"cpu":"1"}: supported values: "storage"'],
    ),
    "an unknown end": (
        {"spec.persistentVolumeReclaimPolicy": "Burn"},
        [
            (
                'spec.persistentVolumeReclaimPolicy: Unsupported value: "Burn": supported values: '
                '"Delete", "Recycle", "Retain"'
            )
        ],
    ),
    "the whole host recycled": (
        {"spec.persistentVolumeReclaimPolicy": "Recycle", "spec.hostPath": {"path": "/"}},
        [("spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'")],
    ),
    "a place without constraints": (
        {"spec.nodeAffinity": {}},
        ["spec.nodeAffinity.required: Required value: must specify required node constraints"],
    ),
    "a place without terms": (
        {"spec.nodeAffinity": {"required": {"nodeSelectorTerms": []}}},
        [
            (
                "spec.nodeAffinity.required.nodeSelectorTerms: Required value: must have at least "
                "one node selector term"
            )
        ],
    ),
    "a local disk anywhere": (
        {"spec.hostPath": UNSET, "spec.local": {"path": "/d"}},
        ["spec.nodeAffinity: Required value: Local volume requires node affinity"],
    ),
    "a local disk nowhere": (
        {
            "spec.hostPath": UNSET,
            "spec.local": {},
            "spec.nodeAffinity": {
                "required": {
                    "nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "Exists"}]}]
                }
            },
        },
        ["spec.local.path: Required value"],
    ),
    "a driver without a handle": (
        {"spec.hostPath": UNSET, "spec.csi": {"driver": "d"}},
        ["spec.csi.volumeHandle: Required value"],
    ),
    "a class in capitals": (
        {"spec.storageClassName": "A"},
        [f'spec.storageClassName: Invalid value: "A": {SUBDOMAIN}'],
    ),
    "an unknown form": (
        {"spec.volumeMode": "Tape"},
        ['spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"'],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), PERSISTENT.values(), ids=PERSISTENT)
def test_what_a_volume_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("PersistentVolume"), changes)) == expected


PERSISTENT_CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "another source": (
        {"spec.hostPath": UNSET, "spec.nfs": {"server": "s", "path": "/"}},
        [
            (
                "spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable "
                "after creation\n"
            )
        ],
    ),
    "another form": (
        {"spec.volumeMode": "Block"},
        ['volumeMode: Invalid value: "Block": field is immutable'],
    ),
    "more capacity": ({"spec.capacity": {"storage": "2Gi"}}, []),
    "another end": ({"spec.persistentVolumeReclaimPolicy": "Delete"}, []),
}


@pytest.mark.parametrize(("changes", "expected"), PERSISTENT_CHANGES.values(), ids=PERSISTENT_CHANGES)
def test_what_may_change_in_a_volume(changes: dict[str, Any], expected: list[str]) -> None:
    assert update_faults(minimal("PersistentVolume"), changes) == expected


CLAIMS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no modes": (
        {"spec.accessModes": []},
        ["spec.accessModes: Required value: at least 1 access mode is required"],
    ),
    "an unknown mode": (
        {"spec.accessModes": ["Sometimes"]},
        [
            (
                'spec.accessModes: Unsupported value: "Sometimes": supported values: "ReadOnlyMany", '
                '"ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"'
            )
        ],
    ),
    "one pod and others": (
        {"spec.accessModes": ["ReadWriteOncePod", "ReadOnlyMany"]},
        ["spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes"],
    ),
    "no storage": ({"spec.resources": {}}, ["spec.resources[storage]: Required value"]),
    "storage of nothing": (
        {"spec.resources": {"requests": {"storage": "0"}}},
        ['spec.resources[storage]: Invalid value: "0": must be greater than zero'],
    ),
    "a class in capitals": (
        {"spec.storageClassName": "A"},
        [f'spec.storageClassName: Invalid value: "A": {SUBDOMAIN}'],
    ),
    "attributes in capitals": (
        {"spec.volumeAttributesClassName": "A"},
        [f'spec.volumeAttributesClassName: Invalid value: "A": {SUBDOMAIN}'],
    ),
    "an unknown form": (
        {"spec.volumeMode": "Tape"},
        ['spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"'],
    ),
    "a bad selector": (
        {"spec.selector": {"matchLabels": {"a b": "c"}}},
        [
            (
                'spec.selector.matchLabels: Invalid value: "a b": name part must consist of '
                "alphanumeric characters, '-', '_' or '.', and must start and end with an "
                "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
                "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            )
        ],
    ),
    "a source without name and kind": ({"spec.dataSource": {}}, []),
    "a source of another kind": ({"spec.dataSource": {"kind": "Snapshot", "name": "s"}}, []),
    "a source": (
        {
            "spec.dataSourceRef": {
                "apiGroup": "snapshot.storage.k8s.io",
                "kind": "VolumeSnapshot",
                "name": "s",
            }
        },
        [],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), CLAIMS.values(), ids=CLAIMS)
def test_what_a_claim_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("PersistentVolumeClaim"), changes)) == expected


CLAIM_CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "more storage": (
        {"spec.resources": {"requests": {"storage": "2Gi"}}},
        [
            (
                "spec: Forbidden: spec is immutable after creation except resources.requests and "
                "volumeAttributesClassName for bound claims\n"
            )
        ],
    ),
    "a volume": ({"spec.volumeName": "pv"}, []),
    "another class": (
        {"spec.storageClassName": "other"},
        [
            (
                "spec: Forbidden: spec is immutable after creation except resources.requests and "
                "volumeAttributesClassName for bound claims\n"
            )
        ],
    ),
    "other modes": (
        {"spec.accessModes": ["ReadOnlyMany"]},
        [
            (
                "spec: Forbidden: spec is immutable after creation except resources.requests and "
                "volumeAttributesClassName for bound claims\n"
            )
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), CLAIM_CHANGES.values(), ids=CLAIM_CHANGES)
def test_what_may_change_in_a_claim(changes: dict[str, Any], expected: list[str]) -> None:
    assert update_faults(minimal("PersistentVolumeClaim", spec__storageClassName="fast"), changes) == expected


STORAGE_CLASSES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nobody who makes volumes": ({"provisioner": ""}, ["provisioner: Required value"]),
    "somebody odd": (
        {"provisioner": "a b"},
        [
            (
                'provisioner: Invalid value: "a b": name part must consist of alphanumeric '
                "characters, '-', '_' or '.', and must start and end with an alphanumeric character "
                "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
                "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            )
        ],
    ),
    "a parameter without a name": (
        {"parameters": {"": "x"}},
        ['parameters: Invalid value: "": field can not be empty.'],
    ),
    "an unknown end": (
        {"reclaimPolicy": "Recycle"},
        ['reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"'],
    ),
    "an unknown moment": (
        {"volumeBindingMode": "Later"},
        [
            (
                'volumeBindingMode: Unsupported value: "Later": supported values: "Immediate", '
                '"WaitForFirstConsumer"'
            )
        ],
    ),
    "a place without values": (
        {"allowedTopologies": [{"matchLabelExpressions": [{"key": "zone", "values": []}]}]},
        ["allowedTopologies[0].matchLabelExpressions[0].values: Required value"],
    ),
    "a place twice": (
        {
            "allowedTopologies": [
                {
                    "matchLabelExpressions": [
                        {"key": "zone", "values": ["a", "a"]},
                        {"key": "zone", "values": ["b"]},
                    ]
                }
            ]
        },
        [
            'allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: "a"',
            'allowedTopologies[0].matchLabelExpressions[1].key: Duplicate value: "zone"',
        ],
    ),
    "a place with a bad key": (
        {"allowedTopologies": [{"matchLabelExpressions": [{"key": "a b", "values": ["a"]}]}]},
        [
            (
                'allowedTopologies[0].matchLabelExpressions[0].key: Invalid value: "a b": name part '
                "must consist of alphanumeric characters, '-', '_' or '.', and must start and end "
                "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex "
                "used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            )
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), STORAGE_CLASSES.values(), ids=STORAGE_CLASSES)
def test_what_a_class_of_storage_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("StorageClass"), changes)) == expected


STORAGE_CLASS_CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "another maker": (
        {"provisioner": "example.com/q"},
        ["provisioner: Forbidden: updates to provisioner are forbidden."],
    ),
    "other parameters": (
        {"parameters": {"a": "b"}},
        ["parameters: Forbidden: updates to parameters are forbidden."],
    ),
    "another end": (
        {"reclaimPolicy": "Retain"},
        ["reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden."],
    ),
    "another moment": (
        {"volumeBindingMode": "WaitForFirstConsumer"},
        ['volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable'],
    ),
    "growth": ({"allowVolumeExpansion": True}, []),
}


@pytest.mark.parametrize(("changes", "expected"), STORAGE_CLASS_CHANGES.values(), ids=STORAGE_CLASS_CHANGES)
def test_what_may_change_in_a_class_of_storage(changes: dict[str, Any], expected: list[str]) -> None:
    assert update_faults(minimal("StorageClass"), changes) == expected
