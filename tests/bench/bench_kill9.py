"""Acknowledged writes that kill -9 loses: of Redis, and of an engine in the middle of its steps."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from simcore.etcd.interface import Entry, Put, StoreError
from simcore.etcd.redis_store import RedisLog
from simcore.etcd.shared_store import SharedStore
from simcore.sim.trace import Origin
from tests.bench.figure import Figure, bench
from tests.kit.redis_process import RedisProcess, temporary_folder

KILLS = 30
WRITERS = 4
LIFE_S = (0.1, 0.4)
BATCH = 50
ORIGIN = Origin("bench", 0, 0)


@bench("store.kill9")
def kill9() -> Iterator[Figure]:
    """Four writers and an engine; Redis and the engine are killed in turns."""
    acknowledged: dict[str, int] = {}
    dice = random.Random(9)
    with temporary_folder() as folder:
        process = RedisProcess(Path(folder))
        process.start()
        for number in range(KILLS):
            run(process, number, acknowledged, dice.uniform(*LIFE_S), kills_redis=number % 2 == 0)
        kept = {entry.key: entry.revision for entry in open_log(process.url).read(0)}
        process.stop()
    lost = sum(kept.get(key) != revision for key, revision in acknowledged.items())
    yield Figure("store.kill9", lost, f"lost_of_{len(acknowledged)}", 0, "limit", lower_is_better=True)


def run(
    process: RedisProcess, number: int, acknowledged: dict[str, int], life_s: float, *, kills_redis: bool
) -> None:
    ended = threading.Event()
    writers = [
        threading.Thread(target=write, args=(process.url, f"{number}-{n}", acknowledged, ended))
        for n in range(WRITERS)
    ]
    ours, theirs = multiprocessing.Pipe(duplex=False)
    engine = multiprocessing.get_context("fork").Process(target=step, args=(process.url, number, theirs))
    engine.start()
    theirs.close()
    for thread in writers:
        thread.start()
    time.sleep(life_s)
    if kills_redis:
        process.kill()
        process.start()
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)
    ended.set()
    for thread in writers:
        thread.join()
    engine.join()
    try:
        while True:
            acknowledged.update(ours.recv())
    except EOFError:
        pass


def write(url: str, name: str, acknowledged: dict[str, int], ended: threading.Event) -> None:
    number = 0
    try:
        store = SharedStore(open_log(url))
    except StoreError:
        return
    while not ended.is_set():
        number += 1
        try:
            done = store.txn([], [Put(f"/bench/writer/{name}-{number}", b"x" * 300)], origin=ORIGIN)
        except StoreError:
            return
        acknowledged[f"/bench/writer/{name}-{number}"] = done.revision


def step(url: str, number: int, told: Connection) -> None:
    log, count = open_log(url), 0
    try:
        while True:
            base = log.acquire(number + 1, 1_000)
            if base is None:
                time.sleep(0.001)
                continue
            keys = {f"/bench/engine/{number}-{count + n}": base + 1 + n for n in range(BATCH)}
            entries = [
                Entry(revision, 0, key, b"y" * 300, revision, 1, 0, 0, ORIGIN)
                for key, revision in keys.items()
            ]
            log.commit(number + 1, base, entries, at=0, release=True)
            told.send(keys)
            count += BATCH
    except StoreError:
        return


def open_log(url: str) -> RedisLog:
    client = redis.Redis.from_url(url, protocol=2, socket_timeout=10, retry=Retry(NoBackoff(), 0))
    return RedisLog(client, "bench", wait_ms=lambda ms: time.sleep(ms / 1000))
