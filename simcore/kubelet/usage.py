"""What a container uses of its machine: what its program is known to take, or a little of what it asks for.

Nothing really runs, so this is a model: a server idles at a fiftieth of the processor that it requests and holds
between a third and three quarters of the memory, by its pod's uid; requests of others come on top of that. A limit is
never exceeded.
"""

from __future__ import annotations

from typing import NamedTuple
from zlib import crc32

from simcore.apimachinery.meta import Obj, uid_of
from simcore.apimachinery.quantity import milli, whole
from simcore.kubelet.memory import at, used_by
from simcore.kubelet.runtime.program import Program

IDLE_SHARE = 50
LEAST_SHARE, SHARES = 33, 42
"""Percent of the requested memory: 33 to 74."""
USUAL_BYTES = 20 << 20
"""Of a container that requests no memory."""
REQUEST_COST_MILLIS = 12
"""Thousandths of a processor that one request a second costs."""


class Use(NamedTuple):
    cpu_millis: int
    memory_bytes: int


def use_of(pod: Obj, spec: Obj, program: Program, up_ms: int, asked_per_s: float = 0.0) -> Use:
    """Of one running container that has been up so long and serves so many requests a second."""
    resources = spec.get("resources") or {}
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    load = program.load
    cpu = at(program, up_ms).cpu_millis if program.course else load.cpu_millis if load is not None else 0
    cpu = cpu or max(milli(requests.get("cpu", "0")) // IDLE_SHARE, 1)
    cpu += round(asked_per_s * REQUEST_COST_MILLIS)
    if "cpu" in limits:
        cpu = min(cpu, milli(limits["cpu"]))
    memory = used_by(program, up_ms)
    if not memory:
        share = LEAST_SHARE + crc32(uid_of(pod).encode()) % SHARES
        memory = (
            whole(requests["memory"]) * share // 100 if "memory" in requests else USUAL_BYTES * share // 100
        )
    if "memory" in limits:
        memory = min(memory, whole(limits["memory"]))
    return Use(cpu, memory)
