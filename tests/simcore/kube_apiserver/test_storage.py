"""Lists that every write asks for are read once for each change."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.kinds import CONFIG_MAP
from simcore.apimachinery.meta import Key, Obj
from simcore.etcd.memory_store import MemoryStore
from simcore.kube_apiserver import storage as module
from simcore.kube_apiserver.storage import Storage
from simcore.sim.trace import Origin

ORIGIN = Origin("test", 0, 0)


def put(storage: Storage, name: str, namespace: str = "default", **more: Obj) -> None:
    obj = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace},
        **more,
    }
    path = CONFIG_MAP.path(Key(namespace, name))
    assert storage.put(path, obj, expected=0, origin=ORIGIN)


def names(storage: Storage, namespace: str | None = None) -> list[str]:
    return [obj["metadata"]["name"] for obj in storage.all(CONFIG_MAP, namespace)]


def test_a_list_that_did_not_change_is_the_same_list():
    storage = Storage(MemoryStore())
    put(storage, "a")
    assert storage.all(CONFIG_MAP) is storage.all(CONFIG_MAP)


def test_a_list_shows_each_write_at_once():
    storage = Storage(MemoryStore())
    assert names(storage) == []
    put(storage, "b")
    assert names(storage, "default") == ["b"]
    put(storage, "a")
    put(storage, "c", "other")
    assert (names(storage), names(storage, "default")) == (["a", "b", "c"], ["a", "b"])
    path = CONFIG_MAP.path(Key("default", "a"))
    storage.remove(path, storage.all(CONFIG_MAP)[0], expected=2, origin=ORIGIN)
    assert names(storage, "default") == ["b"]


def test_a_list_sees_what_another_writer_put_into_the_store():
    store = MemoryStore()
    ours, theirs = Storage(store), Storage(store)
    assert names(ours) == []
    put(theirs, "a")
    assert names(ours) == ["a"]


def test_long_lists_are_not_kept(monkeypatch):
    monkeypatch.setattr(module, "LONGEST_LISTED", 1)
    storage = Storage(MemoryStore())
    put(storage, "a")
    put(storage, "b")
    assert storage.all(CONFIG_MAP) is not storage.all(CONFIG_MAP)


def test_the_kept_lists_are_bounded(monkeypatch):
    monkeypatch.setattr(module, "MOST_LISTED", 2)
    storage = Storage(MemoryStore())
    first = storage.all(CONFIG_MAP, "one")
    assert storage.all(CONFIG_MAP, "one") is first
    storage.all(CONFIG_MAP, "two")
    storage.all(CONFIG_MAP, "three")
    assert storage.all(CONFIG_MAP, "one") is not first


def decoded_by(storage: Storage) -> list[Any]:
    return [storage.decoded(kv) for kv in storage.store.range(CONFIG_MAP.prefix).kvs]


def test_objects_of_a_kind_that_somebody_holds_stay_decoded_and_others_pass(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST_PASSING", 2)
    passing, keeping = Storage(store := MemoryStore()), Storage(store)
    keeping.keep(CONFIG_MAP)
    for name in "abc":
        put(passing, name)
    for storage, same in ((passing, [False, False, False]), (keeping, [True, True, True])):
        before, after = decoded_by(storage), decoded_by(storage)
        assert after == before
        assert [one is other for one, other in zip(before, after, strict=True)] == same


def test_objects_at_rest_share_their_parts_and_stay_who_they_are():
    storage = Storage(MemoryStore())
    storage.keep(CONFIG_MAP)
    for name in "ab":
        put(storage, name, data={"key": "value", "more": "the same"})
    before = decoded_by(storage)
    texts = [encode(obj) for obj in before]
    assert before[0]["data"] is not before[1]["data"]
    storage.share(storage.store.range(CONFIG_MAP.prefix).kvs)
    assert before[0]["data"] is before[1]["data"]
    assert [one is other for one, other in zip(before, decoded_by(storage), strict=True)] == [True, True]
    assert [encode(obj) for obj in before] == texts
