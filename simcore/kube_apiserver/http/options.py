"""Options of writing requests, from the URL and from a DELETE's body."""

from __future__ import annotations

from simcore.apimachinery.errors import BadRequest, FieldError
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.schema import Schema
from simcore.kube_apiserver.http import go_json, protobuf, yaml_body
from simcore.kube_apiserver.http.body import check_size, invalid_options
from simcore.kube_apiserver.http.message import YAML, HttpRequest, Query
from simcore.kube_apiserver.http.negotiation import body_type
from simcore.kube_apiserver.strategy import DeleteOptions, Propagation

_DEFINITION = "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions"
POLICIES: dict[str, Propagation] = {
    "Background": "Background",
    "Foreground": "Foreground",
    "Orphan": "Orphan",
}


def is_dry_run(query: Query, kind: str) -> bool:
    """Raises: Invalid."""
    return _is_all(query.every("dryRun"), kind)


def delete_options(request: HttpRequest, query: Query, schema: Schema | None) -> DeleteOptions:
    """Raises: BadRequest, Invalid, TooLarge, UnsupportedMediaType."""
    doc = _body(request, schema)
    grace_s = doc.get("gracePeriodSeconds", query.integer("gracePeriodSeconds"))
    orphan = doc.get(
        "orphanDependents", query.flag("orphanDependents") if query.has("orphanDependents") else None
    )
    policy = doc.get("propagationPolicy") or query.text("propagationPolicy") or None
    preconditions = doc.get("preconditions") or {}
    _check_types(grace_s, orphan, policy, preconditions)
    faults = []
    if orphan is not None and policy is not None:
        message = "Invalid value: orphanDependents and deletionPropagation cannot be both set"
        faults.append(FieldError("propagationPolicy", "FieldValueInvalid", message))
    if policy is not None and policy not in POLICIES:
        supported = ", ".join(f'"{p}"' for p in (*POLICIES, "nil"))
        message = f'Unsupported value: "{policy}": supported values: {supported}'
        faults.append(FieldError("propagationPolicy", "FieldValueNotSupported", message))
    if faults:
        raise invalid_options("DeleteOptions", faults)
    if grace_s is not None and grace_s < 0:
        grace_s = 1
    dry_run = _is_all(doc.get("dryRun") or query.every("dryRun"), "DeleteOptions")
    uid, revision = preconditions.get("uid"), preconditions.get("resourceVersion")
    return DeleteOptions(grace_s, POLICIES[policy] if policy else None, orphan, uid, revision, dry_run)


def _body(request: HttpRequest, schema: Schema | None) -> Obj:
    if not request.body:
        return {}
    check_size(request.body)
    media_type = body_type(request.headers.get("content-type", ""))
    try:
        if media_type == protobuf.PROTOBUF:
            node = schema.node(_DEFINITION) if schema is not None else None
            return protobuf.message(protobuf.envelope(request.body).raw, node) if node else {}
        doc = yaml_body.loads(request.body) if media_type == YAML else go_json.loads(request.body)
    except (protobuf.ProtobufError, yaml_body.YamlError, go_json.JsonSyntaxError) as error:
        raise BadRequest(str(error)) from None
    if not isinstance(doc, dict):
        raise BadRequest("decoded object cannot be converted to DeleteOptions")
    return doc


def _check_types(grace_s: object, orphan: object, policy: object, preconditions: object) -> None:
    def refuse(field: str, wanted: str) -> BadRequest:
        return BadRequest(
            f"json: cannot unmarshal into Go struct field DeleteOptions.{field} of type {wanted}"
        )

    if grace_s is not None and type(grace_s) is not int:
        raise refuse("gracePeriodSeconds", "int64")
    if orphan is not None and not isinstance(orphan, bool):
        raise refuse("orphanDependents", "bool")
    if policy is not None and not isinstance(policy, str):
        raise refuse("propagationPolicy", "v1.DeletionPropagation")
    if not isinstance(preconditions, dict) or not all(
        isinstance(v, str | None) for v in preconditions.values()
    ):
        raise refuse("preconditions", "v1.Preconditions")


def _is_all(values: object, kind: str) -> bool:
    if not values:
        return False
    if values != ["All"]:
        shown = values[0] if isinstance(values, list) else values
        message = f'Unsupported value: "{shown}": supported values: "All"'
        raise invalid_options(kind, [FieldError("dryRun", "FieldValueNotSupported", message)])
    return True
