"""The parts of a Job's status: its conditions, and the pods that have been seen to end but are not counted yet.

Models: kubernetes v1.36 pkg/controller/job/job_controller.go (ensureJobConditionStatus,
cleanUncountedPodsWithoutFinalizers).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from simcore.apimachinery.meta import Obj


class Outcome(NamedTuple):
    """How a Job ends, or is about to."""

    type: str
    reason: str
    message: str

    @property
    def is_failure(self) -> bool:
        return self.type in ("FailureTarget", "Failed")

    def final(self) -> Outcome:
        """The condition that comes when nothing is left to be done."""
        return self._replace(type="Failed" if self.is_failure else "Complete")


def condition(job: Obj, name: str) -> Outcome | None:
    """The condition of that type, if it is true."""
    for found in (job.get("status") or {}).get("conditions") or ():
        if found["type"] == name and found["status"] == "True":
            return Outcome(name, found.get("reason", ""), found.get("message", ""))
    return None


def finished(job: Obj) -> Outcome | None:
    return condition(job, "Complete") or condition(job, "Failed")


def with_condition(status: Obj, outcome: Outcome, value: str, now: str) -> Obj:
    """`status` itself when it says so already; a new condition that says False says nothing."""
    name, reason, message = outcome
    said = {"type": name, "status": value, "reason": reason, "message": message}
    present = status.get("conditions") or []
    standing = next((c for c in present if c["type"] == name), None)
    if (standing is None and value == "False") or (standing is not None and said.items() <= standing.items()):
        return status
    new = {"type": name, "status": value, "lastProbeTime": now, "lastTransitionTime": now}
    new |= {field: text for field, text in (("reason", reason), ("message", message)) if text}
    others = [c if c is not standing else new for c in present]
    return {**status, "conditions": others if standing is not None else [*present, new]}


def with_counted(status: Obj, tracked: Collection[str]) -> Obj:
    """Counts the uncounted pods that have no finalizer any more; `tracked` are the uids of those that have."""
    uncounted = status.get("uncountedTerminatedPods") or {}
    found: Obj = {**status, "uncountedTerminatedPods": {}}
    for which in ("succeeded", "failed"):
        uids = uncounted.get(which) or []
        left = [uid for uid in uids if uid in tracked]
        if left:
            found["uncountedTerminatedPods"][which] = left
        if len(left) < len(uids):
            found[which] = status.get(which, 0) + len(uids) - len(left)
    return found


def with_uncounted(status: Obj, succeeded: list[str], failed: list[str]) -> Obj:
    uncounted = status["uncountedTerminatedPods"]
    lists = {"succeeded": succeeded, "failed": failed}
    both = {which: [*(uncounted.get(which) or ()), *uids] for which, uids in lists.items()}
    return {**status, "uncountedTerminatedPods": {which: uids for which, uids in both.items() if uids}}


def numbers(**counts: int) -> Obj:
    """Counts as the API writes them: nothing for none."""
    return {name: count for name, count in counts.items() if count}
