"""The bodies of PATCH: from the newest object to the patched one.

Models: kubernetes v1.36 apiserver/pkg/endpoints/handlers/patch.go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simcore.apimachinery.encoding import encode, go_value
from simcore.apimachinery.errors import ApiError, BadRequest, FieldError, Invalid, Unexpected
from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.patches import merge_patch
from simcore.apimachinery.patches_json import MOST_OPERATIONS, JsonPatchError, json_patch
from simcore.apimachinery.patches_strategic import PatchError, strategic_merge
from simcore.apimachinery.schema import Node
from simcore.apimachinery.schema_decode import Mistyped, json_type, plain
from simcore.kube_apiserver.http import go_json, yaml_body
from simcore.kube_apiserver.http.body import SCHEME, Decoder, StrictFaults, check_size
from simcore.kube_apiserver.http.message import HttpRequest
from simcore.kube_apiserver.http.negotiation import body_type
from simcore.kube_apiserver.validation.field import quoted

JSON_PATCH, MERGE_PATCH = "application/json-patch+json", "application/merge-patch+json"
STRATEGIC_PATCH, APPLY_PATCH = "application/strategic-merge-patch+json", "application/apply-patch+yaml"
PATCH_TYPES = (JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH)
CUSTOM_PATCH_TYPES = (JSON_PATCH, MERGE_PATCH, APPLY_PATCH)

_BAD_FORMATS = (
    "invalid patch format of primitive list",
    "invalid patch format of retainKeys",
    "invalid patch format of setElementOrder list",
)
"""The faults of a strategic patch that upstream calls bad requests; it passes the others on as they are."""

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
        if media_type == STRATEGIC_PATCH:
            result |= {name: obj[name] for name in ("apiVersion", "kind")}
        try:
            return checked(decoder.typed(_of_kind(result, kind), kind, node), obj)
        except Mistyped as error:
            if media_type == STRATEGIC_PATCH:
                raise _refused(go_value(doc), error.converted) from None
            raise _refused(_as_json(result), str(error)) from None
        except StrictFaults as error:
            shown = go_value(doc) if media_type == STRATEGIC_PATCH else _as_json(result)
            raise _refused(shown, str(error)) from None

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
        text = f"json: cannot unmarshal {json_type(doc)} into Go value of type {what}"
        raise BadRequest(text if media_type == STRATEGIC_PATCH else f"error decoding patch: {text}")
    if isinstance(doc, list):
        _check_operations(doc)
    if wanted is list and len(doc) > MOST_OPERATIONS:
        raise BadRequest(
            f"The allowed maximum operations in a JSON patch is {MOST_OPERATIONS}, got {len(doc)}"
        )
    return doc


def _check_operations(operations: list[Any]) -> None:
    """Raises: BadRequest."""
    for operation in operations:
        text = ""
        if not isinstance(operation, dict):
            text = f"{json_type(operation)} into Go value of type handlers.jsonPatchOp"
        else:
            for name in ("op", "path", "from"):
                if not isinstance(operation.get(name), str | None):
                    what = json_type(operation[name])
                    text = f"{what} into Go struct field jsonPatchOp.{name} of type string"
        if text:
            raise BadRequest(f"error decoding patch: json: cannot unmarshal {text}")


def _json(obj: Obj, doc: Any, node: Node | None) -> Any:
    try:
        return json_patch(obj, doc)
    except JsonPatchError as error:
        raise Unprocessable("the server rejected our request due to an error in our request") from error


def _merge(obj: Obj, doc: Any, node: Node | None) -> Any:
    return merge_patch(obj, doc)


def _strategic(obj: Obj, doc: Any, node: Node | None) -> Any:
    try:
        return strategic_merge(obj, doc, node)
    except PatchError as error:
        wrong = BadRequest if str(error) in _BAD_FORMATS else Unexpected
        raise wrong(str(error)) from None


def _of_kind(result: Any, kind: Kind) -> Obj:
    """The patched document, if it is still one of the kind. Raises: Mistyped."""
    if not isinstance(result, dict):
        text = f"couldn't get version/kind; json parse error: json: cannot unmarshal {json_type(result)} into Go value"
        raise Mistyped(
            f'{text} of type struct {{ APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string '
            f'"json:\\"kind,omitempty\\"" }}'
        )
    version, name = result.get("apiVersion"), result.get("kind")
    if kind.structure is not None or (version, name) == (kind.api_version, kind.kind):
        return result
    raise Mistyped(f'no kind "{name}" is registered for version "{version}" in scheme "{SCHEME}"')


def checked(patched: Obj, obj: Obj) -> Obj:
    """Raises: BadRequest when the patch renames the object."""
    meta, old = patched.get("metadata") or {}, obj["metadata"]
    if "namespace" in old and not meta.get("namespace"):
        meta = {**meta, "namespace": old["namespace"]}
        patched = {**patched, "metadata": meta}
    if meta.get("namespace", "") != old.get("namespace", ""):
        raise BadRequest(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    name = meta.get("name")
    if not name:
        why = "name must be provided"
        raise BadRequest(f"the name of the object ({old['name']} based on URL) was undeterminable: {why}")
    if name != old["name"]:
        raise BadRequest(
            f"the name of the object ({name}) does not match the name on the URL ({old['name']})"
        )
    for name in ("apiVersion", "kind"):
        if patched.get(name) != obj.get(name):
            raise BadRequest(f"the {name} of an object cannot be changed by a patch")
    return patched


def _as_json(result: Any) -> str:
    ordered = dict(sorted(result.items())) if isinstance(result, dict) else result
    return encode(ordered).decode()


def _refused(shown: str, why: str) -> Invalid:
    fault = FieldError("patch", "FieldValueInvalid", f"Invalid value: {quoted(shown)}: {why}")
    return Invalid(f' "" is invalid: patch: {fault.message}', details={"causes": [_cause(fault)]})


def _cause(fault: FieldError) -> Obj:
    return {"reason": fault.reason, "message": fault.message, "field": fault.path}
