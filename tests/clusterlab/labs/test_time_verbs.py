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
from msgspec.structs import replace

from clusterlab.engine.worker import Worker
from clusterlab.hub import hub
from clusterlab.labs.management.time_verbs import find_cluster
from clusterlab.labs.models import Cluster
from simcore.apimachinery.kinds import CONFIG_MAP, DEPLOYMENT
from simcore.apimachinery.meta import Key
from simcore.cluster.world import CLOCK
from simcore.etcd.snapshot import dump, load
from simcore.kube_apiserver.local import LocalClient
from tests.kit.manifests import config_map, deployment

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


def test_where_a_fork_and_its_source_part_is_told(mine: str) -> None:
    cluster("fork", "mine", "other")
    forked_at = hub.get(mine).store.revision
    for name, text in (("mine", "1"), ("other", "2")):
        client = LocalClient(hub.get(find_cluster(name).pk).server, "user:ada")
        client.create(CONFIG_MAP, config_map("notes", a=text, long=text * 1000))
    told = cluster("compare", "mine", "other").splitlines()
    assert "~ /registry/configmaps/default/notes data.a: '1' -> '2'" in told
    assert f"~ /registry/configmaps/default/notes data.long: '{'1' * 96}... -> '{'2' * 96}..." in told
    assert "~ /registry/configmaps/default/notes metadata.uid" not in told, "drawn by path and revision"
    assert told[-1] == f"the histories part at revision {forked_at + 1}"


@pytest.mark.parametrize(
    ("verb", "message"),
    [
        (("until", "mine", "any cat Failed"), "at character 5 ('cat'): there is no kind 'cat'"),
        (("until", "mine", "any pod Failed", "--limit", 0), "limit_s=0 is not between 0 and 2592000"),
        (("step", "mine", 0), "step=0 is not between 1 and 1000"),
        (("step", "mine", 1001), "step=1001 is not between 1 and 1000"),
        (("compare", "mine@x", "mine"), "'mine@x': a revision is a number"),
        (("compare", "mine", "nobody"), "no cluster is called 'nobody'"),
        (("compare", "mine@999999", "mine"), "required revision is a future revision: 999999"),
        (("fork", "mine", "x" * 64), "a name has at most 63 characters"),
    ],
    ids=lambda value: "-".join(map(str, value))[:30] if isinstance(value, tuple) else "",
)
def test_an_order_that_cannot_be_is_refused_in_a_sentence(
    mine: str, verb: tuple[Any, ...], message: str
) -> None:
    with pytest.raises(CommandError) as refusal:
        cluster(*verb)
    assert str(refusal.value).startswith(message)


def test_a_name_that_two_clusters_have_is_not_guessed(mine: str) -> None:
    cluster("fork", "mine", "mine")
    with pytest.raises(CommandError, match="several clusters are called 'mine'"):
        cluster("step", "mine")
    cluster("step", mine, 2)


def test_a_record_that_was_tampered_with_is_told_by_its_first_false_change(mine: str, tmp_path: Path) -> None:
    file = tmp_path / "run"
    cluster("step", "mine", 900)
    Worker().run(mine)
    cluster("export", "mine", file)
    record = load(file.read_bytes())
    begin = record.journal[0].revision
    place = next(
        n for n, e in enumerate(record.log) if e.origin.actor == "kube-scheduler" and e.revision > begin
    )
    entry = record.log[place]
    record.log[place] = replace(entry, origin=replace(entry.origin, cause=1))
    file.write_bytes(dump(record))
    where = f"the histories differ, first at revision {entry.revision}: {entry.key}"
    with pytest.raises(CommandError) as refusal:
        cluster("replay", file)
    assert str(refusal.value) == where


def test_the_state_at_a_revision_is_exported_without_its_history(mine: str, tmp_path: Path) -> None:
    file, kept = tmp_path / "state", hub.get(mine).store.revision - 5
    assert cluster("export", "mine", file, "--revision", kept).startswith(f"revisions {kept} to {kept}, ")
    copy = cluster("import", file, "copy").split()[0]
    assert hub.get(copy).store.revision == kept
    assert cluster("compare", f"mine@{kept}", "copy").splitlines()[-1] == "0 added, 0 removed, 1 changed"
