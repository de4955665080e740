"""Stamps remember the hash of what a finished step was made from, so that the next start can skip it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def hash_of(files: Iterable[Path], *, salt: str = "") -> str:
    """A hash of names and contents; the order of `files` doesn't matter."""
    digest = hashlib.sha256(salt.encode())
    for path in sorted(files):
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_fresh(stamp: Path, wanted: str) -> bool:
    return stamp.is_file() and stamp.read_text().strip() == wanted


def write(stamp: Path, value: str) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value + "\n")


def files_under(*roots: Path, without: frozenset[str] = frozenset()) -> list[Path]:
    """All files in `roots` (files or folders), leaving out folders with a name in `without`."""
    found: list[Path] = []
    for root in roots:
        if root.is_file():
            found.append(root)
        elif root.is_dir() and root.name not in without:
            found += files_under(*root.iterdir(), without=without)
    return sorted(found)
