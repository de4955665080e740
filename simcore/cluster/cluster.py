"""One simulated cluster: its API server and components over one store, driven by one clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simcore.apiextensions.controllers import ApiExtensions
from simcore.apimachinery.certificates import Authorities
from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import CONFIG_MAP, NAMESPACE, POD
from simcore.apimachinery.meta import Key, Obj
from simcore.apimachinery.schema import Schema
from simcore.client.context import ComponentContext
from simcore.client.informer import InformerFactory
from simcore.client.interfaces import ApiClient
from simcore.client.leader_election import LEADERS, LeaderElection
from simcore.cloud_controller_manager.manager import CloudControllerManager
from simcore.cluster import add_ons, control_plane
from simcore.cluster.faults import Faults
from simcore.cluster.founding import bootstrap
from simcore.cluster.metrics import ResourceMetrics
from simcore.cluster.network import ClusterNetwork
from simcore.cluster.pacing import Pacing
from simcore.cluster.world import CLOCK, CLUSTER, World
from simcore.etcd.interface import Entry, Store
from simcore.kube_apiserver.authentication.published import trust_of
from simcore.kube_apiserver.authorization.bootstrap import write_default_policy
from simcore.kube_apiserver.builder import build_api_server
from simcore.kube_apiserver.local import LocalClient
from simcore.kube_controller_manager.manager import ControllerManager
from simcore.kube_scheduler.scheduler import Scheduler
from simcore.kubelet.addresses import node_ip
from simcore.kubelet.heartbeats import Heartbeats
from simcore.kubelet.kubelets import Kubelets
from simcore.sim.clock import SimClock, SimTime
from simcore.sim.latency import PROFILES
from simcore.sim.rng import Rng

MOST_FIRINGS = 10_000_000
"""Timers that settle() fires before it calls the cluster restless."""


class Restless(Exception):
    """The cluster had more to do than settle() allows."""


class Cluster:
    """All components of a cluster that has been founded, ready to act.

    Everything that a component knows it takes from the store, so a cluster can be built anew on the same store at
    any time: after a crash, in another process, for a fork.
    """

    def __init__(
        self, store: Store, *, now: SimTime = 0, schema: Schema | None = None, authority_key: bytes = b""
    ) -> None:
        """With a `schema` field managers of components are noted as exactly as those of outside clients.

        `authority_key` makes the certificate authorities; a cluster that others can reach needs a secret one.
        """
        self.store, self.world_record = store, _record(store)
        self.rng = Rng(self.world_record["seed"])
        self.clock = SimClock(epoch_ms=self.world_record["epoch_ms"], start=now)
        key = authority_key or self.rng.uid("certificate authorities", 0).encode()
        self.authorities = Authorities(key, self.clock.epoch_ms)
        self.world = World(store, self.clock)
        self.api_server = build_api_server(
            store,
            clock=self.clock,
            rng=self.rng,
            schema=schema,
            heartbeats=Heartbeats(self.world, self.clock),
        )
        self.fired = 0
        """Timers since this object was made."""
        self._start()
        self.pacing = Pacing(store, self.world, self.clock, lambda: self.api_server.kinds)

    def client(self, actor: str) -> ApiClient:
        """A connection with all rights, for a component or a trusted caller."""
        return LocalClient(self.api_server, actor)

    def take(self, entries: Sequence[Entry]) -> None:
        """Tells the components of entries that came into the store from outside. Time moves on to theirs."""
        if entries:
            self.clock.jump_to(entries[-1].origin.at)
            self.api_server.storage.wake_for(entries)
            self.world.notice(entries)
            if any(entry.key == CLOCK for entry in entries):
                self.pacing.read()
            self.pacing.after_input()

    def fire_next(self) -> None:
        """Moves time to the earliest timer and fires it."""
        before = self.store.revision
        timer = self.clock.fire_next()
        self.fired += timer is not None
        self.pacing.after_timer(fired=timer is not None, wrote=self.store.revision != before)

    def run_until(self, time: SimTime) -> None:
        """Fires everything due up to `time` (inclusive) and stands at it."""
        while (due := self.clock.next_due()) is not None and due <= time:
            self.fire_next()
        self.clock.advance_to(time)

    def advance(self, delay_ms: int) -> None:
        self.run_until(self.clock.now() + delay_ms)

    def settle(self, *, quiet_ms: int = 5_000, limit_ms: int = 600_000) -> None:
        """Lets time pass until nothing was written for `quiet_ms`. Raises: Restless after `limit_ms`."""
        end, last, since = self.clock.now() + limit_ms, self.store.revision, self.clock.now()
        for _ in range(MOST_FIRINGS):
            due = self.clock.next_due()
            if due is None or due > since + quiet_ms:
                self.clock.advance_to(since + quiet_ms)
                return
            if due > end:
                break
            self.fire_next()
            if self.store.revision != last:
                last, since = self.store.revision, self.clock.now()
        raise Restless(f"still writing at {self.clock.now()} ms, revision {self.store.revision}")

    def given(self, *manifests: Obj) -> None:
        """Creates objects as an administrator would, in their order."""
        api = self.client("user:kubernetes-admin")
        for manifest in manifests:
            kind = self.api_server.kinds.by_kind(manifest["apiVersion"], manifest["kind"])
            assert kind is not None, (manifest["apiVersion"], manifest["kind"])
            if kind.namespaced and "namespace" not in manifest["metadata"]:
                manifest = {**manifest, "metadata": {**manifest["metadata"], "namespace": "default"}}
            api.create(kind, manifest)

    def _start(self) -> None:
        """Bootstraps an API server that has never run, then starts the components."""
        server = self.client("kube-apiserver")
        if self.store.get(NAMESPACE.path(Key("", "kube-system"))) is None:
            has_machine = self.world_record.get("control_plane")
            bootstrap(server, *((node_ip(1),) if has_machine else ()))
            write_default_policy(self.api_server)
            server.create(CONFIG_MAP, trust_of(self.authorities))
            if has_machine:
                add_ons.install(self.client("kubeadm"))
        latency = PROFILES[self.world_record["latency"]]
        informers = InformerFactory(server, self.clock, self.rng, latency)
        ctx = ComponentContext(self.client, informers, self.clock, self.rng, latency)
        pods = informers.informer(POD)
        bare = self.world_record.get("bare")
        metrics = None if bare else ResourceMetrics(pods.list, self.world, self.clock)
        components: Iterable[ApiExtensions | Kubelets | Scheduler | ControllerManager] = (
            ApiExtensions(ctx),
            ControllerManager(
                ctx.for_actor("kube-controller-manager"),
                root_ca=self.world_record.get("root_ca") or self.authorities.client.pem,
                authority=self.authorities.client,
                metrics=metrics,
            ),
            Scheduler(ctx.for_actor("kube-scheduler"), self.world),
            Kubelets(ctx, self.world, ClusterNetwork(ctx, self.world)),
        )
        for component in components:
            component.start()
        host = control_plane.NAME if self.world_record.get("control_plane") else "localhost"
        for name in LEADERS:
            LeaderElection(ctx.for_actor(name), name, host).start()
        Faults(self.world, self.clock).start()
        if not bare:
            CloudControllerManager(ctx.for_actor("cloud-controller-manager")).start()


def _record(store: Store) -> Obj:
    kv = store.get(CLUSTER)
    assert kv is not None, "the cluster has not been founded"
    record: Obj = decode(kv.value)
    return record
