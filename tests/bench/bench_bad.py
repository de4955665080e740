"""Input that asks for too much: what its own cluster's API and another cluster's still do, and what memory does.

The bad cluster runs and stands still by turns, so that the other one's quiet figures are of the same minute.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from statistics import quantiles
from threading import Event
from typing import NamedTuple

from simcore.apimachinery.meta import Obj
from tests.bench.api_client import Connection, Target, connections
from tests.bench.bad_inputs import NODES, BadInput, bad_inputs
from tests.bench.figure import Figure, Named
from tests.kit.lab import Lab, running_lab
from tests.kit.redis_process import temporary_folder
from tests.kit.visitor import Visitor

ROUNDS, QUIET_S, LOADED_S = 4, 3.0, 5.0
LEAD_S = 0.7
"""What a change of the clock takes to reach everybody."""
BETWEEN_S = 0.01
STEP_EVERY_S = 0.02
WRITERS = 8
OWN_MS, OTHERS = 1_000, 1.5
MOST_GROWTH_MIB = 100
PROCESSES = ("web", "engine-0", "redis")
MAPS, PODS = "/api/v1/namespaces/default/configmaps", "/api/v1/namespaces/default/pods?limit=500"


class Sample(NamedTuple):
    verb: str
    began: float
    ms: float


Span = tuple[float, float]


@dataclass(frozen=True)
class Seen:
    """Of one bad input. `loaded`: when the bad cluster ran; `sizes_mib`: of all processes, twice a second."""

    loaded: list[Span]
    own: list[Sample]
    other: list[Sample]
    sizes_mib: list[float]

    def figures(self, name: str) -> Iterator[Figure]:
        own = self._loaded(self.own)
        worst = max(p99(s for s in own if s.verb == verb) for verb in {s.verb for s in own})
        quiet = p99(self._quiet(self.other))
        ratio = p99(self._loaded(self.other)) / quiet
        yield Figure(f"bad.{name}.own_p99", worst, "ms", OWN_MS, "limit", lower_is_better=True)
        yield Figure(f"bad.{name}.other_p99", ratio, "x", OTHERS, "limit", lower_is_better=True)
        yield Figure(f"bad.{name}.quiet_p99", quiet, "ms", None, "")
        growth = self.sizes_mib[-1] - self.sizes_mib[2 * len(self.sizes_mib) // 3]
        yield Figure(f"bad.{name}.growth", growth, "MiB", MOST_GROWTH_MIB, "limit", lower_is_better=True)
        yield Figure(f"bad.{name}.memory", self.sizes_mib[-1], "MiB", None, "")

    def _loaded(self, samples: list[Sample]) -> list[Sample]:
        return [s for s in samples if any(begin <= s.began < end for begin, end in self.loaded)]

    def _quiet(self, samples: list[Sample]) -> list[Sample]:
        edges = [(begin - LEAD_S, end + LEAD_S) for begin, end in self.loaded]
        return [s for s in samples if not any(begin <= s.began < end for begin, end in edges)]


def p99(samples: Iterable[Sample]) -> float:
    return quantiles([s.ms for s in samples], n=100)[98]


def _named(bad: BadInput) -> Named:
    def run() -> Iterator[Figure]:
        with temporary_folder() as folder, running_lab(Path(folder), engine_workers=1) as lab:
            yield from _seen(lab, Path(folder), bad).figures(bad.name)

    return Named(f"bad.{bad.name}", run)


globals().update({f"bad_{bad.name}": _named(bad) for bad in bad_inputs()})


def _seen(lab: Lab, folder: Path, bad: BadInput) -> Seen:
    """Both clusters have the same engine worker and the same web process."""
    visitor = Visitor(lab.url)
    other, _ = _cluster(visitor, folder / "other", nodes=3)
    own, cluster_id = _cluster(visitor, folder / "own", nodes=NODES)
    asyncio.run(_given(own, bad))
    rounds = Rounds(lab, visitor, cluster_id, own, bad)
    with _probing(own, PODS) as own_samples, _probing(other, MAPS) as other_samples:
        asyncio.run(rounds.run())
    return Seen(rounds.loaded, own_samples, other_samples, rounds.sizes_mib)


def _cluster(visitor: Visitor, place: Path, *, nodes: int) -> tuple[Target, str]:
    status, cluster = visitor.post("/api/clusters/", {"name": place.name, "nodes": nodes})
    assert status == 201, cluster
    _, text = visitor.get(f"/api/clusters/{cluster['id']}/kubeconfig/")
    place.write_text(text)
    return Target(place), cluster["id"]


async def _given(target: Target, bad: BadInput) -> None:
    left = iter(bad.manifests)

    async def write(client: Connection) -> None:
        for manifest in left:
            version = manifest["apiVersion"]
            prefix = "/api/v1" if version == "v1" else f"/apis/{version}"
            path = f"{prefix}/namespaces/default/{manifest['kind'].lower()}s"
            status, body = await client.ask("POST", path, manifest)
            assert status == 201, body

    await asyncio.gather(*map(write, await connections(target, WRITERS)))


class Rounds:
    """The bad cluster runs, with its restless user, and stands still; again and again."""

    def __init__(self, lab: Lab, visitor: Visitor, cluster_id: str, target: Target, bad: BadInput) -> None:
        self._pids = [lab.pid(name) for name in PROCESSES]
        self._visitor, self._target, self._bad = visitor, target, bad
        self._clock = f"/api/clusters/{cluster_id}/clock/"
        self._steps = count()
        self.loaded: list[Span] = []
        self.sizes_mib: list[float] = []

    async def run(self) -> None:
        for _ in range(ROUNDS):
            await self._set_clock({"speed": self._bad.speed, "paused": False})
            await asyncio.sleep(LEAD_S)
            began = time.perf_counter()
            await asyncio.gather(self._watched(LOADED_S), self._restless(began + LOADED_S))
            self.loaded.append((began, time.perf_counter()))
            await self._set_clock({"paused": True})
            await self._watched(LEAD_S + QUIET_S)

    async def _set_clock(self, wish: Obj) -> None:
        status, answer = await asyncio.to_thread(self._visitor.post, self._clock, wish)
        assert status in (200, 202), answer

    async def _restless(self, end: float) -> None:
        if self._bad.step is None:
            return
        client = await Connection(self._target).open()
        while time.perf_counter() < end:
            await self._bad.step(client, next(self._steps))
            await asyncio.sleep(STEP_EVERY_S)
        client.close()

    async def _watched(self, seconds: float) -> None:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            await asyncio.sleep(0.5)
            self.sizes_mib.append(sum(map(resident_kib, self._pids)) / 1024)


@contextmanager
def _probing(target: Target, listed: str) -> Iterator[list[Sample]]:
    """A calm client in a process of its own; the list is filled when the block ends."""
    context = get_context("spawn")
    stop, samples = context.Manager().Event(), []
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        asked = pool.submit(probe, target.kubeconfig, listed, stop)
        try:
            yield samples
        finally:
            stop.set()
            samples += asked.result()


def probe(kubeconfig: Path, listed: str, stop: Event) -> list[Sample]:
    return asyncio.run(_probe(Target(kubeconfig), listed, stop))


async def _probe(target: Target, listed: str, stop: Event) -> list[Sample]:
    samples: list[Sample] = []
    client, numbers = await Connection(target).open(), count()
    while not stop.is_set():
        name = f"probe-{next(numbers)}"
        document = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}
        for verb, method, path, body in (
            ("create", "POST", MAPS, document),
            ("get", "GET", f"{MAPS}/{name}", None),
            ("list", "GET", listed, None),
            ("delete", "DELETE", f"{MAPS}/{name}", None),
        ):
            began = time.perf_counter()
            status, answer = await client.ask(method, path, body)
            samples.append(Sample(verb, began, 1000 * (time.perf_counter() - began)))
            assert status < 300, answer
            await asyncio.sleep(BETWEEN_S)
    return samples


def resident_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
