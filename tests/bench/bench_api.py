"""The Kubernetes API over TLS, as clients see it: creates, single reads, a long list, many watches, a flood."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import quantiles
from typing import Any

from simcore.apimachinery.meta import Obj
from tests.bench.api_client import Connection, Target, connections, rate
from tests.bench.figure import Figure, bench
from tests.kit.kubectl import new_cluster
from tests.kit.lab import Lab, running_lab
from tests.kit.redis_process import temporary_folder

MAPS, PODS = "/api/v1/namespaces/default/configmaps", "/api/v1/namespaces/default/pods"
CLIENTS, SECONDS = 20, 8.0
REAL_CREATES = 1_465
"""Of the real control plane with 20 clients on such a machine, per second."""
GETS, LISTED, LISTS = 2_000, 5_000, 5
WATCHES = 1_000
FLOODERS = 32


@contextmanager
def bare_lab(*, nodes: int = 0) -> Iterator[tuple[Lab, Path]]:
    """A lab, and the kubeconfig of a cluster in it."""
    with temporary_folder() as folder, running_lab(Path(folder)) as lab:
        place = Path(folder) / "bench"
        place.mkdir()
        yield (
            lab,
            new_cluster(
                lab, place, "kubectl", "--bare", "--nodes", str(nodes), "--latency", "instant"
            ).kubeconfig,
        )


@bench("api.create")
def api_create() -> Iterator[Figure]:
    """ConfigMaps, 20 clients at once."""
    with bare_lab() as (_, kubeconfig):
        created = asyncio.run(_creates(Target(kubeconfig)))
    yield Figure("api.create", created, "1/s", REAL_CREATES / 2, "limit")


@bench("api.get_p99")
def api_get() -> Iterator[Figure]:
    """One object, one client."""
    with bare_lab() as (_, kubeconfig):
        times_ms = asyncio.run(_gets(Target(kubeconfig)))
    yield Figure("api.get_p99", quantiles(times_ms, n=100)[98], "ms", 25, "limit", lower_is_better=True)


@bench("api.list5000")
def api_list() -> Iterator[Figure]:
    """5,000 pods in one answer."""
    with bare_lab() as (_, kubeconfig):
        seconds = asyncio.run(_lists(Target(kubeconfig)))
    yield Figure("api.list5000", max(seconds), "s", 1, "limit", lower_is_better=True)


@bench("api.watches")
def api_watches() -> Iterator[Figure]:
    """How many of 1,000 watches held at once hear of a change, and how soon the last of them does."""
    with bare_lab() as (lab, kubeconfig):
        heard, slowest_s = asyncio.run(_watches(Target(kubeconfig)))
        memory = _resident_mib(lab.pid("web"))
    yield Figure("api.watches", heard, "", WATCHES, "limit")
    yield Figure("api.watches.slowest", slowest_s, "s", None, "")
    yield Figure("api.watches.memory", memory, "MiB", None, "")


@bench("api.fairness")
def api_fairness() -> Iterator[Figure]:
    """What is left of the others' throughput while one client floods."""
    with temporary_folder() as folder, running_lab(Path(folder)) as lab:
        targets = []
        for name in ("quiet", "flooding"):
            place = Path(folder) / name
            place.mkdir()
            targets.append(Target(new_cluster(lab, place, "kubectl", "--bare", "--nodes", "0").kubeconfig))
        alone, flooded, flood = asyncio.run(_flooded(*targets))
    yield Figure("api.fairness", flooded / alone, "", 0.95, "limit")
    yield Figure("api.fairness.flood", flood, "1/s", None, "")


async def _creates(target: Target) -> float:
    numbers = count()
    clients = await connections(target, CLIENTS)

    async def create(client: Connection, _: int) -> None:
        status, body = await client.ask("POST", MAPS, _config_map(f"m-{next(numbers)}"))
        assert status == 201, body

    await rate(clients, create, 1.0)
    return await rate(clients, create, SECONDS)


async def _gets(target: Target) -> list[float]:
    client = await Connection(target).open()
    await client.ask("POST", MAPS, _config_map("one"))
    times_ms = []
    for _ in range(GETS):
        began = time.perf_counter()
        status, _ = await client.ask("GET", f"{MAPS}/one")
        times_ms.append((time.perf_counter() - began) * 1000)
        assert status == 200
    return times_ms


async def _lists(target: Target) -> list[float]:
    clients = await connections(target, CLIENTS)
    await _fill(clients)
    seconds = []
    for _ in range(LISTS):
        began = time.perf_counter()
        status, body = await clients[0].ask("GET", PODS)
        seconds.append(time.perf_counter() - began)
        assert status == 200
        assert body.count(b'"uid":') >= LISTED
    return seconds


async def _fill(clients: list[Connection]) -> None:
    names = iter(range(LISTED))

    async def create(client: Connection) -> None:
        for number in names:
            status, body = await client.ask("POST", PODS, _pod(f"p-{number}"))
            assert status == 201, body

    await asyncio.gather(*map(create, clients))


async def _watches(target: Target) -> tuple[int, float]:
    writer = await Connection(target).open()
    watchers = await connections(target, WATCHES)
    for watcher in watchers:
        watcher.send("GET", f"{MAPS}?watch=true&resourceVersion=0&fieldSelector=metadata.name=news")
    assert {status for status, _ in [await watcher.head() for watcher in watchers]} == {200}
    began = time.perf_counter()
    await writer.ask("POST", MAPS, _config_map("news"))
    async with asyncio.timeout(60):
        lines = await asyncio.gather(*(watcher.line() for watcher in watchers))
    slowest_s = time.perf_counter() - began
    for watcher in watchers:
        watcher.close()
    return sum(b'"ADDED"' in line and b'"news"' in line for line in lines), slowest_s


async def _flooded(quiet: Target, flooding: Target) -> tuple[float, float, float]:
    """Requests per second of a client alone, of the same client beside the flood, and of the flood."""
    clients = await connections(quiet, 1)
    await clients[0].ask("POST", MAPS, _config_map("one"))

    async def read(client: Connection, _: int) -> None:
        status, _body = await client.ask("GET", f"{MAPS}/one")
        assert status == 200

    async def flood(client: Connection, _: int) -> None:
        status, _body = await client.ask("GET", MAPS)
        assert status in (200, 429)

    await rate(clients, read, 2.0)
    alone = await rate(clients, read, SECONDS)
    floods = await connections(flooding, FLOODERS)
    beside, flooded = await asyncio.gather(
        _later(lambda: rate(clients, read, SECONDS), 2.0), rate(floods, flood, SECONDS + 2.0)
    )
    again = await rate(clients, read, SECONDS)
    return (alone + again) / 2, beside, flooded


async def _later(work: Any, delay_s: float) -> Any:
    await asyncio.sleep(delay_s)
    return await work()


def _config_map(name: str) -> Obj:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"key": "value"}}


def _pod(name: str) -> Obj:
    containers = [
        {"name": "main", "image": "nginx:1.25", "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}}}
    ]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": containers}}


def _resident_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError(pid)
