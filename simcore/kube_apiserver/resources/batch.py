"""Jobs, whose selector the server makes, and CronJobs.

Models: kubernetes v1.36 pkg/registry/batch/{job,cronjob}/strategy.go.
"""

from __future__ import annotations

from simcore.apimachinery.kinds import JOB as JOB_KIND
from simcore.apimachinery.meta import Obj, labels_of
from simcore.kube_apiserver.defaulting.batch import default_cron_job, default_job
from simcore.kube_apiserver.resources.base import BuiltIn, Content
from simcore.kube_apiserver.strategy import RequestContext
from simcore.kube_apiserver.tables import workloads as table
from simcore.kube_apiserver.validation.batch import (
    UID_LABEL,
    validate_cron_job,
    validate_job,
    validate_job_update,
)
from simcore.kube_apiserver.warnings.others import of_cron_job, of_job

_LONGEST_LABEL = 63
CRON_JOB = Content(
    default=default_cron_job,
    rules=validate_cron_job,
    new_status={},
    counts_generation=True,
    table=table.CRON_JOB,
    warnings=of_cron_job,
)


class JobStrategy(BuiltIn):
    def __init__(self) -> None:
        content = Content(
            default=default_job,
            rules=validate_job,
            update_rules=validate_job_update,
            new_status={},
            counts_generation=True,
            table=table.JOB,
            warnings=of_job,
            field_selectors=("status.successful",),
        )
        super().__init__(JOB_KIND, content)

    def prepare_create(self, obj: Obj, ctx: RequestContext) -> Obj:
        made = super().prepare_create(obj, ctx)
        return made if made["spec"].get("manualSelector") else with_generated_selector(made)

    def field(self, obj: Obj, path: str) -> str:
        if path == "status.successful":
            return str((obj.get("status") or {}).get("succeeded", 0))
        return super().field(obj, path)


def with_generated_selector(job: Obj) -> Obj:
    """The job's uid as a label of its pods, and a selector for it. Labels that were the template's stay that."""
    meta, spec = job["metadata"], job["spec"]
    template, selector = spec["template"], spec.get("selector") or {}
    template_labels = (template.get("metadata") or {}).get("labels") or {}
    own = {"uid": meta["uid"], "name": meta.get("name", "")}
    generated = {
        UID_LABEL: own["uid"],
        "batch.kubernetes.io/job-name": own["name"],
        "controller-uid": own["uid"],
        "job-name": own["name"],
    }
    labels = {**template_labels, **generated}
    template = {**template, "metadata": {**template["metadata"], "labels": labels}}
    selector = {**selector, "matchLabels": {**(selector.get("matchLabels") or {}), UID_LABEL: own["uid"]}}
    if labels_of(job) == template_labels and len(own["name"]) <= _LONGEST_LABEL:
        meta = {**meta, "labels": labels}
    return {**job, "metadata": meta, "spec": {**spec, "selector": selector, "template": template}}
