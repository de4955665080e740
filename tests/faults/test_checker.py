"""The checker of histories is worth something: each planted lie is found, and a true history has none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from simcore.etcd.interface import Delete, Entry, Put
from simcore.etcd.memory_store import MemoryStore
from simcore.sim.trace import Origin
from tests.faults.checker import Checker, Done, Watched

A, B = "/f/x/a", "/f/x/b"


def log() -> list[Entry]:
    store = MemoryStore()
    for at, op in enumerate(
        [Put(A, b"~one~"), Put(B, b"~two~"), Put(A, b"~three~"), Delete(B), Put(B, b"~five~")]
    ):
        store.txn([], [op], origin=Origin("user:ada", 0, at))
    return store.entries_since(0)


HISTORY = [
    Done("1", "write", A, 0.0, 1.0, 1, "one"),
    Done("2", "write", B, 0.5, 1.5, 2, "two"),
    Done("1", "read", A, 1.6, 1.7, 1),
    Done("2", "write", A, 1.8, 2.0, 3, "three"),
    Done("1", "list", "/f/x/", 2.1, 2.2, 3, keys={A: 3, B: 2}),
    Done("1", "delete", B, 2.3, 2.5),
    Done("2", "read", B, 2.3, 2.6, None),
    Done("3", "write", B, 2.4, None, None, "five"),
    Done("1", "refused", A, 2.7, 2.8, 5),
]
WATCH = Watched("4", "/f/x/", 2, [(2, B), (3, A), (4, B)])


def told(**changes: object) -> list[str]:
    """What is said when the n-th answer (`n=`) was another one."""
    done = list(HISTORY)
    if changes:
        number = int(changes.pop("n"))  # type: ignore[call-overload]
        done[number] = replace(done[number], **changes)  # type: ignore[arg-type]
    return list(Checker(log(), done).violations([WATCH]))


def test_a_true_history_has_no_violation():
    assert told() == []


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param({"n": 0, "revision": 9}, id="a write that is not in the log"),
        pytest.param({"n": 0, "mark": "else"}, id="a write that wrote something else"),
        pytest.param({"n": 3, "began": 9.0, "ended": 9.5}, id="a write in the past"),
        pytest.param({"n": 2, "began": 2.05, "ended": 2.1}, id="a read of what was over"),
        pytest.param({"n": 2, "revision": None}, id="a read that missed what was there"),
        pytest.param({"n": 4, "keys": {A: 3}}, id="a list with a hole"),
        pytest.param({"n": 4, "revision": 2, "keys": {A: 1, B: 2}}, id="an old list"),
        pytest.param({"n": 5, "began": 2.85, "ended": 3.0}, id="a deletion that did not happen"),
        pytest.param({"n": 8, "revision": 1}, id="a refusal by an old state"),
        pytest.param({"n": 8, "mark": "five"}, id="a refusal of what was written"),
    ],
)
def test_a_lie_is_found(lie: dict[str, object]):
    assert len(told(**lie)) >= 1


@pytest.mark.parametrize(
    "seen",
    [[(2, B), (4, B)], [(2, B), (2, B), (3, A)], [(3, A), (2, B)], [(2, B), (3, A), (4, A)]],
    ids=["a gap", "a repetition", "another order", "another key"],
)
def test_a_watch_that_is_not_the_log_is_found(seen: list[tuple[int, str]]):
    assert len(list(Checker(log(), HISTORY).violations([replace(WATCH, seen=seen)]))) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda log: log[:2] + log[3:], id="a revision is missing"),
        pytest.param(lambda log: [*log, structs.replace(log[0], revision=6)], id="a write happened twice"),
        pytest.param(
            lambda log: [*log[:-1], structs.replace(log[-1], origin=structs.replace(log[-1].origin, at=0))],
            id="time runs back",
        ),
        pytest.param(
            lambda log: [*log[:-1], structs.replace(log[-1], version=7)], id="a state that does not follow"
        ),
    ],
)
def test_a_log_that_cannot_be_is_found(spoil):
    assert len(list(Checker(spoil(log()), HISTORY).violations())) >= 1
