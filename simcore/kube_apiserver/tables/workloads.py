"""The rows of the kinds that run pods.

Models: kubernetes v1.36 pkg/printers/internalversion/printers.go.
"""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.meta import Obj, controller_of, is_terminating
from simcore.kube_apiserver.strategy import Column
from simcore.kube_apiserver.tables.duration import age, human_duration, since
from simcore.kube_apiserver.tables.table import AGE, Table, named, number, wide
from simcore.kube_apiserver.tables.text import (
    NONE,
    containers_of,
    is_true,
    labels_text,
    selector_text,
    spec_of,
    status_of,
    title_bool,
)
from simcore.sim.timestamps import parse_time

_TEMPLATE = (wide("Containers", "The template's containers."), wide("Images", "Their images."))
_SELECTOR = wide("Selector", "The labels of the pods.")


def _deployment(obj: Obj, now_ms: int) -> list[Any]:
    spec, status = spec_of(obj), status_of(obj)
    return [
        f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}",
        status.get("updatedReplicas", 0),
        status.get("availableReplicas", 0),
        age(obj, now_ms),
        *containers_of(spec.get("template")),
        selector_text(spec.get("selector")),
    ]


def _replica_set(obj: Obj, now_ms: int) -> list[Any]:
    selector = spec_of(obj).get("selector")
    return [*_replicas(obj, now_ms), selector_text(selector)]


def _replication_controller(obj: Obj, now_ms: int) -> list[Any]:
    return [*_replicas(obj, now_ms), labels_text(spec_of(obj).get("selector"))]


def _replicas(obj: Obj, now_ms: int) -> list[Any]:
    spec, status = spec_of(obj), status_of(obj)
    counts = [spec.get("replicas", 0), status.get("replicas", 0), status.get("readyReplicas", 0)]
    return [*counts, age(obj, now_ms), *containers_of(spec.get("template"))]


def _stateful_set(obj: Obj, now_ms: int) -> list[Any]:
    ready = f"{status_of(obj).get('readyReplicas', 0)}/{spec_of(obj).get('replicas', 0)}"
    return [ready, age(obj, now_ms), *containers_of(spec_of(obj).get("template"))]


def _daemon_set(obj: Obj, now_ms: int) -> list[Any]:
    spec, status = spec_of(obj), status_of(obj)
    template = spec.get("template") or {}
    return [
        status.get("desiredNumberScheduled", 0),
        status.get("currentNumberScheduled", 0),
        status.get("numberReady", 0),
        status.get("updatedNumberScheduled", 0),
        status.get("numberAvailable", 0),
        labels_text(spec_of(template).get("nodeSelector")),
        age(obj, now_ms),
        *containers_of(template),
        selector_text(spec.get("selector")),
    ]


def _job(obj: Obj, now_ms: int) -> list[Any]:
    spec, status = spec_of(obj), status_of(obj)
    succeeded, completions = status.get("succeeded", 0), spec.get("completions")
    wanted = f"{succeeded}/{completions}"
    if completions is None:
        parallelism = spec.get("parallelism") or 0
        wanted = f"{succeeded}/1 of {parallelism}" if parallelism > 1 else f"{succeeded}/1"
    return [
        _job_status(obj),
        wanted,
        _job_duration(status, now_ms),
        age(obj, now_ms),
        *containers_of(spec.get("template")),
        selector_text(spec.get("selector")),
    ]


def _job_status(obj: Obj) -> str:
    for name in ("Complete", "Failed"):
        if is_true(obj, name):
            return name
    if is_terminating(obj):
        return "Terminating"
    for name in ("Suspended", "FailureTarget", "SuccessCriteriaMet"):
        if is_true(obj, name):
            return name
    return "Running"


def _job_duration(status: Obj, now_ms: int) -> str:
    if not (started := status.get("startTime")):
        return ""
    ended = status.get("completionTime")
    return human_duration((parse_time(ended) if ended else now_ms) - parse_time(started))


def _cron_job(obj: Obj, now_ms: int) -> list[Any]:
    spec, status = spec_of(obj), status_of(obj)
    last = status.get("lastScheduleTime")
    job = (spec.get("jobTemplate") or {}).get("spec") or {}
    return [
        spec.get("schedule", ""),
        spec.get("timeZone") or NONE,
        title_bool(spec.get("suspend")),
        len(status.get("active") or ()),
        since(last, now_ms) if last else NONE,
        age(obj, now_ms),
        *containers_of(job.get("template")),
        selector_text(job.get("selector")),
    ]


def _controller_revision(obj: Obj, now_ms: int) -> list[Any]:
    owner = controller_of(obj)
    named_owner = NONE
    if owner:
        group = owner.get("apiVersion", "").rpartition("/")[0]
        kind = owner["kind"].lower()
        named_owner = f"{kind}.{group}/{owner['name']}" if group else f"{kind}/{owner['name']}"
    return [named_owner, obj.get("revision", 0), age(obj, now_ms)]


DEPLOYMENT: Table = named(
    Column("Ready", "Ready pods of those wanted."),
    Column("Up-to-date", "Pods of the newest template."),
    Column("Available", "Pods that are ready for long enough."),
    AGE,
    *_TEMPLATE,
    _SELECTOR,
    row=_deployment,
)
_REPLICAS = (
    number("Desired", "How many pods are wanted."),
    number("Current", "How many pods there are."),
    number("Ready", "How many of them are ready."),
    AGE,
    *_TEMPLATE,
    _SELECTOR,
)
REPLICA_SET: Table = named(*_REPLICAS, row=_replica_set)
REPLICATION_CONTROLLER: Table = named(*_REPLICAS, row=_replication_controller)
STATEFUL_SET: Table = named(
    Column("Ready", "Ready pods of those wanted."), AGE, *_TEMPLATE, row=_stateful_set
)
DAEMON_SET: Table = named(
    number("Desired", "Nodes that should run the pod."),
    number("Current", "Nodes that run it."),
    number("Ready", "Nodes where it is ready."),
    number("Up-to-date", "Nodes that run the newest template."),
    number("Available", "Nodes where it is ready for long enough."),
    Column("Node Selector", "The labels of the nodes."),
    AGE,
    *_TEMPLATE,
    _SELECTOR,
    row=_daemon_set,
)
JOB: Table = named(
    Column("Status", "The state of the job in one word."),
    Column("Completions", "Pods that succeeded of those wanted."),
    Column("Duration", "How long the job ran or has been running."),
    AGE,
    *_TEMPLATE,
    _SELECTOR,
    row=_job,
)
CRON_JOB: Table = named(
    Column("Schedule", "When jobs start, in cron's notation."),
    Column("Timezone", "The time zone of the schedule."),
    Column("Suspend", "Whether no job is started now.", "boolean"),
    number("Active", "Jobs that run now."),
    Column("Last Schedule", "How long ago a job was started."),
    AGE,
    *_TEMPLATE,
    _SELECTOR,
    row=_cron_job,
)
CONTROLLER_REVISION: Table = named(
    Column("Controller", "Whose template this is."),
    Column("Revision", "The number of the template."),
    AGE,
    row=_controller_revision,
)


def _scale(obj: Obj, now_ms: int) -> list[Any]:
    wanted, there = (obj[part].get("replicas", 0) for part in ("spec", "status"))
    return [wanted, there, age(obj, now_ms)]


SCALE: Table = named(
    number("Desired", "How many pods are wanted."),
    number("Available", "How many pods there are."),
    AGE,
    row=_scale,
)
