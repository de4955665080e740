"""What every answer carries, what a fault shows, and what production is started with."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import redis
from django.conf import settings
from django.test import Client

from tests.clusterlab.conftest import Browser


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
