"""Staged writes are seen here and nowhere else, until all of them are true at once."""

from __future__ import annotations

import pytest

from clusterlab.manifests.staged_store import StagedStore
from simcore.etcd.interface import Compare, Delete, Put, StoreError
from simcore.etcd.memory_store import MemoryStore
from simcore.sim.trace import Origin

ME = Origin("user:test", 0, 5)


def base_with(**values: str) -> MemoryStore:
    base = MemoryStore()
    base.txn((), [Put(f"/a/{k}", v.encode()) for k, v in values.items()], origin=ME)
    return base


def absent(key: str) -> Compare:
    return Compare(key, "mod", "==", 0)


def test_what_is_staged_is_not_in_the_base() -> None:
    base = base_with(x="1")
    stage = StagedStore(base)
    assert stage.txn([absent("/a/y")], [Put("/a/y", b"2")], origin=ME).succeeded
    assert stage.get("/a/y").value == b"2"
    assert base.get("/a/y") is None


def test_a_range_shows_both_without_what_was_deleted() -> None:
    stage = StagedStore(base_with(x="1", y="2"))
    stage.txn((), [Delete("/a/x"), Put("/a/z", b"3")], origin=ME)
    found = stage.range("/a/")
    assert [kv.key for kv in found.kvs] == ["/a/y", "/a/z"]
    assert [kv.key for kv in stage.range("/a/", limit=1).kvs] == ["/a/y"]
    assert stage.range("/a/", limit=1).more


def test_a_count_is_of_both_without_what_was_deleted() -> None:
    base, here = MemoryStore(), "/registry/pods/"
    base.txn((), [Put(here + name, b"1") for name in "xy"], origin=ME)
    stage = StagedStore(base)
    assert stage.count(here) == 2
    stage.txn((), [Delete(here + "x"), Put(here + "y", b"2"), Put(here + "z", b"3")], origin=ME)
    assert (stage.count(here), stage.count("/registry/jobs/")) == (2, 0)
    stage.txn((), [Put(here + "x", b"4"), Delete(here + "none")], origin=ME)
    assert stage.count(here) == len(stage.range(here).kvs) == 3


def test_later_transactions_see_earlier_ones() -> None:
    stage = StagedStore(base_with())
    stage.txn((), [Put("/a/x", b"1")], origin=ME)
    refused = stage.txn([absent("/a/x")], [Put("/a/x", b"2")], origin=ME)
    assert not refused.succeeded
    assert refused.current[0].value == b"1"


def test_a_commit_is_one_revision() -> None:
    base = base_with(x="1")
    stage = StagedStore(base)
    stage.txn((), [Put("/a/y", b"2")], origin=ME)
    stage.txn((), [Put("/a/y", b"3"), Delete("/a/x")], origin=ME)
    before = base.revision
    assert stage.commit(ME)
    assert base.revision == before + 1
    assert [(e.key, e.value) for e in base.entries_since(before)] == [("/a/y", b"3"), ("/a/x", None)]


def test_nothing_is_committed_when_what_it_stands_on_has_changed() -> None:
    base = base_with(x="1")
    stage, revision = StagedStore(base), base.get("/a/x").mod_revision
    stage.txn([Compare("/a/x", "mod", "==", revision)], [Put("/a/x", b"mine"), Put("/a/y", b"2")], origin=ME)
    base.txn((), [Put("/a/x", b"theirs")], origin=ME)
    assert not stage.commit(ME)
    assert base.get("/a/x").value == b"theirs"
    assert base.get("/a/y") is None


def test_an_empty_stage_commits_nothing() -> None:
    base = base_with(x="1")
    before = base.revision
    assert StagedStore(base).commit(ME)
    assert base.revision == before


def test_nothing_is_watched_or_compacted() -> None:
    stage = StagedStore(base_with())
    with pytest.raises(StoreError):
        stage.watch("/a/", start=1)
    with pytest.raises(StoreError):
        stage.compact(1)


def test_what_changed_tells_of_staged_writes_and_of_the_base() -> None:
    base = base_with(x="1")
    stage = StagedStore(base)
    marks = [stage.changed("/a/")]
    stage.txn((), [Put("/a/y", b"2")], origin=ME)
    marks.append(stage.changed("/a/"))
    base.txn((), [Put("/a/z", b"3")], origin=ME)
    marks.append(stage.changed("/a/"))
    assert len(set(marks)) == 3
