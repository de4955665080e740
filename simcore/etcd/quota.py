"""How much a cluster may keep.

Models: etcd 3.6 server/storage/quota.go. The simulated world's records are no part of etcd: they count, but are let in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simcore.etcd.interface import Entry, NoSpace

WORLD = "/sim/"


@dataclass(frozen=True)
class Quota:
    most_bytes: int = 512 << 20
    """Of keys and values, of the newest state."""
    most_keys: int = 300_000

    def check(self, drafted: Sequence[Entry], *, stored_bytes: int, keys: int) -> None:
        """Raises: NoSpace when the writes would go beyond it."""
        puts = [e for e in drafted if e.value is not None and not e.key.startswith(WORLD)]
        if not puts:
            return
        grows_by = sum(size_of(e.key, e.value) for e in puts)
        born = sum(e.version == 1 for e in puts)
        if stored_bytes + grows_by > self.most_bytes or keys + born > self.most_keys:
            raise NoSpace


def size_of(key: str, value: bytes | None) -> int:
    return len(key) + len(value or b"")
