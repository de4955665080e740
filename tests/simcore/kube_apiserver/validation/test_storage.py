"""Claims, volumes and storage classes."""

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import (
    UNSET,
    created,
    edited,
    faults,
    minimal,
    strategy_of,
    update_faults,
)

MODES = 'supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"'


def topologies(*terms: list[dict[str, Any]]) -> dict[str, Any]:
    return {"allowedTopologies": [{"matchLabelExpressions": term} for term in terms]}


CASES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "no access mode": (
        "PersistentVolumeClaim",
        {"spec__accessModes": []},
        ["spec.accessModes: Required value: at least 1 access mode is required"],
    ),
    "an unknown access mode": (
        "PersistentVolumeClaim",
        {"spec__accessModes": ["ReadSometimes"]},
        [f'spec.accessModes: Unsupported value: "ReadSometimes": {MODES}'],
    ),
    "one pod and others": (
        "PersistentVolumeClaim",
        {"spec__accessModes": ["ReadWriteOncePod", "ReadWriteOnce"]},
        ["spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes"],
    ),
    "no size": (
        "PersistentVolumeClaim",
        {"spec__resources": {}},
        ["spec.resources[storage]: Required value"],
    ),
    "a size of zero": (
        "PersistentVolumeClaim",
        {"spec__resources__requests__storage": "0"},
        ['spec.resources[storage]: Invalid value: "0": must be greater than zero'],
    ),
    "an unknown mode": (
        "PersistentVolumeClaim",
        {"spec__volumeMode": "Tape"},
        ['spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"'],
    ),
    "data of nothing": (
        "PersistentVolumeClaim",
        {"spec__dataSourceRef": {"kind": "Pod"}},
        [
            f"spec.{field}{fault}"
            for field in ("dataSource", "dataSourceRef")
            for fault in (
                ".name: Required value",
                ": Invalid value: \"Pod\": must be 'PersistentVolumeClaim' when referencing the default apiGroup",
            )
        ],
    ),
    "two sources": (
        "PersistentVolumeClaim",
        {
            "spec__dataSource": {"kind": "PersistentVolumeClaim", "name": "a"},
            "spec__dataSourceRef": {"kind": "PersistentVolumeClaim", "name": "b", "namespace": "c"},
        },
        ["spec: Invalid value: {}: must match dataSourceRef"],
    ),
    "a volume without capacity": (
        "PersistentVolume",
        {"spec__capacity": UNSET},
        [
            "spec.capacity: Required value",
            'spec.capacity: Unsupported value: null: supported values: "storage"',
        ],
    ),
    "a volume of nothing": (
        "PersistentVolume",
        {"spec__hostPath": UNSET},
        ["spec: Required value: must specify a volume type"],
    ),
    "a volume of two things": (
        "PersistentVolume",
        {"spec__nfs": {"server": "s", "path": "/x"}},
        ["spec.nfs: Forbidden: may not specify more than 1 volume type"],
    ),
    "a local volume that is everywhere": (
        "PersistentVolume",
        {"spec__hostPath": UNSET, "spec__local": {"path": "/x"}},
        ["spec.nodeAffinity: Required value: Local volume requires node affinity"],
    ),
    "recycling the whole host": (
        "PersistentVolume",
        {"spec__hostPath__path": "/", "spec__persistentVolumeReclaimPolicy": "Recycle"},
        ["spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'"],
    ),
    "an unknown end of a volume": (
        "PersistentVolume",
        {"spec__persistentVolumeReclaimPolicy": "Burn"},
        [
            'spec.persistentVolumeReclaimPolicy: Unsupported value: "Burn": supported values: "Delete", "Recycle", '
            '"Retain"'
        ],
    ),
    "a driver's volume without handle": (
        "PersistentVolume",
        {"spec__hostPath": UNSET, "spec__csi": {"driver": "example.com"}},
        ["spec.csi.volumeHandle: Required value"],
    ),
    "a class that nobody provisions": ("StorageClass", {"provisioner": ""}, ["provisioner: Required value"]),
    "topologies without values": (
        "StorageClass",
        topologies([{"key": "zone", "values": []}]),
        ["allowedTopologies[0].matchLabelExpressions[0].values: Required value"],
    ),
    "topologies that repeat themselves": (
        "StorageClass",
        topologies([{"key": "zone", "values": ["a", "a"]}, {"key": "zone", "values": ["b"]}]),
        [
            'allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: "a"',
            'allowedTopologies[0].matchLabelExpressions[1].key: Duplicate value: "zone"',
        ],
    ),
    "two topologies alike": (
        "StorageClass",
        topologies([{"key": "zone", "values": ["a", "b"]}], [{"key": "zone", "values": ["b", "a"]}]),
        ['allowedTopologies[1].matchLabelExpressions: Duplicate value: ""'],
    ),
    "a topology of anything": (
        "StorageClass",
        topologies([]),
        ['allowedTopologies[0].matchLabelExpressions: Duplicate value: ""'],
    ),
    "an unknown time to bind": (
        "StorageClass",
        {"volumeBindingMode": "Later"},
        [
            'volumeBindingMode: Unsupported value: "Later": supported values: "Immediate", "WaitForFirstConsumer"'
        ],
    ),
}


