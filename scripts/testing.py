"""`make test`: the dashboard's unit tests, then everything under tests/ (the browser's included) by pytest."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from scripts import chromium, frontend, packages
from scripts.options import ROOT
from scripts.trouble import Trouble, say


def run_tests(arguments: Sequence[str]) -> int:
    """pytest's closing line is the last one printed."""
    if not arguments:
        chromium.ensure_chromium(packages.VENV / "chromium.log")
        say("Dashboard unit tests (npm test)")
        argv, env = frontend.npm_command()
        if subprocess.run([*argv, "test"], cwd=frontend.FRONTEND, env=env).returncode != 0:
            raise Trouble("The dashboard's unit tests failed.")
    pytest = [str(packages.PYTHON), "-m", "pytest", *arguments]
    return subprocess.run(pytest, cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"}).returncode
