"""Status writes beside other writers: nothing of theirs is lost, nothing of the kubelet's either."""

from __future__ import annotations

from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Key
from simcore.sim.latency import REALISTIC
from tests.simcore.kubelet.conftest import Site


def test_a_label_given_while_the_kubelet_looks_at_an_older_pod_stays() -> None:
    site = Site(latency=REALISTIC)
    site.advance(1000)
    site.run()
    for n in range(400):
        site.plane.patch(POD, "web", {"metadata": {"labels": {"n": str(n)}}})
        site.advance(10)
    pod = site.pod()
    assert pod["metadata"]["labels"] == {"n": "399"}
    assert pod["status"]["phase"] == "Running"
    assert site.container()["restartCount"] == 0


def test_a_new_generation_is_observed(site: Site) -> None:
    pod = site.run()
    site.plane.patch(POD, "web", {"spec": {"activeDeadlineSeconds": 600}})
    site.advance(0)
    newer = site.pod()
    assert newer["metadata"]["generation"] > pod["metadata"]["generation"]
    assert newer["status"]["observedGeneration"] == newer["metadata"]["generation"]


def test_a_deadline_given_later_counts_from_the_start(site: Site) -> None:
    site.run()
    site.advance(100_000)
    site.plane.patch(POD, "web", {"spec": {"activeDeadlineSeconds": 101}})
    site.advance(1040)
    assert site.pod()["status"]["reason"] == "DeadlineExceeded"


def test_transition_times_tell_when_a_condition_changed_and_not_when_it_was_written(site: Site) -> None:
    script = "sleep 60; touch /tmp/ready; sleep 6000"
    probe = {"exec": {"command": ["cat", "/tmp/ready"]}, "periodSeconds": 1}
    site.run(
        containers=[
            {"name": "main", "image": "busybox", "command": ["sh", "-c", script], "readinessProbe": probe}
        ]
    )
    site.advance(120_000)
    times = {c["type"]: c["lastTransitionTime"] for c in site.pod()["status"]["conditions"]}
    assert (times["Initialized"], times["Ready"]) == ("2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z")


def test_a_pod_of_another_uid_is_never_written_to(site: Site) -> None:
    site.run(image="busybox", command=["sh", "-c", "sleep 5; exit 1"])
    site.plane.api.delete(POD, Key("default", "web"), grace_s=0)
    again = {"name": "main", "image": "nginx:1.27"}
    spec = {"containers": [again], "nodeName": "elsewhere"}
    manifest = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": spec,
    }
    site.plane.api.create(POD, manifest)
    site.advance(60_000)
    assert "containerStatuses" not in site.pod()["status"]


def test_the_time_the_quality_of_service_was_decided_is_not_the_kubelet_s(site: Site) -> None:
    limits = {"cpu": "1", "memory": "1Gi"}
    assert site.run(resources={"limits": limits, "requests": limits})["status"]["qosClass"] == "Guaranteed"
    assert site.run("small")["status"]["qosClass"] == "BestEffort"
