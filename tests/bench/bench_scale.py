"""A large cluster through the whole stack: what its pods cost in memory, all processes of ClusterLab together.

SCALE_PODS asks for fewer than 50,000, as on a smaller machine or while something is being changed.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import websocket

from simcore.apimachinery.meta import Obj
from tests.bench.api_client import Connection, Target
from tests.bench.figure import Figure, bench
from tests.kit.control_plane import deployment
from tests.kit.lab import Lab, children, running_lab
from tests.kit.redis_process import temporary_folder
from tests.kit.visitor import Visitor

PODS = int(os.environ.get("SCALE_PODS", "50000"))
PODS_A_NODE, PODS_A_DEPLOYMENT = 10, 5_000
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
LIMIT_GIB = 4
LOOK_EVERY_S, SETTLED_S, PATIENCE_S = 1.0, 30.0, 3_600.0


@bench("scale.pods")
def scale() -> Iterator[Figure]:
    """Deployments of 5,000 pods on ten times fewer nodes, with a dashboard open; memory at its highest and at rest."""
    with temporary_folder() as folder, running_lab(Path(folder)) as lab, memory_of(lab) as memory:
        visitor = Visitor(lab.url)
        asked = {"nodes": max(PODS // PODS_A_NODE, 1), "latency": "instant", "bare": True}
        _, cluster = visitor.post("/api/clusters/", asked)
        _, text = visitor.get(f"/api/clusters/{cluster['id']}/kubeconfig/")
        kubeconfig = Path(folder) / "kubeconfig"
        kubeconfig.write_text(text)
        with a_page(visitor, cluster["id"]):
            seconds = asyncio.run(deployed(Target(kubeconfig)))
            time.sleep(SETTLED_S)
        rest = memory[-1]
        listing = asyncio.run(listed(Target(kubeconfig)))
    highest = max(memory)
    share = PODS / 50_000
    yield Figure("scale.memory_gib", highest / 2**30, "GiB", LIMIT_GIB * share, "limit", lower_is_better=True)
    yield Figure(
        "scale.memory_gib.rest", rest / 2**30, "GiB", LIMIT_GIB * share, "limit", lower_is_better=True
    )
    yield Figure("scale.pods_per_s", PODS / seconds, "1/s", None, "")
    yield Figure("scale.list", listing, "s", None, "")


async def deployed(target: Target) -> float:
    """Seconds until all pods are ready."""
    client = await Connection(target).open()
    began = time.perf_counter()
    for number in range(0, PODS, PODS_A_DEPLOYMENT):
        doc = deployment(f"web-{number}", replicas=min(PODS_A_DEPLOYMENT, PODS - number))
        status, body = await client.ask("POST", DEPLOYMENTS, doc)
        assert status == 201, body
    while (ready := sum(map(_ready, await items(client, DEPLOYMENTS)))) < PODS:
        assert time.perf_counter() - began < PATIENCE_S, f"{ready} of {PODS} pods are ready"
        await asyncio.sleep(1.0)
    return time.perf_counter() - began


async def listed(target: Target) -> float:
    """Seconds for all pods in chunks of 500, as kubectl asks for them."""
    client = await Connection(target).open()
    began, path, follow, found = time.perf_counter(), "/api/v1/pods?limit=500", "", 0
    while True:
        status, body = await client.ask("GET", path + follow)
        assert status == 200, body
        page = json.loads(body)
        found += len(page["items"])
        if not page["metadata"].get("continue"):
            assert found == PODS, found
            return time.perf_counter() - began
        follow = f"&continue={page['metadata']['continue']}"


async def items(client: Connection, path: str) -> list[Obj]:
    status, body = await client.ask("GET", path)
    assert status == 200, body
    found: list[Obj] = json.loads(body)["items"]
    return found


@contextmanager
def a_page(visitor: Visitor, cluster_id: str) -> Iterator[None]:
    """A dashboard that takes in whatever comes and says so, as pages do."""
    live = visitor.watch(cluster_id)
    live.settimeout(None)
    reader = threading.Thread(target=_acknowledge_all, args=(live,), daemon=True)
    reader.start()
    try:
        yield
    finally:
        live.shutdown()
        reader.join(10)


def _acknowledge_all(live: websocket.WebSocket) -> None:
    with suppress(websocket.WebSocketException):  # it is closed
        while live.recv():
            live.send(json.dumps({"t": "ack", "rev": 2**53}))


@contextmanager
def memory_of(lab: Lab) -> Iterator[list[int]]:
    """Bytes of all of the lab's processes, looked at again and again while the block runs."""
    looks, done = [memory_bytes(lab)], threading.Event()

    def look() -> None:
        while not done.wait(LOOK_EVERY_S):
            looks.append(memory_bytes(lab))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield looks
    finally:
        done.set()
        looking.join()


def memory_bytes(lab: Lab) -> int:
    """The supervisor's and its children's proportional set sizes: shared pages count once."""
    return sum(_pss(pid) for pid in (lab.supervisor, *(pid for pid, _ in children(lab.supervisor))))


def _pss(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
        return 0
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) * 1024


def _ready(found: Obj) -> int:
    return int((found.get("status") or {}).get("readyReplicas", 0))
