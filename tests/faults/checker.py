"""Whether what clients were told agrees with one order of all writes: the log's, with the revision as witness.

The revision says where each answer stands in that order, so nothing has to be searched; the check is linear.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from simcore.etcd.interface import Entry


@dataclass(frozen=True)
class Done:
    """One request and its answer. Times are of one monotonic clock."""

    client: str
    what: Literal["write", "delete", "read", "list", "refused"]
    key: str
    """Of a list: the prefix."""
    began: float
    ended: float | None = None
    """None: no answer came, so it may have happened or not."""
    revision: int | None = None
    """Of a write: its own; of a read: the key's, None when it was not there; of a list or a refusal: the store's."""
    mark: str = ""
    """What a write wrote, or would have; no two write the same."""
    keys: dict[str, int] = field(default_factory=dict)
    """What a list showed: mod revisions by key."""


@dataclass(frozen=True)
class Watched:
    """What one watch has shown, from a revision (inclusive) on."""

    client: str
    prefix: str
    start: int
    seen: list[tuple[int, str]]
    """(revision, key) in the order of arrival."""


class Checker:
    """`log` is everything that was ever written, in order."""

    def __init__(self, log: Sequence[Entry], done: Sequence[Done]) -> None:
        self._log, self._done = log, done
        self._at: dict[str, list[int]] = defaultdict(list)  # revisions by key
        self._entries: dict[str, list[Entry]] = defaultdict(list)
        for entry in log:
            self._at[entry.key].append(entry.revision)
            self._entries[entry.key].append(entry)
        acknowledged = sorted(
            (d.ended, d.revision) for d in done if d.ended is not None and d.revision is not None
        )
        self._ends = [ended for ended, _ in acknowledged]
        self._known = [0]
        for _, revision in acknowledged:
            self._known.append(max(self._known[-1], revision))

    def violations(self, watches: Sequence[Watched] = ()) -> Iterator[str]:
        yield from self._log_is_sound()
        yield from self._marks()
        for done in self._done:
            if done.ended is not None:
                yield from self._answer(done)
        for watch in watches:
            yield from self._watch(watch)

    def known_before(self, time: float) -> int:
        """The newest revision that anybody had been told of before that time."""
        return self._known[bisect_left(self._ends, time)]

    def _log_is_sound(self) -> Iterator[str]:
        for old, new in pairwise(self._log):
            follows = (new.revision, new.op) == (old.revision, old.op + 1)
            if not follows and (new.revision, new.op) != (old.revision + 1, 0):
                yield f"the log jumps from {old.revision}-{old.op} to {new.revision}-{new.op}"
            if new.origin.at < old.origin.at:
                who = f"{old.origin.actor} at {old.origin.at}, then {new.origin.actor} at {new.origin.at}"
                yield f"time runs backwards at revision {new.revision}: {who}"
        for key, entries in self._entries.items():
            for old, new in pairwise(entries):
                prev, version = (old.revision, old.version + 1) if old.value is not None else (0, 1)
                if new.prev_revision != prev or (new.value is not None and new.version != version):
                    yield f"{key} at {new.revision} does not follow its state at {old.revision}"

    def _marks(self) -> Iterator[str]:
        marks = {done.mark.encode(): done for done in self._done if done.mark}
        seen: Counter[bytes] = Counter()
        for entry in self._log:
            mark = mark_in(entry.value)
            if mark in marks:
                seen[mark] += 1
        for mark, times in seen.items():
            if times > (marks[mark].what != "refused"):
                yield f"{marks[mark].client}: {mark.decode()} ({marks[mark].what}) was written {times} times"

    def _answer(self, done: Done) -> Iterator[str]:
        floor = self.known_before(done.began)
        told = f"{done.client}: {done.what} of {done.key}"
        if done.what == "write":
            entry = self._change(done.key, done.revision)
            if entry is None or mark_in(entry.value) != done.mark.encode():
                yield f"{told} at {done.revision} was acknowledged and is lost"
            elif entry.revision <= floor:
                yield f"{told} got revision {done.revision} after {floor} was known"
        elif done.what == "delete":
            if not any(e.value is None for e in self._entries[done.key] if e.revision > floor):
                yield f"{told} was acknowledged and is lost"
        elif done.what == "read":
            if not self._was_true(done.key, done.revision, floor):
                yield f"{told} showed {done.revision}, which was over before {floor}"
        else:
            assert done.revision is not None, done
            if done.revision < floor:
                yield f"{told} was answered at {done.revision} after {floor} was known"
            if done.what == "list" and done.keys != self._under(done.key, done.revision):
                yield f"{told} at {done.revision} is not what was true then"

    def _was_true(self, key: str, revision: int | None, floor: int) -> bool:
        """Whether the key had this mod revision (None: was absent) at some time at or after `floor`."""
        now = self._mod_at(key, floor)
        if revision is None:
            return now is None or any(e.value is None for e in self._entries[key] if e.revision > floor)
        return now == revision or (revision > floor and self._change(key, revision) is not None)

    def _watch(self, watch: Watched) -> Iterator[str]:
        end = watch.seen[-1][0] if watch.seen else watch.start - 1
        begin = bisect_left(self._log, watch.start, key=lambda e: e.revision)
        past = bisect_right(self._log, end, key=lambda e: e.revision)
        wanted = [(e.revision, e.key) for e in self._log[begin:past] if e.key.startswith(watch.prefix)]
        if watch.seen != wanted:
            yield f"{watch.client}: a watch of {watch.prefix} from {watch.start} to {end} is not the log"

    def _change(self, key: str, revision: int | None) -> Entry | None:
        place = bisect_left(self._at[key], revision or 0)
        entries = self._entries[key]
        return entries[place] if place < len(entries) and entries[place].revision == revision else None

    def _mod_at(self, key: str, revision: int) -> int | None:
        place = bisect_right(self._at[key], revision)
        return self._at[key][place - 1] if place and self._entries[key][place - 1].value is not None else None

    def _under(self, prefix: str, revision: int) -> dict[str, int]:
        mods = {key: self._mod_at(key, revision) for key in list(self._entries) if key.startswith(prefix)}
        return {key: mod for key, mod in mods.items() if mod is not None}


def mark_in(value: bytes | None) -> bytes:
    """The mark of a write: what stands between two `~`."""
    return (value or b"").partition(b"~")[2].partition(b"~")[0]
