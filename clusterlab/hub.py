"""The clusters that this web process has in memory: one replica, one API server and one log reader for each.

Requests, watch streams and websockets of one cluster share its `Resident`. It is loaded when first asked for
and goes when nobody has used it for a while.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import redis

from clusterlab import redis_clients
from clusterlab.coalescing import Coalesced, Soon
from clusterlab.engine import hints, pace, retention
from clusterlab.engine.retention import cut
from clusterlab.kubeapi.audit_policy import StoredPolicy
from clusterlab.kubeapi.authentication_keys import authority_key
from clusterlab.kubeapi.pod_logs import PodLogs
from clusterlab.kubeapi.service_accounts import token_key
from clusterlab.schema import openapi, schema
from clusterlab.sweeping import Sweeper
from clusterlab.wall_clock import PaceClock
from simcore.apimachinery.certificates import Authorities
from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import NODE, POD
from simcore.apimachinery.meta import Obj
from simcore.cluster.metrics import MetricsApi, ResourceMetrics
from simcore.cluster.world import CLOCK, CLUSTER, World
from simcore.etcd.interface import Compacted, Revision, Store, Unavailable
from simcore.etcd.shared_store import SharedStore
from simcore.kube_apiserver.authentication.build import FrontDoor
from simcore.kube_apiserver.builder import build_api_server
from simcore.kube_apiserver.http.api import HttpApi
from simcore.kube_apiserver.local import LocalClient
from simcore.kube_apiserver.observing.observer import Observer
from simcore.kube_apiserver.server import ApiServer
from simcore.kubelet.heartbeats import Heartbeats
from simcore.sim.rng import Rng

log = logging.getLogger(__name__)

T = TypeVar("T")

IDLE_S = 300
"""A resident that nobody used for so long is dropped."""
SEEN_EVERY_S = 20
READ_BLOCK_MS = 5_000
RETRY_S = 0.5


class NoSuchCluster(Exception):
    """The store has nothing under this id."""


class Resident:
    """One cluster in this process."""

    def __init__(self, cluster_id: str) -> None:
        """Raises: NoSuchCluster, Unavailable."""
        self.id = cluster_id
        self._client = redis_clients.shared_client()
        self.guard = threading.RLock()
        self.log = redis_clients.LogPool(lambda: redis_clients.new_log(cluster_id))
        self.store = SharedStore(self.log, guard=self.guard)
        self._synced, self._hinted = Coalesced(self.store.sync), Soon(self._hint)
        record = self.record(CLUSTER)
        if record is None:
            raise NoSuchCluster(cluster_id)
        self.clock = PaceClock(record["epoch_ms"], lambda: pace.read(self._client, cluster_id))
        self.seed: int = record["seed"]
        self.world = World(self.store, self.clock)
        self.server = self.server_on(self.store)
        self.http = self.http_on(self.server)
        authorities = Authorities(authority_key(cluster_id), self.clock.epoch_ms)
        self.front_door = FrontDoor(self.server, self.http.tokens, authorities, authority_key(cluster_id))
        self.advances = Advances(self)
        self.users = 0  # watchers and sockets that hold it
        self._shared: dict[Any, Any] = {}
        self._used_at = time.monotonic()
        self._seen_at = 0.0

    def server_on(self, store: Store) -> ApiServer:
        """An API server like the cluster's own on another store, as for trying a change out."""
        heartbeats = Heartbeats(self.world, self.clock)
        return build_api_server(
            store, clock=self.clock, rng=Rng(self.seed), schema=schema(), heartbeats=heartbeats
        )

    def http_on(self, server: ApiServer) -> HttpApi:
        """The HTTP door of a server; the documents that describe the API are shared by all clusters."""
        logs = PodLogs(self.world, self.clock)
        observer = Observer(
            server, ticks=time.perf_counter_ns, audit_policy=StoredPolicy(server.storage.store)
        )
        key = token_key(self.id)
        return HttpApi(
            server,
            openapi=openapi(),
            logs=logs,
            token_key=key,
            observer=observer,
            computed=self._metrics(server),
        )

    def _metrics(self, server: ApiServer) -> MetricsApi | None:
        """What `kubectl top` reads. A bare cluster has no metrics."""
        if (self.record(CLUSTER) or {}).get("bare"):
            return None
        reader = LocalClient(server, "metrics-server")
        metrics = ResourceMetrics(lambda namespace: reader.list(POD, namespace), self.world, self.clock)
        return MetricsApi(metrics, lambda: reader.list(NODE))

    def record(self, path: str) -> Obj | None:
        """A record of the simulated world."""
        kv = self.store.get(path)
        return decode(kv.value) if kv else None

    def speed(self) -> tuple[float, bool]:
        """(speed, paused) as the cluster was told."""
        record = self.record(CLOCK) or {}
        return float(record.get("speed", 1.0)), bool(record.get("paused", False))

    def shared(self, kind: Callable[[Resident], T]) -> T:
        """The one `kind(resident)` of this resident, made when first asked for."""
        with self.guard:
            if kind not in self._shared:
                self._shared[kind] = kind(self)
            made: T = self._shared[kind]
            return made

    def sync(self) -> Revision:
        """What is read after this is at least as new as what was written before it. Raises: Unavailable.

        Never while holding the guard: the thread that reads for all who ask needs it.
        """
        return self._synced()

    def used(self, *, wrote: bool = False) -> None:
        """Somebody is here: the cluster stays awake; after a write, or in its sleep, it is woken."""
        now = time.monotonic()
        self._used_at = now
        if now - self._seen_at > SEEN_EVERY_S:
            self._seen_at = now
            hints.mark_seen(self._client, self.id)
            wrote = wrote or self.clock.refresh().state == "sleeping"
            self.trim()
            hub.sweeper.look()
        if wrote:
            self._hinted()

    def _hint(self) -> None:
        hints.hint(self._client, self.id)

    async def stays_used(self) -> None:
        """As used(), for long-lived connections that ask again and again; costs nothing while it is not due."""
        if time.monotonic() - self._seen_at > SEEN_EVERY_S:
            await asyncio.to_thread(self.used)

    def trim(self) -> None:
        """Forgets the history that the engine forgets: memory has a bound."""
        with self.guard:
            before = cut(self.store.replica)
            if before is not None:
                self.store.replica.compact(before)

    @property
    def is_idle(self) -> bool:
        return not self.users and time.monotonic() - self._used_at > IDLE_S


