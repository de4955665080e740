"""The commands behind the make targets: `python3 -m scripts run`, `test`, `check` ..."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from types import FrameType

from scripts import frontend, packages
from scripts.options import ROOT, Options
from scripts.trouble import Trouble, warn


def main(arguments: Sequence[str]) -> int:
    name, *rest = [*arguments] or [""]
    command = COMMANDS.get(name)
    if command is None:
        warn(f"usage: python3 -m scripts {'|'.join(COMMANDS)}")
        return 2
    os.chdir(ROOT)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return command(rest)
    except Trouble as trouble:
        warn(str(trouble))
        return 1
    except KeyboardInterrupt:
        warn("Stopped.")
        return 130


def run(_: Sequence[str]) -> int:
    """Everything from nothing: installs and builds what is missing, then `start`."""
    Options.read(os.environ)  # a mistyped port is said before an installation, not after
    packages.ensure_packages()
    frontend.ensure_bundle()
    os.execv(packages.PYTHON, [str(packages.PYTHON), "-m", "scripts", "start"])


def start(_: Sequence[str]) -> int:
    """What `run` does on .venv's Python, once all is installed."""
    from scripts.run import main as start_all

    return start_all(Options.read(os.environ))


def prepare(_: Sequence[str]) -> int:
    """What a container does on .venv's Python before its servers start: schema, migrations, certificates."""
    from scripts.run import prepare as prepare_data_dir

    prepare_data_dir(Options.read(os.environ))
    return 0


def install(_: Sequence[str]) -> int:
    packages.ensure_packages()
    return 0


def test(arguments: Sequence[str]) -> int:
    packages.ensure_packages(dev=True)
    frontend.ensure_node_modules()
    frontend.ensure_bundle()
    from scripts.testing import run_tests

    return run_tests(arguments)


def check(_: Sequence[str]) -> int:
    packages.ensure_packages(dev=True)
    frontend.ensure_node_modules()
    from scripts.checks import run_checks

    return run_checks()


def bench(arguments: Sequence[str]) -> int:
    packages.ensure_packages(dev=True)
    frontend.ensure_bundle()
    os.execv(packages.PYTHON, [str(packages.PYTHON), "-m", "tests.bench", *arguments])


def faults(_: Sequence[str]) -> int:
    """A fault run; SEED and MINUTES come by the environment."""
    packages.ensure_packages(dev=True)
    frontend.ensure_bundle()
    os.execv(packages.PYTHON, [str(packages.PYTHON), "-m", "tests.faults"])


def lock(_: Sequence[str]) -> int:
    packages.ensure_packages()
    packages.lock()
    return 0


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "faults": faults,
    "lock": lock,
    "install": install,
    "prepare": prepare,
    "start": start,
}


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
