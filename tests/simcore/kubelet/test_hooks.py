"""postStart and preStop hooks, termination messages and ends for want of memory."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from tests.simcore.kubelet.conftest import Site


def run_hook(text: str) -> Obj:
    return {"exec": {"command": ["sh", "-c", text]}}


def main(site: Site, **fields: Any) -> Obj:
    return site.run(image="busybox", command=["sh", "-c", "sleep 600"], **fields)


def test_a_container_is_not_running_before_its_post_start_hook_has_ended(site: Site) -> None:
    main(site, lifecycle={"postStart": run_hook("sleep 7")})
    site.advance(6_999)
    assert site.container()["state"] == {"waiting": {"reason": "ContainerCreating"}}
    assert ("Started", "Container started") in site.events()
    site.advance(1)
    assert site.container()["state"].keys() == {"running"} and site.conditions()["Ready"] == "True"


@pytest.mark.parametrize(
    "hook",
    [run_hook("exit 3"), {"httpGet": {"path": "/", "port": 8080}}],
    ids=["exec", "http"],
)
def test_a_failed_post_start_hook_ends_the_container(site: Site, hook: Obj) -> None:
    site.run(lifecycle={"postStart": hook})
    assert site.events()[-3:] == [
        ("Started", "Container started"),
        ("FailedPostStartHook", "PostStartHook failed"),
        ("Killing", "FailedPostStartHook"),
    ]
    site.advance(1_000)
    assert site.container()["restartCount"] >= 1


def test_a_post_start_hook_by_http_asks_the_container_itself(site: Site) -> None:
    site.run(lifecycle={"postStart": {"httpGet": {"path": "/", "port": 80}}})
    assert site.conditions()["Ready"] == "True"


def test_a_pod_that_is_deleted_during_its_hook_ends(site: Site) -> None:
    site.run(lifecycle={"postStart": run_hook("sleep 3600")})
    site.delete(grace_s=30)
    site.advance(31_000)
    assert not site.has_pod()


def test_a_failed_pre_stop_hook_is_told_and_does_not_hold_the_signal_back(site: Site) -> None:
    site.run(lifecycle={"preStop": {"httpGet": {"path": "/bye", "port": 80}}})
    site.delete(grace_s=30)
    assert ("FailedPreStopHook", "PreStopHook failed") in site.events()
    site.advance(40)
    assert not site.has_pod()


def ended(site: Site, text: str, **fields: Any) -> Obj:
    site.run(image="busybox", command=["sh", "-c", text], restartPolicy="Never", **fields)
    site.advance(1_000)
    state: Obj = site.container()["state"]["terminated"]
    return state


def test_what_is_written_to_the_termination_log_is_in_the_status(site: Site) -> None:
    assert ended(site, "echo no room > /dev/termination-log; exit 4")["message"] == "no room\n"


def test_the_termination_log_may_be_another_file(site: Site) -> None:
    found = ended(site, "echo bye > /tmp/last", terminationMessagePath="/tmp/last")
    assert (found["exitCode"], found["message"]) == (0, "bye\n")


def test_the_end_of_the_log_stands_in_for_a_message_after_an_error(site: Site) -> None:
    text = "for i in 1 2 3; do echo line $i; done; exit 2"
    assert (
        ended(site, text, terminationMessagePolicy="FallbackToLogsOnError")["message"]
        == "line 1\nline 2\nline 3\n"
    )


def test_after_a_success_the_log_is_no_message(site: Site) -> None:
    assert "message" not in ended(site, "echo well", terminationMessagePolicy="FallbackToLogsOnError")


def test_a_message_is_cut_at_4096_characters(site: Site) -> None:
    found = ended(
        site,
        "for i in $(seq 1 100); do echo a line of about fifty characters, more or less; done > /dev/termination-log",
    )
    assert len(found["message"]) == 4096


def test_a_program_that_takes_more_than_its_limit_is_killed(site: Site) -> None:
    args = ["--vm", "1", "--vm-bytes", "250M", "--vm-hang", "1"]
    site.run(image="polinux/stress", command=["stress"], args=args, resources={"limits": {"memory": "100Mi"}})
    site.advance(400)
    found = site.container()["lastState"]["terminated"]
    assert (found["exitCode"], found["reason"]) == (137, "OOMKilled")
    site.advance(5_000)
    assert site.container()["state"]["waiting"]["reason"] == "CrashLoopBackOff"


def test_a_program_within_its_limit_goes_on(site: Site) -> None:
    args = ["--vm", "1", "--vm-bytes", "150M", "--vm-hang", "1"]
    site.run(image="polinux/stress", command=["stress"], args=args, resources={"limits": {"memory": "200Mi"}})
    site.advance(60_000)
    assert site.container()["restartCount"] == 0


def test_what_a_hook_has_written_is_there(site: Site) -> None:
    hook = {"postStart": {"exec": {"command": ["sh", "-c", "echo started > /tmp/mark"]}}}
    script = "until [ -f /tmp/mark ]; do sleep 1; done; cat mark; sleep 9999"
    site.run(image="busybox", command=["sh", "-c", script], lifecycle=hook, workingDir="/tmp")
    site.advance(5_000)
    assert site.printed() == ["started"]
