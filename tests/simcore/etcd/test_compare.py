"""A transaction's conditions: every field with every operator, on a key that is there and on one that is not."""

from __future__ import annotations

import pytest

from simcore.etcd.compare import holds
from simcore.etcd.interface import Compare, KeyValue

THERE = KeyValue("/a", b"m", create_revision=4, mod_revision=8, version=3, lease=6)
ACTUAL = {"mod": 8, "create": 4, "version": 3, "lease": 6}


@pytest.mark.parametrize("field", ACTUAL)
@pytest.mark.parametrize(
    ("op", "off_by", "wanted"),
    [
        ("==", 0, True), ("==", 1, False), ("==", -1, False),
        ("!=", 0, False), ("!=", 1, True), ("!=", -1, True),
        ("<", 0, False), ("<", 1, True), ("<", -1, False),
        (">", 0, False), (">", 1, False), (">", -1, True),
    ],
)  # fmt: skip
def test_a_number_is_compared_with_what_is_asked(field, op, off_by: int, wanted: bool):
    assert holds(Compare("/a", field, op, ACTUAL[field] + off_by), THERE) is wanted


@pytest.mark.parametrize(
    ("op", "value", "wanted"),
    [
        ("==", b"m", True), ("==", b"M", False), ("!=", b"m", False), ("!=", b"", True),
        ("<", b"n", True), ("<", b"m", False), ("<", b"m\0", True), ("<", b"", False),
        (">", b"", True), (">", b"l~", True), (">", b"m", False), (">", b"\xff", False),
    ],
)  # fmt: skip
def test_a_value_is_compared_byte_by_byte(op, value: bytes, wanted: bool):
    assert holds(Compare("/a", "value", op, value), THERE) is wanted


@pytest.mark.parametrize("field", ACTUAL)
def test_a_missing_key_has_zero_for_every_number(field):
    assert holds(Compare("/a", field, "==", 0), None)
    assert holds(Compare("/a", field, "<", 1), None)
    assert not holds(Compare("/a", field, ">", 0), None)
    assert not holds(Compare("/a", field, "!=", 0), None)


def test_a_missing_key_has_an_empty_value():
    assert holds(Compare("/a", "value", "==", b""), None)
    assert holds(Compare("/a", "value", "<", b"\0"), None)
    assert not holds(Compare("/a", "value", "!=", b""), None)
