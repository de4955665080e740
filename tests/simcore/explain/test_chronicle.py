"""The kept log with its index, and what is left of both when a part is forgotten."""

from __future__ import annotations

import pytest

from simcore.etcd.interface import Compacted, Delete, Put
from simcore.etcd.memory_store import MemoryStore
from simcore.explain.chronicle import Chronicle
from simcore.sim.trace import Origin

A, B = "/registry/pods/default/a", "/registry/pods/default/b"


@pytest.fixture
def chronicle() -> Chronicle:
    store = MemoryStore()
    for cause, op in (
        (0, Put(A, b"1")),
        (1, Put(B, b"1")),
        (1, Put(A, b"2")),
        (3, Delete(B)),
        (3, Put(A, b"3")),
    ):
        store.txn([], [op], origin=Origin("someone", cause, 10 * cause))
    return Chronicle(store, kept_from=1)


def revisions(chronicle: Chronicle, key: str) -> list[int]:
    return [entry.revision for entry in chronicle.history(key)]


def test_it_knows_what_a_revision_caused_and_where_a_key_was_written(chronicle: Chronicle):
    assert [chronicle.effects(revision) for revision in range(1, 6)] == [[2, 3], [], [4, 5], [], []]
    assert (revisions(chronicle, A), revisions(chronicle, B)) == ([5, 3, 1], [4, 2])


def test_what_is_forgotten_is_gone_with_its_index(chronicle: Chronicle):
    chronicle.forget(4)
    assert (chronicle.kept_from, [e.revision for e in chronicle.entries]) == (4, [4, 5])
    assert [chronicle.effects(revision) for revision in range(1, 6)] == [[], [], [], [], []]
    assert (revisions(chronicle, A), revisions(chronicle, B)) == ([5], [4])
    with pytest.raises(Compacted, match=r"^required revision has been compacted: 3 < 4$"):
        chronicle.check_kept(3)


def test_forgetting_what_is_forgotten_changes_nothing(chronicle: Chronicle):
    chronicle.forget(4)
    chronicle.forget(2)
    assert (chronicle.kept_from, len(chronicle.entries), chronicle.revision) == (4, 2, 5)


def test_when_all_is_forgotten_its_revision_is_the_last_one(chronicle: Chronicle):
    chronicle.forget(6)
    assert (chronicle.entries, chronicle.revision, chronicle.time_of(6)) == ([], 5, 0)
    assert revisions(chronicle, A) == []
