"""Every address of the API, every verb, every kind of caller: who is no member learns nothing, nobody does too much.

The addresses come from the route table, so a new one fails here until somebody says who may call it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import URLPattern, URLResolver

from clusterlab.api import urls
from clusterlab.labs.models import Cluster
from tests.clusterlab.conftest import Browser

LEAST_ROLE = {
    "": {"GET": "view", "PATCH": "owner", "DELETE": "owner"},
    "clock/": {"GET": "view", "POST": "operate"},
    "fork/": {"POST": "view"},
    "kubeconfig/": {"GET": "view"},
    "batch/": {"POST": "operate"},
    "uploads/": {"POST": "operate"},
    "uploads/<job>/": {"GET": "operate", "DELETE": "operate"},
    "shares/": {"GET": "owner", "POST": "owner"},
    "shares/<share_id>/": {"DELETE": "owner"},
    "nodes/": {"POST": "operate"},
    "nodes/<name>/": {"DELETE": "operate"},
    "nodes/<name>/fault/": {"POST": "operate"},
    "faults/": {"GET": "view", "POST": "operate"},
    "faults/registries/": {"GET": "view"},
    "faults/preview/": {"POST": "view"},
    "faults/<fault_id>/": {"DELETE": "operate"},
    "scheduling/": {"GET": "view"},
    "scheduling/<namespace>/<name>/": {"GET": "view"},
    "scheduling/<namespace>/<name>/fixes/": {"POST": "view"},
    "scheduler/configuration/": {"GET": "view", "PUT": "operate"},
    "scheduler/what-if/": {"POST": "view"},
    "scheduler/capacity/": {"POST": "view"},
    "scheduler/drain/<name>/": {"GET": "view"},
    "timeline/": {"GET": "view"},
    "picture/": {"GET": "view"},
    "object/": {"GET": "view"},
    "object-history/": {"GET": "view"},
    "diff/": {"GET": "view"},
    "compare/": {"GET": "view"},
    "trace/": {"GET": "view"},
    "why/": {"GET": "view"},
    "events/": {"GET": "view"},
    "logs/<namespace>/<pod>/": {"GET": "view"},
    "metrics/": {"GET": "view"},
    "net/": {"GET": "view"},
    "net/walk/": {"GET": "view"},
    "net/reachability/": {"GET": "view"},
    "images/": {"GET": "view", "PUT": "operate"},
    "requests/": {"GET": "view"},
    "requests/<number>/": {"GET": "view"},
    "auth/why/": {"GET": "view"},
    "auth/subjects/": {"GET": "view"},
    "audit/": {"GET": "operate"},
    "audit/policy/": {"GET": "view", "PUT": "owner"},
    "keys/": {"GET": "view", "DELETE": "owner"},
    "keys/value/": {"GET": "view", "PUT": "owner"},
}
ROLES = ["view", "operate", "owner"]
VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ARGUMENTS = {
    "share_id": "1",
    "name": "node-1",
    "namespace": "default",
    "pod": "web",
    "number": "1",
    "job": "some-job",
    "fault_id": "some-fault",
}
PREFIX = "clusters/<str:cluster_id>/"
MARK = "nobody-else-may-read-this"


def routes(patterns: list[Any], above: str = "") -> Iterator[tuple[str, set[str]]]:
    """(address, verbs that it takes)"""
    for entry in patterns:
        address = above + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, address)
        elif isinstance(entry, URLPattern):
            view = entry.callback.view_class  # type: ignore[attr-defined]
            yield address, {verb for verb in VERBS if hasattr(view, verb.lower())}


def calls() -> list[tuple[str, str, str]]:
    """(verb, address below a cluster, least role); what destroys the cluster comes last."""
    found = [(verb, path, role) for path, verbs in LEAST_ROLE.items() for verb, role in verbs.items()]
    return sorted(found, key=lambda call: (call[0] == "DELETE", call[1] == ""))


def filled(path: str) -> str:
    return re.sub(r"<(\w+)>", lambda found: ARGUMENTS[found[1]], path)


class Others:
    """A cluster, its owner, and everybody who is not."""

    def __init__(self, owner: Browser) -> None:
        self.owner, self.cluster_id = owner, owner.new_cluster(name=MARK)

    def ask(self, who: Client, verb: str, path: str, cluster_id: str = "") -> Any:
        address = f"/api/clusters/{cluster_id or self.cluster_id}/{filled(path)}"
        if isinstance(who, Browser):
            return who.send(verb, address, {})
        return who.generic(verb, address, b"{}", "application/json")

    def guest(self, role: str, **more: Any) -> Browser:
        wish = {"role": role, "expires_in": "1h", **more}
        made = self.owner.post_json(f"/api/clusters/{self.cluster_id}/shares/", wish).json()
        guest = Browser()
        guest.get(made["url"])
        self.last_share = made["id"]
        return guest

    def revoke_last(self) -> None:
        path = f"/api/clusters/{self.cluster_id}/shares/{self.last_share}/"
        assert self.owner.send("DELETE", path).status_code == 204


@pytest.fixture
def others(browser: Browser) -> Others:
    return Others(browser)


def test_the_table_names_every_address_and_verb() -> None:
    found = {
        re.sub(r"<\w+:", "<", address.removeprefix(PREFIX)): verbs
        for address, verbs in routes(urls.urlpatterns)
        if address.startswith(PREFIX)
    }
    assert found == {path: set(verbs) for path, verbs in LEAST_ROLE.items()}


@pytest.mark.parametrize("role", [*ROLES, "pinned"])
def test_a_member_may_do_what_the_role_says_and_no_more(others: Others, role: str) -> None:
    member = others.owner
    if role != "owner":
        member = others.guest(
            "view" if role == "pinned" else role, **({"rev": 3} if role == "pinned" else {})
        )
    rank = ROLES.index("view" if role == "pinned" else role)
    for verb, path, least in calls():
        answer = others.ask(member, verb, path)
        told = (verb, path, answer.status_code, answer.content[:200])
        assert answer.status_code < 500, told
        if rank >= ROLES.index(least):
            assert answer.status_code != 403, told
            assert b"cluster_not_found" not in answer.content, told
        else:
            assert answer.status_code == 403, told
            assert answer.json()["error"]["code"] == "permission_denied", told
    assert (Cluster.objects.get(pk=others.cluster_id).deleted_at is None) is (role != "owner")


@pytest.mark.parametrize("who", ["stranger", "anonymous", "revoked", "with a token"])
def test_for_others_the_cluster_is_not_there(others: Others, stranger: Browser, who: str) -> None:
    caller: Client = {"stranger": stranger, "anonymous": Browser()}.get(who) or others.guest("operate")
    if who == "with a token":
        text = caller.get(f"/api/clusters/{others.cluster_id}/kubeconfig/").content
        token = yaml.safe_load(text)["users"][0]["user"]["token"]
        caller = Client(headers={"Authorization": f"Bearer {token}"})
    if who == "revoked":
        others.revoke_last()
    for verb, path, _ in calls():
        answer, nothing = (others.ask(caller, verb, path, cluster) for cluster in ("", "nothing"))
        told = (verb, path, answer.content[:200])
        assert answer.status_code == nothing.status_code == 404, told
        assert answer.content == nothing.content, told
        assert MARK.encode() not in answer.content, told
    listed = caller.get("/api/clusters/").content
    assert others.cluster_id.encode() not in listed
    assert caller.get(f"/c/{others.cluster_id}/map").status_code == 404


def test_an_unsafe_call_without_the_csrf_token_is_refused(others: Others) -> None:
    addresses = [(verb, f"/api/clusters/{others.cluster_id}/{filled(path)}") for verb, path, _ in calls()]
    addresses += [
        (verb, f"/api/{p}") for p, verbs in routes(urls.urlpatterns) if "<" not in p for verb in verbs
    ]
    unsafe = [(verb, address) for verb, address in addresses if verb != "GET"]
    assert len(unsafe) > 15
    for verb, address in unsafe:
        answer = others.owner.generic(verb, address, b"{}", "application/json")
        assert answer.status_code == 403, (verb, address)
        assert "CSRF" in answer.json()["error"]["message"]


def test_an_unsafe_call_from_another_site_is_refused(others: Others) -> None:
    token = others.owner.cookies["csrftoken"].value
    headers = {"X-CSRFToken": token, "Origin": "https://evil.example"}
    path = f"/api/clusters/{others.cluster_id}/"
    assert others.owner.generic("DELETE", path, headers=headers).status_code == 403
    assert others.owner.get(path).status_code == 200


def test_a_cluster_of_others_cannot_be_compared_with(others: Others, stranger: Browser) -> None:
    own = stranger.new_cluster()
    for first, second in ((own, others.cluster_id), (others.cluster_id, own), (own, "nothing")):
        answer = stranger.get(f"/api/clusters/{first}/compare/?with={second}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "cluster_not_found")


def test_a_link_is_no_way_to_a_greater_role(others: Others) -> None:
    guest = others.guest("operate")
    for role in ("view", "operate", "owner"):
        wish = {"role": role, "expires_in": "1h"}
        assert guest.post_json(f"/api/clusters/{others.cluster_id}/shares/", wish).status_code == 403


def test_a_token_opens_its_own_cluster_only(others: Others) -> None:
    from clusterlab.labs.access import access_by_token

    other = others.owner.new_cluster()
    text = others.owner.get(f"/api/clusters/{other}/kubeconfig/").content
    token = yaml.safe_load(text)["users"][0]["user"]["token"]
    assert access_by_token(token, other) is not None
    assert access_by_token(token, others.cluster_id) is None


def test_whoever_only_looks_reads_no_secrets(others: Others) -> None:
    manifest = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s"},
        "stringData": {"password": MARK},
    }
    document = {"name": "s.yaml", "text": yaml.safe_dump(manifest)}
    path = f"/api/clusters/{others.cluster_id}/"
    assert others.owner.post_json(f"{path}uploads/", {"documents": [document]}).status_code == 200
    last = others.owner.get(f"{path}timeline/").json()["rev"]
    viewer = others.guest("view")
    secret = "path=secrets/default/s"
    assert viewer.get(f"{path}object/?{secret}").status_code == 403
    encoded = "bm9ib2R5LWVsc2UtbWF5LXJlYWQtdGhpcw"
    fork = viewer.post_json(f"{path}fork/", {}).json()["id"]
    addresses = [
        f"compare/?with={fork}", "requests/", "keys/?prefix=/registry/secrets/",
        "keys/value/?key=/registry/secrets/default/s", f"diff/?from=1&to={last}", f"diff/?from=1&to={last}&{secret}",
        f"object-history/?{secret}", f"trace/?rev={last}", f"why/?{secret}", "timeline/", "events/",
    ]  # fmt: skip
    for address in addresses:
        text = viewer.get(path + address).content.decode()
        assert MARK not in text and encoded not in text, address
    assert encoded in others.owner.get(f"{path}object/?{secret}").content.decode()
