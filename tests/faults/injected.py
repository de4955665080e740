"""The faults: each does one thing to a running ClusterLab and leaves the healing to it."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import redis
from celery import Celery
from kombu.exceptions import OperationalError

from clusterlab.engine.lease import TTL_MS
from simcore.etcd.interface import StoreError
from simcore.etcd.redis_store import RedisLog
from simcore.etcd.shared_store import SharedStore
from tests.kit.lab import Lab

KEPT = 300
"""Revisions that a compaction leaves."""
VICTIM_IS_DOWN = (redis.RedisError, OperationalError, StoreError, AssertionError, OSError)
"""What a fault meets that comes while another one has its effect."""


class Faults(threading.Thread):
    """One after the other, a random while apart."""

    def __init__(self, lab: Lab, cluster_id: str, seed: int, *, stop_s: float = TTL_MS / 1000 + 2) -> None:
        super().__init__(name="faults")
        self._lab, self._cluster_id, self._stop_s = lab, cluster_id, stop_s
        self._dice = random.Random(f"{seed} faults")
        self._client = redis.Redis.from_url(lab.redis_url, protocol=2, socket_timeout=10)
        self._celery = Celery(broker=lab.redis_url.replace("unix://", "redis+socket://", 1))
        self._celery.conf.broker_transport_options = {"global_keyprefix": "celery:"}
        self._ended = threading.Event()
        self.counts: Counter[str] = Counter()
        self.kinds: dict[str, Callable[[], None]] = {
            "kill -9 of a worker": lambda: self._lab.kill(self._worker()),
            "kill -9 of Redis": lambda: self._lab.kill("redis"),
            "kill -9 of the web process": lambda: self._lab.kill("web"),
            "worker stopped past its lease": self._stop_a_worker,
            "connections dropped": self._drop_connections,
            "compaction": self._compact,
            "Redis full": self._fill_redis,
            "broker flushed": self._flush_the_broker,
            "tasks doubled": self._double_tasks,
            "tasks late and out of order": self._late_tasks,
            "task lost": self._lose_a_task,
        }

    def run(self) -> None:
        """All kinds in a random order, then again in another."""
        while not self._ended.is_set():
            for kind in self._dice.sample(sorted(self.kinds), len(self.kinds)):
                if self._ended.wait(self._dice.uniform(0.2, 2.0)):
                    return
                with suppress(*VICTIM_IS_DOWN):
                    self.kinds[kind]()
                    self.counts[kind] += 1

    def end(self) -> None:
        self._ended.set()
        self.join()

    def _worker(self) -> str:
        return self._dice.choice(("engine-0", "engine-1"))

    def _stop_a_worker(self) -> None:
        pid = self._lab.pid(self._worker())
        os.kill(pid, signal.SIGSTOP)
        try:
            self._ended.wait(self._stop_s)
        finally:
            os.kill(pid, signal.SIGCONT)

    def _drop_connections(self) -> None:
        """While scripts are on their way: every client but this one finds its connection closed."""
        for _ in range(20):
            self._client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            time.sleep(self._dice.uniform(0, 0.02))

    def _compact(self) -> None:
        store = SharedStore(
            RedisLog(self._client, self._cluster_id, wait_ms=lambda ms: time.sleep(ms / 1000))
        )
        if store.revision > 2 * KEPT:
            store.compact(store.revision - KEPT)

    def _fill_redis(self) -> None:
        self._client.config_set("maxmemory", 1)
        try:
            self._ended.wait(self._dice.uniform(0.2, 1.5))
        finally:
            self._client.config_set("maxmemory", 0)

    def _flush_the_broker(self) -> None:
        keys: Any = list(self._client.scan_iter("celery:*"))
        if keys:
            self._client.delete(*keys)

    def _double_tasks(self) -> None:
        for queue in ("engine-0", "engine-1") * 5:
            self._send(queue)

    def _late_tasks(self) -> None:
        for delay in self._dice.sample((0.0, 0.1, 0.3, 0.6), 4):
            self._ended.wait(delay)
            self._send(self._worker())

    def _lose_a_task(self) -> None:
        self._client.lpop(f"celery:{self._worker()}")
        self._client.delete(f"{{{self._cluster_id}}}:hinted")

    def _send(self, queue: str) -> None:
        self._celery.send_task("engine.run", args=[self._cluster_id], queue=queue, retry=False)
