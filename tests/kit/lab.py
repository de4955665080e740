"""A whole ClusterLab for tests: what `make run` starts, on free ports and in a folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts import redis_server
from scripts.options import ROOT
from scripts.packages import PYTHON

START_S = 90.0
STOP_S = 30.0


@dataclass(frozen=True)
class Lab:
    """Addresses without a slash at their end."""

    url: str
    kube_url: str
    data_dir: Path
    log: Path
    supervisor: int
    """The process id that SIGTERM ends everything by."""

    @property
    def redis_url(self) -> str:
        return redis_server.url(self.data_dir / "redis")

    def pid(self, name: str) -> int:
        """The process id of `redis`, `web` or `engine-<n>` as it is now. Linux only."""
        sign = {"redis": "redis.sock", "web": "daphne"}.get(name, f"{name}@")
        found = [pid for pid, argv in children(self.supervisor) if sign in argv]
        assert len(found) == 1, (name, children(self.supervisor))
        return found[0]

    def kill(self, name: str) -> None:
        """kill -9; the supervisor starts it again."""
        os.kill(self.pid(name), signal.SIGKILL)


@contextmanager
def running_lab(folder: Path, *, engine_workers: int = 2) -> Iterator[Lab]:
    """Needs the dashboard's bundle (make test builds it)."""
    port, kube_port = free_port(), free_port()
    log = folder / "lab.log"
    env = {
        **os.environ,
        "DATA_DIR": str(folder / "data"),
        "PORT": str(port),
        "KUBE_PORT": str(kube_port),
        "ENGINE_WORKERS": str(engine_workers),
        "PREPARE_EXAMPLES": "0",  # they take the time of a core
    }
    for name in ("DJANGO_SETTINGS_MODULE", "REDIS_URL"):  # the tests' own settings are not the lab's
        env.pop(name, None)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [PYTHON, "-m", "scripts", "start"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        wait_until_ready(process, log)
        url, kube_url = f"http://127.0.0.1:{port}", f"https://127.0.0.1:{kube_port}"
        yield Lab(url, kube_url, folder / "data", log, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=STOP_S)


def wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_S
    while b"ClusterLab is ready" not in log.read_bytes():
        assert process.poll() is None, f"the lab ended:\n{log.read_text()}"
        assert time.monotonic() < deadline, f"the lab was not ready after {START_S:.0f} s:\n{log.read_text()}"
        time.sleep(0.05)


def children(parent: int) -> list[tuple[int, str]]:
    """(process id, command line) of each."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            after_name = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(after_name[1]) == parent and after_name[0] != "Z":
                found.append(
                    (int(folder.name), (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
                )
        except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
            continue
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
