"""Paths that are no resources: discovery, OpenAPI, version and health."""

from __future__ import annotations

from hashlib import sha512

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.errors import NotAcceptable
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.http import discovery, openapi_proto
from simcore.kube_apiserver.http.forms import pretty
from simcore.kube_apiserver.http.message import (
    JSON,
    HttpRequest,
    HttpResponse,
    Query,
    respond,
    text_response,
)
from simcore.kube_apiserver.http.negotiation import DISCOVERY_GROUP, accepted
from simcore.kube_apiserver.http.served_openapi import ServedOpenApi
from simcore.kube_apiserver.server import ApiServer

VERSION: Obj = {
    "major": "1",
    "minor": "36",
    "emulationMajor": "1",
    "emulationMinor": "36",
    "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "35",
    "gitVersion": "v1.36.0",
    "gitCommit": "0000000000000000000000000000000000000000",
    "gitTreeState": "clean",
    "buildDate": "2026-01-01T00:00:00Z",
    "goVersion": "go1.26.0",
    "compiler": "gc",
    "platform": "linux/amd64",
}
_HOOKS = (
    "start-apiserver-admission-initializer",
    "generic-apiserver-start-informers",
    "priority-and-fairness-config-consumer",
    "priority-and-fairness-filter",
    "storage-object-count-tracker-hook",
    "start-apiextensions-informers",
    "start-apiextensions-controllers",
    "crd-informer-synced",
    "start-system-namespaces-controller",
    "start-cluster-authentication-info-controller",
    "start-kube-apiserver-identity-lease-controller",
    "start-kube-apiserver-identity-lease-garbage-collector",
    "start-legacy-token-tracking-controller",
    "start-service-ip-repair-controllers",
    "rbac/bootstrap-roles",
    "scheduling/bootstrap-system-priority-classes",
    "priority-and-fairness-config-producer",
    "bootstrap-controller",
    "start-kubernetes-service-cidr-controller",
    "aggregator-reload-proxy-client-cert",
    "start-kube-aggregator-informers",
    "apiservice-status-local-available-controller",
    "apiservice-status-remote-available-controller",
    "apiservice-registration-controller",
    "apiservice-discovery-controller",
    "kube-apiserver-autoregistration",
    "autoregister-completion",
    "apiservice-openapi-controller",
    "apiservice-openapiv3-controller",
)
_STARTED = tuple(name if name == "autoregister-completion" else f"poststarthook/{name}" for name in _HOOKS)
_ALIVE = ("ping", "log", "etcd", *_STARTED)
CHECKS = {
    "healthz": _ALIVE,
    "livez": _ALIVE,
    "readyz": ("ping", "log", "etcd", "etcd-readiness", "informer-sync", *_STARTED, "shutdown"),
}
"""What each of the health paths looks at, in the order in which it tells of it."""
_AGGREGATED = tuple(("APIGroupDiscoveryList", version, DISCOVERY_GROUP) for version in ("v2", "v2beta1"))
_OPENAPI_V2_JSON = (JSON, "*/*", "application/*")


def serve(
    request: HttpRequest, query: Query, server: ApiServer, openapi: ServedOpenApi | None
) -> HttpResponse:
    parts = [part for part in request.path.split("/") if part]
    if request.method not in ("GET", "HEAD"):
        return (
            not_found()
            if parts[:1] not in (["api"], ["apis"])
            else text_response("405 method not allowed\n", 405)
        )
    match parts:
        case ["api"] | ["apis"]:
            return _roots(parts[0], request, query, server)
        case ["api", "v1"]:
            return _document(discovery.api_resource_list(server.kinds, "", "v1"), request, query)
        case ["apis", group]:
            return _document(discovery.api_group(server.kinds, group), request, query)
        case ["apis", group, version]:
            return _document(discovery.api_resource_list(server.kinds, group, version), request, query)
        case ["openapi", *rest] if openapi is not None:
            return _openapi("/".join(rest), request, query, openapi)
        case ["version"]:
            return _document(VERSION, request, query)
        case ["healthz" | "livez" | "readyz"]:
            return _health(parts[0], query)
        case ["healthz" | "livez" | "readyz", *check] if "/".join(check) in CHECKS[parts[0]]:
            return text_response("ok")
        case []:
            return _document({"paths": _index(server)}, request, query)
    return not_found()