@pytest.mark.parametrize(("kind", "changes", "told"), CASES.values(), ids=CASES)
def test_storage_is_refused_for(kind: str, changes: dict[str, Any], told: list[str]) -> None:
    assert faults(minimal(kind, **changes)) == told


def test_an_old_source_of_data_is_a_claim_or_a_snapshot_and_is_written_both_ways() -> None:
    source = {"kind": "PersistentVolumeClaim", "name": "a"}
    spec = created(minimal("PersistentVolumeClaim", spec__dataSource=source))["spec"]
    assert (spec["dataSource"], spec["dataSourceRef"]) == (source, source)
    spec = created(minimal("PersistentVolumeClaim", spec__dataSource={"kind": "Pod", "name": "a"}))["spec"]
    assert "dataSource" not in spec
    assert "dataSourceRef" not in spec


def bound_claim(size: str) -> dict[str, Any]:
    claim = created(minimal("PersistentVolumeClaim", spec__resources__requests__storage=size))
    return edited(
        claim, {"spec.volumeName": "pv", "status": {"phase": "Bound", "capacity": {"storage": "2Gi"}}}
    )


def claim_faults(old: dict[str, Any], changes: dict[str, Any]) -> list[str]:
    told = strategy_of(old).validate_update(edited(old, changes), old)
    return [f"{fault.path}: {fault.message}" for fault in told]


def test_a_bound_claim_may_grow() -> None:
    assert claim_faults(bound_claim("2Gi"), {"spec.resources.requests.storage": "3Gi"}) == []


def test_a_claim_may_not_shrink_below_what_it_has() -> None:
    assert claim_faults(bound_claim("3Gi"), {"spec.resources.requests.storage": "1Gi"}) == [
        "spec.resources.requests.storage: Forbidden: field can not be less than status.capacity"
    ]


def test_an_unbound_claim_changes_nothing_but_its_volume() -> None:
    claim = created(minimal("PersistentVolumeClaim"))
    assert claim_faults(claim, {"spec.volumeName": "pv"}) == []
    assert claim_faults(claim, {"spec.resources.requests.storage": "3Gi"}) == [
        "spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for "
        "bound claims\n"
    ]


def test_a_volume_keeps_its_source() -> None:
    assert update_faults(minimal("PersistentVolume"), {"spec.hostPath.path": "/y"}) == [
        "spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation\n"
    ]
    assert update_faults(minimal("PersistentVolume"), {"spec.capacity.storage": "2Gi"}) == []


def test_a_class_keeps_its_provisioner_and_its_time_to_bind() -> None:
    changes = {"provisioner": "example.com/q", "volumeBindingMode": "WaitForFirstConsumer"}
    assert update_faults(minimal("StorageClass"), changes) == [
        "provisioner: Forbidden: updates to provisioner are forbidden.",
        'volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable',
    ]
