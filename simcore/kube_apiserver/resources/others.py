"""Configuration, storage, network, access and policy: kinds whose lifecycle is the usual one.

Models: kubernetes v1.36 pkg/registry/{core,storage,networking,discovery,rbac,policy,scheduling,autoscaling}.
"""

from __future__ import annotations

from base64 import b64encode

from simcore.apimachinery import kinds
from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.defaulting import core, others, service
from simcore.kube_apiserver.resources.base import Content
from simcore.kube_apiserver.tables import core as core_tables
from simcore.kube_apiserver.tables import network as network_tables
from simcore.kube_apiserver.tables import others as tables
from simcore.kube_apiserver.tables.table import NAME_AND_CREATION
from simcore.kube_apiserver.validation import (
    cluster,
    endpoints,
    network,
    policy,
    quota,
    ranges,
    rbac,
    storage,
    workload_status,
)
from simcore.kube_apiserver.validation import core as core_rules
from simcore.kube_apiserver.validation import service as service_rules
from simcore.kube_apiserver.warnings import others as warnings
from simcore.kube_apiserver.warnings.volumes import of_claim, of_persistent_volume


def secret_with_data(obj: Obj) -> Obj:
    """A secret's plain texts become data; nobody reads them back."""
    plain = obj.get("stringData")
    if plain:
        encoded = {key: b64encode(text.encode()).decode() for key, text in plain.items()}
        obj = {**obj, "data": {**(obj.get("data") or {}), **encoded}}
    return core.default_secret(
        {k: v for k, v in obj.items() if k != "stringData"} if "stringData" in obj else obj
    )


_ROLE = Content(
    default=others.default_role, rules=rbac.validate_role, table=NAME_AND_CREATION, create_on_update=True
)
_CLUSTER_ROLE = Content(
    default=others.default_role,
    rules=rbac.validate_cluster_role,
    table=NAME_AND_CREATION,
    create_on_update=True,
)
_ROLE_BINDING = Content(
    default=others.default_binding,
    rules=rbac.validate_role_binding,
    update_rules=rbac.validate_binding_update,
    table=tables.BINDING,
    create_on_update=True,
)
_CLUSTER_ROLE_BINDING = Content(
    default=others.default_binding,
    rules=rbac.validate_cluster_role_binding,
    update_rules=rbac.validate_binding_update,
    table=tables.BINDING,
    create_on_update=True,
)
_SECRET = Content(
    default=secret_with_data,
    rules=core_rules.validate_secret,
    update_rules=core_rules.validate_secret_update,
    table=core_tables.SECRET,
    field_selectors=("type",),
)
_ENDPOINTS = Content(
    default=service.default_endpoints,
    rules=endpoints.validate_endpoints,
    table=network_tables.ENDPOINTS,
    warnings=warnings.of_endpoints,
    create_on_update=True,
)
_ENDPOINT_SLICE = Content(
    default=service.default_endpoint_slice,
    rules=endpoints.validate_endpoint_slice,
    update_rules=endpoints.validate_endpoint_slice_update,
    table=network_tables.ENDPOINT_SLICE,
    warnings=warnings.of_endpoint_slice,
    counts_generation=True,
)
_CLAIM = Content(
    default=others.default_claim,
    rules=storage.validate_claim,
    update_rules=storage.validate_claim_update,
    new_status={"phase": "Pending"},
    table=tables.CLAIM,
    warnings=lambda claim, old: of_claim(claim),
)
_VOLUME = Content(
    default=others.default_volume,
    rules=storage.validate_volume,
    update_rules=storage.validate_volume_update,
    new_status={"phase": "Pending"},
    table=tables.VOLUME,
    warnings=lambda volume, old: of_persistent_volume(volume),
)
_STORAGE_CLASS = Content(
    default=others.default_storage_class,
    rules=storage.validate_storage_class,
    update_rules=storage.validate_storage_class_update,
    table=tables.STORAGE_CLASS,
    warnings=warnings.of_storage_class,
)
_RESOURCE_QUOTA = Content(
    default=core.default_resource_quota,
    rules=quota.validate_resource_quota,
    update_rules=quota.validate_resource_quota_update,
    status_rules=quota.validate_resource_quota_status,
    new_status={},
    table=core_tables.RESOURCE_QUOTA,
)
_LIMIT_RANGE = Content(
    default=core.default_limit_range,
    rules=quota.validate_limit_range,
    table=NAME_AND_CREATION,
    create_on_update=True,
)
_INGRESS = Content(
    default=others.default_ingress,
    rules=network.validate_ingress,
    create_rules=network.validate_new_ingress,
    status_rules=service_rules.validate_ingress_status,
    new_status={"loadBalancer": {}},
    table=network_tables.INGRESS,
    warnings=warnings.of_ingress,
    counts_generation=True,
)
_INGRESS_CLASS = Content(
    default=others.default_ingress_class,
    rules=network.validate_ingress_class,
    update_rules=network.validate_ingress_class_update,
    table=network_tables.INGRESS_CLASS,
    counts_generation=True,
)
_NETWORK_POLICY = Content(
    default=others.default_network_policy,
    rules=network.validate_network_policy,
    table=network_tables.NETWORK_POLICY,
    warnings=warnings.of_network_policy,
    counts_generation=True,
)
_AUTOSCALER = Content(
    default=others.default_autoscaler,
    rules=policy.validate_autoscaler,
    status_rules=workload_status.validate_autoscaler_status,
    new_status={"desiredReplicas": 0, "currentMetrics": None},
    table=tables.AUTOSCALER,
)
_BUDGET = Content(
    default=others.default_budget,
    rules=policy.validate_budget,
    status_rules=workload_status.validate_budget_status,
    new_status=others.BUDGET_STATUS,
    table=tables.BUDGET,
    counts_generation=True,
    unconditional_update=False,
)
_PRIORITY_CLASS = Content(
    default=others.default_priority_class,
    rules=policy.validate_priority_class,
    update_rules=policy.validate_priority_class_update,
    table=core_tables.PRIORITY_CLASS,
    counts_generation=True,
)
_RUNTIME_CLASS = Content(
    rules=cluster.validate_runtime_class,
    update_rules=cluster.validate_runtime_class_update,
    table=tables.RUNTIME_CLASS,
    warnings=warnings.of_runtime_class,
)
_IP_ADDRESS = Content(
    rules=ranges.validate_ip_address,
    update_rules=ranges.validate_ip_address_update,
    table=tables.IP_ADDRESS,
)

