"""What the memory store offers beside the Store protocol: drafts, folders, loading, following another store's log."""

from __future__ import annotations

import pytest

from simcore.etcd.interface import Compacted, Compare, Delete, DuplicateKey, Entry, KeyValue, Put, StoreError
from simcore.etcd.memory_store import MemoryStore, folder_around, folder_of
from simcore.sim.trace import Origin

ORIGIN = Origin("user:ada", 3, 500)
A, B, C = "/registry/pods/default/a", "/registry/pods/default/b", "/registry/nodes/c"


@pytest.fixture
def store() -> MemoryStore:
    made = MemoryStore()
    for op in (Put(A, b"1"), Put(B, b"1"), Put(A, b"2"), Delete(B)):
        made.txn([], [op], origin=ORIGIN)
    return made


@pytest.mark.parametrize(
    ("key", "folder"),
    [
        ("/registry/pods/default/web", "/registry/pods/"),
        ("/registry/pods/default/web/log", "/registry/pods/"),
        ("/registry/nodes/node-1", "/registry/nodes/"),
        ("/registry/apps/", "/registry/apps/"),
        ("/sim/clock", "/sim/clock"),
        ("/a", "/a"),
        ("", ""),
        ("//a/b", "//a/"),
    ],
)
def test_a_keys_folder_is_its_first_two_segments(key: str, folder: str):
    assert folder_of(key) == folder


@pytest.mark.parametrize(
    ("prefix", "folder"),
    [
        ("/registry/pods/", "/registry/pods/"),
        ("/registry/pods/default/", "/registry/pods/"),
        ("/registry/pods/default/web", "/registry/pods/"),
        ("/registry/pods", None),
        ("/registry/", None),
        ("/sim/clock", None),
        ("/", None),
        ("", None),
    ],
)
def test_a_prefix_lies_in_one_folder_or_may_lie_in_several(prefix: str, folder: str | None):
    assert folder_around(prefix) == folder


def test_every_key_with_a_prefix_is_in_the_folder_around_it(store: MemoryStore):
    for prefix in (A, A[:-1], "/registry/pods/", "/registry/pods/d"):
        assert all(folder_of(kv.key) == folder_around(prefix) for kv in store.range(prefix).kvs)


def test_a_draft_is_what_a_transaction_would_write_and_changes_nothing(store: MemoryStore):
    ops = [Put(A, b"3"), Put(B, b"new life")]
    before = store.range("/"), store.revision
    drafted = store.draft(ops, ORIGIN)
    assert (store.range("/"), store.revision) == before
    assert drafted == [
        Entry(5, 0, A, b"3", 1, 3, 0, 3, ORIGIN),
        Entry(5, 1, B, b"new life", 5, 1, 0, 0, ORIGIN),
    ]
    store.txn([], ops, origin=ORIGIN)
    assert store.entries_since(4) == drafted


def test_a_draft_leaves_out_deletions_of_nothing_and_numbers_the_rest(store: MemoryStore):
    drafted = store.draft([Delete(B), Delete(A), Delete("/none"), Put(C, b"")], ORIGIN)
    assert [(e.op, e.key, e.value, e.prev_revision) for e in drafted] == [(0, A, None, 3), (1, C, b"", 0)]
    assert store.draft([Delete(B)], ORIGIN) == []
    assert store.draft([], ORIGIN) == []


@pytest.mark.parametrize(
    "ops",
    [[Put(A, b"1"), Put(A, b"2")], [Put(A, b"1"), Delete(A)], [Delete(C), Put(B, b""), Delete(C)]],
    ids=["two puts", "put and delete", "two deletions"],
)
def test_a_key_is_written_once_in_a_transaction(store: MemoryStore, ops):
    before = store.range("/")
    with pytest.raises(DuplicateKey, match=r"^duplicate key given in txn request$"):
        store.txn([], ops, origin=ORIGIN)
    with pytest.raises(StoreError):
        store.txn([Compare(A, "mod", "==", 0)], [], ops, origin=ORIGIN)
    assert store.range("/") == before


