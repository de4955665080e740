"""The commands that look at files, make them and remove them."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simcore.kubelet.runtime.shell.builtins import Argv, Builtin, Lines, Machine

Steps = Generator[str, None, int]
_GONE = "No such file or directory"


def paths(argv: Argv) -> list[str]:
    """The arguments that are no options."""
    return [word for word in argv[1:] if not word.startswith("-") or word == "-"]


def _touch(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    yield from ()
    for path in paths(argv):
        shell.files.write(path, (), shell.now_ms, append=True)
    return 0


def _rm(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    status, forced = 0, any("f" in word for word in argv[1:] if word.startswith("-"))
    for path in paths(argv):
        if not forced and not shell.files.exists(path):
            yield f"rm: can't remove '{path}': {_GONE}"
            status = 1
        shell.files.remove(path, shell.now_ms)
    return status


def _cat(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    status = 0
    for path in paths(argv) or ["-"]:
        if path == "-":
            yield from fed
        elif shell.files.exists(path):
            yield from shell.files.read(path)
        else:
            yield f"cat: can't open '{path}': {_GONE}"
            status = 1
    return status


def _ls(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    status = 0
    for path in paths(argv):
        if not shell.files.exists(path):
            yield f"ls: {path}: {_GONE}"
            status = 1
        elif not path.endswith("/"):
            yield path
    return status


def _tee(shell: Machine, argv: Argv, fed: Lines) -> Steps:
    for path in paths(argv):
        shell.files.write(path, fed, shell.now_ms, append="-a" in argv)
    yield from fed
    return 0


FILE_COMMANDS: Mapping[str, Builtin] = {"touch": _touch, "rm": _rm, "cat": _cat, "ls": _ls, "tee": _tee}
