"""The strategy of a custom resource: its schema, rules, columns and subresources come from the definition.

Models: kubernetes v1.36 apiextensions-apiserver pkg/registry/customresource (strategy.go, validator.go).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simcore.apimachinery.errors import FieldError
from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.structural import at_path
from simcore.kube_apiserver.custom import columns
from simcore.kube_apiserver.custom.cel_rules import ROOT, UNCHECKED, validate_rules
from simcore.kube_apiserver.custom.schema_rules import (
    NOTHING,
    blocks_rules,
    list_faults,
    type_name,
    validate_value,
)
from simcore.kube_apiserver.strategy import BaseStrategy, RequestContext, with_status
from simcore.kube_apiserver.validation.field import Errors, invalid
from simcore.kube_apiserver.validation.metadata import validate_metadata, validate_metadata_update

_GO_TYPES = {"boolean": "bool", "array": "[]interface {}", "object": "map[string]interface {}"}


class CustomStrategy(BaseStrategy):
    """One kind's; made anew whenever its definition changes."""

    counts_generation = True
    unconditional_update = False

    def __init__(self, kind: Kind) -> None:
        assert kind.structure is not None, kind
        self._kind, self._structure = kind, kind.structure
        self._table = columns.table_of(kind.structure.columns)
        self.columns = self._table.columns
        self.field_selectors: Sequence[str] = kind.structure.selectable

    def default(self, obj: Obj) -> Obj:
        return obj if self._structure.preserves_all else self._structure.defaulted(obj)

    def prepare_create(self, obj: Obj, ctx: RequestContext) -> Obj:
        return _without_status(obj) if self._structure.has_status else obj

    def prepare_update(self, new: Obj, old: Obj, ctx: RequestContext) -> Obj:
        return with_status(new, old) if self._structure.has_status else new

    def prepare_status(self, new: Obj, old: Obj, ctx: RequestContext) -> Obj:
        """Of the metadata only what managed fields need changes."""
        meta = {**old["metadata"]}
        for name in ("resourceVersion", "managedFields"):
            meta.pop(name, None)
            if name in new["metadata"]:
                meta[name] = new["metadata"][name]
        return with_status({**old, "metadata": meta}, new)

    def validate(self, obj: Obj) -> list[FieldError]:
        return validate_metadata(self._kind, obj) + self._content(obj, NOTHING)

    def validate_update(self, new: Obj, old: Obj) -> list[FieldError]:
        return validate_metadata_update(self._kind, new, old) + self._content(new, old)

    def validate_status(self, new: Obj, old: Obj) -> list[FieldError]:
        return self.validate_update(new, old)

    def cells(self, obj: Obj, now_ms: int) -> list[Any]:
        return self._table.row(obj, now_ms)

    def _content(self, obj: Obj, old: Any) -> Errors:
        schema = self._structure.schema
        bare, was = _plain(obj), _plain(old) if old is not NOTHING else NOTHING
        errors = validate_value(bare, schema, "", was) + self._scale_faults(obj)
        errors += list_faults(bare, schema)
        if not _has_rules(schema):
            return errors
        if blocks_rules(errors):
            return [*errors, invalid(ROOT, None, UNCHECKED)]
        return errors + validate_rules(bare, was, schema)

    def _scale_faults(self, obj: Obj) -> Errors:
        errors: Errors = []
        for name in ("specReplicasPath", "statusReplicasPath"):
            path: str = (self._structure.scale or {}).get(name) or ""
            value = at_path(obj, path) if path else None
            if value is None:
                continue
            if type(value) is not int:
                told = f"{value} is of the type {_go_type(value)}, expected int64"
                errors.append(invalid(path, 0, f"{path} accessor error: {told}"))
            elif value < 0:
                errors.append(invalid(path, value, "should be a non-negative integer"))
            elif value > (1 << 31) - 1:
                errors.append(invalid(path, value, "should be less than or equal to 2147483647"))
        return errors


def _plain(obj: Any) -> Any:
    """What the schema speaks of: without the server's own metadata, of which it may restrict the name alone."""
    meta = obj["metadata"]
    named = {k: meta[k] for k in ("name", "generateName") if k in meta}
    return {**obj, "metadata": named}


def _without_status(obj: Obj) -> Obj:
    return {k: v for k, v in obj.items() if k != "status"} if "status" in obj else obj


def _has_rules(schema: Any) -> bool:
    """Whether there is a rule anywhere in the schema."""
    if isinstance(schema, dict):
        return "x-kubernetes-validations" in schema or any(map(_has_rules, schema.values()))
    return isinstance(schema, list) and any(map(_has_rules, schema))


def _go_type(value: Any) -> str:
    name = type_name(value)
    return _GO_TYPES.get(name, "float64" if isinstance(value, float) else name)
