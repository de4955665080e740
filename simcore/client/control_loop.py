"""The loop every controller runs in: keys in, one reconcile at a time, failures retried later and later."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

from simcore.apimachinery.errors import ApiError
from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Key, Obj, controller_of, key_of
from simcore.client.context import ComponentContext
from simcore.client.informer import EventHandler
from simcore.client.workqueue import WorkQueue
from simcore.sim.clock import SimTime, Timer

log = logging.getLogger(__name__)

PACE_MS = 50
"""How soon a key may be reconciled again under a profile with latencies: what a client limited to 20 requests a
second, kube-controller-manager's default, comes to."""
INSTANT_PACE_MS = 1


class Result(NamedTuple):
    """What a reconcile asks for: nothing, or to be called again without an event."""

    requeue_after_ms: int | None = None


DONE = Result()


class Watch(NamedTuple):
    """A kind whose changes concern a reconciler."""

    kind: Kind
    to_keys: Callable[[Obj | None, Obj | None], Iterable[Key]]
    """The keys to reconcile after a change from old (None: added) to new (None: deleted)."""
    delay_ms: int = 0
    """How long to wait for more changes, which are then taken together."""
    owner: Kind | None = None
    """Only objects that one of this kind controls, or nobody, before the change or after it."""


class Reconciler(Protocol):
    """A controller: it compares what is wanted with what is, and takes the next step.

    It may be called for a key at any time, any number of times, also for one that does not exist any more.
    """

    name: str
    watches: Sequence[Watch]

    def reconcile(self, key: Key) -> Result:
        """An ApiError means: again, with back-off."""
        ...


class ControlLoop:
    """Owns a reconciler's queue, back-off, causes and error reporting.

    One timer fires for one key, so that an engine's step can end between any two. A key is reconciled at most
    once per pace: what happens to it in between is taken together.
    """

    def __init__(self, ctx: ComponentContext, reconciler: Reconciler) -> None:
        self._ctx, self._reconciler = ctx, reconciler
        self._queue = WorkQueue(ctx.clock, self._wake, name=reconciler.name)
        self._timer: Timer | None = None  # of the next item; gone once it has fired
        self._free_at: SimTime = 0  # when the calls of the last item will have returned
        self._last: dict[Key, SimTime] = {}  # when a key was reconciled; goes a pace later
        self._pace_ms = PACE_MS if ctx.latency.api_call.high else INSTANT_PACE_MS

    def start(self) -> None:
        for watch in self._reconciler.watches:
            owner = watch.owner.kind if watch.owner else ""
            self._ctx.informers.informer(watch.kind).on_event(self._handler(watch), owner=owner)

    def enqueue(self, key: Key, cause: int = 0, delay_ms: int = 0) -> None:
        """Reconciles the key soon; `cause` is the revision that asks for it."""
        last = self._last.get(key)
        rest = max(0 if last is None else last + self._pace_ms - self._ctx.clock.now(), delay_ms)
        if rest > 0:
            self._queue.add_after(key, rest, cause)
        else:
            self._queue.add(key, cause)

    def _handler(self, watch: Watch) -> EventHandler:
        to_keys, delay_ms = watch.to_keys, watch.delay_ms

        def handle(old: Obj | None, new: Obj | None, revision: int) -> None:
            for key in to_keys(old, new):
                self.enqueue(key, revision, delay_ms)

        return handle

    def _wake(self) -> None:
        if self._timer is None:
            self._timer = self._ctx.clock.call_at(self._free_at, self._work, label=self._reconciler.name)

    def _work(self) -> None:
        self._timer = None
        key, cause = self._queue.pop()
        client, clock = self._ctx.client, self._ctx.clock
        client.cause, calls = cause, self._ctx.calls
        self._remember(key, clock.now())
        try:
            result = self._reconciler.reconcile(key)
        except ApiError as error:
            log.info("%d %s %s: %s", clock.now(), self._reconciler.name, key, error.message)
            self._queue.add_rate_limited(key, cause)
        except Exception:  # a fault of ours in one controller, with one object, must not stop the cluster
            log.exception("%d %s %s failed", clock.now(), self._reconciler.name, key)
            self._queue.add_rate_limited(key, cause)
        else:
            self._queue.forget(key)
            if result.requeue_after_ms is not None:
                self._queue.add_after(key, max(result.requeue_after_ms, 1), cause)
        self._free_at = clock.now() + self._latency_of(self._ctx.calls - calls, key)
        if len(self._queue):
            self._wake()

    def _remember(self, key: Key, now: SimTime) -> None:
        """Also forgets what is too old to matter; entries are in the order of their times."""
        self._last.pop(key, None)
        self._last[key] = now
        oldest = next(iter(self._last))
        while self._last[oldest] + self._pace_ms <= now:
            del self._last[oldest]
            oldest = next(iter(self._last))

    def _latency_of(self, calls: int, key: Key) -> int:
        span = self._ctx.latency.api_call
        if not calls or not span.high:
            return 0
        return calls * self._ctx.latency.draw(
            span, self._ctx.rng, self._reconciler.name, key, self._ctx.clock.now()
        )


def own_key(old: Obj | None, new: Obj | None) -> tuple[Key, ...]:
    """The changed object's own key."""
    obj = new if new is not None else old
    return (key_of(obj),) if obj is not None else ()


def controller_key(kind: Kind) -> Callable[[Obj | None, Obj | None], list[Key]]:
    """The keys of the objects of `kind` that control the changed object, before or after."""
    name = kind.kind

    def to_keys(old: Obj | None, new: Obj | None) -> list[Key]:
        keys: list[Key] = []
        for obj in (new, old):
            ref = controller_of(obj) if obj is not None else None
            if obj is not None and ref is not None and ref["kind"] == name:
                key = Key(obj["metadata"].get("namespace", ""), ref["name"])
                if key not in keys:
                    keys.append(key)
        return keys

    return to_keys
