"""An owner that dies at any named point of a step leaves a cluster that ends as if nothing had been."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import redis

from clusterlab.engine import failpoints
from clusterlab.engine.hints import seen_key
from clusterlab.engine.lease import Holder, Lease
from clusterlab.engine.steps import Replica
from clusterlab.engine.worker import Worker
from clusterlab.labs.founding import found_cluster
from clusterlab.labs.spec import LabSpec
from clusterlab.labs.tokens import new_id
from clusterlab.redis_clients import new_log, shared_client
from simcore.apimachinery.kinds import DEPLOYMENT, POD
from simcore.apimachinery.meta import Key, Obj
from simcore.etcd.shared_store import SharedStore
from simcore.kube_apiserver.builder import build_api_server
from simcore.kube_apiserver.local import LocalClient
from simcore.sim.clock import SimClock
from simcore.sim.rng import Rng
from tests.faults.rollouts import pods_too_many
from tests.kit.manifests import deployment

ROLLOUT_MS = 40_000
MOST_PODS = 8  # 6 replicas and a surge of 25 %


@contextmanager
def made_cluster() -> Iterator[str]:
    """A Deployment of six that has just been told to change its image."""
    cluster_id, spec = new_id(), LabSpec(nodes=2, seed=7)
    found_cluster(shared_client(), cluster_id, spec, [deployment("web", 6)])
    store = SharedStore(new_log(cluster_id))
    server = build_api_server(
        store, clock=SimClock(start=store.replica.entries_since(0)[-1].origin.at), rng=Rng(7)
    )
    containers = [{"name": "main", "image": "nginx:1.26"}]
    change = {"spec": {"template": {"spec": {"containers": containers}}}}
    LocalClient(server, "user:ada").patch(DEPLOYMENT, Key("default", "web"), change)
    yield cluster_id
    new_log(cluster_id).destroy()


@pytest.fixture
def cluster(redis_url: str) -> Iterator[str]:
    with made_cluster() as cluster_id:
        yield cluster_id


@pytest.fixture(scope="module")
def undisturbed(redis_url: str) -> Counter[str]:
    """The end of the same rollout without a death."""
    with made_cluster() as cluster_id:
        return picture(finish(cluster_id, Holder("engine-1@here")))


def finish(cluster_id: str, holder: Holder) -> Replica:
    """Takes the cluster over and runs it to the end of the rollout."""
    lease = Lease(shared_client(), cluster_id, holder)
    assert lease.acquire()
    replica = Replica(cluster_id)
    end = changed_at(replica) + ROLLOUT_MS
    while replica.now < end:
        replica.step(lease.token, min(replica.now + 500, end))
    return replica


def changed_at(replica: Replica) -> int:
    return max(e.origin.at for e in replica.store.entries_since(0) if e.origin.actor == "user:ada")


def in_a_process(act: Callable[[], object]) -> int | None:
    """The exit code of a process of its own; negative: the signal that ended it."""
    process = multiprocessing.get_context("fork").Process(target=act)
    process.start()
    process.join(timeout=60)
    return process.exitcode


def picture(replica: Replica) -> Counter[str]:
    """What there is in the end, without what the random parts of names and addresses say."""
    found: Counter[str] = Counter()
    for kv in replica.store.range("/registry/").kvs:
        if "/events/" not in kv.key:
            found[re.sub(r"-[a-z0-9]{5}$", "", kv.key)] += 1
    for pod in pods(replica):
        ready = [c["ready"] for c in pod["status"]["containerStatuses"]]
        restarts = [c["restartCount"] for c in pod["status"]["containerStatuses"]]
        found[f"{pod['spec']['containers'][0]['image']} {pod['status']['phase']} {ready} {restarts}"] += 1
    return found


def pods(replica: Replica) -> list[Obj]:
    return replica.cluster.client("test").list(POD, "default")


@pytest.mark.parametrize("times", [1, 5])
@pytest.mark.parametrize("point", [p for p in failpoints.POINTS if p != failpoints.HANDING_BACK])
def test_a_death_in_a_step_changes_nothing_about_the_end(
    cluster: str, point: str, times: int, undisturbed: Counter[str]
) -> None:
    def die() -> None:
        failpoints.arm(f"{point}:{times}")
        finish(cluster, Holder("engine-0@here"))

    assert in_a_process(die) == -signal.SIGKILL
    risen = finish(cluster, Holder("engine-0@here"))
    assert list(pods_too_many(risen.store.entries_since(0), most_replicas={"web": MOST_PODS})) == []
    assert picture(risen) == undisturbed


def test_a_death_while_handing_back_leaves_the_cluster_to_its_successor(
    cluster: str, undisturbed: Counter[str]
) -> None:
    def die() -> None:
        failpoints.arm(failpoints.HANDING_BACK)
        Worker("engine-0@here").run(cluster)

    shared_client().delete(seen_key(cluster))  # so that its turn ends at once
    assert in_a_process(die) == -signal.SIGKILL
    assert picture(finish(cluster, Holder("engine-0@here"))) == undisturbed


def test_a_stale_owner_that_goes_on_changes_no_byte(cluster: str) -> None:
    stale = Lease(shared_client(), cluster, Holder("engine-0@here"))
    assert stale.acquire()
    replica = Replica(cluster)
    successor = finish(cluster, Holder("engine-0@here"))
    before = dump_of(cluster)
    with pytest.raises(Exception, match="newer owner"):
        replica.step(stale.token, replica.now + 5_000)
    assert dump_of(cluster) == before
    assert successor.log.revision() == successor.committed


def dump_of(cluster_id: str) -> dict[bytes, bytes | None]:
    client: redis.Redis = shared_client()
    keys = [key for key in client.scan_iter(f"{{{cluster_id}}}:*") if not key.endswith(b":owner")]
    return {key: client.dump(key) for key in sorted(keys)}


def test_nothing_is_armed_by_default() -> None:
    assert "ENGINE_FAILPOINT" not in os.environ
    failpoints.reach(failpoints.COMPUTED, lambda: pytest.fail("a failpoint was armed"))
