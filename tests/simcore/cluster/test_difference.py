"""What differs between two states, and where two histories part."""

from __future__ import annotations

from simcore.cluster.difference import FieldChange, difference, field_changes, first_divergence, parting
from simcore.cluster.history import history_hash
from simcore.etcd.interface import Put
from simcore.etcd.memory_store import MemoryStore
from simcore.sim.trace import Origin


def store(*writes: tuple[str, bytes], at: int = 0) -> MemoryStore:
    made = MemoryStore()
    for key, value in writes:
        made.txn([], [Put(key, value)], origin=Origin("user:ada", 0, at))
    return made


def test_two_states_differ_by_keys_and_by_fields():
    old = store(("/a/b/gone", b"{}"), ("/a/b/same", b"{}"), ("/a/b/web", b'{"spec":{"replicas":1}}'))
    new = store(("/a/b/web", b'{"spec":{"replicas":3}}'), ("/a/b/same", b"{}"), ("/a/b/fresh", b"{}"))
    found = difference(old.range("/").kvs, new.range("/").kvs)
    assert (found.added, found.removed) == (["/a/b/fresh"], ["/a/b/gone"])
    assert found.changed == {"/a/b/web": [FieldChange("spec.replicas", 1, 3)]}


def test_the_order_of_fields_is_no_difference():
    found = difference(
        store(("/a/b/c", b'{"x":1,"y":2}')).range("/").kvs, store(("/a/b/c", b'{"y":2,"x":1}')).range("/").kvs
    )
    assert found == ([], [], {})


def test_changes_name_their_fields():
    old = {"spec": {"containers": [{"image": "a"}], "gone": {"x": 1}}, "list": [1, 2]}
    new = {"spec": {"containers": [{"image": "b"}, {"image": "c"}]}, "list": [1]}
    assert list(field_changes(old, new)) == [
        FieldChange("list[1]", 2, None),
        FieldChange("spec.containers[0].image", "a", "b"),
        FieldChange("spec.containers[1]", None, {"image": "c"}),
        FieldChange("spec.gone", {"x": 1}, None),
    ]


def test_histories_part_where_the_first_entries_differ():
    one = store(("/a/b/c", b"1"), ("/a/b/c", b"2"), ("/a/b/c", b"3"))
    other = store(("/a/b/c", b"1"), ("/a/b/c", b"two"))
    assert first_divergence(one.entries_since(0), other.entries_since(0)) == 1
    assert first_divergence(one.entries_since(0), one.entries_since(0)[:2]) is None


def test_the_hash_of_a_history_is_of_every_part_of_it():
    base = history_hash(store(("/a/b/c", b"1")))
    assert base == history_hash(store(("/a/b/c", b"1")))
    assert base != history_hash(store(("/a/b/c", b"2")))
    assert base != history_hash(store(("/a/b/d", b"1")))
    assert base != history_hash(store(("/a/b/c", b"1"), at=5))


def test_histories_are_compared_from_where_both_are_kept():
    one, other = (store(*((f"/a/b/{n}", b"1") for n in range(6))) for _ in range(2))
    for made, value in ((one, b"2"), (other, b"3")):
        made.txn([], [Put("/a/b/c", value)], origin=Origin("user:ada", 0, 0))
    other.compact(4)
    whole, rest = one.entries_since(0), other.entries_since(3)
    assert parting(whole, rest) == parting(rest, whole) == 7
    assert parting(whole, rest[:-1]) is None
    assert parting(whole, []) is None


def test_histories_of_different_numbers_part_at_the_lower_one():
    one = store(("/a/b/c", b"1"), ("/a/b/d", b"1"))
    other = MemoryStore()
    other.txn([], [Put("/a/b/c", b"1"), Put("/a/b/d", b"1")], origin=Origin("user:ada", 0, 0))
    assert parting(one.entries_since(0), other.entries_since(0)) == 1
