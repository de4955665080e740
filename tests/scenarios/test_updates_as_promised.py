"""What Kubernetes' conformance tests expect of running containers: new files, probes, deadlines, restarts."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import CONFIG_MAP, EVENT, POD
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.cluster import Cluster
from tests.kit.conformance import AGNHOST, Case, case, cluster_with, status_of
from tests.kit.expectation import printed
from tests.kit.manifests import config_map

LOOK = ["mounttest", "--break_on_expected_content=false", "--retry_time=300"]
LABELS = {"downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}}


def looking(name: str, volume: Obj, file: str) -> Obj:
    return case(name, run=[*LOOK, f"--file_content_in_loop=/v/{file}"], image=AGNHOST, volume=volume).manifest


def last(cluster: Cluster, name: str) -> str:
    return printed(cluster, Key("default", name), "c")[-1]


def probed(name: str, run: list[str], image: str = AGNHOST, **probe: Any) -> Case:
    liveness = {"initialDelaySeconds": 15, "failureThreshold": 1} | probe
    return case(name, run=run, image=image, livenessProbe=liveness, restartPolicy="Always")


def http(path: str) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": 8080}}


def test_a_pods_new_labels_are_in_its_files_at_once() -> None:
    pod = looking("labels", LABELS, "labels")
    pod["metadata"]["labels"] = {"key1": "value1"}
    cluster = cluster_with(pod)
    cluster.advance(30_000)
    assert 'content of file "/v/labels": key1="value1"' in printed(cluster, Key("default", "labels"), "c")
    patch = {"metadata": {"labels": {"key0": "other"}}}
    cluster.client("user:test").patch(POD, Key("default", "labels"), patch)
    cluster.advance(3_000)
    assert 'content of file "/v/labels": key0="other"' in printed(cluster, Key("default", "labels"), "c")[-4:]


def test_a_relabelled_pod_sees_its_config_map_before_the_minute_is_over() -> None:
    cluster = cluster_with(
        config_map("app", mode="slow"), looking("pod", {"configMap": {"name": "app"}}, "mode")
    )
    cluster.advance(30_000)
    api = cluster.client("user:test")
    api.patch(CONFIG_MAP, Key("default", "app"), {"data": {"mode": "fast"}})
    cluster.advance(3_000)
    assert last(cluster, "pod") == 'content of file "/v/mode": slow'
    api.patch(POD, Key("default", "pod"), {"metadata": {"annotations": {"poke": "1"}}})
    cluster.advance(3_000)
    assert last(cluster, "pod") == 'content of file "/v/mode": fast'


def test_optional_config_maps_come_change_and_go() -> None:
    names = ("comes", "changes", "goes")
    pods = [looking(n, {"configMap": {"name": n, "optional": True}}, "data-1") for n in names]
    given = [config_map(n, **{"data-1": "value-1"}) for n in ("changes", "goes")]
    cluster = cluster_with(*given, *pods)
    cluster.advance(30_000)
    missing = "Error reading file /v/data-1: open /v/data-1: no such file or directory, retrying"
    found = 'content of file "/v/data-1": value-1'
    assert [last(cluster, name) for name in names] == [missing, found, found]
    api = cluster.client("user:test")
    api.patch(CONFIG_MAP, Key("default", "changes"), {"data": {"data-1": "value-2"}})
    api.delete(CONFIG_MAP, Key("default", "goes"))
    cluster.given(config_map("comes", **{"data-1": "value-1"}))
    cluster.advance(70_000)
    assert [last(cluster, name) for name in names] == [found, 'content of file "/v/data-1": value-2', missing]


@pytest.mark.parametrize(
    ("tried", "restarts"),
    [
        (
            probed(
                "exec",
                ["/bin/sh", "-c", "echo ok >/tmp/health; sleep 10; rm -rf /tmp/health; sleep 600"],
                "busybox:1.36",
                exec={"command": ["cat", "/tmp/health"]},
            ),
            True,
        ),
        (probed("http", ["liveness"], **http("/healthz")), True),
        (probed("tcp", ["liveness"], tcpSocket={"port": 8080}), False),
        (probed("local-redirect", ["liveness"], **http("/redirect?loc=%2Fhealthz")), True),
        (probed("well-redirect", ["netexec"], **http("/redirect?loc=%2Fhealthz")), False),
        (probed("other-redirect", ["liveness"], **http("/redirect?loc=http%3A%2F%2F0.0.0.0%2F")), False),
        (probed("slow", ["sleep", "600"], "busybox:1.36", exec={"command": ["sleep", "10"]}), True),
    ],
    ids=lambda value: value.name if isinstance(value, Case) else "",
)
def test_a_liveness_probe_decides_about_restarts(tried: Case, restarts: bool) -> None:
    cluster = cluster_with(tried.manifest)
    cluster.advance(60_000)
    assert (status_of(cluster, tried.name)["containerStatuses"][0]["restartCount"] > 0) is restarts


def test_a_probes_own_grace_period_counts_instead_of_the_pods() -> None:
    tried = probed(
        "grace",
        ["sleep", "1000"],
        "busybox:1.36",
        exec={"command": ["/bin/false"]},
        terminationGracePeriodSeconds=5,
    )
    tried.manifest["spec"]["terminationGracePeriodSeconds"] = 500
    cluster = cluster_with(tried.manifest)
    cluster.advance(60_000)
    assert status_of(cluster, "grace")["containerStatuses"][0]["restartCount"] > 0


def test_a_deadline_that_comes_later_ends_the_pod() -> None:
    cluster = cluster_with(case("late", run=["sleep", "1000"], restartPolicy="Always").manifest)
    cluster.advance(20_000)
    cluster.client("user:test").patch(POD, Key("default", "late"), {"spec": {"activeDeadlineSeconds": 5}})
    cluster.advance(40_000)
    status = status_of(cluster, "late")
    assert (status["phase"], status["reason"]) == ("Failed", "DeadlineExceeded")
    assert status["message"] == "Pod was active on the node longer than the specified deadline"
    events = cluster.client("user:test").list(EVENT, "default")
    assert "DeadlineExceeded" in [e["reason"] for e in events if e["involvedObject"]["name"] == "late"]
