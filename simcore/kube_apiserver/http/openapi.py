"""OpenAPI documents from the schema: v3 by group version with an index of hashes, v2 whole.

Models: kubernetes v1.36 kube-openapi pkg/handler3, pkg/handler; paths hold what kubectl looks for in them.
Left out: see docs/deviations.md, kube_apiserver (responses and bodies of operations are not described).
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha512
from typing import Any

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.kinds import Kind, KindTable
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.schema import REF, Schema
from simcore.kube_apiserver.http import openapi_proto

V3_REF = "#/components/schemas/"
_QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
_INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
_V3_SPECIAL: dict[str, Obj] = {
    _QUANTITY: {"oneOf": [{"type": "string"}, {"type": "number"}]},
    _INT_OR_STRING: {"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]},
}
_TITLE: Obj = {"title": "Kubernetes", "version": "v1.36.0"}
_ALSO = ("io.k8s.apimachinery.pkg.apis.meta.v1.Status", "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions")
_METHODS = {
    "get": ("get", "list", "watch"), "post": ("create",), "put": ("update",), "patch": ("patch",),
    "delete": ("delete", "deletecollection"),
}  # fmt: skip


class OpenApi:
    """The documents of one table of kinds; each is made when first asked for and kept."""

    def __init__(self, schema: Schema, kinds: KindTable) -> None:
        self._schema, self._kinds = schema, kinds
        self._documents: dict[str, bytes] = {}  # by path of the group version; '' is v2

    def index(self, base: str = "") -> Obj:
        """GET /openapi/v3"""
        paths = {
            path: {"serverRelativeURL": f"{base}/openapi/v3/{path}?hash={self.hash_of(path)}"}
            for path in self.group_versions()
        }
        return {"paths": paths}

    def group_versions(self) -> list[str]:
        """`api/v1`, `apis/apps/v1`, ..."""
        return sorted({_path_of(kind) for kind in self._kinds})

    def hash_of(self, path: str) -> str:
        document = self.v3(path)
        assert document is not None, path
        return sha512(document).hexdigest().upper()

    def v3(self, path: str) -> bytes | None:
        """GET /openapi/v3/<path>; None when nothing is served there."""
        if path not in self._documents:
            kinds = [kind for kind in self._kinds if _path_of(kind) == path]
            if not kinds:
                return None
            self._documents[path] = encode(self._v3(kinds))
        return self._documents[path]

    def v2(self) -> bytes:
        """GET /openapi/v2"""
        if "" not in self._documents:
            self._documents[""] = encode(self._v2())
        return self._documents[""]

    def v2_protobuf(self) -> bytes:
        """The same in protobuf."""
        if "protobuf" not in self._documents:
            self._documents["protobuf"] = openapi_proto.document(self._v2())
        return self._documents["protobuf"]

    def _v2(self) -> Obj:
        kinds = list(self._kinds)
        wanted = _closure(self._schema, [*_ALSO, *(kind.definition for kind in kinds)])
        definitions = {name: self._schema.definitions[name] for name in wanted}
        paths = _paths(kinds, v3=False)
        return {"swagger": "2.0", "info": _TITLE, "paths": paths, "definitions": definitions}

    def _v3(self, kinds: list[Kind]) -> Obj:
        wanted = _closure(self._schema, [*_ALSO, *(kind.definition for kind in kinds)])
        schemas = {name: _V3_SPECIAL.get(name) or _as_v3(self._schema.definitions[name]) for name in wanted}
        paths = _paths(kinds, v3=True)
        return {"openapi": "3.0.0", "info": _TITLE, "paths": paths, "components": {"schemas": schemas}}


def _path_of(kind: Kind) -> str:
    return f"apis/{kind.group}/{kind.version}" if kind.group else f"api/{kind.version}"


def _closure(schema: Schema, names: Iterable[str]) -> list[str]:
    """The definitions and all that they refer to, in alphabetical order."""
    found: set[str] = set()
    left = [name for name in names if name in schema.definitions]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += _references(schema.definitions[name])
    return sorted(found)


def _references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [name for item in node for name in _references(item)]
    if not isinstance(node, dict):
        return []
    ref = node.get("$ref")
    own = [ref.removeprefix(REF)] if isinstance(ref, str) else []
    return own + [name for value in node.values() for name in _references(value)]


def _as_v3(node: Any) -> Any:
    """A reference with anything beside it is wrapped: v3 would not see the rest."""
    if isinstance(node, list):
        return [_as_v3(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {name: _as_v3(value) for name, value in node.items() if name != "$ref"}
    ref = node.get("$ref")
    if isinstance(ref, str):
        target = {"$ref": V3_REF + ref.removeprefix(REF)}
        return made | {"allOf": [target]} if made else target
    return made


def _paths(kinds: Iterable[Kind], *, v3: bool) -> Obj:
    paths: Obj = {}
    for kind in kinds:
        root = f"/{_path_of(kind)}"
        folder = (
            f"{root}/namespaces/{{namespace}}/{kind.plural}" if kind.namespaced else f"{root}/{kind.plural}"
        )
        if kind.namespaced:
            paths[f"{root}/{kind.plural}"] = _operations(kind, ("get",), v3=v3)
        paths[folder] = _operations(kind, ("get", "post", "delete"), v3=v3)
        paths[f"{folder}/{{name}}"] = _operations(kind, ("get", "put", "patch", "delete"), v3=v3)
    return paths


def _operations(kind: Kind, methods: Iterable[str], *, v3: bool) -> Obj:
    named = {"group": kind.group, "version": kind.version, "kind": kind.kind}
    operations: Obj = {}
    for method in methods:
        if not any(verb in kind.verbs for verb in _METHODS[method]):
            continue
        operations[method] = {
            "operationId": f"{method}{kind.group.title().replace('.', '')}{kind.version.title()}{kind.kind}",
            "parameters": [_parameter(name, v3=v3) for name in _parameters(method)],
            "responses": {"200": {"description": "OK"}},
            "x-kubernetes-group-version-kind": named,
        }
    return operations


def _parameters(method: str) -> tuple[str, ...]:
    if method == "get":
        return ("labelSelector", "fieldSelector", "limit", "continue", "resourceVersion", "watch")
    if method == "delete":
        return ("dryRun", "gracePeriodSeconds", "propagationPolicy")
    names = ("dryRun", "fieldManager", "fieldValidation")
    return (*names, "force") if method == "patch" else names


def _parameter(name: str, *, v3: bool) -> Obj:
    kind = {"watch": "boolean", "force": "boolean", "limit": "integer", "gracePeriodSeconds": "integer"}
    typed = {"type": kind.get(name, "string"), "uniqueItems": True}
    return {"name": name, "in": "query", **({"schema": typed} if v3 else typed)}
