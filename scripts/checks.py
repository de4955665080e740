"""`make check`: format, lint, types, import contracts, tidy tests; runs all of them and names those that failed."""

from __future__ import annotations

import subprocess
import time

from scripts import frontend, packages
from scripts.options import ROOT
from scripts.trouble import Trouble, say

CHECKS = {
    "format": ["-m", "ruff", "format", "--check", "--quiet", "."],
    "lint": ["-m", "ruff", "check", "--quiet", "."],
    "types": ["-m", "mypy"],
    "imports": ["-m", "importlinter.cli", "lint"],
    "tidy": ["-m", "pytest", "-q", "tests/architecture"],
}
LONGEST_REPORT = 200  # lines of a failed check's output, its end


def run_checks() -> int:
    """Raises: Trouble naming the checks that failed."""
    failed = [
        name for name, arguments in CHECKS.items() if not _passes(name, [str(packages.PYTHON), *arguments])
    ]
    argv, env = frontend.npm_command()
    if not _passes("dashboard", [*argv, "run", "--silent", "check"], cwd=str(frontend.FRONTEND), env=env):
        failed.append("dashboard")
    if failed:
        raise Trouble(f"make check failed: {', '.join(failed)}")
    say("make check: all is well")
    return 0


def _passes(name: str, argv: list[str], *, cwd: str = str(ROOT), env: dict[str, str] | None = None) -> bool:
    started = time.monotonic()
    done = subprocess.run(argv, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    is_fine = done.returncode == 0
    say(f"{name:<10} {'ok' if is_fine else 'FAILED'}  {time.monotonic() - started:.1f} s")
    if not is_fine:
        lines = done.stdout.rstrip().splitlines()
        say("\n".join(lines[-LONGEST_REPORT:]))
    return is_fine
