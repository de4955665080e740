"""The files that a container finds and those that its script makes and removes, and when: never a real one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from posixpath import join, normpath
from typing import NamedTuple

from simcore.kubelet.runtime.text import closed, joined

MOST_FILES = 200
MOST_LINES = 1_000
"""Of one file; what is written beyond is lost."""
GIVEN = ("/etc/", "/proc/", "/sys/", "/usr/", "/bin/", "/dev/", "/lib/", "/var/run/secrets/")
"""Where an image brings files that nobody has listed."""
USUAL_ROOT = frozenset(
    "bin dev etc home lib mnt opt proc root run sbin srv sys tmp usr var".split()  # noqa: SIM905 - a list of words
)
"""What every container has at the top."""
TERMINATION_LOG = "/dev/termination-log"
DEVICES = frozenset(
    f"/dev/{name}"
    for name in ("null", "zero", "full", "random", "urandom", "tty", "console", "stdin", "stdout", "stderr")
)
"""What is written there is gone."""
USUAL_MODE, FOLDER_MODE = 0o644, 0o755
FOLDER = ".folder"
"""A hidden file that keeps an empty folder."""


class Change(NamedTuple):
    """A file was written, or with None removed."""

    at_ms: int
    path: str
    lines: tuple[str, ...] | None


class Tree(NamedTuple):
    """What is mounted into a container. Paths are the container's."""

    roots: tuple[str, ...] = ()
    """Mount points whose content is known."""
    unseen: tuple[str, ...] = ()
    """Mount points of which nothing is known: whatever is looked for there exists, and is empty."""
    arriving: tuple[Change, ...] = ()
    """Files under the roots in order of time, counted from the container's start."""
    read_only: tuple[str, ...] = ()
    modes: tuple[tuple[str, int], ...] = ()
    """Permissions of files and folders that have others than usual."""
    in_memory: tuple[str, ...] = ()
    """Mount points that take memory instead of disk."""
    folder: str = "/"
    """Where programs begin."""


BARE = Tree()


