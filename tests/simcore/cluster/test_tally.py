"""A condition that is followed change by change says what one says that looks at everything."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.apimachinery.encoding import decode, encode
from simcore.apimachinery.kinds import POD, Kind, KindTable
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.condition import parse
from simcore.cluster.tally import Tallies
from simcore.etcd.interface import Delete, Put
from simcore.etcd.memory_store import MemoryStore
from simcore.sim.trace import Origin

KINDS, ORIGIN = KindTable(), Origin("test", 0, 0)
NAMES, NAMESPACES = ("web", "db"), ("default", "shop")
TEXTS = (
    "any pod Failed",
    "all pods Running",
    "all pods not Failed in shop",
    "2 pods Running",
    "pod/web Running",
    "pod/web gone in shop",
    "any pod exists",
    "pod/web Running and pod/db Failed or 3 pods Pending",
)
Change = tuple[str, str, str | None]
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(NAMESPACES),
        st.sampled_from(NAMES),
        st.sampled_from(("Running", "Failed", "Pending", None)),
    )
)


def write(store: MemoryStore, change: Change) -> None:
    namespace, name, phase = change
    path = POD.path(Key(namespace, name))
    obj = {"metadata": {"name": name, "namespace": namespace}, "status": {"phase": phase}}
    store.txn((), [Put(path, encode(obj)) if phase else Delete(path)], origin=ORIGIN)


def listing(store: MemoryStore, kind: Kind, namespace: str | None) -> list[Obj]:
    return [decode(kv.value) for kv in store.range(kind.folder(namespace)).kvs]


@given(CHANGES, CHANGES, st.sampled_from(TEXTS))
@settings(max_examples=150, deadline=None)
def test_following_agrees_with_looking(before: list[Change], after: list[Change], text: str):
    store = MemoryStore()
    for change in before:
        write(store, change)
    condition = parse(text, KINDS)
    followed = Tallies(condition, store)
    for change in [None, *after]:
        if change:
            write(store, change)
        assert followed.is_true() is condition.holds(lambda kind, ns: listing(store, kind, ns))


def test_it_begins_anew_when_changes_were_compacted_before_it_looked():
    store = MemoryStore()
    followed = Tallies(parse("2 pods Failed", KINDS), store)
    for name in ("a", "b", "c"):
        write(store, ("default", name, "Failed"))
    write(store, ("default", "c", None))
    store.compact(store.revision)
    assert followed.is_true()
    write(store, ("default", "a", None))
    assert not followed.is_true()


@pytest.mark.parametrize("count", [1, 40])
def test_a_change_costs_one_object_whatever_there_is(count: int, monkeypatch: pytest.MonkeyPatch):
    store = MemoryStore()
    for number in range(count):
        write(store, ("default", f"pod-{number}", "Running"))
    followed = Tallies(parse("all pods Failed", KINDS), store)
    seen: list[Obj] = []
    monkeypatch.setattr("simcore.cluster.tally.decode", lambda data: seen.append(decode(data)) or seen[-1])
    write(store, ("default", "pod-0", "Failed"))
    assert followed.is_true() is (count == 1)
    assert len(seen) == 1
