"""What a command line says about the memory and the processors that its program takes.

`stress --vm 1 --vm-bytes 250M --cpu 2` and agnhost's `stress` are the programs by which documentation shows what a
limit does; `dd if=/dev/zero of=/dev/shm/x bs=1M count=300` fills memory as well, and a loop that never waits fills
a processor. A loop that asks a service again and again gives the pods behind it work.
"""

from __future__ import annotations

import re

from simcore.kubelet.runtime.program import Load

MOST_BYTES = 1 << 50
MOST_CPU = 1_000_000
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_SIZE = re.compile(r"(\d{1,9})\s*([KMG]?)(?:i?B?)?", re.IGNORECASE)
_BUSY = re.compile(r"\bwhile\s+(?:true|:)\s*;\s*do\s*(?::|true)\s*;\s*done")
_PAUSE = re.compile(r"\bsleep\s+(\d{1,6}(?:\.\d{1,6})?)")
RAMP_MS = 1_000
"""How long a program takes to touch what it has asked for."""
REQUEST_MS = 10
"""How long a request takes that is answered at once."""


def load_of(argv: tuple[str, ...]) -> Load | None:
    """None: nothing that counts."""
    text = " ".join(argv)
    memory, cpu = _memory(text), _cpu(text)
    if memory is None and not cpu:
        return None
    return Load(memory or 0, RAMP_MS if memory else 0, cpu)


def asks_per_s(argv: tuple[str, ...]) -> float:
    """How often a loop on this command line comes around."""
    pauses = _PAUSE.findall(" ".join(argv))
    return 1 / (sum(map(float, pauses)) + REQUEST_MS / 1000)


def _cpu(text: str) -> int:
    if "stress" in text:
        workers = re.search(r"--cpus?[= ](\d{1,4})\b", text) or re.search(r"\s-c[= ]?(\d{1,4})\b", text)
        return min(int(workers[1]) * 1000, MOST_CPU) if workers else 0
    return 1000 if _BUSY.search(text) else 0


def _memory(text: str) -> int | None:
    workers = re.search(r"--vm[= ](\d{1,4})\b", text) or re.search(r"-m[= ]?(\d{1,4})\b", text)
    if "stress" in text:
        size = re.search(r"--(?:vm-bytes|mem-total|mem-alloc-size)[= ](\S+)", text)
        if size is None:
            return None
        return _bytes(size[1], int(workers[1]) if workers and "--vm-bytes" in text else 1)
    filled = re.search(r"dd if=/dev/(?:zero|urandom) of=/dev/shm/\S+ bs=(\S+) count=(\d{1,9})", text)
    return _bytes(filled[1], int(filled[2])) if filled else None


def _bytes(size: str, times: int) -> int | None:
    match = _SIZE.fullmatch(size)
    if match is None:
        return None
    return min(int(match[1]) * _UNITS[match[2].upper()] * times, MOST_BYTES)
