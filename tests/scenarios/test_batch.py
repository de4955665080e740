"""Jobs and CronJobs in a whole cluster: scheduler, kubelets and containers included."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import CRON_JOB, EVENT, JOB, POD
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.memory_store import MemoryStore

EPOCH_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z


@pytest.fixture
def cluster() -> Cluster:
    store = MemoryStore()
    found(store, ClusterSpec(seed=3, epoch_ms=EPOCH_MS, latency="instant"))
    cluster = Cluster(store)
    cluster.advance(10_000)
    return cluster


def job(script: str, *, name: str = "work", restart: str = "Never", **spec: Any) -> Obj:
    container = {"name": "main", "image": "busybox:1.37", "command": ["sh", "-c", script]}
    template = {"spec": {"containers": [container], "restartPolicy": restart}}
    body = {"template": template} | spec
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": body}


def status(cluster: Cluster, name: str = "work") -> Obj:
    found_status: Obj = cluster.client("test").get(JOB, Key("default", name))["status"]
    return found_status


def until_finished(cluster: Cluster, limit_s: int = 3_600) -> int:
    """Seconds from now until the Job is Complete or Failed."""
    begin = cluster.clock.now()
    for _ in range(limit_s * 10):
        if any(c["type"] in ("Complete", "Failed") for c in status(cluster).get("conditions") or ()):
            return (cluster.clock.now() - begin) // 1000
        cluster.advance(100)
    raise AssertionError(status(cluster))


def pods(cluster: Cluster) -> list[Obj]:
    return cluster.client("test").list(POD, "default")


def reasons(cluster: Cluster, name: str = "work") -> list[str]:
    events = [e for e in cluster.client("test").list(EVENT, "default") if e["involvedObject"]["name"] == name]
    return [e["reason"] for e in sorted(events, key=lambda e: int(e["metadata"]["resourceVersion"]))]


def test_a_script_of_five_seconds_takes_five_seconds_a_pod(cluster: Cluster):
    cluster.given(job("sleep 5", completions=4, parallelism=2))
    assert 10 <= until_finished(cluster) <= 14
    assert (status(cluster)["succeeded"], len(pods(cluster))) == (4, 4)
    assert {pod["status"]["phase"] for pod in pods(cluster)} == {"Succeeded"}


def test_a_script_that_fails_is_tried_again_after_10_20_and_40_seconds(cluster: Cluster):
    cluster.given(job("exit 1", backoffLimit=3))
    assert 70 <= until_finished(cluster) <= 80
    assert status(cluster)["failed"] == 4
    assert reasons(cluster) == [*["SuccessfulCreate"] * 4, "BackoffLimitExceeded"]


def test_a_pod_that_restarts_in_place_ends_the_job_at_its_limit(cluster: Cluster):
    cluster.given(job("exit 1", restart="OnFailure", backoffLimit=2))
    assert 10 <= until_finished(cluster) <= 40
    assert status(cluster)["conditions"][-1]["reason"] == "BackoffLimitExceeded"
    assert pods(cluster) == [], "its pod was deleted with the Job's failure"


def test_each_index_sees_its_own_number(cluster: Cluster):
    script = 'test "$JOB_COMPLETION_INDEX" -ne 1'
    spec = {"completions": 3, "parallelism": 3, "completionMode": "Indexed", "backoffLimitPerIndex": 0}
    cluster.given(job(script, **spec))
    until_finished(cluster)
    assert (status(cluster)["completedIndexes"], status(cluster)["failedIndexes"]) == ("0,2", "1")
    assert status(cluster)["conditions"][-1]["reason"] == "FailedIndexes"


def test_a_deadline_ends_what_would_run_for_ever(cluster: Cluster):
    cluster.given(job("sleep 100000", activeDeadlineSeconds=20))
    assert 20 <= until_finished(cluster) <= 55, "the shell has 30 seconds to end"
    assert status(cluster)["conditions"][-1]["reason"] == "DeadlineExceeded"
    assert pods(cluster) == []


def test_an_unknown_image_succeeds_after_two_seconds(cluster: Cluster):
    made = job("")
    made["spec"]["template"]["spec"]["containers"] = [{"name": "main", "image": "example.com/import:3"}]
    cluster.given(made)
    assert 2 <= until_finished(cluster) <= 6


def test_a_cron_job_says_hello_each_minute_and_tidies_up(cluster: Cluster):
    template = {"spec": job("date; echo hello")["spec"]}
    spec = {"schedule": "* * * * *", "jobTemplate": template}
    cluster.given({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "hello"}, "spec": spec})
    cluster.advance(6 * 60_000)
    jobs = cluster.client("test").list(JOB, "default")
    first = EPOCH_MS // 60_000
    assert [j["metadata"]["name"] for j in jobs] == [f"hello-{first + minute}" for minute in (4, 5, 6)]
    assert all(j["status"]["succeeded"] == 1 for j in jobs[:2])
    found_status = cluster.client("test").get(CRON_JOB, Key("default", "hello"))["status"]
    assert found_status["lastScheduleTime"] == "2026-01-01T00:06:00Z"


def test_a_job_survives_any_number_of_deaths(cluster: Cluster):
    cluster.given(job("sleep 3", completions=6, parallelism=2))
    for _ in range(90):
        cluster.advance(470)
        cluster = Cluster(cluster.store, now=cluster.clock.now())
    assert (status(cluster)["succeeded"], status(cluster).get("failed")) == (6, None)
    assert len(pods(cluster)) == 6
    assert reasons(cluster).count("Completed") == 1
