"""A small cluster whose history is explained."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.cluster import Cluster
from simcore.cluster.faults import Fault, FaultKind, to_begin
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.interface import Revision
from simcore.etcd.memory_store import MemoryStore
from simcore.explain.chronicle import Chronicle
from simcore.explain.past import Past
from simcore.explain.subjects import Subjects
from simcore.explain.trace import Trace, trace
from simcore.explain.why.scene import Scene
from simcore.explain.why.why import Why, why
from simcore.sim.trace import Origin

EPOCH_MS = 1_700_000_000_000


class Told:
    """A cluster, its history and the questions."""

    def __init__(self, **spec: int | str) -> None:
        self.store = MemoryStore()
        found(self.store, ClusterSpec(seed=5, epoch_ms=EPOCH_MS, **spec))  # type: ignore[arg-type]  # test values
        self.cluster = Cluster(self.store)
        self.cluster.settle()
        self.subjects = Subjects(self.cluster.api_server.kinds)
        self.user = self.cluster.client("user:dana")

    def given(self, *manifests: Obj, quiet_ms: int = 5_000) -> Revision:
        """Dana creates them and all comes to rest; the revision of the first."""
        first = self.store.revision + 1
        for manifest in manifests:
            kind = self.cluster.api_server.kinds.by_kind(manifest["apiVersion"], manifest["kind"])
            assert kind is not None
            self.user.create(kind, manifest)
        self.cluster.settle(quiet_ms=quiet_ms, limit_ms=10_000_000)
        return first

    def broken(self, kind: FaultKind, *targets: str, until_ms: int | None = None) -> Revision:
        """Dana orders a fault; the revision."""
        fault = Fault(f"{kind}-{len(targets)}", kind, targets, self.cluster.clock.now(), until_ms)
        origin = Origin("user:dana", 0, fault.since_ms)
        before = self.store.revision
        self.store.txn((), to_begin(fault, self.cluster.world, fault.since_ms), origin=origin)
        self.cluster.world.notice(self.store.entries_since(before))
        return self.store.revision

    def switch_off(self, node: str) -> Revision:
        return self.broken("power", node)

    @property
    def chronicle(self) -> Chronicle:
        return Chronicle(self.store, kept_from=max(self.store.kept_from, 1))

    def trace(self, root: Revision) -> Trace:
        return trace(self.chronicle, self.store, self.subjects, root)

    def why(
        self, kind: Kind, name: str, *, namespace: str = "default", at: Revision | None = None
    ) -> Why | None:
        past = Past(self.store, at or self.store.revision)
        scene = Scene(past, self.chronicle, self.subjects)
        return why(scene, kind, Key(namespace if kind.namespaced else "", name))


@pytest.fixture
def told() -> Told:
    return Told(nodes=3)
