"""Volumes on the network and in clouds, as pods and PersistentVolumes name them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import LABEL, SUBDOMAIN, UNSET, faults, minimal, update_faults

V = "spec.volumes[0]"
_NEEDED = {
    "glusterfs": ("endpoints", "path"),
    "rbd": ("monitors", "image"),
    "cinder": ("volumeID",),
    "cephfs": ("monitors",),
    "vsphereVolume": ("volumePath",),
    "photonPersistentDisk": ("pdID",),
    "portworxVolume": ("volumeID",),
    "azureFile": ("secretName", "shareName"),
    "scaleIO": ("gateway", "system", "volumeName"),
    "storageos": ("volumeName",),
    "awsElasticBlockStore": ("volumeID",),
    "flexVolume": ("driver",),
}


@pytest.mark.parametrize("source", sorted(_NEEDED))
def test_what_each_type_needs(source: str) -> None:
    told = faults(minimal("Pod", spec__volumes=[{"name": "v", source: {}}]))
    assert told == [f"{V}.{source}.{field}: Required value" for field in _NEEDED[source]]


HOSTS = "must be a host:port pair or multiple pairs separated by commas"
ISCSI = {"targetPortal": "192.0.2.1:3260", "iqn": "iqn.2001-04.com.example:disk", "lun": 0}
CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a partition too far": (
        {"gcePersistentDisk": {"pdName": "d", "partition": 256}},
        [f"{V}.persistentDisk.partition: Invalid value: 256: must be between 1 and 255, inclusive"],
    ),
    "a disk without a name": ({"gcePersistentDisk": {}}, [f"{V}.persistentDisk.pdName: Required value"]),
    "a name that is none of iSCSI's": (
        {"iscsi": ISCSI | {"iqn": "disk"}},
        [f'{V}.iscsi.iqn: Invalid value: "disk": must be valid format starting with iqn, eui, or naa'],
    ),
    "a name without its end": (
        {"iscsi": ISCSI | {"iqn": "iqn.2001-04.com.example"}},
        [f'{V}.iscsi.iqn: Invalid value: "iqn.2001-04.com.example": must be valid format'],
    ),
    "an initiator without a form": (
        {"iscsi": ISCSI | {"initiatorName": "naa.1"}},
        [f'{V}.iscsi.initiatorname: Invalid value: "naa.1": must be valid format'],
    ),
    "a login without a secret": (
        {"iscsi": ISCSI | {"lun": 256, "chapAuthSession": True}},
        [
            f"{V}.iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive",
            f"{V}.iscsi.secretRef: Required value",
        ],
    ),
    "a channel to nowhere": (
        {"fc": {}},
        [f"{V}.fc.targetWWNs: Required value: must specify either targetWWNs or wwids, but not both"],
    ),
    "a channel to two things": (
        {"fc": {"targetWWNs": ["a"], "wwids": ["b"]}},
        [
            f'{V}.fc.targetWWNs: Invalid value: ["a"]: targetWWNs and wwids can not be specified simultaneously',
            f"{V}.fc.lun: Required value: lun is required if targetWWNs is specified",
        ],
    ),
    "a channel with a number too far": (
        {"fc": {"targetWWNs": ["a"], "lun": 300}},
        [f"{V}.fc.lun: Invalid value: 300: must be between 0 and 255, inclusive"],
    ),
    "no data set": (
        {"flocker": {}},
        [f"{V}.flocker: Required value: one of datasetName and datasetUUID is required"],
    ),
    "two data sets": (
        {"flocker": {"datasetName": "a/b", "datasetUUID": "u"}},
        [
            f'{V}.flocker: Invalid value: "resource": datasetName and datasetUUID can not be specified '
            "simultaneously",
            f"{V}.flocker.datasetName: Invalid value: \"a/b\": must not contain '/'",
        ],
    ),
    "no registry": (
        {"quobyte": {}},
        [f"{V}.quobyte.registry: Required value: {HOSTS}", f"{V}.quobyte.volume: Required value"],
    ),
    "a registry without a port": (
        {"quobyte": {"registry": "a:1,b", "volume": "v"}},
        [f'{V}.quobyte.registry: Invalid value: "a:1,b": {HOSTS}'],
    ),
    "a long tenant": (
        {"quobyte": {"registry": "a:1", "volume": "v", "tenant": "t" * 65}},
        [
            f"{V}.quobyte.tenant: Required value: must be a UUID and may not exceed a length of 64 characters",
        ],
    ),
    "reserved options": (
        {"flexVolume": {"driver": "d", "options": {"kubernetes.io/fsType": "x", "own": "y"}}},
        [
            f'{V}.flexVolume.options[kubernetes.io/fsType]: Invalid value: "kubernetes.io/fsType": '
            "kubernetes.io and k8s.io namespaces are reserved"
        ],
    ),
    "an unknown kind of disk": (
        {"azureDisk": {"diskName": "d", "diskURI": "u", "kind": "Managed", "cachingMode": "All"}},
        [
            f'{V}.azureDisk.cachingMode: Unsupported value: "All": supported values: "None", "ReadOnly", '
            '"ReadWrite"',
            f'{V}.azureDisk.diskURI: Unsupported value: "u": supported values: "/subscriptions/{{sub-id}}/'
            'resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"',
        ],
    ),
    "a volume's name": (
        {"storageos": {"volumeName": "Bad_Name", "secretRef": {}}},
        [
            f'{V}.storageos.volumeName: Invalid value: "Bad_Name": {LABEL}',
            f"{V}.storageos.secretRef.name: Required value",
        ],
    ),
    "a driver without a name": (
        {"csi": {"driver": ""}},
        [f"{V}.csi.driver: Required value", f'{V}.csi.driver: Invalid value: "": {SUBDOMAIN}'],
    ),
    "a driver's secret": (
        {"csi": {"driver": "example.com", "nodePublishSecretRef": {"name": "Bad_Name"}}},
        [f'{V}.csi.name: Invalid value: "Bad_Name": {SUBDOMAIN}'],
    ),
    "two clouds": (
        {"emptyDir": {}, "cephfs": {}, "downwardAPI": {}},
        [
            f"{V}.cephFS: Forbidden: may not specify more than 1 volume type",
            f"{V}.downwarAPI: Forbidden: may not specify more than 1 volume type",
        ],
    ),
    "a token without a path": (
        {"projected": {"sources": [{"serviceAccountToken": {}}]}},
        [
            f"{V}.projected.path: Required value",
            f"{V}.projected.sources[0].serviceAccountToken: Forbidden: must not be specified when "
            "serviceAccountName is not set",
        ],
    ),
    "a named template": (
        {
            "ephemeral": {
                "volumeClaimTemplate": {
                    "metadata": {"name": "mine", "labels": {"a": "b"}},
                    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
                }
            }
        },
        [f"{V}.ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set"],
    ),
}


@pytest.mark.parametrize(("source", "told"), CASES.values(), ids=CASES)
def test_a_pods_volume_is_refused_for(source: dict[str, Any], told: list[str]) -> None:
    assert faults(minimal("Pod", spec__volumes=[{"name": "v", **source}])) == told


VOLUMES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a start that is unknown": (
        {"iscsi": ISCSI | {"iqn": "disk"}},
        ['spec.iscsi.iqn: Invalid value: "disk": must be valid format'],
    ),
    "secrets without a place": (
        {"cinder": {"volumeID": "v", "secretRef": {}}},
        ["spec.cinder.secretRef.name: Required value", "spec.cinder.secretRef.namespace: Required value"],
    ),
    "endpoints of nobody": (
        {"glusterfs": {"endpoints": "e", "path": "p", "endpointsNamespace": ""}},
        [
            'spec.glusterfs.endpointsNamespace: Invalid value: "": if the endpointnamespace is set, it must be a '
            "valid namespace name"
        ],
    ),
    "a share's secret nowhere": (
        {"azureFile": {"secretName": "s", "shareName": "t", "secretNamespace": ""}},
        ["spec.azureFile.secretNamespace: Required value"],
    ),
    "a driver's secret": (
        {"csi": {"driver": "example.com", "volumeHandle": "h", "nodeExpandSecretRef": {"name": "Bad_Name"}}},
        [
            f'spec.csi.nodeExpandSecretRef.name: Invalid value: "Bad_Name": {SUBDOMAIN}',
            "spec.csi.nodeExpandSecretRef.namespace: Required value",
        ],
    ),
    "a folder without a node": (
        {"local": {"path": "/a/../b"}},
        [
            "spec.local.path: Invalid value: \"/a/../b\": must not contain '..'",
            "spec.nodeAffinity: Required value: Local volume requires node affinity",
        ],
    ),
    "attributes without a driver": (
        {"hostPath": {"path": "/x"}, "volumeAttributesClassName": ""},
        [
            "spec.volumeAttributesClassName: Required value: an empty string is disallowed",
            "spec.csi: Required value: has to be specified when using volumeAttributesClassName",
        ],
    ),
    "less than nothing": (
        {"hostPath": {"path": "/x"}, "capacity": {"storage": "-1Gi"}},
        [
            "spec.capacity[storage]: Invalid value: -1073741824: must be a valid resource quantity",
            'spec.capacity[storage]: Invalid value: "-1Gi": must be greater than zero',
        ],
    ),
}


@pytest.mark.parametrize(("changes", "told"), VOLUMES.values(), ids=VOLUMES)
def test_a_persistent_volume_is_refused_for(changes: dict[str, Any], told: list[str]) -> None:
    spec = {f"spec__{field}": value for field, value in ({"hostPath": UNSET} | changes).items()}
    assert faults(minimal("PersistentVolume", **spec)) == told


def test_the_mode_of_a_volume_and_of_a_claim_stays() -> None:
    told = ['volumeMode: Invalid value: "Block": field is immutable']
    assert update_faults(minimal("PersistentVolume"), {"spec.volumeMode": "Block"}) == told
    assert update_faults(minimal("PersistentVolumeClaim"), {"spec.volumeMode": "Block"})[1:] == told


def test_a_claims_faults_come_in_upstreams_order() -> None:
    claim = minimal(
        "PersistentVolumeClaim",
        spec__accessModes=["ReadWriteOncePod", "ReadWriteOnce", "Anyhow"],
        spec__storageClassName="Bad_Name",
        spec__volumeMode="Tape",
        spec__resources={},
    )
    assert faults(claim) == [
        'spec.accessModes: Unsupported value: "Anyhow": supported values: "ReadOnlyMany", "ReadWriteMany", '
        '"ReadWriteOnce", "ReadWriteOncePod"',
        "spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes",
        "spec.resources[storage]: Required value",
        f'spec.storageClassName: Invalid value: "Bad_Name": {SUBDOMAIN}',
        'spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"',
    ]
