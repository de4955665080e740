"""What a Job and its pods amount to at one moment.

Models: kubernetes v1.36 pkg/controller/job/job_controller.go (syncJobCtx).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from simcore.apimachinery.meta import Obj, is_terminating, uid_of
from simcore.kube_controller_manager.job import intervals
from simcore.kube_controller_manager.job.intervals import Intervals
from simcore.kube_controller_manager.job.pods import (
    FAILURES,
    IGNORED_FAILURES,
    UNKNOWN,
    counts_by_index,
    failures_of,
    finished_ms,
    has_failed,
    index_of,
    is_indexed,
    is_tracked,
    replaces_only_failed,
)
from simcore.kube_controller_manager.job.policies import judge
from simcore.kube_controller_manager.pods import is_active, is_finished, is_ready, phase_of

BACKOFF_MS = 10_000
MOST_BACKOFF_MS = 600_000


@dataclass(frozen=True)
class Picture:
    """Everything is counted whether or not the status says it yet."""

    job: Obj
    pods: Sequence[Obj]

    @cached_property
    def completions(self) -> int:
        return int(self.job["spec"].get("completions", 0))

    @cached_property
    def active(self) -> list[Obj]:
        return [pod for pod in self.pods if is_active(pod)]

    @cached_property
    def ready(self) -> int:
        return sum(map(is_ready, self.active))

    @cached_property
    def terminating(self) -> list[Obj]:
        return [pod for pod in self.pods if is_terminating(pod) and not is_finished(pod)]

    @cached_property
    def succeeded(self) -> int:
        if is_indexed(self.job):
            return intervals.total(self.succeeded_indexes)
        uncounted = self._uncounted("succeeded")
        news = sum(phase_of(pod) == "Succeeded" and uid_of(pod) not in uncounted for pod in self._tracked)
        return int(self._status.get("succeeded", 0)) + len(uncounted) + news

    @cached_property
    def failed(self) -> int:
        """Without the failures that the policy ignores."""
        uncounted = self._uncounted("failed")
        news = [p for p in self._tracked if has_failed(p, self.job) and uid_of(p) not in uncounted]
        counted = sum(judge(self.job, pod).counts for pod in news)
        return int(self._status.get("failed", 0)) + len(uncounted) + counted

    @cached_property
    def counted_indexes(self) -> Intervals:
        """The succeeded indexes that the status names already."""
        return intervals.parse(self._status.get("completedIndexes", ""), self.completions)

    @cached_property
    def succeeded_indexes(self) -> Intervals:
        news = (self.index(pod) for pod in self._tracked if phase_of(pod) == "Succeeded")
        return intervals.merged(self.counted_indexes, intervals.of(n for n in news if n != UNKNOWN))

    @cached_property
    def failed_indexes(self) -> Intervals:
        """Empty unless each index has a limit."""
        if not counts_by_index(self.job):
            return ()
        known = intervals.parse(self._status.get("failedIndexes", ""), self.completions)
        news = (self.index(pod) for pod in self._tracked if self._has_exhausted_its_index(pod))
        return intervals.merged(known, intervals.of(n for n in news if n != UNKNOWN))

    @cached_property
    def awaiting_replacement(self) -> dict[int, Obj]:
        """By index, the failed pod that keeps its finalizer until its successor knows how many failures there were."""
        if not counts_by_index(self.job):
            return {}
        settled = intervals.merged(self.succeeded_indexes, self.failed_indexes, self._indexes_of(self.active))
        last: dict[int, Obj] = {}
        for pod in self._tracked:
            number = self.index(pod)
            if number == UNKNOWN or not has_failed(pod, self.job) or intervals.has(settled, number):
                continue
            if number not in last or _age(last[number]) <= _age(pod):
                last[number] = pod
        return last

    def index(self, pod: Obj) -> int:
        return index_of(pod, self.completions)

    def free_indexes(self, count: int) -> list[int]:
        """The lowest indexes that need a pod."""
        waited_for = self.terminating if replaces_only_failed(self.job) else ()
        running = self._indexes_of((*self.active, *waited_for))
        taken = intervals.merged(self.succeeded_indexes, self.failed_indexes, running)
        return intervals.first_free(taken, count, self.completions)

    def backoff_ms(self, now_ms: int) -> int:
        """How long to wait for the next pod after the failures since the last success.

        Upstream remembers these; the pods say the same and survive a take-over. Of pods that ended in the same second
        the failed ones count as the later.
        """
        ends = sorted(
            (finished_ms(pod), phase_of(pod) != "Succeeded") for pod in self.pods if self._has_ended(pod)
        )
        failures = 0
        for _, is_failure in ends:
            failures = failures + 1 if is_failure else 0
        return _wait(failures, ends[-1][0], now_ms) if failures else 0

    def index_backoff_ms(self, number: int, now_ms: int) -> int:
        pod = self.awaiting_replacement.get(number)
        return _wait(_failures(pod) + 1, finished_ms(pod), now_ms) if pod is not None else 0

    @cached_property
    def _status(self) -> Obj:
        return self.job.get("status") or {}

    @cached_property
    def _tracked(self) -> list[Obj]:
        return [pod for pod in self.pods if is_tracked(pod)]

    def _uncounted(self, which: str) -> list[str]:
        return (self._status.get("uncountedTerminatedPods") or {}).get(which) or []

    def _indexes_of(self, pods: Sequence[Obj]) -> Intervals:
        return intervals.of(n for n in map(self.index, pods) if n != UNKNOWN)

    def _has_exhausted_its_index(self, pod: Obj) -> bool:
        if not has_failed(pod, self.job):
            return False
        verdict = judge(self.job, pod)
        limit = self.job["spec"]["backoffLimitPerIndex"]
        return verdict.action == "FailIndex" or (verdict.counts and failures_of(pod) >= limit)

    def _has_ended(self, pod: Obj) -> bool:
        """Not a pod that was let go before it was deleted: it counts neither way."""
        if is_terminating(pod) and not is_tracked(pod):
            return False
        return phase_of(pod) == "Succeeded" or has_failed(pod, self.job)


def _wait(failures: int, since_ms: int, now_ms: int) -> int:
    backoff_ms = min(BACKOFF_MS << min(failures - 1, 16), MOST_BACKOFF_MS)
    return max(since_ms + backoff_ms - now_ms, 0)


def _failures(pod: Obj) -> int:
    return failures_of(pod, FAILURES) + failures_of(pod, IGNORED_FAILURES)


def _age(pod: Obj) -> tuple[int, int]:
    return _failures(pod), finished_ms(pod)
