"""Real kubectl on a lab's cluster."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.options import ROOT
from scripts.packages import PYTHON
from tests.kit.lab import Lab


class KubectlFailed(AssertionError):
    """The command's exit code was not 0; the message is what it said."""


@dataclass(frozen=True)
class Kubectl:
    """One kubeconfig's kubectl. Commands are split at spaces."""

    program: str
    kubeconfig: Path

    def __call__(self, command: str, *, stdin: str = "") -> str:
        """What it printed. Raises: KubectlFailed."""
        done = self.run(command, stdin=stdin)
        if done.returncode:
            raise KubectlFailed(f"kubectl {command}: {done.stderr.strip()}")
        return done.stdout

    def run(self, command: str, *, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._argv(command), input=stdin, capture_output=True, text=True, timeout=90, env=self._env()
        )

    def start(self, command: str) -> subprocess.Popen[str]:
        """For commands that go on, as `get -w`; end it yourself."""
        return subprocess.Popen(
            self._argv(command), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self._env()
        )

    def json(self, command: str) -> Any:
        return json.loads(self(f"{command} -o json"))

    def until(self, command: str, expected: str, *, timeout_s: float = 60.0) -> str:
        """Asks again until the answer contains `expected`; returns that answer."""
        deadline = time.monotonic() + timeout_s
        while True:
            done = self.run(command)
            if expected in done.stdout + done.stderr:
                return done.stdout
            assert time.monotonic() < deadline, (
                f"kubectl {command}: no {expected!r} in:\n{done.stdout}{done.stderr}"
            )
            time.sleep(0.2)

    def _argv(self, command: str) -> list[str]:
        return [self.program, "--kubeconfig", str(self.kubeconfig), *command.split(" ")]

    def _env(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.kubeconfig.parent), "TZ": "UTC"}


def manage(lab: Lab, *arguments: str, **environment: str) -> str:
    """What `manage.py cluster ...` printed, as a user runs it on the lab's machine. Raises: CalledProcessError."""
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in ("REDIS_URL", "DJANGO_SETTINGS_MODULE")
    }
    done = subprocess.run(
        [PYTHON, "manage.py", "cluster", *arguments],
        cwd=ROOT,
        env=env | {"DATA_DIR": str(lab.data_dir), **environment},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout


def new_cluster(lab: Lab, folder: Path, program: str, *options: str) -> Kubectl:
    """A cluster of its own in the lab, made by the command that users have."""
    file = folder / "kubeconfig"
    manage(lab, "create", folder.name, *options, "--kubeconfig", str(file))
    return Kubectl(program, file)
