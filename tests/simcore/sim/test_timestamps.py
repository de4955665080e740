"""Times as the API writes them."""

from __future__ import annotations

import pytest

from simcore.sim.timestamps import format_micros, format_seconds, parse_time


def test_seconds_cut_the_milliseconds_off():
    assert format_seconds(1_767_323_045_999) == "2026-01-02T03:04:05Z"


def test_micros_keep_them():
    assert format_micros(1_767_323_045_999) == "2026-01-02T03:04:05.999000Z"


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05.000000Z",
        "2026-01-02T04:04:05+01:00",
        "2026-01-01T22:04:05-05:00",
    ],
)
def test_any_offset_and_fraction_is_read(text: str):
    assert parse_time(text) == 1_767_323_045_000


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-01-02", "2026-01-02T03:04:05", "2026-13-02T03:04:05Z"]
)
def test_what_is_no_time_is_refused(text: str):
    with pytest.raises(ValueError):
        parse_time(text)