class Advances:
    """Tells any number of coroutines that the log has grown. One reader for all of them, while there are any."""

    def __init__(self, resident: Resident) -> None:
        self._resident = resident
        self._listeners: dict[asyncio.Event, Callable[[], object] | None] = {}
        self._reader: asyncio.Task[None] | None = None

    @contextmanager
    def heard_by(
        self, event: asyncio.Event, *, prepared_by: Callable[[], object] | None = None
    ) -> Iterator[None]:
        """Sets `event` at each advance, and when the reading ends, while the block runs. On the event loop.

        `prepared_by` is called before that, in a thread; once for all listeners that name the same. Whoever calls it
        when the block begins misses nothing.
        """
        self._listeners[event] = prepared_by
        self.start()
        try:
            yield
        finally:
            del self._listeners[event]

    def start(self) -> None:
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read(self._resident.store.revision))

    def stop(self) -> None:
        """From any thread."""
        if self._reader is not None and not self._reader.get_loop().is_closed():
            self._reader.get_loop().call_soon_threadsafe(self._reader.cancel)

    async def _read(self, told: Revision) -> None:
        resident = self._resident
        place = redis_clients.new_log(resident.id).place
        client = redis_clients.asyncio_client()
        reader = asyncio.current_task()
        assert reader is not None
        try:
            while not reader.cancelling():  # the Redis client may take a cancellation for a lost connection
                try:
                    await client.xread(place(told), count=1, block=READ_BLOCK_MS)
                    _end_if_cancelled()
                    revision = await asyncio.to_thread(self._advance, told)
                except (OSError, redis.RedisError, Unavailable) as error:
                    log.warning("cluster %s: the log cannot be read: %s", resident.id, error)
                    await asyncio.sleep(RETRY_S)
                    continue
                if revision > told:
                    told = revision
                    self._tell()
        except Compacted:
            log.warning("cluster %s: this replica has fallen behind the log", resident.id)
            hub.drop(resident)
        finally:
            self._tell()
            await client.aclose()

    def _advance(self, told: Revision) -> Revision:
        """Raises: Compacted, Unavailable."""
        revision = self._resident.sync()
        if revision > told:
            with self._resident.guard:
                entries = self._resident.store.replica.entries_since(told)
            self._resident.server.storage.wake_for(entries)
            for prepare in dict.fromkeys(list(self._listeners.values())):
                if prepare is not None:
                    prepare()
            if revision - self._resident.store.replica.kept_from > 2 * retention.KEPT_REVISIONS:
                self._resident.trim()  # now that all have taken in what is new
        return revision

    def _tell(self) -> None:
        for event in self._listeners:
            event.set()


def _end_if_cancelled() -> None:
    """While the Redis client connects it swallows a cancellation."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


class Hub:
    """Residents by cluster id. For any thread."""

    def __init__(self) -> None:
        self._residents: dict[str, Resident] = {}
        self._loading: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()
        self.sweeper = Sweeper()

    def get(self, cluster_id: str) -> Resident:
        """Loads it when it is not there, which reads the whole state. Raises: NoSuchCluster, Unavailable."""
        resident = self._residents.get(cluster_id)
        if resident is not None:
            return resident
        with self._lock:
            loading = self._loading.setdefault(cluster_id, threading.Lock())
        with loading:
            resident = self._residents.get(cluster_id)
            if resident is None:
                resident = Resident(cluster_id)
                with self._lock:
                    self._residents[cluster_id] = resident
                self._drop_idle()
        return resident

    def has(self, resident: Resident) -> bool:
        """Whether this is still the one that new users get."""
        return self._residents.get(resident.id) is resident

    @contextmanager
    def held(self, resident: Resident) -> Iterator[Resident]:
        """Keeps a resident in memory meanwhile."""
        resident.users += 1
        try:
            yield resident
        finally:
            resident.users -= 1
            resident.used()

    def drop(self, resident: Resident) -> None:
        """Forgets a resident; whoever still holds it sees its log stand still and asks again."""
        with self._lock:
            if self._residents.get(resident.id) is resident:
                del self._residents[resident.id]
                self.sweeper.note()
        self._loading.pop(resident.id, None)
        resident.advances.stop()

    def drop_id(self, cluster_id: str) -> None:
        resident = self._residents.get(cluster_id)
        if resident is not None:
            self.drop(resident)

    def _drop_idle(self) -> None:
        for resident in [r for r in list(self._residents.values()) if r.is_idle]:
            self.drop(resident)


hub = Hub()
