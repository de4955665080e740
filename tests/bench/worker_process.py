"""An engine worker as `make run` starts it, for a benchmark."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from clusterlab.engine import gauges
from clusterlab.engine.pace import wall_ms
from scripts import services

START_S = 60.0


@contextmanager
def engine_worker(redis_url: str, folder: Path) -> Iterator[int]:
    """The process id of a worker that has started."""
    argv = services.engine(0).argv
    running = subprocess.Popen(argv, env=environment(redis_url, folder), stderr=subprocess.DEVNULL)
    try:
        _wait_for_its_figures(redis.Redis.from_url(redis_url, protocol=2))
        yield running.pid
    finally:
        running.terminate()
        running.wait(timeout=30)


def environment(redis_url: str, folder: Path) -> dict[str, str]:
    own = {"REDIS_URL": redis_url, "DATA_DIR": str(folder), "SECRET_KEY": "bench", "ENGINE_WORKERS": "1"}
    return {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "clusterlab.settings"}


def _wait_for_its_figures(client: redis.Redis) -> None:
    deadline = time.monotonic() + START_S
    while not gauges.of_all_workers(client, wall_ms()):
        assert time.monotonic() < deadline, "the worker did not start"
        time.sleep(0.1)
