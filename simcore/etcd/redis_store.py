"""A cluster's shared state in Redis: the log that everybody follows and the scripts that write it.

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
    TxnResult,
    Unavailable,
)
from simcore.etcd.wire import Codec, one_line
from simcore.sim.trace import Origin

_SCRIPTS = {path.stem: path.read_text() for path in sorted(Path(__file__).with_name("lua").glob("*.lua"))}
PAGE = 1000
"""Keys in one reply while loading."""
MAX_OP = 2**31
"""No transaction has so many operations: `<revision>-<MAX_OP>` sorts behind all of a revision's entries."""
BUSY_TRIES = 4000
"""How often a writer asks again, a millisecond apart, while engine steps hold the store."""


class RedisLog:
    """One cluster's keys in Redis. One thread at a time: it holds compression contexts."""

    def __init__(self, client: redis.Redis, cluster_id: str, *, wait_ms: Callable[[int], None]) -> None:
        """`wait_ms` lets that much real time pass."""
        self._redis, self._wait_ms, self._codec = client, wait_ms, Codec()
        name = f"{{{cluster_id}}}:".__add__
        self.stream = name("log")
        self._rev, self._kv, self._idx, self._meta = name("rev"), name("kv"), name("idx"), name("meta")
        self._writer, self._waiting = name("writer"), name("waiting")
        self._scripts = {stem: client.register_script(text) for stem, text in _SCRIPTS.items()}

    def revision(self) -> Revision:
        with _unavailable():
            return int(self._redis.get(self._rev) or 0)

    def sim_time(self) -> int:
        """The simulated time of the newest write, in milliseconds."""
        with _unavailable():
            return int(self._redis.hget(self._meta, "at") or 0)

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
            reply = self._redis.xread({self.stream: f"{after}-{MAX_OP}"}, count=1, block=max(timeout_ms, 1))
        return bool(reply)

    def entries(self, reply: Sequence[Any], after: Revision) -> list[Entry]:
        """Stream entries as Redis returns them. Revisions are dense: a jump means that some are gone."""
        fresh = [self._codec.entry(entry_id, fields[b"e"]) for entry_id, fields in reply]
        if fresh and fresh[0].revision > after + 1:
            raise Compacted(after + 1, fresh[0].revision)
        return fresh

    def load(self) -> tuple[list[KeyValue], Revision]:
        """The state at one revision; what was written while it was read has to be taken from the log."""
        revision, after = self.revision(), b""
        kvs: list[KeyValue] = []
        while True:
            with _unavailable():
                reply = self._scripts["page"](keys=[self._kv, self._idx], args=[after, PAGE])
            kvs += map(self._codec.key_value, reply[::2], reply[1::2])
            if len(reply) < 2 * PAGE:
                return [kv for kv in kvs if kv.mod_revision <= revision], revision
            after = reply[-2]

    def txn(
        self, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op] = (), *, origin: Origin
    ) -> TxnResult:
        """Store.txn() without compares of values, between two engine steps.

        Raises: Unavailable, ValueError (a line break in a key or an actor).
        """
        keys = [self._rev, self._kv, self._idx, self.stream, self._meta, self._writer, self._waiting]
        args: list[Any] = [origin.cause, origin.at, one_line(origin.actor), len(when)]
        for c in when:
            args += (
                c.key,
                c.field,
                c.op,
                self._codec.value(c.value) if isinstance(c.value, bytes) else c.value,
            )
        for ops in (then, otherwise):
            args.append(len(ops))
            for op in ops:
                args += ("D", op.key) if isinstance(op, Delete) else self._put_args(op)
        for _ in range(BUSY_TRIES):
            with _unavailable():
                reply = self._scripts["txn"](keys=keys, args=args)
            if reply[0] >= 0:
                current = zip(when, reply[2:], strict=False)
                states = tuple(
                    self._codec.key_value(c.key.encode(), kept) if kept else None for c, kept in current
                )
                return TxnResult(reply[0] == 1, reply[1], states)
            self._wait_ms(1)
        raise Unavailable("the cluster's engine did not let the write in")

    def acquire(self, token: str, ttl_ms: int) -> Revision | None:
        """Takes the writer token for one step; None when it is taken or an outside writer goes first."""
        with _unavailable():
            keys = [self._writer, self._waiting, self._rev]
            revision = int(self._scripts["acquire"](keys=keys, args=[token, ttl_ms]))
        return revision if revision >= 0 else None

    def is_waited_for(self) -> bool:
        """Whether an outside writer has asked to go first since the token was taken."""
        with _unavailable():
            return bool(self._redis.exists(self._waiting))

    def release(self, token: str) -> None:
        with _unavailable():
            self._scripts["release"](keys=[self._writer], args=[token])

    def commit(self, token: str, base: Revision, entries: Sequence[Entry], *, at: int) -> Revision:
        """Writes a step's entries in one script, if the token holds and `base` is the newest revision.

        Raises: Fenced, Unavailable.
        """
        keys = [self._rev, self._kv, self._idx, self.stream, self._meta, self._writer]
        args: list[Any] = [token, base, at]
        for entry in entries:
            args += (f"{entry.revision}-{entry.op}", entry.key, *self._codec.records(entry))
        with _unavailable():
            revision = int(self._scripts["commit"](keys=keys, args=args))
        if revision < 0:
            raise Fenced(f"the step that began at revision {base} has lost its token")
        return revision

    def compact(self, before: Revision) -> None:
        """Raises: Compacted, FutureRevision, Unavailable."""
        with _unavailable():
            done = int(self._scripts["compact"](keys=[self._rev, self.stream, self._meta], args=[before]))
        if done == -1:
            raise Compacted(before, self.kept_from())
        if done == -2:
            raise FutureRevision(f"required revision is a future revision: {before}")

    def destroy(self) -> None:
        """Removes everything that the cluster has in Redis."""
        with _unavailable():
            self._redis.delete(
                self.stream, self._rev, self._kv, self._idx, self._meta, self._writer, self._waiting
            )

    def _put_args(self, op: Any) -> tuple[str, str, int, bytes]:
        return ("P", one_line(op.key), op.lease, self._codec.value(op.value))


@contextmanager
def _unavailable() -> Iterator[None]:
    """Redis' own failures as the store's."""
    try:
        yield
    except redis.RedisError as error:
        raise Unavailable(f"Redis: {error}") from error
