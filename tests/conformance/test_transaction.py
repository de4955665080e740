"""Transactions by range and nested ones, orders and rich watches, on every store."""

from __future__ import annotations

import pytest

from simcore.etcd.interface import Compare, Delete, Put, Store, Unavailable
from simcore.etcd.selection import ordered
from simcore.etcd.transaction import DeleteRange, If, Range, transact
from simcore.etcd.watching import RichWatch
from simcore.sim.trace import Origin

ORIGIN = Origin("user:ada", 0, 1_000)
A, B, C = "/registry/pods/default/a", "/registry/pods/default/b", "/registry/pods/other/c"
PODS = "/registry/pods/"


@pytest.fixture
def filled(store: Store) -> Store:
    for key, value in ((B, b"2"), (A, b"3"), (C, b"1"), (A, b"4")):
        store.txn([], [Put(key, value)], origin=ORIGIN)
    return store


def keys(found: list[object]) -> list[str]:
    return [kv.key for kv in found]  # type: ignore[attr-defined]


def test_a_range_is_deleted_in_one_revision(filled: Store):
    done = transact(filled, If([], [DeleteRange(PODS + "default/")]), origin=ORIGIN)
    assert (done.revision, keys(done.answers[0])) == (5, [A, B])
    assert keys(filled.range(PODS).kvs) == [C]
    assert [(e.revision, e.key, e.value) for e in filled.watch(PODS, start=5).poll()] == [
        (5, A, None),
        (5, B, None),
    ]


def test_a_range_sees_what_its_transaction_has_done(filled: Store):
    steps = [Range(PODS), Delete(A), Put(PODS + "default/aa", b"new"), Range(PODS, 2)]
    before, after = transact(filled, If([], steps), origin=ORIGIN).answers
    assert keys(before) == [A, B, C]
    assert [(kv.key, kv.mod_revision, kv.version) for kv in after] == [(PODS + "default/aa", 5, 1), (B, 1, 1)]
    assert filled.range(PODS).kvs[0] == after[0]


@pytest.mark.parametrize(("value", "left"), [(b"4", [C]), (b"9", [A, B])], ids=["then", "otherwise"])
def test_transactions_nest(filled: Store, value: bytes, left: list[str]):
    inner = If([Compare(B, "mod", "==", 1)], [DeleteRange(PODS + "default/")])
    txn = If([Compare(A, "value", "==", value)], [inner], [Delete(C)])
    assert transact(filled, txn, origin=ORIGIN).succeeded is (value == b"4")
    assert keys(filled.range(PODS).kvs) == left


def test_a_transaction_that_only_reads_is_no_revision(filled: Store):
    done = transact(filled, If([Compare(A, "version", "==", 2)], [Range(PODS)]), origin=ORIGIN)
    assert (done.succeeded, done.revision, len(done.answers[0])) == (True, 4, 3)
    assert filled.revision == 4


def test_a_transaction_is_worked_out_again_when_somebody_was_faster(
    filled: Store, monkeypatch: pytest.MonkeyPatch
):
    plain, raced = filled.txn, []

    def race(when, then, otherwise=(), *, origin):
        if not raced:
            raced.append(plain([], [Put(PODS + "default/late", b"")], origin=origin))
        return plain(when, then, otherwise, origin=origin)

    monkeypatch.setattr(filled, "txn", race)
    done = transact(filled, If([], [DeleteRange(PODS + "default/")]), origin=ORIGIN)
    assert keys(done.answers[0]) == [A, B, PODS + "default/late"]
    assert keys(filled.range(PODS).kvs) == [C]


def test_a_transaction_gives_up_when_somebody_is_always_faster(
    filled: Store, monkeypatch: pytest.MonkeyPatch
):
    plain = filled.txn

    def race(when, then, otherwise=(), *, origin):
        plain([], [Put(B, b"")], origin=origin)
        return plain(when, then, otherwise, origin=origin)

    monkeypatch.setattr(filled, "txn", race)
    with pytest.raises(Unavailable, match="changed at every try"):
        transact(filled, If([], [DeleteRange(PODS)]), origin=ORIGIN)
    assert len(filled.range(PODS).kvs) == 3


@pytest.mark.parametrize(
    ("by", "descending", "wanted"),
    [("key", True, [C, B, A]), ("mod", False, [B, C, A]), ("create", False, [B, A, C]), ("value", True, [A, B, C]),
     ("version", False, [B, C, A])],
)  # fmt: skip
def test_a_range_in_another_order(filled: Store, by, descending, wanted):
    assert keys(ordered(filled.range(PODS).kvs, by, descending=descending)) == wanted


def test_a_watch_shows_what_was_before(filled: Store):
    filled.txn([], [Delete(B)], origin=ORIGIN)
    events = RichWatch(filled, PODS, start=3, with_previous=True).poll()
    assert [(e.entry.revision, e.previous and e.previous.value) for e in events] == [
        (3, None),
        (4, b"3"),
        (5, b"2"),
    ]


def test_a_watch_forgets_what_was_before_with_compaction(filled: Store):
    watch = RichWatch(filled, PODS, start=4, with_previous=True)
    filled.compact(4)
    assert [(e.entry.revision, e.previous) for e in watch.poll()] == [(4, None)]


@pytest.mark.parametrize(
    ("only", "wanted"), [("put", [1, 2, 3, 4]), ("delete", [5]), (None, [1, 2, 3, 4, 5])]
)
def test_a_watch_shows_puts_or_deletions_alone(filled: Store, only, wanted):
    filled.txn([], [Delete(B)], origin=ORIGIN)
    watch = RichWatch(filled, PODS, start=1, only=only)
    assert [e.entry.revision for e in watch.poll()] == wanted
    watch.cancel()
    assert watch.poll() == []


def test_a_watch_tells_how_far_it_has_come_though_nothing_changed_there(filled: Store):
    watch = RichWatch(filled, "/registry/nodes/", start=2)
    assert watch.progress == 1
    assert watch.poll() == []
    assert watch.progress == 4
