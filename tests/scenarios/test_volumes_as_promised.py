"""What Kubernetes' conformance tests expect of the files in a pod's volumes."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.cluster.cluster import Cluster
from tests.kit.conformance import AGNHOST, Case, case, cluster_with, outcome

BYTES = bytes([0xDE, 0xCA, 0xFE, 0xBA, 0xD0, 0xFE, 0xFF])
GIVEN: list[Obj] = [
    {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "settings"},
        "data": {"data-1": "value-1", "data-2": "value-2\n"},
        "binaryData": {"dump.bin": b64encode(BYTES).decode()},
    },
    {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "keys"},
        "data": {"data-1": b64encode(b"value-1").decode()},
    },
]
LIMITED = {"requests": {"cpu": "250m", "memory": "32Mi"}, "limits": {"cpu": "1250m", "memory": "64Mi"}}


def settings(**more: Any) -> Obj:
    return {"configMap": {"name": "settings", **more}}


def about_itself(path: str, **ref: str) -> Obj:
    kind = "resourceFieldRef" if "resource" in ref else "fieldRef"
    return {"downwardAPI": {"items": [{"path": path, kind: ref}]}}


def resource(name: str, **more: str) -> Obj:
    return about_itself("amount", containerName="c", resource=name, **more)


def looks(name: str, volume: Obj, options: str, *prints: str, **fields: Any) -> Case:
    """agnhost's mounttest looks at files in the volume."""
    return case(name, *prints, run=["mounttest", *options.split()], image=AGNHOST, volume=volume, **fields)


