"""Defaults of Jobs and CronJobs.

Models: kubernetes v1.36 pkg/apis/batch/v1/defaults.go.
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.defaulting.fill import change, each, fill, fill_zero
from simcore.kube_apiserver.defaulting.pod import default_template

_JOB: Obj = {"completionMode": "NonIndexed", "suspend": False, "manualSelector": False}
_CRON_JOB: Obj = {"suspend": False, "successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1}
UNLIMITED = 2**31 - 1


def default_job(obj: Obj) -> Obj:
    spec = default_job_template(obj.get("spec") or {})
    if spec.get("completions") is None and spec.get("parallelism") is None:
        spec = {**spec, "completions": 1}
    retries = 6 if spec.get("backoffLimitPerIndex") is None else UNLIMITED
    replace = "Failed" if spec.get("podFailurePolicy") is not None else "TerminatingOrFailed"
    spec = fill(spec, {**_JOB, "parallelism": 1, "backoffLimit": retries, "podReplacementPolicy": replace})
    metadata = obj["metadata"]
    if labels := spec["template"]["metadata"].get("labels"):
        metadata = fill_zero(metadata, {"labels": labels})
    return {**obj, "metadata": metadata, "spec": spec, "status": obj.get("status") or {}}


def default_cron_job(obj: Obj) -> Obj:
    spec = fill(fill_zero(obj.get("spec") or {}, {"concurrencyPolicy": "Allow"}), _CRON_JOB)
    template = spec.get("jobTemplate") or {}
    job = {
        **template,
        "metadata": template.get("metadata") or {},
        "spec": default_job_template(template.get("spec") or {}),
    }
    return {**obj, "spec": {**spec, "jobTemplate": job}, "status": obj.get("status") or {}}


def default_job_template(spec: Obj) -> Obj:
    """What a Job's spec and a CronJob's template of one have in common."""
    done = {**spec, "template": default_template(spec.get("template"))}
    return change(done, "podFailurePolicy", lambda policy: change(policy, "rules", each(_failure_rule)))


def _failure_rule(rule: Obj) -> Obj:
    return change(rule, "onPodConditions", each(lambda condition: fill_zero(condition, {"status": "True"})))
