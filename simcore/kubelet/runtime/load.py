"""What a command line says about the memory that its program takes.

`stress --vm 1 --vm-bytes 250M` and agnhost's `stress` are the programs by which documentation shows what a limit does;
`dd if=/dev/zero of=/dev/shm/x bs=1M count=300` fills memory as well.
"""

from __future__ import annotations

import re

from simcore.kubelet.runtime.program import Load

MOST_BYTES = 1 << 50
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_SIZE = re.compile(r"(\d{1,9})\s*([KMG]?)(?:i?B?)?", re.IGNORECASE)
RAMP_MS = 1_000
"""How long a program takes to touch what it has asked for."""


def load_of(argv: tuple[str, ...]) -> Load | None:
    """None: nothing that counts."""
    text = " ".join(argv)
    workers = re.search(r"--vm[= ](\d{1,4})\b", text) or re.search(r"-m[= ]?(\d{1,4})\b", text)
    if "stress" in text:
        size = re.search(r"--(?:vm-bytes|mem-total|mem-alloc-size)[= ](\S+)", text)
        if size is None:
            return None
        return _load(size[1], int(workers[1]) if workers and "--vm-bytes" in text else 1)
    filled = re.search(r"dd if=/dev/(?:zero|urandom) of=/dev/shm/\S+ bs=(\S+) count=(\d{1,9})", text)
    return _load(filled[1], int(filled[2])) if filled else None


def _load(size: str, times: int) -> Load | None:
    match = _SIZE.fullmatch(size)
    if match is None:
        return None
    return Load(min(int(match[1]) * _UNITS[match[2].upper()] * times, MOST_BYTES), RAMP_MS)
