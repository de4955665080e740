"""How much faster than the wall simulated time goes, and what an idle cluster costs while it keeps pace."""

from __future__ import annotations

import time
from collections.abc import Iterator

from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Obj, key_of
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.memory_store import MemoryStore
from tests.bench.figure import Figure, bench
from tests.kit.manifests import deployment

EPOCH_MS = 1_767_225_600_000
MEASURED_S = 4.0
"""Wall seconds."""
SHARE = 0.05
IDLE_MS = 60_000
CHUNK_MS = 10_000


@bench("sim.speedup")
def speedup() -> Iterator[Figure]:
    """100 nodes, 3,000 pods with two probes each, every ten seconds; a pod is deleted every ten seconds."""
    cluster = settled(nodes=100, manifests=[probed(f"web-{n}", 300) for n in range(10)])
    yield Figure("sim.speedup", seconds_per_second(cluster), "s/s", 300, "limit")


@bench("sim.lesson")
def lesson() -> Iterator[Figure]:
    """10 nodes with the things of a lesson: Deployments, one that crashes, one that cannot be scheduled."""
    broken = deployment("broken", 2, image="busybox:1.36")
    broken["spec"]["template"]["spec"]["containers"][0]["command"] = ["sh", "-c", "sleep 5; exit 1"]
    manifests = [probed("web", 10), probed("api", 5), broken, deployment("huge", 1, cpu="500")]
    yield Figure(
        "sim.lesson", seconds_per_second(settled(nodes=10, manifests=manifests)), "s/s", 1_000, "limit"
    )


@bench("sim.idle5000")
def idle() -> Iterator[Figure]:
    """The heartbeats of 5,000 idle nodes at 1x, as a share of one core."""
    cluster = settled(nodes=5_000, manifests=[])
    before = time.process_time()
    cluster.advance(IDLE_MS)
    share = (time.process_time() - before) / (IDLE_MS / 1000)
    yield Figure("sim.idle5000", 100 * share, "%", 100 * SHARE, "limit", lower_is_better=True)


def settled(*, nodes: int, manifests: list[Obj]) -> Cluster:
    store = MemoryStore()
    found(store, ClusterSpec(seed=1, epoch_ms=EPOCH_MS, nodes=nodes, cpu="16", memory="64Gi"))
    cluster = Cluster(store)
    cluster.advance(15_000)
    cluster.given(*manifests)
    cluster.advance(120_000)
    return cluster


def probed(name: str, replicas: int) -> Obj:
    manifest = deployment(name, replicas)
    probe = {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 10}
    container = manifest["spec"]["template"]["spec"]["containers"][0]
    container |= {"ports": [{"containerPort": 80}], "readinessProbe": probe, "livenessProbe": probe}
    return manifest


def seconds_per_second(cluster: Cluster) -> float:
    """A pod goes now and then, so that there is something to do."""
    admin, simulated, began = cluster.client("user:bench"), 0, time.perf_counter()
    while (took := time.perf_counter() - began) < MEASURED_S:
        victim = next(iter(admin.list(POD, "default")))
        admin.delete(POD, key_of(victim))
        cluster.advance(CHUNK_MS)
        simulated += CHUNK_MS
    return simulated / 1000 / took
