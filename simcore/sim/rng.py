"""Seeded randomness without a state: every draw is a hash of (seed, label).

A generator with a position would have to be saved and restored when another worker takes a cluster over. A
draw that depends only on what it is for (a key, a revision, an attempt) is the same for whoever asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")

SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""Models: kubernetes v1.36 apimachinery/pkg/util/rand (String): no vowels, no look-alikes."""


class Rng:
    """Draws by label: the same seed and label give the same value, for ever and in every process."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        key = blake2b(str(seed).encode(), digest_size=32).digest()
        self._keyed = blake2b(key=key, digest_size=16)  # never fed: copied for each draw

    def bits(self, *label: object) -> int:
        """128 bits."""
        return int.from_bytes(self._digest(*label), "big")

    def below(self, bound: int, *label: object) -> int:
        """An integer in [0, bound)."""
        assert bound > 0, (bound, label)
        return self.bits(*label) % bound

    def uniform(self, low: float, high: float, *label: object) -> float:
        """A float in [low, high)."""
        return low + (high - low) * (self.bits(*label) >> 75) / (1 << 53)

    def choice(self, options: Sequence[T], *label: object) -> T:
        return options[self.below(len(options), *label)]

    def shuffled(self, items: Sequence[T], *label: object) -> list[T]:
        """A new list in a random order."""
        ranked = sorted(range(len(items)), key=lambda i: self.bits(*label, i))
        return [items[i] for i in ranked]

    def suffix(self, length: int, *label: object) -> str:
        """The random end of a generated name."""
        bits, letters = self.bits("suffix", *label), []
        for _ in range(length):
            bits, digit = divmod(bits, len(SUFFIX_ALPHABET))
            letters.append(SUFFIX_ALPHABET[digit])
        return "".join(letters)

    def uid(self, *label: object) -> str:
        """A version 4 UUID as text."""
        text = self._digest("uid", *label).hex()
        variant = "89ab"[int(text[16], 16) & 3]
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"

    def _digest(self, *label: object) -> bytes:
        draw = self._keyed.copy()
        draw.update("\x1f".join(map(str, label)).encode())
        return draw.digest()
