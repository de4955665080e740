"""Node and the dashboard's bundle: found, installed or built only when something is missing or newer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

from scripts import packages, stamps
from scripts.options import ROOT
from scripts.trouble import progress, run_step

FRONTEND = ROOT / "frontend"
OLDEST_NODE = (20, 19)
LOG = packages.VENV / "frontend.log"
NOT_SOURCES = frozenset({"node_modules", "dist", "coverage"})


def ensure_bundle() -> None:
    """Build frontend/dist when a source is not the one that the bundle was made from."""
    wanted = stamps.hash_of(stamps.files_under(FRONTEND, without=NOT_SOURCES))
    stamp = FRONTEND / "dist" / ".stamp"
    if stamps.is_fresh(stamp, wanted):
        return
    ensure_node_modules()
    with progress("Building the dashboard"):
        npm("run", "build", what="Building the dashboard")
    stamps.write(stamp, wanted)


def ensure_node_modules() -> None:
    wanted = stamps.hash_of([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    stamp = FRONTEND / "node_modules" / ".stamp"
    if stamps.is_fresh(stamp, wanted):
        return
    with progress("Installing the dashboard's packages (npm ci)"):
        npm("ci", "--no-audit", "--no-fund", what="Installing the dashboard's packages")
    stamps.write(stamp, wanted)


def npm(*arguments: str, what: str) -> None:
    """Run npm in frontend/, output to the log. Raises: Trouble when it fails."""
    argv, env = npm_command()
    run_step([*argv, *arguments], what=what, log=LOG, needs_network=True, cwd=FRONTEND, env=env)


def npm_command() -> tuple[list[str], dict[str, str]]:
    """npm's argv and environment: Node of 20.19+ on PATH, or else the wheel's."""
    if node_on_path_is_new_enough():
        return ["npm"], dict(os.environ)
    wheel = packages.ensure_node_wheel()
    node = wheel / "bin" / "node"
    env = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    return [str(node), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")], env


def node_on_path_is_new_enough() -> bool:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    match = re.match(r"v(\d+)\.(\d+)\.", answer)
    return match is not None and (int(match[1]), int(match[2])) >= OLDEST_NODE
