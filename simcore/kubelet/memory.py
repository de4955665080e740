"""When a program takes more memory than its container may have.

Models: the kernel's memory controller as it shows in a container's status (OOMKilled, exit code 137).
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import whole
from simcore.kubelet.runtime.program import Program


def limit_of(spec: Obj) -> int | None:
    """A container's memory limit in bytes."""
    text = ((spec.get("resources") or {}).get("limits") or {}).get("memory")
    return None if text is None else whole(text)


def end_of(program: Program, spec: Obj, started: int) -> int | None:
    """When the kernel ends the program for want of memory; None: it has enough."""
    if program.load is None:
        return None
    limit = limit_of(spec)
    if limit is None or program.load.memory_bytes <= limit:
        return None
    return started + program.load.after_ms * limit // program.load.memory_bytes


def used_by(program: Program, up_ms: int) -> int:
    """Bytes that the program has taken after so long."""
    load = program.load
    if load is None:
        return 0
    if not load.after_ms or up_ms >= load.after_ms:
        return load.memory_bytes
    return load.memory_bytes * up_ms // load.after_ms
