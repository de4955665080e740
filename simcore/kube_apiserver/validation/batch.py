"""Jobs and CronJobs.

Models: kubernetes v1.36 pkg/apis/batch/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.selectors import matches
from simcore.kube_apiserver.validation.failure_policy import validate_failure_policy, validate_success_policy
from simcore.kube_apiserver.validation.field import (
    Errors,
    all_invalid,
    immutable,
    invalid,
    not_negative,
    not_supported,
    required,
    too_long,
)
from simcore.kube_apiserver.validation.names import dns_label, dns_subdomain, http_path, http_path_fault
from simcore.kube_apiserver.validation.pod import validate_template
from simcore.kube_apiserver.validation.schedule import schedule_fault, time_zone_fault
from simcore.kube_apiserver.validation.selectors import is_parsable, shown_selector, validate_selector

UID_LABEL = "batch.kubernetes.io/controller-uid"
_COUNTS = ("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished")
_MODES, _MOST_PARALLEL = ("NonIndexed", "Indexed"), 100_000
_MISMATCH = "`selector` does not match template `labels`"
_WHILE_SUSPENDED = ("nodeSelector", "tolerations", "schedulingGates", "affinity")
_FIXED = ("completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy")


def validate_job(obj: Obj) -> Errors:
    spec, meta = obj["spec"], obj["metadata"]
    selector = spec.get("selector")
    errors = [] if spec.get("manualSelector") else _generated_selector(obj)
    errors += _job_spec("spec", spec)
    if selector is None:
        errors.append(required("spec.selector"))
    else:
        errors += validate_selector("spec.selector", selector)
        labels = (spec["template"].get("metadata") or {}).get("labels")
        if is_parsable(selector) and not matches(selector, labels or {}):
            errors.append(invalid("spec.template.metadata.labels", labels or None, _MISMATCH))
    completions = spec.get("completions")
    if spec.get("completionMode") == "Indexed" and completions:
        host = f"{meta.get('name', '')}-{completions - 1}"
        if dns_label(host):
            detail = f"will not able to create pod with invalid DNS label: {host}"
            errors.append(invalid("metadata.name", meta.get("name", ""), detail))
    return errors


def validate_job_update(new: Obj, old: Obj) -> Errors:
    """A Job is what it is, but for its speed; how its pods are scheduled may change while it never ran."""
    spec, was = new["spec"], old["spec"]
    errors = _completions_update(spec, was)
    selector = spec.get("selector")
    errors += immutable("spec.selector", selector, was.get("selector"), selector and shown_selector(selector))
    errors += _template_update(new, old)
    for field in _FIXED:
        errors += immutable(f"spec.{field}", spec.get(field), was.get(field))
    return errors


def validate_cron_job(obj: Obj) -> Errors:
    spec = obj["spec"]
    schedule, zone = spec.get("schedule"), spec.get("timeZone")
    errors: Errors = []
    if not schedule:
        errors.append(required("spec.schedule"))
    else:
        if fault := schedule_fault(schedule):
            errors.append(invalid("spec.schedule", schedule, fault))
        if "TZ" in schedule:
            detail = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
            errors.append(invalid("spec.schedule", schedule, detail))
    if zone is not None and (fault := time_zone_fault(zone)):
        errors.append(invalid("spec.timeZone", zone, fault))
    errors += not_negative("spec.startingDeadlineSeconds", spec.get("startingDeadlineSeconds"))
    errors += _one_of("spec.concurrencyPolicy", spec.get("concurrencyPolicy"), ("Allow", "Forbid", "Replace"))
    job = (spec.get("jobTemplate") or {}).get("spec") or {}
    errors += _job_spec("spec.jobTemplate.spec", job)
    if job.get("manualSelector"):
        errors.append(not_supported("spec.jobTemplate.spec.manualSelector", True, ("nil", "false")))
    for field in ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        errors += not_negative(f"spec.{field}", spec.get(field))
    return errors


def _generated_selector(obj: Obj) -> Errors:
    """The server's own label, and nothing else, picks the pods."""
    selector = obj["spec"].get("selector") or {}
    if selector.get("matchLabels") == {UID_LABEL: obj["metadata"].get("uid")} and not selector.get(
        "matchExpressions"
    ):
        return []
    return [invalid("spec.selector", shown_selector(selector), "`selector` not auto-generated")]


