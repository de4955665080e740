"""The files that a container's script makes and removes, and when: never a real one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

MOST_FILES = 200
MOST_LINES = 1_000
"""Of one file; what is written beyond is lost."""
GIVEN = ("/etc/", "/proc/", "/sys/", "/usr/", "/bin/", "/dev/", "/lib/", "/var/run/secrets/")
"""Where an image brings files that nobody has listed."""


class Change(NamedTuple):
    """A file was written, or with None removed."""

    at_ms: int
    path: str
    lines: tuple[str, ...] | None


@dataclass
class Files:
    """The files of one container. What lies under `unseen` exists, whatever it is called, and is empty."""

    unseen: tuple[str, ...] = ()
    changes: list[Change] = field(default_factory=list)
    _files: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def exists(self, path: str) -> bool:
        inside = path.rstrip("/") + "/"
        return (
            path in self._files
            or path.startswith((*GIVEN, *self.unseen))
            or inside in ("/", "/tmp/", "./")  # noqa: S108 - a name in a simulated container
            or any(name.startswith(inside) for name in self._files)
        )

    def read(self, path: str) -> tuple[str, ...]:
        return self._files.get(path, ())

    def write(self, path: str, lines: Iterable[str], at_ms: int, *, append: bool = False) -> None:
        if path.startswith("/dev/") or (path not in self._files and len(self._files) >= MOST_FILES):
            return
        before = self._files.get(path, ()) if append else ()
        self._files[path] = after = (*before, *lines)[:MOST_LINES]
        self.changes.append(Change(at_ms, path, after))

    def remove(self, path: str, at_ms: int) -> None:
        """With everything in it."""
        inside = path.rstrip("/") + "/"
        for name in [name for name in self._files if name == path or name.startswith(inside)]:
            del self._files[name]
            self.changes.append(Change(at_ms, name, None))

    @classmethod
    def after(cls, changes: Iterable[Change], unseen: tuple[str, ...]) -> Files:
        """The files as these changes leave them."""
        made: dict[str, tuple[str, ...]] = {}
        for change in changes:
            if change.lines is None:
                made.pop(change.path, None)
            else:
                made[change.path] = change.lines
        return cls(unseen, _files=made)
