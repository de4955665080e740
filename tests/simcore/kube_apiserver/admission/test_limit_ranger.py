"""LimitRanger: what a namespace's limits fill in and refuse, for containers, pods and claims."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from tests.simcore.kube_apiserver.http.door import PODS, Door, pod

CORE = "/api/v1/namespaces/default"
CLAIMS = f"{CORE}/persistentvolumeclaims"


def limits(door: Door, *items: Obj, name: str = "l") -> None:
    status, body = door.post(
        f"{CORE}/limitranges", {"metadata": {"name": name}, "spec": {"limits": list(items)}}
    )
    assert status == 201, body


def with_resources(*resources: Obj, init: Obj | None = None) -> Obj:
    containers = [{"name": f"c{at}", "image": "x", "resources": given} for at, given in enumerate(resources)]
    more = {"initContainers": [{"name": "i", "image": "x", "resources": init}]} if init else {}
    return pod("web", containers=containers, **more)


def refused(answer: tuple[int, Any], what: str = 'pods "web"') -> str:
    status, body = answer
    assert (status, body["reason"]) == (403, "Forbidden"), body
    message: str = body["message"]
    return message.removeprefix(f"{what} is forbidden: ")


def both(**amounts: str) -> Obj:
    return {"requests": amounts, "limits": amounts}


CONTAINER: dict[str, tuple[Obj, Obj, str]] = {
    "a request under the minimum": (
        {"min": {"cpu": "100m"}},
        {"requests": {"cpu": "50m"}, "limits": {"cpu": "1"}},
        "minimum cpu usage per Container is 100m, but request is 50m",
    ),
    "a limit over the maximum": (
        {"max": {"cpu": "1"}},
        {"requests": {"cpu": "1"}, "limits": {"cpu": "2"}},
        "maximum cpu usage per Container is 1, but limit is 2",
    ),
    "a ratio that is too great": (
        {"maxLimitRequestRatio": {"cpu": "2"}},
        {"requests": {"cpu": "100m"}, "limits": {"cpu": "300m"}},
        "cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000",
    ),
    "a ratio without a limit": (
        {"maxLimitRequestRatio": {"cpu": "2"}},
        {"requests": {"cpu": "100m"}},
        "cpu max limit to request ratio per Container is 2, but no limit is specified or limit is 0",
    ),
    "a ratio without a request": (
        {"maxLimitRequestRatio": {"cpu": "2"}},
        {"requests": {"cpu": "0"}, "limits": {"cpu": "1"}},
        "cpu max limit to request ratio per Container is 2, but no request is specified or request is 0",
    ),
    "several": (
        {"min": {"cpu": "1", "memory": "1Gi"}},
        both(cpu="500m", memory="1Mi"),
        "[minimum cpu usage per Container is 1, but request is 500m, "
        "minimum memory usage per Container is 1Gi, but request is 1Mi]",
    ),
}


@pytest.mark.parametrize(("item", "resources", "why"), CONTAINER.values(), ids=CONTAINER)
def test_a_container_is_refused(door: Door, item: Obj, resources: Obj, why: str):
    limits(door, {"type": "Container", **item})
    assert refused(door.post(PODS, with_resources(resources))) == why


def test_a_container_without_a_limit_is_refused_where_nothing_is_filled_in(door: Door):
    limits(door, {"type": "Pod", "max": {"cpu": "1"}})
    assert refused(door.post(PODS, with_resources({}))) == (
        "maximum cpu usage per Pod is 1.  No limit is specified"
    )


def test_a_maximum_is_the_default_limit_and_that_the_default_request(door: Door):
    limits(door, {"type": "Container", "max": {"cpu": "2"}})
    _, body = door.post(PODS, with_resources({}))
    assert body["spec"]["containers"][0]["resources"] == both(cpu="2")


def test_a_minimum_is_the_default_request(door: Door):
    limits(door, {"type": "Container", "min": {"memory": "1Gi"}})
    _, body = door.post(PODS, with_resources({}))
    assert body["spec"]["containers"][0]["resources"] == {"requests": {"memory": "1Gi"}}


def test_what_is_given_stays(door: Door):
    limits(door, {"type": "Container", "default": {"cpu": "1"}, "defaultRequest": {"cpu": "500m"}})
    _, body = door.post(PODS, with_resources(both(cpu="100m"), {"limits": {"cpu": "600m"}}))
    assert [c["resources"] for c in body["spec"]["containers"]] == [
        both(cpu="100m"),
        {"limits": {"cpu": "600m"}, "requests": {"cpu": "600m"}},
    ]
    assert "annotations" not in body["metadata"]


def test_init_containers_are_filled_in_and_told_of(door: Door):
    limits(door, {"type": "Container", "default": {"cpu": "1"}, "defaultRequest": {"cpu": "1"}})
    _, body = door.post(PODS, with_resources({}, {}, init={"requests": {"cpu": "1"}}))
    assert body["metadata"]["annotations"]["kubernetes.io/limit-ranger"] == (
        "LimitRanger plugin set: cpu request for container c0; cpu limit for container c0; "
        "cpu request for container c1; cpu limit for container c1; cpu limit for init container i"
    )


POD: dict[str, tuple[Obj, list[Obj], Obj | None, str]] = {
    "the sum is too much": (
        {"max": {"cpu": "1"}},
        [both(cpu="600m"), both(cpu="600m")],
        None,
        "maximum cpu usage per Pod is 1, but limit is 1200m",
    ),
    "nothing is asked for": (
        {"min": {"cpu": "1"}},
        [{}],
        None,
        "minimum cpu usage per Pod is 1.  No request is specified",
    ),
    "the sum is too little": (
        {"min": {"cpu": "1"}},
        [both(cpu="300m"), both(cpu="300m")],
        None,
        "minimum cpu usage per Pod is 1, but request is 600m",
    ),
    "an init container needs too much": (
        {"max": {"cpu": "1"}},
        [both(cpu="100m")],
        both(cpu="2"),
        "maximum cpu usage per Pod is 1, but limit is 2",
    ),
}


@pytest.mark.parametrize(("item", "resources", "init", "why"), POD.values(), ids=POD)
def test_a_pod_is_refused_when(door: Door, item: Obj, resources: list[Obj], init: Obj | None, why: str):
    limits(door, {"type": "Pod", **item})
    assert refused(door.post(PODS, with_resources(*resources, init=init))) == why


def claim(size: str | None) -> Obj:
    requests = {} if size is None else {"storage": size}
    return {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": requests}},
    }


CLAIM = {
    "too small": (
        "1Gi",
        "minimum storage usage per PersistentVolumeClaim is 2Gi, but request is 1Gi",
    ),
    "too large": (
        "20Gi",
        "maximum storage usage per PersistentVolumeClaim is 10Gi, but request is 20Gi",
    ),
}


@pytest.mark.parametrize(("size", "why"), CLAIM.values(), ids=CLAIM)
def test_a_claim_is_refused(door: Door, size: str, why: str):
    limits(door, {"type": "PersistentVolumeClaim", "min": {"storage": "2Gi"}, "max": {"storage": "10Gi"}})
    assert refused(door.post(CLAIMS, claim(size)), 'persistentvolumeclaims "data"') == why
    assert door.post(CLAIMS, claim("5Gi"))[0] == 201


def test_all_ranges_of_a_namespace_count(door: Door):
    limits(door, {"type": "Container", "max": {"cpu": "4"}}, name="a")
    limits(door, {"type": "Container", "min": {"cpu": "1"}}, name="b")
    assert refused(door.post(PODS, with_resources(both(cpu="500m")))).startswith("minimum cpu")
    assert refused(door.post(PODS, with_resources(both(cpu="5")))).startswith("maximum cpu")
    assert door.post(PODS, with_resources(both(cpu="2")))[0] == 201


def test_another_namespaces_limits_are_nothing_here(door: Door):
    door.post("/api/v1/namespaces", {"metadata": {"name": "other"}})
    limits(door, {"type": "Container", "max": {"cpu": "1"}})
    path = "/api/v1/namespaces/other/pods"
    assert door.post(path, with_resources(both(cpu="5")))[0] == 201
