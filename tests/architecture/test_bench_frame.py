"""The benchmarks' frame: every figure is one line that a script can read."""

from __future__ import annotations

import re

from tests.bench.__main__ import benches, is_wanted, main
from tests.bench.figure import Figure

LINE = re.compile(r"BENCH [a-z0-9_.]+ \S+ \S+ ratio=(-|\d+\.\d\d) vs=.+")


def test_a_figure_is_one_line_with_its_ratio_to_the_rival() -> None:
    assert Figure("store.txn", 2500, "writes/s", 2000, "etcd").line() == (
        "BENCH store.txn 2500 writes/s ratio=1.25 vs=etcd:2000writes/s"
    )


def test_a_ratio_above_one_is_better_also_where_less_is_better() -> None:
    assert Figure("x", 2.5, "ms", 10, "limit", lower_is_better=True).ratio == 4
    assert Figure("x", 20, "ms", 10, "limit", lower_is_better=True).ratio == 0.5


def test_a_figure_without_a_rival_says_so() -> None:
    line = Figure("store.txn", 0.123456, "s", None, "no etcd here").line()
    assert line == "BENCH store.txn 0.123 s ratio=- vs=no etcd here"
    assert LINE.fullmatch(line)


def test_only_selects_a_benchmark_or_a_family() -> None:
    assert is_wanted("store.txn", [])
    assert is_wanted("store.txn", ["store"])
    assert is_wanted("store.txn", ["store.txn"])
    assert not is_wanted("store.txn", ["store.t"])
    assert not is_wanted("stores.txn", ["store"])


def test_every_benchmark_has_a_name_of_its_own() -> None:
    names = [bench.name for bench in benches()]
    assert len(names) == len(set(names))
    assert {"store.txn", "store.batch"} <= set(names)


def test_an_unknown_benchmark_is_answered_with_the_names_there_are(capsys: object) -> None:
    assert main(["nothing"]) == 2
