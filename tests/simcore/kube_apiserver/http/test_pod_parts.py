"""Debugging containers and resizing: what these subresources change, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from tests.simcore.kube_apiserver.http.door import MERGE, PODS, Door, pod

EPHEMERAL, RESIZE = f"{PODS}/p/ephemeralcontainers", f"{PODS}/p/resize"


def debugger(name: str = "debugger", **fields: Any) -> Obj:
    return {"name": name, "image": "busybox", **fields}


def resources(**sides: Obj) -> Obj:
    return {"containers": [{"name": "main", "image": "nginx:1", "resources": sides}]}


def resized(**sides: Obj) -> Obj:
    return {"spec": {"containers": [{"name": "main", "resources": sides}]}}


@pytest.fixture
def door(door: Door) -> Door:
    spec = resources(requests={"cpu": "100m", "memory": "1Gi"}, limits={"cpu": "200m"})
    door.post(PODS, pod("p", nodeName="node-1", **spec))
    return door


def message(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["message"].split("\n", 1)[0]


def test_a_debugging_container_is_added(door: Door):
    status, told = door.patch(EPHEMERAL, {"spec": {"ephemeralContainers": [debugger(command=["sh"])]}})
    assert status == 200
    (added,) = told["spec"]["ephemeralContainers"]
    assert (added["name"], added["command"]) == ("debugger", ["sh"])
    assert added["terminationMessagePolicy"] == "File"
    assert added["imagePullPolicy"] == "Always"
    assert told["metadata"]["generation"] == 2
    assert door.get(f"{PODS}/p")[1]["spec"] == told["spec"]
    assert door.get(EPHEMERAL)[1] == told


def test_a_second_one_stands_beside_the_first(door: Door):
    for name in ("a", "b"):
        assert door.patch(EPHEMERAL, {"spec": {"ephemeralContainers": [debugger(name)]}})[0] == 200
    names = [c["name"] for c in door.get(f"{PODS}/p")[1]["spec"]["ephemeralContainers"]]
    assert sorted(names) == ["a", "b"]


def test_nothing_else_changes(door: Door):
    _, before = door.get(f"{PODS}/p")
    wanted = {**before, "metadata": {**before["metadata"], "labels": {"x": "y"}}}
    wanted["spec"] = {**before["spec"], "ephemeralContainers": [debugger()], "activeDeadlineSeconds": 5}
    status, after = door.put(EPHEMERAL, wanted)
    assert status == 200
    assert "labels" not in after["metadata"]
    assert "activeDeadlineSeconds" not in after["spec"]
    assert len(after["spec"]["ephemeralContainers"]) == 1
    assert after["status"] == before["status"]


def test_one_is_neither_removed_nor_changed(door: Door):
    door.patch(EPHEMERAL, {"spec": {"ephemeralContainers": [debugger()]}})
    gone = message(door.patch(EPHEMERAL, {"spec": {"ephemeralContainers": []}}, MERGE))
    refused = (
        'Pod "p" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "debugger"'
    )
    assert gone == (422, f"{refused} may not be removed")
    changed = door.patch(EPHEMERAL, {"spec": {"ephemeralContainers": [debugger(image="alpine")]}})
    assert message(changed) == (422, f"{refused} may not be changed")


@pytest.mark.parametrize(
    ("container", "fault"),
    [
        ({"name": "main", "image": "x"}, 'spec.ephemeralContainers[0].name: Duplicate value: "main"'),
        ({"name": "d"}, "spec.ephemeralContainers[0].image: Required value"),
        (
            debugger(resources={"requests": {"cpu": "1"}}),
            "spec.ephemeralContainers[0].resources: Forbidden: cannot be set for an Ephemeral Container",
        ),
        (
            debugger(targetContainerName="other"),
            'spec.ephemeralContainers[0].targetContainerName: Not found: "other"',
        ),
    ],
    ids=["a name that is taken", "no image", "resources", "nobody to look at"],
)
def test_debugging_containers_have_rules(door: Door, container: Obj, fault: str):
    answer = door.patch(EPHEMERAL, {"spec": {"ephemeralContainers": [container]}})
    assert answer[0] == 422
    assert fault in answer[1]["message"]


def test_they_come_by_their_own_path_only(door: Door):
    status, told = door.patch(f"{PODS}/p", {"spec": {"ephemeralContainers": [debugger()]}})
    assert status == 422
    assert "pod updates may not change fields other than" in told["message"]
    answer = door.post(PODS, pod("q", ephemeralContainers=[debugger()]))
    assert message(answer) == (
        422,
        'Pod "q" is invalid: spec.ephemeralContainers: Forbidden: cannot be set on create',
    )


@pytest.mark.parametrize(
    ("path", "patch", "why"),
    [
        (
            EPHEMERAL,
            {"spec": {"ephemeralContainers": [debugger()]}},
            "static pods do not support ephemeral containers",
        ),
        (RESIZE, resized(requests={"cpu": "150m"}), "static pods cannot be resized"),
    ],
    ids=["ephemeral", "resize"],
)
def test_a_nodes_own_pods_are_left_alone(door: Door, path: str, patch: Obj, why: str):
    mirror = pod("p", nodeName="node-1", **resources(requests={"cpu": "100m"}))
    mirror["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "x"}
    door.delete(f"{PODS}/p", gracePeriodSeconds=0)
    assert door.post(PODS, mirror)[0] == 201
    status, told = door.patch(path, patch)
    assert (status, why in told["message"]) == (422, True)


def test_a_container_gets_more(door: Door):
    status, told = door.patch(RESIZE, resized(requests={"cpu": "150m"}, limits={"cpu": "1"}))
    assert status == 200
    got = told["spec"]["containers"][0]["resources"]
    assert got == {"requests": {"cpu": "150m", "memory": "1Gi"}, "limits": {"cpu": "1"}}
    assert told["metadata"]["generation"] == 2
    assert door.get(RESIZE)[1]["spec"] == told["spec"]


def test_resizing_changes_resources_only(door: Door):
    _, before = door.get(f"{PODS}/p")
    container = {**before["spec"]["containers"][0], "image": "other"}
    container["resources"] = {"requests": {"cpu": "120m", "memory": "1Gi"}, "limits": {"cpu": "200m"}}
    spec = {**before["spec"], "containers": [container], "terminationGracePeriodSeconds": 1}
    status, after = door.put(RESIZE, {**before, "spec": spec})
    assert status == 200
    assert after["spec"]["containers"][0]["image"] == "nginx:1"
    assert after["spec"]["containers"][0]["resources"]["requests"]["cpu"] == "120m"
    assert after["spec"]["terminationGracePeriodSeconds"] == 30


@pytest.mark.parametrize(
    ("sides", "fault"),
    [
        pytest.param(
            {"requests": {"cpu": "100m", "memory": "1Gi"}, "limits": None},
            "spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed",
            id="without its limit",
        ),
        pytest.param(
            {"requests": {"cpu": "100m", "memory": "1Gi", "ephemeral-storage": "1Gi"}},
            "spec.containers[0].resources: Forbidden: only cpu and memory resources are mutable",
            id="disk",
        ),
        pytest.param(
            {"requests": {"cpu": "300m", "memory": "1Gi"}},
            'spec.containers[0].resources.requests: Invalid value: "300m": must be less than or equal to cpu limit',
            id="more than its limit",
        ),
        pytest.param(
            {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "1Gi"}},
            'spec: Invalid value: "Guaranteed": Pod QOS Class may not change as a result of resizing',
            id="another class",
        ),
    ],
)
def test_resizing_has_rules(door: Door, sides: Obj, fault: str):
    status, told = door.patch(RESIZE, resized(**sides))
    assert status == 422, told
    assert fault in told["message"]


def test_a_pod_that_is_not_there(door: Door):
    for part in ("ephemeralcontainers", "resize"):
        assert message(door.patch(f"{PODS}/missing/{part}", {})) == (404, 'pods "missing" not found')
        assert door.post(f"{PODS}/p/{part}", {})[0] == 405
        assert door.delete(f"{PODS}/p/{part}")[0] == 405
