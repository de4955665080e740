"""The forms in which objects go out: as they are, as rows of a Table, as metadata alone; as JSON or YAML.

Models: kubernetes v1.36 apiserver/pkg/endpoints/handlers/response.go, apimachinery/pkg/apis/meta/v1 (Table).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.errors import BadRequest
from simcore.apimachinery.kinds import FLOW_SCHEMA, LEASE, Kind
from simcore.apimachinery.meta import Obj
from simcore.etcd.interface import KeyValue
from simcore.kube_apiserver.heartbeats import with_heartbeat
from simcore.kube_apiserver.http import yaml_body
from simcore.kube_apiserver.http.listing import Page
from simcore.kube_apiserver.http.message import JSON, YAML, HttpRequest, HttpResponse, Query, respond
from simcore.kube_apiserver.http.negotiation import META_GROUP, Accepted, accepted
from simcore.kube_apiserver.server import ApiServer
from simcore.kube_apiserver.storage import opening
from simcore.kube_apiserver.strategy import Column, Strategy
from simcore.kube_apiserver.tables.cluster import by_precedence
from simcore.kube_apiserver.tables.table import Table
from simcore.kube_apiserver.versions import to_served, to_stored

_PARTIAL, _PARTIAL_LIST = "PartialObjectMetadata", "PartialObjectMetadataList"
OF_ONE = tuple((kind, version, META_GROUP) for kind in ("Table", _PARTIAL) for version in ("v1", "v1beta1"))
OF_LISTS = tuple(
    (kind, version, META_GROUP) for kind in ("Table", _PARTIAL_LIST) for version in ("v1", "v1beta1")
)
OF_WATCHES = OF_ONE
INCLUDED = ("None", "Metadata", "Object")


class Form:
    """How one request's answer looks."""

    def __init__(
        self, server: ApiServer, kind: Kind, request: HttpRequest, query: Query, wanted: Accepted
    ) -> None:
        self.server, self.kind, self.wanted = server, kind, wanted
        self.strategy: Strategy = server.strategy(kind)
        self.layout: Table | None = None
        """The table of what is no object of the kind."""
        self._pretty = query.flag("pretty")
        self._included = query.text("includeObject") or "Metadata"
        if wanted.as_kind == "Table" and self._included not in INCLUDED:
            raise BadRequest(f'unrecognized includeObject value: "{self._included}"')

    @classmethod
    def of(
        cls,
        server: ApiServer,
        kind: Kind,
        request: HttpRequest,
        query: Query,
        transforms: tuple[tuple[str, str, str], ...],
    ) -> Form:
        """Raises: NotAcceptable, BadRequest."""
        return cls(server, kind, request, query, accepted(request.headers.get("accept", ""), transforms))

    @property
    def is_plain(self) -> bool:
        """Whether stored bytes go out as they are."""
        if self.kind.stored_as is not None:
            return False
        return not self.wanted.as_kind and self.wanted.media_type == JSON and not self._pretty

    @property
    def content_type(self) -> str:
        if not self.wanted.as_kind:
            return self.wanted.media_type
        wish = self.wanted
        return f"{wish.media_type};as={wish.as_kind};g={wish.group};v={wish.version}"

    def stored(self, kv: KeyValue) -> HttpResponse:
        """A GET's answer."""
        if self.is_plain and self.kind is not LEASE:
            return respond(with_revision(self.kind, kv))
        return self.one(self.read(kv))

    def one(self, obj: Obj, status: int = 200, warnings: Sequence[str] = ()) -> HttpResponse:
        if self.wanted.as_kind == "Table":
            meta = {"resourceVersion": obj["metadata"].get("resourceVersion", "")}
            return self.encoded(self.table([obj], meta), status, warnings)
        if self.wanted.as_kind:
            return self.encoded(self.partial(obj), status, warnings)
        return self.encoded(obj, status, warnings)

    def page(self, page: Page) -> HttpResponse:
        """A LIST's answer."""
        if self.is_plain and self.kind is not LEASE:
            return respond(_list_bytes(self.kind, page))
        items = [self.read(kv) for kv in page.kvs]
        return self.listed(items, page.metadata())

    def listed(self, items: list[Obj], meta: Obj) -> HttpResponse:
        if self.wanted.as_kind == "Table":
            return self.encoded(self.table(items, meta))
        if self.wanted.as_kind:
            version = f"{META_GROUP}/{self.wanted.version}"
            parts = [self.partial(item) for item in items]
            return self.encoded(
                {"kind": _PARTIAL_LIST, "apiVersion": version, "metadata": meta, "items": parts}
            )
        bare = [{k: v for k, v in item.items() if k not in ("apiVersion", "kind")} for item in items]
        kind = {"kind": self.kind.list_kind, "apiVersion": self.kind.api_version}
        return self.encoded({**kind, "metadata": meta, "items": bare})

    def table(self, items: Iterable[Obj], meta: Obj, *, with_columns: bool = True) -> Obj:
        now_ms = self.server.clock.unix_ms()
        if self.kind.stored_as is not None:
            items = [to_stored(self.kind, item) for item in items]
        if self.kind is FLOW_SCHEMA:
            items = by_precedence(items)
        rows = [self.row(item, now_ms) for item in items]
        shown = self.strategy.columns if self.layout is None else self.layout.columns
        columns = [_column(column) for column in shown] if with_columns else None
        version = f"{META_GROUP}/{self.wanted.version}"
        return {
            "kind": "Table", "apiVersion": version, "metadata": meta, "columnDefinitions": columns, "rows": rows
        }  # fmt: skip

    def row(self, obj: Obj, now_ms: int) -> Obj:
        cells = self.strategy.cells if self.layout is None else self.layout.row
        row: Obj = {"cells": cells(obj, now_ms)}
        if self._included == "Metadata":
            row["object"] = self.partial(obj)
        elif self._included == "Object":
            row["object"] = obj
        return row

    def partial(self, obj: Obj) -> Obj:
        version = f"{META_GROUP}/{self.wanted.version or 'v1'}"
        return {"kind": _PARTIAL, "apiVersion": version, "metadata": obj["metadata"]}

    def read(self, kv: KeyValue) -> Obj:
        obj = to_served(self.kind, self.server.storage.decoded(kv))
        if self.kind is not LEASE:
            return obj
        return with_heartbeat(self.kind, self.kind.key(kv.key), obj, self.server.heartbeats)

    def encoded(self, doc: Any, status: int = 200, warnings: Sequence[str] = ()) -> HttpResponse:
        if self.wanted.media_type == YAML:
            return respond(yaml_body.dumps(doc), status, content_type=self.content_type, warnings=warnings)
        data = pretty(doc) if self._pretty else encode(doc)
        return respond(data, status, content_type=self.content_type, warnings=warnings)


def with_revision(kind: Kind, kv: KeyValue) -> bytes:
    """The stored document with its resourceVersion spliced in."""
    at = opening(kind)
    return b'%b"resourceVersion":"%d",%b' % (kv.value[:at], kv.mod_revision, kv.value[at:])


def pretty(doc: Any) -> bytes:
    return json.dumps(doc, indent=2, ensure_ascii=False).encode() + b"\n"


def _list_bytes(kind: Kind, page: Page) -> bytes:
    at = opening(kind)
    head = b'{"kind":"%b","apiVersion":"%b","metadata":%b,"items":[' % (
        kind.list_kind.encode(),
        kind.api_version.encode(),
        encode(page.metadata()),
    )
    items = [b'{"metadata":{"resourceVersion":"%d",%b' % (kv.mod_revision, kv.value[at:]) for kv in page.kvs]
    return head + b",".join(items) + b"]}"


def _column(column: Column) -> Obj:
    return {
        "name": column.name,
        "type": column.type,
        "format": column.format,
        "description": column.description,
        "priority": column.priority,
    }
