"""Requests under the x-ray, the audit log and the store's keys, over the REST API."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from clusterlab.labs.models import Cluster, Role
from clusterlab.labs.services import share
from simcore.kube_apiserver.http.message import HttpRequest
from simcore.kube_apiserver.users import ADMIN
from tests.clusterlab.conftest import Browser, Own

pytestmark = pytest.mark.django_db
MAPS = "/api/v1/namespaces/default/configmaps"
NOTES = "/registry/configmaps/default/notes"
SECRET = b'{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"stringData":{"password":"hidden"}}'


def ask(own: Own, method: str, path: str, body: bytes = b"") -> int:
    """As kubectl does."""
    headers = {"content-type": "application/json", "user-agent": "kubectl/v1.33"}
    return own.resident.http.serve(HttpRequest(method, path, "", headers, body, ADMIN)).status


def member(own: Own, role: Role) -> Browser:
    token = share(Cluster.objects.get(pk=own.id), role, "1d").token
    other = Browser()
    other.get(f"/s/{token}")
    return other


def document(**data: str) -> bytes:
    text = ",".join(f'"{name}":"{value}"' for name, value in data.items())
    return b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"notes"},"data":{%b}}' % text.encode()


def test_requests_are_told_with_their_stages(own: Own) -> None:
    assert ask(own, "POST", MAPS, document(a="1")) == 201
    assert ask(own, "POST", MAPS, b"{") == 400
    refused, made = own.get("requests/")
    assert (made["verb"], made["path"], made["code"], made["user"]) == (
        "create",
        MAPS,
        201,
        "kubernetes-admin",
    )
    assert made["rev"] == own.resident.store.revision
    assert [stage["verdict"] for stage in made["stages"]] == ["passed"] * len(made["stages"])
    assert made["ms"] > 0
    assert sum(stage["us"] for stage in made["stages"]) / 1000 <= made["ms"] + 0.1
    assert (refused["code"], refused["stages"][-1]["name"], refused["stages"][-1]["verdict"]) == (
        400,
        "decoding",
        "refused",
    )


def test_a_request_shows_its_object_before_and_after(own: Own) -> None:
    ask(own, "POST", MAPS, document(a="1"))
    ask(own, "PUT", f"{MAPS}/notes", document(a="2"))
    number = own.get("requests/?verb=update")[0]["n"]
    told = own.get(f"requests/{number}/")
    assert (told["before"]["data"], told["after"]["data"]) == ({"a": "1"}, {"a": "2"})
    assert told["sent"] == document(a="2").decode()
    (written,) = told["objects"]
    assert written["key"] == NOTES
    assert written["before_rev"] < written["rev"] == own.resident.store.revision


def test_a_request_that_only_read_has_no_objects(own: Own) -> None:
    ask(own, "GET", MAPS)
    told = own.get(f"requests/{own.get('requests/')[0]['n']}/")
    assert (told["before"], told["after"], told["objects"]) == (None, None, [])


def test_a_request_that_is_not_kept_is_not_found(own: Own) -> None:
    assert own.get("requests/99999/", 404)["error"]["code"] == "request_not_found"


def test_requests_can_be_limited(own: Own) -> None:
    for _ in range(5):
        ask(own, "GET", MAPS)
    assert len(own.get("requests/?limit=3")) == 3
    assert own.get("requests/?verb=delete") == []


def test_viewers_see_requests_and_no_secrets(own: Own) -> None:
    assert ask(own, "POST", "/api/v1/namespaces/default/secrets", SECRET) == 201
    number = own.get("requests/")[0]["n"]
    assert own.get(f"requests/{number}/")["after"]["data"] == {"password": "aGlkZGVu"}
    viewer = member(own, Role.VIEW)
    told = viewer.get(f"/api/clusters/{own.id}/requests/{number}/").json()
    assert told["objects"][0]["hidden"] is True
    assert (told["after"], told["sent"]) == (None, "")
    assert "aGlkZGVu" not in str(told)
    assert "hidden" not in str(told["sent"])


@pytest.mark.parametrize(
    "path",
    ["requests/", "requests/1/", "audit/", "audit/policy/", "keys/", f"keys/value/?key={quote(NOTES)}"],
)
def test_strangers_find_nothing(own: Own, stranger: Browser, path: str) -> None:
    assert stranger.get(f"/api/clusters/{own.id}/{path}").status_code == 404


def test_the_audit_log_tells_who_changed_what(own: Own) -> None:
    ask(own, "POST", MAPS, document(a="1"))
    ask(own, "GET", MAPS)
    (event,) = own.get("audit/")["events"]
    assert (event["verb"], event["objectRef"]["resource"]) == ("create", "configmaps")
    assert (event["user"]["username"], event["userAgent"]) == ("kubernetes-admin", "kubectl/v1.33")


def test_an_owners_policy_counts_from_the_next_request_on(own: Own) -> None:
    policy = {
        "apiVersion": "audit.k8s.io/v1",
        "kind": "Policy",
        "rules": [{"level": "RequestResponse", "resources": [{"resources": ["configmaps"]}]}],
    }
    default = own.get("audit/policy/")["policy"]
    assert default["rules"][-1] == {"level": "Metadata"}
    answer = own.browser.send("PUT", f"/api/clusters/{own.id}/audit/policy/", {"policy": policy})
    assert (answer.status_code, answer.json()) == (200, {"policy": policy})
    assert own.get("audit/policy/")["policy"] == policy
    ask(own, "POST", MAPS, document(a="1"))
    (event,) = own.get("audit/")["events"]
    assert event["requestObject"]["data"] == {"a": "1"}
    assert event["responseObject"]["metadata"]["name"] == "notes"


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        ({}, "kind must be Policy"),
        (
            {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": [{"level": "x"}]},
            "rules[0].level must be one of None, Metadata, Request, RequestResponse",
        ),
    ],
    ids=["nothing", "a level that is none"],
)
def test_what_is_no_policy_is_refused(own: Own, policy: Any, why: str) -> None:
    answer = own.browser.send("PUT", f"/api/clusters/{own.id}/audit/policy/", {"policy": policy})
    assert answer.status_code == 400
    assert answer.json()["error"]["details"] == {"fields": {"policy": [why]}}


@pytest.mark.parametrize(("role", "reads"), [(Role.VIEW, False), (Role.OPERATE, True)])
def test_the_audit_log_is_for_those_who_may_change_things(own: Own, role: Role, reads: bool) -> None:
    other = member(own, role)
    assert other.get(f"/api/clusters/{own.id}/audit/").status_code == (200 if reads else 403)
    policy = {"policy": {"kind": "Policy"}}
    assert other.send("PUT", f"/api/clusters/{own.id}/audit/policy/", policy).status_code == 403


def test_keys_are_listed_in_pages(own: Own) -> None:
    own.put(a="1")
    first = own.get("keys/?prefix=/registry/&limit=2")
    assert [key["key"] for key in first["keys"]] == sorted(key["key"] for key in first["keys"])
    assert (len(first["keys"]), first["more"]) == (2, True)
    last = first["keys"][-1]["key"]
    rest = own.get(f"keys/?prefix=/registry/&limit=1000&start={quote(last)}")
    assert first["total"] == 2 + len(rest["keys"])
    (row,) = own.get(f"keys/?prefix={quote(NOTES)}")["keys"]
    assert (row["key"], row["version"], row["lease"]) == (NOTES, 1, 0)
    assert row["create_rev"] == row["mod_rev"] == own.resident.store.revision


def test_a_value_is_shown_as_it_is_and_as_it_was(own: Own) -> None:
    first = own.put(a="1")
    own.put(a="2")
    now = own.get(f"keys/value/?key={quote(NOTES)}")
    then = own.get(f"keys/value/?key={quote(NOTES)}&rev={first}")
    assert '"a":"2"' in now["value"]
    assert '"a":"1"' in then["value"]
    assert (then["mod_rev"], now["version"], now["bytes"]) == (first, 2, len(now["value"]))


def test_a_key_that_is_not_there_is_not_found(own: Own) -> None:
    assert own.get("keys/value/?key=nothing", 404)["error"]["message"] == "there is no key nothing"
    assert own.get("keys/value/", 404)["error"]["message"] == "there is no key "


def test_owners_write_past_the_api_server(own: Own) -> None:
    own.put(a="1")
    value = own.get(f"keys/value/?key={quote(NOTES)}")["value"].replace('"1"', '"99"')
    answer = own.browser.send(
        "PUT", f"/api/clusters/{own.id}/keys/value/?key={quote(NOTES)}", {"value": value}
    )
    assert answer.status_code == 200
    assert (answer.json()["version"], answer.json()["value"]) == (2, value)
    shown = own.get("object/?path=configmaps/default/notes")
    assert shown["object"]["data"] == {"a": "99"}


@pytest.mark.parametrize(
    ("key", "value", "status"),
    [
        ("/registry/pods/default/p", "x", 400),
        ("/sim/cluster", "{}", 403),
        ("own", " with spaces ", 200),
        ("", "x", 400),
    ],
)
def test_what_may_be_put(own: Own, key: str, value: str, status: int) -> None:
    path = f"/api/clusters/{own.id}/keys/value/?key={quote(key)}"
    answer = own.browser.send("PUT", path, {"value": value})
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["value"] == value


def test_owners_delete_keys(own: Own) -> None:
    own.put(a="1")
    answer = own.browser.send("DELETE", f"/api/clusters/{own.id}/keys/?key=/registry/configmaps/&prefix=true")
    assert NOTES in answer.json()["deleted"]
    again = own.browser.send("DELETE", f"/api/clusters/{own.id}/keys/?key={quote(NOTES)}")
    assert again.json() == {"deleted": []}


@pytest.mark.parametrize("role", [Role.VIEW, Role.OPERATE])
def test_members_read_keys_and_write_none(own: Own, role: Role) -> None:
    own.put(a="1")
    other, base = member(own, role), f"/api/clusters/{own.id}/keys/"
    assert other.get(f"{base}?prefix=/registry/").status_code == 200
    assert other.get(f"{base}value/?key={quote(NOTES)}").status_code == 200
    assert other.send("PUT", f"{base}value/?key=own", {"value": "x"}).status_code == 403
    assert other.send("DELETE", f"{base}?key={quote(NOTES)}").status_code == 403


def test_viewers_do_not_read_the_values_of_secrets(own: Own) -> None:
    ask(own, "POST", "/api/v1/namespaces/default/secrets", SECRET)
    key = quote("/registry/secrets/default/s")
    for role, status in ((Role.VIEW, 403), (Role.OPERATE, 200)):
        other = member(own, role)
        assert other.get(f"/api/clusters/{own.id}/keys/value/?key={key}").status_code == status
