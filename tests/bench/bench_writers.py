"""How long a write waits while an engine is busy with the same cluster: web process and worker, as in production."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

import django

from tests.bench.figure import Figure, bench
from tests.bench.worker_process import engine_worker
from tests.kit.manifests import config_map, deployment
from tests.kit.redis_process import RedisProcess, temporary_folder
from tests.kit.run_folder import REDIS_DIR

PODS, NODES = 5_000, 1_000
GAP_S = 0.005
PATIENCE_S = 120.0
CLUSTER = "writers"


@bench("engine.write_p99")
def write_p99() -> Iterator[Figure]:
    """Creates of a ConfigMap by one client: all that a request costs in the web process, but for HTTP itself."""
    django.setup()
    with (
        temporary_folder() as folder,
        RedisProcess(REDIS_DIR) as process,
        engine_worker(process.url, Path(folder)),
    ):
        waits = waits_while_busy()
    percent = quantiles(waits, n=100)
    yield Figure("engine.write_p50", percent[49], "ms", None, f"{len(waits)}_writes")
    yield Figure("engine.write_p99", percent[98], "ms", 25, "limit", lower_is_better=True)


def waits_while_busy() -> list[float]:
    """Milliseconds of each write, until all pods run."""
    from clusterlab.hub import hub
    from clusterlab.labs.founding import found_cluster
    from clusterlab.labs.spec import LabSpec
    from clusterlab.redis_clients import shared_client
    from simcore.apimachinery.kinds import CONFIG_MAP, DEPLOYMENT
    from simcore.apimachinery.meta import Key
    from simcore.kube_apiserver.local import LocalClient

    found_cluster(shared_client(), CLUSTER, LabSpec(nodes=NODES, seed=1, latency="instant", bare=True), [])
    resident = hub.get(CLUSTER)
    user, waits = LocalClient(resident.server, "user:bench"), []
    user.create(DEPLOYMENT, deployment("web", PODS))
    resident.used(wrote=True)
    deadline = time.monotonic() + PATIENCE_S
    while user.get(DEPLOYMENT, Key("default", "web")).get("status", {}).get("readyReplicas", 0) < PODS:
        assert time.monotonic() < deadline, "the pods never ran"
        began = time.perf_counter()
        resident.sync()
        user.create(CONFIG_MAP, config_map(f"notes-{len(waits)}", text="x"))
        resident.used(wrote=True)
        waits.append(1000 * (time.perf_counter() - began))
        time.sleep(GAP_S)
    return waits
