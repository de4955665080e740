"""Drivers, devices, admission, flow control and the API itself: kinds that few people write by hand.

Models: kubernetes v1.36 pkg/registry/{storage,resource,admissionregistration,flowcontrol,certificates,networking}.
Left out: see docs/deviations.md, kube-apiserver (content): devices have no rules beyond metadata and the schema.
"""

from __future__ import annotations

from simcore.apimachinery import kinds
from simcore.apimachinery.kinds import Kind
from simcore.kube_apiserver.defaulting import cluster as defaulting
from simcore.kube_apiserver.resources.base import Content
from simcore.kube_apiserver.tables import cluster as tables
from simcore.kube_apiserver.tables.table import NAME_AND_AGE
from simcore.kube_apiserver.validation import admission, cluster, drivers, flow_control, ranges
from simcore.kube_apiserver.warnings.others import of_pod_template

CONTENTS: tuple[tuple[Kind, Content], ...] = (
    (kinds.COMPONENT_STATUS, Content(table=tables.COMPONENT)),
    (
        kinds.CSI_DRIVER,
        Content(
            default=defaulting.default_csi_driver,
            rules=drivers.validate_csi_driver,
            update_rules=drivers.validate_csi_driver_update,
            table=tables.CSI_DRIVER,
            counts_generation=True,
        ),
    ),
    (
        kinds.CSI_NODE,
        Content(
            rules=drivers.validate_csi_node,
            update_rules=drivers.validate_csi_node_update,
            table=tables.CSI_NODE,
        ),
    ),
    (
        kinds.CSI_STORAGE_CAPACITY,
        Content(
            rules=drivers.validate_capacity,
            update_rules=drivers.validate_capacity_update,
            table=tables.CSI_STORAGE_CAPACITY,
        ),
    ),
    (
        kinds.VOLUME_ATTACHMENT,
        Content(
            rules=drivers.validate_attachment,
            create_rules=drivers.validate_new_attachment,
            update_rules=drivers.validate_attachment_update,
            table=tables.VOLUME_ATTACHMENT,
            new_status={"attached": False},
        ),
    ),
    (
        kinds.VOLUME_ATTRIBUTES_CLASS,
        Content(
            rules=drivers.validate_attributes_class,
            update_rules=drivers.validate_attributes_class_update,
            table=tables.VOLUME_ATTRIBUTES_CLASS,
        ),
    ),
    (
        kinds.DEVICE_CLASS,
        Content(default=defaulting.default_device_class, table=NAME_AND_AGE, counts_generation=True),
    ),
    (
        kinds.RESOURCE_CLAIM,
        Content(default=defaulting.default_resource_claim, table=tables.RESOURCE_CLAIM, new_status={}),
    ),
    (
        kinds.RESOURCE_CLAIM_TEMPLATE,
        Content(default=defaulting.default_resource_claim_template, table=NAME_AND_AGE),
    ),
    (kinds.RESOURCE_SLICE, Content(table=tables.RESOURCE_SLICE, counts_generation=True)),
    (
        kinds.PRIORITY_LEVEL_CONFIGURATION,
        Content(
            default=defaulting.default_priority_level,
            rules=flow_control.validate_priority_level,
            table=tables.PRIORITY_LEVEL,
            new_status={},
            counts_generation=True,
        ),
    ),
    (
        kinds.API_SERVICE,
        Content(
            default=defaulting.default_api_service,
            rules=lambda service: ranges.api_service_name(service) + ranges.validate_api_service(service),
            table=tables.API_SERVICE,
            new_status={},
        ),
    ),
    (
        kinds.VALIDATING_WEBHOOK_CONFIGURATION,
        Content(
            default=defaulting.default_validating_webhooks,
            rules=admission.validate_webhooks,
            table=tables.WEBHOOKS,
            counts_generation=True,
        ),
    ),
    (
        kinds.MUTATING_WEBHOOK_CONFIGURATION,
        Content(
            default=defaulting.default_mutating_webhooks,
            rules=admission.validate_webhooks,
            table=tables.WEBHOOKS,
            counts_generation=True,
        ),
    ),
    (
        kinds.VALIDATING_ADMISSION_POLICY,
        Content(
            default=defaulting.default_policy,
            rules=admission.validate_policy,
            table=tables.VALIDATING_POLICY,
            new_status={},
            counts_generation=True,
        ),
    ),
    (
        kinds.VALIDATING_ADMISSION_POLICY_BINDING,
        Content(
            default=defaulting.default_policy_binding,
            rules=admission.validate_policy_binding,
            table=tables.POLICY_BINDING,
            counts_generation=True,
        ),
    ),
    (
        kinds.MUTATING_ADMISSION_POLICY,
        Content(
            default=defaulting.default_policy,
            rules=admission.validate_mutating_policy,
            table=tables.MUTATING_POLICY,
            counts_generation=True,
        ),
    ),
    (
        kinds.MUTATING_ADMISSION_POLICY_BINDING,
        Content(
            default=defaulting.default_policy_binding,
            rules=admission.validate_mutating_policy_binding,
            table=tables.POLICY_BINDING,
            counts_generation=True,
        ),
    ),
    (
        kinds.POD_TEMPLATE,
        Content(
            default=defaulting.default_pod_template,
            rules=cluster.validate_pod_template,
            table=tables.POD_TEMPLATE,
            warnings=of_pod_template,
            counts_generation=True,
        ),
    ),
    (
        kinds.SERVICE_CIDR,
        Content(
            rules=ranges.validate_service_cidr,
            update_rules=ranges.validate_service_cidr_update,
            table=tables.SERVICE_CIDR,
            new_status={},
        ),
    ),
)
