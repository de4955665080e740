"""The row of a pod, as kubectl shows it."""

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.tables.pod import POD, summary
from simcore.sim.timestamps import parse_time

START = "2026-01-01T00:00:00Z"
NOW_MS = parse_time("2026-01-01T00:05:10Z")


def status(
    name: str = "c", *, ready: bool = False, restarts: int = 0, last: Obj | None = None, **state: Any
) -> Obj:
    made: Obj = {"name": name, "ready": ready, "restartCount": restarts, "state": state}
    return made | ({"lastState": {"terminated": last}} if last else {})


def pod(*statuses: Obj, phase: str = "Running", inits: Any = (), **extra: Any) -> Obj:
    init_containers = extra.pop("init_containers", [{"name": s["name"]} for s in inits])
    return {
        "metadata": {"name": "p", "creationTimestamp": START, **extra.pop("metadata", {})},
        "spec": {
            "containers": [{"name": s["name"]} for s in statuses] or [{"name": "c"}],
            "initContainers": init_containers,
            **extra.pop("spec", {}),
        },
        "status": {
            "phase": phase,
            "containerStatuses": list(statuses),
            "initContainerStatuses": list(inits),
            **extra,
        },
    }


RUNNING = status(ready=True, running={})
ENDED = status(terminated={"exitCode": 0, "reason": "Completed"})
SIDECAR = {"init_containers": [{"name": "s", "restartPolicy": "Always"}]}
TERMINATING = {"deletionTimestamp": START}


def true(name: str) -> Obj:
    return {"type": name, "status": "True"}


CASES: dict[str, tuple[Obj, str, str]] = {
    "nobody looked at it": (pod(phase="Pending"), "0/1", "Pending"),
    "starting": (
        pod(status(waiting={"reason": "ContainerCreating"}), phase="Pending"),
        "0/1",
        "ContainerCreating",
    ),
    "running": (pod(RUNNING), "1/1", "Running"),
    "running but not ready": (pod(status(running={})), "0/1", "Running"),
    "no image": (pod(status(waiting={"reason": "ErrImagePull"}), phase="Pending"), "0/1", "ErrImagePull"),
    "crashing": (pod(status(waiting={"reason": "CrashLoopBackOff"}, restarts=3)), "0/1", "CrashLoopBackOff"),
    "completed": (pod(ENDED, phase="Succeeded"), "0/1", "Completed"),
    "failed": (pod(status(terminated={"exitCode": 1, "reason": "Error"}), phase="Failed"), "0/1", "Error"),
    "an exit without a reason": (
        pod(status(terminated={"exitCode": 3}), phase="Failed"),
        "0/1",
        "ExitCode:3",
    ),
    "a signal without a reason": (
        pod(status(terminated={"exitCode": 137, "signal": 9}), phase="Failed"),
        "0/1",
        "Signal:9",
    ),
    "one ended, one runs, and the pod is ready": (
        pod(ENDED, status("d", ready=True, running={}), conditions=[true("Ready")]),
        "1/2",
        "Running",
    ),
    "one ended, one runs, and the pod is not ready": (
        pod(ENDED, status("d", ready=True, running={})),
        "1/2",
        "NotReady",
    ),
    "the first container's trouble is what is told": (
        pod(
            status("a", waiting={"reason": "ErrImagePull"}),
            status("b", waiting={"reason": "CrashLoopBackOff"}),
        ),
        "0/2",
        "ErrImagePull",
    ),
    "evicted": (pod(phase="Failed", reason="Evicted"), "0/1", "Evicted"),
    "held by gates": (
        pod(
            phase="Pending",
            conditions=[{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}],
        ),
        "0/1",
        "SchedulingGated",
    ),
    "terminating": (pod(RUNNING, metadata=TERMINATING), "1/1", "Terminating"),
    "terminating but over": (pod(ENDED, phase="Succeeded", metadata=TERMINATING), "0/1", "Completed"),
    "terminating on a lost node": (pod(RUNNING, metadata=TERMINATING, reason="NodeLost"), "1/1", "Unknown"),
    "the second of two init containers": (
        pod(phase="Pending", inits=[status("i", terminated={"exitCode": 0}), status("j", running={})]),
        "0/1",
        "Init:1/2",
    ),
    "waiting for the init containers": (
        pod(phase="Pending", inits=[status("i", waiting={"reason": "PodInitializing"})]),
        "0/1",
        "Init:0/1",
    ),
    "an init container that crashes": (
        pod(phase="Pending", inits=[status("i", waiting={"reason": "CrashLoopBackOff"})]),
        "0/1",
        "Init:CrashLoopBackOff",
    ),
    "an init container that failed": (
        pod(phase="Pending", inits=[status("i", terminated={"exitCode": 1, "reason": "Error"})]),
        "0/1",
        "Init:Error",
    ),
    "an init container that was killed": (
        pod(phase="Pending", inits=[status("i", terminated={"exitCode": 137, "signal": 9})]),
        "0/1",
        "Init:Signal:9",
    ),
    "an init container that failed without a reason": (
        pod(phase="Pending", inits=[status("i", terminated={"exitCode": 2})]),
        "0/1",
        "Init:ExitCode:2",
    ),
    "a sidecar counts": (
        pod(RUNNING, inits=[{**status("s", ready=True, running={}), "started": True}], **SIDECAR),
        "2/2",
        "Running",
    ),
    "a sidecar that is not started holds the rest back": (
        pod(phase="Pending", inits=[status("s", running={})], **SIDECAR),
        "0/2",
        "Init:0/1",
    ),
}


