"""Puts an API server together: the kinds, their strategies and the admission plugins that are on by default."""

from __future__ import annotations

from simcore.apimachinery.kinds import Kind, KindTable
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.schema import Schema
from simcore.etcd.interface import Store
from simcore.kube_apiserver.admission.certificates import (
    CertificateApproval,
    CertificateSigning,
    CertificateSubjectRestriction,
)
from simcore.kube_apiserver.admission.claim_resize import PersistentVolumeClaimResize
from simcore.kube_apiserver.admission.cluster_limits import ClusterLimits
from simcore.kube_apiserver.admission.default_classes import default_ingress_class, default_storage_class
from simcore.kube_apiserver.admission.default_toleration_seconds import DefaultTolerationSeconds
from simcore.kube_apiserver.admission.limit_ranger import LimitRanger
from simcore.kube_apiserver.admission.namespace_lifecycle import NamespaceLifecycle
from simcore.kube_apiserver.admission.node_restriction import NodeRestriction
from simcore.kube_apiserver.admission.plugin import Chain
from simcore.kube_apiserver.admission.pod_security import PodSecurity
from simcore.kube_apiserver.admission.policies.mutating import MutatingPolicies
from simcore.kube_apiserver.admission.policies.validating import ValidatingPolicies
from simcore.kube_apiserver.admission.priority import Priority
from simcore.kube_apiserver.admission.resource_quota import ResourceQuota
from simcore.kube_apiserver.admission.runtime_class import RuntimeClass
from simcore.kube_apiserver.admission.service_account import ServiceAccount
from simcore.kube_apiserver.admission.storage_object_in_use_protection import StorageObjectInUseProtection
from simcore.kube_apiserver.admission.taint_nodes_by_condition import TaintNodesByCondition
from simcore.kube_apiserver.authorization.escalation import Escalation
from simcore.kube_apiserver.authorization.rbac import RbacAuthorizer
from simcore.kube_apiserver.heartbeats import Heartbeats
from simcore.kube_apiserver.resources.table import built_in_strategies
from simcore.kube_apiserver.server import ApiServer
from simcore.sim.clock import Clock
from simcore.sim.rng import Rng


def build_api_server(
    store: Store,
    *,
    clock: Clock,
    rng: Rng,
    schema: Schema | None = None,
    kinds: KindTable | None = None,
    heartbeats: Heartbeats | None = None,
) -> ApiServer:
    """`schema` is needed by the HTTP door alone; in-process callers are typed clients."""
    server = ApiServer(
        store,
        clock=clock,
        rng=rng,
        kinds=kinds,
        schema=schema,
        heartbeats=heartbeats,
        strategies=built_in_strategies(),
    )

    def find_kind(api_version: str, kind: str) -> Kind | None:
        return server.kinds.by_kind(api_version, kind)

    def default(kind: Kind, obj: Obj) -> Obj:
        return server.strategy(kind).default(obj)

    server.admission = Chain(
        (
            NamespaceLifecycle(),
            NodeRestriction(),
            ServiceAccount(),
            LimitRanger(),
            TaintNodesByCondition(),
            RuntimeClass(),
            Priority(),
            DefaultTolerationSeconds(),
            StorageObjectInUseProtection(),
            PersistentVolumeClaimResize(),
            default_storage_class(),
            default_ingress_class(),
            PodSecurity(),
            CertificateApproval(server.authorizer),
            CertificateSigning(server.authorizer),
            CertificateSubjectRestriction(),
            MutatingPolicies(server.authorizer, find_kind, server.node, default),
            ValidatingPolicies(server.authorizer, find_kind),
            Escalation(server.authorizer, RbacAuthorizer(server.storage)),
            ClusterLimits(),
            ResourceQuota(),
        )
    )
    return server