ITEM = [{"key": "data-2", "path": "path/to/data-2"}]
MEMORY, DISK = {"emptyDir": {"medium": "Memory"}}, {"emptyDir": {}}
ALL = {
    "projected": {
        "sources": [
            {"downwardAPI": {"items": [{"path": "podname", "fieldRef": {"fieldPath": "metadata.name"}}]}},
            {"secret": {"name": "keys", "items": [{"key": "data-1", "path": "secret"}]}},
            {"configMap": {"name": "settings", "items": [{"key": "data-2", "path": "config"}]}},
        ]
    }
}
NOT_THERE = "Error reading file /v/x: open /v/x: no such file or directory, retrying"
CASES = [
    looks(
        "map",
        settings(),
        "--file_content=/v/data-1 --file_mode=/v/data-1",
        'content of file "/v/data-1": value-1',
        'mode of file "/v/data-1": -rw-r--r--',
    ),
    looks(
        "map-mode",
        settings(defaultMode=0o400),
        "--file_mode=/v/data-1",
        'mode of file "/v/data-1": -r--------',
    ),
    looks(
        "map-item",
        settings(items=ITEM),
        "--file_content=/v/path/to/data-2",
        'content of file "/v/path/to/data-2": value-2',
    ),
    looks(
        "map-item-mode",
        settings(items=[ITEM[0] | {"mode": 0o400}]),
        "--file_mode=/v/path/to/data-2",
        'mode of file "/v/path/to/data-2": -r--------',
    ),
    looks("map-gone", settings(), "--file_content=/v/data-9", phase="Failed"),
    case(
        "map-bytes",
        "00000000  de ca fe ba d0 fe ff                              |.......|",
        "00000007",
        run=["hexdump", "-C", "/v/dump.bin"],
        volume=settings(),
    ),
    case(
        "map-sum",
        "71baeedb0bbbbbb8237b15dcb601c7a1  /v/data-1",
        run=["md5sum", "/v/data-1"],
        volume=settings(),
    ),
    looks(
        "secret-group",
        {"secret": {"secretName": "keys", "defaultMode": 0o400}},
        "--file_mode=/v/data-1",
        'mode of file "/v/data-1": -r--r-----',
        podSecurity={"fsGroup": 1001, "runAsUser": 1000},
    ),
    looks("secret-place", {"secret": {"secretName": "keys"}}, "--fs_type=/v", 'mount type of "/v": tmpfs'),
    looks(
        "projected-mode",
        {"projected": {"sources": [{"secret": {"name": "keys"}}], "defaultMode": 0o400}},
        "--file_mode=/v/data-1",
        'mode of file "/v/data-1": -r--------',
    ),
    case(
        "all",
        "allvalue-1value-2",
        run=["sh", "-c", "cat /v/podname && cat /v/secret && cat /v/config"],
        volume=ALL,
    ),
    looks(
        "name",
        about_itself("podname", fieldPath="metadata.name"),
        "--file_content=/v/podname",
        'content of file "/v/podname": name',
    ),
    looks(
        "cpu-limit",
        resource("limits.cpu"),
        "--file_content=/v/amount",
        'content of file "/v/amount": 2',
        resources=LIMITED,
    ),
    looks(
        "cpu-request",
        resource("requests.cpu", divisor="1m"),
        "--file_content=/v/amount",
        'content of file "/v/amount": 250',
        resources=LIMITED,
    ),
    looks(
        "memory-limit",
        resource("limits.memory"),
        "--file_content=/v/amount",
        'content of file "/v/amount": 67108864',
        resources=LIMITED,
    ),
    looks(
        "memory-of-node",
        resource("limits.memory"),
        "--file_content=/v/amount",
        'content of file "/v/amount": 8589934592',
    ),
    looks(
        "empty",
        DISK,
        "--fs_type=/v --file_perm=/v --file_mode=/v",
        'mount type of "/v": 61267',
        'perms of file "/v": -rwxrwxrwx',
        'mode of file "/v": drwxrwxrwx',
    ),
    looks(
        "empty-memory",
        MEMORY,
        "--fs_type=/v --new_file_0644=/v/new --file_perm=/v/new",
        'mount type of "/v": tmpfs',
        'perms of file "/v/new": -rw-r--r--',
        'content of file "/v/new": mount-tester new file',
    ),
    looks(
        "empty-0666", DISK, "--new_file_0666=/v/new --file_perm=/v/new", 'perms of file "/v/new": -rw-rw-rw-'
    ),
    looks(
        "empty-0777",
        DISK,
        "--new_file_0777=/v/new --file_perm=/v/new --file_owner=/v/new",
        'perms of file "/v/new": -rwxrwxrwx',
        'owner UID of "/v/new": 1001',
        'owner GID of "/v/new": 123',
        podSecurity={"fsGroup": 123, "runAsUser": 1001},
    ),
    looks("sealed", settings(), "--new_file_0644=/v/new", 'error writing new file "/v/new"', phase="Failed"),
    looks("nowhere", DISK, "--file_mode=/v/x", 'error with file stat "/v/x": lstat /v/x', phase="Failed"),
    looks("waits", DISK, "--file_content_in_loop=/v/x --retry_time=5", NOT_THERE, phase="Failed"),
    looks("waits-well", DISK, "--new_file_0660=/v/x --file_content_in_loop=/v/x", phase="Succeeded"),
    looks(
        "unexpected",
        settings(),
        "--file_content_in_loop=/v/data-1 --retry_time=3",
        "Unexpected content. Expected: ",
    ),
    case(
        "group-folder",
        "drwxrwsrwx    2 1000     2000          4096 inner",
        "-rw-r--r--    1 1000     2000             6 file",
        run=["sh", "-c", "mkdir /v/inner; chmod 2777 /v/inner; echo hello > /v/file; ls -l /v"],
        volume=DISK,
        podSecurity={"runAsUser": 1000, "runAsGroup": 3000, "fsGroup": 2000},
    ),
]


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    made = cluster_with(*GIVEN, *(tried.manifest for tried in CASES))
    made.advance(60_000)
    return made


@pytest.mark.parametrize("tried", CASES, ids=lambda tried: tried.name)
def test_a_container_finds_its_volume_as_promised(cluster: Cluster, tried: Case) -> None:
    assert outcome(cluster, tried) == (tried.phase, [])
