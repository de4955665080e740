"""Kinds in several versions: what one version says of objects that are stored in another."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simcore.apimachinery.kinds import EVENT_V1, HORIZONTAL_POD_AUTOSCALER_V1
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.versions import to_served, to_stored
from tests.simcore.kube_apiserver.http.door import MERGE, Door, frames

V1 = "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers"
V2 = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers"
CORE_EVENTS, EVENTS = "/api/v1/namespaces/default/events", "/apis/events.k8s.io/v1/namespaces/default/events"
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}


def scaler(**spec: Any) -> Obj:
    whole = {"scaleTargetRef": TARGET, "maxReplicas": 5, **spec}
    return {
        "apiVersion": "autoscaling/v1",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web"},
        "spec": whole,
    }


def cpu(percent: int) -> Obj:
    target = {"type": "Utilization", "averageUtilization": percent}
    return {"type": "Resource", "resource": {"name": "cpu", "target": target}}


def test_an_autoscaler_of_the_old_version_is_stored_in_the_new_one(door: Door):
    status, made = door.post(V1, scaler(targetCPUUtilizationPercentage=50))
    assert (status, made["apiVersion"]) == (201, "autoscaling/v1")
    assert made["spec"]["targetCPUUtilizationPercentage"] == 50
    _, stored = door.get(f"{V2}/web")
    assert (stored["apiVersion"], stored["spec"]["metrics"]) == ("autoscaling/v2", [cpu(50)])


def test_both_versions_read_change_list_and_delete_the_same_object(door: Door):
    door.post(V1, scaler())
    _, body = door.patch(f"{V1}/web", {"spec": {"targetCPUUtilizationPercentage": 70}}, kind=MERGE)
    assert body["spec"]["targetCPUUtilizationPercentage"] == 70
    _, listed = door.get(V1)
    assert (listed["apiVersion"], listed["items"][0]["spec"]["targetCPUUtilizationPercentage"]) == (
        "autoscaling/v1",
        70,
    )
    assert door.get(f"{V2}/web")[1]["spec"]["metrics"] == [cpu(70)]
    assert door.table(V1)["rows"][0]["cells"][2] == "cpu: <unknown>/70%"
    assert [(what, obj["apiVersion"]) for what, obj in frames(door.watch(V1))] == [
        ("ADDED", "autoscaling/v1")
    ]
    assert door.delete(f"{V1}/web")[0] == 200
    assert door.get(f"{V2}/web")[0] == 404


METRICS: dict[str, Obj] = {
    "pods": {
        "type": "Pods",
        "pods": {
            "metric": {"name": "hits", "selector": {"matchLabels": {"a": "b"}}},
            "target": {"type": "AverageValue", "averageValue": "10"},
        },
    },
    "object": {
        "type": "Object",
        "object": {
            "describedObject": TARGET,
            "metric": {"name": "queue"},
            "target": {"type": "Value", "value": "3"},
        },
    },
    "external": {
        "type": "External",
        "external": {
            "metric": {"name": "jobs", "selector": {"matchLabels": {"q": "x"}}},
            "target": {"type": "AverageValue", "averageValue": "30"},
        },
    },
    "memory": {
        "type": "Resource",
        "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "1Gi"}},
    },
    "a container": {
        "type": "ContainerResource",
        "containerResource": {
            "name": "cpu",
            "container": "main",
            "target": {"type": "Utilization", "averageUtilization": 60},
        },
    },
}


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_metrics_that_the_old_version_lacks_survive_in_annotations(metric: Obj):
    stored = {"metadata": {"name": "web"}, "spec": {"maxReplicas": 5, "metrics": [metric, cpu(50)]}}
    served = to_served(HORIZONTAL_POD_AUTOSCALER_V1, stored)
    assert served["spec"] == {"maxReplicas": 5, "targetCPUUtilizationPercentage": 50}
    assert "autoscaling.alpha.kubernetes.io/metrics" in served["metadata"]["annotations"]
    again = to_stored(HORIZONTAL_POD_AUTOSCALER_V1, served)
    assert again["spec"]["metrics"] == [metric, cpu(50)]
    assert "annotations" not in again["metadata"]


def test_status_and_behaviour_survive_too():
    current = {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 40}}}
    stored = {
        "metadata": {"name": "web"},
        "spec": {"maxReplicas": 5, "behavior": {"scaleUp": {"selectPolicy": "Max"}}},
        "status": {
            "currentReplicas": 2,
            "desiredReplicas": 0,
            "currentMetrics": [current],
            "conditions": [{"type": "AbleToScale"}],
        },
    }
    served = to_served(HORIZONTAL_POD_AUTOSCALER_V1, stored)
    assert served["status"] == {
        "currentReplicas": 2,
        "desiredReplicas": 0,
        "currentCPUUtilizationPercentage": 40,
    }
    assert json.loads(served["metadata"]["annotations"]["autoscaling.alpha.kubernetes.io/conditions"]) == [
        {"type": "AbleToScale"}
    ]
    again = to_stored(HORIZONTAL_POD_AUTOSCALER_V1, served)
    assert {name: again[name] for name in ("spec", "status")} == {
        name: stored[name] for name in ("spec", "status")
    }


def test_annotations_that_cannot_be_read_tell_nothing():
    meta = {"name": "web", "annotations": {"autoscaling.alpha.kubernetes.io/metrics": "{", "mine": "x"}}
    again = to_stored(HORIZONTAL_POD_AUTOSCALER_V1, {"metadata": meta, "spec": {"maxReplicas": 5}})
    assert (again["metadata"]["annotations"], again["spec"]) == ({"mine": "x"}, {"maxReplicas": 5})


def test_an_event_has_other_names_in_its_own_group(door: Door):
    about = {"kind": "Pod", "namespace": "default", "name": "p"}
    event = {
        "metadata": {"name": "e"},
        "involvedObject": about,
        "reason": "Started",
        "message": "m",
        "count": 2,
    }
    assert door.post(CORE_EVENTS, event)[0] == 201
    _, found = door.get(f"{EVENTS}/e")
    assert (found["apiVersion"], found["regarding"], found["note"], found["deprecatedCount"]) == (
        "events.k8s.io/v1",
        about,
        "m",
        2,
    )


def test_the_names_of_events_go_there_and_back():
    event = {
        "metadata": {"name": "e"},
        "note": "m",
        "regarding": {},
        "reportingController": "c",
        "action": "a",
    }
    assert to_served(EVENT_V1, to_stored(EVENT_V1, event)) == event | {
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
    }
