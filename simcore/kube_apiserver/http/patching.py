"""The bodies of PATCH: from the newest object to the patched one.

Models: kubernetes v1.36 apiserver/pkg/endpoints/handlers/patch.go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simcore.apimachinery.encoding import go_value
from simcore.apimachinery.errors import ApiError, BadRequest, FieldError, Invalid
from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.patches import merge_patch
from simcore.apimachinery.patches_json import MOST_OPERATIONS, JsonPatchError, json_patch
from simcore.apimachinery.patches_strategic import PatchError, strategic_merge
from simcore.apimachinery.schema import Node
from simcore.apimachinery.schema_decode import Mistyped, plain
from simcore.kube_apiserver.http import go_json, yaml_body
from simcore.kube_apiserver.http.body import Decoder, StrictFaults, check_size
from simcore.kube_apiserver.http.message import HttpRequest
from simcore.kube_apiserver.http.negotiation import body_type

JSON_PATCH, MERGE_PATCH = "application/json-patch+json", "application/merge-patch+json"
STRATEGIC_PATCH, APPLY_PATCH = "application/strategic-merge-patch+json", "application/apply-patch+yaml"
PATCH_TYPES = (JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH)
CUSTOM_PATCH_TYPES = (JSON_PATCH, MERGE_PATCH, APPLY_PATCH)

Patch = Callable[[Obj], Obj]


class Unprocessable(ApiError):
    code, reason = 422, "Invalid"


def patch_of(request: HttpRequest, kind: Kind, node: Node | None, decoder: Decoder) -> Patch:
    """What the body does to an object. Raises: UnsupportedMediaType, TooLarge, BadRequest."""
    media_type = body_type(request.headers.get("content-type", ""), patch_types(kind))
    check_size(request.body)
    doc = document(request.body, media_type)
    apply = {JSON_PATCH: _json, MERGE_PATCH: _merge}.get(media_type, _strategic)

    def patched(obj: Obj) -> Obj:
        decoder.warnings.clear()
        result = apply(obj, doc, node)
        if not isinstance(result, dict):
            raise _refused(doc, "json: cannot unmarshal into Go value of type map[string]interface {}")
        try:
            return checked(decoder.typed(result, kind, node), obj)
        except (Mistyped, StrictFaults) as error:
            raise _refused(doc if media_type == STRATEGIC_PATCH else result, str(error)) from None

    return patched


def patch_types(kind: Kind) -> tuple[str, ...]:
    """A custom resource has no merge keys."""
    return PATCH_TYPES if kind.structure is None else CUSTOM_PATCH_TYPES


def document(body: bytes, media_type: str) -> Any:
    try:
        if media_type == APPLY_PATCH:
            doc = yaml_body.loads(body)
        else:
            doc = plain(go_json.loads(body))
    except go_json.JsonSyntaxError as error:
        raise BadRequest(f"error decoding patch: {error}") from None
    except yaml_body.YamlError as error:
        raise BadRequest(f"error decoding YAML: {error}") from None
    wanted = list if media_type == JSON_PATCH else dict
    if not isinstance(doc, wanted):
        what = "[]handlers.jsonPatchOp" if wanted is list else "map[string]interface {}"
        raise BadRequest(f"error decoding patch: json: cannot unmarshal into Go value of type {what}")
    if wanted is list and len(doc) > MOST_OPERATIONS:
        raise BadRequest(
            f"The allowed maximum operations in a JSON patch is {MOST_OPERATIONS}, got {len(doc)}"
        )
    return doc


def _json(obj: Obj, doc: Any, node: Node | None) -> Any:
    try:
        return json_patch(obj, doc)
    except JsonPatchError as error:
        raise _server_rejected(str(error)) from None


def _merge(obj: Obj, doc: Any, node: Node | None) -> Any:
    return merge_patch(obj, doc)


def _strategic(obj: Obj, doc: Any, node: Node | None) -> Any:
    try:
        return strategic_merge(obj, doc, node)
    except PatchError as error:
        raise BadRequest(str(error)) from None


def checked(patched: Obj, obj: Obj) -> Obj:
    """Raises: BadRequest when the patch renames the object."""
    meta, old = patched.get("metadata") or {}, obj["metadata"]
    if meta.get("name") != old["name"]:
        raise BadRequest(
            f"the name of the object ({meta.get('name', '')}) does not match the name on the URL ({old['name']})"
        )
    if meta.get("namespace", "") != old.get("namespace", ""):
        raise BadRequest(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    for name in ("apiVersion", "kind"):
        if patched.get(name) != obj.get(name):
            raise BadRequest(f"the {name} of an object cannot be changed by a patch")
    return patched


def _refused(doc: Any, why: str) -> Invalid:
    shown = go_value(doc)
    fault = FieldError("patch", "FieldValueInvalid", f'Invalid value: "{shown}": {why}')
    return Invalid(f' "" is invalid: patch: {fault.message}', details={"causes": [_cause(fault)]})


def _cause(fault: FieldError) -> Obj:
    return {"reason": fault.reason, "message": fault.message, "field": fault.path}


def _server_rejected(why: str) -> Unprocessable:
    cause = {"reason": "UnexpectedServerResponse", "message": why}
    return Unprocessable(
        "the server rejected our request due to an error in our request", details={"causes": [cause]}
    )
