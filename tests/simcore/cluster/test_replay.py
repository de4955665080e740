"""A record is done again: every owner, every input, every byte; and what is wrong with a record is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from simcore.apimachinery.kinds import CONFIG_MAP, DEPLOYMENT
from simcore.apimachinery.meta import Key
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.cluster.replay import NotReplayable, replay
from simcore.etcd.journal import Mark
from simcore.etcd.memory_store import MemoryStore
from simcore.etcd.snapshot import Snapshot
from simcore.kube_apiserver.builder import build_api_server
from simcore.kube_apiserver.local import LocalClient
from simcore.sim.clock import SimClock
from simcore.sim.rng import Rng
from tests.kit.manifests import config_map, deployment

SEED, EPOCH_MS = 8, 1_767_323_045_000
Write = Callable[[LocalClient], object]


class Run:
    """A cluster as engines run it, one owner after the other, with its journal."""

    def __init__(self) -> None:
        self.store, self.journal = MemoryStore(), list[Mark]()
        found(self.store, ClusterSpec(seed=SEED, epoch_ms=EPOCH_MS, nodes=2))
        self._now = self._fired = 0
        self.take_over()

    def take_over(self) -> None:
        self.journal.append(Mark("start", self.store.revision, self._fired, self._now))
        self.cluster = Cluster(self.store, now=self._now)

    def advance(self, delay_ms: int) -> None:
        self.cluster.advance(delay_ms)
        self._now, self._fired = self.cluster.clock.now(), self.cluster.fired

    def write(self, write: Write, *, is_noticed: bool = True) -> None:
        """As an outside client does it, on a store of its own; unnoticed: the owner dies before it looks."""
        theirs = MemoryStore()
        theirs.apply(self.store.entries_since(0))
        before = theirs.revision
        server = build_api_server(theirs, clock=SimClock(epoch_ms=EPOCH_MS, start=self._now), rng=Rng(SEED))
        write(LocalClient(server, "user:ada"))
        entries = theirs.entries_since(before)
        if is_noticed:
            self.journal.append(
                Mark("take", entries[-1].revision, self.cluster.fired, self.cluster.clock.now())
            )
        self.store.apply(entries)
        if is_noticed:
            self.cluster.take(entries)
        else:
            self.take_over()

    def record(self) -> Snapshot:
        end = Mark("end", self.store.revision, self.cluster.fired, self.cluster.clock.now())
        return Snapshot(0, [], self.store.entries_since(0), [*self.journal, end])


def make(client: LocalClient) -> object:
    return client.create(DEPLOYMENT, deployment("web", 3))


def scale(replicas: int) -> Write:
    return lambda client: client.patch(DEPLOYMENT, Key("default", "web"), {"spec": {"replicas": replicas}})


@pytest.fixture
def run() -> Run:
    made = Run()
    made.advance(4_000)
    made.write(make)
    made.advance(700)
    made.write(scale(5))
    made.advance(900)
    made.take_over()
    made.advance(1_300)
    made.write(scale(2), is_noticed=False)
    made.advance(30_000)
    made.write(lambda client: client.create(CONFIG_MAP, config_map("notes")))
    made.advance(5_000)
    return made


def test_every_owner_and_every_input_is_done_again(run: Run):
    done = replay(run.record())
    assert (done.is_same, done.divergence) == (True, None)
    assert (done.begin, done.end, done.inputs) == (1, run.store.revision, 4)
    assert done.firings > 200
    assert done.recorded == done.replayed


def test_an_input_that_came_at_another_place_is_found_out(run: Run):
    record = run.record()
    place = next(n for n, mark in enumerate(record.journal) if mark.what == "take")
    moved = record.journal[place]._replace(fired=record.journal[place].fired // 2)
    done = replay(Snapshot(0, [], record.log, [*record.journal[:place], moved, *record.journal[place + 1 :]]))
    assert not done.is_same


def test_an_owner_that_is_not_in_the_journal_is_found_out(run: Run):
    record = run.record()
    starts = [n for n, mark in enumerate(record.journal) if mark.what == "start"]
    without = [mark for n, mark in enumerate(record.journal) if n != starts[1]]
    assert not replay(Snapshot(0, [], record.log, without)).is_same


@pytest.mark.parametrize("part", ["value", "actor", "cause", "at", "key"])
def test_any_part_of_a_change_counts(run: Run, part: str):
    record = run.record()
    place = next(n for n, e in enumerate(record.log) if e.origin.actor.startswith("kubelet/") and e.value)
    entry = record.log[place]
    match part:
        case "value":
            other = replace(entry, value=(entry.value or b"") + b" ")
        case "key":
            other = replace(entry, key=entry.key + "x")
        case "actor":
            other = replace(entry, origin=replace(entry.origin, actor="kubelet/node-9"))
        case _:
            other = replace(entry, origin=replace(entry.origin, **{part: getattr(entry.origin, part) + 1}))
    record.log[place] = other
    done = replay(record)
    assert done.recorded != done.replayed
    assert done.divergence == other


def test_what_components_should_have_written_is_no_input(run: Run):
    """An input in the place of a component's write would make any record true."""
    record = run.record()
    place = max(n for n, mark in enumerate(record.journal) if mark.what == "take")
    early = record.journal[place]._replace(fired=record.journal[place].fired - 10)
    end = record.journal[-1]._replace(fired=early.fired)
    done = replay(Snapshot(0, [], record.log, [*record.journal[:place], early, end]))
    lost = done.divergence
    assert lost is not None and not lost.origin.actor.startswith("user:")


def test_a_record_that_ends_before_its_journal_stops_where_it_ends(run: Run):
    record = run.record()
    cut = [entry for entry in record.log if entry.revision <= record.journal[1].revision - 1]
    done = replay(Snapshot(0, [], cut, record.journal))
    assert done.end < run.store.revision


def test_a_replay_may_begin_at_a_later_owner(run: Run):
    record = run.record()
    second = [mark for mark in record.journal if mark.what == "start"][1]
    base = run.store.range("/", at=second.revision)
    rest = run.store.entries_since(second.revision)
    done = replay(Snapshot(second.revision, base.kvs, rest, record.journal))
    assert (done.is_same, done.begin) == (True, second.revision)


@pytest.mark.parametrize(
    "journal", [[], [Mark("end", 4, 0, 0)], [Mark("start", 3, 0, 0)]], ids=["none", "no owner", "too early"]
)
def test_a_record_without_an_owner_is_refused(journal: list[Mark]):
    with pytest.raises(NotReplayable, match="the record has no place where an owner built the cluster"):
        replay(Snapshot(4, [], [], journal))
