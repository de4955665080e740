"""Orders and bounds of ranges: each target both ways, each bound at its edges."""

from __future__ import annotations

import pytest

from simcore.etcd.interface import KeyValue
from simcore.etcd.selection import Written, ordered, written

A = KeyValue("/a", b"2", create_revision=3, mod_revision=9, version=4)
B = KeyValue("/b", b"3", create_revision=1, mod_revision=5, version=2)
C = KeyValue("/c", b"1", create_revision=7, mod_revision=7, version=1)
D = KeyValue("/d", b"1", create_revision=8, mod_revision=8, version=1)
ALL = [A, B, C, D]


@pytest.mark.parametrize(
    ("by", "up"),
    [
        ("key", [A, B, C, D]),
        ("version", [C, D, B, A]),
        ("create", [B, A, C, D]),
        ("mod", [B, C, D, A]),
        ("value", [C, D, A, B]),
    ],
)
def test_each_target_sorts_up_and_down(by, up: list[KeyValue]):
    assert ordered(ALL, by) == up
    down = ordered(ALL, by, descending=True)
    assert [kv for kv in down if kv not in (C, D)] == [kv for kv in reversed(up) if kv not in (C, D)]
    assert down.index(C) < down.index(D) or by in ("key", "create", "mod"), "ties stay in the keys' order"


@pytest.mark.parametrize(
    ("when", "found"),
    [
        (Written(), ALL),
        (Written(min_mod=7), [A, C, D]),
        (Written(min_mod=8), [A, D]),
        (Written(max_mod=7), [B, C]),
        (Written(max_mod=4), []),
        (Written(min_mod=5, max_mod=5), [B]),
        (Written(min_create=3), [A, C, D]),
        (Written(max_create=3), [A, B]),
        (Written(min_create=2, max_create=7), [A, C]),
        (Written(min_mod=8, max_create=3), [A]),
        (Written(min_create=9), []),
    ],
    ids=lambda value: repr(value) if isinstance(value, Written) else "",
)
def test_bounds_are_inclusive_and_zero_is_none(when: Written, found: list[KeyValue]):
    assert written(ALL, when) == found


def test_what_is_given_is_left_alone():
    given = [D, A]
    assert ordered(given, "key") == [A, D]
    assert written(given, Written(min_mod=9)) == [A]
    assert given == [D, A]
