"""What every attempt to place a pod came to, kept for whoever asks why."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from simcore.apimachinery.meta import Key
from simcore.sim.clock import SimTime

MOST_PER_POD = 16
MOST_PODS = 20_000


class Attempt(NamedTuple):
    """One scheduling cycle's summary. The whole node x plugin matrix can be computed again from `revision`."""

    pod: Key
    uid: str
    number: int
    """From 1, since the scheduler last started."""
    at: SimTime
    revision: int
    """What the scheduler had seen of the cluster."""
    queue: str
    """Where the pod came from: active, backoff."""
    node: str
    """The chosen one; empty when there is none."""
    nodes: int
    """How many there were."""
    feasible: int
    """Of those that were looked at."""
    score: int
    lead: int
    """Points ahead of the second best; 0 when there was no other."""
    reasons: tuple[tuple[str, int], ...] = ()
    """Reasons and the number of nodes that gave them; none when the pod was placed."""
    waits_for: tuple[str, ...] = ()
    """The plugins whose events bring the pod back."""
    message: str = ""


class AttemptLog(Protocol):
    def record(self, attempt: Attempt) -> None: ...

    def of(self, uid: str) -> Sequence[Attempt]:
        """The kept attempts of a pod, the oldest first."""
        ...

    def forget(self, uid: str) -> None:
        """The pod is gone."""
        ...


class MemoryAttemptLog:
    """The last attempts of the pods that were tried last; lost at a take-over."""

    def __init__(self) -> None:
        self._by_pod: dict[str, Attempt | deque[Attempt]] = {}  # a lone attempt stands for itself

    def record(self, attempt: Attempt) -> None:
        kept = self._by_pod.pop(attempt.uid, None)
        if kept is None:
            self._by_pod[attempt.uid] = attempt
        else:
            several = kept if isinstance(kept, deque) else deque([kept], MOST_PER_POD)
            several.append(attempt)
            self._by_pod[attempt.uid] = several
        if len(self._by_pod) > MOST_PODS:
            del self._by_pod[next(iter(self._by_pod))]

    def of(self, uid: str) -> Sequence[Attempt]:
        kept = self._by_pod.get(uid)
        if kept is None:
            return ()
        return tuple(kept) if isinstance(kept, deque) else (kept,)

    def forget(self, uid: str) -> None:
        self._by_pod.pop(uid, None)
