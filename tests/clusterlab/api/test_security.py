"""Who is no member learns nothing, who only looks changes nothing, and nobody acts through another's browser."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import redis
from django.conf import settings
from django.test import Client

from clusterlab.labs.models import Cluster
from tests.clusterlab.conftest import Browser

EVERY_CALL = [
    ("GET", "", "view"),
    ("PATCH", "", "owner"),
    ("DELETE", "", "owner"),
    ("POST", "clock/", "operate"),
    ("POST", "uploads/", "operate"),
    ("GET", "kubeconfig/", "view"),
    ("GET", "shares/", "owner"),
    ("POST", "shares/", "owner"),
    ("DELETE", "shares/1/", "owner"),
    ("POST", "nodes/", "operate"),
    ("DELETE", "nodes/node-1/", "operate"),
    ("POST", "nodes/node-1/fault/", "operate"),
]
BODY = {"name": "x", "add": 1, "action": "kill", "role": "view", "documents": []}
ORDER = ["view", "operate", "owner"]


def join(owner: Browser, cluster_id: str, role: str) -> Browser:
    """A second browser that has opened a share link."""
    made = owner.post_json(f"/api/clusters/{cluster_id}/shares/", {"role": role, "expires_in": "1h"})
    guest = Browser()
    guest.get(made.json()["url"])
    return guest


@pytest.mark.parametrize(("method", "path", "role"), EVERY_CALL, ids=lambda value: str(value))
def test_a_cluster_of_others_is_not_there(
    browser: Browser, stranger: Browser, method: str, path: str, role: str
) -> None:
    cluster_id = browser.new_cluster()
    of_others = stranger.send(method, f"/api/clusters/{cluster_id}/{path}", BODY)
    of_nobody = stranger.send(method, f"/api/clusters/nothing/{path}", BODY)
    assert of_others.status_code == of_nobody.status_code == 404
    assert of_others.json() == of_nobody.json()


@pytest.mark.parametrize("guest_role", ["view", "operate"])
def test_a_guest_may_do_what_the_role_says(browser: Browser, guest_role: str) -> None:
    cluster_id = browser.new_cluster()
    guest = join(browser, cluster_id, guest_role)
    for method, path, needed in EVERY_CALL:
        answer = guest.send(method, f"/api/clusters/{cluster_id}/{path}", BODY)
        may = ORDER.index(guest_role) >= ORDER.index(needed)
        assert (answer.status_code != 403) is may, (method, path, answer.content)
    assert Cluster.objects.get(pk=cluster_id).deleted_at is None


def test_an_unsafe_call_without_the_csrf_token_is_refused(browser: Browser) -> None:
    cluster_id = browser.new_cluster()
    for method, path, _ in EVERY_CALL:
        if method != "GET":
            answer = browser.generic(method, f"/api/clusters/{cluster_id}/{path}", b"{}", "application/json")
            assert answer.status_code == 403, (method, path)
            assert "CSRF" in answer.json()["error"]["message"]


def test_a_visitor_without_a_session_has_nothing(db: None) -> None:
    assert Client().get("/api/clusters/").json() == []


def test_every_response_carries_a_strict_policy(browser: Browser) -> None:
    for path in ("/", "/api/examples/", "/nowhere", "/s/wrong"):
        answer = browser.get(path)
        policy = answer["Content-Security-Policy"]
        assert policy.startswith("default-src 'self'")
        assert "unsafe" not in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"


def test_the_page_holds_no_inline_script(browser: Browser) -> None:
    text = browser.get("/").content.decode()
    assert "<script>" not in text
    assert " onload" not in text


def test_a_wrong_address_answers_in_the_shape_of_its_part(browser: Browser) -> None:
    assert browser.get("/api/nothing/").json()["error"]["code"] == "not_found"
    assert b'<div id="root">' in browser.get("/nowhere").content
    assert browser.get("/c/nothing/map").status_code == 404


def test_a_fault_of_ours_shows_no_inside(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clusterlab.api.views.catalogue", lambda: 1 / 0)
    browser.raise_request_exception = False
    answer = browser.get("/api/examples/")
    assert answer.status_code == 500
    assert b"ZeroDivisionError" not in answer.content


def test_a_redis_that_is_gone_is_a_503(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise redis.ConnectionError("refused")

    cluster_id = browser.new_cluster()
    monkeypatch.setattr("clusterlab.engine.pace.read", refuse)
    answer = browser.get(f"/api/clusters/{cluster_id}/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "store_unavailable")


def test_production_settings_pass_djangos_deployment_checks() -> None:
    env = {
        **os.environ,
        "HTTPS": "1",
        "SECRET_KEY": "k" * 20 + "0123456789abcdefghijABCDEFGHIJ!?",
        "DJANGO_SETTINGS_MODULE": "clusterlab.settings",
    }
    argv = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(argv, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
