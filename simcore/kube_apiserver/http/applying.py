"""PATCH with an apply document: server-side apply.

Models: kubernetes v1.36 apiserver/pkg/endpoints/handlers/patch.go (applyPatcher).
"""

from __future__ import annotations

from simcore.apimachinery.errors import ApiError, BadRequest, FieldError, NotFound
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.schema_decode import Mistyped
from simcore.kube_apiserver.http.body import StrictFaults, check_size, invalid_options
from simcore.kube_apiserver.http.message import HttpResponse
from simcore.kube_apiserver.http.patching import APPLY_PATCH, checked, document
from simcore.kube_apiserver.http.writing import Writing
from simcore.kube_apiserver.managed_fields.conflicts import Conflicts
from simcore.kube_apiserver.managed_fields.shapes import Untypable
from simcore.kube_apiserver.managed_fields.tracking import Writer, apply
from simcore.kube_apiserver.managed_fields.typing import faults_of
from simcore.kube_apiserver.strategy import RequestContext


class Untyped(ApiError):
    """An applied document that does not fit the schema; upstream calls it an error of the server, without a reason."""

    code, reason = 400, ""


def serve_apply(writing: Writing) -> HttpResponse:
    """Raises: whatever a patch raises, and Conflict with the fields that others manage."""
    if not writing.query.text("fieldManager"):
        fault = FieldError(
            "fieldManager", "FieldValueRequired", "Required value: is required for apply patch"
        )
        raise invalid_options("PatchOptions", [fault])
    request = writing.options("PatchOptions", manager="")
    form, applied = writing.form(), _applied_object(writing)
    server, kind, key = writing.server, writing.kind, writing.key
    if "status" in kind.subresources and not writing.info.subresource:
        applied = {name: value for name, value in applied.items() if name != "status"}
    writer = Writer(writing.query.text("fieldManager"), kind.api_version, writing.info.subresource)
    force = writing.query.flag("force")

    def over(live: Obj, ctx: RequestContext | None = None) -> Obj:
        writing.decoder.warnings.clear()
        try:
            result = apply(live, applied, writer, server.node(kind), server.clock.timestamp(), force=force)
            return checked(writing.decoder.typed(result, kind), live)
        except Conflicts as conflicts:
            raise conflicts.error() from None
        except (Mistyped, StrictFaults, Untypable) as error:
            raise BadRequest(f"failed to convert new object ({key.namespace}/{key.name}): {error}") from None

    subresource, warnings = writing.info.subresource, writing.decoder.warnings
    told: list[str] = []
    try:
        stored = server.change(kind, key, over, request, subresource=subresource, warnings=told)
    except NotFound:
        if subresource:
            raise
        writing.authorize("create")
        made = server.create(kind, over(_nothing(writing)), request, warnings=told)
        return form.one(made, 201, warnings + told)
    return form.one(stored, 200, warnings + told)


def _nothing(writing: Writing) -> Obj:
    """What is applied to when there is no object yet."""
    namespace, name = writing.key
    meta = {"name": name} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": writing.kind.api_version, "kind": writing.kind.kind, "metadata": meta}


def _applied_object(writing: Writing) -> Obj:
    """Raises: BadRequest, TooLarge, Untyped."""
    kind, key, node = writing.kind, writing.key, writing.server.node(writing.kind)
    check_size(writing.http.body)
    doc: Obj = document(writing.http.body, APPLY_PATCH)
    meta = doc.setdefault("metadata", {})
    if not isinstance(meta, dict):
        raise BadRequest("error decoding patch: metadata is not an object")
    given = (doc.get("apiVersion"), doc.get("kind"))
    if given != (kind.api_version, kind.kind):
        raise BadRequest(
            f"the kind in the data ({given[0]}, Kind={given[1]}) does not match the expected kind "
            f"({kind.api_version}, Kind={kind.kind})"
        )
    if faults := faults_of(doc, node):
        where = f"{key.namespace}/{key.name}; {kind.api_version}, Kind={kind.kind}"
        why = faults[0] if len(faults) == 1 else "errors:\n  " + "\n  ".join(faults)
        raise Untyped(f"failed to create typed patch object ({where}): {why}")
    if meta.get("managedFields") is not None:
        raise BadRequest("metadata.managedFields must be nil")
    return doc
