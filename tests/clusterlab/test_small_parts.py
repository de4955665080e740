"""Log lines, the installation's secret, and the bundle's names."""

from __future__ import annotations

import gc
import json
import logging
import sys
from pathlib import Path

import pytest

from clusterlab.labs.apps import GC_THRESHOLDS
from clusterlab.labs.templatetags import vite
from clusterlab.logs import OneLine, printable
from clusterlab.secret import secret_key


def line(message: str, *args: object) -> str:
    record = logging.LogRecord("clusterlab", logging.INFO, "", 0, message, args, None)
    return OneLine("%(levelname)s %(message)s").format(record)


def test_a_process_collects_seldom_and_a_busy_thread_gives_way_soon() -> None:
    assert gc.get_threshold() == GC_THRESHOLDS
    assert sys.getswitchinterval() <= 0.001


def test_no_user_text_forges_a_log_line() -> None:
    assert line("name %s", "a\nERROR forged\r\x1b[2J") == "INFO name a\\nERROR forged\\r\\x1b[2J"


def test_other_scripts_stay_readable() -> None:
    assert printable("한국어 é ✓") == "한국어 é ✓"
    assert printable("\u2028\x85") == "\\u2028\\x85"


def test_the_secret_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    first = secret_key(tmp_path / "data")
    assert len(first) > 60
    assert secret_key(tmp_path / "data") == first
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o077 == 0


@pytest.fixture
def bundle(tmp_path: Path, settings: object) -> Path:
    settings.BASE_DIR = tmp_path  # type: ignore[attr-defined]
    folder = tmp_path / "frontend" / "dist" / ".vite"
    folder.mkdir(parents=True)
    return folder / "manifest.json"


def test_an_entry_brings_its_styles_and_its_script(bundle: Path) -> None:
    chunks = {
        "src/main.tsx": {"file": "assets/main-1.js", "css": ["assets/main-1.css"], "imports": ["_shared.js"]},
        "_shared.js": {
            "file": "assets/shared-1.js",
            "css": ["assets/shared-1.css"],
            "imports": ["src/main.tsx"],
        },
    }
    bundle.write_text(json.dumps(chunks))
    tags = vite.vite_entry("src/main.tsx")
    assert '<link rel="stylesheet" href="/static/assets/main-1.css">' in tags
    assert '<link rel="stylesheet" href="/static/assets/shared-1.css">' in tags
    assert '<script type="module" src="/static/assets/main-1.js"></script>' in tags


def test_a_style_sheet_may_be_an_entry(bundle: Path) -> None:
    bundle.write_text(json.dumps({"src/notice.css": {"file": "assets/notice-1.css"}}))
    tags = vite.vite_entry("src/notice.css")
    assert '<link rel="stylesheet" href="/static/assets/notice-1.css">' in tags
    assert "script" not in tags


def test_without_a_bundle_there_are_no_tags(tmp_path: Path, settings: object) -> None:
    settings.BASE_DIR = tmp_path  # type: ignore[attr-defined]
    assert vite.vite_entry("src/main.tsx") == ""
