"""The stores under test as one system each: several views of one state, outside writers and an engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, NoReturn, Protocol
from unittest.mock import patch

import redis

from simcore.etcd.interface import Compacted, Compare, Entry, Fenced, Op, Store, TxnResult, Unavailable
from simcore.etcd.memory_store import MemoryStore
from simcore.etcd.redis_store import RedisLog
from simcore.etcd.shared_store import SharedStore
from simcore.sim.trace import Origin
from tests.kit.redis_process import RedisProcess

_numbers = count(1)


class System(Protocol):
    def views(self) -> Sequence[Store]:
        """Every view, each as new as can be."""
        ...

    def txn(
        self, view: int, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op], origin: Origin
    ) -> TxnResult: ...

    def late_txn(
        self, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op], origin: Origin
    ) -> TxnResult | None:
        """By a process that has not looked for a long time; None when it is told that it has to begin anew."""
        ...

    def step(self, ops: Sequence[Op], origin: Origin) -> None:
        """Writes each operation as a revision of its own."""
        ...

    def stale_step(self, ops: Sequence[Op], origin: Origin) -> bool:
        """A step whose token or base is not valid any more; whether anything took it."""
        ...

    def compact(self, before: int) -> None: ...
    def newcomer(self) -> None:
        """Another process joins, and one leaves."""
        ...

    def sleeper(self) -> Store | None:
        """A process that has not looked for a long time catches up; None when it is told that it cannot."""
        ...


class MemorySystem:
    def __init__(self, make: Callable[[], MemoryStore] = MemoryStore) -> None:
        self.store = make()

    def views(self) -> Sequence[Store]:
        return [self.store]

    def txn(
        self, view: int, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op], origin: Origin
    ) -> TxnResult:
        return self.store.txn(when, then, otherwise, origin=origin)

    def late_txn(
        self, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op], origin: Origin
    ) -> TxnResult | None:
        return self.store.txn(when, then, otherwise, origin=origin)

    def step(self, ops: Sequence[Op], origin: Origin) -> None:
        for op in ops:
            self.store.txn([], [op], origin=origin)

    def stale_step(self, ops: Sequence[Op], origin: Origin) -> bool:
        return False

    def compact(self, before: int) -> None:
        self.store.compact(before)

    def newcomer(self) -> None:
        pass

    def sleeper(self) -> Store | None:
        return self.store


class RedisSystem:
    """Two followers and an engine on one log."""

    def __init__(
        self,
        url: str,
        *,
        make_log: type[RedisLog] = RedisLog,
        view: type[SharedStore] = SharedStore,
        process: RedisProcess | None = None,
    ) -> None:
        """`process` is given when it may be killed."""
        self._process = process
        client = redis.Redis.from_url(url, protocol=2)
        self.log = make_log(client, f"system-{next(_numbers)}", wait_ms=lambda ms: None)
        self._view = view
        self._followers = [view(self.log), view(self.log)]
        self._engine = view(self.log)
        self._sleeper = view(self.log)
        self._tokens = count(1)

    def views(self) -> Sequence[Store]:
        self._followers[0].sync()
        known = self._followers[1].revision
        self._followers[1].feed(self.log.read(max(known - 1, self.log.kept_from() - 1, 0)))
        self._engine.sync()
        return [*self._followers, self._engine]

    def txn(
        self, view: int, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op], origin: Origin
    ) -> TxnResult:
        return self._followers[view].txn(when, then, otherwise, origin=origin)

    def late_txn(
        self, when: Sequence[Compare], then: Sequence[Op], otherwise: Sequence[Op], origin: Origin
    ) -> TxnResult | None:
        try:
            return self._sleeper.txn(when, then, otherwise, origin=origin)
        except Compacted:
            self._sleeper = self._view(self.log)
            return None

    def unanswered_txn(
        self, when: Sequence[Compare], then: Sequence[Op], origin: Origin, *, arrives: bool
    ) -> None:
        """The connection breaks before the request has arrived, or after that and before the answer has.

        Raises: Unavailable.
        """
        append = self.log.append

        def breaks(*args: Any, **rest: Any) -> NoReturn:
            if arrives:
                append(*args, **rest)
            raise Unavailable("the connection broke")

        with patch.object(self.log, "append", breaks):
            self._followers[0].txn(when, then, origin=origin)

    def step(self, ops: Sequence[Op], origin: Origin) -> None:
        token = next(self._tokens)
        assert self.log.acquire(token, 10_000) is not None
        base = self._engine.sync()
        self.log.commit(token, base, self._staged(self._engine, ops, origin), at=origin.at)
        self.log.release(token)

    def stale_step(self, ops: Sequence[Op], origin: Origin) -> bool:
        """First without the token, then with the token but on an old base."""
        return self._without_token(ops, origin) or self._on_old_base(ops, origin)

    def compact(self, before: int) -> None:
        *others, last = self.views()
        last.compact(before)
        for view in others:
            view.replica.compact(before)  # type: ignore[attr-defined]  # they are SharedStores

    def kill(self) -> None:
        """kill -9 of Redis in the middle of an engine's step."""
        assert self.log.acquire(next(self._tokens), 60_000) is not None
        assert self._process is not None
        self._process.kill()
        self._process.start()

    @property
    def can_be_killed(self) -> bool:
        return self._process is not None

    def newcomer(self) -> None:
        self._followers = [self._followers[1], self._view(self.log)]

    def sleeper(self) -> Store | None:
        try:
            self._sleeper.sync()
        except Compacted:
            self._sleeper = self._view(self.log)
            return None
        return self._sleeper

    def _without_token(self, ops: Sequence[Op], origin: Origin) -> bool:
        stale = self._view(self.log)
        return self._is_taken(0, stale.revision, self._staged(stale, ops, origin))

    def _on_old_base(self, ops: Sequence[Op], origin: Origin) -> bool:
        stale = self._view(self.log)
        if not stale.revision:
            return False
        entries = self._staged(stale, ops, origin)
        late = next(self._tokens)
        assert self.log.acquire(late, 10_000) is not None
        taken = self._is_taken(late, stale.revision - len(entries) - 1, entries)
        self.log.release(late)
        return taken

    def _is_taken(self, token: int, base: int, entries: Sequence[Entry]) -> bool:
        try:
            self.log.commit(token, base, entries, at=0)
        except Fenced:
            return False
        return True

    def _staged(self, view: SharedStore, ops: Sequence[Op], origin: Origin) -> list[Entry]:
        base = view.revision
        for op in ops:
            view.replica.txn([], [op], origin=origin)
        return view.replica.entries_since(base)
