"""History goes when there is too much of it: too many revisions, too many bytes, too long ago."""

from __future__ import annotations

import pytest

from clusterlab.engine import retention
from simcore.etcd.interface import Put
from simcore.etcd.memory_store import MemoryStore
from simcore.sim.trace import Origin


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"KEPT_REVISIONS": 100, "MOST_BYTES": 40_000, "KEPT_MS": 60_000, "FEWEST": 10}.items():
        monkeypatch.setattr(retention, name, value)


def store(revisions: int, *, size: int = 1, every_ms: int = 1) -> MemoryStore:
    made = MemoryStore()
    for number in range(revisions):
        made.txn(
            (), [Put(f"/a/b/{number % 7}", b"x" * size)], origin=Origin("user:ada", 0, number * every_ms)
        )
    return made


def test_little_history_stays() -> None:
    assert retention.cut(store(200)) is None


def test_too_many_revisions_go_down_to_what_is_kept() -> None:
    assert retention.cut(store(250)) == 150


def test_too_many_bytes_go_down_to_half() -> None:
    cut = retention.cut(store(90, size=500))
    assert cut is not None
    assert (90 - cut + 1) * 500 <= 20_000


def test_what_is_too_long_ago_goes() -> None:
    assert retention.cut(store(150, every_ms=1_000)) == 90


def test_the_newest_stay_whatever_their_age() -> None:
    assert retention.cut(store(50, every_ms=100_000)) == 41


def test_of_large_revisions_few_stay_but_never_none() -> None:
    assert retention.cut(store(50, size=9_000)) == 49
    assert retention.cut(store(50, size=30_000)) == 50
    assert retention.cut(store(1, size=90_000)) is None


def test_an_empty_history_has_nothing_to_cut() -> None:
    assert retention.cut(MemoryStore()) is None


def test_nothing_goes_twice() -> None:
    made = store(250)
    cut = retention.cut(made)
    assert cut is not None
    made.compact(cut)
    assert retention.cut(made) is None
