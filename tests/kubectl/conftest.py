"""A cluster of its own for each module, seen by real kubectl."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.kubectl import Kubectl, new_cluster
from tests.kit.lab import Lab


@pytest.fixture(scope="module")
def k(lab: Lab, kubectl: str, tmp_path_factory: pytest.TempPathFactory) -> Kubectl:
    folder: Path = tmp_path_factory.mktemp("kubectl")
    return new_cluster(lab, folder, kubectl, "--nodes", "3", "--latency", "instant", "--bare")
