"""Deleting pods through the API: the object stays until its containers have ended."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Key
from tests.simcore.kubelet.conftest import Site

IGNORES = ("sh", "-c", "while true; do sleep 1; done")


def test_a_pod_stays_terminating_until_its_last_container_is_killed(site: Site) -> None:
    site.run(image="busybox", command=[*IGNORES], terminationGracePeriodSeconds=10)
    site.delete()
    assert site.pod()["metadata"]["deletionGracePeriodSeconds"] == 10
    assert "running" in site.container()["state"]
    site.advance(9_999)
    assert site.has_pod()
    site.advance(1)
    assert not site.has_pod()
    assert ("Killing", "Stopping container main") in site.events()


def test_its_last_status_says_how_it_ended(site: Site) -> None:
    site.run(image="busybox", command=[*IGNORES], metadata={"finalizers": ["example.org/hold"]})
    site.delete()
    site.advance(30_000)
    status = site.pod()["status"]
    assert status["phase"] == "Failed"
    assert status["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 137
    assert site.conditions()["Ready"] == "False"


def test_a_finalizer_holds_the_pod_without_any_further_write(site: Site) -> None:
    site.run(metadata={"finalizers": ["example.org/hold"]})
    site.delete()
    site.advance(1000)
    before = site.writes()
    site.advance(600_000)
    assert site.writes() == before
    site.plane.patch(POD, "web", {"metadata": {"finalizers": None}})
    site.advance(0)
    assert not site.has_pod()


def test_a_server_that_takes_the_signal_is_gone_within_its_own_time(site: Site) -> None:
    site.run(image="nginx:1.27")
    site.delete()
    site.advance(39)
    assert site.has_pod()
    site.advance(1)
    assert not site.has_pod()


def test_the_address_and_the_resources_are_free_again(site: Site) -> None:
    request = {"requests": {"cpu": "3"}}
    site.run("first", resources=request)
    site.delete("first")
    site.advance(40)
    second = site.run("second", resources=request)
    assert (second["status"]["phase"], second["status"]["podIP"]) == ("Running", "10.244.1.2")


def test_a_pod_that_could_not_be_pulled_goes_at_once(site: Site) -> None:
    site.run(image="nginx:404")
    site.delete()
    assert not site.has_pod()


def test_a_rejected_pod_goes_at_once(site: Site) -> None:
    site.run(resources={"requests": {"cpu": "100"}})
    site.delete()
    assert not site.has_pod()


@pytest.mark.parametrize("at", [0, 4_000, 9_999])
def test_another_process_keeps_to_the_grace_that_was_begun(site: Site, at: int) -> None:
    site.run(image="busybox", command=[*IGNORES], terminationGracePeriodSeconds=10)
    site.delete()
    site.advance(at)
    other = site.again()
    other.advance(9_999 - at)
    assert other.has_pod()
    other.advance(1)
    assert not other.has_pod()
    assert other.event_counts()["Killing"] == 1


def test_a_new_pod_of_the_same_name_is_another_pod(site: Site) -> None:
    first = site.run(image="busybox", command=["sleep", "60"])
    site.delete(grace_s=0)
    second = site.run()
    assert second["metadata"]["uid"] != first["metadata"]["uid"]
    site.advance(120_000)
    assert site.container()["restartCount"] == 0
    assert [*site.world.list("/sim/runtime/node-1/")] == [
        f"/sim/runtime/node-1/{second['metadata']['uid']}",
        "/sim/runtime/node-1/machine",
    ] or len(site.world.list("/sim/runtime/node-1/")) == 2


def test_deletions_carry_the_uid_they_mean(site: Site) -> None:
    """A kubelet that finishes an old pod must not take the new one with it."""
    site.run(image="busybox", command=[*IGNORES], terminationGracePeriodSeconds=5)
    site.delete()
    site.plane.api.delete(POD, Key("default", "web"), grace_s=0)
    site.run()
    site.advance(60_000)
    assert site.has_pod()