def _job_spec(path: str, spec: Obj) -> Errors:
    errors: Errors = []
    for field in (*_COUNTS, "backoffLimitPerIndex", "maxFailedIndexes"):
        errors += not_negative(f"{path}.{field}", spec.get(field))
    if spec.get("maxFailedIndexes") is not None and spec.get("backoffLimitPerIndex") is None:
        errors.append(required(f"{path}.backoffLimitPerIndex", "when maxFailedIndexes is specified"))
    if (manager := spec.get("managedBy")) is not None:
        errors += domain_prefixed_path(f"{path}.managedBy", manager)
        if len(manager) > 63:
            errors.append(too_long(f"{path}.managedBy", 63))
    errors += _completion_mode(path, spec)
    if (policy := spec.get("podFailurePolicy")) is not None:
        errors += validate_failure_policy(f"{path}.podFailurePolicy", policy, spec)
    if (policy := spec.get("successPolicy")) is not None:
        errors += validate_success_policy(f"{path}.successPolicy", policy, spec)
    if (replacement := spec.get("podReplacementPolicy")) is not None:
        allowed = (
            ("Failed",) if spec.get("podFailurePolicy") is not None else ("Failed", "TerminatingOrFailed")
        )
        errors += _one_of(f"{path}.podReplacementPolicy", replacement, allowed)
    return errors + _job_template(f"{path}.template", spec)


def _job_template(path: str, spec: Obj) -> Errors:
    template = spec.get("template") or {}
    errors = validate_template(path, template)
    where, policy = f"{path}.spec.restartPolicy", (template.get("spec") or {}).get("restartPolicy")
    if not policy or policy == "Always":
        errors.append(required(where, 'valid values: "OnFailure", "Never"'))
    elif policy not in ("OnFailure", "Never"):
        errors.append(not_supported(where, policy, ("OnFailure", "Never")))
    elif spec.get("podFailurePolicy") is not None and policy != "Never":
        errors.append(invalid(where, policy, 'only "Never" is supported when podFailurePolicy is specified'))
    return errors


def _completion_mode(path: str, spec: Obj) -> Errors:
    mode = spec.get("completionMode")
    if mode is not None and mode not in _MODES:
        return [not_supported(f"{path}.completionMode", mode, _MODES)]
    errors: Errors = []
    if mode == "Indexed":
        if spec.get("completions") is None:
            errors.append(required(f"{path}.completions", "when completion mode is Indexed"))
        if (spec.get("parallelism") or 0) > _MOST_PARALLEL:
            detail = f"must be less than or equal to {_MOST_PARALLEL} when completion mode is Indexed"
            errors.append(invalid(f"{path}.parallelism", spec["parallelism"], detail))
        return errors
    for field in ("backoffLimitPerIndex", "maxFailedIndexes"):
        if spec.get(field) is not None:
            errors.append(invalid(f"{path}.{field}", spec[field], "requires indexed completion mode"))
    return errors


def domain_prefixed_path(path: str, text: str) -> Errors:
    host, slash, rest = text.partition("/")
    if not text:
        return [required(path)]
    if not slash or not host or not rest:
        return [invalid(path, text, 'must be a domain-prefixed path (such as "acme.io/foo")')]
    errors = all_invalid(path, host, dns_subdomain(host))
    return errors if http_path(rest) else [*errors, invalid(path, rest, http_path_fault())]


def _one_of(path: str, value: str | None, supported: tuple[str, ...]) -> Errors:
    if value in supported:
        return []
    return [not_supported(path, value, supported)] if value else [required(path)]


def _completions_update(spec: Obj, was: Obj) -> Errors:
    """An indexed Job grows and shrinks if its parallelism does so with it."""
    new, old = spec.get("completions"), was.get("completions")
    if new == old:
        return []
    is_elastic = spec.get("completionMode") == "Indexed" and new is not None and old is not None
    if is_elastic and new == spec.get("parallelism"):
        return []
    detail = "can only be modified in tandem with parallelism" if is_elastic else "field is immutable"
    return [invalid("spec.completions", new, detail)]


def _template_update(new: Obj, old: Obj) -> Errors:
    template, was = new["spec"]["template"], old["spec"]["template"]
    never_ran = old["spec"].get("suspend") and not (old.get("status") or {}).get("startTime")
    if never_ran:
        template, was = _without_scheduling(template), _without_scheduling(was)
    return immutable("spec.template", template, was)


def _without_scheduling(template: Mapping[str, Any]) -> Obj:
    spec = {k: v for k, v in template["spec"].items() if k not in _WHILE_SUSPENDED}
    affinity = {k: v for k, v in (template["spec"].get("affinity") or {}).items() if k != "nodeAffinity"}
    return {"spec": spec | ({"affinity": affinity} if affinity else {})}
