"""Large examples are founded once and opened as forks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clusterlab.hub import hub
from clusterlab.labs import creating, prepared
from clusterlab.labs.access import Visitor
from clusterlab.labs.examples import Example, catalogue
from clusterlab.labs.spec import LabSpec
from simcore.apimachinery.kinds import POD
from simcore.cluster.world import CLUSTER

pytestmark = pytest.mark.usefixtures("db", "client_of_redis")
SMALL = Example(
    "node-dies",
    "A node dies",
    "",
    {"nodes": 2, "bare": True, "latency": "instant", "seed": 5},
    (),
    is_large=True,
)


@pytest.fixture(autouse=True)
def gallery(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One example, prepared in a folder of its own."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(creating, "catalogue", lambda: {SMALL.slug: SMALL})
    return tmp_path / "examples"


def test_it_is_founded_once(gallery: Path) -> None:
    prepared.prepare(SMALL)
    (file,) = gallery.iterdir()
    before = file.stat().st_mtime_ns
    prepared.prepare(SMALL)
    assert (file.stat().st_mtime_ns, len(list(gallery.iterdir()))) == (before, 1)


def test_what_was_made_from_something_else_goes(gallery: Path) -> None:
    gallery.mkdir()
    (gallery / f"{SMALL.slug}-0123456789abcdef.lab").write_bytes(b"old")
    (gallery / "other-0123456789abcdef.lab").write_bytes(b"another example's")
    prepared.prepare(SMALL)
    names = sorted(path.name for path in gallery.iterdir())
    assert names[1] == "other-0123456789abcdef.lab"
    assert len(names) == 2
    assert names[0] != f"{SMALL.slug}-0123456789abcdef.lab"


def test_each_cluster_of_it_is_one_of_its_own_with_running_pods(gallery: Path) -> None:
    spec = LabSpec(**SMALL.settings)
    first, second = (
        creating.create_cluster(name, spec, visitor=Visitor(), example=SMALL.slug) for name in ("one", "two")
    )
    one, two = hub.get(first.cluster.id), hub.get(second.cluster.id)
    pods = one.server.storage.all(POD, "default")
    assert [pod["status"]["phase"] for pod in pods] == ["Running"] * 9
    assert (one.record(CLUSTER) or {})["root_ca"] != (two.record(CLUSTER) or {})["root_ca"]
    assert len(list(gallery.iterdir())) == 1
    assert (first.cluster.name, first.cluster.nodes, first.cluster.example) == ("one", 2, SMALL.slug)


def test_an_example_of_another_size_is_founded_anew(gallery: Path) -> None:
    spec = LabSpec(**{**SMALL.settings, "nodes": 3})
    made = creating.create_cluster("three", spec, visitor=Visitor(), example=SMALL.slug)
    assert made.cluster.nodes == 3
    assert not gallery.exists()


def test_the_gallery_has_at_least_eight_examples_with_three_steps_each() -> None:
    assert len(catalogue()) >= 8
    assert all(len(example.steps) == 3 and example.summary for example in catalogue().values())
    assert [slug for slug, example in catalogue().items() if example.is_large] == ["crowd"]
