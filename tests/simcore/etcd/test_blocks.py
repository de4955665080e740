"""Packed values: what a store says is the same, whatever of it is packed."""

from __future__ import annotations

import pytest

from simcore.etcd import blocks
from simcore.etcd.blocks import Block, Shelf, pack
from simcore.etcd.interface import Delete, KeyValue, Put, RangeResult
from simcore.etcd.memory_store import MemoryStore
from simcore.sim.trace import Origin

ORIGIN = Origin("kubelet/node-1", 3, 500)
FOLDER = "/registry/pods/default/"
COUNT = 200


def key(number: int) -> str:
    return f"{FOLDER}{number:04}"


def value(number: int) -> bytes:
    return b"%d " % number * 200


def state(number: int) -> KeyValue:
    return KeyValue(key(number), value(number), number + 1, number + 1, 1)


@pytest.fixture
def store() -> MemoryStore:
    """Everything in it is at rest and packed."""
    made = MemoryStore()
    for number in range(COUNT):
        made.txn([], [Put(key(number), value(number))], origin=ORIGIN)
    made.txn([], [Put("/sim/clock", b"{}")], origin=ORIGIN)
    made.compact(made.revision)
    return made


def blocks_of(store: MemoryStore) -> list[Block]:
    return [*{kv.held: None for kv in store.range(FOLDER).kvs if isinstance(kv.held, Block)}]


def test_packing_changes_nothing_but_the_size():
    states = [state(number) for number in range(COUNT)]
    packed = list(pack(states, Shelf()))
    assert packed == states
    assert [kv.size for kv in packed] == [kv.size for kv in states]
    frames = {kv.held: None for kv in packed}
    assert len(frames) == -(-sum(len(kv.value) for kv in states) // blocks.BLOCK_BYTES)
    assert sum(len(block.frame) for block in frames) * 5 < sum(kv.size for kv in states)
    assert [name for block in frames for name in block] == [kv.key for kv in states]


def test_a_value_larger_than_a_block_has_one_of_its_own():
    large = KeyValue(key(0), b"x" * (blocks.BLOCK_BYTES + 1), 1, 1, 1)
    packed = list(pack([large, state(1)], Shelf()))
    assert packed == [large, state(1)]
    assert packed[0].held is not packed[1].held


def test_reading_in_order_unpacks_each_block_once(monkeypatch: pytest.MonkeyPatch):
    packed = list(pack(map(state, range(COUNT)), Shelf()))
    unpack, opened = blocks.unpacked, []
    monkeypatch.setattr(blocks, "unpacked", lambda frame: opened.append(frame) or unpack(frame))
    assert [kv.value for kv in packed] == [value(number) for number in range(COUNT)]
    assert opened == [block.frame for block in {kv.held: None for kv in packed}]


def test_a_shelf_keeps_so_many_blocks_unpacked_and_no_more(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(blocks, "MOST_UNPACKED", 2)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 1)
    a, b, c = pack(map(state, range(3)), Shelf())
    unpack, opened = blocks.unpacked, []
    monkeypatch.setattr(blocks, "unpacked", lambda frame: opened.append(frame) or unpack(frame))
    for kv in (a, b, a, c, b, a):
        assert kv.value == value(kv.mod_revision - 1)
    assert opened == [a.held.frame, b.held.frame, c.held.frame, a.held.frame]


def test_what_is_at_rest_is_packed_by_compaction_and_what_moves_is_not(store: MemoryStore):
    assert all(isinstance(kv.held, Block) for kv in store.range(FOLDER).kvs)
    store.txn([], [Put(key(7), b"moves")], origin=ORIGIN)
    assert store.get(key(7)).held == b"moves"
    assert [store.get(key(n)).value for n in range(6, 9)] == [value(6), b"moves", value(8)]
    assert store.range(FOLDER, at=COUNT + 1).kvs == [state(number) for number in range(COUNT)]


def test_bytes_are_counted_the_same_whether_packed_or_not(store: MemoryStore):
    twin = MemoryStore()
    twin.load([*map(state, range(COUNT)), store.get("/sim/clock")], COUNT + 1)
    assert store.stored_bytes == twin.stored_bytes == sum(kv.size for kv in store.range("/").kvs)
    for one in (store, twin):
        one.txn([], [Put(key(7), b"moves"), Delete(key(8))], origin=ORIGIN)
    assert store.stored_bytes == twin.stored_bytes


def test_a_block_that_few_are_left_of_is_packed_anew(store: MemoryStore):
    before = blocks_of(store)
    *lost, one, two = before[0]
    left = [one, two]
    for name in lost:
        store.txn([], [Delete(name) if name.endswith("0") else Put(name, b"new")], origin=ORIGIN)
    store.pack(0)
    assert before[0] not in blocks_of(store)
    assert [store.get(name).value for name in left] == [value(int(name[-4:])) for name in left]
    assert before[1] in blocks_of(store)


def test_packing_again_packs_nothing_again(store: MemoryStore):
    before = blocks_of(store)
    store.pack(store.revision)
    store.compact(store.revision)
    assert blocks_of(store) == before


def test_a_page_costs_a_page_and_knows_the_total(store: MemoryStore):
    store.txn([], [Delete(key(5)), Delete(key(150))], origin=ORIGIN)
    page = store.range(FOLDER, limit=3, start_key=key(4))
    assert [kv.key for kv in page.kvs] == [key(4), key(6), key(7)]
    assert (page.more, page.total) == (True, COUNT - 4 - 2)
    last = store.range(FOLDER, limit=3, start_key=key(COUNT - 3))
    assert (len(last.kvs), last.more, last.total) == (3, False, 3)
    store.txn([], [Put(key(5), b"again")], origin=ORIGIN)
    assert store.range(FOLDER, limit=1).total == COUNT - 1
    store.compact(store.revision)
    assert store.range(FOLDER, limit=1).total == COUNT - 1


def test_a_page_of_the_past_knows_what_came_and_went_since(store: MemoryStore):
    then = store.revision
    store.txn(
        [],
        [Delete(key(5)), Delete(key(150)), Put(key(150) + "a", b"new"), Put(key(1), b"changed")],
        origin=ORIGIN,
    )
    store.txn(
        [], [Put(key(5), b"again"), Delete(key(150) + "a"), Put(key(COUNT), b"one more")], origin=ORIGIN
    )
    page = store.range(FOLDER, at=then, limit=3, start_key=key(4))
    assert page.kvs == [state(4), state(5), state(6)]
    assert (page.revision, page.more, page.total) == (then, True, COUNT - 4)
    assert store.range(FOLDER, at=then + 1, limit=3, start_key=key(4)).total == COUNT - 4 - 2 + 1
    assert store.range(FOLDER, limit=3, start_key=key(4)).total == COUNT - 4 - 1 + 1
    assert store.range(FOLDER, at=then, limit=3, start_key="/zzz") == RangeResult([], then, False, 0)
