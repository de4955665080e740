"""How much a cluster may keep.

Models: etcd 3.6 server/storage/quota.go. The simulated world's records are no part of etcd: they count, but are let in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simcore.etcd.interface import Entry, NoSpace

WORLD = "/sim/"
LARGEST = 4 << 20
"""Bytes. No request is larger, so there is nothing to add up while so much is free."""


@dataclass(frozen=True)
class Quota:
    """A writer goes by what it has seen, so writers of several processes may together go beyond it by a little."""

    most_bytes: int = 2 << 30
    """Of keys and values, of the newest state; as etcd's own."""
    most_keys: int = 2_000_000

    def check(self, drafted: Sequence[Entry], *, stored_bytes: int, keys: int) -> None:
        """Raises: NoSpace when the writes would go beyond it."""
        is_far = stored_bytes + len(drafted) * LARGEST <= self.most_bytes
        if is_far and keys + len(drafted) <= self.most_keys:
            return
        puts = [e for e in drafted if e.value is not None and not e.key.startswith(WORLD)]
        if not puts:
            return
        grows_by = sum(len(e.key) + len(e.value or b"") for e in puts)
        born = sum(e.version == 1 for e in puts)
        if stored_bytes + grows_by > self.most_bytes or keys + born > self.most_keys:
            raise NoSpace
