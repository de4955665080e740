"""A pod that is told to end: SIGTERM to all, SIGKILL when the grace is over, sidecars last."""

from __future__ import annotations

import pytest

from simcore.apimachinery.meta import Obj
from tests.simcore.kubelet.bench import Bench, container, sidecar

IGNORES = "while true; do sleep 1; done"
TRAPS = "trap 'exit 7' TERM; while true; do sleep 1; done"


def ended(bench: Bench, name: str = "main") -> tuple[int, int, str]:
    """(second, exit code, reason)"""
    run = bench.record.containers[name].ended
    assert run is not None
    return run.finished // 1000, run.code, run.reason


def test_a_program_that_takes_the_signal_ends_at_once() -> None:
    bench = Bench(containers=[container()])
    bench.advance(5000)
    bench.delete(30)
    assert bench.is_over
    assert ended(bench) == (5, 0, "Completed")
    assert bench.happened("Killing") == [(5, "main")]


def test_a_program_that_ignores_the_signal_is_killed_when_the_grace_is_over() -> None:
    bench = Bench(containers=[container(script=IGNORES)])
    bench.advance(5000)
    bench.delete(30)
    bench.advance(29_999)
    assert not bench.is_over
    bench.advance(1)
    assert bench.is_over
    assert ended(bench) == (35, 137, "Error")


def test_a_trap_decides_the_exit_code() -> None:
    bench = Bench(containers=[container(script=TRAPS)])
    bench.delete(30)
    assert ended(bench) == (0, 7, "Error")


def test_without_grace_nobody_is_asked() -> None:
    bench = Bench(containers=[container(script=IGNORES)])
    bench.delete(0)
    assert ended(bench) == (0, 137, "Error")


def test_a_second_deletion_may_shorten_the_grace_but_not_lengthen_it() -> None:
    bench = Bench(containers=[container(script=IGNORES)])
    bench.delete(30)
    bench.advance(10_000)
    bench.delete(60)
    bench.delete(5)
    bench.advance(4_999)
    assert not bench.is_over
    bench.advance(1)
    assert ended(bench) == (15, 137, "Error")


def test_a_container_that_would_have_ended_anyway_keeps_its_own_end() -> None:
    bench = Bench(containers=[container(script="sleep 10; exit 4")])
    bench.advance(5000)
    bench.delete(30)
    bench.advance(30_000)
    assert ended(bench) == (10, 4, "Error")


@pytest.mark.parametrize(
    ("hook", "end"),
    [
        ({"sleep": {"seconds": 8}}, (8, 0)),
        ({"exec": {"command": ["sh", "-c", "sleep 5; nginx -s quit"]}}, (5, 0)),
        ({"httpGet": {"port": 80}}, (0, 0)),
        ({"sleep": {"seconds": 60}}, (32, 137)),
        ({"exec": {"command": ["sleep", "infinity"]}}, (32, 137)),
    ],
    ids=["sleep", "exec", "http", "too long", "endless"],
)
def test_the_signal_waits_for_the_pre_stop_hook(hook: Obj, end: tuple[int, int]) -> None:
    """One that takes the whole grace leaves the container two seconds more."""
    bench = Bench(containers=[container(lifecycle={"preStop": hook})])
    bench.delete(30)
    bench.advance(40_000)
    assert ended(bench)[:2] == end
    assert bench.happened("Killing") == [(0, "main")]


def test_containers_are_told_together_and_only_once() -> None:
    bench = Bench(containers=[container("a"), container("b", IGNORES), container("c", "sleep 3600")])
    bench.delete(10)
    bench.advance(10_000)
    assert bench.happened("Killing") == [(0, "a"), (0, "b"), (0, "c")]
    assert [ended(bench, name)[:2] for name in "abc"] == [(0, 0), (10, 137), (10, 137)]


def test_sidecars_end_after_the_main_containers_the_last_one_first() -> None:
    bench = Bench(
        initContainers=[sidecar("first"), sidecar("second", TRAPS)], containers=[container(script=IGNORES)]
    )
    bench.advance(1000)
    bench.delete(20)
    assert bench.phases() == {"first": "running", "second": "running", "main": "running"}
    bench.advance(20_000)
    assert bench.happened("Killing") == [(1, "main"), (21, "second"), (21, "first")]
    assert bench.is_over


def test_nothing_is_restarted_while_a_pod_ends() -> None:
    bench = Bench(containers=[container("fails", "exit 1"), container("stays", IGNORES)])
    bench.advance(5000)
    assert bench.phases()["fails"] == "crash-backoff"
    bench.delete(30)
    bench.advance(60_000)
    assert bench.record.containers["fails"].restarts == 1
    assert bench.is_over


def test_a_pull_is_given_up_and_the_pod_is_over_at_once() -> None:
    bench = Bench(containers=[container(image="nginx:404")])
    bench.advance(5000)
    bench.delete(30)
    assert bench.is_over
    assert bench.status()["phase"] == "Failed"


@pytest.mark.parametrize(
    ("script", "phase"),
    [("trap 'exit 0' TERM; sleep 1000", "Succeeded"), (TRAPS, "Failed"), (IGNORES, "Failed")],
)
def test_the_last_phase_follows_from_the_exit_codes(script: str, phase: str) -> None:
    bench = Bench(containers=[container(script=script)])
    bench.delete(2)
    bench.advance(2000)
    status = bench.status()
    assert status["phase"] == phase
    assert [c["status"] for c in status["conditions"]] == ["False", "True", "False", "False"]


def test_a_deadline_ends_the_pod_with_its_own_grace() -> None:
    bench = Bench(
        containers=[container(script=IGNORES)], activeDeadlineSeconds=60, terminationGracePeriodSeconds=5
    )
    bench.advance(64_999)
    assert bench.status()["phase"] == "Running"
    assert bench.happened("DeadlineExceeded") == [(60, "")]
    bench.advance(1)
    status = bench.status()
    assert (status["phase"], status["reason"]) == ("Failed", "DeadlineExceeded")
    assert status["message"] == "Pod was active on the node longer than the specified deadline"


def test_a_pod_that_is_through_before_its_deadline_doesn_t_fail() -> None:
    bench = Bench(containers=[container(script="sleep 5")], activeDeadlineSeconds=60, restartPolicy="Never")
    bench.advance(120_000)
    assert bench.status()["phase"] == "Succeeded"


def test_the_deadline_holds_for_a_pod_that_never_came_to_run() -> None:
    bench = Bench(containers=[container(image="nginx:404")], activeDeadlineSeconds=60)
    bench.advance(60_000)
    assert bench.is_over
    assert bench.status()["reason"] == "DeadlineExceeded"
    assert bench.happened("Killing") == []
