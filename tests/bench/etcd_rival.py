"""A real etcd beside ours: started on the same disk with its fsync, spoken to in gRPC over loopback.

There is no etcd client among our packages, so the three calls that the benchmark needs are written out here.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from scripts import chromium
from scripts.trouble import Trouble
from tests.bench.grpc_client import GrpcConnection, fields, protobuf


def find_etcd(log: Path) -> str | None:
    """etcd on PATH; Debian's is installed where that is possible."""
    if shutil.which("etcd") is None and chromium.can_install():
        try:
            chromium.apt_install("etcd-server", log=log)
        except Trouble:
            return None
    return shutil.which("etcd")


@contextmanager
def running_etcd(binary: str, folder: Path) -> Iterator[int]:
    """The client port of an etcd with its data in `folder`."""
    client, peer = free_port(), free_port()
    here = f"http://127.0.0.1:{client}"
    argv = [
        binary,
        "--data-dir",
        str(folder / "etcd"),
        "--listen-client-urls",
        here,
        "--advertise-client-urls",
        here,
    ]
    argv += ["--listen-peer-urls", f"http://127.0.0.1:{peer}", "--initial-advertise-peer-urls"]
    argv += [f"http://127.0.0.1:{peer}", "--initial-cluster", f"default=http://127.0.0.1:{peer}"]
    with (folder / "etcd.log").open("wb") as log:
        process = subprocess.Popen(
            [*argv, "--log-level", "error"], stdout=log, stderr=log, env={**os.environ}
        )
    try:
        wait_for_leader(client)
        yield client
    finally:
        process.terminate()
        process.wait(timeout=20)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def wait_for_leader(port: int, *, timeout_s: float = 20) -> None:
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            with EtcdConnection(port) as etcd:
                etcd.count("ready")
                return
        except (OSError, EOFError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


class EtcdConnection(GrpcConnection):
    """The calls of etcdserverpb.KV that the benchmark makes."""

    def create(self, key: str, value: bytes) -> None:
        """As kube-apiserver creates an object: put if the key doesn't exist."""
        absent = protobuf((1, 0), (2, 2), (3, key.encode()), (6, 0))
        self.call("/etcdserverpb.KV/Txn", protobuf((1, absent), (2, put_op(key, value))))

    def put_all(self, objects: Sequence[tuple[str, bytes]]) -> None:
        """One transaction; etcd takes 128 operations in one."""
        self.call("/etcdserverpb.KV/Txn", protobuf(*((2, put_op(key, value)) for key, value in objects)))

    def count(self, prefix: str) -> int:
        """How many keys start so."""
        end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        reply = self.call("/etcdserverpb.KV/Range", protobuf((1, prefix.encode()), (2, end.encode()), (9, 1)))
        return fields(reply).get(4, 0)

    def __enter__(self) -> EtcdConnection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def put_op(key: str, value: bytes) -> bytes:
    return protobuf((2, protobuf((1, key.encode()), (2, value))))
