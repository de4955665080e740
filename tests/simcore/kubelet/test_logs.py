"""`kubectl logs`: what a container has printed so far, computed from its record."""

from __future__ import annotations

import pytest

from simcore.apimachinery.errors import BadRequest
from simcore.kubelet.logs import ContainerLogs, LogOptions
from tests.simcore.kubelet.conftest import Site

TICKS = ["sh", "-c", "while true; do date; sleep 10; done"]


def logs(site: Site, name: str = "web", container: str = "main", **options: object) -> list[str]:
    source = ContainerLogs(site.world, site.plane.clock)
    chosen = LogOptions(**options)  # type: ignore[arg-type]  # as the caller wrote them
    return source.read(site.pod(name), container, chosen).splitlines()


def test_lines_appear_as_time_goes_by(site: Site) -> None:
    site.advance(5000)
    site.run(image="busybox", command=TICKS)
    assert logs(site) == ["Thu Jan  1 00:00:05 UTC 2026"]
    site.advance(10_000)
    assert logs(site) == ["Thu Jan  1 00:00:05 UTC 2026", "Thu Jan  1 00:00:15 UTC 2026"]


def test_an_image_of_the_catalogue_prints_its_start(site: Site) -> None:
    site.run(image="redis:7")
    assert logs(site)[-1] == "* Ready to accept connections tcp"


def test_tail_takes_the_last_lines(site: Site) -> None:
    site.run(image="busybox", command=["sh", "-c", "for i in $(seq 1 20); do echo $i; done; sleep 1000"])
    assert logs(site, tail_lines=3) == ["18", "19", "20"]
    assert logs(site, tail_lines=0) == []
    assert len(logs(site, tail_lines=500)) == 20


def test_since_takes_what_is_not_older(site: Site) -> None:
    site.run(image="busybox", command=TICKS)
    site.advance(35_000)
    assert len(logs(site)) == 4
    assert len(logs(site, since_unix_ms=site.plane.clock.unix_ms() - 15_000)) == 2


def test_timestamps_stand_before_each_line(site: Site) -> None:
    site.advance(1234)
    site.run(image="busybox", command=["sh", "-c", "echo hello; sleep 100"])
    assert logs(site, timestamps=True) == ["2026-01-01T00:00:01.234000000Z hello"]


def test_a_limit_cuts_the_text(site: Site) -> None:
    site.run(image="busybox", command=["sh", "-c", "echo hello; sleep 100"])
    assert logs(site, limit_bytes=3) == ["hel"]


def test_the_run_before_is_kept_for_previous(site: Site) -> None:
    site.run(image="busybox", command=["sh", "-c", "date; sleep 5; exit 1"])
    site.advance(6000)
    assert logs(site) == ["Thu Jan  1 00:00:05 UTC 2026"]
    assert logs(site, previous=True) == ["Thu Jan  1 00:00:00 UTC 2026"]


def test_a_container_in_back_off_shows_the_run_that_failed(site: Site) -> None:
    site.run(image="busybox", command=["sh", "-c", "echo failing; exit 1"])
    site.advance(2000)
    assert logs(site) == ["failing"]
    assert logs(site, previous=True) == ["failing"]


def test_a_finished_pod_keeps_its_logs(site: Site) -> None:
    site.run(image="busybox", command=["sh", "-c", "echo done"], restartPolicy="Never")
    site.advance(3_600_000)
    assert logs(site) == ["done"]


def test_another_process_reads_the_same(site: Site) -> None:
    site.run(image="busybox", command=TICKS)
    site.advance(55_000)
    assert logs(site.again()) == logs(site)


def test_nothing_is_printed_while_the_machine_is_off(site: Site) -> None:
    site.run(image="busybox", command=TICKS)
    site.advance(15_000)
    site.power("off")
    site.power("on")
    assert len(logs(site, previous=True)) == 2


@pytest.mark.parametrize(
    ("fields", "wait_ms", "reason"),
    [
        ({"image": "nginx:404"}, 0, "image can't be pulled"),
        ({"image": "nginx:404"}, 2000, "trying and failing to pull image"),
        ({"image": "Nginx"}, 0, "InvalidImageName"),
        ({"node": "elsewhere"}, 0, "ContainerCreating"),
    ],
    ids=["pull error", "pull back-off", "invalid name", "no kubelet"],
)
def test_a_container_that_has_not_started_has_no_logs(
    site: Site, fields: dict[str, str], wait_ms: int, reason: str
) -> None:
    site.run(**fields)
    site.advance(wait_ms)
    with pytest.raises(BadRequest) as refused:
        logs(site)
    assert refused.value.message == f'container "main" in pod "web" is waiting to start: {reason}'


def test_previous_needs_a_run_before(site: Site) -> None:
    site.run()
    with pytest.raises(BadRequest) as refused:
        logs(site, previous=True)
    assert refused.value.message == 'previous terminated container "main" in pod "web" not found'


def test_a_container_that_prints_without_end_is_bounded(site: Site) -> None:
    site.run(image="busybox", command=["sh", "-c", "while true; do echo spam; done"])
    lines = logs(site)
    assert set(lines) == {"spam"}
    assert len(lines) == 10_000


def test_followers_know_whether_more_may_come(site: Site) -> None:
    source = ContainerLogs(site.world, site.plane.clock)
    site.run(image="busybox", command=["sleep", "10"], restartPolicy="Never")
    assert source.is_running(site.pod(), "main")
    site.advance(10_000)
    assert not source.is_running(site.pod(), "main")
