"""A StatefulSet's pods have names, claims and an order."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import CONTROLLER_REVISION, PERSISTENT_VOLUME_CLAIM, POD, STATEFUL_SET
from simcore.apimachinery.meta import Obj, is_terminating, key_of, labels_of
from simcore.kube_controller_manager.manager import ControllerManager
from simcore.kube_controller_manager.pods import is_finished
from simcore.sim.latency import REALISTIC, LatencyProfile, Range
from tests.kit.control_plane import ControlPlane, finish, register, set_ready, workload

SLOW_WATCH = LatencyProfile(Range(0, 0), Range(900, 900), Range(0, 0), Range(0, 0), Range(0, 0))


class Stage:
    """A StatefulSet `db` whose pods become ready when the test says so."""

    def __init__(self, latency: LatencyProfile | None = None) -> None:
        self.plane = ControlPlane(**({"latency": latency} if latency else {}))  # type: ignore[arg-type]
        register(self.plane, "node-1")
        ControllerManager(self.plane.ctx).start()

    def given(self, replicas: int = 3, **spec: Any) -> None:
        body = workload("db", replicas, "pg:1") | {"serviceName": "db"} | spec
        self.plane.given(
            {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db"}, "spec": body}
        )
        self.plane.advance(100)

    def patch(self, **spec: Any) -> None:
        self.plane.patch(STATEFUL_SET, "db", {"spec": spec})
        self.plane.advance(100)

    def ready(self, *names: str) -> None:
        for name in names:
            self._start(self.plane.get(POD, name))
        self.plane.advance(100)

    def run(self, seconds: int = 10) -> None:
        """Kubelets look every second."""
        for _ in range(seconds):
            for pod in self.plane.list(POD):
                if is_terminating(pod):
                    self.plane.delete(POD, pod["metadata"]["name"], grace_s=0)
                elif not is_finished(pod) and (pod.get("status") or {}).get("phase") != "Running":
                    self._start(pod)
            self.plane.advance(1000)

    def _start(self, pod: Obj) -> None:
        if not pod["spec"].get("nodeName"):
            self.plane.api.bind(key_of(pod), pod["metadata"]["uid"], "node-1")
        set_ready(self.plane, self.plane.get(POD, pod["metadata"]["name"]))

    @property
    def names(self) -> list[str]:
        return [pod["metadata"]["name"] for pod in self.plane.list(POD) if not is_terminating(pod)]

    @property
    def images(self) -> list[str]:
        return [pod["spec"]["containers"][0]["image"] for pod in self.plane.list(POD)]

    @property
    def status(self) -> Obj:
        found: Obj = self.plane.get(STATEFUL_SET, "db")["status"]
        return found

    @property
    def claims(self) -> list[str]:
        return [claim["metadata"]["name"] for claim in self.plane.list(PERSISTENT_VOLUME_CLAIM)]


@pytest.fixture
def stage() -> Stage:
    return Stage()


def image(name: str) -> Obj:
    return {"spec": {"containers": [{"name": "main", "image": name}]}}


def claim_template() -> Obj:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    return {"metadata": {"name": "data"}, "spec": spec}


def test_a_pod_knows_who_it_is(stage: Stage):
    stage.given()
    (pod,) = stage.plane.list(POD)
    assert (pod["metadata"]["name"], pod["metadata"]["generateName"]) == ("db-0", "db-")
    (revision,) = stage.plane.list(CONTROLLER_REVISION)
    assert labels_of(pod) == {
        "app": "db",
        "apps.kubernetes.io/pod-index": "0",
        "controller-revision-hash": revision["metadata"]["name"],
        "statefulset.kubernetes.io/pod-name": "db-0",
    }
    assert (pod["spec"]["hostname"], pod["spec"]["subdomain"]) == ("db-0", "db")


def test_each_pod_waits_for_the_one_before(stage: Stage):
    stage.given()
    assert stage.names == ["db-0"]
    stage.ready("db-0")
    assert stage.names == ["db-0", "db-1"]
    stage.plane.advance(60_000)
    assert stage.names == ["db-0", "db-1"]
    stage.ready("db-1")
    stage.ready("db-2")
    revision = stage.plane.list(CONTROLLER_REVISION)[0]["metadata"]["name"]
    assert stage.status == {
        "availableReplicas": 3,
        "collisionCount": 0,
        "currentReplicas": 3,
        "currentRevision": revision,
        "observedGeneration": 1,
        "readyReplicas": 3,
        "replicas": 3,
        "updateRevision": revision,
        "updatedReplicas": 3,
    }


def test_scaled_down_the_last_goes_first_and_events_tell(stage: Stage):
    stage.given()
    stage.run()
    stage.patch(replicas=1)
    assert stage.names == ["db-0", "db-1"]
    stage.run()
    assert stage.names == ["db-0"]
    assert stage.plane.events("db") == [
        *(("SuccessfulCreate", f"Create Pod db-{n} in StatefulSet db successful") for n in range(3)),
        ("SuccessfulDelete", "Delete Pod db-2 in StatefulSet db successful"),
        ("SuccessfulDelete", "Delete Pod db-1 in StatefulSet db successful"),
    ]


def test_nothing_is_scaled_down_while_a_pod_is_unwell(stage: Stage):
    stage.given()
    stage.run()
    set_ready(stage.plane, stage.plane.get(POD, "db-0"), "False")
    stage.patch(replicas=1)
    stage.plane.advance(10_000)
    assert stage.names == ["db-0", "db-1", "db-2"]


def test_in_parallel_nobody_waits(stage: Stage):
    stage.given(podManagementPolicy="Parallel")
    assert stage.names == ["db-0", "db-1", "db-2"]
    stage.patch(replicas=0)
    stage.run(2)
    assert stage.names == []


def test_a_pod_that_was_deleted_comes_back_under_its_name(stage: Stage):
    stage.given()
    stage.run()
    uid = stage.plane.get(POD, "db-1")["metadata"]["uid"]
    stage.plane.delete(POD, "db-1")
    stage.run(2)
    assert stage.plane.get(POD, "db-1")["metadata"]["uid"] != uid


def test_a_failed_pod_is_recreated(stage: Stage):
    stage.given()
    stage.run()
    finish(stage.plane, stage.plane.get(POD, "db-0"), "Failed")
    stage.run(3)
    assert stage.names == ["db-0", "db-1", "db-2"]
    news = "StatefulSet default/db is recreating failed Pod db-0"
    assert ("RecreatingFailedPod", news) in stage.plane.events("db")


def test_an_update_goes_from_the_last_to_the_first_one_at_a_time(stage: Stage):
    stage.given()
    stage.run()
    stage.patch(template=image("pg:2"))
    seen = [stage.names]
    for _ in range(10):
        stage.run(1)
        seen.append(stage.names)
        assert len(stage.names) >= 2
    assert seen[0] == ["db-0", "db-1"]
    assert stage.images == ["pg:2"] * 3
    assert stage.status["currentRevision"] == stage.status["updateRevision"]
    assert stage.status["currentReplicas"] == 3


def test_an_update_that_does_not_get_well_stops(stage: Stage):
    stage.given()
    stage.run()
    stage.patch(template=image("broken"))
    stage.plane.delete(POD, "db-2", grace_s=0)
    stage.plane.advance(60_000)
    assert sorted(stage.images) == ["broken", "pg:1", "pg:1"]


def test_pods_below_the_partition_keep_the_old_template(stage: Stage):
    stage.given(updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"partition": 2}})
    stage.run()
    stage.patch(template=image("pg:2"))
    stage.run()
    assert stage.images == ["pg:1", "pg:1", "pg:2"]
    stage.plane.delete(POD, "db-0")
    stage.run()
    assert stage.images == ["pg:1", "pg:1", "pg:2"]
    assert (stage.status["currentReplicas"], stage.status["updatedReplicas"]) == (2, 1)
    assert stage.status["currentRevision"] != stage.status["updateRevision"]


def test_on_delete_only_deleted_pods_are_renewed(stage: Stage):
    stage.given(updateStrategy={"type": "OnDelete"})
    stage.run()
    stage.patch(template=image("pg:2"))
    stage.run()
    assert stage.images == ["pg:1"] * 3
    stage.plane.delete(POD, "db-1")
    stage.run()
    assert stage.images == ["pg:1", "pg:2", "pg:1"]


def test_each_pod_has_its_own_claims_and_they_stay(stage: Stage):
    stage.given(volumeClaimTemplates=[claim_template()])
    stage.run()
    assert stage.claims == ["data-db-0", "data-db-1", "data-db-2"]
    volumes = stage.plane.get(POD, "db-1")["spec"]["volumes"]
    assert volumes[0] == {"name": "data", "persistentVolumeClaim": {"claimName": "data-db-1"}}
    stage.patch(replicas=1)
    stage.run()
    stage.plane.delete(STATEFUL_SET, "db")
    stage.run()
    assert stage.names == []
    assert stage.claims == ["data-db-0", "data-db-1", "data-db-2"]


def test_claims_go_with_the_scaled_pods_or_the_whole_if_asked(stage: Stage):
    policy = {"whenScaled": "Delete", "whenDeleted": "Delete"}
    stage.given(volumeClaimTemplates=[claim_template()], persistentVolumeClaimRetentionPolicy=policy)
    stage.run()
    stage.patch(replicas=2)
    stage.run()
    assert stage.claims == ["data-db-0", "data-db-1"]
    stage.plane.delete(STATEFUL_SET, "db")
    stage.run()
    assert stage.claims == []


def owners(stage: Stage, claim: str) -> list[str]:
    found = stage.plane.get(PERSISTENT_VOLUME_CLAIM, claim)["metadata"].get("ownerReferences") or []
    return [ref["kind"] for ref in found]


def test_a_policy_that_comes_later_counts_for_the_claims_that_are_there(stage: Stage):
    stage.given(replicas=1, volumeClaimTemplates=[claim_template()])
    stage.run()
    assert owners(stage, "data-db-0") == []
    stage.patch(persistentVolumeClaimRetentionPolicy={"whenDeleted": "Delete"})
    assert owners(stage, "data-db-0") == ["StatefulSet"]
    stage.patch(persistentVolumeClaimRetentionPolicy={"whenDeleted": "Retain"})
    assert owners(stage, "data-db-0") == []


@pytest.mark.parametrize("policy", ["OrderedReady", "Parallel"])
def test_a_pod_gets_its_own_labels_back(stage: Stage, policy: str):
    stage.given(replicas=2, podManagementPolicy=policy)
    stage.run()
    stage.plane.patch(POD, "db-1", {"metadata": {"labels": {"statefulset.kubernetes.io/pod-name": "other"}}})
    stage.run(2)
    labels = labels_of(stage.plane.get(POD, "db-1"))
    assert (labels["statefulset.kubernetes.io/pod-name"], labels["apps.kubernetes.io/pod-index"]) == (
        "db-1",
        "1",
    )
    news = ("SuccessfulUpdate", "Update Pod db-1 in StatefulSet db successful")
    assert stage.plane.events("db")[-1] == news


def test_ordinals_can_start_elsewhere(stage: Stage):
    stage.given(replicas=2, ordinals={"start": 5})
    stage.run()
    assert stage.names == ["db-5", "db-6"]


def test_ready_is_not_enough_when_a_minimum_is_asked_for(stage: Stage):
    stage.given(replicas=2, minReadySeconds=30)
    stage.ready("db-0")
    stage.plane.advance(29_000)
    assert stage.names == ["db-0"]
    stage.plane.advance(1_000)
    assert stage.names == ["db-0", "db-1"]


@pytest.mark.parametrize("latency", [SLOW_WATCH, REALISTIC], ids=["slow watch", "realistic"])
def test_order_holds_when_news_are_late(latency: LatencyProfile):
    stage = Stage(latency)
    stage.given()
    stage.run(30)
    stage.patch(template=image("pg:2"))
    stage.run(60)
    assert stage.images == ["pg:2"] * 3
    assert [r for r, _ in stage.plane.events("db") if r.startswith("Failed")] == []


def test_a_take_over_writes_nothing(stage: Stage):
    stage.given()
    stage.run()
    before = stage.plane.store.revision
    successor = ControlPlane(store=stage.plane.store, at=stage.plane.clock.now())
    ControllerManager(successor.ctx).start()
    successor.advance(5_000)
    assert stage.plane.store.revision == before
