"""From a commit to the browsers: how long until each of many sockets has its frame."""

from __future__ import annotations

import json
import selectors
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import redis
from websocket import WebSocket

from simcore.apimachinery.kinds import POD
from simcore.etcd.interface import KeyValue, Put
from simcore.etcd.redis_store import RedisLog
from simcore.etcd.shared_store import SharedStore
from simcore.sim.trace import Origin
from tests.bench.figure import Figure, bench
from tests.kit.lab import running_lab
from tests.kit.redis_process import temporary_folder
from tests.kit.visitor import Visitor

SOCKETS = 500
COMMITS = 60
BETWEEN_S = 0.2
PATIENCE_S = 10.0
BAR_MS = 50


@bench("live.p99")
def live_p99() -> Iterator[Figure]:
    """One commit after the other in a paused cluster; every socket acknowledges, as a page does."""
    with temporary_folder() as folder, running_lab(Path(folder)) as lab:
        visitor = Visitor(lab.url)
        _, cluster = visitor.post("/api/clusters/", {"nodes": 10, "example": "rolling-update"})
        visitor.post(f"/api/clusters/{cluster['id']}/clock/", {"paused": True})
        writer = Writer(lab.redis_url, cluster["id"])
        with Audience(visitor, cluster["id"]) as audience:
            delays = [delay for _ in range(COMMITS) for delay in audience.delays_of(writer)]
    yield Figure("live.p99", quantiles(delays, n=100)[98], "ms", BAR_MS, "limit", lower_is_better=True)
    yield Figure("live.p50", median(delays), "ms", BAR_MS, "limit", lower_is_better=True)


class Writer:
    """Writes one pod again and again, past the API server: what is measured begins at the commit."""

    def __init__(self, redis_url: str, cluster_id: str) -> None:
        client = redis.Redis.from_url(redis_url, protocol=2)
        log = RedisLog(client, cluster_id, wait_ms=lambda ms: time.sleep(ms / 1000), once=client)
        self._store = SharedStore(log)
        self._pod: KeyValue = self._store.range(POD.prefix).kvs[0]

    def commit(self) -> float:
        """When it began."""
        began = time.perf_counter()
        done = self._store.txn((), [Put(self._pod.key, self._pod.value)], origin=Origin("bench", 0, 0))
        assert done.succeeded
        return began


class Audience:
    """Sockets of one browser; reading them costs as little as it can."""

    def __init__(self, visitor: Visitor, cluster_id: str) -> None:
        self._selector = selectors.DefaultSelector()
        self._sockets = [visitor.watch(cluster_id) for _ in range(SOCKETS)]
        for live in self._sockets:
            self._acknowledge(live, _revision_of_snapshot(live))
            self._selector.register(live.sock, selectors.EVENT_READ, live)

    def __enter__(self) -> Audience:
        return self

    def __exit__(self, *_: object) -> None:
        for live in self._sockets:
            live.close()

    def delays_of(self, writer: Writer) -> list[float]:
        """Milliseconds from a commit to each socket's frame."""
        self._drain(BETWEEN_S)
        began = writer.commit()
        arrived: dict[WebSocket, float] = {}
        while len(arrived) < SOCKETS:
            assert time.perf_counter() - began < PATIENCE_S, f"{SOCKETS - len(arrived)} sockets got nothing"
            for key, _ in self._selector.select(1.0):
                text = key.fileobj.recv(1 << 16)  # type: ignore[union-attr]  # it is a socket
                if b'"t":"frame"' in text:
                    arrived[key.data] = time.perf_counter()
        for live in arrived:
            self._acknowledge(live, 2**53)
        return [1000 * (at - began) for at in arrived.values()]

    def _drain(self, seconds: float) -> None:
        """Clocks, viewers and beats are not what is measured."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            for key, _ in self._selector.select(left):
                key.fileobj.recv(1 << 16)  # type: ignore[union-attr]

    def _acknowledge(self, live: WebSocket, revision: int) -> None:
        live.send(json.dumps({"t": "ack", "rev": revision}))


def _revision_of_snapshot(live: WebSocket) -> int:
    while (message := json.loads(live.recv()))["t"] != "snapshot" or message.get("more"):
        pass
    revision: int = message["rev"]
    return revision
