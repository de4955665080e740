"""A step is one transaction: all of it or nothing, and nobody else's turn is taken."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import redis

from clusterlab.engine import retention, steps
from clusterlab.engine.lease import Holder, Lease
from clusterlab.engine.steps import Replica, Warm
from clusterlab.engine.turn import NEVER
from clusterlab.hub import hub
from clusterlab.labs import services
from clusterlab.redis_clients import new_log
from simcore.apimachinery.kinds import DEPLOYMENT, POD
from simcore.apimachinery.meta import Key, Obj, key_of
from simcore.cluster.history import history_hash
from simcore.cluster.world import CLOCK
from simcore.etcd.interface import Fenced, KeyValue, Put
from simcore.etcd.redis_store import RedisLog
from simcore.etcd.shared_store import SharedStore
from simcore.kube_apiserver.local import LocalClient
from simcore.sim.trace import Origin
from tests.clusterlab.conftest import Found, Owner
from tests.kit.manifests import deployment


def running(replica: Replica) -> list[Obj]:
    pods = replica.cluster.client("test").list(POD, "default")
    return [pod for pod in pods if pod.get("status", {}).get("phase") == "Running"]


def scale(replica_id: str, replicas: int) -> None:
    """As an outside writer does it: another replica, a transaction."""
    resident = hub.get(replica_id)
    resident.sync()
    client = LocalClient(resident.server, "user:test")
    client.patch(DEPLOYMENT, Key("default", "web"), {"spec": {"replicas": replicas}})


def test_outside_writes_are_seen_and_acted_on(found: Found, owner_of: Callable[[str], Owner]) -> None:
    cluster_id = found(deployment("web", 2))
    owner = owner_of(cluster_id)
    scale(cluster_id, 5)
    owner.advance(20_000)
    assert len(running(owner.replica)) == 5


def test_a_write_that_comes_while_a_cluster_is_being_built_is_no_obstacle(
    found: Found, owner_of: Callable[[str], Owner]
) -> None:
    """Also when there is something to tidy up, here records of pods that went while nobody ran the cluster."""
    cluster_id = found(deployment("web", 2))
    assert len(running(Replica(cluster_id))) == 2
    resident = hub.get(cluster_id)
    client = LocalClient(resident.server, "user:test")
    for pod in client.list(POD, "default"):
        client.delete(POD, key_of(pod), grace_s=0)
    owner = owner_of(cluster_id)
    assert owner.replica.store.revision == owner.replica.committed
    scale(cluster_id, 5)
    owner.advance(20_000)
    assert len(running(owner.replica)) == 5


def test_what_a_step_wrote_is_in_the_shared_log(found: Found, owner_of: Callable[[str], Owner]) -> None:
    cluster_id = found(deployment("web", 1))
    owner = owner_of(cluster_id)
    scale(cluster_id, 3)
    owner.advance(20_000)
    other = Replica(cluster_id)
    assert history_hash(other.store) == history_hash(owner.replica.store)


def test_a_waiting_outside_writer_goes_before_the_step(found: Found, client_of_redis: redis.Redis) -> None:
    cluster_id = found()
    replica = Replica(cluster_id)
    client_of_redis.set(f"{{{cluster_id}}}:waiting", 1)
    for _ in range(3):
        assert not replica.step(1, 1_000_000).took_turn
    SharedStore(replica.log).txn((), (Put("/sim/test", b"1"),), origin=Origin("user:test", 0, 0))
    assert replica.step(1, replica.now).took_turn


def test_a_step_ends_early_for_a_writer(found: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster_id = found(deployment("web", 1))
    scale(cluster_id, 5)
    monkeypatch.setattr(steps, "STEP_S", 60.0)
    monkeypatch.setattr(steps, "ASK_EVERY_S", 0.0)
    replica = Replica(cluster_id)
    fired: list[bool] = []

    def wanted_after_the_third() -> bool:
        fired.append(True)
        return len(fired) >= 3

    monkeypatch.setattr(replica.log, "is_waited_for", wanted_after_the_third)
    monkeypatch.setattr(steps, "HOLD_S", 0.0)
    assert replica.step(1, replica.now + 10_000).is_behind
    assert replica.cluster.fired == 3


def test_a_stale_owner_cannot_commit(
    found: Found, client_of_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster_id = found(deployment("web", 1))
    scale(cluster_id, 4)
    stale = Replica(cluster_id)
    before = stale.log.revision()
    fire = stale._fire_until

    def pause_for_longer_than_the_token_lives(target: int) -> bool:
        behind = fire(target)
        client_of_redis.delete(f"{{{cluster_id}}}:writer")
        return behind

    monkeypatch.setattr(stale, "_fire_until", pause_for_longer_than_the_token_lives)
    with pytest.raises(Fenced):
        stale.step(1, stale.now + 5_000)
    assert new_log(cluster_id).revision() == before


def test_a_write_by_another_owner_within_the_step_fences_it(
    found: Found, client_of_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster_id = found(deployment("web", 1))
    scale(cluster_id, 4)
    stale, fresh = Replica(cluster_id), Replica(cluster_id)
    fire = stale._fire_until

    def meanwhile_another_owner_steps(target: int) -> bool:
        behind = fire(target)
        client_of_redis.delete(f"{{{cluster_id}}}:writer")
        fresh.step(2, fresh.now + 5_000)
        return behind

    monkeypatch.setattr(stale, "_fire_until", meanwhile_another_owner_steps)
    with pytest.raises(Fenced):
        stale.step(1, stale.now + 5_000)
    assert new_log(cluster_id).revision() == fresh.committed


def test_a_worker_that_dies_in_a_step_leaves_nothing_behind(
    found: Found,
    owner_of: Callable[[str], Owner],
    client_of_redis: redis.Redis,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cluster_id = found(deployment("web", 1))
    scale(cluster_id, 6)
    dying = Replica(cluster_id)
    monkeypatch.setattr(dying, "_commit", lambda token, release: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        dying.step(1, dying.now + 5_000)
    client_of_redis.delete(f"{{{cluster_id}}}:writer")
    owner = owner_of(cluster_id)
    owner.advance(20_000)
    assert len(running(owner.replica)) == 6
    assert len(owner.replica.cluster.client("test").list(POD, "default")) == 6


def test_a_take_over_in_the_middle_of_a_rollout_makes_no_pod_too_many(
    found: Found, client_of_redis: redis.Redis
) -> None:
    cluster_id = found(deployment("web", 1), latency="realistic")
    scale(cluster_id, 8)
    for token in range(
        1, 12
    ):  # each owner takes over cold, after a few hundred milliseconds of simulated time
        replica = Replica(cluster_id)
        assert replica.step(token, replica.now + 600).took_turn
    replica = Replica(cluster_id)
    while replica.step(99, replica.now + 30_000).is_behind:
        pass
    assert len(running(replica)) == 8
    created = [
        e
        for e in replica.store.entries_since(0)
        if e.key.startswith(f"{POD.prefix}default/") and e.version == 1
    ]
    assert len(created) == 8


def test_a_long_step_stops_and_says_that_it_is_behind(found: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster_id = found(deployment("web", 1))
    scale(cluster_id, 20)
    monkeypatch.setattr(steps, "STEP_S", 0.0)
    monkeypatch.setattr(steps, "HOLD_S", 0.0)
    replica = Replica(cluster_id)
    assert replica.step(1, replica.now + 10_000).is_behind
    assert replica.next_due is not None


def test_an_owner_goes_on_with_its_token_until_somebody_wants_to_write(
    found: Found, client_of_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster_id = found(deployment("web", 1))
    scale(cluster_id, 5)
    monkeypatch.setattr(steps, "STEP_S", 0.0)
    replica = Replica(cluster_id)
    commit, commits = replica._commit, []

    def commit_and_be_asked_at_the_third(token: int, *, release: bool) -> bool:
        commits.append(token)
        if len(commits) == 3:
            client_of_redis.set(f"{{{cluster_id}}}:waiting", 1)
        return commit(token, release=release)

    monkeypatch.setattr(replica, "_commit", commit_and_be_asked_at_the_third)
    assert replica.step(1, replica.now + 10_000).is_behind
    assert len(commits) == 3
    assert not client_of_redis.exists(f"{{{cluster_id}}}:writer")


def test_a_new_owners_time_is_no_earlier_than_what_it_has_loaded(
    found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster_id = found()
    outside, load = SharedStore(new_log(cluster_id)), RedisLog.load
    late = Origin("user:test", 0, new_log(cluster_id).sim_time() + 60_000)

    def load_while_somebody_writes(log: RedisLog) -> tuple[list[KeyValue], int]:
        outside.txn((), (Put("/sim/test", b"1"),), origin=late)
        return load(log)

    monkeypatch.setattr(RedisLog, "load", load_while_somebody_writes)
    assert Replica(cluster_id).now == late.at


def test_a_step_towards_a_time_stops_where_its_cluster_is_told_to_pause(
    found: Found, client_of_redis: redis.Redis
) -> None:
    cluster_id = found(deployment("web", 1))
    replica = Replica(cluster_id)
    scale(cluster_id, 5)
    services.set_clock(hub.get(cluster_id), "user:test", paused=True)
    before = replica.now
    assert replica.step(1, before + 60_000).took_turn
    assert replica.next_due is not None and replica.next_due < before + 10_000
    assert replica.now < before + 10_000


@pytest.mark.parametrize("target", ["before", NEVER])
def test_a_write_of_a_later_time_than_the_steps_target_makes_due_what_is_before_it(
    found: Found, client_of_redis: redis.Redis, target: int | str
) -> None:
    """The engine is behind, and a web process tells the time by the pace."""
    cluster_id = found()
    replica = Replica(cluster_id)
    fired: list[int] = []
    for delay_ms in (10, 5_000, 20_000):
        replica.cluster.clock.call_later(delay_ms, lambda: fired.append(replica.now), label="test")
    before = replica.now
    late = Origin("user:test", 0, before + 10_000)
    SharedStore(new_log(cluster_id)).txn((), (Put("/sim/test", b"1"),), origin=late)
    stepped = replica.step(1, before + 1_000 if target == "before" else NEVER)
    assert stepped.took_turn and not stepped.is_behind
    assert fired == [late.at, late.at]
    assert replica.now == late.at


def test_a_step_towards_a_time_stops_where_its_goal_is_reached(
    found: Found, client_of_redis: redis.Redis
) -> None:
    cluster_id = found(deployment("web", 1), latency="realistic")
    replica = Replica(cluster_id)
    scale(cluster_id, 3)
    services.set_clock(hub.get(cluster_id), "user:test", until="2 pods Pending")
    target = replica.now + 60_000
    while not replica.cluster.pacing.is_paused:
        assert replica.step(1, target).took_turn
    assert replica.next_due is not None
    assert replica.now <= replica.next_due < target
    reached = replica.cluster.world.get(CLOCK)
    assert reached is not None and reached["goal"]["at"] == replica.now


def test_history_is_forgotten_beyond_what_is_kept(found: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "KEPT_REVISIONS", 20)
    monkeypatch.setattr(retention, "FEWEST", 1)
    cluster_id = found()
    replica = Replica(cluster_id)
    origin, outside = Origin("user:test", 0, replica.now), SharedStore(replica.log)
    for number in range(50):
        outside.txn((), (Put("/sim/test", str(number).encode()),), origin=origin)
    replica.step(1, replica.now)
    assert replica.compact()
    assert replica.log.kept_from() == replica.committed - 20
    assert Replica(cluster_id).store.get("/sim/test").value == b"49"


def test_a_warm_replica_is_used_again_by_the_next_owner_only(
    found: Found, client_of_redis: redis.Redis
) -> None:
    cluster_id, warm = found(), Warm(limit=2)
    lease = Lease(client_of_redis, cluster_id)
    lease.acquire()
    replica = warm.take(cluster_id, lease.token)
    warm.keep(replica, lease.token)
    assert warm.take(cluster_id, lease.token + 1) is replica
    warm.keep(replica, lease.token)
    assert warm.take(cluster_id, lease.token + 2) is not replica


def test_a_deleted_clusters_replica_is_let_go(found: Found) -> None:
    kept, gone, warm = Replica(found()), Replica(found()), Warm(limit=9)
    for replica in (kept, gone):
        warm.keep(replica, 1)
    assert not warm.drop_useless()
    gone.log.destroy()
    assert warm.drop_useless()
    assert not warm.drop_useless()
    assert warm.take(kept.id, 2) is kept


def test_a_replica_that_two_owners_have_passed_by_is_let_go(
    found: Found, client_of_redis: redis.Redis
) -> None:
    replica, warm = Replica(found()), Warm(limit=9)
    owners = [Lease(client_of_redis, replica.id, Holder()) for _ in range(3)]
    for owner, is_useless in zip(owners, (False, False, True), strict=True):
        assert owner.acquire()
        warm.keep(replica, owners[0].token)
        assert warm.drop_useless() is is_useless
        owner.release()
    assert warm.take(replica.id, owners[0].token + 1) is not replica


def test_warm_replicas_are_bounded(found: Found) -> None:
    replicas, warm = [Replica(found()) for _ in range(3)], Warm(limit=2)
    for replica in replicas:
        warm.keep(replica, 1)
    assert [warm.take(replica.id, 2) is replica for replica in replicas] == [False, True, True]
