"""Keeps a noisy component from flooding the API with Events: repeats are counted, similar ones combined, spam dropped.

Models: kubernetes v1.36 client-go/tools/record/events_cache.go. The caches live in the component, as upstream's
do: who takes over starts with empty ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from sys import intern
from typing import Generic, NamedTuple, TypeVar

MAX_ENTRIES = 4096
MAX_SIMILAR = 10
SIMILAR_WINDOW_MS = 600_000
SPAM_BURST = 25
SPAM_REFILL_MS = 300_000
COMBINED_PREFIX = "(combined from similar events): "

V = TypeVar("V")


class Lru(Generic[V]):
    """At most MAX_ENTRIES entries; the one not used for longest goes first."""

    def __init__(self) -> None:
        self._entries: dict[
            tuple[str, ...], V
        ] = {}  # there is one for each node, so a smaller one than OrderedDict

    def get(self, key: tuple[str, ...]) -> V | None:
        value = self._entries.pop(key, None)
        if value is not None:
            self._entries[key] = value
        return value

    def put(self, key: tuple[str, ...], value: V) -> V:
        self._entries.pop(key, None)
        self._entries[key] = value
        if len(self._entries) > MAX_ENTRIES:
            del self._entries[next(iter(self._entries))]
        return value


@dataclass(slots=True)
class Series:
    """An Event that was written, and how often it has been seen."""

    name: str = ""
    count: int = 0


@dataclass(slots=True)
class _Similar:
    messages: tuple[str, ...] = ()
    at_ms: int = 0


@dataclass(slots=True)
class _Bucket:
    about: str
    tokens: float
    at_ms: int


class Sighting(NamedTuple):
    """What to write for an event."""

    series: Series
    """To be counted up by one and, when its count was 0, to be named and created."""
    message: str


class Correlator:
    """The memory of one recorder. Time is in milliseconds."""

    def __init__(self) -> None:
        self._similar: Lru[_Similar] = Lru()
        self._series: Lru[Series] = Lru()
        self._buckets: Lru[_Bucket] = Lru()

    def observe(self, about: str, event_type: str, reason: str, message: str, now_ms: int) -> Sighting | None:
        """None: there have been too many events about this object, drop it. `about` names the object wholly."""
        bucket = self._buckets.get((about,)) or self._buckets.put(
            (about,), _Bucket(about, SPAM_BURST, now_ms)
        )
        message = intern(message)  # the same of many objects
        key: tuple[str, ...] = (bucket.about, event_type, reason)
        if self._is_one_of_many(key, message, now_ms):
            message = COMBINED_PREFIX + message
        else:
            key = (*key, message)
        series = self._series.get(key) or self._series.put(key, Series())
        return Sighting(series, message) if _may_write(bucket, now_ms) else None

    def _is_one_of_many(self, key: tuple[str, ...], message: str, now_ms: int) -> bool:
        """Whether at least MAX_SIMILAR different messages have come in the window."""
        record = self._similar.get(key)
        if record is None or now_ms - record.at_ms > SIMILAR_WINDOW_MS:
            record = self._similar.put(key, _Similar())
        record.at_ms = now_ms
        if message not in record.messages:
            record.messages += (message,)
        if len(record.messages) < MAX_SIMILAR:
            return False
        record.messages = record.messages[1:]
        return True


def _may_write(bucket: _Bucket, now_ms: int) -> bool:
    bucket.tokens = min(SPAM_BURST, bucket.tokens + (now_ms - bucket.at_ms) / SPAM_REFILL_MS)
    bucket.at_ms = now_ms
    if bucket.tokens < 1:
        return False
    bucket.tokens -= 1
    return True
