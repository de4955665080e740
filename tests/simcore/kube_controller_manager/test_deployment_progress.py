"""What a Deployment says about a rollout that pauses, gets stuck, fails, or is resized half way."""

from __future__ import annotations

import pytest

from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import DEPLOYMENT, POD, REPLICA_SET
from simcore.apimachinery.meta import annotations_of
from tests.kit.control_plane import ControlPlane, deployment, rolling
from tests.simcore.kube_controller_manager.test_deployment_rollout import (
    by_image,
    condition,
    numbers,
    running,
    set_image,
    sizes,
    start,
)


def test_a_paused_deployment_rolls_nothing_out_but_scales():
    plane = running(replicas=2)
    plane.patch(DEPLOYMENT, "web", {"spec": {"paused": True}})
    plane.advance(100)
    assert condition(plane, "Progressing") == ("Unknown", "DeploymentPaused", "Deployment is paused")
    set_image(plane, "nginx:2")
    plane.patch(DEPLOYMENT, "web", {"spec": {"replicas": 3}})
    plane.advance(20_000)
    assert sizes(plane) == {"nginx:1": 3}
    plane.patch(DEPLOYMENT, "web", {"spec": {"paused": None}})
    plane.advance(20_000)
    assert sizes(plane) == {"nginx:1": 0, "nginx:2": 3}


def test_a_resumed_deployment_says_so():
    plane = running(replicas=1)
    plane.patch(DEPLOYMENT, "web", {"spec": {"paused": True}})
    plane.advance(100)
    set_image(plane, "broken")
    plane.advance(100)
    plane.patch(DEPLOYMENT, "web", {"spec": {"paused": None, "replicas": 2}})
    plane.clock.fire_next()
    plane.clock.fire_next()
    assert condition(plane, "Progressing") == ("Unknown", "DeploymentResumed", "Deployment is resumed")


def test_after_the_deadline_without_progress_it_says_that_it_is_stuck():
    plane = running(replicas=1, progressDeadlineSeconds=60)
    set_image(plane, "broken")
    plane.advance(59_000)
    name = by_image(plane)["broken"]["metadata"]["name"]
    assert condition(plane, "Progressing") == (
        "True",
        "ReplicaSetUpdated",
        f'ReplicaSet "{name}" is progressing.',
    )
    plane.advance(3_000)
    stuck = ("False", "ProgressDeadlineExceeded", f'ReplicaSet "{name}" has timed out progressing.')
    assert condition(plane, "Progressing") == stuck
    set_image(plane, "nginx:3")
    plane.advance(20_000)
    assert condition(plane, "Progressing")[1] == "NewReplicaSetAvailable"


def test_the_deadline_holds_for_a_controller_that_takes_over():
    plane = running(replicas=1, progressDeadlineSeconds=60)
    set_image(plane, "broken")
    plane.advance(30_000)
    successor = start(ControlPlane(store=plane.store, at=plane.clock.now()))
    successor.advance(32_000)
    assert condition(successor, "Progressing")[1] == "ProgressDeadlineExceeded"


def test_without_a_deadline_nothing_is_said_of_progress():
    plane = running(replicas=1, progressDeadlineSeconds=2**31 - 1)
    assert condition(plane, "Progressing") is None
    assert condition(plane, "Available") is not None


def test_a_finished_rollout_stays_finished_when_its_pods_fail_later():
    plane = running(replicas=2)
    for pod in plane.list(POD):
        patch = {"status": {"conditions": [{"type": "Ready", "status": "False"}]}}
        plane.patch(POD, pod["metadata"]["name"], patch, subresource="status")
    plane.advance(700_000)
    assert condition(plane, "Progressing")[1] == "NewReplicaSetAvailable"
    assert condition(plane, "Available")[1] == "MinimumReplicasUnavailable"


