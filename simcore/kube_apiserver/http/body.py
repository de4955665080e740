"""A request's body to an object of the kind that the path names, as strict as the client asks.

Models: kubernetes v1.36 apiserver/pkg/endpoints/handlers/{create,rest,negotiation}.go.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from simcore.apimachinery.errors import BadRequest, FieldError, Invalid, TooLarge
from simcore.apimachinery.kinds import SERVED, Kind
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.schema import OBJECT_META, Node, Schema
from simcore.apimachinery.schema_decode import Decoding, Mistyped, plain
from simcore.apimachinery.structural import Structure
from simcore.kube_apiserver.http import go_json, protobuf, yaml_body
from simcore.kube_apiserver.http.message import MAX_BODY_BYTES, YAML, HttpRequest, Query
from simcore.kube_apiserver.http.negotiation import body_type

MODES = ("Ignore", "Strict", "Warn")
SCHEME = "pkg/api/legacyscheme/scheme.go:30"
_REGISTERED = frozenset((kind.api_version, kind.kind) for kind in SERVED)
_FORMER_VERSIONS = frozenset(
    ("apps/v1beta1", "apps/v1beta2", "extensions/v1beta1", "batch/v1beta1", "policy/v1beta1")
)
_PACKAGES = {"": "core", "events.k8s.io": "core", "rbac.authorization.k8s.io": "rbac"}
"""Of the groups whose internal types are not in a package of the group's first name."""


@dataclass
class Decoder:
    """Decodes the bodies of one request; `warnings` collects what a lenient mode lets pass."""

    schema: Schema | None
    mode: str = "Warn"
    warnings: list[str] = field(default_factory=list)

    def typed(self, doc: Any, kind: Kind, node: Node | None = None) -> Obj:
        """The document as the typed server holds it. Raises: Mistyped, StrictFaults."""
        if kind.structure is not None:
            return self._custom(doc, kind.structure)
        node = node or self.node(kind)
        if node is None:
            return plain(doc)  # type: ignore[no-any-return]  # a checked object
        decoding = Decoding()
        obj: Obj = decoding.decode(doc, node)
        self._tell(decoding.faults)
        return obj

    def _custom(self, doc: Any, structure: Structure) -> Obj:
        """Only the metadata of a custom resource is typed; the rest is held to its schema when it is validated."""
        decoding = Decoding()
        node = self.schema.node(OBJECT_META) if self.schema is not None else None
        if doc.get("metadata") is not None and node is not None:
            meta = decoding.decode(doc["metadata"], node, (None, "metadata"), node.name)
            doc = {**doc, "metadata": meta}
        obj, unknown = structure.decoded(plain(doc))
        self._tell([*decoding.faults, *(f'unknown field "{place}"' for place in unknown)])
        return obj

    def _tell(self, faults: list[str]) -> None:
        if faults and self.mode == "Strict":
            raise StrictFaults(faults)
        if self.mode == "Warn":
            self.warnings += faults

    def node(self, kind: Kind) -> Node | None:
        return self.schema.node(kind.definition) if self.schema is not None and kind.definition else None


