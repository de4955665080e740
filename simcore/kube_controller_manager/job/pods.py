"""What the Job controller asks of its pods, and how it makes them.

Models: kubernetes v1.36 pkg/controller/job/{job_controller,indexed_job_utils,backoff_utils}.go.
"""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.meta import Obj, annotations_of, is_terminating
from simcore.kube_controller_manager.pods import condition_of, phase_of, pod_from_template
from simcore.sim.timestamps import parse_time

TRACKING = "batch.kubernetes.io/job-tracking"
"""The finalizer of a pod that has not been counted."""
INDEX = "batch.kubernetes.io/job-completion-index"
FAILURES = "batch.kubernetes.io/job-index-failure-count"
IGNORED_FAILURES = "batch.kubernetes.io/job-index-ignored-failure-count"
UNKNOWN = -1
_LONGEST_BASE = 58  # of a generated name, before its random end
_MOST_FAILURES = 2**31 - 1


def is_indexed(job: Obj) -> bool:
    return bool(job["spec"].get("completionMode") == "Indexed")


def counts_by_index(job: Obj) -> bool:
    """Whether each index has a limit of its own."""
    return "backoffLimitPerIndex" in job["spec"]


def replaces_only_failed(job: Obj) -> bool:
    """Whether a terminating pod is waited for, and counts only when it has failed."""
    spec = job["spec"]
    return bool(spec.get("podReplacementPolicy", "Failed" if "podFailurePolicy" in spec else "") == "Failed")


def is_tracked(pod: Obj) -> bool:
    return TRACKING in (pod["metadata"].get("finalizers") or ())


def has_failed(pod: Obj, job: Obj) -> bool:
    if phase_of(pod) == "Failed":
        return True
    return is_terminating(pod) and phase_of(pod) != "Succeeded" and not replaces_only_failed(job)


def index_of(pod: Obj, completions: int) -> int:
    """UNKNOWN when the pod has no index, or none of this Job's."""
    text = annotations_of(pod).get(INDEX, "")
    return int(text) if text.isdecimal() and int(text) < completions else UNKNOWN


def failures_of(pod: Obj, name: str = FAILURES) -> int:
    """How often the pod's index had failed before; an unreadable annotation counts as none."""
    text = annotations_of(pod).get(name, "")
    return int(text) if text.isdecimal() and int(text) <= _MOST_FAILURES else 0


def finished_ms(pod: Obj) -> int:
    """When the pod ended: its containers did, or it stopped to be ready, or it was told to."""
    ends = [_ended_at(status) for status in (pod.get("status") or {}).get("containerStatuses") or ()]
    if ends and all(ends):
        return max(parse_time(end) for end in ends)
    ready = condition_of(pod, "Ready")
    if ready is not None and ready["status"] == "False" and ready.get("lastTransitionTime"):
        return parse_time(ready["lastTransitionTime"])
    meta = pod["metadata"]
    if is_terminating(pod):
        grace_ms = (meta.get("deletionGracePeriodSeconds") or 0) * 1000
        return parse_time(meta["deletionTimestamp"]) - grace_ms
    return parse_time(meta["creationTimestamp"])


def pod_for(job: Obj, index: int = UNKNOWN, counters: dict[str, str] | None = None) -> Obj:
    """`counters`: annotations about the failures of the index so far."""
    pod = pod_from_template(job["spec"]["template"], job)
    meta: Obj = pod["metadata"]
    present = meta.get("finalizers") or []
    meta = {**meta, "finalizers": present if TRACKING in present else [*present, TRACKING]}
    if index == UNKNOWN:
        return {**pod, "metadata": meta}
    name, end = job["metadata"]["name"], f"-{index}-"
    meta["generateName"] = name[: _LONGEST_BASE - len(end)] + end
    meta["labels"] = {**(meta.get("labels") or {}), INDEX: str(index)}
    meta["annotations"] = {**(meta.get("annotations") or {}), INDEX: str(index), **(counters or {})}
    return {**pod, "metadata": meta, "spec": _indexed(pod["spec"], f"{name}-{index}")}


def _indexed(spec: Obj, host: str) -> Obj:
    found = {**spec, "hostname": host}
    for field in ("initContainers", "containers"):
        if spec.get(field):
            found[field] = [_knowing_its_index(container) for container in spec[field]]
    return found


def _knowing_its_index(container: Obj) -> Obj:
    env: list[Any] = container.get("env") or []
    if any(variable["name"] == "JOB_COMPLETION_INDEX" for variable in env):
        return container
    source = {"fieldRef": {"fieldPath": f"metadata.labels['{INDEX}']"}}
    return {**container, "env": [*env, {"name": "JOB_COMPLETION_INDEX", "valueFrom": source}]}


def _ended_at(status: Obj) -> str:
    ended: str = (((status.get("state") or {}).get("terminated")) or {}).get("finishedAt") or ""
    return ended
