"""The browser of the browser tests: Debian's Chromium and its driver, installed where that is possible."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from scripts.trouble import Trouble, progress, run_step, say

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DRIVER = "chromedriver"
ADVICE = "install chromium and chromedriver (Debian: apt install chromium chromium-driver)"


def paths() -> tuple[str, str] | None:
    """Browser and driver on PATH, or None."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which(DRIVER)
    return (browser, driver) if browser and driver else None


def ensure_chromium(log: Path) -> None:
    """Install it when it is missing; when that can't be done say so, and the browser tests are skipped."""
    if paths() is not None:
        return
    if not can_install():
        say(f"No Chromium: browser tests will be skipped; {ADVICE}")
        return
    try:
        with progress("Installing Chromium for the browser tests"):
            apt_install("chromium", "chromium-driver", log=log)
    except Trouble as trouble:
        say(f"{trouble} Browser tests will be skipped; {ADVICE}")


def can_install() -> bool:
    """Only Debian's own package is a real browser; Ubuntu's asks for snap."""
    release = Path("/etc/os-release")
    is_debian = release.is_file() and "ID=debian" in release.read_text().splitlines()
    return is_debian and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(*packages: str, log: Path) -> None:
    """Raises: Trouble when apt fails."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    what = f"Installing {packages[0]}"
    argv = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    if subprocess.run(argv, env=env, capture_output=True).returncode != 0:  # its lists may be missing or old
        run_step(["apt-get", "update", "-q"], what=what, log=log, needs_network=True, env=env)
        run_step(argv, what=what, log=log, needs_network=True, env=env)
