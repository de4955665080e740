"""Share links: who opens one becomes a member, for as long as the link holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
import yaml
from django.utils import timezone

from clusterlab.labs.access import access_by_token
from clusterlab.labs.models import Membership, Role, ShareLink
from clusterlab.labs.tokens import hash_of
from tests.clusterlab.conftest import Browser


class Shared:
    """A cluster, its owner, and a guest who does not know it yet."""

    def __init__(self, owner: Browser) -> None:
        self.owner, self.guest, self.cluster_id = owner, Browser(), owner.new_cluster()

    def link(self, role: str = "view", expires_in: str = "1h") -> str:
        made = self.owner.post_json(
            f"/api/clusters/{self.cluster_id}/shares/", {"role": role, "expires_in": expires_in}
        )
        assert made.status_code == 201, made.content
        url: str = made.json()["url"]
        return url

    def role_of_guest(self) -> str | None:
        answer = self.guest.get(f"/api/clusters/{self.cluster_id}/")
        return answer.json()["role"] if answer.status_code == 200 else None

    def revoke(self) -> None:
        link = ShareLink.objects.get()
        path = f"/api/clusters/{self.cluster_id}/shares/{link.pk}/"
        assert self.owner.send("DELETE", path).status_code == 204


@pytest.fixture
def shared(browser: Browser) -> Shared:
    return Shared(browser)


def test_a_link_makes_a_member_and_leaves_the_address(shared: Shared) -> None:
    answer = shared.guest.get(shared.link())
    assert (answer.status_code, answer["Location"]) == (302, f"/c/{shared.cluster_id}/map")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert shared.role_of_guest() == "view"


def test_the_token_is_kept_nowhere(shared: Shared) -> None:
    token = shared.link().rsplit("/", 1)[1]
    assert len(token) >= 43
    link = ShareLink.objects.get()
    assert link.token_hash == hash_of(token)
    assert link.token_hint == token[:4]
    listed = shared.owner.get(f"/api/clusters/{shared.cluster_id}/shares/").json()
    assert token not in str(listed)
    assert "url" not in listed[0]


def test_opening_a_link_again_changes_nothing(shared: Shared) -> None:
    url = shared.link()
    shared.guest.get(url)
    shared.guest.get(url)
    assert Membership.objects.filter(share__isnull=False).count() == 1


def test_the_stronger_of_two_links_counts(shared: Shared) -> None:
    shared.guest.get(shared.link("view"))
    shared.guest.get(shared.link("operate"))
    assert shared.role_of_guest() == "operate"


def test_the_owner_stays_the_owner(shared: Shared) -> None:
    shared.owner.get(shared.link("view"))
    assert shared.owner.get(f"/api/clusters/{shared.cluster_id}/").json()["role"] == "owner"
    assert Membership.objects.filter(cluster_id=shared.cluster_id).count() == 1


def test_a_revoked_link_takes_its_memberships_and_tokens_along(shared: Shared) -> None:
    url = shared.link("operate")
    shared.guest.get(url)
    text = shared.guest.get(f"/api/clusters/{shared.cluster_id}/kubeconfig/").content
    token = yaml.safe_load(text)["users"][0]["user"]["token"]
    assert access_by_token(token, shared.cluster_id).role is Role.OPERATE
    shared.revoke()
    assert shared.role_of_guest() is None
    assert access_by_token(token, shared.cluster_id) is None
    answer = Browser().get(url)
    assert answer.status_code == 410
    assert b"This link was revoked." in answer.content
    assert shared.owner.get(f"/api/clusters/{shared.cluster_id}/shares/").json() == []


def test_an_expired_link_ends_the_same_way(shared: Shared) -> None:
    url = shared.link(expires_in="1d")
    shared.guest.get(url)
    ShareLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert shared.role_of_guest() is None
    answer = Browser().get(url)
    assert answer.status_code == 410
    assert b"This link has expired." in answer.content


@pytest.mark.parametrize(
    ("expires_in", "hours"), [("1h", 1), ("1d", 24), ("7d", 168), ("never", None)], ids=lambda v: str(v)
)
def test_a_link_lives_as_long_as_it_says(shared: Shared, expires_in: str, hours: int | None) -> None:
    shared.link(expires_in=expires_in)
    link = ShareLink.objects.get()
    if hours is None:
        assert link.expires_at is None
    else:
        assert abs(link.expires_at - link.created_at - timedelta(hours=hours)) < timedelta(seconds=5)


def test_a_link_of_a_deleted_cluster_says_so(shared: Shared) -> None:
    url = shared.link()
    shared.owner.send("DELETE", f"/api/clusters/{shared.cluster_id}/")
    answer = shared.guest.get(url)
    assert answer.status_code == 410
    assert b"was deleted" in answer.content


def test_a_link_that_never_was_is_not_found(shared: Shared) -> None:
    assert shared.guest.get("/s/nothing").status_code == 404


def test_looking_at_a_link_without_opening_it_makes_no_member(shared: Shared) -> None:
    shared.guest.head(shared.link())
    assert shared.role_of_guest() is None


@pytest.mark.parametrize("wish", [{"role": "owner"}, {"role": "view", "expires_in": "1y"}, {}], ids=str)
def test_a_link_nobody_may_make_is_refused(shared: Shared, wish: dict[str, str]) -> None:
    answer = shared.owner.post_json(f"/api/clusters/{shared.cluster_id}/shares/", wish)
    assert answer.status_code == 400


def test_a_link_of_another_cluster_cannot_be_revoked(shared: Shared, stranger: Browser) -> None:
    shared.link()
    own = stranger.get("/api/clusters/").json()[0]["id"]
    assert (
        stranger.send("DELETE", f"/api/clusters/{own}/shares/{ShareLink.objects.get().pk}/").status_code
        == 404
    )
    assert ShareLink.objects.get().revoked_at is None


def test_a_user_who_signs_in_keeps_what_was_joined_before(shared: Shared, django_user_model: type) -> None:
    shared.guest.get(shared.link("operate"))
    user = django_user_model.objects.create_user("kim")  # type: ignore[attr-defined]
    shared.guest.force_login(user)
    assert shared.role_of_guest() == "operate"
