"""The commands that look at files, make them and remove them."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING

from simcore.kubelet.runtime.files import FOLDER
from simcore.kubelet.runtime.identity import NAMES
from simcore.kubelet.runtime.shell.control import Err
from simcore.kubelet.runtime.text import bytes_of, text_of

if TYPE_CHECKING:
    from simcore.kubelet.runtime.shell.builtins import Argv, Builtin, Lines, Machine

Steps = Generator[str, None, int]
_GONE = "No such file or directory"
_READ_ONLY = "Read-only file system"


def paths(argv: Argv) -> list[str]:
    """The arguments that are no options."""
    return [word for word in argv[1:] if not word.startswith("-") or word == "-"]


SET_GROUP = 0o2000


def permissions(mode: int, kind: str = "-") -> str:
    """`-rw-r--r--`."""
    letters = "rwxrwsrwx" if mode & SET_GROUP else "rwxrwxrwx"
    return kind + "".join(letter if mode >> (8 - at) & 1 else "-" for at, letter in enumerate(letters))


def _touch(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    status = 0
    for path in paths(argv):
        if not shell.files.write(path, (), shell.now_ms, append=True):
            yield Err(f"touch: {path}: {_READ_ONLY}")
            status = 1
    return status


def _rm(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    status, forced = 0, any("f" in word for word in argv[1:] if word.startswith("-"))
    for path in paths(argv):
        if not forced and not shell.files.exists(path, shell.now_ms):
            yield Err(f"rm: can't remove '{path}': {_GONE}")
            status = 1
        elif not shell.files.remove(path, shell.now_ms):
            yield Err(f"rm: can't remove '{path}': {_READ_ONLY}")
            status = 1
    return status


def _cat(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    status = 0
    for path in paths(argv) or ["-"]:
        if path == "-":
            yield from fed
        elif shell.files.is_folder(path, shell.now_ms):
            yield Err("cat: read error: Is a directory")
            status = 1
        elif shell.files.exists(path, shell.now_ms):
            yield from shell.files.raw(path, shell.now_ms)
        else:
            yield Err(f"cat: can't open '{path}': {_GONE}")
            status = 1
    return status


def _ls(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    status, long = 0, any("l" in word for word in argv[1:] if word.startswith("-"))
    for path in paths(argv) or ["."]:
        if not shell.files.exists(path, shell.now_ms):
            yield Err(f"ls: {path}: {_GONE}")
            status = 1
        elif not shell.files.is_folder(path, shell.now_ms):
            yield _entry(shell, path, path, long=long)
        else:
            for name in shell.files.names(path, shell.now_ms):
                yield _entry(shell, f"{path.rstrip('/')}/{name}", name, long=long)
    return status


def _entry(shell: Machine, path: str, name: str, *, long: bool) -> str:
    if not long:
        return name
    folder, mode, (owner, group) = (
        shell.files.is_folder(path, shell.now_ms),
        shell.files.mode(path),
        _owner(shell, path),
    )
    size = 4096 if folder else len(bytes_of(text_of(shell.files.raw(path, shell.now_ms))))
    links = 2 if folder else 1
    return f"{permissions(mode, 'd' if folder else '-')}    {links} {owner:8} {group:8} {size:9d} {name}"


def _owner(shell: Machine, path: str) -> tuple[str, str]:
    """User and group by name, or by number if they have none."""
    own, identity = shell.files.is_its_own(path), shell.identity
    user, group = (identity.uid, identity.gid) if own else (0, 0)
    if identity.fs_group is not None and shell.files.mount_of(path):
        group = identity.fs_group
    return NAMES.get(user, str(user)), NAMES.get(group, str(group))


def _tee(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    for path in paths(argv):
        shell.files.write(path, fed, shell.now_ms, append="-a" in argv)
    yield from fed
    return 0


def _cp(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    """Also `mv`, which takes the source away."""
    *sources, target = paths(argv) or [""]
    status = 0
    for source in sources:
        if not shell.files.exists(source, shell.now_ms):
            yield Err(f"{argv[0]}: can't stat '{source}': {_GONE}")
            status = 1
            continue
        for path in _files_in(shell, source):
            into = shell.files.is_folder(target, shell.now_ms)
            name = path.removeprefix(source.rstrip("/").rpartition("/")[0] + "/")
            shell.files.write(
                f"{target.rstrip('/')}/{name}" if into else target,
                shell.files.raw(path, shell.now_ms),
                shell.now_ms,
            )
        if argv[0].endswith("mv"):
            shell.files.remove(source, shell.now_ms)
    return status


def _files_in(shell: Machine, path: str) -> list[str]:
    if not shell.files.is_folder(path, shell.now_ms):
        return [path]
    return [f"{path.rstrip('/')}/{name}" for name in shell.files.names(path, shell.now_ms)]


def _mkdir(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    """Folders are remembered by a hidden file in them."""
    for path in paths(argv):
        if shell.files.is_read_only(path):
            yield Err(f"mkdir: can't create directory '{path}': {_READ_ONLY}")
            return 1
        shell.files.write(f"{path.rstrip('/')}/{FOLDER}", (), shell.now_ms)
    return 0


def _stat(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    for path in paths(argv):
        if path.startswith("%"):
            continue
        if not shell.files.exists(path, shell.now_ms):
            yield Err(f"stat: can't stat '{path}': {_GONE}")
            return 1
        yield f"{shell.files.mode(path):o}" if "%a" in argv else path
    return 0


def _chmod(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    """`600`, `+x` and `u+w,go-r`."""
    wanted, *targets = [word for word in argv[1:] if word[:1] != "-" or word[1:2] in ("r", "w", "x")] or [""]
    for path in targets:
        if not shell.files.exists(path, shell.now_ms):
            yield Err(f"chmod: {path}: {_GONE}")
            return 1
        if shell.files.is_read_only(path):
            yield Err(f"chmod: {path}: {_READ_ONLY}")
            return 1
        mode = shell.files.mode(path)
        shell.files.set_mode(path, int(wanted, 8) if wanted.isdigit() else _changed(mode, wanted))
    return 0


def _changed(mode: int, wanted: str) -> int:
    for part in wanted.split(","):
        match = re.fullmatch(r"([ugoa]*)([-+=])([rwx]*)", part)
        if match is None:
            continue
        bits = sum({"r": 4, "w": 2, "x": 1}[letter] for letter in {*match[3]})
        for who in "ugo" if match[1] in ("", "a") else {*match[1]}:
            place = {"u": 6, "g": 3, "o": 0}.get(who, 0)
            kept = mode & ~(7 << place) if match[2] == "=" else mode
            mode = kept & ~(bits << place) if match[2] == "-" else kept | bits << place
    return mode


FILE_COMMANDS: Mapping[str, Builtin] = {
    "touch": _touch, "rm": _rm, "cat": _cat, "ls": _ls, "tee": _tee, "cp": _cp, "mv": _cp, "mkdir": _mkdir,
    "stat": _stat, "chmod": _chmod,
}  # fmt: skip
