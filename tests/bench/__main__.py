"""Runs tests/bench/bench_*.py one after the other and prints a line for each figure."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from tests.bench.figure import Named


def benches() -> list[Named]:
    """All of them: by module name, then in the order of the module."""
    modules = [
        import_module(f"tests.bench.{path.stem}") for path in sorted(Path(__file__).parent.glob("bench_*.py"))
    ]
    return [value for module in modules for value in vars(module).values() if isinstance(value, Named)]


def is_wanted(name: str, only: Sequence[str]) -> bool:
    """`deploy.1000` asks for that one, `deploy` for all of its family."""
    return not only or any(name == wanted or name.startswith(f"{wanted}.") for wanted in only)


def main(only: Sequence[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    found = [bench for bench in benches() if is_wanted(bench.name, only)]
    if not found:
        print(f"no benchmark is called {' or '.join(only)}; there are {', '.join(b.name for b in benches())}")
        return 2
    for bench in found:
        gc.collect()
        for figure in bench.run():
            print(figure.line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
