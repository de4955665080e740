"""A cluster of its own from another's past."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.bench_start import RUNNING
from tests.bench.figure import Figure, bench
from tests.kit.lab import running_lab
from tests.kit.manifests import deployment
from tests.kit.redis_process import temporary_folder
from tests.kit.visitor import Visitor

PODS, NODES, FORKS = 1_000, 20, 5
BACK = 200
"""How many revisions before the newest one a fork begins."""
PATIENCE_S = 120.0


@bench("fork.1000")
def fork_1000() -> Iterator[Figure]:
    """From the order to fork 1,000 running pods at a past revision to the answer; then to the picture."""
    with temporary_folder() as folder, running_lab(Path(folder)) as lab:
        visitor = Visitor(lab.url)
        source, revision = busy_cluster(visitor)
        times = [seconds_to_fork(visitor, source, revision - BACK) for _ in range(FORKS)]
    answered, shown = zip(*times, strict=True)
    yield Figure("fork.1000", median(answered), "s", 1, "limit", lower_is_better=True)
    yield Figure("fork.1000.slowest", max(answered), "s", 1, "limit", lower_is_better=True)
    yield Figure("fork.1000.shown", median(shown), "s", None, "-")


def busy_cluster(visitor: Visitor) -> tuple[str, int]:
    """Its id and a revision at which all pods run."""
    status, cluster = visitor.post("/api/clusters/", {"nodes": NODES, "latency": "instant", "name": "source"})
    assert status == 201, cluster
    status, answer = visitor.post(
        f"/api/clusters/{cluster['id']}/uploads/",
        {"documents": [{"name": "web.yaml", "text": json.dumps(deployment("web", PODS))}]},
    )
    assert status == 200, answer
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        picture = snapshot(visitor, cluster["id"])
        if running(picture) >= PODS:
            return cluster["id"], picture["rev"]
        time.sleep(0.5)
    raise AssertionError(f"{running(picture)} pods run")


def seconds_to_fork(visitor: Visitor, source: str, revision: int) -> tuple[float, float]:
    """To the answer, and to a picture with all pods."""
    began = time.perf_counter()
    status, forked = visitor.post(f"/api/clusters/{source}/fork/", {"rev": revision})
    answered = time.perf_counter() - began
    assert status == 201, forked
    assert running(snapshot(visitor, forked["id"])) >= PODS - BACK
    return answered, time.perf_counter() - began


def snapshot(visitor: Visitor, cluster_id: str) -> Any:
    status, picture = visitor.get(f"/api/clusters/{cluster_id}/picture/")
    assert status == 200, picture
    return picture


def running(picture: Any) -> int:
    return sum(pod.get("s") == RUNNING for pod in picture["pods"])
