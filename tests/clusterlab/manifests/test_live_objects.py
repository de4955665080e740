"""What another cluster has filled in is left out, and what controllers make is left to them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from clusterlab.manifests.live_objects import as_written, is_live, reason_to_skip
from simcore.apimachinery.meta import Obj

MINE = {"name": "web", "namespace": "shop", "labels": {"app": "web"}, "annotations": {"team": "a"}}
FILLED_IN: dict[str, Any] = {
    "uid": "0b7d", "resourceVersion": "812", "generation": 3, "creationTimestamp": "2026-01-01T00:00:00Z",
    "managedFields": [{"manager": "kubectl"}], "selfLink": "/api/v1/x",
}  # fmt: skip
NOTES = {"deployment.kubernetes.io/revision": "4", "kubectl.kubernetes.io/last-applied-configuration": "{}"}


def live(kind: str, spec: Obj | None = None, **more: Any) -> Obj:
    meta = {**deepcopy(MINE), **FILLED_IN}
    meta["annotations"] = {**meta["annotations"], **NOTES}
    return {
        "apiVersion": "v1",
        "kind": kind,
        "metadata": meta,
        "spec": spec or {},
        "status": {"phase": "x"},
        **more,
    }


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        pytest.param(live("Pod"), True, id="what a server gave out"),
        pytest.param({"kind": "Pod", "metadata": MINE}, False, id="what somebody wrote"),
        pytest.param({"kind": "Pod", "metadata": {"uid": "x"}}, False, id="a uid alone"),
        pytest.param({"kind": "Pod"}, False, id="no metadata"),
        pytest.param({"kind": "Pod", "metadata": "x"}, False, id="metadata that is none"),
    ],
)
def test_a_live_object_is_known_by_its_uid_and_age(obj: Obj, expected: bool) -> None:
    assert is_live(obj) is expected


def test_what_the_server_fills_in_is_left_out() -> None:
    before = live("Deployment", {"replicas": 2})
    copy = deepcopy(before)
    assert as_written(before) == {
        "apiVersion": "v1", "kind": "Deployment", "metadata": MINE, "spec": {"replicas": 2},
    }  # fmt: skip
    assert before == copy


def test_annotations_that_are_all_the_servers_leave_none() -> None:
    obj = live("Deployment")
    obj["metadata"]["annotations"] = NOTES
    assert "annotations" not in as_written(obj)["metadata"]


@pytest.mark.parametrize(
    ("kind", "spec", "left"),
    [
        pytest.param("Pod", {"nodeName": "n", "containers": []}, {"containers": []}, id="a pod's node"),
        pytest.param(
            "Service",
            {"clusterIP": "10.0.0.9", "clusterIPs": ["10.0.0.9"], "type": "ClusterIP"},
            {"type": "ClusterIP"},
            id="an address",
        ),
        pytest.param(
            "Service", {"clusterIP": "None", "clusterIPs": ["None"]}, {"clusterIP": "None"}, id="no address"
        ),
        pytest.param(
            "Service", {"ports": [{"nodePort": 30_080}]}, {"ports": [{"nodePort": 30_080}]}, id="a node port"
        ),
        pytest.param(
            "PersistentVolumeClaim", {"volumeName": "pv", "resources": {}}, {"resources": {}}, id="a volume"
        ),
        pytest.param(
            "PersistentVolume",
            {"claimRef": {"name": "c", "uid": "u", "resourceVersion": "1"}},
            {"claimRef": {"name": "c"}},
            id="a claim",
        ),
        pytest.param(
            "Job",
            {
                "selector": {"matchLabels": {"controller-uid": "u"}},
                "template": {
                    "metadata": {"labels": {"controller-uid": "u", "job-name": "web", "app": "web"}}
                },
            },
            {"template": {"metadata": {"labels": {"app": "web"}}}},
            id="a job's selector",
        ),
        pytest.param(
            "Job",
            {"manualSelector": True, "selector": {"matchLabels": {"a": "b"}}},
            {"manualSelector": True, "selector": {"matchLabels": {"a": "b"}}},
            id="a job's own selector",
        ),
    ],
)
def test_what_controllers_fill_in_is_left_out(kind: str, spec: Obj, left: Obj) -> None:
    assert as_written(live(kind, spec))["spec"] == left


OWNER = {"kind": "ReplicaSet", "name": "web-1", "uid": "r", "controller": True}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({}, "", id="somebody's own"),
        pytest.param(
            {"metadata": {"ownerReferences": [OWNER]}}, "ReplicaSet web-1 makes it.", id="controlled"
        ),
        pytest.param(
            {"metadata": {"ownerReferences": [{**OWNER, "controller": False}]}}, "", id="owned only"
        ),
        pytest.param({"metadata": {"ownerReferences": "x"}}, "", id="owners that are none"),
        pytest.param(
            {"metadata": {"annotations": {"kubernetes.io/config.mirror": "x"}}},
            "A node makes it of a static pod.",
            id="a mirror",
        ),
        pytest.param({"kind": "Event"}, "Every cluster makes its own.", id="an event"),
        pytest.param({"kind": "Node"}, "Every cluster makes its own.", id="a node"),
        pytest.param(
            {"kind": "ConfigMap", "metadata": {"name": "kube-root-ca.crt"}},
            "Every cluster makes its own.",
            id="a root CA",
        ),
        pytest.param({"kind": "ConfigMap", "metadata": {"name": "mine"}}, "", id="another config map"),
        pytest.param(
            {"kind": "ClusterRole", "metadata": {"labels": {"kubernetes.io/bootstrapping": "rbac-defaults"}}},
            "Every cluster makes its own.",
            id="a role that comes with every cluster",
        ),
        pytest.param(
            {"kind": "Secret", "type": "kubernetes.io/service-account-token"},
            "Every cluster makes its own.",
            id="a token",
        ),
    ],
)
def test_what_a_cluster_makes_by_itself_is_not_brought_along(change: dict[str, Any], reason: str) -> None:
    obj = live("Pod")
    obj |= {name: value for name, value in change.items() if name != "metadata"}
    obj["metadata"] |= change.get("metadata", {})
    assert reason_to_skip(obj) == reason
