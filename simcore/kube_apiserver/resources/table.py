"""The one table of strategies."""

from __future__ import annotations

from simcore.apimachinery import kinds
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.custom.definition import DefinitionStrategy
from simcore.kube_apiserver.defaulting import core as defaulting
from simcore.kube_apiserver.resources import apps, batch, cluster, others
from simcore.kube_apiserver.resources.base import BuiltIn, Content
from simcore.kube_apiserver.resources.core import NamespaceStrategy, NodeStrategy
from simcore.kube_apiserver.resources.flow_schema import FlowSchemaStrategy
from simcore.kube_apiserver.resources.pod import PodStrategy
from simcore.kube_apiserver.resources.service import ServiceStrategy
from simcore.kube_apiserver.resources.signing_request import SigningRequestStrategy
from simcore.kube_apiserver.strategy import Strategy, StrategyTable
from simcore.kube_apiserver.tables import core as table
from simcore.kube_apiserver.validation import core as rules

CONFIG_MAP = Content(
    default=defaulting.default_config_map,
    rules=rules.validate_config_map,
    update_rules=rules.validate_config_map_update,
    table=table.CONFIG_MAP,
)
EVENT = Content(
    default=defaulting.default_event,
    rules=rules.validate_event,
    table=table.EVENT,
    create_on_update=True,
    field_selectors=(
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "source",
        "type",
    ),
)
LEASE = Content(
    default=defaulting.default_lease,
    rules=rules.validate_lease,
    table=table.LEASE,
    unconditional_update=False,
    create_on_update=True,
)


class EventStrategy(BuiltIn):
    """The `source` of a field selector is the component in it."""

    def field(self, obj: Obj, path: str) -> str:
        if path == "source":
            component = (obj.get("source") or {}).get("component")
            return str(component or obj.get("reportingComponent", ""))
        return super().field(obj, path)


def built_in_strategies() -> StrategyTable:
    """A fresh table by Kind.resource."""
    strategies: list[tuple[kinds.Kind, Strategy]] = [
        (kinds.NAMESPACE, NamespaceStrategy()),
        (kinds.NODE, NodeStrategy()),
        (kinds.POD, PodStrategy()),
        (kinds.SERVICE, ServiceStrategy()),
        (kinds.FLOW_SCHEMA, FlowSchemaStrategy()),
        (kinds.CONFIG_MAP, BuiltIn(kinds.CONFIG_MAP, CONFIG_MAP)),
        (kinds.EVENT, EventStrategy(kinds.EVENT, EVENT)),
        (kinds.REPLICA_SET, BuiltIn(kinds.REPLICA_SET, apps.REPLICA_SET)),
        (kinds.DEPLOYMENT, BuiltIn(kinds.DEPLOYMENT, apps.DEPLOYMENT)),
        (kinds.LEASE, BuiltIn(kinds.LEASE, LEASE)),
        (kinds.STATEFUL_SET, BuiltIn(kinds.STATEFUL_SET, apps.STATEFUL_SET)),
        (kinds.DAEMON_SET, apps.DaemonSetStrategy()),
        (kinds.CONTROLLER_REVISION, BuiltIn(kinds.CONTROLLER_REVISION, apps.CONTROLLER_REVISION)),
        (kinds.REPLICATION_CONTROLLER, BuiltIn(kinds.REPLICATION_CONTROLLER, apps.REPLICATION_CONTROLLER)),
        (kinds.JOB, batch.JobStrategy()),
        (kinds.CRON_JOB, BuiltIn(kinds.CRON_JOB, batch.CRON_JOB)),
        (kinds.CUSTOM_RESOURCE_DEFINITION, DefinitionStrategy()),
        (kinds.CERTIFICATE_SIGNING_REQUEST, SigningRequestStrategy()),
        *((kind, BuiltIn(kind, content)) for kind, content in (*others.CONTENTS, *cluster.CONTENTS)),
    ]
    return {kind.resource: strategy for kind, strategy in strategies}
