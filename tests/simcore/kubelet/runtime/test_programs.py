"""What a container's main process is, by image, command and arguments."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kubelet.environment import Around, variables_of
from simcore.kubelet.images import parse
from simcore.kubelet.runtime.container import program_of, run_inside
from simcore.kubelet.runtime.inside import Inside
from simcore.kubelet.runtime.program import Program

FACTS = {"metadata.name": "web-0", "status.podIP": "10.244.1.9"}


def program(image: str, *, job: bool = False, **spec: Any) -> Program:
    pod: Obj = {"metadata": {"name": "web-0"}, "spec": {}}
    if job:
        pod["metadata"]["ownerReferences"] = [{"kind": "Job", "name": "j", "uid": "u", "controller": True}]
    inside = Inside(variables_of(pod, {"name": "main", **spec}, Around(FACTS)), "web-0")
    return program_of(pod, spec, parse(image), inside)


def init_program(image: str, **spec: Any) -> Program:
    """The program of a pod's init container."""
    container = {"name": "i", "image": image, **spec}
    pod: Obj = {"metadata": {"name": "web-0"}, "spec": {"initContainers": [container]}}
    return program_of(pod, container, parse(image), Inside({}, "web-0"))


def printed(found: Program, until_ms: int = 100_000) -> list[str]:
    return [line.text for line in found.printed(until_ms)]


@pytest.mark.parametrize(
    ("image", "ports"),
    [
        ("nginx", {80}),
        ("httpd:2.4", {80}),
        ("redis:7", {6379}),
        ("postgres:16", {5432}),
        ("mysql:9", {3306, 33060}),
    ],
)
def test_servers_of_the_catalogue_run_listen_and_take_the_signal(image: str, ports: set[int]) -> None:
    found = program(image)
    assert (found.lifetime_ms, found.listens) == (None, ports)
    assert found.stop_ms is not None and found.stop_ms <= 2000


def test_declared_ports_are_what_an_unknown_image_listens_on() -> None:
    found = program("team/shop:1", ports=[{"containerPort": 8080}, {"containerPort": 9090}])
    assert found.listens == {8080, 9090}
    assert printed(found) == ["shop: started, listening on :8080, listening on :9090"]


@pytest.mark.parametrize("image", ["busybox", "alpine:3.20", "debian", "ubuntu:24.04"])
def test_a_distribution_without_a_command_stays_as_if_it_had_a_terminal(image: str) -> None:
    assert (program(image).lifetime_ms, program(image).stop_ms) == (None, 0)
    assert program(image, job=True).lifetime_ms == 2_000


@pytest.mark.parametrize(
    ("spec", "lifetime_ms", "code"),
    [
        ({"command": ["sleep", "30"]}, 30_000, 0),
        ({"args": ["sleep", "30"]}, 30_000, 0),
        ({"command": ["sleep"], "args": ["30"]}, 30_000, 0),
        ({"command": ["/bin/sh", "-c", "sleep 3; exit 2"]}, 3_000, 2),
        ({"command": ["sh", "-ec"], "args": ["exit 4"]}, 0, 4),
        ({"command": ["sh"]}, 0, 0),
        ({"command": ["/bin/true"]}, 0, 0),
        ({"command": ["false"]}, 0, 1),
        ({"command": ["sleep", "infinity"]}, None, 0),
        ({"command": ["tail", "-f", "/dev/null"]}, None, 0),
    ],
)
def test_a_command_line_is_followed(spec: Obj, lifetime_ms: int | None, code: int) -> None:
    found = program("busybox", **spec)
    assert (found.lifetime_ms, found.code) == (lifetime_ms, code)


def test_process_1_without_a_handler_ignores_sigterm() -> None:
    assert program("busybox", command=["sleep", "3600"]).stop_ms is None


def test_a_trap_is_a_handler() -> None:
    found = program("busybox", command=["sh", "-c", "trap 'exit 5' TERM; while true; do sleep 1; done"])
    assert (found.lifetime_ms, found.stop_ms, found.stop_code) == (None, 0, 5)


@pytest.mark.parametrize(
    ("image", "command", "where"),
    [
        ("busybox", "nosuch", "executable file not found in $PATH"),
        ("alpine", "/app/run", "stat /app/run: no such file or directory"),
        ("pause", "sh", "executable file not found in $PATH"),
    ],
)
def test_a_command_that_the_image_does_not_hold_cannot_be_started(
    image: str, command: str, where: str
) -> None:
    assert program(image, command=[command]).start_error == (
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
        f'unable to start container process: error during container init: exec: "{command}": {where}'
    )


def test_an_unknown_image_holds_whatever_it_is_told_to_run() -> None:
    found = program("team/shop:1", command=["python3", "app.py"])
    assert (found.start_error, found.lifetime_ms, found.stop_ms) == ("", None, 0)