def _roots(root: str, request: HttpRequest, query: Query, server: ApiServer) -> HttpResponse:
    wanted = accepted(request.headers.get("accept", ""), _AGGREGATED)
    if wanted.as_kind:
        doc = discovery.aggregated(server.kinds, core=root == "api", version=wanted.version)
        content_type = f"application/json;g={wanted.group};v={wanted.version};as={wanted.as_kind}"
        return _tagged(encode(doc), request, content_type)
    if root == "api":
        address = request.headers.get("host", "10.96.0.1:443")
        return _document(discovery.api_versions(address), request, query)
    return _document(discovery.api_group_list(server.kinds), request, query)


def _openapi(path: str, request: HttpRequest, query: Query, openapi: ServedOpenApi) -> HttpResponse:
    if path == "v2":
        return _openapi_v2(request, openapi)
    if path == "v3":
        return _document(openapi.index(request.base), request, query)
    document = openapi.v3(path.removeprefix("v3/")) if path.startswith("v3/") else None
    return _tagged(document, request, "application/json") if document is not None else not_found()


def _openapi_v2(request: HttpRequest, openapi: ServedOpenApi) -> HttpResponse:
    """Raises: NotAcceptable."""
    for clause in (request.headers.get("accept") or "*/*").split(","):
        media_range = clause.partition(";")[0].strip()
        if media_range in _OPENAPI_V2_JSON:
            return _tagged(openapi.v2(), request, JSON)
        if media_range == openapi_proto.ASKED:
            return _tagged(openapi.v2_protobuf(), request, openapi_proto.ANSWERED)
    raise NotAcceptable(f"only the following media types are accepted: {JSON}, {openapi_proto.ASKED}")


def _tagged(body: bytes, request: HttpRequest, content_type: str) -> HttpResponse:
    """With an ETag; 304 without a body when the client has it."""
    tag = f'"{sha512(body).hexdigest().upper()}"'
    if request.headers.get("if-none-match") == tag:
        return HttpResponse(304, (("ETag", tag),), b"")
    response = respond(body, content_type=content_type)
    return HttpResponse(200, (*response.headers, ("ETag", tag), ("Vary", "Accept")), body)


def _document(doc: Obj | None, request: HttpRequest, query: Query) -> HttpResponse:
    if doc is None:
        return not_found()
    accepted(request.headers.get("accept", ""))
    return respond(pretty(doc) if query.flag("pretty") else encode(doc))


def _health(name: str, query: Query) -> HttpResponse:
    if not query.has("verbose"):
        return text_response("ok")
    lines = [f"[+]{check} ok\n" for check in CHECKS[name]]
    return text_response("".join(lines) + f"{name} check passed\n")


def _index(server: ApiServer) -> list[str]:
    groups = discovery.groups(server.kinds)
    versions = [f"/apis/{group}/{v}" for group in groups for v in discovery.versions(server.kinds, group)]
    fixed = [
        "/api",
        "/api/v1",
        "/apis",
        *(
            path
            for name, checks in CHECKS.items()
            for path in (f"/{name}", *(f"/{name}/{c}" for c in checks))
        ),
        "/livez",
        "/openapi/v2",
        "/openapi/v3",
        "/readyz",
        "/version",
    ]
    return sorted([*fixed, *(f"/apis/{group}" for group in groups), *versions])


def not_found() -> HttpResponse:
    """What no handler answers: without a Status."""
    return text_response("404 page not found\n", 404)
