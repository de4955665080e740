"""The HTTP door: finds out what a request is about and hands it to who serves that."""

from __future__ import annotations

from dataclasses import replace

from simcore.apimachinery.errors import ApiError, NotFound, ServiceUnavailable, Unauthorized
from simcore.apimachinery.kinds import BINDING, SERVICE_ACCOUNT, Kind, KindTable
from simcore.apimachinery.meta import Key
from simcore.etcd.interface import StoreError
from simcore.kube_apiserver.authentication.impersonation import acting_user
from simcore.kube_apiserver.authentication.tokens import Tokens
from simcore.kube_apiserver.authorization.authorizer import authorize
from simcore.kube_apiserver.flowcontrol.classifier import Classifier
from simcore.kube_apiserver.http import deprecated, plain_paths
from simcore.kube_apiserver.http.applying import serve_apply
from simcore.kube_apiserver.http.computed import Computed, serve_computed
from simcore.kube_apiserver.http.discovery import SUBRESOURCES
from simcore.kube_apiserver.http.forms import OF_LISTS, OF_ONE, OF_WATCHES, Form
from simcore.kube_apiserver.http.info import RequestInfo, request_info
from simcore.kube_apiserver.http.listing import list_options, list_page
from simcore.kube_apiserver.http.message import (
    HttpRequest,
    HttpResponse,
    Query,
    Stream,
    error_response,
    respond,
    with_headers,
)
from simcore.kube_apiserver.http.openapi import OpenApi
from simcore.kube_apiserver.http.pod_logs import LogSource
from simcore.kube_apiserver.http.reviews import serve_review, serve_token_request
from simcore.kube_apiserver.http.selection import selected_fields, selection
from simcore.kube_apiserver.http.served_openapi import ServedOpenApi
from simcore.kube_apiserver.http.subresources import bind_by_body, serve_subresource
from simcore.kube_apiserver.http.watching import WatchStream
from simcore.kube_apiserver.http.writing import Writing, method_not_allowed
from simcore.kube_apiserver.observing import metrics
from simcore.kube_apiserver.observing.observer import Observer, Passing
from simcore.kube_apiserver.observing.requests import READING
from simcore.kube_apiserver.observing.xray import NO_XRAY
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.server import ApiServer

_OF_COLLECTIONS = ("list", "watch", "deletecollection")


