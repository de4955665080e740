"""POST, PUT, PATCH and DELETE of objects.

Models: kubernetes v1.36 apiserver/pkg/endpoints/handlers/{create,update,patch,delete}.go.
"""

from __future__ import annotations

from dataclasses import replace

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.errors import BadRequest, FieldError, MethodNotAllowed, NotFound
from simcore.apimachinery.kinds import NAMESPACE, POD, SERVICE, Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.kube_apiserver.http.body import Decoder, field_validation, invalid_options, object_of
from simcore.kube_apiserver.http.forms import OF_LISTS, OF_ONE, Form
from simcore.kube_apiserver.http.info import RequestInfo
from simcore.kube_apiserver.http.listing import list_options, list_page
from simcore.kube_apiserver.http.message import JSON, HttpRequest, HttpResponse, Query, json_response
from simcore.kube_apiserver.http.negotiation import body_type
from simcore.kube_apiserver.http.options import delete_options, is_dry_run
from simcore.kube_apiserver.http.patching import APPLY_PATCH, PATCH_TYPES, patch_of
from simcore.kube_apiserver.http.selection import selection
from simcore.kube_apiserver.observing.xray import NO_XRAY, Xray
from simcore.kube_apiserver.request import Request
from simcore.kube_apiserver.server import ApiServer, Deleted
from simcore.kube_apiserver.users import User

RETURNED_WHEN_DELETED = frozenset((POD, SERVICE, NAMESPACE))
"""Kinds whose DELETE answers with the object; the others' with a Status."""

LONGEST_MANAGER = 128
"""Bytes of a field manager's name."""


