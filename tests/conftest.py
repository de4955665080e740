"""Fixtures for every test: a real Redis, a real kubectl, a real browser's paths."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit import programs
from tests.kit.lab import Lab, running_lab
from tests.kit.redis_process import RedisProcess, temporary_folder
from tests.kit.run_folder import REDIS_DIR


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The Redis of the whole run, named by Django's settings; tests keep apart by cluster ids of their own."""
    with RedisProcess(REDIS_DIR) as process:
        yield process.url


@pytest.fixture
def own_redis() -> Iterator[RedisProcess]:
    """A Redis for one test that kills it."""
    with temporary_folder() as folder, RedisProcess(Path(folder)) as process:
        yield process


@pytest.fixture(scope="session")
def kubectl() -> str:
    return programs.kubectl_or_skip()


@pytest.fixture(scope="session")
def chromium_paths() -> tuple[str, str]:
    """(browser, driver)"""
    return programs.chromium_or_skip()


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """A whole running ClusterLab, shared by all tests that ask for it; make clusters of your own in it."""
    with temporary_folder() as folder, running_lab(Path(folder)) as running:
        yield running