@dataclass
class Files:
    """The files of one container, as time goes on."""

    tree: Tree = BARE
    changes: list[Change] = field(default_factory=list)
    """The container's own."""
    guessed: bool = False
    """Somebody has looked for a file, or run a command, of which nothing is known."""
    folder: str = ""
    """Where the program is: paths that don't begin at the root begin there."""
    _files: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _modes: dict[str, int] = field(default_factory=dict)
    _arrived: int = 0

    def __post_init__(self) -> None:
        self.folder = self.folder or self.tree.folder

    def full(self, path: str) -> str:
        """The path from the root, without `.` and `..`."""
        return normpath(join(self.folder, path))

    def exists(self, path: str, at_ms: int = 0) -> bool:
        self._receive(at_ms)
        path = self.full(path)
        if path in self._files or self.is_folder(path, at_ms):
            return True
        return not _within(path, self.tree.roots) and (path.startswith(GIVEN) or self._is_guessed(path))

    def is_folder(self, path: str, at_ms: int = 0) -> bool:
        self._receive(at_ms)
        path = self.full(path)
        inside = path.rstrip("/") + "/"
        known = (*GIVEN, *(f"{root.rstrip('/')}/" for root in (*self.tree.roots, *self.tree.unseen)))
        if path in self._files:
            return False
        return (
            path == "/"
            or path.removeprefix("/") in USUAL_ROOT
            or any(folder.startswith(inside) for folder in known)
            or any(name.startswith(inside) for name in self._files)
        )

    def read(self, path: str, at_ms: int = 0) -> tuple[str, ...]:
        """The lines, however the last one ends."""
        return tuple(closed(self.raw(path, at_ms)))

    def raw(self, path: str, at_ms: int = 0) -> tuple[str, ...]:
        """The lines; the last may be open."""
        self._receive(at_ms)
        path = self.full(path)
        found = self._files.get(path)
        if found is None and not path.startswith(GIVEN):
            self._is_guessed(path)
        return found or ()

    def names(self, folder: str, at_ms: int = 0) -> list[str]:
        """What a folder holds, in order."""
        self._receive(at_ms)
        inside = self.full(folder).rstrip("/") + "/"
        found = {name[len(inside) :].split("/")[0] for name in self._files if name.startswith(inside)}
        found |= USUAL_ROOT if inside == "/" else set()
        return sorted(name for name in found if name and not name.startswith("."))

    def mode(self, path: str) -> int:
        known = dict(self.tree.modes) | self._modes
        return known.get(self.full(path), FOLDER_MODE if self.is_folder(path) else USUAL_MODE)

    def set_mode(self, path: str, mode: int) -> None:
        self._modes[self.full(path)] = mode

    def has(self, path: str, at_ms: int = 0) -> bool:
        """Whether somebody has written it, or mounted it."""
        self._receive(at_ms)
        return self.full(path) in self._files

    def mount_of(self, path: str) -> str:
        """The mount point that holds the path; empty: the image's own files."""
        path = self.full(path)
        mounts = (m for m in (*self.tree.roots, *self.tree.unseen) if _within(path, (m,)))
        return max(mounts, key=len, default="")

    def is_its_own(self, path: str) -> bool:
        """Whether the container has made it."""
        path = self.full(path)
        inside = path.rstrip("/") + "/"
        return any(change.path == path or change.path.startswith(inside) for change in self.changes)

    def is_read_only(self, path: str) -> bool:
        if path in DEVICES:
            return False
        path = self.full(path)
        mounts = (*self.tree.roots, *self.tree.unseen, *self.tree.read_only)
        return max((m for m in mounts if _within(path, (m,))), key=len, default="") in self.tree.read_only

    def write(self, path: str, lines: Iterable[str], at_ms: int, *, append: bool = False) -> bool:
        """Whether it could be written."""
        self._receive(at_ms)
        path = self.full(path)
        if path in DEVICES:
            return True
        if self.is_read_only(path):
            return False
        if path not in self._files and len(self._files) >= MOST_FILES:
            return False
        before = self._files.get(path, ()) if append else ()
        self._files[path] = after = tuple(joined((*before, *lines))[:MOST_LINES])
        self.changes.append(Change(at_ms, path, after))
        return True

    def remove(self, path: str, at_ms: int) -> bool:
        """With everything in it. Whether it could be removed."""
        self._receive(at_ms)
        path = self.full(path)
        if self.is_read_only(path):
            return False
        inside = path.rstrip("/") + "/"
        for name in [name for name in self._files if name == path or name.startswith(inside)]:
            del self._files[name]
            self.changes.append(Change(at_ms, name, None))
        return True

    def next_arrival(self, at_ms: int) -> int | None:
        """When the next file comes from outside."""
        return next((change.at_ms for change in self.tree.arriving if change.at_ms > at_ms), None)

    @classmethod
    def after(cls, changes: Iterable[Change], tree: Tree = BARE, at_ms: int = 0) -> Files:
        """The files as a container's own changes and what has arrived by then leave them."""
        files = cls(tree)
        came = [change for change in tree.arriving if change.at_ms <= at_ms]
        for change in sorted((*came, *changes), key=lambda change: change.at_ms):
            files._apply(change)
        files._arrived = len(came)
        return files

    def _is_guessed(self, path: str) -> bool:
        """Whether it lies where nothing is known, which is noted."""
        unseen = _within(path, self.tree.unseen)
        self.guessed = self.guessed or unseen
        return unseen

    def _receive(self, at_ms: int) -> None:
        arriving = self.tree.arriving
        while self._arrived < len(arriving) and arriving[self._arrived].at_ms <= at_ms:
            self._apply(arriving[self._arrived])
            self._arrived += 1

    def _apply(self, change: Change) -> None:
        if change.lines is None:
            self._files.pop(change.path, None)
        else:
            self._files[change.path] = change.lines


def _within(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)
