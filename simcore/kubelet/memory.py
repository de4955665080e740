"""When a program takes more memory than its container may have.

Models: the kernel's memory controller as it shows in a container's status (OOMKilled, exit code 137).
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import whole
from simcore.kubelet.runtime.program import Program, Step


def limit_of(spec: Obj) -> int | None:
    """A container's memory limit in bytes."""
    text = ((spec.get("resources") or {}).get("limits") or {}).get("memory")
    return None if text is None else whole(text)


def end_of(program: Program, spec: Obj, started: int) -> int | None:
    """When the kernel ends the program for want of memory; None: it has enough."""
    limit = limit_of(spec)
    if program.course and limit is not None:
        over = (step.from_ms for step in program.course if step.memory_bytes > limit)
        first = next(over, None)
        return None if first is None else started + first
    if program.load is None:
        return None
    if limit is None or program.load.memory_bytes <= limit:
        return None
    return started + program.load.after_ms * limit // program.load.memory_bytes


def used_by(program: Program, up_ms: int) -> int:
    """Bytes that the program has taken after so long."""
    if program.course:
        return at(program, up_ms).memory_bytes
    load = program.load
    if load is None:
        return 0
    if not load.after_ms or up_ms >= load.after_ms:
        return load.memory_bytes
    return load.memory_bytes * up_ms // load.after_ms


def at(program: Program, up_ms: int) -> Step:
    """What a program with a course uses then."""
    reached = [step for step in program.course if step.from_ms <= up_ms]
    return reached[-1] if reached else Step(0, 0, 0)