@pytest.mark.parametrize(("given", "ready", "reason"), CASES.values(), ids=CASES)
def test_readiness_and_status_of_a_pod(given: Obj, ready: str, reason: str) -> None:
    assert POD.row(given, NOW_MS)[1:3] == [ready, reason]


def test_restarts_say_when_the_last_one_was() -> None:
    last = {"exitCode": 1, "finishedAt": "2026-01-01T00:05:05Z"}
    assert POD.row(pod(status(running={}, restarts=3, last=last)), NOW_MS)[3] == "3 (5s ago)"


def test_restarts_add_up_over_the_containers() -> None:
    assert summary(pod(status(running={}, restarts=3), status("d", running={}, restarts=2))).restarts == 5


def test_restarts_of_finished_init_containers_are_forgotten() -> None:
    inits = [status("i", terminated={"exitCode": 0}, restarts=4)]
    assert summary(pod(status(running={}, restarts=1), inits=inits)).restarts == 1


def test_the_latest_of_several_restarts_counts() -> None:
    ends = ["2026-01-01T00:01:00Z", "2026-01-01T00:04:00Z", "2026-01-01T00:02:00Z"]
    statuses = [
        status(f"c{i}", running={}, restarts=1, last={"finishedAt": end}) for i, end in enumerate(ends)
    ]
    assert summary(pod(*statuses)).last_restart == ends[1]


def test_the_wide_columns_say_none_when_there_is_nothing() -> None:
    assert POD.row(pod(phase="Pending"), NOW_MS)[4:] == ["5m10s", "<none>", "<none>", "<none>", "<none>"]


def test_the_wide_columns_say_where_the_pod_is() -> None:
    gates = [{"conditionType": "example.com/a"}, {"conditionType": "example.com/b"}]
    given = pod(
        RUNNING,
        podIPs=[{"ip": "10.1.2.3"}],
        nominatedNodeName="m",
        conditions=[true("example.com/a")],
        spec={"nodeName": "n", "readinessGates": gates},
    )
    assert POD.row(given, NOW_MS)[5:] == ["10.1.2.3", "n", "m", "1/2"]


def test_the_columns_are_kubectls() -> None:
    assert [(column.name, column.priority) for column in POD.columns] == [
        ("Name", 0),
        ("Ready", 0),
        ("Status", 0),
        ("Restarts", 0),
        ("Age", 0),
        ("IP", 1),
        ("Node", 1),
        ("Nominated Node", 1),
        ("Readiness Gates", 1),
    ]