CONTENTS: tuple[tuple[Kind, Content], ...] = (
    (kinds.SECRET, _SECRET),
    (kinds.SERVICE_ACCOUNT, Content()),
    (kinds.ENDPOINTS, _ENDPOINTS),
    (kinds.ENDPOINT_SLICE, _ENDPOINT_SLICE),
    (kinds.PERSISTENT_VOLUME_CLAIM, _CLAIM),
    (kinds.PERSISTENT_VOLUME, _VOLUME),
    (kinds.STORAGE_CLASS, _STORAGE_CLASS),
    (kinds.RESOURCE_QUOTA, _RESOURCE_QUOTA),
    (kinds.LIMIT_RANGE, _LIMIT_RANGE),
    (kinds.INGRESS, _INGRESS),
    (kinds.INGRESS_CLASS, _INGRESS_CLASS),
    (kinds.NETWORK_POLICY, _NETWORK_POLICY),
    (kinds.IP_ADDRESS, _IP_ADDRESS),
    (kinds.ROLE, _ROLE),
    (kinds.ROLE_BINDING, _ROLE_BINDING),
    (kinds.CLUSTER_ROLE, _CLUSTER_ROLE),
    (kinds.CLUSTER_ROLE_BINDING, _CLUSTER_ROLE_BINDING),
    (kinds.HORIZONTAL_POD_AUTOSCALER, _AUTOSCALER),
    (kinds.POD_DISRUPTION_BUDGET, _BUDGET),
    (kinds.PRIORITY_CLASS, _PRIORITY_CLASS),
    (kinds.RUNTIME_CLASS, _RUNTIME_CLASS),
)
