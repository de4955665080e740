"""`manage.py cluster`: steps, goals, forks, files, replays and comparisons."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.management import CommandError, call_command

from clusterlab.engine.worker import Worker
from clusterlab.hub import hub
from clusterlab.labs.models import Cluster
from simcore.apimachinery.kinds import DEPLOYMENT
from simcore.apimachinery.meta import Key
from simcore.cluster.world import CLOCK
from simcore.kube_apiserver.local import LocalClient
from tests.kit.manifests import deployment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("client_of_redis")]


def cluster(*arguments: Any) -> str:
    out = io.StringIO()
    call_command("cluster", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture
def mine() -> str:
    """A cluster called `mine` that was told to have a Deployment."""
    cluster_id = cluster("create", "mine", "--nodes", 1, "--zones", 1, "--seed", 4).split()[0]
    resident = hub.get(cluster_id)
    manifest = deployment("web", 2)
    LocalClient(resident.server, "user:ada").create(DEPLOYMENT, manifest)
    return cluster_id


@pytest.fixture
def engine(mine: str) -> Iterator[None]:
    """A worker that runs the cluster until the test ends."""
    worker = Worker()

    def run() -> None:
        while not worker._stopping.is_set():
            worker.run(mine)
            worker._stopping.wait(0.05)

    thread = threading.Thread(target=run)
    thread.start()
    yield
    worker.stop()
    thread.join()


def test_a_step_is_told_by_the_clock_record(mine: str) -> None:
    cluster("step", "mine", 7)
    assert hub.get(mine).record(CLOCK) == {"speed": 1.0, "paused": True, "steps": 7}


def test_the_greatest_speed_is_as_fast_as_it_can(mine: str) -> None:
    cluster("speed", "mine", "max")
    assert hub.get(mine).speed() == (0.0, False)


@pytest.mark.usefixtures("engine")
def test_until_waits_for_its_condition(mine: str) -> None:
    cluster("speed", "mine", "max")
    assert cluster("until", "mine", "deployment/web available", "--limit", 120).startswith("reached at")
    status = LocalClient(hub.get(mine).server, "test").get(DEPLOYMENT, Key("default", "web"))["status"]
    assert status["availableReplicas"] == 2
    with pytest.raises(CommandError, match="gave up"):
        cluster("until", "mine", "any pod Failed", "--limit", 30)


def test_a_file_holds_a_cluster_and_its_history(mine: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.cluster"
    assert cluster("export", "mine", file).startswith("revisions 0 to ")
    copy = cluster("import", file, "copy").split()[0]
    hub.get(mine).sync()
    assert hub.get(copy).store.range("/").kvs == hub.get(mine).store.range("/").kvs
    assert hub.get(copy).store.watch("/", start=1).poll() == hub.get(mine).store.watch("/", start=1).poll()
    assert Cluster.objects.get(pk=copy).settings == Cluster.objects.get(pk=mine).settings
    assert "0 added, 0 removed, 0 changed" in cluster("compare", "mine", "copy")


@pytest.mark.parametrize("content", [b"", b"clusterlab-snapshot 1 0\nx", b"\x00" * 100], ids=len)
def test_a_file_that_is_none_is_refused(mine: str, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad").write_bytes(content)
    for verb in (("import", tmp_path / "bad", "x"), ("replay", tmp_path / "bad")):
        with pytest.raises(CommandError, match="bad: "):
            cluster(*verb)


def test_a_recorded_run_is_replayed(mine: str, client_of_redis: redis.Redis, tmp_path: Path) -> None:
    file = tmp_path / "run"
    cluster("step", "mine", 900)
    Worker().run(mine)
    cluster("export", "mine", file)
    assert cluster("replay", file).splitlines()[-1] == "the same history"


def test_a_record_of_a_cluster_that_never_ran_cannot_be_replayed(mine: str, tmp_path: Path) -> None:
    cluster("export", "mine", tmp_path / "run")
    with pytest.raises(CommandError, match="no place where an owner built"):
        cluster("replay", tmp_path / "run")


def test_a_fork_differs_by_what_came_after(mine: str) -> None:
    kept = hub.get(mine).store.revision - 1
    forked = cluster("fork", "mine", "what if", "--revision", kept).split()[0]
    assert hub.get(forked).store.revision == kept
    told = cluster("compare", f"mine@{kept}", "mine").splitlines()
    assert told == ["+ /registry/deployments/default/web", "1 added, 0 removed, 0 changed"]
    with pytest.raises(CommandError, match="future revision"):
        cluster("fork", "mine", "--revision", 10**6)
