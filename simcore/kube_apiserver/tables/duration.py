"""How long ago something was, as kubectl writes it.

Models: kubernetes v1.36 apimachinery/pkg/util/duration/duration.go (HumanDuration).
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.sim.timestamps import parse_time

UNKNOWN = "<unknown>"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def human_duration(duration_ms: int) -> str:
    """Two units at most, and only while the smaller one matters: `90s`, `3m5s`, `5h`, `2d3h`, `3y42d`."""
    seconds = int(duration_ms / 1000)
    if duration_ms <= -2000:
        return "<invalid>"
    if seconds < 0:
        return "0s"
    if seconds < 2 * _MINUTE:
        return f"{seconds}s"
    if seconds < 10 * _MINUTE:
        return _pair(seconds, _MINUTE, "m", 1, "s")
    if seconds < 3 * _HOUR:
        return f"{seconds // _MINUTE}m"
    if seconds < 8 * _HOUR:
        return _pair(seconds, _HOUR, "h", _MINUTE, "m")
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR}h"
    if seconds < 8 * _DAY:
        return _pair(seconds, _DAY, "d", _HOUR, "h")
    if seconds < 2 * 365 * _DAY:
        return f"{seconds // _DAY}d"
    if seconds < 8 * 365 * _DAY:
        return _pair(seconds, 365 * _DAY, "y", _DAY, "d")
    return f"{seconds // (365 * _DAY)}y"


def since(timestamp: str | None, now_ms: int) -> str:
    """How long ago an API timestamp was."""
    return human_duration(now_ms - parse_time(timestamp)) if timestamp else UNKNOWN


def age(obj: Obj, now_ms: int) -> str:
    return since(obj["metadata"].get("creationTimestamp"), now_ms)


def _pair(seconds: int, unit: int, sign: str, smaller: int, smaller_sign: str) -> str:
    rest = seconds % unit // smaller
    whole = f"{seconds // unit}{sign}"
    return f"{whole}{rest}{smaller_sign}" if rest else whole
