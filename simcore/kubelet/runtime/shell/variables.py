"""The variables that a shell starts with, and what `${name...}` makes of their values."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase


def environment(variables: Mapping[str, str], host: str) -> dict[str, str]:
    """The variables that a shell starts with."""
    return {"HOSTNAME": host, "HOME": "/root", "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "PWD": "/"} | dict(variables)  # fmt: skip


def modified(value: str, mark: str, rest: str) -> str:
    """`${name:-rest}` and its like."""
    match mark:
        case ":-" | "-" | ":=":
            return value or rest
        case "%" | "%%":
            cuts = range(len(value), -1, -1) if mark == "%" else range(len(value) + 1)
            return next((value[:cut] for cut in cuts if fnmatchcase(value[cut:], rest)), value)
    starts = range(len(value) + 1) if mark == "#" else range(len(value), -1, -1)
    return next((value[start:] for start in starts if fnmatchcase(value[:start], rest)), value)