class Writing:
    """One writing request: its kind, place and options."""

    def __init__(
        self, server: ApiServer, kind: Kind, info: RequestInfo, request: HttpRequest, query: Query
    ) -> None:
        assert request.user is not None
        self.server, self.kind, self.info = server, kind, info
        self.http, self.query = request, query
        self.key = Key(info.namespace if kind.namespaced else "", info.name)
        self.decoder = Decoder(server.schema)

    def create(self) -> HttpResponse:
        request = self.options("CreateOptions")
        request.xray.enter("decoding")
        if self.kind.namespaced and not self.key.namespace:
            raise method_not_allowed()
        form = self.form()
        obj = self._addressed(object_of(self.http, self.kind, self.decoder))
        made = self.server.create(self.kind, obj, request, warnings=self.decoder.warnings)
        return form.one(made, 201, self.decoder.warnings)

    def update(self) -> HttpResponse:
        request = self.options("UpdateOptions")
        request.xray.enter("decoding")
        form = self.form()
        obj = self._addressed(object_of(self.http, self.kind, self.decoder))
        name = obj["metadata"].setdefault("name", self.key.name)
        if name != self.key.name:
            raise BadRequest(
                f"the name of the object ({name}) does not match the name on the URL ({self.key.name})"
            )
        warnings, subresource = self.decoder.warnings, self.info.subresource
        try:
            stored = self.server.update(self.kind, obj, request, subresource=subresource, warnings=warnings)
        except NotFound:
            if subresource or not self.server.strategy(self.kind).create_on_update:
                raise
            self.authorize("create")
            return form.one(self.server.create(self.kind, obj, request, warnings=warnings), 201, warnings)
        return form.one(stored, 200, warnings)

    def patch(self) -> HttpResponse:
        request = self.options("PatchOptions")
        request.xray.enter("decoding")
        form = self.form()
        patched = patch_of(self.http, self.kind, self.decoder.node(self.kind), self.decoder)
        warnings: list[str] = []
        stored = self.server.change(
            self.kind,
            self.key,
            lambda old, ctx: patched(old),
            request,
            subresource=self.info.subresource,
            warnings=warnings,
        )
        return form.one(stored, 200, self.decoder.warnings + warnings)

    def delete(self) -> HttpResponse:
        options = delete_options(self.http, self.query, self.server.schema)
        form = self.form()
        deleted = self.server.delete(self.kind, self.key, self.caller(dry_run=options.dry_run), options)
        if deleted.is_gone and self.kind not in RETURNED_WHEN_DELETED:
            return json_response(gone_status(self.kind, deleted))
        return form.one(deleted.obj)

    def delete_collection(self) -> HttpResponse:
        options = delete_options(self.http, self.query, self.server.schema)
        form = Form.of(self.server, self.kind, self.http, self.query, OF_LISTS)
        request = self.caller(dry_run=options.dry_run)
        selected = selection(self.query, self.server.strategy(self.kind))
        storage = self.server.storage
        page = list_page(storage, self.kind, self.key.namespace, list_options(self.query), selected)
        gone: list[Obj] = []
        for kv in page.kvs:
            try:
                gone.append(self.server.delete(self.kind, self.kind.key(kv.key), request, options).obj)
            except NotFound:
                continue  # somebody else was faster, and it is gone all the same
        return form.listed(gone, {"resourceVersion": str(storage.store.revision)})

    @property
    def user(self) -> User:
        assert self.http.user is not None
        return self.http.user

    @property
    def is_apply(self) -> bool:
        """Raises: UnsupportedMediaType."""
        return body_type(self.http.headers.get("content-type", ""), PATCH_TYPES) == APPLY_PATCH

    def authorize(self, verb: str) -> None:
        """For what the request turns out to be beyond its own verb. Raises: Forbidden."""
        self.server.authorize(Request(self.user, ""), verb, self.kind, self.key)

    def caller(self, *, dry_run: bool = False, manager: str = "") -> Request:
        assert self.http.user is not None
        return caller(self.http.user, dry_run=dry_run, manager=manager, xray=self.http.xray)

    def options(self, options_kind: str, *, manager: str | None = None) -> Request:
        """The caller, with the options that every write has. Raises: Invalid."""
        self.decoder.mode = field_validation(self.query, options_kind)
        dry_run = is_dry_run(self.query, options_kind)
        named = self._manager(options_kind)
        return self.caller(dry_run=dry_run, manager=named if manager is None else manager)

    def _manager(self, options_kind: str) -> str:
        """Who is noted as the manager of what is written. Raises: Invalid."""
        named = self.query.text("fieldManager")
        if len(named.encode()) > LONGEST_MANAGER:
            why = f"Too long: may not be more than {LONGEST_MANAGER} bytes"
            raise invalid_options(options_kind, [FieldError("fieldManager", "FieldValueTooLong", why)])
        if not named.isprintable():
            why = f'Invalid value: "{named}": should only contain printable characters'
            raise invalid_options(options_kind, [FieldError("fieldManager", "FieldValueInvalid", why)])
        agent = self.http.headers.get("user-agent", "").partition("/")[0]
        return named or agent[:LONGEST_MANAGER] or "unknown"

    def with_body(self, doc: Obj) -> HttpRequest:
        """The same request with another body."""
        return replace(self.http, body=encode(doc), headers={**self.http.headers, "content-type": JSON})

    def form(self) -> Form:
        return Form.of(self.server, self.kind, self.http, self.query, OF_ONE)

    def _addressed(self, obj: Obj) -> Obj:
        """The object in the URL's namespace. Raises: BadRequest."""
        meta = obj["metadata"]
        if not self.kind.namespaced:
            meta.pop("namespace", None)
        elif meta.setdefault("namespace", self.key.namespace) != self.key.namespace:
            raise BadRequest(
                "the namespace of the provided object does not match the namespace sent on the request"
            )
        return obj


def caller(user: User, *, dry_run: bool = False, manager: str = "", xray: Xray = NO_XRAY) -> Request:
    actor = f"user:{user.name}"
    return Request(user, actor, dry_run=dry_run, manager=manager, is_authorized=True, xray=xray)


def gone_status(kind: Kind, deleted: Deleted) -> Obj:
    """The answer to a DELETE that is done."""
    meta = deleted.obj["metadata"]
    details = {"name": meta["name"], "group": kind.group, "kind": kind.plural, "uid": meta["uid"]}
    details = {name: value for name, value in details.items() if value}
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}


def method_not_allowed() -> MethodNotAllowed:
    return MethodNotAllowed("the server does not allow this method on the requested resource")
