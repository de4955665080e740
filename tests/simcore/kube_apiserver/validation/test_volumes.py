"""A pod's volumes."""

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import LABEL, faults, minimal

V = "spec.volumes[0]"
LIMIT = "must be a number between 0 and 0777 (octal), both inclusive"
FIELD = {"fieldRef": {"fieldPath": "metadata.labels"}}

CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no name": ({"emptyDir": {}}, [f"{V}.name: Required value"]),
    "a name with capitals": (
        {"name": "Data", "emptyDir": {}},
        [f'{V}.name: Invalid value: "Data": {LABEL}'],
    ),
    "two sources": (
        {"name": "v", "emptyDir": {}, "hostPath": {"path": "/x"}},
        [f"{V}.hostPath: Forbidden: may not specify more than 1 volume type"],
    ),
    "a limit below zero": (
        {"name": "v", "emptyDir": {"sizeLimit": "-1"}},
        [f"{V}.emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity"],
    ),
    "no path on the host": ({"name": "v", "hostPath": {}}, [f"{V}.hostPath.path: Required value"]),
    "a path on the host that goes up": (
        {"name": "v", "hostPath": {"path": "/a/../b"}},
        [f"{V}.hostPath.path: Invalid value: \"/a/../b\": must not contain '..'"],
    ),
    "a kind of path that does not exist": (
        {"name": "v", "hostPath": {"path": "/a", "type": "Pipe"}},
        [
            f'{V}.hostPath.type: Unsupported value: "Pipe": supported values: "", "BlockDevice", "CharDevice", '
            '"Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"'
        ],
    ),
    "no secret": ({"name": "v", "secret": {}}, [f"{V}.secret.secretName: Required value"]),
    "a mode that is no mode": (
        {"name": "v", "configMap": {"name": "c", "defaultMode": 0o1000}},
        [f"{V}.configMap.defaultMode: Invalid value: 512: {LIMIT}"],
    ),
    "a key without a path": (
        {"name": "v", "configMap": {"name": "c", "items": [{"key": "k"}]}},
        [f"{V}.configMap.items[0].path: Required value"],
    ),
    "a path that the kubelet keeps for itself": (
        {"name": "v", "configMap": {"name": "c", "items": [{"key": "k", "path": "..data"}]}},
        [f"{V}.configMap.items[0].path: Invalid value: \"..data\": must not start with '..'"],
    ),
    "an absolute path of a file": (
        {"name": "v", "secret": {"secretName": "s", "items": [{"key": "k", "path": "/etc/x"}]}},
        [f'{V}.secret.items[0].path: Invalid value: "/etc/x": must be a relative path'],
    ),
    "no claim": (
        {"name": "v", "persistentVolumeClaim": {}},
        [f"{V}.persistentVolumeClaim.claimName: Required value"],
    ),
    "a relative path on a server": (
        {"name": "v", "nfs": {"server": "s", "path": "x"}},
        [f'{V}.nfs.path: Invalid value: "x": must be an absolute path'],
    ),
    "a name that iSCSI does not know": (
        {"name": "v", "iscsi": {"targetPortal": "p", "iqn": "abc", "lun": 300}},
        [
            f'{V}.iscsi.iqn: Invalid value: "abc": must be valid format starting with iqn, eui, or naa',
            f"{V}.iscsi.lun: Invalid value: 300: must be between 0 and 255, inclusive",
        ],
    ),
    "a file of nothing": (
        {"name": "v", "downwardAPI": {"items": [{"path": "l"}]}},
        [f"{V}.downwardAPI: Required value: one of fieldRef and resourceFieldRef is required"],
    ),
    "a field that volumes can't show": (
        {"name": "v", "downwardAPI": {"items": [{"path": "l", "fieldRef": {"fieldPath": "spec.nodeName"}}]}},
        [
            f'{V}.downwardAPI.fieldRef.fieldPath: Unsupported value: "spec.nodeName": supported values: '
            '"metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"'
        ],
    ),
    "a resource of no container": (
        {
            "name": "v",
            "downwardAPI": {"items": [{"path": "l", "resourceFieldRef": {"resource": "limits.cpu"}}]},
        },
        [f"{V}.downwardAPI.resourceFieldRef.containerName: Required value"],
    ),
    "two sources that write one file": (
        {
            "name": "v",
            "projected": {
                "sources": [
                    {"downwardAPI": {"items": [{"path": "l", **FIELD}]}},
                    {"configMap": {"name": "c", "items": [{"key": "k", "path": "l"}]}},
                ]
            },
        },
        [f'{V}.projected: Invalid value: "c": conflicting duplicate paths'],
    ),
    "one source that is two": (
        {"name": "v", "projected": {"sources": [{"configMap": {"name": "c"}, "secret": {"name": "s"}}]}},
        [f"{V}.projected.sources[0]: Forbidden: may not specify more than 1 volume type per source"],
    ),
    "a claim without a size": (
        {"name": "v", "ephemeral": {"volumeClaimTemplate": {"spec": {"accessModes": ["ReadWriteOnce"]}}}},
        [f"{V}.ephemeral.volumeClaimTemplate.spec.resources[storage]: Required value"],
    ),
    "an image without a name": ({"name": "v", "image": {}}, [f"{V}.image.reference: Required value"]),
}


@pytest.mark.parametrize(("volume", "told"), CASES.values(), ids=CASES)
def test_a_volume_is_refused_for(volume: dict[str, Any], told: list[str]) -> None:
    assert faults(minimal("Pod", spec__volumes=[volume])) == told


def test_two_volumes_of_one_name_are_refused() -> None:
    volume = {"name": "v", "emptyDir": {}}
    assert faults(minimal("Pod", spec__volumes=[volume, volume])) == [
        'spec.volumes[1].name: Duplicate value: "v"'
    ]


def test_a_token_that_lives_for_a_minute_is_refused() -> None:
    token = {"serviceAccountToken": {"path": "t", "expirationSeconds": 60}}
    pod = minimal(
        "Pod", spec__volumes=[{"name": "v", "projected": {"sources": [token]}}], spec__serviceAccountName="a"
    )
    assert faults(pod) == [
        "spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 60: may not "
        "specify a duration less than 10 minutes"
    ]


def test_a_faulty_volume_can_not_be_mounted() -> None:
    pod = minimal("Pod", spec__volumes=[{"name": "v", "secret": {}}])
    pod["spec"]["containers"][0]["volumeMounts"] = [{"name": "v", "mountPath": "/v"}]
    assert faults(pod)[1:] == ['spec.containers[0].volumeMounts[0].name: Not found: "v"']


def test_a_token_volume_of_its_own_hides_no_fault() -> None:
    mount = {"name": "kube-api-access-abcde", "mountPath": "/token"}
    volume = {"name": "kube-api-access-abcde", "emptyDir": {}}
    sound = minimal("Pod", spec__volumes=[volume], spec__containers__0__volumeMounts=[mount])
    assert faults(sound) == []
    other = {"name": "kube-api-access-fghij", "emptyDir": {}}
    wrong = minimal("Pod", spec__volumes=[other], spec__containers__0__volumeMounts=[mount])
    assert faults(wrong) == ['spec.containers[0].volumeMounts[0].name: Not found: "kube-api-access-abcde"']
