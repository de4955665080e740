"""What can be done with clusters: bounds of every wish, and what is left when something ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import redis
from django.utils import timezone

from clusterlab import redis_clients
from clusterlab.engine import pace
from clusterlab.hub import NoSuchCluster, Resident, hub
from clusterlab.labs import creating, services
from clusterlab.labs.access import Access, Visitor, access_by_token, access_of, is_still_valid
from clusterlab.labs.examples import catalogue
from clusterlab.labs.models import Cluster, KubeToken, LogSegment, Membership, Role, ShareLink
from clusterlab.labs.people import ANIMALS, MANNERS, animal_name, name_of
from clusterlab.labs.spec import BadSpec, LabSpec
from clusterlab.labs.tokens import hash_of, new_id, new_token
from clusterlab.live.notices import access_key
from simcore.cluster.world import CLOCK

ME = Visitor("my-hash", name="Amber Otter")
SMALL = LabSpec(nodes=1, zones=1, seed=3, latency="instant", bare=True)


@pytest.fixture
def access(db: None, client_of_redis: redis.Redis) -> Access:
    return creating.create_cluster("mine", SMALL, visitor=ME)


@pytest.fixture
def resident(access: Access) -> Resident:
    return hub.get(access.cluster.id)


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"nodes": 0}, "nodes=0 is not between 1 and 5000"),
        ({"nodes": 5001}, "nodes=5001 is not between 1 and 5000"),
        ({"nodes": -1, "bare": True}, "nodes=-1 is not between 0 and 5000"),
        ({"zones": 0}, "zones=0 is not between 1 and 26"),
        ({"zones": 27}, "zones=27 is not between 1 and 26"),
        ({"speed": 0.01}, "speed=0.01 is not between 0.1 and 1000"),
        ({"speed": 1001}, "speed=1001 is not between 0.1 and 1000"),
        ({"cpu": "0"}, "cpu='0' is no positive quantity, like 4, 500m or 8Gi"),
        ({"cpu": "four"}, "cpu='four' is no positive quantity, like 4, 500m or 8Gi"),
        ({"cpu": "-1"}, "cpu='-1' is no positive quantity, like 4, 500m or 8Gi"),
        ({"memory": ""}, "memory='' is no positive quantity, like 4, 500m or 8Gi"),
        ({"memory": "8Gigs"}, "memory='8Gigs' is no positive quantity, like 4, 500m or 8Gi"),
        ({"latency": "slow"}, "latency='slow' is neither realistic nor instant"),
    ],
    ids=str,
)
def test_a_wish_out_of_bounds_is_refused_with_its_bounds(wish: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadSpec) as refused:
        LabSpec(**wish).checked()
    assert str(refused.value) == sentence


def test_a_wish_without_a_seed_gets_one_and_keeps_the_rest() -> None:
    wish = LabSpec(nodes=4, cpu="2")
    first, second = wish.checked(), wish.checked()
    assert first.seed is not None and second.seed is not None
    assert (first.nodes, first.cpu) == (4, "2")
    assert LabSpec(seed=7).checked().seed == 7
    assert LabSpec(nodes=0, bare=True, seed=1).checked().nodes == 0


def test_only_a_cluster_that_is_not_bare_has_a_control_planes_machine() -> None:
    assert LabSpec(seed=1).founding(0).control_plane
    assert not LabSpec(seed=1, bare=True).founding(0).control_plane


@pytest.mark.parametrize("name", ["x" * 64, "x" * 1000])
def test_a_name_that_is_too_long_makes_no_cluster(db: None, client_of_redis: redis.Redis, name: str) -> None:
    with pytest.raises(BadSpec, match="a name has at most 63 characters"):
        creating.create_cluster(name, SMALL, visitor=ME)
    assert not Cluster.objects.exists()


def test_an_example_that_is_none_makes_no_cluster(db: None, client_of_redis: redis.Redis) -> None:
    with pytest.raises(BadSpec, match="there is no example 'nothing'"):
        creating.create_cluster("mine", SMALL, visitor=ME, example="nothing")
    with pytest.raises(BadSpec, match="there is no example 'nothing'"):
        creating.spec_of_example("nothing")


@pytest.mark.parametrize("slug", list(catalogue()))
def test_every_example_has_words_bounds_and_manifests(slug: str) -> None:
    example = catalogue()[slug]
    assert creating.spec_of_example(slug).checked().nodes == example.settings["nodes"]
    assert example.title and example.summary.endswith(".")
    assert len(example.steps) == 3
    assert example.pods >= 0
    assert all({"apiVersion", "kind", "metadata"} <= set(obj) for obj in example.manifests())


def test_a_new_cluster_is_its_makers(access: Access) -> None:
    assert (access.role, access.cluster.nodes, access.cluster.settings["seed"]) == (Role.OWNER, 1, 3)
    assert access.membership is not None
    assert (access.membership.visitor_hash, access.membership.name) == ("my-hash", "Amber Otter")
    assert access_of(ME, access.cluster.id) == access
    assert access_of(Visitor("other"), access.cluster.id) is None
    assert access_of(Visitor(), access.cluster.id) is None


def test_a_cluster_that_is_deleted_leaves_nothing(access: Access, resident: Resident) -> None:
    cluster_id, client = access.cluster.id, redis_clients.shared_client()
    before = int(client.get(access_key(cluster_id)) or 0)
    services.delete_cluster(access.cluster)
    assert access_of(ME, cluster_id) is None
    assert not is_still_valid(access)
    assert not hub.has(resident)
    assert int(client.get(access_key(cluster_id)) or 0) == before + 1
    assert not LogSegment.objects.filter(cluster_id=cluster_id).exists()
    left = {key.decode().split(":")[1] for key in client.scan_iter(f"{{{cluster_id}}}:*")}
    assert left <= {"access-moves", "hinted"}
    with pytest.raises(NoSuchCluster):
        hub.get(cluster_id)


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"speed": 0.05}, "speed=0.05 is not between 0.1 and 1000, nor 0 (as fast as it can)"),
        ({"speed": 2000.0}, "speed=2000 is not between 0.1 and 1000, nor 0 (as fast as it can)"),
        ({"speed": -1.0}, "speed=-1 is not between 0.1 and 1000, nor 0 (as fast as it can)"),
        ({"steps": 0}, "step=0 is not between 1 and"),
        ({"steps": 10**9}, "step=1000000000 is not between 1 and"),
        ({"until": "pod/web ready", "limit_s": 0.0}, "limit_s=0 is not between 0 and 2592000"),
        ({"until": "pod/web ready", "limit_s": 1e9}, "limit_s=1e+09 is not between 0 and 2592000"),
    ],
    ids=str,
)
def test_a_clock_out_of_bounds_stays_as_it_is(
    resident: Resident, wish: dict[str, Any], sentence: str
) -> None:
    before = resident.record(CLOCK)
    with pytest.raises(BadSpec) as refused:
        services.set_clock(resident, "user:test", **wish)
    assert str(refused.value).startswith(sentence)
    assert resident.record(CLOCK) == before


def test_a_goal_that_is_no_condition_is_refused(resident: Resident) -> None:
    with pytest.raises(BadSpec):
        services.set_clock(resident, "user:test", until="whenever it suits")


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"paused": True}, {"speed": 1.0, "paused": True}),
        ({"speed": 5.0}, {"speed": 5.0, "paused": False}),
        ({"speed": 0.0}, {"speed": 0.0, "paused": False}),
        ({"steps": 3}, {"speed": 1.0, "paused": True, "steps": 3}),
        ({"speed": 2.0, "paused": True}, {"speed": 2.0, "paused": True}),
        ({}, {"speed": 1.0, "paused": False}),
    ],
    ids=str,
)
def test_the_clock_is_set_as_it_was_asked(
    resident: Resident, wish: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert services.set_clock(resident, "user:test", **wish) == expected
    assert resident.record(CLOCK) == expected


def test_single_steps_are_not_kept_for_the_next_wish(resident: Resident) -> None:
    services.set_clock(resident, "user:test", steps=3)
    assert services.set_clock(resident, "user:test", paused=False) == {"speed": 1.0, "paused": False}


def test_a_goal_lets_a_paused_cluster_run(resident: Resident) -> None:
    services.set_clock(resident, "user:test", paused=True)
    now = resident.clock.now()
    record = services.set_clock(resident, "user:test", until="node/node-1 ready", limit_s=60.0)
    assert not record["paused"]
    assert (record["goal"]["text"], record["goal"]["state"]) == ("node/node-1 ready", "running")
    assert now + 60_000 <= record["goal"]["until_ms"] <= resident.clock.now() + 60_000


def test_whoever_writes_wakes_the_cluster(
    resident: Resident, monkeypatch: pytest.MonkeyPatch, client_of_redis: redis.Redis
) -> None:
    from clusterlab.engine import hints

    told: list[str] = []
    monkeypatch.setattr(hints, "send", told.append)
    client_of_redis.delete(f"{{{resident.id}}}:hinted")
    pace.write(client_of_redis, resident.id, pace.Pace(1, 1, 1.0, "sleeping"))
    services.set_clock(resident, "user:test", speed=2.0)
    assert told == [resident.id]


@pytest.mark.parametrize(("role", "lifetime"), [(Role.OWNER, "1h"), (Role.VIEW, "1y"), (Role.VIEW, "")])
def test_a_link_that_nobody_may_make_is_none(access: Access, role: Role, lifetime: str) -> None:
    with pytest.raises(
        BadSpec, match="a link has the role view or operate and lives for one of 1h, 1d, 7d, never"
    ):
        services.share(access.cluster, role, lifetime)
    assert not ShareLink.objects.exists()


def test_a_link_is_joined_once_and_revoked_for_good(access: Access) -> None:
    link = services.share(access.cluster, Role.OPERATE, "1h").link
    guest = Visitor("guest", name="Quiet Lynx")
    member = services.join(link, guest)
    assert services.join(link, guest) == member
    assert (member.role, member.name) == ("operate", "Quiet Lynx")
    granted = access_of(guest, access.cluster.id)
    assert granted is not None and granted.role is Role.OPERATE and is_still_valid(granted)
    token = services.new_kube_token(granted)
    opened = access_by_token(token, access.cluster.id)
    assert opened is not None and opened.role is Role.OPERATE
    services.revoke(link)
    revoked_at = link.revoked_at
    services.revoke(link)
    assert link.revoked_at == revoked_at
    assert access_by_token(token, access.cluster.id) is None
    assert access_of(guest, access.cluster.id) is None
    assert not is_still_valid(granted) and not is_still_valid(opened)


def test_a_token_that_is_taken_back_opens_nothing(access: Access) -> None:
    token = services.new_kube_token(access)
    opened = access_by_token(token, access.cluster.id)
    assert opened is not None and is_still_valid(opened)
    KubeToken.objects.update(revoked_at=timezone.now())
    assert not is_still_valid(opened)
    assert access_by_token(token, access.cluster.id) is None
    assert access_by_token("another", access.cluster.id) is None


def test_the_strongest_membership_counts_while_it_lasts(access: Access) -> None:
    guest = Visitor("guest")
    view, operate = (services.share(access.cluster, role, "1h").link for role in (Role.VIEW, Role.OPERATE))
    services.join(view, guest)
    services.join(operate, guest)
    for link, left in ((None, Role.OPERATE), (operate, Role.VIEW)):
        if link is not None:
            link.expires_at = timezone.now() - timedelta(seconds=1)
            link.save()
        granted = access_of(guest, access.cluster.id)
        assert granted is not None and granted.role is left


def test_names_of_people(db: None) -> None:
    class User:
        is_authenticated = True

        def get_username(self) -> str:
            return "robin"

    assert name_of({}, User()) == "robin"
    assert name_of({"name": "Dana"}, None) == "Dana"
    assert name_of({"visitor": "secret"}, None) == animal_name("secret")
    manner, animal = animal_name("secret").split()
    assert manner in MANNERS and animal in ANIMALS


def test_ids_and_tokens_are_long_and_never_the_same() -> None:
    assert len({new_id() for _ in range(100)}) == 100
    assert all(len(new_token()) >= 43 for _ in range(10))
    assert hash_of("a") != hash_of("b")
    assert len(hash_of("a")) == 64


@pytest.mark.parametrize(
    ("one", "other", "includes"),
    [
        (Role.OWNER, Role.VIEW, True), (Role.OWNER, Role.OPERATE, True), (Role.OPERATE, Role.VIEW, True),
        (Role.VIEW, Role.OPERATE, False), (Role.OPERATE, Role.OWNER, False), (Role.VIEW, Role.VIEW, True),
    ],
)  # fmt: skip
def test_each_role_includes_those_before_it(one: Role, other: Role, includes: bool) -> None:
    assert one.includes(other) is includes


def test_what_the_database_keeps_can_be_told_apart(access: Access) -> None:
    link = services.share(access.cluster, Role.VIEW, "never", revision=5).link
    assert str(access.cluster) == f"mine ({access.cluster.id})"
    assert str(link) == f"view link {link.token_hint}... of {access.cluster.id}"
    assert str(Membership.objects.get()) == f"owner of {access.cluster.id}"
    assert link.is_active(timezone.now() + timedelta(days=9999))
    assert link.revision == 5
