"""Every route of the Kubernetes API, every verb, every role: nobody does what the role does not say.

The routes come from the table of kinds, so a new kind or subresource is held to the same rules from its first day.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simcore.apimachinery.kinds import Kind
from simcore.kube_apiserver.authorization.bootstrap import write_default_policy
from simcore.kube_apiserver.http.message import HttpRequest, HttpResponse
from simcore.kube_apiserver.users import ADMIN, ANONYMOUS, User, service_account
from tests.simcore.kube_apiserver.http.door import Door

READS, WRITES = ("get", "list", "watch"), ("create", "update", "patch", "delete", "deletecollection")
METHODS = {
    "get": ("GET", True), "list": ("GET", False), "watch": ("GET", False), "create": ("POST", False),
    "update": ("PUT", True), "patch": ("PATCH", True), "delete": ("DELETE", True),
    "deletecollection": ("DELETE", False),
}  # fmt: skip
"""By verb: the method, and whether it is about one object."""
USERS = {
    "owner": ADMIN,
    "operate": User("operate-1", role="operate"),
    "view": User("view-1", role="view"),
    "account": service_account("default", "robot"),
    "user": User("jane", ("system:authenticated",), "user"),
    "anonymous": ANONYMOUS,
}
QUESTIONS = ("authentication.k8s.io", "authorization.k8s.io")
SELF = ("selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews")
"""What everybody who has been let in may ask, by system:basic-user."""
ACTING = ("attach", "exec", "portforward", "proxy")
PUBLIC = ("/healthz", "/livez", "/readyz", "/version")
DISCOVERY = ("/api", "/api/v1", "/apis", "/apis/apps/v1", "/openapi/v2", "/openapi/v3", "/openapi/v3/api/v1")

Route = tuple[Kind, str, str]
"""(kind, verb, subresource)."""


def routes(door: Door) -> Iterator[Route]:
    for kind in sorted(door.server.kinds, key=lambda kind: (kind.resource, kind.version)):
        for verb in (*READS, *WRITES):
            yield kind, verb, ""
        for subresource in kind.subresources:
            for verb in ("get", "create", "update", "patch", "delete"):
                yield kind, verb, subresource


def may(role: str, route: Route) -> bool:
    kind, verb, subresource = route
    if role == "owner":
        return True
    if role == "operate":
        return True
    if role == "view":
        is_question = kind.group in QUESTIONS and verb == "create"
        is_hidden = kind.resource == "secrets" or subresource in ACTING
        return is_question or (verb in READS and not is_hidden)
    return kind.plural in SELF and verb == "create" and role != "anonymous"


def path(route: Route, namespace: str = "default") -> str:
    kind, verb, subresource = route
    root = f"/apis/{kind.group}/{kind.version}" if kind.group else f"/api/{kind.version}"
    place = f"{root}/namespaces/{namespace}/{kind.plural}" if kind.namespaced else f"{root}/{kind.plural}"
    named = f"{place}/web" if METHODS[verb][1] or subresource else place
    return f"{named}/{subresource}" if subresource else named


def code(door: Door, user: User | None, route: Route) -> int:
    method = METHODS[route[1]][0]
    query = "watch=true" if route[1] == "watch" else "dryRun=All" if method != "GET" else ""
    headers = {"content-type": "application/merge-patch+json" if method == "PATCH" else "application/json"}
    body = b"{}" if method in ("POST", "PUT", "PATCH") else b""
    answer = door.api.serve(HttpRequest(method, path(route), query, headers, body, user))
    if not isinstance(answer, HttpResponse):
        answer.cancel()
    return answer.status


@pytest.fixture
def door(door: Door) -> Door:
    write_default_policy(door.server)
    return door


@pytest.mark.parametrize("role", USERS)
def test_a_role_does_what_it_says_and_nothing_else(door: Door, role: str):
    wrong = []
    for route in routes(door):
        got = code(door, USERS[role], route)
        if (got == 403) is may(role, route) or got in (401, 500):
            wrong.append((path(route), route[1], got))
    assert wrong == []


def test_whom_nobody_knows_is_unauthorized_everywhere(door: Door):
    assert {code(door, None, route) for route in routes(door)} == {401}


@pytest.mark.parametrize("role", USERS)
def test_what_belongs_to_no_kind(door: Door, role: str):
    everybody = {
        address: door.api.serve(HttpRequest("GET", address, user=USERS[role])).status for address in PUBLIC
    }
    assert set(everybody.values()) == {200}
    found = {
        address: door.api.serve(HttpRequest("GET", address, user=USERS[role])).status for address in DISCOVERY
    }
    assert set(found.values()) == ({403} if role == "anonymous" else {200})
    allowed = door.api.serve(HttpRequest("GET", "/metrics", user=USERS[role])).status == 200
    assert allowed is (role in ("owner", "operate", "view"))


def test_there_are_as_many_routes_as_one_thinks(door: Door):
    made = list(routes(door))
    assert len(made) > 700
    assert len({path(route) for route in made}) > 150


@pytest.mark.parametrize(
    ("path_", "method"),
    [
        ("/api/v1/namespaces/default/serviceaccounts/default/token", "POST"),
        ("/api/v1/namespaces/default/pods/web/exec", "GET"),
        ("/api/v1/namespaces/default/pods/web/portforward", "GET"),
        ("/api/v1/namespaces/default/services/web/proxy", "GET"),
        ("/api/v1/nodes/node-1/proxy/metrics", "GET"),
        ("/api/v1/namespaces/default/secrets?watch=true", "GET"),
        ("/api/v1/watch/namespaces/default/secrets", "GET"),
        ("/api/v1/watch/secrets", "GET"),
        ("/apis/rbac.authorization.k8s.io/v1/clusterroles", "POST"),
    ],
)
def test_viewers_find_no_side_door(door: Door, path_: str, method: str):
    where, _, query = path_.partition("?")
    answer = door.api.serve(HttpRequest(method, where, query, {}, b"{}", USERS["view"]))
    assert answer.status in (403, 404), answer


@pytest.mark.parametrize("header", ["impersonate-user", "impersonate-group", "impersonate-uid"])
@pytest.mark.parametrize("role", ["operate", "view", "account", "user"])
def test_nobody_but_owners_acts_as_somebody_else(door: Door, role: str, header: str):
    headers = {"impersonate-user": "eve"} | {header: "system:masters"}
    answer = door.api.serve(HttpRequest("GET", "/api/v1/secrets", "", headers, b"", USERS[role]))
    assert answer.status == 403
