"""A pod's status, word for word, from what a record says of its containers."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kubelet.records import ContainerRecord, PodRecord, Run, Sandbox, Stop
from simcore.kubelet.status import StatusWriter, phase_of
from simcore.sim.rng import Rng

WON, LOST = Run(0, 1_000, 5_000, 0, "Completed"), Run(0, 1_000, 5_000, 1, "Error")
KILLED = Run(2, 1_000, 61_000, 137, "OOMKilled", "out of memory")
FRESH, RUNS = (
    ContainerRecord(),
    ContainerRecord(phase="running", started=2_000, up=True, ready=True, image_here=True),
)
DONE, FAILED = (ContainerRecord(phase="exited", ended=run, image_here=True) for run in (WON, LOST))
UNREADY = ContainerRecord(phase="running", started=2_000, up=True, image_here=True)
AGAIN = ContainerRecord(phase="crash-backoff", ended=LOST, backoff_ms=40_000, restarts=3, image_here=True)
PENDING = ContainerRecord(phase="pulling", due=9_000)


def pod(*names: str, inits: tuple[Obj, ...] = (), status: Obj | None = None, **spec: Any) -> Obj:
    meta = {"name": "web", "namespace": "shop", "uid": "u1", "generation": 4}
    containers = [{"name": name, "image": "nginx:1.27"} for name in names or ("main",)]
    made: Obj = {"metadata": meta, "spec": {"containers": containers, **spec}}
    if inits:
        made["spec"]["initContainers"] = [*inits]
    return made | ({"status": status} if status else {})


def record(*inits: ContainerRecord, initialized: bool = True, **containers: ContainerRecord) -> PodRecord:
    known = {f"init-{number}": c for number, c in enumerate(inits)} | containers
    return PodRecord(
        "shop", "web", 1, 500, initialized=initialized, containers=known,
        sandbox=Sandbox(0, 600, "10.244.1.2", used=True),
    )  # fmt: skip


def written(subject: Obj, known: PodRecord, now: int = 90_000) -> Obj:
    return StatusWriter(Rng(1), 0).status(subject, known, "172.18.0.2", now)


def init(number: int, **fields: Any) -> Obj:
    return {"name": f"init-{number}", "image": "busybox:1.36", **fields}


def condition(status: Obj, kind: str) -> tuple[str, str | None, str | None]:
    found = next(c for c in status["conditions"] if c["type"] == kind)
    return found["status"], found.get("reason"), found.get("message")


@pytest.mark.parametrize(
    ("containers", "phase"),
    [
        ({"a": FRESH, "b": FRESH}, "Pending"),
        ({"a": RUNS, "b": FRESH}, "Pending"),
        ({"a": RUNS, "b": PENDING}, "Pending"),
        ({"a": RUNS, "b": RUNS}, "Running"),
        ({"a": RUNS, "b": DONE}, "Running"),
        ({"a": RUNS, "b": FAILED}, "Running"),
        ({"a": RUNS, "b": AGAIN}, "Running"),
        ({"a": AGAIN, "b": AGAIN}, "Running"),
        ({"a": DONE, "b": PENDING}, "Pending"),
        ({"a": DONE, "b": ContainerRecord(phase="creating", last=LOST)}, "Running"),
    ],
    ids=["none begun", "one begun", "one pulling", "both run", "one done", "one failed", "one crashes", "both crash",
         "one done and one pulling", "one being made again"],
)  # fmt: skip
def test_a_pod_runs_from_when_all_its_containers_have_been_tried(
    containers: dict[str, ContainerRecord], phase: str
) -> None:
    assert phase_of(pod("a", "b"), record(**containers)) == phase
    in_a_new_sandbox = record(**containers, initialized=False)
    assert phase_of(pod("a", "b"), in_a_new_sandbox) == phase, "there is nothing to initialize"
    assert phase_of(pod("a", "b", initContainers=[init(1)]), in_a_new_sandbox) == "Pending"


@pytest.mark.parametrize(
    ("why", "containers", "phase"),
    [
        ("finished", {"a": DONE, "b": DONE}, "Succeeded"),
        ("finished", {"a": DONE, "b": FAILED}, "Failed"),
        ("finished", {"a": DONE, "b": FRESH}, "Failed"),
        ("deleted", {"a": DONE, "b": DONE}, "Succeeded"),
        ("deleted", {"a": FAILED, "b": DONE}, "Failed"),
        ("deadline", {"a": DONE, "b": DONE}, "Failed"),
        ("evicted", {"a": DONE, "b": DONE}, "Failed"),
    ],
    ids=["won", "one lost", "one never ran", "deleted and won", "deleted and lost", "too late", "evicted"],
)
def test_a_pod_that_is_over_has_won_when_all_its_containers_have(
    why: Any, containers: dict[str, ContainerRecord], phase: str
) -> None:
    known = record(**containers)
    known.stop = Stop(6_000, 36_000, why)
    assert phase_of(pod("a", "b"), known) == phase


@pytest.mark.parametrize(
    ("c", "state"),
    [
        (FRESH, {"waiting": {"reason": "ContainerCreating"}}),
        (PENDING, {"waiting": {"reason": "ContainerCreating"}}),
        (
            ContainerRecord(phase="pull-failed", message="not found"),
            {"waiting": {"reason": "ErrImagePull", "message": "not found"}},
        ),
        (
            ContainerRecord(phase="pull-backoff", message="not found"),
            {
                "waiting": {
                    "reason": "ImagePullBackOff",
                    "message": 'Back-off pulling image "nginx:1.27": ErrImagePull: not found',
                }
            },
        ),
        (
            ContainerRecord(phase="config-error", reason="CreateContainerConfigError", message='secret "x" not found'),
            {"waiting": {"reason": "CreateContainerConfigError", "message": 'secret "x" not found'}},
        ),
        (
            AGAIN,
            {
                "waiting": {
                    "reason": "CrashLoopBackOff",
                    "message": "back-off 40s restarting failed container=main pod=web_shop(u1)",
                }
            },
        ),
        (RUNS, {"running": {"startedAt": "1970-01-01T00:00:02Z"}}),
    ],
    ids=["waiting", "pulling", "pull failed", "pull backed off", "not configured", "crash loop", "running"],
)  # fmt: skip
def test_a_container_s_state_is_told_in_the_kubelet_s_words(c: ContainerRecord, state: Obj) -> None:
    (told,) = written(pod(), record(main=c))["containerStatuses"]
    assert told["state"] == state


@pytest.mark.parametrize(
    ("ms", "text"),
    [(10_000, "10s"), (20_000, "20s"), (80_000, "1m20s"), (160_000, "2m40s"), (300_000, "5m0s")],
)
def test_the_back_off_is_named_as_it_doubles(ms: int, text: str) -> None:
    c = ContainerRecord(phase="crash-backoff", ended=LOST, backoff_ms=ms)
    (told,) = written(pod(), record(main=c))["containerStatuses"]
    assert told["state"]["waiting"]["message"] == (
        f"back-off {text} restarting failed container=main pod=web_shop(u1)"
    )


@pytest.mark.parametrize(
    ("run", "ended"),
    [
        (WON, {"exitCode": 0, "reason": "Completed", "startedAt": "1970-01-01T00:00:01Z",
               "finishedAt": "1970-01-01T00:00:05Z"}),
        (LOST, {"exitCode": 1, "reason": "Error", "startedAt": "1970-01-01T00:00:01Z",
                "finishedAt": "1970-01-01T00:00:05Z"}),
        (KILLED, {"exitCode": 137, "reason": "OOMKilled", "startedAt": "1970-01-01T00:00:01Z",
                  "finishedAt": "1970-01-01T00:01:01Z", "message": "out of memory"}),
        (Run(0, None, 3_000, 128, "StartError", "no such file"),
         {"exitCode": 128, "reason": "StartError", "startedAt": "1970-01-01T00:00:00Z",
          "finishedAt": "1970-01-01T00:00:03Z", "message": "no such file"}),
    ],
    ids=["completed", "error", "out of memory", "never started"],
)  # fmt: skip
def test_how_a_container_ended_is_told_now_and_after_its_restart(run: Run, ended: Obj) -> None:
    (now,) = written(pod(), record(main=ContainerRecord(phase="exited", ended=run)))["containerStatuses"]
    back = ContainerRecord(phase="running", last=run, restarts=run.number + 1)
    (later,) = written(pod(), record(main=back))["containerStatuses"]
    found = now["state"]["terminated"]
    assert found.pop("containerID").startswith("containerd://")
    assert found == ended
    assert later["lastState"]["terminated"] | {"containerID": ""} == {**ended, "containerID": ""}
    assert later["containerID"] != later["lastState"]["terminated"]["containerID"]


@pytest.mark.parametrize(
    ("c", "ready", "started"),
    [
        (FRESH, False, False),
        (UNREADY, False, True),
        (RUNS, True, True),
        (DONE, False, False),
        (AGAIN, False, False),
    ],
    ids=["waiting", "not ready", "ready", "done", "crash loop"],
)
def test_only_a_running_container_has_started_and_can_be_ready(
    c: ContainerRecord, ready: bool, started: bool
) -> None:
    (told,) = written(pod(), record(main=c))["containerStatuses"]
    assert (told["ready"], told["started"], told["restartCount"]) == (ready, started, c.restarts)


def test_an_image_is_named_in_full_as_soon_as_it_is_there() -> None:
    before, after = (written(pod(), record(main=c))["containerStatuses"][0] for c in (PENDING, RUNS))
    assert (before["image"], before["imageID"]) == ("nginx:1.27", "")
    assert after["image"] == "docker.io/library/nginx:1.27"
    assert after["imageID"].startswith("docker.io/library/nginx@sha256:")


@pytest.mark.parametrize(
    ("containers", "verdict"),
    [
        ({"a": RUNS, "b": RUNS}, ("True", None, None)),
        ({"a": RUNS, "b": UNREADY}, ("False", "ContainersNotReady", "containers with unready status: [b]")),
        (
            {"a": UNREADY, "b": AGAIN},
            ("False", "ContainersNotReady", "containers with unready status: [a b]"),
        ),
        ({"a": FRESH, "b": FRESH}, ("False", "ContainersNotReady", "containers with unready status: [a b]")),
    ],
    ids=["all", "one not", "none", "none begun"],
)
def test_the_pod_is_ready_when_its_containers_are(
    containers: dict[str, ContainerRecord], verdict: tuple[str, str | None, str | None]
) -> None:
    status = written(pod("a", "b"), record(**containers))
    assert condition(status, "ContainersReady") == condition(status, "Ready") == verdict


@pytest.mark.parametrize(
    ("known", "verdict"),
    [
        ({}, ("False", "ReadinessGatesNotReady",
              'corresponding condition of pod readiness gate "example.org/up" does not exist.')),
        ({"example.org/up": "False"}, ("False", "ReadinessGatesNotReady",
         'the status of pod readiness gate "example.org/up" is not "True", but False')),
        ({"example.org/up": "Unknown"}, ("False", "ReadinessGatesNotReady",
         'the status of pod readiness gate "example.org/up" is not "True", but Unknown')),
        ({"example.org/up": "True"}, ("True", None, None)),
    ],
    ids=["missing", "false", "unknown", "true"],
)  # fmt: skip
def test_a_readiness_gate_holds_the_pod_back_but_not_its_containers(
    known: dict[str, str], verdict: tuple[str, str | None, str | None]
) -> None:
    before = {"conditions": [{"type": kind, "status": state} for kind, state in known.items()]}
    gates = [{"conditionType": "example.org/up"}]
    status = written(pod(readinessGates=gates, status=before), record(main=RUNS))
    assert condition(status, "Ready") == verdict
    assert condition(status, "ContainersReady") == ("True", None, None)


@pytest.mark.parametrize(
    ("inits", "verdict"),
    [
        ((FRESH, FRESH), "containers with incomplete status: [init-0 init-1]"),
        ((UNREADY, FRESH), "containers with incomplete status: [init-0 init-1]"),
        ((DONE, FRESH), "containers with incomplete status: [init-1]"),
        ((DONE, FAILED), "containers with incomplete status: [init-1]"),
    ],
    ids=["none begun", "first runs", "first done", "second failed"],
)
def test_while_it_initializes_a_pod_says_what_is_missing(
    inits: tuple[ContainerRecord, ...], verdict: str
) -> None:
    subject = pod(inits=(init(0), init(1)))
    status = written(subject, record(*inits, main=FRESH, initialized=False))
    assert condition(status, "Initialized") == ("False", "ContainersNotInitialized", verdict)
    assert status["containerStatuses"][0]["state"] == {"waiting": {"reason": "PodInitializing"}}


def test_an_init_container_that_is_done_is_ready_and_a_sidecar_while_it_runs() -> None:
    subject = pod(inits=(init(0), init(1, restartPolicy="Always")))
    first, second = written(subject, record(DONE, RUNS, main=RUNS))["initContainerStatuses"]
    assert (first["ready"], first["started"]) == (True, False)
    assert (second["ready"], second["started"]) == (True, True)
    assert condition(written(subject, record(DONE, UNREADY, main=RUNS)), "Ready")[2] == (
        "containers with unready status: [init-1]"
    )


@pytest.mark.parametrize(
    ("c", "ready"),
    [(FRESH, False), (RUNS, False), (FAILED, False), (DONE, True)],
    ids=["waits", "runs", "failed", "done"],
)
def test_an_init_container_that_is_no_sidecar_is_ready_only_when_it_has_succeeded(
    c: ContainerRecord, ready: bool
) -> None:
    status = written(pod(inits=(init(0),)), record(c, main=FRESH, initialized=False))
    assert status["initContainerStatuses"][0]["ready"] is ready


@pytest.mark.parametrize(
    ("c", "reason"), [(DONE, "PodCompleted"), (FAILED, "PodFailed")], ids=["won", "lost"]
)
def test_a_pod_that_is_over_says_so_where_it_was_ready(c: ContainerRecord, reason: str) -> None:
    known = record(main=c)
    known.stop = Stop(6_000, 36_000, "finished")
    status = written(pod(restartPolicy="Never"), known)
    assert condition(status, "Ready") == condition(status, "ContainersReady") == ("False", reason, None)
    assert condition(status, "PodReadyToStartContainers") == ("False", None, None)


def test_a_transition_keeps_its_time_until_the_next_one() -> None:
    subject = pod()
    subject["status"] = written(subject, record(main=UNREADY), now=10_000)
    same = written(subject, record(main=UNREADY), now=20_000)
    subject["status"] = same
    ready = written(subject, record(main=RUNS), now=30_000)
    times = {c["type"]: c["lastTransitionTime"] for c in ready["conditions"]}
    assert same["conditions"] == written(subject, record(main=UNREADY), now=25_000)["conditions"]
    assert times == {
        "PodReadyToStartContainers": "1970-01-01T00:00:10Z",
        "Initialized": "1970-01-01T00:00:10Z",
        "Ready": "1970-01-01T00:00:30Z",
        "ContainersReady": "1970-01-01T00:00:30Z",
    }


def test_a_rejected_pod_has_a_reason_and_no_containers() -> None:
    known = record(main=FRESH)
    known.rejected = ("OutOfcpu", "Node didn't have enough resource: cpu")
    assert written(pod(), known) == {
        "observedGeneration": 4, "startTime": "1970-01-01T00:00:00Z", "phase": "Failed", "reason": "OutOfcpu",
        "message": "Pod was rejected: Node didn't have enough resource: cpu", "conditions": [],
    }  # fmt: skip


def test_what_others_have_written_stays() -> None:
    other = {"type": "example.org/seen", "status": "True", "lastTransitionTime": "1970-01-01T00:00:01Z"}
    before = {
        "conditions": [other],
        "qosClass": "Burstable",
        "nominatedNodeName": "node-9",
        "podIP": "10.0.0.1",
    }
    status = written(pod(status=before), record(main=RUNS))
    assert status["conditions"][-1] == other
    assert (status["qosClass"], status["nominatedNodeName"]) == ("Burstable", "node-9")
    assert (status["podIP"], status["podIPs"]) == ("10.244.1.2", [{"ip": "10.244.1.2"}])
    assert (status["hostIP"], status["hostIPs"]) == ("172.18.0.2", [{"ip": "172.18.0.2"}])


def test_an_evicted_pod_names_what_was_short_and_who_ended_it() -> None:
    known = record(main=FAILED)
    known.stop, known.evicted = Stop(6_000, 6_000, "evicted"), "The node was low on resource: memory. "
    status = written(pod(), known)
    assert (status["phase"], status["reason"], status["message"]) == ("Failed", "Evicted", known.evicted)
    assert condition(status, "DisruptionTarget") == ("True", "TerminationByKubelet", known.evicted)
