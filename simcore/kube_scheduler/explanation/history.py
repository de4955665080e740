"""A pod's attempts, read from what the scheduler wrote about them.

Each attempt leaves an Event: a new one, or one more count of the same. Their revisions are where the attempt ended;
what it saw is the state before its first write.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from simcore.apimachinery.meta import Obj
from simcore.sim.clock import SimTime

MOST_KEPT = 50
FAILED, SCHEDULED = "FailedScheduling", "Scheduled"


class Written(NamedTuple):
    """One write of the scheduler's, as the log has it."""

    revision: int
    at: SimTime
    cause: int
    obj: Obj


class PastAttempt(NamedTuple):
    number: int
    """From 1."""
    revision: int
    """Of the write that tells of it."""
    seen: int
    """The revision whose state it was decided on."""
    at: SimTime
    node: str
    """The chosen one; empty when there was none."""
    message: str


def attempts_of(uid: str, writes: Sequence[Written]) -> list[PastAttempt]:
    """`writes` are the scheduler's own, in order. The newest attempts, the oldest of them first."""
    found: list[PastAttempt] = []
    for place, write in enumerate(writes):
        obj = write.obj
        if obj.get("kind") != "Event" or obj["involvedObject"].get("uid") != uid:
            continue
        if obj.get("reason") not in (FAILED, SCHEDULED):
            continue
        message = obj.get("message", "")
        node = message.rpartition(" to ")[2] if obj["reason"] == SCHEDULED else ""
        first = _first_write(writes, place, uid)
        found.append(PastAttempt(len(found) + 1, write.revision, first - 1, write.at, node, message))
    return found[-MOST_KEPT:]


def _first_write(writes: Sequence[Written], place: int, uid: str) -> int:
    """The revision of the attempt's first write: a binding, or the eviction of victims, stands before its Event."""
    first = writes[place]
    for write in reversed(writes[:place]):
        if write.cause != first.cause or write.at != first.at or not _belongs(write.obj, uid):
            break
        first = write
    return first.revision


def _belongs(obj: Obj, uid: str) -> bool:
    if obj.get("kind") == "Event":
        return obj.get("reason") == "Preempted"
    if obj["metadata"].get("uid") == uid:
        return bool(obj["spec"].get("nodeName"))
    conditions = (obj.get("status") or {}).get("conditions") or ()
    return any(c["type"] == "DisruptionTarget" and c["status"] == "True" for c in conditions)
