"""The store against etcd: durable writes on the same disk, in the same run."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import redis

from simcore.etcd.interface import Compare, Entry, Put
from simcore.etcd.redis_store import RedisLog
from simcore.etcd.shared_store import SharedStore, replica_of
from simcore.sim.trace import Origin
from tests.bench.etcd_rival import EtcdConnection, find_etcd, running_etcd
from tests.bench.figure import Figure, bench
from tests.kit.redis_process import RedisProcess, temporary_folder

ROUND_S = 0.1
ROUNDS = 60
BATCH = 100
WATCHED = 500
VALUES = 2_000  # different manifests, made before the clock starts
ORIGIN = Origin("bench", 0, 0)
TOKEN = 1
HOLD_S = 1.0


@bench("store.txn")
def txn() -> Iterator[Figure]:
    """Objects created one at a time by one client, each on disk before it is acknowledged."""
    with Rivals() as rivals:
        ours, theirs = rivals.race(rivals.create_here, rivals.create_there)
    yield Figure("store.txn", ours, "writes/s", theirs, "etcd")


@bench("store.batch")
def batch() -> Iterator[Figure]:
    """A hundred objects in one step of the engine, against one etcd transaction of a hundred puts."""
    with Rivals() as rivals:
        ours, theirs = rivals.race(rivals.commit_here, rivals.put_all_there)
    yield Figure("store.batch", ours * BATCH, "writes/s", theirs and theirs * BATCH * 3, "3x etcd")


@bench("store.watch_p99")
def watch() -> Iterator[Figure]:
    """From an acknowledged write to the entry in a follower's hands."""
    with Rivals() as rivals:
        delays_ms = rivals.follow()
    yield Figure("store.watch_p99", quantiles(delays_ms, n=100)[98], "ms", 10, "limit", lower_is_better=True)


def manifest(number: int) -> bytes:
    """About a kilobyte of JSON, no two alike."""
    env = [{"name": f"SETTING_{n}", "value": f"{number * 7919 + n:x}"} for n in range(8)]
    container = {
        "name": "web",
        "image": f"registry.example/web:{number}",
        "env": env,
        "ports": [{"containerPort": 80}],
    }
    labels = {"app": f"app-{number % 50}"}
    meta = {
        "name": name(number),
        "namespace": "default",
        "uid": f"{number * 2654435761:032x}",
        "labels": labels,
    }
    return json.dumps(
        {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container]}}
    ).encode()


def name(number: int) -> str:
    return f"web-{number:06}"


def key(number: int) -> str:
    return f"/registry/pods/default/{name(number)}"


@dataclass
class Rivals:
    """Our Redis, and an etcd when there is one, with their data on the same disk."""

    written: int = 0
    _holds_until: float = 0.0
    _base: int = 0

    def __enter__(self) -> Rivals:
        self._open = ExitStack()
        self._values = [manifest(number) for number in range(VALUES)]
        self._folder = Path(self._open.enter_context(temporary_folder()))
        process = self._open.enter_context(RedisProcess(self._folder))
        self._client = redis.Redis.from_url(process.url, protocol=2)
        self._log = self._new_log()
        self._store = SharedStore(self._log)
        self._etcd: EtcdConnection | None = None
        if binary := find_etcd(self._folder / "apt.log"):
            port = self._open.enter_context(running_etcd(binary, self._folder))
            self._etcd = self._open.enter_context(EtcdConnection(port))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def race(self, here: Callable[[], None], there: Callable[[], None]) -> tuple[float, float | None]:
        """Calls per second of both, one client that waits for each answer, in short turns; the median of them."""
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(self._rate(here))
            if self._etcd is not None:
                theirs.append(self._rate(there))
        if self._etcd is not None:
            assert self._etcd.count("/registry/") + self._log_keys() == self.written
        return median(ours), median(theirs) if theirs else None

    def create_here(self) -> None:
        number = self._next()
        absent = Compare(key(number), "mod", "==", 0)
        assert self._store.txn([absent], [Put(key(number), self._value(number))], origin=ORIGIN).succeeded

    def create_there(self) -> None:
        assert self._etcd is not None
        number = self._next()
        self._etcd.create(key(number), self._value(number))

    def commit_here(self) -> None:
        """As an engine does that nobody waits for: the token is kept for up to a second."""
        if self._holds_until < time.perf_counter():
            self._log.release(TOKEN)
            base = self._log.acquire(TOKEN, 5_000)
            assert base is not None
            self._holds_until, self._base = time.perf_counter() + HOLD_S, base
        self._log.commit(TOKEN, self._base, self._entries(self._base), at=0)
        self._base += BATCH

    def put_all_there(self) -> None:
        assert self._etcd is not None
        numbers = [self._next() for _ in range(BATCH)]
        self._etcd.put_all([(key(n), self._value(n)) for n in numbers])

    def follow(self) -> Sequence[float]:
        """Milliseconds between a write's acknowledgement and its arrival, for a follower that waits."""
        acknowledged: dict[int, float] = {}
        arrived: dict[int, float] = {}

        def follower() -> None:
            log, seen = self._new_log(), 0
            while seen < WATCHED:
                if log.wait(seen, 1_000):
                    entries = log.read(seen)
                    now, seen = time.perf_counter(), entries[-1].revision
                    arrived.update((entry.revision, now) for entry in entries)

        thread = threading.Thread(target=follower)
        thread.start()
        for _ in range(WATCHED):
            self.create_here()
            acknowledged[len(acknowledged) + 1] = time.perf_counter()
        thread.join()
        return [max(arrived[revision] - acknowledged[revision], 0) * 1000 for revision in acknowledged]

    def _rate(self, call: Callable[[], None]) -> float:
        started, calls = time.perf_counter(), 0
        while (took := time.perf_counter() - started) < ROUND_S:
            call()
            calls += 1
        return calls / took

    def _entries(self, base: int) -> list[Entry]:
        numbers = [self._next() for _ in range(BATCH)]
        revisions = range(base + 1, base + BATCH + 1)
        return [
            Entry(revision, 0, key(n), self._value(n), revision, 1, 0, 0, ORIGIN)
            for revision, n in zip(revisions, numbers, strict=True)
        ]

    def _new_log(self) -> RedisLog:
        return RedisLog(self._client, "bench", wait_ms=lambda ms: time.sleep(ms / 1000))

    def _log_keys(self) -> int:
        return len(replica_of(self._log).range("/").kvs)

    def _value(self, number: int) -> bytes:
        return self._values[number % VALUES]

    def _next(self) -> int:
        self.written += 1
        return self.written
