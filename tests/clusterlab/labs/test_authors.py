"""Writes are shown with the names of those who made them."""

from __future__ import annotations

from typing import Any

import pytest

from clusterlab.labs.access import Access
from clusterlab.labs.authors import actor_of, names_of, signed
from clusterlab.labs.models import Cluster, Membership, Role
from simcore.explain.markers import Marker
from tests.clusterlab.conftest import Browser, Own

TEXT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"


@pytest.fixture
def member(db: None) -> Membership:
    cluster = Cluster.objects.create(name="lab")
    return Membership.objects.create(cluster=cluster, role=Role.OPERATE, visitor_hash="x", name="Amber Otter")


def test_a_member_signs_with_role_and_number(member: Membership) -> None:
    assert actor_of(Access(member.cluster, Role.OPERATE, member)) == f"user:operate-{member.pk}"
    assert actor_of(Access(member.cluster, Role.OWNER)) == "user:owner"


@pytest.mark.parametrize("sign", ["operate-{}", "user:operate-{}", "owner-{}", "user:view-{}"])
def test_a_signature_is_read_as_a_name(member: Membership, sign: str) -> None:
    author = sign.format(member.pk)
    assert names_of(member.cluster_id, [author, author, "kubelet/node-1"]) == {author: "Amber Otter"}


@pytest.mark.parametrize(
    "author",
    ["", "owner", "owner-", "operate-0", "kubernetes-admin", "user:operate-1x", f"view-{10**30}", "x-1"],
)
def test_what_is_no_members_signature_has_no_name(member: Membership, author: str) -> None:
    assert names_of(member.cluster_id, [author]) == {}


def test_a_member_of_another_cluster_is_nobody_here(member: Membership) -> None:
    assert names_of("another", [f"operate-{member.pk}"]) == {}


def test_markers_are_signed_with_names(member: Membership) -> None:
    mine, other = (
        Marker(5, 900, "apply", "created Pod a", author) for author in (f"operate-{member.pk}", "dana")
    )
    found = signed(member.cluster_id, [mine, other])
    assert found == [mine._replace(author="Amber Otter"), other]


def upload(browser: Browser, cluster_id: str, name: str) -> None:
    document = {"name": "x.yaml", "text": TEXT % name}
    answer = browser.post_json(f"/api/clusters/{cluster_id}/uploads/", {"documents": [document]})
    assert answer.status_code == 200, answer.content


def of(own: Own, kind: str, name: str) -> Any:
    return own.get(f"object-history/?path={kind}/default/{name}")["revisions"][0]


def test_everybodys_writes_have_their_name(own: Own) -> None:
    own.browser.send("PATCH", "/api/me/", {"name": "Dana"})
    link = own.browser.post_json(f"/api/clusters/{own.id}/shares/", {"role": "operate", "expires_in": "1h"})
    guest = Browser()
    guest.get(link.json()["url"])
    upload(own.browser, own.id, "one")
    upload(guest, own.id, "two")
    guests_name = guest.get("/api/me/").json()["name"]
    authors = [marker["author"] for marker in own.get("timeline/")["markers"] if marker["kind"] == "apply"]
    assert authors[-2:] == ["Dana", guests_name]
    assert [of(own, "configmaps", name)["author"] for name in ("one", "two")] == ["Dana", guests_name]
    step = own.get(f"trace/?rev={of(own, 'configmaps', 'two')['rev']}")["steps"][0]
    assert step["author"] == guests_name


def test_a_name_that_changes_later_counts_for_everything_before(own: Own) -> None:
    upload(own.browser, own.id, "one")
    for name in ("Kim", "Lee"):
        own.browser.send("PATCH", "/api/me/", {"name": name})
        assert of(own, "configmaps", "one")["author"] == name


def test_components_have_no_name(own: Own) -> None:
    revisions = own.get("object-history/?path=nodes/_/node-1")["revisions"]
    assert {revision["author"] for revision in revisions} == {None}


def test_a_claimed_cluster_is_its_accounts(own: Own) -> None:
    upload(own.browser, own.id, "one")
    credentials = {"username": "robin", "password": "a-long-enough-secret"}
    assert own.browser.post_json("/api/accounts/register/", credentials).status_code == 201
    own.browser.post_json("/api/accounts/claim/", {})
    assert of(own, "configmaps", "one")["author"] == "robin"
