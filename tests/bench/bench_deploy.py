"""A Deployment from its creation to all of its pods Running, as an engine worker runs it: durable in Redis."""

from __future__ import annotations

import time
from collections.abc import Iterator

import redis
from django.conf import settings

from clusterlab.engine.steps import Replica
from simcore.apimachinery.kinds import DEPLOYMENT
from simcore.apimachinery.meta import Key
from simcore.client.interfaces import ApiClient
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.redis_store import RedisLog
from simcore.etcd.shared_store import SharedStore
from tests.bench.figure import Figure, bench
from tests.kit.control_plane import EPOCH_MS, deployment
from tests.kit.redis_process import RedisProcess
from tests.kit.run_folder import REDIS_DIR

TOKEN = 1
MOST_STEPS = 100_000


@bench("deploy.1000")
def deploy_1000() -> Iterator[Figure]:
    with RedisProcess(REDIS_DIR):
        yield Figure("deploy.1000", seconds_to_running(1_000), "s", 1, "limit", lower_is_better=True)


@bench("deploy.5000")
def deploy_5000() -> Iterator[Figure]:
    with RedisProcess(REDIS_DIR):
        yield Figure("deploy.5000", seconds_to_running(5_000), "s", 4, "limit", lower_is_better=True)


def seconds_to_running(replicas: int, *, nodes: int = 1_000) -> float:
    """Wall seconds; latency `instant`, every step committed before the next."""
    name = f"deploy-{replicas}"
    spec = ClusterSpec(seed=1, epoch_ms=EPOCH_MS, nodes=nodes, latency="instant", bare=True)
    log = RedisLog(
        redis.Redis.from_url(settings.REDIS_URL, protocol=2), name, wait_ms=lambda ms: time.sleep(ms / 1000)
    )
    found(SharedStore(log), spec)
    replica = Replica(name)
    step_until_quiet(replica)
    api = replica.cluster.client("user:kubernetes-admin")
    started = time.perf_counter()
    web = deployment(replicas=replicas)
    api.create(DEPLOYMENT, {**web, "metadata": {"name": "web", "namespace": "default"}})
    for _ in range(MOST_STEPS):
        replica.step(TOKEN, target(replica))
        if ready(api) == replicas:
            return time.perf_counter() - started
    raise AssertionError(f"{ready(api)} of {replicas} replicas are ready after {MOST_STEPS} steps")


def step_until_quiet(replica: Replica, *, quiet_ms: int = 2_000) -> None:
    """Lets the nodes register."""
    end = replica.now + quiet_ms
    while replica.step(TOKEN, end).is_behind:
        pass


def target(replica: Replica) -> int:
    """Running flat out: this instant, or the next one at which something is due."""
    due = replica.next_due
    return replica.now if due is None else max(due, replica.now)


def ready(api: ApiClient) -> int:
    status = api.get(DEPLOYMENT, Key("default", "web")).get("status", {})
    return int(status.get("readyReplicas", 0))
