"""What every store promises, on every store."""

from __future__ import annotations

import pytest

from simcore.etcd.interface import Compacted, Compare, Delete, FutureRevision, KeyValue, Put, Store
from simcore.sim.trace import Origin

ORIGIN = Origin("user:ada", 0, 1_000)
A, B, C = "/registry/pods/default/a", "/registry/pods/default/b", "/registry/pods/other/c"
PODS = "/registry/pods/"


def put(store: Store, key: str, value: bytes = b"{}", origin: Origin = ORIGIN) -> int:
    return store.txn([], [Put(key, value)], origin=origin).revision


def delete(store: Store, key: str) -> int:
    return store.txn([], [Delete(key)], origin=ORIGIN).revision


def test_an_empty_store_is_at_revision_zero(store: Store):
    assert store.revision == 0
    assert store.get(A) is None
    assert store.range(PODS).kvs == []


def test_a_key_remembers_its_creation_and_counts_its_writes(store: Store):
    put(store, A, b"1")
    put(store, B, b"1")
    put(store, A, b"2")
    assert store.get(A) == KeyValue(A, b"2", create_revision=1, mod_revision=3, version=2)


def test_a_key_that_returns_begins_anew(store: Store):
    put(store, A, b"1")
    delete(store, A)
    put(store, A, b"2")
    assert store.get(A) == KeyValue(A, b"2", create_revision=3, mod_revision=3, version=1)


@pytest.mark.parametrize("value", [b"", b"x", b"z" * 159, b"z" * 160, bytes(range(256)) * 40], ids=len)
def test_a_value_comes_back_as_it_was(store: Store, value: bytes):
    put(store, A, value)
    assert store.get(A).value == value
    assert store.watch(PODS, start=1).poll()[0].value == value


def test_the_operations_of_a_transaction_share_one_revision(store: Store):
    put(store, B)
    result = store.txn([], [Put(A, b"1"), Delete(B), Put(C, b"2")], origin=ORIGIN)
    assert (result.succeeded, result.revision) == (True, 2)
    entries = store.watch(PODS, start=2).poll()
    assert [(e.revision, e.op, e.key, e.value) for e in entries] == [
        (2, 0, A, b"1"),
        (2, 1, B, None),
        (2, 2, C, b"2"),
    ]


def test_deleting_what_is_not_there_is_no_revision(store: Store):
    put(store, A)
    assert delete(store, B) == 1
    assert store.revision == 1


@pytest.mark.parametrize(
    ("compare", "holds"),
    [
        (Compare(A, "mod", "==", 3), True),
        (Compare(A, "mod", "==", 2), False),
        (Compare(A, "mod", ">", 2), True),
        (Compare(A, "mod", "<", 3), False),
        (Compare(A, "create", "==", 1), True),
        (Compare(A, "version", "==", 2), True),
        (Compare(A, "version", "!=", 2), False),
        (Compare(A, "lease", "==", 0), True),
        (Compare(A, "value", "==", b"new"), True),
        (Compare(A, "value", "!=", b"new"), False),
        (Compare(A, "value", "<", b"old"), True),
        (Compare(C, "mod", "==", 0), True),
        (Compare(C, "version", ">", 0), False),
        (Compare(C, "value", "==", b""), True),
    ],
    ids=str,
)
def test_a_transaction_does_the_one_thing_or_the_other(store: Store, compare: Compare, holds: bool):
    put(store, A, b"old")
    put(store, B)
    put(store, A, b"new")
    result = store.txn([compare], [Put("/x/y/then", b"")], [Put("/x/y/otherwise", b"")], origin=ORIGIN)
    assert (result.succeeded, result.revision) == (holds, 4)
    assert [kv.key for kv in store.range("/x/y/").kvs] == ["/x/y/then" if holds else "/x/y/otherwise"]


def test_every_compare_has_to_hold(store: Store):
    put(store, A)
    result = store.txn([Compare(A, "mod", "==", 1), Compare(B, "mod", "==", 7)], [Delete(A)], origin=ORIGIN)
    assert not result.succeeded
    assert result.current == (store.get(A), None)
    assert store.revision == 1


def test_a_range_is_in_order_of_the_keys(store: Store):
    for key in (C, B, A):
        put(store, key)
    assert [kv.key for kv in store.range(PODS).kvs] == [A, B, C]
    assert [kv.key for kv in store.range(PODS + "default/").kvs] == [A, B]
    assert [kv.key for kv in store.range("/registry/").kvs] == [A, B, C]
    assert store.range(PODS + "de").total == 2


def test_a_folder_counts_the_keys_that_it_has_now(store: Store):
    counts = [store.count(PODS)]
    steps = (
        lambda: put(store, A),
        lambda: put(store, A, b"2"),
        lambda: put(store, B),
        lambda: put(store, "/registry/nodes/n"),
        lambda: delete(store, A),
        lambda: delete(store, A),
        lambda: store.compact(store.revision),
        lambda: put(store, A),
    )
    for step in steps:
        step()
        counts.append(store.count(PODS))
    assert counts == [0, 1, 1, 2, 2, 1, 1, 1, 2]
    assert (store.count("/registry/nodes/"), store.count("/registry/none/")) == (1, 0)


