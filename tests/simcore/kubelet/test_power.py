"""A machine that goes off takes its containers with it; when it comes back, its kubelet starts them again."""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import LEASE
from simcore.apimachinery.meta import Key
from simcore.kubelet.world import NODES
from tests.simcore.kubelet.bench import Bench, container
from tests.simcore.kubelet.conftest import MACHINE, Site

IGNORES = "while true; do sleep 1; done"


def renewed(site: Site, node: str = "node-1") -> str:
    """As stored: readers of a living node's Lease see a computed time."""
    stored = site.store.get(LEASE.path(Key("kube-node-lease", node)))
    assert stored is not None
    time: str = decode(stored.value)["spec"]["renewTime"]
    return time


def heartbeats(site: Site) -> dict[str, Any]:
    return {c["type"]: c["lastHeartbeatTime"] for c in site.node()["status"]["conditions"]}


def test_the_last_heartbeats_are_written_down_when_the_power_goes(site: Site) -> None:
    site.advance(617_000)
    site.power("off")
    assert renewed(site) == "2026-01-01T00:10:10.000000Z"
    assert set(heartbeats(site).values()) == {"2026-01-01T00:10:00Z"}


def test_a_kubelet_without_power_does_nothing(site: Site) -> None:
    site.run(image="busybox", command=["sleep", "60"])
    site.advance(10_000)
    site.power("off")
    before = site.writes()
    site.advance(600_000)
    assert site.writes() == before
    assert "running" in site.container()["state"]
    assert site.run("late").get("status", {}).get("phase", "Pending") == "Pending"


def test_after_power_on_the_node_is_ready_again_and_the_lease_renewed(site: Site) -> None:
    boot_id = site.node()["status"]["nodeInfo"]["bootID"]
    site.advance(60_000)
    site.power("off")
    site.advance(103_000)
    site.power("on")
    assert renewed(site) == "2026-01-01T00:02:43.000000Z"
    assert set(heartbeats(site).values()) == {"2026-01-01T00:02:43Z"}
    assert site.node()["status"]["nodeInfo"]["bootID"] != boot_id
    reasons = [reason for reason, _ in site.events("node-1")]
    assert reasons == ["Starting", "NodeReady", "Starting", "NodeReady", "Rebooted"]


def test_containers_start_again_with_one_restart_more(site: Site) -> None:
    before = site.run()["status"]["podIP"]
    site.advance(60_000)
    site.power("off")
    site.advance(60_000)
    site.power("on")
    container = site.container()
    assert container["state"] == {"running": {"startedAt": "2026-01-01T00:02:00Z"}}
    assert container["restartCount"] == 1
    ended = container["lastState"]["terminated"]
    assert (ended["exitCode"], ended["reason"]) == (255, "Unknown")
    assert ended["finishedAt"] == "2026-01-01T00:01:00Z"
    assert ("SandboxChanged", "Pod sandbox changed, it will be killed and re-created.") in site.events()
    assert site.pod()["status"]["podIP"] != before or before.startswith("10.244.1.")


def test_pods_that_came_meanwhile_are_started(site: Site) -> None:
    site.power("off")
    site.run("late")
    site.advance(30_000)
    site.power("on")
    assert site.pod("late")["status"]["startTime"] == "2026-01-01T00:00:30Z"
    assert site.container("late")["restartCount"] == 0


def test_pods_deleted_meanwhile_are_gone_for_good(site: Site) -> None:
    uid = site.run()["metadata"]["uid"]
    site.power("off")
    site.delete(grace_s=0)
    site.power("on")
    assert not site.has_pod()
    assert site.world.get(f"/sim/runtime/node-1/{uid}") is None


def test_a_pod_that_never_restarts_has_failed_when_the_power_returns(site: Site) -> None:
    site.run(image="busybox", command=["sleep", "600"], restartPolicy="Never")
    site.power("off")
    site.power("on")
    assert site.pod()["status"]["phase"] == "Failed"
    assert site.container()["state"]["terminated"]["exitCode"] == 255


def test_what_had_succeeded_stays_so(site: Site) -> None:
    site.run(image="busybox", command=["true"], restartPolicy="Never")
    status = site.pod()["status"]
    site.power("off")
    site.power("on")
    assert site.pod()["status"] == status


def test_init_containers_run_again_in_a_new_sandbox() -> None:
    bench = Bench(initContainers=[container("setup", "sleep 3")], containers=[container()])
    bench.advance(10_000)
    bench.reboot(20_000)
    assert bench.phases() == {"setup": "running", "main": "exited"}
    bench.advance(3000)
    assert bench.phases() == {"setup": "exited", "main": "running"}
    assert bench.record.containers["setup"].restarts == 1


def test_a_pod_that_was_ending_is_over_after_the_power_was_off() -> None:
    bench = Bench(containers=[container(script=IGNORES)])
    bench.delete(30)
    bench.advance(5000)
    assert not bench.is_over
    bench.reboot(1000)
    assert bench.is_over


def test_a_new_machine_gets_a_node_and_one_that_goes_leaves_none_of_its_records(site: Site) -> None:
    site.world.put(NODES + "node-2", {**MACHINE, "zone": "zone-b"}, actor="user:test", cause=0)
    site.advance(0)
    assert site.node("node-2")["spec"]["podCIDR"] == "10.244.2.0/24"
    site.run("other", node="node-2")
    site.world.delete(NODES + "node-2", actor="user:test", cause=0)
    site.advance(0)
    assert site.world.list("/sim/runtime/node-2/") == {}


def test_a_machine_that_grows_is_reported(site: Site) -> None:
    site.world.put(NODES + "node-1", {**MACHINE, "cpu": "8"}, actor="user:test", cause=0)
    site.advance(0)
    assert site.node()["status"]["capacity"]["cpu"] == "8"
    assert site.node()["status"]["allocatable"]["cpu"] == "8"
