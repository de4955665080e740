"""The repository's source files, read once for the tidy tests."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON_SOURCES = ("simcore", "clusterlab", "scripts")
FRONTEND_SUFFIXES = (".ts", ".tsx", ".css")
NOT_OURS = frozenset({"migrations", "__pycache__", "node_modules", "dist"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def lines(self) -> int:
        return self.text.count("\n")


def files(folder: str, *suffixes: str) -> list[Path]:
    found = (path for suffix in suffixes for path in (ROOT / folder).rglob(f"*{suffix}"))
    return sorted(path for path in found if NOT_OURS.isdisjoint(path.parts))


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    found = [path for folder in folders for path in files(folder, ".py")]
    return tuple(Source(path, path.read_text(), ast.parse(path.read_text())) for path in found)


def functions(source: Source) -> list[Function]:
    return [node for node in ast.walk(source.tree) if isinstance(node, Function)]


def function_lines(function: Function) -> int:
    """Lines from `def` to the end, the docstring not counted."""
    assert function.end_lineno is not None
    lines = function.end_lineno - function.lineno + 1
    first = function.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        assert first.end_lineno is not None
        lines -= first.end_lineno - first.lineno + 1
    return lines


def code_lines(paths: list[Path]) -> int:
    """Lines that are not blank."""
    return sum(1 for path in paths for line in path.read_text().splitlines() if line.strip())