def test_a_failure_of_the_replicaset_is_its_own_until_it_ends():
    plane = running(replicas=1)
    name = plane.list(REPLICA_SET)[0]["metadata"]["name"]
    failure = {
        "type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "no room",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    status = plane.list(REPLICA_SET)[0]["status"]
    plane.api.update_status(
        REPLICA_SET, {**plane.list(REPLICA_SET)[0], "status": {**status, "conditions": [failure]}}
    )
    seen = []
    for _ in range(20):
        plane.clock.fire_next()
        seen.append(condition(plane, "ReplicaFailure"))
    assert ("True", "FailedCreate", "no room") in seen
    plane.patch(REPLICA_SET, name, {"metadata": {"labels": {"touched": "yes"}}})
    plane.advance(1000)
    assert condition(plane, "ReplicaFailure") is None


def test_a_resize_during_a_rollout_is_spread_in_proportion():
    """Models the example in the documentation: 10 pods at 8 old and 5 new become 15 at 11 and 7, then 9."""
    plane = running(replicas=10, strategy=rolling(3, 2))
    set_image(plane, "broken")
    plane.advance(20_000)
    assert sizes(plane) == {"nginx:1": 8, "broken": 5}
    plane.patch(DEPLOYMENT, "web", {"spec": {"replicas": 15}})
    plane.advance(20_000)
    assert sizes(plane) == {"nginx:1": 11, "broken": 7}
    assert numbers(plane) == (7, 18, 11)
    wanted = {
        annotations_of(rs)["deployment.kubernetes.io/desired-replicas"] for rs in plane.list(REPLICA_SET)
    }
    assert wanted == {"15"}


@pytest.mark.parametrize("text", ["many", "0", "-3", ""])
def test_a_spoilt_annotation_does_not_stop_a_resize(text: str):
    plane = running(replicas=4, strategy=rolling(1, 1))
    set_image(plane, "broken")
    plane.advance(10_000)
    for rs in plane.list(REPLICA_SET):
        annotations = {"deployment.kubernetes.io/max-replicas": text}
        plane.patch(REPLICA_SET, rs["metadata"]["name"], {"metadata": {"annotations": annotations}})
    plane.patch(DEPLOYMENT, "web", {"spec": {"replicas": 8}})
    plane.advance(10_000)
    assert sum(sizes(plane).values()) == 9


def test_scaled_to_nothing_in_a_rollout_everything_goes():
    plane = running(replicas=4, strategy=rolling(1, 1))
    set_image(plane, "broken")
    plane.advance(10_000)
    plane.patch(DEPLOYMENT, "web", {"spec": {"replicas": 0}})
    plane.advance(10_000)
    assert sizes(plane) == {"nginx:1": 0, "broken": 0}


def test_a_rollout_can_move_even_if_its_bounds_round_to_nothing():
    plane = running(replicas=3, strategy=rolling(0, "10%"))
    set_image(plane, "nginx:2")
    plane.advance(60_000)
    assert sizes(plane) == {"nginx:1": 0, "nginx:2": 3}


def test_unhealthy_old_pods_go_before_healthy_ones():
    plane = running(replicas=4, strategy=rolling(1, 1))
    set_image(plane, "broken")
    plane.advance(20_000)
    set_image(plane, "nginx:3")
    plane.advance(900)
    assert sizes(plane)["broken"] == 0
    assert sizes(plane)["nginx:1"] == 3


def test_a_rollout_at_its_beginning_is_noted():
    plane = start(ControlPlane())
    plane.given(deployment(replicas=1))
    plane.advance(100)
    (rs,) = plane.list(REPLICA_SET)
    news = f'Created new replica set "{rs["metadata"]["name"]}"'
    log = plane.store.watch("/registry/deployments/", start=1).poll()
    conditions = [c for e in log for c in decode(e.value or b"").get("status", {}).get("conditions", ())]
    assert next(c["message"] for c in conditions if c["reason"] == "NewReplicaSetCreated") == news
