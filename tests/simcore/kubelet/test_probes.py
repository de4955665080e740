"""Startup, liveness and readiness probes at exact times."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from tests.simcore.kubelet.bench import Bench, container, sidecar
from tests.simcore.kubelet.conftest import Site

SERVES: Obj = {"tcpSocket": {"port": 8080}}
REFUSES: Obj = {"tcpSocket": {"port": 9999}}


def probed(**probes: Obj) -> Bench:
    """A server on 8080 with these probes, each by its kind."""
    return Bench(containers=[server(**probes)])


def server(name: str = "main", **probes: Obj) -> Obj:
    fields = {f"{kind}Probe": probe for kind, probe in probes.items()}
    return container(name, ports=[{"containerPort": 8080}], **fields)


def broken(name: str = "main", **probes: Obj) -> Obj:
    """A container that listens on nothing, and ends on SIGTERM with 0."""
    script = "trap 'exit 0' TERM; while true; do sleep 1; done"
    return container(name, script, **{f"{kind}Probe": probe for kind, probe in probes.items()})


def is_ready(bench: Bench) -> bool:
    ready: bool = bench.status()["containerStatuses"][0]["ready"]
    return ready


def test_a_container_is_ready_after_its_initial_delay() -> None:
    bench = probed(readiness={**SERVES, "initialDelaySeconds": 5})
    bench.advance(4999)
    assert not is_ready(bench)
    bench.advance(1)
    assert is_ready(bench)


def test_success_must_repeat_as_often_as_the_threshold_says() -> None:
    bench = probed(readiness={**SERVES, "successThreshold": 3, "periodSeconds": 4})
    bench.advance(7999)
    assert not is_ready(bench)
    bench.advance(1)
    assert is_ready(bench)


def test_a_container_that_does_not_answer_is_running_but_not_ready() -> None:
    bench = Bench(containers=[broken(readiness=REFUSES)])
    bench.advance(60_000)
    status = bench.status()
    assert status["phase"] == "Running"
    assert status["containerStatuses"][0]["started"] is True
    assert not is_ready(bench)


def test_liveness_kills_after_its_threshold_and_the_container_starts_again() -> None:
    bench = Bench(containers=[broken(liveness={**REFUSES, "initialDelaySeconds": 10, "periodSeconds": 5})])
    bench.advance(21_000)
    assert bench.happened("Unhealthy") == [(10, "main"), (15, "main"), (20, "main")]
    assert bench.happened("Killing") == [(20, "main")]
    assert bench.happened("Started") == [(0, "main"), (20, "main")]


def test_repeated_liveness_failures_back_off_as_crashes_do() -> None:
    bench = Bench(containers=[broken(liveness={**REFUSES, "failureThreshold": 1})])
    bench.advance(75_000)
    assert bench.happened("Started") == [(0, "main"), (0, "main"), (10, "main"), (30, "main"), (70, "main")]


def test_a_container_that_ignores_the_signal_is_killed_after_the_probe_s_grace() -> None:
    probe = {**REFUSES, "failureThreshold": 1, "terminationGracePeriodSeconds": 7}
    bench = Bench(containers=[container(script="sleep 3600", livenessProbe=probe)])
    bench.advance(6_999)
    assert bench.phases() == {"main": "running"}
    bench.advance(1)
    last = bench.record.containers["main"].last
    assert last is not None and (last.finished, last.code) == (7_000, 137)


def test_a_pod_that_never_restarts_has_failed() -> None:
    probe = {**REFUSES, "failureThreshold": 1}
    bench = Bench(containers=[container(script="sleep 60", livenessProbe=probe)], restartPolicy="Never")
    bench.advance(30_000)
    assert bench.status()["phase"] == "Failed"


def test_nothing_else_is_probed_before_the_startup_probe_has_succeeded() -> None:
    probes = {
        "startupProbe": {"tcpSocket": {"port": 6379}, "initialDelaySeconds": 20},
        "livenessProbe": {**REFUSES, "failureThreshold": 1},
        "readinessProbe": {"tcpSocket": {"port": 6379}},
    }
    bench = Bench(containers=[container(image="redis:7", **probes)])
    bench.advance(19_999)
    status = bench.status()["containerStatuses"][0]
    assert (status["started"], status["ready"]) == (False, False)
    assert bench.happened("Unhealthy") == []
    bench.advance(1)
    assert bench.happened("Unhealthy") == [(20, "main")]


def test_a_startup_probe_that_never_succeeds_restarts_the_container() -> None:
    bench = Bench(containers=[broken(startup={**REFUSES, "failureThreshold": 30, "periodSeconds": 10})])
    bench.advance(289_999)
    assert bench.happened("Killing") == []
    bench.advance(1)
    assert bench.happened("Killing") == [(290, "main")]


def test_the_next_init_container_waits_for_a_sidecar_s_startup_probe() -> None:
    proxy = sidecar("proxy") | {
        "ports": [{"containerPort": 8080}], "startupProbe": {**SERVES, "initialDelaySeconds": 8}
    }  # fmt: skip
    bench = Bench(initContainers=[proxy], containers=[container()])
    bench.advance(7_999)
    assert bench.phases()["main"] == "waiting"
    bench.advance(1)
    assert bench.phases()["main"] == "running"


def test_a_healthy_probed_pod_asks_for_no_time(site: Site) -> None:
    probes: Any = {"readinessProbe": SERVES, "livenessProbe": SERVES}
    site.run(containers=[container(image="shop:1") | {"ports": [{"containerPort": 8080}]} | probes])
    assert site.conditions()["Ready"] == "True"
    before = site.writes()
    site.advance(3_600_000)
    assert site.writes() == before
    assert site.plane.clock.next_due() is None


def test_a_healthy_container_s_probes_cost_no_write_of_their_own(site: Site) -> None:
    site.run("first")
    before = site.writes()
    site.run(
        "second",
        containers=[{"name": "main", "image": "nginx:1.27", "readinessProbe": {"httpGet": {"port": 80}}}],
    )
    assert site.writes() - before == len(["create", "record", "status", "Pulled", "Created", "Started"])


def test_the_documentation_s_liveness_example() -> None:
    """/tmp/healthy is there for 30 s; probed every 5 s from second 5 on, the container is restarted at 40 s + 30 s."""
    probe = {"exec": {"command": ["cat", "/tmp/healthy"]}, "initialDelaySeconds": 5, "periodSeconds": 5}
    script = "touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600"
    bench = Bench(containers=[container(script=script, livenessProbe=probe)])
    bench.advance(70_000)
    assert bench.happened("Unhealthy") == [(30, "main"), (35, "main"), (40, "main")]
    assert bench.happened("Killing") == [(40, "main")]
    assert bench.happened("Started") == [(0, "main"), (70, "main")]


def test_a_file_that_comes_and_goes_makes_a_container_ready_and_unready() -> None:
    probe = {
        "exec": {"command": ["sh", "-c", "test -e /tmp/ready"]},
        "periodSeconds": 2,
        "failureThreshold": 1,
    }
    script = "sleep 9; touch /tmp/ready; sleep 20; rm /tmp/ready; sleep 600"
    bench = Bench(containers=[container(script=script, readinessProbe=probe)])
    changes, before = [], False
    for second in range(1, 41):
        bench.advance(1000)
        if is_ready(bench) != before:
            before = not before
            changes.append(second)
    assert changes == [10, 30]


def test_a_file_in_a_volume_that_nobody_knows_is_taken_to_be_there() -> None:
    probe = {"exec": {"command": ["cat", "/data/ready"]}}
    mounts = [{"name": "data", "mountPath": "/data"}]
    main = container(script="sleep 600", readinessProbe=probe, volumeMounts=mounts)
    bench = Bench(containers=[main], volumes=[{"name": "data", "nfs": {"server": "files", "path": "/"}}])
    assert is_ready(bench)


@pytest.mark.parametrize(
    ("image", "probe", "message"),
    [
        ("nginx", {"httpGet": {"port": 80, "path": "/"}}, None),
        ("nginx", {"httpGet": {"port": 80, "path": "/healthz"}}, "HTTP probe failed with statuscode: 404"),
        (
            "nginx", {"httpGet": {"port": 8080, "path": "/x", "scheme": "HTTPS"}},
            'Get "https://10.244.1.2:8080/x": dial tcp 10.244.1.2:8080: connect: connection refused',
        ),
        ("shop:1", {"httpGet": {"port": 9000, "path": "/ready"}}, None),
        ("shop:1", {"httpGet": {"port": "web"}}, None),
        ("redis", {"tcpSocket": {"port": 6379}}, None),
        ("redis", {"tcpSocket": {"port": 6380}}, "dial tcp 10.244.1.2:6380: connect: connection refused"),
        ("shop:1", {"grpc": {"port": 7070}}, None),
        (
            "redis", {"grpc": {"port": 7070}},
            'timeout: failed to connect service "10.244.1.2:7070" within 1s: context deadline exceeded',
        ),
        ("redis", {"exec": {"command": ["redis-cli", "ping"]}}, None),
        ("busybox", {"exec": {"command": ["sh", "-c", "echo broken; exit 1"]}}, "broken"),
        ("shop:1", {"exec": {"command": ["sleep", "5"]}}, 'command timed out: "sleep 5" timed out after 1s'),
        ("shop:1", {"exec": {"command": ["sleep", "5"]}, "timeoutSeconds": 5}, None),
    ],
    ids=[
        "known path", "unknown path", "closed port", "unknown image", "named port", "tcp", "tcp refused", "grpc",
        "grpc refused", "exec", "exec fails", "exec too slow", "exec in time",
    ],
)  # fmt: skip
def test_what_a_container_answers(site: Site, image: str, probe: Obj, message: str | None) -> None:
    spec = {
        "name": "main",
        "image": image,
        "readinessProbe": probe,
        "ports": [{"name": "web", "containerPort": 8000}],
    }
    if image == "busybox":
        spec["command"] = ["sleep", "1000"]
    site.run(containers=[spec])
    unhealthy = [text for reason, text in site.events() if reason == "Unhealthy"]
    assert unhealthy == ([] if message is None else [f"Readiness probe failed: {message}"])
    assert site.conditions()["Ready"] == ("True" if message is None else "False")


def test_a_program_in_place_of_the_web_server_answers_any_path(site: Site) -> None:
    probe = {"httpGet": {"port": 80, "path": "/healthz"}}
    site.run(containers=[{"name": "main", "image": "nginx", "command": ["run"], "readinessProbe": probe}])
    assert site.conditions()["Ready"] == "True"


def test_a_web_server_with_files_of_its_own_serves_any_path(site: Site) -> None:
    probe = {"httpGet": {"port": 80, "path": "/healthz"}}
    mounts = [{"name": "conf", "mountPath": "/etc/nginx/conf.d"}]
    volumes = [{"name": "conf", "emptyDir": {}}]
    container_ = {"name": "main", "image": "nginx", "readinessProbe": probe, "volumeMounts": mounts}
    site.run(containers=[container_], volumes=volumes)
    assert site.conditions()["Ready"] == "True"


@pytest.mark.parametrize("at", [0, 9_000, 15_000, 20_000])
def test_another_process_goes_on_counting(site: Site, at: int) -> None:
    probe = {**REFUSES, "initialDelaySeconds": 10, "periodSeconds": 5}
    site.run(containers=[broken(liveness=probe)])
    site.advance(at)
    other = site.again()
    other.advance(20_000 - at)
    assert other.container()["restartCount"] == 1
    assert other.event_counts()["Unhealthy"] == 3
