"""Times as the Kubernetes API writes them, from and to Unix milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=1024)
def _whole_seconds(unix_s: int) -> str:
    return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def format_seconds(unix_ms: int) -> str:
    """metav1.Time: `2026-01-02T03:04:05Z`, the milliseconds cut off."""
    return _whole_seconds(unix_ms // 1000) + "Z"


def format_micros(unix_ms: int) -> str:
    """metav1.MicroTime: `2026-01-02T03:04:05.006000Z`."""
    return f"{_whole_seconds(unix_ms // 1000)}.{unix_ms % 1000:03d}000Z"


@lru_cache(maxsize=4096)
def parse_time(text: str) -> int:
    """Unix milliseconds of an RFC 3339 time with any fraction and offset.

    Raises: ValueError when the text is no such time.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"no time zone in {text!r}")
    return int(moment.timestamp() * 1000)