@pytest.mark.parametrize("prefix", [PODS, PODS + "default/", "/registry/"], ids=str)
def test_what_changed_tells_of_each_change_under_a_prefix(store: Store, prefix: str):
    marks = [store.changed(prefix)]
    for change in (lambda: put(store, A), lambda: put(store, A, b"2"), lambda: delete(store, A)):
        change()
        marks.append(store.changed(prefix))
    assert len(set(marks)) == 4
    store.compact(store.revision)
    assert store.changed(prefix) == marks[-1]


def test_what_changed_elsewhere_does_not_touch_a_folder(store: Store):
    put(store, A)
    before = store.changed(PODS)
    put(store, "/registry/nodes/n")
    assert store.changed(PODS) == before
    assert store.changed("/registry/secrets/") == 0


def test_keys_come_in_order_however_they_were_written(store: Store):
    for name in ("b", "d", "a"):
        put(store, PODS + name)
    assert [kv.key[-1] for kv in store.range(PODS).kvs] == ["a", "b", "d"]
    for name in ("c", "0"):
        put(store, PODS + name)
    assert [kv.key[-1] for kv in store.range(PODS).kvs] == ["0", "a", "b", "c", "d"]


def test_a_limited_range_says_that_there_is_more(store: Store):
    for key in (A, B, C):
        put(store, key)
    first = store.range(PODS, limit=2)
    assert ([kv.key for kv in first.kvs], first.more, first.total) == ([A, B], True, 3)
    rest = store.range(PODS, limit=2, start_key=B + "\0")
    assert ([kv.key for kv in rest.kvs], rest.more, rest.total) == ([C], False, 1)


def test_pages_at_a_revision_do_not_see_later_writes(store: Store):
    for key in (A, B, C):
        put(store, key, b"1")
    first = store.range(PODS, limit=1)
    delete(store, B)
    put(store, C, b"2")
    put(store, PODS + "default/bb")
    rest = store.range(PODS, at=first.revision, start_key=A + "\0")
    assert [(kv.key, kv.value) for kv in rest.kvs] == [(B, b"1"), (C, b"1")]
    assert rest.revision == first.revision == 3


def test_the_future_cannot_be_read(store: Store):
    put(store, A)
    with pytest.raises(FutureRevision):
        store.range(PODS, at=2)


def test_a_watch_sees_each_change_once_and_in_order(store: Store):
    watch = store.watch(PODS, start=1)
    put(store, A, b"1")
    put(store, "/registry/configmaps/default/x")
    put(store, A, b"2")
    assert [(e.revision, e.prev_revision) for e in watch.poll()] == [(1, 0), (3, 1)]
    delete(store, A)
    assert [(e.revision, e.value, e.prev_revision) for e in watch.poll()] == [(4, None, 3)]
    assert watch.poll() == []


def test_a_watch_resumes_at_any_kept_revision(store: Store):
    for _ in range(5):
        put(store, A)
    assert [e.revision for e in store.watch(PODS, start=3).poll()] == [3, 4, 5]
    assert store.watch(PODS, start=6).poll() == []


@pytest.mark.parametrize("prefix", ["/registry/pods/default/", "/registry/pods/default/a", "/registry/", "/"])
def test_a_watch_may_be_wider_or_narrower_than_a_folder(store: Store, prefix: str):
    watch = store.watch(prefix, start=1)
    put(store, A)
    put(store, C)
    expected = [A, C] if C.startswith(prefix) else [A]
    assert [e.key for e in watch.poll()] == expected


def test_the_log_keeps_who_why_and_when(store: Store):
    put(store, A, origin=Origin("user:ada lovelace", 0, 1_000))
    put(store, A, origin=Origin("replicaset-controller", 1, 1_250))
    origins = [e.origin for e in store.watch(PODS, start=1).poll()]
    assert origins == [Origin("user:ada lovelace", 0, 1_000), Origin("replicaset-controller", 1, 1_250)]


def test_compaction_keeps_the_present_and_what_came_after(store: Store):
    put(store, A, b"1")
    put(store, B, b"1")
    put(store, A, b"2")
    delete(store, B)
    store.compact(3)
    assert store.get(A).value == b"2"
    assert [(kv.key, kv.value) for kv in store.range(PODS, at=3).kvs] == [(A, b"2"), (B, b"1")]
    assert [e.revision for e in store.watch(PODS, start=3).poll()] == [3, 4]


def test_what_is_compacted_is_said_to_be_so(store: Store):
    watch = store.watch(PODS, start=1)
    for _ in range(4):
        put(store, A)
    store.compact(3)
    for read in (
        lambda: store.range(PODS, at=2),
        lambda: store.watch(PODS, start=2),
        watch.poll,
        lambda: store.compact(2),
    ):
        with pytest.raises(Compacted) as refused:
            read()
        assert refused.value.kept_from == 3


def test_a_watch_that_has_polled_survives_compaction(store: Store):
    watch = store.watch(PODS, start=1)
    for _ in range(3):
        put(store, A)
    assert len(watch.poll()) == 3
    store.compact(3)
    put(store, A)
    assert [e.revision for e in watch.poll()] == [4]


def test_the_future_cannot_be_compacted(store: Store):
    put(store, A)
    with pytest.raises(FutureRevision):
        store.compact(2)
