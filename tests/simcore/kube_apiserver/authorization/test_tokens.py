"""Service account tokens: requested, read, reviewed, and over when what they stand for is gone."""

from __future__ import annotations

from typing import Any

from simcore.kube_apiserver.authentication.tokens import is_signed, looks_like_token
from tests.simcore.kube_apiserver.http.door import PODS, Door, pod

ACCOUNTS = "/api/v1/namespaces/default/serviceaccounts"
BOT = f"{ACCOUNTS}/bot"


def token(door: Door, **spec: Any) -> str:
    door.post(ACCOUNTS, {"metadata": {"name": "bot"}})
    status, body = door.post(f"{BOT}/token", {"spec": spec})
    assert status == 201, body
    found: str = body["status"]["token"]
    return found


def reviewed(door: Door, text: str) -> Any:
    _, body = door.post("/apis/authentication.k8s.io/v1/tokenreviews", {"spec": {"token": text}})
    return body["status"]


def test_a_token_stands_for_its_account(door: Door):
    status = reviewed(door, token(door))
    assert status["authenticated"]
    assert status["user"]["username"] == "system:serviceaccount:default:bot"
    assert status["user"]["groups"] == [
        "system:serviceaccounts",
        "system:serviceaccounts:default",
        "system:authenticated",
    ]


def test_a_token_ends_at_its_time(door: Door):
    text = token(door, expirationSeconds=600)
    door.clock.advance_to(599_000)
    assert door.api.tokens.user(text) is not None
    door.clock.advance_to(600_000)
    assert door.api.tokens.user(text) is None


def test_a_token_ends_with_its_account_and_with_its_pod(door: Door):
    door.post(PODS, pod("web"))
    bound = token(door, boundObjectRef={"kind": "Pod", "apiVersion": "v1", "name": "web"})
    free = token(door)
    door.delete(f"{PODS}/web", gracePeriodSeconds=0)
    assert (door.api.tokens.user(bound), door.api.tokens.user(free) is None) == (None, False)
    door.delete(BOT)
    assert door.api.tokens.user(free) is None


def test_a_token_for_somebody_else_is_refused(door: Door):
    assert door.api.tokens.user(token(door, audiences=["vault"])) is None


def test_a_forged_token_is_refused(door: Door):
    head, claims, signature = token(door).split(".")
    assert reviewed(door, f"{head}.{claims[:-2]}AA.{signature}") == {
        "user": {},
        "error": "[invalid bearer token]",
    }
    assert not is_signed(f"{head}.{claims}.", b"key")
    assert not looks_like_token("abc")


def test_a_token_lives_ten_minutes_at_least(door: Door):
    door.post(ACCOUNTS, {"metadata": {"name": "bot"}})
    status, body = door.post(f"{BOT}/token", {"spec": {"expirationSeconds": 60}})
    assert (status, body["message"]) == (
        422,
        'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 60: '
        "may not specify a duration less than 10 minutes",
    )
    assert door.post(f"{ACCOUNTS}/none/token", {})[0] == 404
