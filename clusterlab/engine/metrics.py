"""The installation's figures in Prometheus' text format. Sums and workers only: no cluster's name is in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import redis

from clusterlab.engine.gauges import of_all_workers
from clusterlab.engine.health import health
from clusterlab.engine.pace import wall_ms
from clusterlab.redis_clients import shared_client

TEXT = "text/plain; version=0.0.4; charset=utf-8"
WORKER_HELP = {
    "turns": "Turns that clusters were given.",
    "lost_turns": "Turns that ended by a failure.",
    "steps": "Steps, each committed as a whole.",
    "timers": "Simulated timers fired.",
    "revisions": "Revisions written.",
    "step_ms": "Milliseconds spent in steps.",
    "clusters": "Clusters being run now.",
    "behind_ms": "How late the latest cluster is, in milliseconds.",
}
GAUGES = ("clusters", "behind_ms")


def text() -> str:
    return "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    found, client = health(), shared_client()
    yield from _metric(
        "clusterlab_up", "Whether Redis answers and due clusters are run soon.", int(found.is_well)
    )
    yield from _metric(
        "clusterlab_waiting_clusters", "Clusters that are due and have no engine.", found.waiting
    )
    yield from _metric("clusterlab_longest_wait_ms", "How long the first of them has waited.", found.lag_ms)
    try:
        memory: Any = client.info("memory")
        workers = of_all_workers(client, wall_ms())
    except redis.RedisError:
        return
    yield from _metric("clusterlab_redis_used_bytes", "Memory that Redis uses.", memory["used_memory"])
    yield from _metric("clusterlab_redis_limit_bytes", "Its limit; 0: none.", memory["maxmemory"])
    for name, help_text in WORKER_HELP.items():
        kind, suffix = ("gauge", "") if name in GAUGES else ("counter", "_total")
        metric = f"clusterlab_engine_{name}{suffix}"
        yield f"# HELP {metric} {help_text}"
        yield f"# TYPE {metric} {kind}"
        for worker, figures in workers.items():
            yield f'{metric}{{worker="{worker}"}} {asdict(figures)[name]:g}'


def _metric(name: str, help_text: str, value: float) -> Iterator[str]:
    yield f"# HELP {name} {help_text}"
    yield f"# TYPE {name} gauge"
    yield f"{name} {value:.0f}"
