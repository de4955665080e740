"""A cluster's shared state in Redis: a base, the log that follows it, and the scripts that write.

    base  the state right before the oldest kept revision       log  every change since, by step and transaction
    meta  the revision, simulated time, kept_from               journal  where in the run each input came in

Whoever writes has a replica and works out there what to write; a script only sees to it that what was compared and
what is written have not changed since. Every write is one script, so it happens whole or not at all: a script
validates everything before its first write, because Redis does not roll a failed one back. All keys of a cluster
share a hash tag (Redis Cluster).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis

from simcore.etcd.interface import (
    Compacted,
    Entry,
    Fenced,
    FutureRevision,
    KeyValue,
    NoSpace,
    Revision,
    StoreError,
    Unavailable,
)
from simcore.etcd.journal import Mark, packed, unpacked
from simcore.etcd.snapshot import Snapshot, dump
from simcore.etcd.snapshot import load as load_snapshot
from simcore.etcd.wire import Codec, touched

_SCRIPTS = {path.stem: path.read_text() for path in sorted(Path(__file__).with_name("lua").glob("*.lua"))}
BUSY_TRIES = 4000
"""How often a writer asks again, a millisecond apart, while engine steps hold the store."""


class RedisLog:
    """One cluster's keys in Redis. One thread at a time: it holds compression contexts."""

    def __init__(
        self,
        client: redis.Redis,
        cluster_id: str,
        *,
        wait_ms: Callable[[int], None],
        once: redis.Redis | None = None,
    ) -> None:
        """`wait_ms` lets that much real time pass. `once` runs the scripts; it must never send anything twice, because
        a script whose answer was lost may have written."""
        self._redis, self._wait_ms, self._codec = client, wait_ms, Codec()
        name = f"{{{cluster_id}}}:".__add__
        self.stream = name("log")
        self._base, self._meta, self._journal = name("base"), name("meta"), name("journal")
        self._writer, self._waiting, self._fence = name("writer"), name("waiting"), name("fence")
        self._scripts = {stem: (once or client).register_script(text) for stem, text in _SCRIPTS.items()}

    def revision(self) -> Revision:
        return self._number("rev")

    def sim_time(self) -> int:
        """The simulated time of the newest write, in milliseconds."""
        return self._number("at")

    def kept_from(self) -> Revision:
        return self._number("kept_from")

    def progress(self) -> Mark:
        """How far the owner had come when it last committed."""
        with _unavailable():
            found: Any = self._redis.hmget(self._meta, "rev", "fired", "at")
        return Mark("end", *(int(number or 0) for number in found))

    def journal(self) -> list[Mark]:
        """What owners have marked, in order, the last commit's progress at the end."""
        with _unavailable():
            marks: Any = self._redis.lrange(self._journal, 0, -1)
        return [*map(unpacked, marks), self.progress()]

    def read(self, after: Revision) -> list[Entry]:
        """The log after a revision (exclusive). Raises: Compacted, Unavailable."""
        with _unavailable():
            reply: Any = self._redis.xrange(self.stream, min=f"{after + 1}-0")
        return self.entries(reply, after)

    def wait(self, after: Revision, timeout_ms: int) -> bool:
        """Waits in real time until something is written after a revision; whether it was."""
        with _unavailable():
            reply = self._redis.xread(self.place(after), count=1, block=max(timeout_ms, 1))
        return bool(reply)

    def place(self, after: Revision) -> dict[Any, Any]:
        """What XREAD is asked for to get the log after a revision. A record's id is its last revision."""
        return {self.stream: f"{after}-0"}

    def entries(self, reply: Sequence[Any], after: Revision) -> list[Entry]:
        """Records as Redis returns them, from a revision (exclusive) on.

        Revisions are dense: a jump means that some are gone. A record may begin before it is asked for.
        """
        found = [entry for place, record in reply for entry in self._codec.entries(place, record)]
        if found and found[0].revision > after + 1:
            raise Compacted(after + 1, found[0].revision)
        return [entry for entry in found if entry.revision > after] if found else found

    def load(self) -> tuple[list[KeyValue], Revision]:
        """The base: the state at one revision. The rest has to be taken from the log."""
        with _unavailable():
            data: Any = self._redis.get(self._base)
        if data is None:
            return [], 0
        base = load_snapshot(data)
        return base.kvs, base.revision

    def append(
        self, base: Revision, entries: Sequence[Entry], pins: Sequence[str], *, whole: bool = False
    ) -> tuple[Revision, int] | None:
        """A transaction's entries, worked out on the state at `base`, as the next revision, between two engine steps.

        `pins`: the keys that it compared or writes; with `whole` it stands on the whole store. Without entries the
        comparison alone is confirmed. Returns its revision and simulated time (of the newest write when there are no
        entries); None when a pinned key has been written since `base`. Raises: Unavailable.
        """
        record = self._codec.pack(entries) if entries else b""
        at = entries[0].origin.at if entries else 0
        keys = [self.stream, self._meta, self._writer, self._waiting]
        args: list[Any] = [base, touched(pins), int(whole), record, touched([e.key for e in entries]), at]
        for _ in range(BUSY_TRIES):
            with _unavailable():
                state, *told = self._scripts["append"](keys=keys, args=args)
            if state >= 0:
                return (told[0], told[1]) if state else None
            self._wait_ms(1)
        raise Unavailable("the cluster's engine did not let the write in")

    def acquire(self, token: int, ttl_ms: int) -> Revision | None:
        """Takes the writer token for one step; None when it is taken or an outside writer goes first.

        Raises: Fenced when there has been an owner with a higher token.
        """
        with _unavailable():
            keys = [self._writer, self._waiting, self._meta, self._fence]
            revision = int(self._scripts["acquire"](keys=keys, args=[token, ttl_ms]))
        if revision == -2:
            raise Fenced(f"a newer owner than {token} has come")
        return revision if revision >= 0 else None

    def newest_owner(self) -> int:
        """The token of the newest owner that there has been."""
        with _unavailable():
            found: Any = self._redis.get(self._fence)
        return int(found or 0)

    def is_waited_for(self) -> bool:
        """Whether an outside writer has asked to go first since the token was taken."""
        with _unavailable():
            return bool(self._redis.exists(self._waiting))

    def release(self, token: int) -> None:
        with _unavailable():
            self._scripts["release"](keys=[self._writer], args=[token])

    def commit(
        self,
        token: int,
        base: Revision,
        entries: Sequence[Entry],
        *,
        at: int,
        fired: int = 0,
        marks: Sequence[Mark] = (),
        release: bool = False,
    ) -> bool:
        """Writes a step's entries in one script, if the token holds and `base` is the newest revision.

        `fired` and `marks` are for the journal. With `release` the token is given back in the same script.
        Returns whether an outside writer has asked to go first. Raises: Fenced, Unavailable.
        """
        keys = [self.stream, self._meta, self._writer, self._fence, self._waiting, self._journal]
        record = (entries[-1].revision, self._codec.pack(entries)) if entries else ("", b"")
        keys_written = touched({entry.key: None for entry in entries})
        args = [token, base, at, int(release), *record, keys_written, fired, *map(packed, marks)]
        with _unavailable():
            revision, *waited_for = self._scripts["commit"](keys=keys, args=args)
        if revision < 0:
            raise Fenced(f"the step that began at revision {base} has lost its token")
        return bool(waited_for[0])

    def compact(self, before: Revision, state: Sequence[KeyValue]) -> None:
        """Forgets the log before a revision; `state` is what was true right before it.

        The journal goes, too: a replay begins where an owner next builds the cluster anew.
        Raises: Compacted, FutureRevision, Unavailable.
        """
        base = dump(Snapshot(before - 1, list(state), []))
        keys = [self.stream, self._meta, self._base, self._journal]
        with _unavailable():
            done = int(self._scripts["compact"](keys=keys, args=[before, base]))
        if done == -1:
            raise Compacted(before, self.kept_from())
        if done == -2:
            raise FutureRevision(f"required revision is a future revision: {before}")

    def restore(self, state: Snapshot, *, at: int) -> None:
        """Fills an empty cluster with a state; its log begins after it. Raises: StoreError when it is not empty."""
        args: list[Any] = [
            state.revision,
            state.revision + 1,
            at,
            dump(Snapshot(state.revision, state.kvs, [])),
        ]
        with _unavailable():
            done = int(self._scripts["restore"](keys=[self._meta, self._base], args=args))
        if done < 0:
            raise StoreError("the cluster has a state already")

    def destroy(self) -> None:
        """Removes everything that the cluster has in Redis."""
        with _unavailable():
            self._redis.delete(
                *(self.stream, self._base, self._meta, self._journal),
                *(self._writer, self._waiting, self._fence),
            )

    def _number(self, name: str) -> int:
        with _unavailable():
            return int(self._redis.hget(self._meta, name) or 0)


@contextmanager
def _unavailable() -> Iterator[None]:
    """Redis' own failures as the store's."""
    try:
        yield
    except redis.OutOfMemoryError as error:
        raise NoSpace("the store is full: Redis has reached its memory limit") from error
    except redis.RedisError as error:
        raise Unavailable(f"Redis: {error}") from error
