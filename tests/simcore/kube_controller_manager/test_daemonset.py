"""A DaemonSet has one pod on every node that wants it, and brings them to a new template node by node."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from simcore.apimachinery.kinds import CONTROLLER_REVISION, DAEMON_SET, NODE, POD
from simcore.apimachinery.meta import Obj, is_terminating, key_of, labels_of
from simcore.kube_controller_manager.daemonset.backoff import LONGEST_MS, FailedDaemons
from simcore.kube_controller_manager.daemonset.placement import node_of
from simcore.kube_controller_manager.manager import ControllerManager
from simcore.kube_controller_manager.pods import is_ready, phase_of
from simcore.sim.latency import REALISTIC, LatencyProfile, Range
from tests.kit.control_plane import ControlPlane, finish, register, set_ready, template

SLOW_WATCH = LatencyProfile(Range(0, 0), Range(900, 900), Range(0, 0), Range(0, 0), Range(0, 0))


class Fleet:
    """Four nodes, and a stand-in that binds each daemon to its node and makes it Ready after a second."""

    def __init__(self, latency: LatencyProfile | None = None, *, count: int = 4) -> None:
        self.plane = ControlPlane(**({"latency": latency} if latency else {}))  # type: ignore[arg-type]
        for n in range(1, count + 1):
            register(self.plane, f"node-{n}", zone="zone-a" if n % 2 else "zone-b")
        ControllerManager(self.plane.ctx).start()
        self.broken = "broken"

    def given(self, **spec: Any) -> None:
        spec = {"selector": {"matchLabels": {"app": "agent"}}, "template": template("agent", "x:1")} | spec
        self.plane.given(
            {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "agent"}, "spec": spec}
        )

    def run(self, seconds: int) -> None:
        """Kubelets look every second."""
        for _ in range(seconds):
            self.plane.advance(1000)
            for pod in self.pods:
                if is_terminating(pod):
                    self.plane.delete(POD, pod["metadata"]["name"], grace_s=0)
                elif not is_ready(pod) and pod["spec"]["containers"][0]["image"] != self.broken:
                    if not pod["spec"].get("nodeName"):
                        self.plane.api.bind(key_of(pod), pod["metadata"]["uid"], node_of(pod))
                    set_ready(self.plane, self.plane.get(POD, pod["metadata"]["name"]))
        self.plane.advance(100)

    def set_image(self, image: str) -> None:
        containers = [{"name": "main", "image": image}]
        self.plane.patch(DAEMON_SET, "agent", {"spec": {"template": {"spec": {"containers": containers}}}})

    @property
    def pods(self) -> list[Obj]:
        return self.plane.list(POD)

    @property
    def places(self) -> list[str]:
        return sorted(node_of(pod) for pod in self.pods if not is_terminating(pod))

    @property
    def images(self) -> list[str]:
        return sorted(pod["spec"]["containers"][0]["image"] for pod in self.pods if not is_terminating(pod))

    def status(self, *fields: str) -> tuple[int, ...]:
        found = self.plane.get(DAEMON_SET, "agent")["status"]
        return tuple(found.get(field, 0) for field in fields)


@pytest.fixture
def fleet() -> Fleet:
    return Fleet()


def test_each_node_gets_a_pod_that_can_go_nowhere_else(fleet: Fleet):
    fleet.given()
    fleet.plane.advance(100)
    assert fleet.places == ["node-1", "node-2", "node-3", "node-4"]
    pod = next(p for p in fleet.pods if node_of(p) == "node-1")
    assert pod["spec"]["affinity"] == {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [
                    {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["node-1"]}]}
                ]
            }
        }
    }
    borne = {(t["key"].partition("/")[2], t["effect"]) for t in pod["spec"]["tolerations"]}
    assert ("not-ready", "NoExecute") in borne
    assert ("unschedulable", "NoSchedule") in borne
    assert "nodeName" not in pod["spec"]
    assert sorted(fleet.plane.events("agent"))[0][0] == "SuccessfulCreate"


def test_its_status_counts_nodes(fleet: Fleet):
    fleet.given()
    fleet.run(2)
    fields = ("desiredNumberScheduled", "currentNumberScheduled", "numberReady", "numberAvailable")
    assert fleet.status(*fields, "updatedNumberScheduled", "numberMisscheduled") == (4, 4, 4, 4, 4, 0)
    assert "numberUnavailable" not in fleet.plane.get(DAEMON_SET, "agent")["status"]


def test_a_node_selector_narrows_and_a_new_label_widens(fleet: Fleet):
    narrow = template("agent", "x:1")
    narrow["spec"]["nodeSelector"] = {"topology.kubernetes.io/zone": "zone-a"}
    fleet.given(template=narrow)
    fleet.run(2)
    assert fleet.places == ["node-1", "node-3"]
    fleet.plane.patch(NODE, "node-2", {"metadata": {"labels": {"topology.kubernetes.io/zone": "zone-a"}}})
    fleet.plane.patch(NODE, "node-1", {"metadata": {"labels": {"topology.kubernetes.io/zone": "zone-x"}}})
    fleet.run(2)
    assert fleet.places == ["node-2", "node-3"]


def test_it_fits_nowhere_and_says_so(fleet: Fleet):
    nowhere = template("agent", "x:1")
    nowhere["spec"]["nodeSelector"] = {"no": "where"}
    fleet.given(template=nowhere)
    fleet.run(2)
    assert fleet.pods == []
    assert fleet.status("desiredNumberScheduled", "numberMisscheduled") == (0, 0)


@pytest.mark.parametrize(
    ("effect", "stays"), [("NoSchedule", True), ("NoExecute", False), ("PreferNoSchedule", True)]
)
def test_a_taint_that_is_not_borne_keeps_new_pods_off_or_ends_old_ones(
    fleet: Fleet, effect: str, stays: bool
):
    fleet.given()
    fleet.run(2)
    fleet.plane.patch(NODE, "node-1", {"spec": {"taints": [{"key": "k", "effect": effect}]}})
    fleet.run(2)
    assert ("node-1" in fleet.places) is stays


def test_a_node_that_comes_or_goes_is_followed(fleet: Fleet):
    fleet.given()
    register(fleet.plane, "node-5")
    fleet.run(2)
    assert "node-5" in fleet.places
    fleet.plane.delete(NODE, "node-5")
    fleet.plane.advance(41_000)  # the pod garbage collector's patience
    assert "node-5" not in fleet.places


def test_a_daemon_that_has_ended_is_replaced(fleet: Fleet):
    fleet.given()
    fleet.run(2)
    failed = fleet.pods[0]["metadata"]["name"]
    finish(fleet.plane, fleet.pods[0], "Failed")
    fleet.run(3)
    assert len(fleet.places) == 4
    where = f"default/{failed} on node"
    assert any(r == "FailedDaemonPod" and where in m for r, m in fleet.plane.events("agent"))


def test_a_daemon_that_fails_again_and_again_is_replaced_more_and_more_slowly():
    fleet = Fleet(count=1)
    fleet.given()
    births: list[float] = []
    for _ in range(200):
        fleet.plane.advance(100)
        for pod in fleet.pods:
            if phase_of(pod) != "Failed":
                births.append(fleet.plane.clock.now() / 1000)
                fleet.plane.api.bind(key_of(pod), pod["metadata"]["uid"], "node-1")
                finish(fleet.plane, pod, "Failed")
    gaps = [round(later - earlier, 1) for earlier, later in pairwise(births)]
    assert gaps == [0.1, 1.0, 2.0, 4.0, 8.0]


def test_a_back_off_that_is_long_over_is_forgotten():
    failed = FailedDaemons()
    assert [failed.replace((1, "node-1"), at) for at in (0, 400, 1_000, 1_500, 3_000)] == [
        0,
        600,
        0,
        1_500,
        0,
    ]
    assert failed.replace((2, "node-1"), 3_000) == 0  # of another template
    assert failed.replace((1, "node-1"), 3_000 + 2 * LONGEST_MS + 1) == 0
    assert failed.replace((1, "node-1"), 3_500 + 2 * LONGEST_MS + 1) == 500


def test_a_new_template_replaces_one_pod_after_the_other(fleet: Fleet):
    fleet.given()
    fleet.run(2)
    fleet.set_image("x:2")
    seen = []
    for _ in range(14):
        fleet.run(1)
        seen.append(fleet.status("numberAvailable")[0])
    assert fleet.images == ["x:2"] * 4
    assert min(seen) == 3
    assert fleet.status("updatedNumberScheduled") == (4,)


def test_a_broken_template_stops_at_the_first_node(fleet: Fleet):
    fleet.given()
    fleet.run(2)
    fleet.set_image("broken")
    fleet.run(10)
    assert fleet.images == ["broken", "x:1", "x:1", "x:1"]


def test_with_a_surge_the_new_pod_comes_before_the_old_one_goes(fleet: Fleet):
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 2, "maxUnavailable": 0}}
    fleet.given(updateStrategy=rolling)
    fleet.run(2)
    fleet.set_image("x:2")
    seen = []
    for _ in range(12):
        fleet.run(1)
        seen.append(fleet.status("numberAvailable")[0])
    assert fleet.images == ["x:2"] * 4
    assert min(seen) == 4


def test_on_delete_only_deleted_pods_are_renewed(fleet: Fleet):
    fleet.given(updateStrategy={"type": "OnDelete"})
    fleet.run(2)
    fleet.set_image("x:2")
    fleet.run(3)
    assert fleet.images == ["x:1"] * 4
    fleet.plane.delete(POD, fleet.pods[0]["metadata"]["name"])
    fleet.run(3)
    assert fleet.images == ["x:1", "x:1", "x:1", "x:2"]


def test_its_templates_are_kept_as_revisions_to_go_back_to(fleet: Fleet):
    fleet.given()
    fleet.run(2)
    first = fleet.plane.list(CONTROLLER_REVISION)[0]
    assert first["data"]["spec"]["template"]["$patch"] == "replace"
    fleet.set_image("x:2")
    fleet.run(14)
    fleet.set_image("x:1")
    fleet.run(14)
    found = sorted(fleet.plane.list(CONTROLLER_REVISION), key=lambda r: r["revision"])
    assert [r["revision"] for r in found] == [2, 3]
    assert found[-1]["metadata"]["name"] == first["metadata"]["name"]
    assert (
        labels_of(fleet.pods[0])["controller-revision-hash"] == labels_of(first)["controller-revision-hash"]
    )


def test_revisions_beyond_the_limit_go(fleet: Fleet):
    fleet.given(revisionHistoryLimit=1)
    for version in range(2, 6):
        fleet.run(14)
        fleet.set_image(f"x:{version}")
    fleet.run(14)
    assert sorted(r["revision"] for r in fleet.plane.list(CONTROLLER_REVISION)) == [4, 5]


def test_a_slow_watch_makes_no_second_pod_on_a_node():
    fleet = Fleet(SLOW_WATCH)
    fleet.given()
    fleet.run(12)
    assert fleet.places == ["node-1", "node-2", "node-3", "node-4"]


def test_it_settles_under_realistic_latencies():
    fleet = Fleet(REALISTIC, count=12)
    fleet.given()
    fleet.run(5)
    fleet.set_image("x:2")
    fleet.run(40)
    assert fleet.images == ["x:2"] * 12


def test_a_take_over_writes_nothing(fleet: Fleet):
    fleet.given()
    fleet.run(5)
    before = fleet.plane.store.revision
    successor = ControlPlane(store=fleet.plane.store, at=fleet.plane.clock.now())
    ControllerManager(successor.ctx).start()
    successor.advance(5_000)
    assert fleet.plane.store.revision == before
