"""FlowSchemas tell whether the level that they name is there.

Models: kubernetes v1.36 apiserver/pkg/util/flowcontrol/apf_controller.go (syncFlowSchema), within the write itself.
Left out: a level that comes or goes later; see docs/deviations.md.
"""

from __future__ import annotations

from simcore.apimachinery.kinds import FLOW_SCHEMA, PRIORITY_LEVEL_CONFIGURATION
from simcore.apimachinery.meta import Key, Obj
from simcore.kube_apiserver.defaulting.cluster import default_flow_schema
from simcore.kube_apiserver.flowcontrol.dangling import dangling
from simcore.kube_apiserver.resources.base import BuiltIn, Content
from simcore.kube_apiserver.strategy import RequestContext
from simcore.kube_apiserver.tables.cluster import FLOW_SCHEMA as TABLE
from simcore.kube_apiserver.validation.flow_control import validate_flow_schema

_CONTENT = Content(
    default=default_flow_schema,
    rules=validate_flow_schema,
    table=TABLE,
    new_status={},
    counts_generation=True,
)


class FlowSchemaStrategy(BuiltIn):
    def __init__(self) -> None:
        super().__init__(FLOW_SCHEMA, _CONTENT)

    def prepare_create(self, obj: Obj, ctx: RequestContext) -> Obj:
        return _told(super().prepare_create(obj, ctx), ctx)

    def prepare_update(self, new: Obj, old: Obj, ctx: RequestContext) -> Obj:
        return _told(super().prepare_update(new, old, ctx), ctx)


def _told(schema: Obj, ctx: RequestContext) -> Obj:
    level = ((schema.get("spec") or {}).get("priorityLevelConfiguration") or {}).get("name") or ""
    exists = ctx.read.find(PRIORITY_LEVEL_CONFIGURATION, Key("", level)) is not None if level else False
    status = schema.get("status") or {}
    condition, others = dangling(level, ctx.clock.timestamp(), exists=exists), []
    for old in status.get("conditions") or ():
        if old["type"] != "Dangling":
            others.append(old)
        elif old.get("status") == condition["status"]:
            condition["lastTransitionTime"] = old.get("lastTransitionTime")
    return {**schema, "status": {**status, "conditions": [*others, condition]}}
