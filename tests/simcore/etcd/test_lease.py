"""Leases run out on simulated time and take their keys along."""

from __future__ import annotations

import pytest

from simcore.etcd.interface import LeaseNotFound, Put
from simcore.etcd.lease import Lessor
from simcore.etcd.memory_store import MemoryStore
from simcore.sim.clock import SimClock
from simcore.sim.trace import Origin

ORIGIN = Origin("user:ada", 0, 0)
A, B = "/registry/events/default/a", "/registry/events/default/b"


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def clock() -> SimClock:
    return SimClock()


@pytest.fixture
def lessor(store: MemoryStore, clock: SimClock) -> Lessor:
    lessor = Lessor(store, clock)
    lessor.start()
    return lessor


def run_until(clock: SimClock, lessor: Lessor, time: int) -> None:
    lessor.sync()
    while (due := clock.next_due()) is not None and due <= time:
        clock.fire_next()
        lessor.sync()
    clock.advance_to(time)


def put(store: MemoryStore, key: str, lease: int = 0) -> None:
    store.txn([], [Put(key, b"{}", lease)], origin=ORIGIN)


def test_keys_go_with_their_lease_in_one_revision(store: MemoryStore, clock: SimClock, lessor: Lessor):
    lease = lessor.grant(1_000)
    put(store, B, lease)
    put(store, A, lease)
    put(store, "/registry/events/default/kept")
    before = store.revision
    run_until(clock, lessor, 999)
    assert store.revision == before
    run_until(clock, lessor, 1_000)
    ended = store.watch("/", start=before + 1).poll()
    assert [(e.revision, e.key, e.value, e.origin) for e in ended] == [
        (before + 1, f"/leases/live/{lease}", None, Origin("etcd", lease, 1_000)),
        (before + 1, A, None, Origin("etcd", lease, 1_000)),
        (before + 1, B, None, Origin("etcd", lease, 1_000)),
    ]


def test_a_renewed_lease_lives_on(store: MemoryStore, clock: SimClock, lessor: Lessor):
    lease = lessor.grant(1_000)
    put(store, A, lease)
    run_until(clock, lessor, 600)
    assert lessor.keep_alive(lease) == 1_600
    run_until(clock, lessor, 1_599)
    assert store.get(A) is not None
    assert lessor.time_left(lease) == 1
    run_until(clock, lessor, 1_600)
    assert store.get(A) is None


def test_a_key_written_again_without_the_lease_stays(store: MemoryStore, clock: SimClock, lessor: Lessor):
    lease = lessor.grant(1_000)
    put(store, A, lease)
    put(store, A)
    run_until(clock, lessor, 2_000)
    assert store.get(A) is not None


def test_a_key_moves_from_lease_to_lease(store: MemoryStore, clock: SimClock, lessor: Lessor):
    short, long = lessor.grant(1_000), lessor.grant(5_000)
    put(store, A, short)
    put(store, A, long)
    run_until(clock, lessor, 4_999)
    assert store.get(A) is not None
    run_until(clock, lessor, 5_000)
    assert store.get(A) is None


def test_a_revoked_lease_takes_its_keys_at_once(store: MemoryStore, clock: SimClock, lessor: Lessor):
    lease = lessor.grant(1_000)
    put(store, A, lease)
    lessor.revoke(lease)
    assert store.get(A) is None
    run_until(clock, lessor, 2_000)


@pytest.mark.parametrize("verb", ["keep_alive", "revoke", "time_left"])
def test_a_lease_that_is_not_there_is_not_found(lessor: Lessor, verb: str):
    with pytest.raises(LeaseNotFound, match="requested lease not found"):
        getattr(lessor, verb)(7)


@pytest.mark.parametrize("ttl_ms", [0, -5])
def test_a_lease_needs_a_positive_time(lessor: Lessor, ttl_ms: int):
    with pytest.raises(ValueError, match="must be positive"):
        lessor.grant(ttl_ms)


def test_two_leases_never_share_an_id(lessor: Lessor):
    assert len({lessor.grant(1_000) for _ in range(5)}) == 5


def test_another_lessor_takes_over_in_the_middle(store: MemoryStore, clock: SimClock, lessor: Lessor):
    lease = lessor.grant(1_000)
    put(store, A, lease)
    later = SimClock(start=400)
    successor = Lessor(store, later)
    successor.start()
    run_until(later, successor, 999)
    assert store.get(A) is not None
    run_until(later, successor, 1_000)
    assert store.get(A) is None


def test_a_lease_granted_by_an_outside_writer_is_ended_too(
    store: MemoryStore, clock: SimClock, lessor: Lessor
):
    outside = Lessor(store, clock)
    put(store, A, outside.grant(300))
    run_until(clock, lessor, 300)
    assert store.get(A) is None
