"""CustomResourceDefinitions: their defaults, their status and what becomes of one that is deleted.

Models: kubernetes v1.36 apiextensions-apiserver pkg/registry/customresourcedefinition, pkg/apis/apiextensions/v1.
"""

from __future__ import annotations

from simcore.apimachinery.kinds import CUSTOM_RESOURCE_DEFINITION
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.custom.definition_rules import validate_definition, validate_definition_update
from simcore.kube_apiserver.resources.base import BuiltIn, Content
from simcore.kube_apiserver.strategy import RequestContext
from simcore.kube_apiserver.tables.table import NAME_AND_CREATION

CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
_TERMINATING: Obj = {
    "type": "Terminating",
    "status": "True",
    "reason": "InstanceDeletionPending",
    "message": "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
}


def default_definition(obj: Obj) -> Obj:
    """Singular and list kind follow from the kind."""
    spec = obj.get("spec") or {}
    names = dict(spec.get("names") or {})
    kind = names.get("kind") or ""
    if kind:
        names["singular"] = names.get("singular") or kind.lower()
        names["listKind"] = names.get("listKind") or f"{kind}List"
    filled = {"conversion": {"strategy": "None"}, **spec, "names": names}
    if not (filled["conversion"] or {}).get("strategy"):
        filled["conversion"] = {**(filled["conversion"] or {}), "strategy": "None"}
    return {**obj, "spec": filled}


class DefinitionStrategy(BuiltIn):
    """The stored versions are all that ever were the one to store; names and conditions are others' work."""

    def __init__(self) -> None:
        super().__init__(
            CUSTOM_RESOURCE_DEFINITION,
            Content(
                default=default_definition,
                rules=validate_definition,
                update_rules=validate_definition_update,
                new_status={},
                counts_generation=True,
                table=NAME_AND_CREATION,
            ),
        )

    def prepare_create(self, obj: Obj, ctx: RequestContext) -> Obj:
        status = {
            "conditions": None,
            "acceptedNames": {"plural": "", "kind": ""},
            "storedVersions": _storing(obj),
        }
        return {**obj, "status": status}

    def prepare_update(self, new: Obj, old: Obj, ctx: RequestContext) -> Obj:
        new = super().prepare_update(new, old, ctx)
        status = new.get("status") or {}
        stored = status.get("storedVersions") or []
        added = [name for name in _storing(new) if name not in stored]
        return {**new, "status": {**status, "storedVersions": [*stored, *added]}} if added else new

    def begin_deletion(self, obj: Obj) -> Obj:
        """Its objects go first: a finalizer waits for them."""
        meta, status = obj["metadata"], obj.get("status") or {}
        finalizers = meta.get("finalizers") or []
        if CLEANUP not in finalizers:
            meta = {**meta, "finalizers": [*finalizers, CLEANUP]}
        others = [c for c in status.get("conditions") or () if c["type"] != "Terminating"]
        condition = {**_TERMINATING, "lastTransitionTime": meta.get("deletionTimestamp")}
        return {**obj, "metadata": meta, "status": {**status, "conditions": [*others, condition]}}


def _storing(obj: Obj) -> list[str]:
    return [v["name"] for v in obj["spec"].get("versions") or () if v.get("storage")]
