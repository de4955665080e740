"""A Redis of the tests' own: unix socket in a short temporary folder, every write on disk before it is acknowledged."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

from scripts import redis_server


class RedisProcess:
    """Running between `start` and `stop`; `kill` is kill -9, after which `start` reads the data again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = redis_server.socket_path(folder)
        self.url = redis_server.url(folder)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, timeout_s: float = 20.0) -> None:
        redis_server.make_folder(self.folder)
        argv = redis_server.command(redis_server.server_binary(), self.folder)
        with (self.folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + timeout_s
        while not redis_server.answers(self.socket):
            assert self._process.poll() is None, (self.folder / "redis.log").read_text()
            assert time.monotonic() < deadline, f"Redis did not answer within {timeout_s} s"
            time.sleep(0.01)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            os.kill(self._process.pid, number)
            self._process.wait(timeout=20)
            self._process = None

    def __enter__(self) -> RedisProcess:
        self.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()


def temporary_folder() -> tempfile.TemporaryDirectory[str]:
    """Short enough for a unix socket's path, which pytest's own folders are not."""
    return tempfile.TemporaryDirectory(prefix="clusterlab-redis-", ignore_cleanup_errors=True)
