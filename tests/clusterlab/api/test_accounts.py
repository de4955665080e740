"""Accounts, names, and whose clusters are whose."""

from __future__ import annotations

from typing import Any

import pytest
import redis

from clusterlab.labs import accounts
from clusterlab.labs.models import Cluster, Membership, Role
from clusterlab.labs.services import share
from tests.clusterlab.conftest import Browser

pytestmark = pytest.mark.django_db
PASSWORD = "seven quiet otters"


@pytest.fixture(autouse=True)
def _no_tries_yet(client_of_redis: redis.Redis) -> None:
    for key in client_of_redis.scan_iter("tries:*"):
        client_of_redis.delete(key)


def credentials(name: str = "dana", password: str = PASSWORD) -> dict[str, str]:
    return {"username": name, "password": password}


def me(browser: Browser) -> Any:
    return browser.get("/api/me/").json()


def clusters(browser: Browser, query: str = "") -> list[str]:
    return [cluster["id"] for cluster in browser.get(f"/api/clusters/{query}").json()]


def test_a_visitor_has_an_animals_name_that_stays(browser: Browser) -> None:
    first = me(browser)
    assert len(first["name"].split()) == 2
    assert first["account"] is None
    assert me(browser) == first


def test_a_visitor_may_choose_a_name_and_drop_it_again(browser: Browser) -> None:
    animal = me(browser)["name"]
    assert browser.send("PATCH", "/api/me/", {"name": "Dana"}).json()["name"] == "Dana"
    assert me(browser)["name"] == "Dana"
    assert browser.send("PATCH", "/api/me/", {"name": ""}).json()["name"] == animal
    assert browser.send("PATCH", "/api/me/", {"name": "x" * 41}).status_code == 400


def test_registering_signs_in_and_clusters_can_be_claimed(browser: Browser) -> None:
    cluster_id = browser.new_cluster()
    told = browser.post_json("/api/accounts/register/", credentials())
    assert told.status_code == 201
    assert (told.json()["name"], told.json()["account"]) == ("dana", {"username": "dana"})
    assert told.json()["claimable"] == [cluster_id]
    assert browser.post_json("/api/accounts/claim/", None).json() == {"claimed": [cluster_id]}
    assert me(browser)["claimable"] == []
    assert clusters(browser) == [cluster_id]


def test_a_claimed_cluster_is_the_accounts_in_every_browser(browser: Browser, stranger: Browser) -> None:
    cluster_id = browser.new_cluster()
    browser.post_json("/api/accounts/register/", credentials())
    browser.post_json("/api/accounts/claim/", None)
    assert cluster_id not in clusters(stranger)
    assert stranger.post_json("/api/accounts/login/", credentials()).status_code == 200
    assert cluster_id in clusters(stranger)
    assert browser.post_json("/api/accounts/logout/", None).json()["account"] is None
    assert clusters(browser) == []
    assert browser.get(f"/api/clusters/{cluster_id}/").status_code == 404


def test_an_unclaimed_cluster_stays_the_browsers_own_through_login_and_logout(browser: Browser) -> None:
    cluster_id = browser.new_cluster()
    browser.post_json("/api/accounts/register/", credentials())
    browser.post_json("/api/accounts/logout/", None)
    assert clusters(browser) == [cluster_id]
    assert me(browser)["claimable"] == [cluster_id]


def test_claiming_needs_an_account(browser: Browser) -> None:
    browser.new_cluster()
    assert browser.post_json("/api/accounts/claim/", None).status_code == 403


def test_a_membership_by_link_is_claimed_once(browser: Browser, stranger: Browser) -> None:
    made = share(Cluster.objects.get(pk=browser.new_cluster()), Role.VIEW, "1h")
    stranger.get(f"/s/{made.token}")
    stranger.post_json("/api/accounts/register/", credentials())
    stranger.post_json("/api/accounts/claim/", None)
    stranger.post_json("/api/accounts/logout/", None)
    stranger.get(f"/s/{made.token}")
    stranger.post_json("/api/accounts/login/", credentials())
    assert stranger.post_json("/api/accounts/claim/", None).status_code == 200
    assert Membership.objects.filter(share=made.link).count() == 1


@pytest.mark.parametrize(
    ("name", "password", "field"),
    [
        pytest.param("dana", "short", "password", id="a short password"),
        pytest.param("dana", "password1", "password", id="a common password"),
        pytest.param("dana-the-great", "dana-the-great", "password", id="the name as password"),
        pytest.param("no spaces", PASSWORD, "username", id="a name with a space"),
        pytest.param("x" * 151, PASSWORD, "username", id="a long name"),
    ],
)
def test_bad_credentials_are_refused_with_the_field(
    browser: Browser, name: str, password: str, field: str
) -> None:
    answer = browser.post_json("/api/accounts/register/", credentials(name, password))
    assert answer.status_code == 400
    assert field in answer.json()["error"]["details"]["fields"]


def test_a_name_is_given_once(browser: Browser, stranger: Browser) -> None:
    browser.post_json("/api/accounts/register/", credentials())
    answer = stranger.post_json("/api/accounts/register/", credentials())
    assert answer.json()["error"]["message"] == "This name is taken."


def test_a_wrong_password_and_an_unknown_name_look_the_same(browser: Browser, stranger: Browser) -> None:
    browser.post_json("/api/accounts/register/", credentials())
    wrong = stranger.post_json("/api/accounts/login/", credentials(password="another one"))
    nobody = stranger.post_json("/api/accounts/login/", credentials("nobody"))
    assert wrong.status_code == nobody.status_code == 400
    assert wrong.json() == nobody.json()


def test_tries_are_limited(browser: Browser) -> None:
    for _ in range(accounts.MOST_TRIES):
        browser.post_json("/api/accounts/login/", credentials("nobody"))
    answer = browser.post_json("/api/accounts/login/", credentials("nobody"))
    assert answer.status_code == 429
    assert answer.json()["error"]["code"] == "too_many_tries"


@pytest.mark.parametrize("act", ["register", "login", "logout", "claim"])
def test_another_pages_form_can_do_nothing(browser: Browser, act: str) -> None:
    assert browser.post(f"/api/accounts/{act}/", credentials()).status_code == 403


def test_a_cluster_is_renamed_and_put_away_and_fetched_again(browser: Browser) -> None:
    cluster_id = browser.new_cluster()
    path = f"/api/clusters/{cluster_id}/"
    assert browser.send("PATCH", path, {"name": "shop"}).json()["name"] == "shop"
    put_away = browser.send("PATCH", path, {"archived": True}).json()
    assert (put_away["archived"], put_away["name"]) == (True, "shop")
    assert clusters(browser) == []
    assert clusters(browser, "?archived=true") == [cluster_id]
    assert browser.get(path).status_code == 200
    browser.send("PATCH", path, {"archived": False})
    assert clusters(browser) == [cluster_id]


def test_a_pinned_link_opens_in_the_past(browser: Browser, stranger: Browser) -> None:
    cluster_id = browser.new_cluster()
    made = browser.post_json(f"/api/clusters/{cluster_id}/shares/", {"role": "view", "rev": 12}).json()
    assert made["rev"] == 12
    answer = stranger.get(made["url"].removeprefix("http://testserver"))
    assert answer.headers["Location"] == f"/c/{cluster_id}/map?rev=12"
    plain = browser.post_json(f"/api/clusters/{cluster_id}/shares/", {"role": "view"}).json()
    assert plain["rev"] is None
    assert (
        browser.post_json(f"/api/clusters/{cluster_id}/shares/", {"role": "view", "rev": 0}).status_code
        == 400
    )
