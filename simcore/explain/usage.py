"""How much CPU and memory the containers of a pod use: a model, because nothing really runs.

A running pod uses a steady share of what it asks for, by its uid between a third and three quarters; all pods together
breathe by a tenth up and down within ten minutes of simulated time. So a cluster's use follows from sums.
"""

from __future__ import annotations

from typing import NamedTuple
from zlib import crc32

from simcore.apimachinery.meta import Obj, uid_of
from simcore.kube_scheduler.resources import DEFAULT_REQUESTS, pod_requests
from simcore.sim.clock import SimTime

PERIOD_MS = 600_000
LEAST_SHARE, SHARES = 33, 42
"""Percent: 33 to 74."""
IDLE = {"cpu": DEFAULT_REQUESTS["cpu"] // 10, "memory": DEFAULT_REQUESTS["memory"] // 10}
"""What a pod that asks for nothing uses at most."""


class Usage(NamedTuple):
    cpu_millis: int
    memory_bytes: int


def steady_usage(pod: Obj) -> Usage:
    """A pod's own level; 0 unless it runs."""
    if (pod.get("status") or {}).get("phase") != "Running":
        return Usage(0, 0)
    asked = pod_requests(pod["spec"])
    share = LEAST_SHARE + crc32(uid_of(pod).encode()) % SHARES
    cpu, memory = asked.get("cpu") or IDLE["cpu"], asked.get("memory") or IDLE["memory"]
    return Usage(cpu * share // 100, memory * share // 100)


def at_time(steady: int, now: SimTime) -> int:
    """A level, or a sum of levels, at a moment: a triangle wave between 90 and 110 percent."""
    place = now % PERIOD_MS
    rise = min(place, PERIOD_MS - place)  # 0 to half a period
    return steady * (900 * PERIOD_MS + 400 * rise) // (1000 * PERIOD_MS)
