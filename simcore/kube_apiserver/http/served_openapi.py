"""The OpenAPI documents of one server: the built-in ones, which servers share, and those of its definitions.

Models: kubernetes v1.36 apiextensions-apiserver pkg/controller/openapi/builder.
"""

from __future__ import annotations

from simcore.apimachinery.kinds import Kind, KindTable
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.schema import OBJECT_META, REF, Schema
from simcore.kube_apiserver.http.openapi import OpenApi
from simcore.kube_apiserver.server import ApiServer

_POD = "io.k8s.api.core.v1.Pod"


class ServedOpenApi:
    """Made again when the table of kinds has changed."""

    def __init__(self, server: ApiServer, schema: Schema, built_in: OpenApi) -> None:
        self._server, self._schema, self._built_in = server, schema, built_in
        self._seen = -1
        self._custom: OpenApi | None = None
        self._whole: OpenApi = built_in

    def index(self, base: str = "") -> Obj:
        """GET /openapi/v3"""
        index = self._built_in.index(base)
        custom = self._customs()
        return index if custom is None else {"paths": index["paths"] | custom.index(base)["paths"]}

    def v3(self, path: str) -> bytes | None:
        """GET /openapi/v3/<path>; None when nothing is served there."""
        document = self._built_in.v3(path)
        custom = self._customs() if document is None else None
        return document if custom is None else custom.v3(path)

    def v2(self) -> bytes:
        """GET /openapi/v2"""
        self._customs()
        return self._whole.v2()

    def v2_protobuf(self) -> bytes:
        """The same in protobuf."""
        self._customs()
        return self._whole.v2_protobuf()

    def _customs(self) -> OpenApi | None:
        kinds = self._server.kinds
        if kinds.changes != self._seen:
            self._seen = kinds.changes
            customs = [kind for kind in kinds if kind.structure is not None]
            schema = Schema(
                {
                    **self._schema.definitions,
                    **{k.definition: definition_of(k, self._schema) for k in customs},
                }
            )
            self._custom = OpenApi(schema, KindTable(customs)) if customs else None
            self._whole = OpenApi(schema, KindTable(kinds)) if customs else self._built_in
        return self._custom


def definition_of(kind: Kind, schema: Schema) -> Obj:
    """The schema of a definition with what every object has."""
    assert kind.structure is not None, kind
    own, pod = kind.structure.schema, schema.definitions.get(_POD, {}).get("properties", {})
    common = {name: pod.get(name, {"type": "string"}) for name in ("apiVersion", "kind")}
    meta = {"$ref": REF + OBJECT_META, "description": _META_DESCRIPTION}
    properties = {**(own.get("properties") or {}), **common, "metadata": meta}
    named = {"group": kind.group, "version": kind.version, "kind": kind.kind}
    whole = {"type": "object", **own, "properties": properties}
    return whole | {"x-kubernetes-group-version-kind": [named]}


_META_DESCRIPTION = (
    "Standard object's metadata. More info: "
    "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata"
)
