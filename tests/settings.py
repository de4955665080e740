"""Django's settings for a test run: clusterlab's own, on a folder and a Redis that belong to the run."""

import os

from scripts import redis_server
from tests.kit.run_folder import DATA_DIR, REDIS_DIR

os.environ["DATA_DIR"] = str(DATA_DIR)
os.environ["REDIS_URL"] = redis_server.url(REDIS_DIR)
os.environ.setdefault("SECRET_KEY", "tests-only")

from clusterlab.settings import *  # noqa: F403  the environment comes first

DATABASES["default"].setdefault("TEST", {})["NAME"] = str(DATA_DIR / "test.sqlite3")  # noqa: F405  threads share a file
