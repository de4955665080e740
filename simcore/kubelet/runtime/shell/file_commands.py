"""The commands that look at files, make them and remove them."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING

from simcore.kubelet.runtime.shell.control import Err

if TYPE_CHECKING:
    from simcore.kubelet.runtime.shell.builtins import Argv, Builtin, Lines, Machine

Steps = Generator[str, None, int]
_GONE = "No such file or directory"
_READ_ONLY = "Read-only file system"


def paths(argv: Argv) -> list[str]:
    """The arguments that are no options."""
    return [word for word in argv[1:] if not word.startswith("-") or word == "-"]


def permissions(mode: int) -> str:
    """`-rw-r--r--`."""
    letters = "rwxrwxrwx"
    return "-" + "".join(letter if mode >> (8 - at) & 1 else "-" for at, letter in enumerate(letters))


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
            yield from shell.files.read(path, shell.now_ms)
        else:
            yield Err(f"cat: can't open '{path}': {_GONE}")
            status = 1
    return status


def _ls(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    status, long = 0, any("l" in word for word in argv[1:] if word.startswith("-"))
    for path in paths(argv) or ["/"]:
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
    if shell.files.is_folder(path, shell.now_ms):
        return f"drwxr-xr-x    2 root     root          4096 {name}"
    size = sum(len(line) + 1 for line in shell.files.read(path, shell.now_ms))
    return f"{permissions(shell.files.mode(path))}    1 root     root     {size:9d} {name}"


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
                shell.files.read(path, shell.now_ms),
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
        shell.files.write(f"{path.rstrip('/')}/.folder", (), shell.now_ms)
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


FILE_COMMANDS: Mapping[str, Builtin] = {
    "touch": _touch, "rm": _rm, "cat": _cat, "ls": _ls, "tee": _tee, "cp": _cp, "mv": _cp, "mkdir": _mkdir,
    "stat": _stat,
}  # fmt: skip
