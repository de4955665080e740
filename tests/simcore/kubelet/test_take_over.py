"""Another process goes on with a cluster at any moment, and nobody can tell."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import NODE, POD
from simcore.apimachinery.meta import Key
from simcore.sim.latency import REALISTIC
from tests.simcore.kubelet.conftest import Site


def busy_site(latency: str = "instant") -> Site:
    """A bit of everything that takes time."""
    site = Site(nodes=2, latency=REALISTIC) if latency == "realistic" else Site(nodes=2)
    site.run("steady")
    site.run("crash", image="busybox", command=["sh", "-c", "sleep 3; exit 1"])
    site.run("bad", image="nginx:404", node="node-2")
    site.run("job", image="busybox", command=["sleep", "40"], restartPolicy="Never", node="node-2")
    site.run("late", image="busybox", command=["sleep", "1000"], activeDeadlineSeconds=70)
    return site


def test_a_process_that_starts_on_a_quiet_cluster_writes_nothing(site: Site) -> None:
    for name in "abc":
        site.run(name)
    site.advance(5000)
    before = site.writes()
    other = site.again()
    other.advance(60_000)
    assert other.writes() == before


@pytest.mark.parametrize("latency", ["instant", "realistic"])
@pytest.mark.parametrize("at", [100, 500, 1_000, 3_000, 3_500, 12_000, 40_000, 69_999, 70_000])
def test_wherever_it_is_interrupted_the_history_of_the_pods_is_the_same(at: int, latency: str) -> None:
    whole, parted = busy_site(latency), busy_site(latency)
    whole.advance(150_000)
    parted.advance(at)
    parted = parted.again()
    parted.advance(150_000 - at)
    for name in ("steady", "crash", "bad", "job", "late"):
        assert parted.pod(name)["status"] == whole.pod(name)["status"]
        assert parted.event_counts(name) == whole.event_counts(name)
    assert parted.world.list("/sim/") == whole.world.list("/sim/")


def test_two_runs_write_the_same_history() -> None:
    one, two = busy_site("realistic"), busy_site("realistic")
    for site in (one, two):
        site.advance(120_000)
    assert one.history() == two.history()


def test_a_power_cut_that_nobody_handled_is_handled_by_the_next_process(site: Site) -> None:
    site.run()
    site.advance(25_000)
    doc = {**(site.world.get("/sim/nodes/node-1") or {}), "power": "off", "since_ms": 25_000}
    site.world.put("/sim/nodes/node-1", doc, actor="user:test", cause=0)
    other = site.again()
    assert {c["lastHeartbeatTime"] for c in other.node()["status"]["conditions"]} == {"2026-01-01T00:00:00Z"}
    other.advance(10_000)
    other.power("on")
    assert other.container()["restartCount"] == 1


def test_a_pod_that_vanished_unseen_leaves_no_record(site: Site) -> None:
    uid = site.run()["metadata"]["uid"]
    site.plane.api.delete(POD, Key("default", "web"), grace_s=0)  # and time stands still until
    other = site.again()
    assert other.world.get(f"/sim/runtime/node-1/{uid}") is None


def test_a_deleted_node_is_not_registered_again_by_the_next_process(site: Site) -> None:
    site.plane.api.delete(NODE, Key("", "node-1"))
    site.advance(0)
    other = site.again()
    other.advance(60_000)
    assert other.plane.api.list(NODE) == []
    other.power("off")
    other.power("on")
    assert other.node()["metadata"]["name"] == "node-1"


def test_addresses_and_resources_in_use_are_known_to_the_next_process(site: Site) -> None:
    site.run("first", resources={"requests": {"cpu": "3"}})
    other = site.again()
    assert other.run("second", resources={"requests": {"cpu": "500m"}})["status"]["podIP"] == "10.244.1.3"
    assert other.run("third", resources={"requests": {"cpu": "2"}})["status"]["reason"] == "OutOfcpu"


def test_images_on_disk_are_known_to_the_next_process(site: Site) -> None:
    site.run("first")
    site.delete("first", grace_s=0)
    other = site.again()
    other.run("second")
    assert [reason for reason, _ in other.events("second")] == ["Pulled", "Created", "Started"]
