"""From the click on an example to running pods on the Map."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench.figure import Figure, bench
from tests.kit.lab import running_lab
from tests.kit.redis_process import temporary_folder
from tests.kit.visitor import Visitor

CLICKS = 5
RUNNING = 0
"""The live protocol's status code of a ready pod."""


@bench("start.map")
def start_map() -> Iterator[Figure]:
    """POST of an example, then the live socket until a frame has a ready pod; without the browser's drawing."""
    with temporary_folder() as folder, running_lab(Path(folder)) as lab:
        visitor = Visitor(lab.url)
        _, examples = visitor.get("/api/examples/")
        seconds = [
            seconds_to_running(visitor, example["slug"]) for example in examples[:3] for _ in range(CLICKS)
        ]
    yield Figure("start.map", median(seconds), "s", 2, "limit", lower_is_better=True)
    yield Figure("start.map.slowest", max(seconds), "s", 2, "limit", lower_is_better=True)


def seconds_to_running(visitor: Visitor, slug: str) -> float:
    clicked = time.perf_counter()
    status, cluster = visitor.post("/api/clusters/", {"example": slug})
    assert status == 201, (status, cluster)
    live = visitor.watch(cluster["id"])
    try:
        while True:
            message = json.loads(live.recv())
            if any(pod.get("s") == RUNNING for pod in message.get("pods", ())):
                return time.perf_counter() - clicked
    finally:
        live.close()
        visitor.ask("DELETE", f"/api/clusters/{cluster['id']}/")
