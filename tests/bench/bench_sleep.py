"""What clusters cost that nobody looks at."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import redis

from tests.bench.figure import Figure, bench
from tests.bench.worker_process import engine_worker, environment
from tests.kit.redis_process import RedisProcess, temporary_folder

FOUNDED = 20
"""Really founded and run until they sleep; their keys are copied for the rest."""
CLUSTERS = 10_000
SETTLED_S, WATCHED_S = 3.0, 10.0
LIMIT_KB, LIMIT_PERCENT = 100, 1


@bench("sleep.kb")
def memory() -> Iterator[Figure]:
    """Redis' memory for one sleeping cluster of three nodes and an example's pods, its history included."""
    with temporary_folder() as folder, RedisProcess(Path(folder) / "redis") as process:
        client = redis.Redis.from_url(process.url, protocol=2)
        empty = used(client)
        founded(process.url, Path(folder))
        yield Figure(
            "sleep.kb", (used(client) - empty) / FOUNDED / 1024, "kB", LIMIT_KB, "limit", lower_is_better=True
        )


@bench("sleep.cpu")
def cpu() -> Iterator[Figure]:
    """A worker's and Redis' share of a core with 10,000 sleeping clusters."""
    with temporary_folder() as folder, RedisProcess(Path(folder) / "redis") as process:
        client = redis.Redis.from_url(process.url, protocol=2)
        founded(process.url, Path(folder))
        copy_all(client)
        with engine_worker(process.url, Path(folder)) as pid:
            time.sleep(SETTLED_S)
            before = cpu_s(pid) + redis_cpu_s(client)
            time.sleep(WATCHED_S)
            spent = cpu_s(pid) + redis_cpu_s(client) - before
    yield Figure("sleep.cpu", 100 * spent / WATCHED_S, "%", LIMIT_PERCENT, "limit", lower_is_better=True)


def founded(redis_url: str, folder: Path) -> None:
    """In a process of its own, whose settings are for this Redis."""
    argv = [sys.executable, "-m", "tests.bench.sleepers", str(FOUNDED)]
    subprocess.run(argv, env=environment(redis_url, folder), check=True)


def copy_all(client: redis.Redis) -> None:
    """The same clusters again and again under other ids."""
    keys = sorted(client.scan_iter("{*}:*"))
    dumps = [(key, client.dump(key)) for key in keys if client.pttl(key) < 0]
    for number in range(CLUSTERS // FOUNDED - 1):
        pipe = client.pipeline(transaction=False)
        for key, data in dumps:
            pipe.restore(key.replace(b"}", b"-%d}" % number), 0, data)
        pipe.execute()


def used(client: redis.Redis) -> int:
    return int(client.info("memory")["used_memory"])  # type: ignore[index]  # not an awaitable


def cpu_s(pid: int) -> float:
    """User and system time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def redis_cpu_s(client: redis.Redis) -> float:
    found = client.info("cpu")
    return float(found["used_cpu_user"] + found["used_cpu_sys"])  # type: ignore[index]
