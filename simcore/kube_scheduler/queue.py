"""Who is placed next: the active queue, the pods in back-off, and those that wait for something to change.

Models: kubernetes v1.36 pkg/scheduler/backend/queue. A pod that was rejected comes back when an event happens that
one of the rejecting plugins waits for, or after five minutes; while nothing is active, back-off is cut short.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from simcore.kube_scheduler.framework.events import Change, ClusterEvent
from simcore.kube_scheduler.framework.runner import Framework
from simcore.kube_scheduler.heap import NamedHeap
from simcore.kube_scheduler.pod_info import PodInfo
from simcore.sim.clock import Clock, SimTime, Timer

INITIAL_BACKOFF_MS = 1_000
MAX_BACKOFF_MS = 10_000
LONGEST_WAIT_MS = 5 * 60_000


@dataclass(slots=True, eq=False)
class QueuedPod:
    """A pending pod and where it stands."""

    pod: PodInfo
    number: int
    """In the order of arrival."""
    queued_at: SimTime
    """When it was last put into the queue."""
    cause: int
    """The revision that makes it worth trying."""
    attempts: int = 0
    failed_at: SimTime = 0
    waits_for: frozenset[str] = frozenset()
    """The plugins that rejected it."""
    state: str = ""
    """active, backoff, unschedulable, gated; empty while it is being placed."""
    came_from: str = ""


class _Bucket(NamedTuple):
    """Waiting pods that any event means the same for."""

    waits_for: frozenset[str]
    shape: int


class SchedulingQueue:
    """`wake` is called when there may be something to pop."""

    def __init__(
        self,
        clock: Clock,
        framework_of: Callable[[PodInfo], Framework],
        wake: Callable[[], None],
        *,
        cut_backoff: bool = True,
    ) -> None:
        self._clock, self._framework_of, self._wake = clock, framework_of, wake
        self._cut_backoff = cut_backoff
        self.initial_backoff_ms, self.max_backoff_ms = INITIAL_BACKOFF_MS, MAX_BACKOFF_MS
        self._pods: dict[str, QueuedPod] = {}  # every pending pod by uid, until it is bound or gone
        self._active: NamedHeap[QueuedPod] = NamedHeap()
        self._backoff: NamedHeap[QueuedPod] = NamedHeap()  # rejected pods, by the end of their back-off
        self._errors: NamedHeap[QueuedPod] = NamedHeap()  # failed ones: their back-off is never cut short
        self._waiting: dict[_Bucket, dict[str, QueuedPod]] = {}  # a bucket goes with its last pod
        self._numbers = 0
        self._backoff_timer: Timer | None = None
        self._flush_timer: Timer | None = None

    def __len__(self) -> int:
        return len(self._pods)

    def get(self, uid: str) -> QueuedPod | None:
        return self._pods.get(uid)

    def pods(self) -> list[QueuedPod]:
        """All that are pending, those that are being bound among them."""
        return [*self._pods.values()]

    def backoff_ends(self, queued: QueuedPod) -> SimTime:
        if not queued.attempts:
            return queued.failed_at
        backoff = self.initial_backoff_ms << min(queued.attempts - 1, 20)
        return queued.failed_at + min(backoff, self.max_backoff_ms)

    def in_state(self, state: str) -> list[QueuedPod]:
        return [queued for queued in self._pods.values() if queued.state == state]

    # --- pending pods come, change and go

    def add(self, pod: PodInfo, cause: int) -> None:
        self._numbers += 1
        queued = QueuedPod(pod, self._numbers, self._clock.now(), cause)
        self._pods[pod.uid] = queued
        self._enter(queued)

    def update(self, pod: PodInfo, cause: int) -> None:
        """The pod itself changed in what concerns its placing."""
        queued = self._pods.get(pod.uid)
        if queued is None:
            self.add(pod, cause)
            return
        if queued.state == "unschedulable":
            self._leave(queued)
            queued.pod, queued.cause = pod, cause
            change = Change(ClusterEvent.OWN_POD_CHANGED, pod=pod)
            if self._may_help(queued.pod, queued.waits_for, change):
                self._come_back(queued, self._clock.now())
            else:
                self._wait(queued)
            return
        queued.pod = pod
        if queued.state == "gated":
            queued.cause = cause
            self._enter(queued)

    def refresh(self, pod: PodInfo) -> None:
        """The pod changed in nothing that matters here."""
        queued = self._pods.get(pod.uid)
        if queued is not None:
            queued.pod = pod

    def remove(self, uid: str) -> None:
        queued = self._pods.pop(uid, None)
        if queued is not None:
            self._leave(queued)

    # --- the cycle

    def pop(self) -> QueuedPod | None:
        """The next one to place."""
        queued = self._active.pop()
        if queued is None and self._cut_backoff:
            queued = self._backoff.pop()
        if queued is not None:
            queued.came_from, queued.state = queued.state, ""
            queued.attempts += 1
        return queued

    @property
    def has_next(self) -> bool:
        return bool(self._active) or (self._cut_backoff and bool(self._backoff))

    def failed(self, queued: QueuedPod, waits_for: frozenset[str]) -> None:
        """The attempt placed nothing. `waits_for` is empty after an error: then it is tried again after back-off."""
        if queued.pod.uid not in self._pods:
            return
        now = self._clock.now()
        queued.failed_at, queued.waits_for = now, waits_for
        queued.queued_at = now
        if waits_for:
            self._wait(queued)
        else:
            self._back_off(queued)

    def activate(self, uid: str, cause: int) -> None:
        """Tries a waiting pod at once, whatever it waits for."""
        queued = self._pods.get(uid)
        if queued is not None and queued.state in ("unschedulable", "backoff"):
            self.reconsider(queued, cause)

    def reconsider(self, queued: QueuedPod, cause: int) -> None:
        """Lets the pod enter again, wherever it stands; not while it is being bound."""
        if queued.state:
            self._leave(queued)
            queued.cause = cause
            self._enter(queued)

    def move(self, change: Change, cause: int) -> None:
        """Something happened: brings back the pods that it may help."""
        now = self._clock.now()
        for bucket, pods in list(self._waiting.items()):
            first = next(iter(pods.values()))
            if self._may_help(first.pod, bucket.waits_for, change):
                del self._waiting[bucket]
                for queued in pods.values():
                    queued.cause = cause
                    self._come_back(queued, now)

    def _may_help(self, pod: PodInfo, waits_for: frozenset[str], change: Change) -> bool:
        waking = self._framework_of(pod).waking
        for name in waits_for:
            plugin = waking.get(name)
            if plugin is None or (change.event in plugin.wakes_on and plugin.is_woken_by(pod, change)):
                return True
        return False

    # --- the places a pod can be in

    def _enter(self, queued: QueuedPod) -> None:
        verdict = self._framework_of(queued.pod).pre_enqueue(queued.pod)
        if verdict is None:
            self._activate(queued)
        else:
            queued.state, queued.waits_for = "gated", frozenset({verdict.plugin})

    def _activate(self, queued: QueuedPod) -> None:
        sort = self._framework_of(queued.pod).queue_sort
        queued.state = "active"
        rank = sort.sort_key(queued.pod.shape.priority, queued.queued_at, queued.number)
        self._active.push(queued.pod.uid, rank, queued)
        self._wake()

    def _come_back(self, queued: QueuedPod, now: SimTime) -> None:
        if self.backoff_ends(queued) > now:
            self._back_off(queued)
        else:
            self._activate(queued)

    def _back_off(self, queued: QueuedPod) -> None:
        queued.state = "backoff"
        heap = self._backoff if queued.waits_for else self._errors
        heap.push(queued.pod.uid, (self.backoff_ends(queued),), queued)
        self._arm_backoff()
        if self._cut_backoff and queued.waits_for:
            self._wake()

    def _wait(self, queued: QueuedPod) -> None:
        queued.state = "unschedulable"
        bucket = _Bucket(queued.waits_for, queued.pod.shape.number)
        self._waiting.setdefault(bucket, {})[queued.pod.uid] = queued
        if self._flush_timer is None:
            self._flush_timer = self._clock.call_later(LONGEST_WAIT_MS, self._flush, label="scheduler flush")

    def _leave(self, queued: QueuedPod) -> None:
        """Out of whatever it is in."""
        uid = queued.pod.uid
        for heap in (self._active, self._backoff, self._errors):
            heap.remove(uid)
        if queued.state == "unschedulable":
            bucket = _Bucket(queued.waits_for, queued.pod.shape.number)
            pods = self._waiting[bucket]
            del pods[uid]
            if not pods:
                del self._waiting[bucket]
        queued.state = ""

    # --- timers

    def _arm_backoff(self) -> None:
        due = min(
            (rank[0] for heap in (self._backoff, self._errors) if (rank := heap.first_rank())), default=None
        )
        timer = self._backoff_timer
        if timer is not None and timer.is_active and timer.due == due:
            return
        if timer is not None:
            timer.cancel()
        self._backoff_timer = None
        if due is not None:
            self._backoff_timer = self._clock.call_at(due, self._end_backoff, label="scheduler back-off")

    def _end_backoff(self) -> None:
        now = self._clock.now()
        for heap in (self._backoff, self._errors):
            while (rank := heap.first_rank()) and rank[0] <= now:
                queued = heap.pop()
                assert queued is not None
                self._activate(queued)
        self._arm_backoff()

    def _flush(self) -> None:
        """Brings back who has waited too long for an event."""
        self._flush_timer = None
        now = self._clock.now()
        waiting = [q for pods in self._waiting.values() for q in pods.values()]
        for queued in sorted(waiting, key=_by_number):
            if now - queued.queued_at >= LONGEST_WAIT_MS:
                self._leave(queued)
                self._come_back(queued, now)
        oldest = min((q.queued_at for pods in self._waiting.values() for q in pods.values()), default=None)
        if oldest is not None:
            due = oldest + LONGEST_WAIT_MS
            self._flush_timer = self._clock.call_at(due, self._flush, label="scheduler flush")


def _by_number(queued: QueuedPod) -> int:
    return queued.number
