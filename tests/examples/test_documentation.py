"""Examples of the kinds that Kubernetes' documentation shows come to the state that it describes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.memory_store import MemoryStore
from tests.kit import expectation

FOLDER = Path(__file__).parents[2] / "examples" / "documentation"
EXAMPLES = sorted(FOLDER.glob("*.yaml"))
FEWEST = 60
EPOCH_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z


def cluster_of_three(*, latency: str = "realistic") -> Cluster:
    store = MemoryStore()
    found(store, ClusterSpec(seed=7, epoch_ms=EPOCH_MS, latency=latency))
    cluster = Cluster(store)
    cluster.advance(2_000)
    return cluster


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_comes_to_what_the_documentation_describes(path: Path) -> None:
    expected, cluster = expectation.read(path.with_suffix(".expect")), cluster_of_three()
    for manifest in yaml.safe_load_all(path.read_text()):
        cluster.given(manifest)
        cluster.advance(1_000)  # as somebody would who tries one after the other
    assert expected.run(cluster) == []


def test_there_are_enough_examples_and_each_says_what_it_comes_to() -> None:
    assert len(EXAMPLES) >= FEWEST
    assert {path.stem for path in EXAMPLES} == {path.stem for path in FOLDER.glob("*.expect")}
    assert all(path.read_text().startswith("# ") for path in EXAMPLES)
