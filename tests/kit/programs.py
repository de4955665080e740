"""Programs that some tests need and a machine may lack: found here, or the test says plainly why it is skipped."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from scripts import chromium

KUBECTL_NAMES = ("kubectl.1.33", "kubectl")


def kubectl_or_skip() -> str:
    """$KUBECTL, kubectl.1.33 or kubectl on PATH."""
    named = os.environ.get("KUBECTL")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, KUBECTL_NAMES)), None)
    if found is None:
        where = f"KUBECTL={named} is no program" if named else "no kubectl on PATH"
        pytest.skip(f"{where}: install kubectl 1.33 or set KUBECTL=/path/to/kubectl")
    return found


def kubectl_of_or_skip(version: str) -> str:
    """kubectl.<version> on PATH, or beside the kubectl there."""
    name = f"kubectl.{version}"
    homes = [Path(found).resolve().parent for n in KUBECTL_NAMES if (found := shutil.which(n))]
    found = shutil.which(name) or next(filter(None, (shutil.which(name, path=home) for home in homes)), None)
    if found is None:
        pytest.skip(f"no {name} on PATH or beside kubectl: install it to try this version")
    return found


def chromium_or_skip() -> tuple[str, str]:
    """Browser and driver."""
    found = chromium.paths()
    if found is None:
        pytest.skip(f"no Chromium: {chromium.ADVICE}")
    return found
