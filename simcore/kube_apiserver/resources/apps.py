"""Workloads: Deployments and ReplicaSets, and the pods' other owners."""

from __future__ import annotations

from simcore.kube_apiserver.defaulting import workloads as defaulting
from simcore.kube_apiserver.resources.base import Content
from simcore.kube_apiserver.tables import workloads as table
from simcore.kube_apiserver.validation import workloads as rules

DEPLOYMENT = Content(
    default=defaulting.default_deployment,
    rules=rules.validate_deployment,
    update_rules=rules.selector_is_fixed,
    status_rules=rules.validate_replica_counts,
    new_status={},
    counts_generation=True,
    table=table.DEPLOYMENT,
)
REPLICA_SET = Content(
    default=defaulting.default_replica_set,
    rules=rules.validate_replica_set,
    update_rules=rules.selector_is_fixed,
    status_rules=rules.validate_replica_counts,
    new_status={"replicas": 0},
    counts_generation=True,
    table=table.REPLICA_SET,
    field_selectors=("status.replicas",),
)
