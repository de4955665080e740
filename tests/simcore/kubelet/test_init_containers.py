"""Init containers run one after the other before the rest; sidecars stay."""

from __future__ import annotations

from tests.simcore.kubelet.bench import Bench, container, sidecar


def reasons(bench: Bench) -> list[str]:
    """What each container waits for, or its state."""
    status = bench.status()
    states = [c["state"] for c in status.get("initContainerStatuses", []) + status["containerStatuses"]]
    return [s["waiting"]["reason"] if "waiting" in s else next(iter(s)) for s in states]


def initialized(bench: Bench) -> tuple[str, str, str]:
    condition = next(c for c in bench.status()["conditions"] if c["type"] == "Initialized")
    return condition["status"], condition.get("reason", ""), condition.get("message", "")


def test_each_starts_when_the_one_before_it_has_succeeded() -> None:
    bench = Bench(
        initContainers=[container("one", "sleep 5"), container("two", "sleep 7")], containers=[container()]
    )
    assert reasons(bench) == ["running", "PodInitializing", "PodInitializing"]
    assert initialized(bench) == (
        "False", "ContainersNotInitialized", "containers with incomplete status: [one two]"
    )  # fmt: skip
    bench.advance(5000)
    assert reasons(bench) == ["terminated", "running", "PodInitializing"]
    assert bench.status()["phase"] == "Pending"
    bench.advance(7000)
    assert reasons(bench) == ["terminated", "terminated", "running"]
    assert initialized(bench) == ("True", "", "")
    assert bench.status()["phase"] == "Running"
    assert bench.happened("Started") == [(0, "one"), (5, "two"), (12, "main")]


def test_a_finished_init_container_is_ready_and_not_started() -> None:
    bench = Bench(initContainers=[container("one", "true")], containers=[container()])
    status = bench.status()["initContainerStatuses"][0]
    assert (status["ready"], status["started"], status["state"]["terminated"]["reason"]) == (
        True,
        False,
        "Completed",
    )


def test_a_failing_one_is_restarted_with_back_off_and_holds_up_the_rest() -> None:
    bench = Bench(initContainers=[container("one", "exit 1")], containers=[container()])
    bench.advance(30_999)
    assert bench.happened("Started") == [(0, "one"), (0, "one"), (10, "one"), (30, "one")]
    assert reasons(bench) == ["terminated", "PodInitializing"]
    bench.advance(1)
    assert reasons(bench) == ["CrashLoopBackOff", "PodInitializing"]


def test_a_failing_one_fails_a_pod_that_never_restarts() -> None:
    bench = Bench(
        initContainers=[container("one", "exit 3")], containers=[container()], restartPolicy="Never"
    )
    assert bench.is_over
    assert bench.status()["phase"] == "Failed"
    assert reasons(bench) == ["terminated", "PodInitializing"]


def test_a_sidecar_has_only_to_start_before_the_next_begins() -> None:
    bench = Bench(initContainers=[sidecar("proxy"), container("setup", "sleep 3")], containers=[container()])
    assert reasons(bench) == ["running", "running", "PodInitializing"]
    bench.advance(3000)
    assert reasons(bench) == ["running", "terminated", "running"]


def test_a_sidecar_is_restarted_whatever_the_pod_s_policy() -> None:
    bench = Bench(
        initContainers=[sidecar("proxy", "sleep 20; exit 1")],
        containers=[container(script="sleep 100")],
        restartPolicy="Never",
    )
    bench.advance(50_000)
    assert bench.happened("Started") == [(0, "proxy"), (0, "main"), (20, "proxy"), (50, "proxy")]


def test_an_unready_sidecar_makes_the_pod_unready() -> None:
    bench = Bench(initContainers=[sidecar("proxy", "sleep 20; exit 1")], containers=[container()])
    bench.advance(45_000)
    ready = next(c for c in bench.status()["conditions"] if c["type"] == "Ready")
    assert ready["message"] == "containers with unready status: [proxy]"
    assert initialized(bench) == ("True", "", "")


def test_sidecars_end_when_the_work_is_done_and_then_the_pod_has_succeeded() -> None:
    bench = Bench(
        initContainers=[sidecar("proxy", "while true; do sleep 1; done")],
        containers=[container(script="sleep 10")],
        restartPolicy="Never",
    )
    bench.advance(10_000)
    assert bench.happened("Killing") == [(10, "proxy")]
    assert bench.status()["phase"] == "Running"
    bench.advance(30_000)
    assert bench.status()["phase"] == "Succeeded"
    assert initialized(bench) == ("True", "PodCompleted", "")