@pytest.mark.parametrize(
    "spec",
    [{}, {"command": ["perl", "-e", "print 1"]}, {"args": ["--once"]}, {"command": ["sh", "-c", "./work"]}],
    ids=["no command", "command", "args", "script"],
)
def test_unknown_work_in_a_job_is_done_after_two_seconds(spec: Obj) -> None:
    found = program("perl:5.34", job=True, **spec)
    assert (found.lifetime_ms, found.code) == (2_000, 0)


def test_a_known_server_in_a_job_serves_on() -> None:
    assert program("nginx", job=True).lifetime_ms is None


def test_the_image_s_own_binary_is_its_server() -> None:
    assert program("nginx", command=["nginx", "-g", "daemon off;"]).listens == {80}
    assert program("nginx", args=["nginx", "-g", "daemon off;"]).lifetime_ms is None


def test_variables_may_refer_to_those_before_them_and_to_the_pod() -> None:
    env = [
        {"name": "HOST", "value": "db"},
        {"name": "URL", "value": "http://$(HOST):$(PORT)/$$(HOST)"},
        {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
    ]
    pod: Obj = {"metadata": {"name": "web-0"}, "spec": {}}
    assert variables_of(pod, {"name": "main", "env": env}, Around(FACTS)) == {
        "HOST": "db", "URL": "http://db:$(PORT)/$(HOST)", "POD": "web-0", "IP": "10.244.1.9"
    }  # fmt: skip


def test_commands_see_variables_before_the_shell_does() -> None:
    env = [{"name": "NAME", "value": "you"}]
    assert printed(program("busybox", command=["echo", "hello", "$(NAME)", "$(OTHER)"], env=env)) == [
        "hello you $(OTHER)"
    ]
    assert printed(program("busybox", command=["sh", "-c", "echo $NAME"], env=env)) == ["you"]


def test_output_can_be_read_as_far_as_time_has_come() -> None:
    found = program("busybox", command=["sh", "-c", "for i in 1 2 3; do echo $i; sleep 10; done"])
    assert printed(found, 0) == ["1"]
    assert printed(found, 10_000) == ["1", "2"]
    assert printed(found) == ["1", "2", "3"]


def test_endless_output_is_never_made_whole() -> None:
    found = program("busybox", command=["sh", "-c", "while true; do echo x; sleep 1; done"])
    assert len(printed(found, 5_000)) == 6


@pytest.mark.parametrize(
    ("image", "spec", "lifetime_ms"),
    [
        ("team/migrate:1", {}, 2_000),
        ("team/migrate:1", {"command": ["/migrate", "up"]}, 2_000),
        ("team/migrate:1", {"command": ["sh", "-c", "sleep 1; ./migrate"]}, 3_000),
        ("busybox", {}, 2_000),
        ("team/proxy:1", {"restartPolicy": "Always"}, None),
        ("nginx", {}, None),
    ],
    ids=["unknown image", "unknown command", "in a script", "distribution", "sidecar", "server"],
)
def test_an_init_container_that_nobody_knows_comes_to_its_end(
    image: str, spec: Obj, lifetime_ms: int | None
) -> None:
    found = init_program(image, **spec)
    assert (found.lifetime_ms, found.code) == (lifetime_ms, 0)


@pytest.mark.parametrize(
    ("image", "spec", "command", "ok"),
    [
        ("team/shop:1", {}, "cat /ok", True),
        ("nginx", {"command": ["run"]}, "cat /ok", True),
        ("team/shop:1", {}, "test -f /tmp/ready", True),
        ("team/shop:1", {"command": ["sh", "-c", "exec ./serve"]}, "cat /tmp/ready", True),
        ("team/shop:1", {}, "grep -q open /var/state", True),
        ("team/shop:1", {}, "shop-cli ping | grep PONG", True),
        ("team/shop:1", {}, "exit 3", False),
        ("nginx", {}, "cat /ok", False),
        ("busybox", {"command": ["sleep", "60"]}, "cat /ok", False),
        ("team/shop:1", {"command": ["sh", "-c", "touch /a; rm /a; ./serve"]}, "cat /a", False),
    ],
    ids=[
        "unknown image", "unknown command", "test", "unknown at last", "searched", "unknown tool", "fails by itself",
        "known server", "known command", "removed",
    ],
)  # fmt: skip
def test_a_program_that_nobody_knows_has_the_files_for_which_its_probes_look(
    image: str, spec: Obj, command: str, ok: bool
) -> None:
    ran = run_inside(
        ("sh", "-c", command), image.partition(":")[0].rpartition("/")[2], program(image, **spec), 5
    )
    assert (ran.code == 0 or ran.guessed) is ok
