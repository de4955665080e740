"""The folder of one test run: Django's DATA_DIR and the socket of the run's Redis; removed at the end."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="clusterlab-test-"))
DATA_DIR = FOLDER / "data"
REDIS_DIR = FOLDER / "redis"

DATA_DIR.mkdir()
REDIS_DIR.mkdir()
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