class HttpApi:
    """The Kubernetes API of one server. What is kept of a request that has been answered, `observer` keeps."""

    def __init__(
        self,
        server: ApiServer,
        *,
        openapi: OpenApi | None = None,
        logs: LogSource | None = None,
        token_key: bytes = b"",
        observer: Observer | None = None,
        computed: Computed | None = None,
    ) -> None:
        """`openapi` is shared by servers of the same schema and kinds; its documents are large.

        `computed` answers for kinds that nobody stores. `token_key` signs service account tokens; a cluster that others
        can reach needs a secret one.
        """
        self.server, self.logs, self.computed = server, logs, computed
        for kind in computed.kinds if computed is not None else ():
            server.kinds.add(kind)
        self.observer = observer or Observer(server)
        self._flows = Classifier(server.storage)
        self.tokens = Tokens(server, token_key or server.rng.uid("service account key", 0).encode())
        schema = server.schema
        self.openapi: ServedOpenApi | None = None
        if schema is not None:
            self.openapi = ServedOpenApi(server, schema, openapi or OpenApi(schema, KindTable()))

    def serve(self, request: HttpRequest) -> HttpResponse | Stream:
        """Whatever the client did wrong is an answer, never an exception."""
        if request.xray is NO_XRAY:
            request = replace(request, xray=self.observer.xray())
        passing = Passing(request)
        answer: HttpResponse | Stream
        try:
            answer = self._answer(passing)
        except ApiError as error:
            answer = error_response(error)
        except StoreError as error:
            answer = error_response(ServiceUnavailable(f"etcdserver: {error}"))
        if passing.flow:
            answer = with_headers(answer, passing.flow)
        self.observer.take(passing, answer)
        return answer

    def _answer(self, passing: Passing) -> HttpResponse | Stream:
        request = passing.http
        if request.user is None:
            raise Unauthorized("Unauthorized")
        query = Query(request.query)
        passing.info = info = request_info(request, query)
        request.xray.enter("authorization")
        user = acting_user(request.user, request.headers, self.server.authorizer)
        if user is not request.user:
            passing.impersonator, request = request.user, replace(request, user=user)
            passing.http = request
        asked = _asked(request, info, query)
        passing.flow = self._flows.headers(user, asked)
        authorize(self.server.authorizer, user, asked)
        if info is None:
            request.xray.enter("answer")
            if request.path == "/metrics":
                return self._metrics()
            return plain_paths.serve(request, query, self.server, self.openapi)
        kind = self.server.kinds.by_resource(info.group, info.version, info.resource)
        if kind is None or not _has_path(kind, info):
            return plain_paths.not_found()
        return deprecated.told(kind, lambda: self._of_kind(kind, info, request, query))

    def _of_kind(
        self, kind: Kind, info: RequestInfo, request: HttpRequest, query: Query
    ) -> HttpResponse | Stream:
        if info.subresource and info.subresource not in kind.subresources:
            raise NotFound("the server could not find the requested resource")
        if info.subresource:
            self._check_verb(SUBRESOURCES[info.subresource].verbs, info)
            writing = Writing(self.server, kind, info, request, query)
            if kind is SERVICE_ACCOUNT and info.subresource == "token":
                return serve_token_request(writing, self.tokens)
            return serve_subresource(writing, self.logs)
        self._check_verb(kind.verbs, info)
        if self.computed is not None and kind in self.computed.kinds:
            return serve_computed(self.computed, kind, info, selection(query, self.server.strategy(kind)))
        if not kind.is_stored:
            return self._question(Writing(self.server, kind, info, request, query))
        return self._resource(kind, info, request, query)

    def _metrics(self) -> HttpResponse:
        text = self.observer.metrics.text(self.server.storage.store, self.server.kinds)
        return respond(text.encode(), content_type=metrics.CONTENT_TYPE)

    def _question(self, writing: Writing) -> HttpResponse:
        if writing.kind is BINDING:
            return bind_by_body(writing)
        return serve_review(writing, self.tokens)

    def _resource(
        self, kind: Kind, info: RequestInfo, request: HttpRequest, query: Query
    ) -> HttpResponse | Stream:
        if info.verb in READING:
            request.xray.enter("reading")
        match info.verb:
            case "get":
                return self._get(kind, info, request, query)
            case "list":
                return self._list(kind, info, request, query)
            case "watch":
                return self._watch(kind, info, request, query)
        writing = Writing(self.server, kind, info, request, query)
        match info.verb:
            case "create" if not info.name:
                return writing.create()
            case "update" if info.name:
                return writing.update()
            case "patch" if info.name:
                return serve_apply(writing) if writing.is_apply else writing.patch()
            case "delete":
                return writing.delete()
            case "deletecollection":
                return writing.delete_collection()
        raise method_not_allowed()

    def _get(self, kind: Kind, info: RequestInfo, request: HttpRequest, query: Query) -> HttpResponse:
        key = Key(info.namespace if kind.namespaced else "", info.name)
        form = Form.of(self.server, kind, request, query, OF_ONE)
        kv = self.server.storage.store.get(kind.path(key))
        if kv is None:
            raise NotFound.named(kind, info.name)
        return form.stored(kv)

    def _list(self, kind: Kind, info: RequestInfo, request: HttpRequest, query: Query) -> HttpResponse:
        form = Form.of(self.server, kind, request, query, OF_LISTS)
        selected, options = selection(query, self.server.strategy(kind)), list_options(query)
        return form.page(list_page(self.server.storage, kind, info.namespace, options, selected))

    def _watch(self, kind: Kind, info: RequestInfo, request: HttpRequest, query: Query) -> Stream:
        form = Form.of(self.server, kind, request, query, OF_WATCHES)
        return WatchStream(form, info.namespace, selection(query, self.server.strategy(kind)), query)

    def _check_verb(self, verbs: tuple[str, ...], info: RequestInfo) -> None:
        if info.verb not in verbs:
            raise method_not_allowed()


def _asked(request: HttpRequest, info: RequestInfo | None, query: Query) -> Attributes:
    if info is None:
        return Attributes(request.method.lower(), "", "", path=request.path)
    fields = selected_fields(query) if info.verb in _OF_COLLECTIONS else ()
    name = info.name
    if not name and info.verb != "deletecollection":
        name = dict(fields).get("metadata.name", "")
    return Attributes(
        info.verb, info.group, info.resource, info.subresource, info.namespace, name, fields=fields
    )


def _has_path(kind: Kind, info: RequestInfo) -> bool:
    """An object is found in its namespace, or in none if its kind has none."""
    if not kind.namespaced:
        return not info.namespace
    return bool(info.namespace) or not info.name
