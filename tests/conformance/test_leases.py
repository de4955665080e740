"""Leases on every store: attached keys, what is refused, and lessors of several processes."""

from __future__ import annotations

import pytest

from simcore.etcd.interface import Compare, Delete, LeaseNotFound, NoSpace, Put, Store, StoreError, lease_key
from simcore.etcd.lease import Lessor
from simcore.etcd.quota import Quota
from simcore.etcd.redis_store import RedisLog
from simcore.etcd.shared_store import SharedStore
from simcore.sim.clock import SimClock
from simcore.sim.trace import Origin

ORIGIN = Origin("user:ada", 0, 0)
A, B = "/registry/events/default/a", "/registry/events/default/b"


@pytest.fixture
def clock() -> SimClock:
    return SimClock()


def put(store: Store, key: str, lease: int = 0) -> int:
    return store.txn([], [Put(key, b"{}", lease)], origin=ORIGIN).revision


def test_a_lease_takes_its_keys_along_in_one_revision(store: Store, clock: SimClock):
    lessor = Lessor(store, clock)
    lease = lessor.grant(1_000)
    put(store, A, lease)
    put(store, B, lease)
    put(store, "/kept")
    lessor.revoke(lease)
    entries = store.watch("/", start=store.revision).poll()
    assert [(e.revision, e.op, e.key, e.value) for e in entries] == [
        (5, 0, lease_key(lease), None), (5, 1, A, None), (5, 2, B, None),
    ]  # fmt: skip
    assert [kv.key for kv in store.range("/").kvs] == ["/kept"]


@pytest.mark.parametrize("lease", [7, -1, 2**40], ids=str)
def test_a_key_is_not_attached_to_a_lease_that_is_not_there(store: Store, lease: int):
    with pytest.raises(LeaseNotFound, match=r"^requested lease not found$"):
        store.txn([], [Put(B, b""), Put(A, b"", lease)], origin=ORIGIN)
    assert store.revision == 0


def test_the_lease_of_the_branch_that_is_not_taken_is_not_asked_for(store: Store):
    done = store.txn([Compare(A, "mod", ">", 0)], [Put(A, b"", 7)], [Put(B, b"")], origin=ORIGIN)
    assert (done.succeeded, done.revision) == (False, 1)


def test_a_key_is_not_attached_to_a_lease_that_is_over(store: Store, clock: SimClock):
    lessor = Lessor(store, clock)
    lease = lessor.grant(1_000)
    lessor.revoke(lease)
    with pytest.raises(LeaseNotFound):
        put(store, A, lease)


def test_a_lessor_knows_the_keys_of_a_lease(store: Store, clock: SimClock):
    lessor = Lessor(store, clock)
    lease, other = lessor.grant(1_000), lessor.grant(1_000)
    for key, to in ((B, lease), (A, lease), ("/c", other), ("/d", 0)):
        put(store, key, to)
    lessor.sync()
    assert (lessor.keys(lease), lessor.keys(other), lessor.keys(99)) == ([A, B], ["/c"], [])
    put(store, A, other)
    store.txn([], [Delete(B)], origin=ORIGIN)
    lessor.sync()
    assert (lessor.keys(lease), lessor.keys(other)) == ([], ["/c", A])
    assert Lessor(store, clock).keys(other) == ["/c", A], "one that comes later knows them, too"


def test_a_lessor_that_does_not_end_leases_sets_no_timers(store: Store, clock: SimClock):
    outside = Lessor(store, clock)
    lease = outside.grant(1_000)
    outside.sync()
    assert clock.next_due() is None
    outside.start()
    assert clock.next_due() == 1_000
    outside.keep_alive(lease)
    outside.revoke(lease)
    outside.sync()
    assert clock.next_due() is None


def test_a_lease_that_another_process_has_granted_is_found(log: RedisLog, clock: SimClock):
    late, store = SharedStore(log), SharedStore(log)
    lease = Lessor(store, clock).grant(1_000)
    assert put(late, A, lease) == 2


def test_a_key_that_is_attached_at_the_last_moment_goes_along(
    log: RedisLog, clock: SimClock, monkeypatch: pytest.MonkeyPatch
):
    ours, theirs = SharedStore(log), SharedStore(log)
    lessor = Lessor(ours, clock)
    lease = lessor.grant(1_000)
    append, raced = log.append, []

    def race(*args, **rest):
        monkeypatch.setattr(log, "append", append)
        raced.append(put(theirs, A, lease))
        return append(*args, **rest)

    monkeypatch.setattr(log, "append", race)
    lessor.revoke(lease)
    assert raced == [2]
    assert ours.range("/").kvs == []


def test_a_key_cannot_be_attached_while_its_lease_ends(
    log: RedisLog, clock: SimClock, monkeypatch: pytest.MonkeyPatch
):
    ours, theirs = SharedStore(log), SharedStore(log)
    lease = Lessor(ours, clock).grant(1_000)
    append = log.append
    theirs.sync()

    def race(*args, **rest):
        monkeypatch.setattr(log, "append", append)
        Lessor(ours, clock).revoke(lease)
        return append(*args, **rest)

    monkeypatch.setattr(log, "append", race)
    with pytest.raises(LeaseNotFound):
        put(theirs, A, lease)
    assert SharedStore(log).range("/").kvs == []


def test_room_that_another_process_has_made_is_found(log: RedisLog):
    quota = Quota(most_keys=1)
    ours, theirs = SharedStore(log, quota=quota), SharedStore(log, quota=quota)
    put(ours, A)
    theirs.sync()
    ours.txn([], [Delete(A)], origin=ORIGIN)
    assert put(theirs, B) == 3
    ours.sync()
    with pytest.raises(NoSpace):
        put(ours, A)
    assert log.revision() == 3


@pytest.mark.parametrize("verb", ["grant", "revoke"])
def test_a_lessor_gives_up_when_somebody_is_always_faster(
    log: RedisLog, clock: SimClock, monkeypatch: pytest.MonkeyPatch, verb: str
):
    store = SharedStore(log)
    lessor = Lessor(store, clock)
    lease = lessor.grant(1_000)
    refused = store.txn([Compare(A, "mod", ">", 0)], [], origin=ORIGIN)
    monkeypatch.setattr(store, "txn", lambda *args, **rest: refused)
    with pytest.raises(StoreError, match="no free lease id" if verb == "grant" else "changed at every try"):
        getattr(lessor, verb)(lease)
