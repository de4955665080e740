"""`manage.py cluster` does what the dashboard does."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import transaction

from clusterlab.hub import hub
from clusterlab.labs.access import access_by_token
from clusterlab.labs.models import Cluster, Role, ShareLink
from simcore.cluster.world import CLUSTER, NODES
from tests.clusterlab.conftest import Browser

pytestmark = pytest.mark.usefixtures("db", "client_of_redis")


def cluster(*arguments: Any) -> str:
    out = io.StringIO()
    call_command("cluster", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_create_prints_an_address_that_opens_the_cluster() -> None:
    cluster_id, address = cluster("create", "mine", "--nodes", 2).split()
    browser = Browser()
    assert browser.get(address)["Location"] == f"/c/{cluster_id}/map"
    assert browser.get(f"/api/clusters/{cluster_id}/").json()["role"] == "operate"


def test_create_writes_an_administrators_kubeconfig(tmp_path: Path) -> None:
    file = tmp_path / "config"
    arguments = ("--bare", "--nodes", 4, "--latency", "instant", "--seed", 3, "--kubeconfig", file)
    cluster_id = cluster("create", "contract", *arguments).split()[0]
    written = yaml.safe_load(file.read_text())
    assert written["clusters"][0]["cluster"]["server"].endswith(f"/clusters/{cluster_id}")
    assert access_by_token(written["users"][0]["user"]["token"], cluster_id).role is Role.OWNER
    assert file.stat().st_mode & 0o077 == 0
    record = hub.get(cluster_id).record(CLUSTER)
    assert (record["bare"], record["latency"], record["seed"]) == (True, "instant", 3)


def test_a_bare_cluster_may_have_no_nodes() -> None:
    cluster_id = cluster("create", "none", "--bare", "--nodes", 0).split()[0]
    assert hub.get(cluster_id).store.range(NODES).kvs == []


def test_a_database_without_tables_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cluster._meta, "db_table", "not_migrated")
    with (
        pytest.raises(CommandError, match=r"the database is not ready \(.*not_migrated.*`make run` first"),
        transaction.atomic(),
    ):
        cluster("list")


def test_list_shows_the_living() -> None:
    first = cluster("create", "first", "--nodes", 1).split()[0]
    second = cluster("create", "second\n\x1b[31m", "--nodes", 1).split()[0]
    cluster("delete", first)
    listed = cluster("list")
    assert first not in listed
    assert second in listed
    assert "\x1b" not in listed
    assert "1 nodes  running at 1x" in listed


def test_a_cluster_is_found_by_its_name_if_only_one_has_it() -> None:
    cluster("create", "twice", "--nodes", 1)
    cluster("pause", "twice")
    cluster("create", "twice", "--nodes", 1)
    with pytest.raises(CommandError, match="several clusters are called 'twice'"):
        cluster("pause", "twice")
    with pytest.raises(CommandError, match="no cluster is called 'nothing'"):
        cluster("pause", "nothing")


def test_share_makes_a_link_of_the_role() -> None:
    cluster("create", "mine", "--nodes", 1)
    cluster("share", "mine", "--role", "view", "--expires", "1h")
    assert set(ShareLink.objects.values_list("role", flat=True)) == {"operate", "view"}


def test_the_pace_is_set() -> None:
    cluster_id = cluster("create", "mine", "--nodes", 1).split()[0]
    cluster("speed", "mine", 50)
    cluster("pause", "mine")
    assert hub.get(cluster_id).speed() == (50, True)
    cluster("resume", "mine")
    assert hub.get(cluster_id).speed() == (50, False)


def test_nodes_are_added_killed_and_removed() -> None:
    cluster_id = cluster("create", "mine", "--nodes", 1).split()[0]
    assert cluster("nodes", "mine", "add", 2).split() == ["node-2", "node-3"]
    cluster("nodes", "mine", "kill", "node-2")
    cluster("nodes", "mine", "remove", "node-3")
    resident = hub.get(cluster_id)
    machines = [kv.key.removeprefix(NODES) for kv in resident.store.range(NODES).kvs]
    assert machines == ["control-plane", "node-1", "node-2"]
    assert resident.record(NODES + "node-2")["power"] == "off"
    assert Cluster.objects.get().nodes == 2


def test_kubeconfig_goes_to_the_terminal_or_a_file(tmp_path: Path) -> None:
    cluster("create", "mine", "--nodes", 1)
    assert yaml.safe_load(cluster("kubeconfig", "mine"))["kind"] == "Config"
    cluster("kubeconfig", "mine", tmp_path / "config")
    assert yaml.safe_load((tmp_path / "config").read_text())["kind"] == "Config"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(("create", "x", "--nodes", 0), "nodes=0 is not between 1 and 5000", id="no nodes"),
        pytest.param(("create", "x", "--example", "y"), "there is no example 'y'", id="no such example"),
        pytest.param(
            ("create", "x", "--kubeconfig", "/nowhere/config"), "there is no folder /nowhere", id="no folder"
        ),
        pytest.param(("create", "x" * 64), "a name has at most 63 characters", id="a long name"),
    ],
)
def test_a_mistake_is_one_sentence(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(CommandError) as caught:
        cluster(*arguments)
    assert message in str(caught.value)
