"""From binding to the end: phases, conditions and container states as the API shows them."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import POD
from simcore.sim.latency import REALISTIC
from tests.simcore.kubelet.bench import Bench, container
from tests.simcore.kubelet.conftest import Site


def test_a_bound_pod_runs_in_the_same_instant_without_latency(site: Site) -> None:
    status = site.run()["status"]
    assert status["phase"] == "Running"
    assert (status["hostIP"], status["hostIPs"]) == ("172.18.0.2", [{"ip": "172.18.0.2"}])
    assert (status["podIP"], status["podIPs"]) == ("10.244.1.2", [{"ip": "10.244.1.2"}])
    assert (status["startTime"], status["observedGeneration"]) == ("2026-01-01T00:00:00Z", 1)
    assert [c["type"] for c in status["conditions"]][:4] == [
        "PodReadyToStartContainers",
        "Initialized",
        "Ready",
        "ContainersReady",
    ]
    assert set(site.conditions().values()) == {"True"}


def test_it_costs_one_status_one_record_and_the_events(site: Site) -> None:
    site.run("first")
    before = site.writes()
    site.run("second")
    assert site.writes() - before == len(["create", "record", "status", "Pulled", "Created", "Started"])


def test_a_quiet_pod_writes_nothing_and_asks_for_no_time(site: Site) -> None:
    site.run()
    before = site.writes()
    site.advance(86_400_000)
    assert site.writes() == before
    assert site.plane.clock.next_due() is None


def test_a_running_container_s_status(site: Site) -> None:
    resources = {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}}
    site.run(resources=resources)
    status = site.container()
    assert status["containerID"].startswith("containerd://") and len(status["containerID"]) == 77
    assert status["state"] == {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
    assert (status["lastState"], status["restartCount"]) == ({}, 0)
    assert (status["ready"], status["started"]) == (True, True)
    assert (status["image"], status["resources"]) == ("docker.io/library/nginx:1.27", resources)
    assert status["allocatedResources"] == resources["requests"]


def test_other_components_conditions_stay(site: Site) -> None:
    site.run()
    theirs = {"type": "example.org/approved", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}
    conditions = [*site.pod()["status"]["conditions"], theirs]
    site.plane.patch(POD, "web", {"status": {"conditions": conditions}}, subresource="status")
    site.advance(0)
    assert site.pod()["status"]["conditions"] == conditions


def test_what_somebody_else_writes_into_the_status_is_put_right(site: Site) -> None:
    before = site.run()["status"]
    site.plane.patch(POD, "web", {"status": {"phase": "Failed", "podIP": "1.2.3.4"}}, subresource="status")
    site.advance(0)
    assert site.pod()["status"] == before


def test_a_readiness_gate_waits_for_its_condition(site: Site) -> None:
    site.run(readinessGates=[{"conditionType": "example.org/approved"}])
    ready = next(c for c in site.pod()["status"]["conditions"] if c["type"] == "Ready")
    assert (ready["status"], ready["reason"]) == ("False", "ReadinessGatesNotReady")
    assert (
        ready["message"]
        == 'corresponding condition of pod readiness gate "example.org/approved" does not exist.'
    )
    theirs = {"type": "example.org/approved", "status": "True"}
    conditions = [*site.pod()["status"]["conditions"], theirs]
    site.plane.patch(POD, "web", {"status": {"conditions": conditions}}, subresource="status")
    site.advance(0)
    assert site.conditions()["Ready"] == "True"


@pytest.mark.parametrize(
    ("policy", "script", "phase", "restarts"),
    [
        ("Never", "exit 0", "Succeeded", 0),
        ("Never", "exit 1", "Failed", 0),
        ("OnFailure", "exit 0", "Succeeded", 0),
        ("OnFailure", "exit 1", "Running", 1),
        ("Always", "exit 0", "Running", 1),
    ],
)
def test_the_restart_policy_decides_what_an_exit_means(
    policy: str, script: str, phase: str, restarts: int
) -> None:
    bench = Bench(containers=[container(script=script)], restartPolicy=policy)
    bench.advance(5000)
    assert bench.status()["phase"] == phase
    assert bench.record.containers["main"].restarts == restarts


def test_a_pod_succeeds_when_all_its_containers_have() -> None:
    bench = Bench(containers=[container("a", "sleep 1"), container("b", "sleep 5")], restartPolicy="Never")
    bench.advance(4999)
    assert bench.status()["phase"] == "Running"
    bench.advance(1)
    status = bench.status()
    assert status["phase"] == "Succeeded"
    reasons = {c["type"]: (c["status"], c.get("reason")) for c in status["conditions"]}
    assert reasons == {
        "PodReadyToStartContainers": ("False", None),
        "Initialized": ("True", "PodCompleted"),
        "Ready": ("False", "PodCompleted"),
        "ContainersReady": ("False", "PodCompleted"),
    }


def test_a_pod_stays_pending_while_one_of_its_containers_was_never_started() -> None:
    bench = Bench(containers=[container("a"), container("b", image="nginx:404")])
    bench.advance(5000)
    assert bench.phases() == {"a": "running", "b": "pull-backoff"}
    assert bench.status()["phase"] == "Pending"


def test_a_command_that_does_not_exist_cannot_be_started(site: Site) -> None:
    site.run(image="busybox", command=["nosuch"], restartPolicy="Never")
    ended = site.container()["state"]["terminated"]
    assert (ended["exitCode"], ended["reason"], ended["startedAt"]) == (
        128,
        "StartError",
        "1970-01-01T00:00:00Z",
    )
    assert ended["message"].endswith('exec: "nosuch": executable file not found in $PATH')
    assert site.events()[-1] == ("Failed", f"Error: {ended['message']}")
    assert site.pod()["status"]["phase"] == "Failed"


def test_an_unknown_image_in_a_job_s_pod_succeeds_after_two_seconds(site: Site) -> None:
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": "j", "uid": "u", "controller": True}
    site.run(image="work:1", metadata={"ownerReferences": [owner]}, restartPolicy="Never")
    site.advance(1999)
    assert site.pod()["status"]["phase"] == "Running"
    site.advance(1)
    assert site.pod()["status"]["phase"] == "Succeeded"


def test_with_latencies_a_pod_shows_each_stage() -> None:
    site = Site(latency=REALISTIC)
    site.advance(1000)
    site.run()
    site.advance(50)
    assert site.pod()["status"]["phase"] == "Pending"
    assert site.container()["state"] == {"waiting": {"reason": "ContainerCreating"}}
    assert site.conditions()["PodReadyToStartContainers"] == "False"
    assert "podIP" not in site.pod()["status"]
    site.advance(500)
    assert site.conditions()["PodReadyToStartContainers"] == "True"
    assert "podIP" in site.pod()["status"]
    site.advance(10_000)
    assert site.pod()["status"]["phase"] == "Running"


def test_pods_get_their_own_addresses_and_give_them_back(site: Site) -> None:
    assert [site.run(name)["status"]["podIP"] for name in "abc"] == ["10.244.1.2", "10.244.1.3", "10.244.1.4"]
    site.delete("b", grace_s=0)
    assert site.run("d")["status"]["podIP"] == "10.244.1.3"


def test_a_pod_on_the_host_network_has_the_node_s_address(site: Site) -> None:
    assert site.run(hostNetwork=True)["status"]["podIP"] == "172.18.0.2"


def test_a_full_range_keeps_the_sandbox_from_being_made_until_there_is_room(site: Site) -> None:
    kubelet = site.kubelets.kubelet("node-1")
    assert kubelet is not None
    for _ in range(253):
        kubelet.host.take_ip({"spec": {}})
    site.run()
    assert site.events()[0][0] == "FailedCreatePodSandBox"
    site.advance(25_000)
    assert site.event_counts()["FailedCreatePodSandBox"] == 3
    assert site.conditions()["PodReadyToStartContainers"] == "False"


def test_a_force_deleted_pod_leaves_nothing_behind(site: Site) -> None:
    uid = site.run(image="busybox", command=["sleep", "3600"])["metadata"]["uid"]
    site.delete(grace_s=0)
    assert not site.has_pod()
    assert site.world.get(f"/sim/runtime/node-1/{uid}") is None


def test_a_pod_of_a_node_without_a_machine_is_left_alone(site: Site) -> None:
    assert "containerStatuses" not in site.run(node="elsewhere").get("status", {})
