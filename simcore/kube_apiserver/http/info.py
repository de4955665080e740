"""What a request is about: verb, group, version, resource, subresource, namespace and name.

Models: kubernetes v1.36 apiserver/pkg/endpoints/request/requestinfo.go.
"""

from __future__ import annotations

from dataclasses import dataclass

from simcore.kube_apiserver.http.message import HttpRequest, Query

_VERBS = {
    "POST": "create",
    "GET": "get",
    "HEAD": "get",
    "PUT": "update",
    "PATCH": "patch",
    "DELETE": "delete",
}
_NAMESPACE_PARTS = frozenset(("status", "finalize"))


@dataclass(frozen=True)
class RequestInfo:
    """A request for a resource; an unknown method has the verb ''."""

    verb: str
    group: str
    version: str
    resource: str
    subresource: str = ""
    namespace: str = ""
    name: str = ""


def request_info(request: HttpRequest, query: Query) -> RequestInfo | None:
    """None when the path is not one of a resource."""
    parts = [part for part in request.path.split("/") if part]
    if parts[:1] == ["api"] and len(parts) >= 3:
        group, version, rest = "", parts[1], parts[2:]
    elif parts[:1] == ["apis"] and len(parts) >= 4:
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        return None
    verb = _VERBS.get(request.method, "")
    if rest[0] == "watch" and len(rest) > 1:
        verb, rest = "watch", rest[1:]
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 1:
        namespace = rest[1]
        if len(rest) > 2 and rest[2] not in _NAMESPACE_PARTS:
            rest = rest[2:]
    if len(rest) > 3:
        return None
    resource, name, subresource = (*rest, "", "")[:3]
    if resource == "namespaces":
        namespace = ""
    if not name and verb in ("get", "delete"):
        watches = verb == "get" and query.flag("watch")
        verb = "watch" if watches else {"get": "list", "delete": "deletecollection"}[verb]
    return RequestInfo(verb, group, version, resource, subresource, namespace, name)
