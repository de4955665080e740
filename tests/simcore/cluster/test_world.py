"""The records of the simulated world and the word of their changes."""

from __future__ import annotations

import pytest

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.meta import Obj
from simcore.cluster.world import World
from simcore.etcd.interface import Put
from simcore.etcd.memory_store import MemoryStore
from simcore.sim.clock import SimClock
from simcore.sim.trace import Origin


class Told:
    """A world with an ear for machines."""

    def __init__(self) -> None:
        self.store, self.clock = MemoryStore(), SimClock(epoch_ms=0)
        self.world = World(self.store, self.clock)
        self.heard: list[tuple[str, Obj | None, int]] = []
        self.world.watch("/sim/nodes/", lambda *change: self.heard.append(change))

    def deliver(self) -> None:
        while self.clock.next_due() is not None:
            self.clock.fire_next()


@pytest.fixture
def told() -> Told:
    return Told()


def test_a_watcher_hears_each_change_in_order_and_later_than_it_was_written(told: Told) -> None:
    told.world.put("/sim/nodes/a", {"power": "on"}, actor="user:x")
    told.world.put("/sim/nodes/a", {"power": "off"}, actor="user:x")
    told.world.delete("/sim/nodes/a", actor="user:x")
    assert told.heard == []
    told.deliver()
    assert told.heard == [
        ("/sim/nodes/a", {"power": "on"}, 1),
        ("/sim/nodes/a", {"power": "off"}, 2),
        ("/sim/nodes/a", None, 3),
    ]


def test_other_records_and_changes_of_nothing_are_not_heard(told: Told) -> None:
    told.world.put("/sim/clock", {"speed": 1.0}, actor="user:x")
    told.world.delete("/sim/nodes/none", actor="user:x")
    told.deliver()
    assert told.heard == []


def test_what_came_by_a_replicas_log_is_heard_when_noticed(told: Told) -> None:
    origin = Origin("user:x", 0, 0)
    told.store.txn((), (Put("/sim/nodes/b", encode({"power": "on"})),), origin=origin)
    told.store.txn((), (Put("/registry/pods/default/web", b"{}"),), origin=origin)
    told.world.notice(told.store.entries_since(0))
    told.deliver()
    assert told.heard == [("/sim/nodes/b", {"power": "on"}, 1)]


def test_a_compaction_takes_no_change_away_from_a_watcher(told: Told) -> None:
    for n in range(5):
        told.world.put("/sim/runtime/node-1/x", {"n": n}, actor="kubelet/node-1")
    told.store.compact(told.store.revision)
    told.world.put("/sim/nodes/a", {"power": "on"}, actor="user:x")
    told.store.compact(told.store.revision)
    told.deliver()
    assert told.heard == [("/sim/nodes/a", {"power": "on"}, 6)]


def test_a_handler_that_writes_is_told_of_its_write_in_the_next_round(told: Told) -> None:
    def answer(path: str, doc: Obj | None, revision: int) -> None:
        if doc == {"power": "on"}:
            told.world.put(path, {"power": "off"}, actor="kubelet/a", cause=revision)

    told.world.watch("/sim/nodes/", answer)
    told.world.put("/sim/nodes/a", {"power": "on"}, actor="user:x")
    told.deliver()
    assert [doc for _, doc, _ in told.heard] == [{"power": "on"}, {"power": "off"}]
