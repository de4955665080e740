"""What a failed pod means under a pod failure policy, and when a success policy is met.

Models: kubernetes v1.36 pkg/controller/job/{pod_failure_policy,success_policy}.go.
"""

from __future__ import annotations

from typing import NamedTuple

from simcore.apimachinery.meta import Obj, key_of
from simcore.kube_controller_manager.job import intervals
from simcore.kube_controller_manager.job.intervals import Intervals


class Verdict(NamedTuple):
    """What the first rule that matches says of a failed pod."""

    action: str = ""
    message: str = ""
    """Why the whole Job fails; empty when it doesn't."""

    @property
    def counts(self) -> bool:
        return self.action != "Ignore"


def judge(job: Obj, pod: Obj) -> Verdict:
    """Of a pod that has failed."""
    for position, rule in enumerate((job["spec"].get("podFailurePolicy") or {}).get("rules") or ()):
        reason = _exit_code(rule, pod) if rule.get("onExitCodes") else _condition(rule, pod)
        if reason:
            action = rule["action"]
            message = f"{reason} matching {action} rule at index {position}" if action == "FailJob" else ""
            return Verdict(action, message)
    return Verdict()


def success(job: Obj, succeeded: Intervals) -> str:
    """Which rule of the success policy is met; empty when none is."""
    rules = (job["spec"].get("successPolicy") or {}).get("rules") or ()
    for position, rule in enumerate(rules if succeeded else ()):
        if _is_met(rule, succeeded, job["spec"]["completions"]):
            return f"Matched rules at index {position}"
    return ""


def _is_met(rule: Obj, succeeded: Intervals, completions: int) -> bool:
    count = rule.get("succeededCount")
    if rule.get("succeededIndexes") is None:
        return count is not None and intervals.total(succeeded) >= count
    required = intervals.parse(rule["succeededIndexes"], completions)
    needed = intervals.total(required) if count is None else count
    return bool(required) and intervals.overlap(required, succeeded) >= needed


def _exit_code(rule: Obj, pod: Obj) -> str:
    wanted, status = rule["onExitCodes"], pod.get("status") or {}
    for container in (*(status.get("containerStatuses") or ()), *(status.get("initContainerStatuses") or ())):
        name, ended = container["name"], (container.get("state") or {}).get("terminated")
        if not ended or not ended.get("exitCode") or wanted.get("containerName", name) != name:
            continue
        if (ended["exitCode"] in wanted["values"]) == (wanted["operator"] == "In"):
            who = f"Container {name} for pod {key_of(pod)}"
            return f"{who} failed with exit code {ended['exitCode']}"
    return ""


def _condition(rule: Obj, pod: Obj) -> str:
    for condition in (pod.get("status") or {}).get("conditions") or ():
        for pattern in rule.get("onPodConditions") or ():
            wanted = (pattern["type"], pattern.get("status", "True"))
            if wanted == (condition["type"], condition["status"]):
                return f"Pod {key_of(pod)} has condition {condition['type']}"
    return ""
