"""Indexes are written as ranges, and read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.kube_controller_manager.job import intervals

numbers = st.frozensets(st.integers(0, 40))


@pytest.mark.parametrize(
    ("indexes", "text"),
    [
        ([], ""),
        ([4], "4"),
        ([1, 2], "1,2"),
        ([1, 2, 3], "1-3"),
        ([0, 2, 3, 5, 6, 7, 9], "0,2,3,5-7,9"),
    ],
    ids=["none", "one", "two neighbours", "three neighbours", "all sorts"],
)
def test_three_neighbours_are_a_range(indexes: list[int], text: str):
    assert intervals.text_of(intervals.of(indexes)) == text


@pytest.mark.parametrize(
    ("text", "back"),
    [("1,2,x,4", "1,2,4"), ("3-1", ""), ("0-99", "0-9"), ("5,10,11", "5"), ("-3", ""), ("1-", "1")],
    ids=["no number", "backwards", "beyond the end", "behind the end", "negative", "open"],
)
def test_what_makes_no_sense_is_left_out(text: str, back: str):
    assert intervals.text_of(intervals.parse(text, 10)) == back


@given(numbers)
def test_what_was_written_is_read(some: frozenset[int]):
    assert intervals.parse(intervals.text_of(intervals.of(some)), 100) == intervals.of(some)


@given(numbers, numbers)
def test_they_behave_like_sets(some: frozenset[int], others: frozenset[int]):
    both = intervals.merged(intervals.of(some), intervals.of(others))
    assert both == intervals.of(some | others)
    assert intervals.total(both) == len(some | others)
    assert intervals.overlap(intervals.of(some), intervals.of(others)) == len(some & others)
    assert [n for n in range(42) if intervals.has(both, n)] == sorted(some | others)


@given(numbers, st.integers(0, 50), st.integers(1, 50))
def test_the_lowest_free_come_first(taken: frozenset[int], count: int, completions: int):
    free = [n for n in range(completions) if n not in taken][:count]
    assert intervals.first_free(intervals.of(taken), count, completions) == free


def test_two_billion_indexes_are_no_work():
    everything = intervals.parse("0-2147483645", 2_147_483_647)
    assert intervals.total(everything) == 2_147_483_646
    assert intervals.first_free(everything, 5, 2_147_483_647) == [2_147_483_646]