class StrictFaults(ValueError):
    """The document holds what the schema doesn't know, and the client wants that refused."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(f"strict decoding error: {', '.join(faults)}")


def field_validation(query: Query, options_kind: str) -> str:
    """Raises: Invalid."""
    mode = query.text("fieldValidation") or "Warn"
    if mode not in MODES:
        supported = ", ".join(f'"{m}"' for m in MODES)
        fault = FieldError(
            "fieldValidation",
            "FieldValueNotSupported",
            f'Unsupported value: "{mode}": supported values: {supported}',
        )
        raise invalid_options(options_kind, [fault])
    return mode


def invalid_options(kind: str, faults: list[FieldError]) -> Invalid:
    """As for an object of the group meta.k8s.io without a name."""
    return Invalid.because(Kind("meta.k8s.io", "v1", kind, ""), "", faults)


def check_size(body: bytes) -> None:
    """Raises: TooLarge."""
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge(f"Request entity too large: limit is {MAX_BODY_BYTES}")


def parsed(request: HttpRequest, expected: str, node: Node | None) -> Any:
    """The value that a body stands for; `node` reads protobuf. Raises: TooLarge, UnsupportedMediaType, BadRequest."""
    media_type = body_type(request.headers.get("content-type", ""))
    check_size(request.body)
    try:
        if media_type == protobuf.PROTOBUF:
            return _from_protobuf(request.body, node)
        return yaml_body.loads(request.body) if media_type == YAML else go_json.loads(request.body)
    except (yaml_body.YamlError, protobuf.ProtobufError) as error:
        raise _unrecognized(expected, str(error), request.body) from None
    except go_json.JsonSyntaxError as error:
        why = f"couldn't get version/kind; json parse error: {error}"
        raise _unrecognized(expected, why, request.body) from None


def _from_protobuf(body: bytes, node: Node | None) -> Obj:
    found = protobuf.envelope(body)
    if node is None:
        raise protobuf.ProtobufError("without a schema only JSON is read")
    return {"apiVersion": found.api_version, "kind": found.kind} | protobuf.message(found.raw, node)


def object_of(request: HttpRequest, kind: Kind, decoder: Decoder) -> Obj:
    """The body as an object of the kind. Raises: TooLarge, UnsupportedMediaType, BadRequest."""
    return as_kind(parsed(request, kind.kind, decoder.node(kind)), kind, decoder, request.body)


def as_kind(doc: Any, kind: Kind, decoder: Decoder, body: bytes, node: Node | None = None) -> Obj:
    """Raises: BadRequest."""
    if not isinstance(doc, dict):
        what = type(doc).__name__ if not isinstance(doc, list) else "array"
        why = f"couldn't get version/kind; json parse error: json: cannot unmarshal {what} into Go value of type struct"
        raise _unrecognized(kind.kind, why, body)
    for member in ("apiVersion", "kind"):
        if not isinstance(doc.get(member) or "", str):
            what = f"json: cannot unmarshal into Go struct field .{member} of type string"
            why = f"couldn't get version/kind; json parse error: {what}"
            raise _unrecognized(kind.kind, why, body)
    version, name = doc.get("apiVersion") or kind.api_version, doc.get("kind") or kind.kind
    if version != kind.api_version and kind.structure is None and not _is_registered(version, name):
        unknown = f'no kind "{name}" is registered for version "{version}" in scheme "{SCHEME}"'
        raise BadRequest(
            f'{name} in version "{version.rpartition("/")[2]}" cannot be handled as a {kind.kind}: {unknown}'
        )
    if version != kind.api_version:
        raise BadRequest(
            f"the API version in the data ({version}) does not match the expected API version ({kind.api_version})"
        )
    try:
        if name != kind.kind:
            package = _PACKAGES.get(kind.group) or kind.group.partition(".")[0]
            raise Mistyped(
                f"converting ({kind.version}.{name}) to ({package}.{kind.kind}): unknown conversion"
            )
        obj = decoder.typed(doc, kind, node)
    except (Mistyped, StrictFaults) as error:
        raise BadRequest(
            f'{name} in version "{kind.version}" cannot be handled as a {kind.kind}: {error}'
        ) from None
    if not isinstance(obj.get("metadata"), dict):
        obj["metadata"] = {}
    return obj | {"apiVersion": version, "kind": name}


def _is_registered(version: str, name: str) -> bool:
    """Whether upstream's scheme knows the kind in this version, served or not."""
    return version in _FORMER_VERSIONS or (version, name) in _REGISTERED


def _unrecognized(expected: str, why: str, body: bytes) -> BadRequest:
    return BadRequest(
        f"the object provided is unrecognized (must be of type {expected}): {why} ({_summary(body)})"
    )


def _summary(body: bytes) -> str:
    """The body's beginning, readable when it looks like JSON."""
    if not body:
        return "<empty>"
    more = " ..." if len(body) > 30 else ""
    shown = body[:30]
    return (shown.decode(errors="replace") if body[:1] == b"{" else shown.hex()) + more
