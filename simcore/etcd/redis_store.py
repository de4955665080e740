"""A cluster's shared state in Redis: a base, the log that follows it, and the scripts that write.

    base  the state right before the oldest kept revision       log  every change since, by step and transaction
    kv    each key's revisions, for comparing                   rev, meta  the revision, simulated time, kept_from

Every write is one Lua script, so it happens whole or not at all. A script validates everything before its first
write, because Redis does not roll a failed script back. All keys of a cluster share a hash tag (Redis Cluster).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis

from simcore.etcd.interface import (
    Compacted,
    Compare,
    Delete,
    Entry,
    Fenced,
    FutureRevision,
    KeyValue,
    Op,
    Revision,
    StoreError,
    TxnResult,
    Unavailable,
)
from simcore.etcd.journal import Mark, packed, unpacked
from simcore.etcd.snapshot import Snapshot, dump
from simcore.etcd.snapshot import load as load_snapshot
from simcore.etcd.wire import Codec, bare, one_line
from simcore.sim.trace import Origin

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
        self._rev, self._kv, self._base, self._meta = name("rev"), name("kv"), name("base"), name("meta")
        self._writer, self._waiting, self._fence = name("writer"), name("waiting"), name("fence")
        self._journal = name("journal")
        self._scripts = {stem: (once or client).register_script(text) for stem, text in _SCRIPTS.items()}

    def revision(self) -> Revision:
        with _unavailable():
            return int(self._redis.get(self._rev) or 0)

    def sim_time(self) -> int:
        """The simulated time of the newest write, in milliseconds."""
        with _unavailable():
            return int(self._redis.hget(self._meta, "at") or 0)

    def progress(self) -> Mark:
        """How far the owner had come when it last committed."""
        with _unavailable():
            at, fired = self._redis.hmget(self._meta, "at", "fired")
            return Mark("end", self.revision(), int(fired or 0), int(at or 0))

    def journal(self) -> list[Mark]:
        """What owners have marked, in order, the last commit's progress at the end."""
        with _unavailable():
            marks: Any = self._redis.lrange(self._journal, 0, -1)
        return [*map(unpacked, marks), self.progress()]

    def kept_from(self) -> Revision:
        with _unavailable():
            return int(self._redis.hget(self._meta, "kept_from") or 0)

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
        found = [entry for _, record in reply for entry in self._codec.entries(record)]
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

    def txn(
        self, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op] = (), *, origin: Origin
    ) -> TxnResult:
        """Store.txn() without compares of values, between two engine steps.

        Raises: Unavailable, ValueError (a line break in a key or an actor).
        """
        keys = [self._rev, self._kv, self.stream, self._meta, self._writer, self._waiting]
        args: list[Any] = [origin.cause, origin.at, one_line(origin.actor), len(when)]
        for c in when:
            args += c
        args += (*self._ops(then), *self._ops(otherwise))
        for _ in range(BUSY_TRIES):
            with _unavailable():
                reply = self._scripts["txn"](keys=keys, args=args)
            if reply[0] >= 0:
                states = (
                    bare(c.key, found) if found else None for c, found in zip(when, reply[2:], strict=False)
                )
                return TxnResult(reply[0] == 1, reply[1], tuple(states))
            self._wait_ms(1)
        raise Unavailable("the cluster's engine did not let the write in")

    def acquire(self, token: int, ttl_ms: int) -> Revision | None:
        """Takes the writer token for one step; None when it is taken or an outside writer goes first.

        Raises: Fenced when there has been an owner with a higher token.
        """
        with _unavailable():
            keys = [self._writer, self._waiting, self._rev, self._fence]
            revision = int(self._scripts["acquire"](keys=keys, args=[token, ttl_ms]))
        if revision == -2:
            raise Fenced(f"a newer owner than {token} has come")
        return revision if revision >= 0 else None

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
        keys = [self._rev, self._kv, self.stream, self._meta, self._writer, self._fence, self._waiting]
        keys.append(self._journal)
        end: int | str = entries[-1].revision if entries else ""
        args = [token, base, at, int(release), end, *self._codec.step(entries), fired, *map(packed, marks)]
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
        keys = [self._rev, self.stream, self._meta, self._base, self._journal]
        with _unavailable():
            done = int(self._scripts["compact"](keys=keys, args=[before, base]))
        if done == -1:
            raise Compacted(before, self.kept_from())
        if done == -2:
            raise FutureRevision(f"required revision is a future revision: {before}")

    def restore(self, state: Snapshot, *, at: int) -> None:
        """Fills an empty cluster with a state; its log begins after it. Raises: StoreError when it is not empty."""
        kept = self._codec.kept(state.kvs)
        keys = [self._rev, self._kv, self._meta, self._base]
        base = dump(Snapshot(state.revision, state.kvs, []))
        with _unavailable():
            done = int(self._scripts["restore"](keys=keys, args=[state.revision, at, base, kept]))
        if done < 0:
            raise StoreError("the cluster has a state already")

    def destroy(self) -> None:
        """Removes everything that the cluster has in Redis."""
        with _unavailable():
            self._redis.delete(
                *(self.stream, self._rev, self._kv, self._base, self._meta, self._journal),
                *(self._writer, self._waiting, self._fence),
            )

    def _ops(self, ops: Sequence[Op]) -> list[Any]:
        """How many there are, each, and their values packed together."""
        args: list[Any] = [len(ops)]
        for op in ops:
            key = one_line(op.key)
            args += ("D", key) if isinstance(op, Delete) else ("P", key, op.lease, len(op.value))
        return [*args, self._codec.values([op.value for op in ops if not isinstance(op, Delete)])]


@contextmanager
def _unavailable() -> Iterator[None]:
    """Redis' own failures as the store's."""
    try:
        yield
    except redis.OutOfMemoryError as error:
        raise Unavailable("the store is full: Redis has reached its memory limit") from error
    except redis.RedisError as error:
        raise Unavailable(f"Redis: {error}") from error
