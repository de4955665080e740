"""A container that ends is started again: at once, then after 10, 20, 40, 80, 160 and 300 seconds."""

from __future__ import annotations

import pytest

from tests.simcore.kubelet.conftest import Site

FAILS = ("sh", "-c", "exit 1")


def restart_times(site: Site, until_ms: int, name: str = "web") -> list[int]:
    """When the restart count rose, in seconds since now."""
    start, count, times = site.plane.clock.now(), site.container(name)["restartCount"], []
    while site.plane.clock.now() < start + until_ms:
        site.advance(1000)
        if site.container(name)["restartCount"] != count:
            count = site.container(name)["restartCount"]
            times.append((site.plane.clock.now() - start) // 1000)
    return times


def test_restarts_come_at_once_and_then_after_10_20_40_80_160_300_seconds(site: Site) -> None:
    site.run(image="busybox", command=[*FAILS])
    assert site.container()["restartCount"] == 1
    at = [10, 20, 40, 80, 160, 300, 300]
    assert restart_times(site, 920_000) == [sum(at[: n + 1]) for n in range(len(at))]


def test_the_clock_of_the_back_off_starts_when_the_container_ends(site: Site) -> None:
    site.run(image="busybox", command=["sh", "-c", "sleep 5; exit 3"])
    assert restart_times(site, 60_000) == [5, 5 + 5 + 10, 20 + 5 + 20]


def test_the_status_shows_the_end_for_a_second_and_then_crash_loop_back_off(site: Site) -> None:
    uid = site.run(image="busybox", command=[*FAILS])["metadata"]["uid"]
    assert site.container()["state"]["terminated"]["exitCode"] == 1
    assert site.container()["state"]["terminated"]["reason"] == "Error"
    site.advance(1000)
    assert site.container()["state"] == {
        "waiting": {
            "reason": "CrashLoopBackOff",
            "message": f"back-off 10s restarting failed container=main pod=web_default({uid})",
        }
    }
    assert site.container()["lastState"]["terminated"]["exitCode"] == 1
    assert (site.container()["ready"], site.container()["started"]) == (False, False)


@pytest.mark.parametrize(
    ("restarts", "shown"),
    [(1, "10s"), (2, "20s"), (3, "40s"), (4, "1m20s"), (5, "2m40s"), (6, "5m0s"), (7, "5m0s")],
)
def test_the_message_names_the_delay_as_go_prints_it(site: Site, restarts: int, shown: str) -> None:
    site.run(image="busybox", command=[*FAILS])
    while site.container()["restartCount"] < restarts:
        site.advance(10_000)
    site.advance(1000)
    assert site.container()["state"]["waiting"]["message"].startswith(f"back-off {shown} restarting")


def test_ten_minutes_of_running_are_forgiven(site: Site) -> None:
    """Longer than twice the greatest delay after its restart, a container begins again at no delay."""
    site.run(image="busybox", command=["sh", "-c", "sleep 601; exit 1"])
    assert restart_times(site, 2_000_000) == [601, 1202, 1803]


def test_less_than_ten_minutes_are_not(site: Site) -> None:
    site.run(image="busybox", command=["sh", "-c", "sleep 599; exit 1"])
    assert restart_times(site, 1_300_000) == [599, 599 + 599 + 10]


def test_a_container_that_succeeds_backs_off_as_well_when_it_must_always_run(site: Site) -> None:
    site.run(image="busybox", command=["true"])
    assert site.container()["state"]["terminated"]["reason"] == "Completed"
    assert restart_times(site, 31_000) == [10, 30]


def test_each_back_off_is_told_in_one_event_that_counts(site: Site) -> None:
    uid = site.run(image="busybox", command=[*FAILS])["metadata"]["uid"]
    site.advance(65_000)
    backed_off = [message for reason, message in site.events() if reason == "BackOff"]
    assert backed_off == [f"Back-off restarting failed container main in pod web_default({uid})"]
    assert site.event_counts()["BackOff"] == 3


def test_a_pod_in_a_crash_loop_is_running_but_not_ready(site: Site) -> None:
    site.run(image="busybox", command=[*FAILS])
    site.advance(1000)
    status = site.pod()["status"]
    assert status["phase"] == "Running"
    ready = next(c for c in status["conditions"] if c["type"] == "Ready")
    assert (ready["status"], ready["reason"]) == ("False", "ContainersNotReady")
    assert ready["message"] == "containers with unready status: [main]"


def test_thousands_of_simulated_seconds_in_a_crash_loop_write_a_few_times_per_restart(site: Site) -> None:
    site.run(image="busybox", command=[*FAILS])
    site.advance(1_000_000)
    before = site.writes()
    site.advance(300_000)
    assert site.container()["restartCount"] >= 8
    assert site.writes() - before <= 10


def test_an_unready_container_does_not_stop_the_others(site: Site) -> None:
    steady = {"name": "steady", "image": "nginx:1.27"}
    failing = {"name": "failing", "image": "busybox", "command": [*FAILS]}
    site.run(containers=[steady, failing])
    site.advance(5000)
    assert "running" in site.container(index=0)["state"]
    assert site.container(index=0)["restartCount"] == 0
    assert site.container(index=1)["state"]["waiting"]["reason"] == "CrashLoopBackOff"
