"""The kinds that run pods, and the DaemonSet's count of its templates.

Models: kubernetes v1.36 pkg/registry/{apps,batch}/*/strategy.go, pkg/registry/core/replicationcontroller.
"""

from __future__ import annotations

from simcore.apimachinery.kinds import DAEMON_SET as DAEMON_SET_KIND
from simcore.apimachinery.meta import Obj, annotations_of
from simcore.kube_apiserver.defaulting import workloads as defaulting
from simcore.kube_apiserver.resources.base import BuiltIn, Content
from simcore.kube_apiserver.strategy import RequestContext
from simcore.kube_apiserver.tables import workloads as table
from simcore.kube_apiserver.validation import workload_status as status
from simcore.kube_apiserver.validation import workloads as rules
from simcore.kube_apiserver.warnings import others as warnings

TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"

DEPLOYMENT = Content(
    default=defaulting.default_deployment,
    rules=rules.validate_deployment,
    update_rules=rules.selector_is_fixed,
    status_rules=status.validate_deployment_status,
    new_status={},
    counts_generation=True,
    table=table.DEPLOYMENT,
    warnings=warnings.of_workload,
)
REPLICA_SET = Content(
    default=defaulting.default_replica_set,
    rules=rules.validate_replica_set,
    update_rules=rules.selector_is_fixed,
    status_rules=status.validate_replica_set_status,
    new_status={"replicas": 0},
    counts_generation=True,
    table=table.REPLICA_SET,
    warnings=warnings.of_workload,
    field_selectors=("status.replicas",),
)
REPLICATION_CONTROLLER = Content(
    default=defaulting.default_replication_controller,
    rules=rules.validate_replication_controller,
    status_rules=status.validate_replica_set_status,
    new_status={"replicas": 0},
    counts_generation=True,
    table=table.REPLICATION_CONTROLLER,
    warnings=warnings.of_workload,
    field_selectors=("status.replicas",),
)
STATEFUL_SET = Content(
    default=defaulting.default_stateful_set,
    rules=rules.validate_stateful_set,
    update_rules=rules.validate_stateful_set_update,
    status_rules=status.validate_stateful_set_status,
    new_status={"replicas": 0, "availableReplicas": 0},
    counts_generation=True,
    table=table.STATEFUL_SET,
    warnings=warnings.of_stateful_set,
)
_DAEMON_SET = Content(
    default=defaulting.default_daemon_set,
    rules=rules.validate_daemon_set,
    update_rules=rules.selector_is_fixed,
    status_rules=status.validate_daemon_set_status,
    new_status=defaulting.DAEMON_SET_STATUS,
    counts_generation=True,
    table=table.DAEMON_SET,
    warnings=warnings.of_nameless_workload,
)
CONTROLLER_REVISION = Content(
    rules=rules.validate_revision, update_rules=rules.data_is_fixed, table=table.CONTROLLER_REVISION
)


class DaemonSetStrategy(BuiltIn):
    """The template's generation outlived the field it was; it is kept as an annotation."""

    def __init__(self) -> None:
        super().__init__(DAEMON_SET_KIND, _DAEMON_SET)

    def prepare_create(self, obj: Obj, ctx: RequestContext) -> Obj:
        return _with_template_generation(super().prepare_create(obj, ctx), 1)

    def prepare_update(self, new: Obj, old: Obj, ctx: RequestContext) -> Obj:
        text = annotations_of(old).get(TEMPLATE_GENERATION, "1")
        generation = int(text) if text.isdigit() else 1
        is_other = new["spec"]["template"] != old["spec"]["template"]
        return _with_template_generation(super().prepare_update(new, old, ctx), generation + is_other)


def _with_template_generation(obj: Obj, generation: int) -> Obj:
    meta = obj["metadata"]
    annotations = {**(meta.get("annotations") or {}), TEMPLATE_GENERATION: str(generation)}
    return {**obj, "metadata": {**meta, "annotations": annotations}}