@pytest.mark.parametrize(
    ("when", "wanted"),
    [
        ([], True),
        ([Compare(A, "mod", "==", 3)], True),
        ([Compare(A, "mod", "==", 3), Compare(B, "mod", ">", 0)], False),
        ([Compare("", "mod", "==", 4)], True),
        ([Compare("", "mod", "<", 4)], False),
        ([Compare("", "version", "==", 0), Compare("", "value", "==", b"")], True),
    ],
    ids=["none", "holds", "one fails", "the store", "an older store", "the store has nothing else"],
)
def test_every_compare_has_to_hold(store: MemoryStore, when: list[Compare], wanted: bool):
    assert store.holds(when) is wanted


def test_a_loaded_state_can_be_read_and_followed_but_not_looked_behind(store: MemoryStore):
    copy = MemoryStore()
    copy.load(store.range("/").kvs, store.revision)
    assert (copy.revision, copy.kept_from) == (4, 5)
    assert copy.range("/") == store.range("/") == copy.range("/", at=4)
    with pytest.raises(Compacted, match=r"^required revision has been compacted: 3 < 4$"):
        copy.range("/", at=3)
    with pytest.raises(Compacted, match=r"^required revision has been compacted: 4 < 5$"):
        copy.watch("/", start=4)
    store.txn([], [Put(C, b"1")], origin=ORIGIN)
    copy.apply(store.entries_since(4))
    assert copy.range("/") == store.range("/")
    assert copy.watch("/", start=5).poll() == store.watch("/", start=5).poll()


def test_nothing_loaded_is_an_empty_store():
    store = MemoryStore()
    store.load([], 0)
    assert (store.revision, store.kept_from, store.range("/").kvs) == (0, 0, [])


def test_a_state_is_loaded_into_an_empty_store_only(store: MemoryStore):
    with pytest.raises(AssertionError):
        store.load([KeyValue(C, b"", 9, 9, 1)], 9)


@pytest.mark.parametrize("revision", [3, 6], ids=["an old one", "a gap"])
def test_entries_are_followed_in_order_only(store: MemoryStore, revision: int):
    with pytest.raises(AssertionError):
        store.apply([Entry(revision, 0, C, b"", revision, 1, 0, 0, ORIGIN)])
    assert store.get(C) is None


@pytest.mark.parametrize(("after", "revisions"), [(0, [1, 2, 3, 4]), (2, [3, 4]), (4, []), (9, [])])
def test_the_log_after_a_revision(store: MemoryStore, after: int, revisions: list[int]):
    assert [e.revision for e in store.entries_since(after)] == revisions


def test_the_log_before_what_is_kept_is_gone(store: MemoryStore):
    store.compact(3)
    assert [e.revision for e in store.entries_since(2)] == [3, 4]
    with pytest.raises(Compacted, match=r"^required revision has been compacted: 2 < 3$"):
        store.entries_since(1)


def test_a_watch_that_missed_nothing_goes_on_after_compaction(store: MemoryStore):
    quiet, late = store.watch("/registry/nodes/", start=1), store.watch("/registry/pods/", start=1)
    store.txn([], [Put("/sim/clock", b"")], origin=ORIGIN)
    store.compact(store.revision)
    assert quiet.poll() == []
    with pytest.raises(Compacted, match=r"^required revision has been compacted: 1 < 5$"):
        late.poll()
    store.txn([], [Put(C, b"")], origin=ORIGIN)
    assert [e.key for e in quiet.poll()] == [C]


def test_a_cancelled_watch_shows_nothing_more(store: MemoryStore):
    watch = store.watch("/", start=1)
    watch.cancel()
    store.txn([], [Put(C, b"")], origin=ORIGIN)
    assert watch.poll() == []


def test_a_key_without_any_history_left_is_forgotten(store: MemoryStore):
    store.txn([], [Put(C, b"")], origin=ORIGIN)
    store.compact(5)
    assert [kv.key for kv in store.range("/", at=5).kvs] == [C, A]
    assert B not in store._history
    store.txn([], [Put(B, b"again")], origin=ORIGIN)
    assert store.get(B) == KeyValue(B, b"again", 6, 6, 1)
