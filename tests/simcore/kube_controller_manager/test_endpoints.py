"""The addresses behind a Service follow its pods, in slices and in Endpoints."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import ENDPOINT_SLICE, ENDPOINTS, NODE, POD, SERVICE
from simcore.apimachinery.meta import Obj, annotations_of, labels_of
from simcore.kube_controller_manager.endpoints.slices import MOST
from simcore.kube_controller_manager.endpoints.trigger_times import ANNOTATION
from simcore.kube_controller_manager.manager import ControllerManager
from simcore.sim.latency import LatencyProfile, Range
from tests.kit.control_plane import ControlPlane, finish, pod, register

SLOW_WATCH = LatencyProfile(Range(0, 0), Range(700, 700), Range(0, 0), Range(0, 0), Range(0, 0))


@pytest.fixture
def plane() -> ControlPlane:
    return start(ControlPlane())


def start(plane: ControlPlane) -> ControlPlane:
    if not plane.list(NODE, None):
        register(plane, "node-1", zone="zone-a")
    ControllerManager(plane.ctx).start()
    return plane


def service(name: str = "web", *, ports: list[Obj] | None = None, **spec: Any) -> Obj:
    ports = [{"port": 80, "targetPort": 8080}] if ports is None else ports
    return {
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
        "spec": {"selector": {"app": "web"}, "ports": ports} | spec,
    }  # fmt: skip


def place(plane: ControlPlane, number: int, *, ready: str = "True", port: str = "http", **meta: Any) -> None:
    """A pod with an address of its own, `app: web` and a named port 8080."""
    made = pod(f"p{number:03}", **({"labels": {"app": "web"}} | meta))
    made["spec"]["nodeName"] = "node-1"
    made["spec"]["containers"][0]["ports"] = [{"name": port, "containerPort": 8080}]
    plane.given(made)
    condition = {"type": "Ready", "status": ready, "lastTransitionTime": plane.clock.timestamp()}
    ip = f"10.244.{number // 250}.{number % 250 + 1}"
    status = {"phase": "Running", "podIP": ip, "podIPs": [{"ip": ip}], "conditions": [condition]}
    plane.patch(POD, f"p{number:03}", {"status": status}, subresource="status")


def slices(plane: ControlPlane) -> list[Obj]:
    return plane.list(ENDPOINT_SLICE)


def addresses(plane: ControlPlane) -> list[str]:
    return sorted(e["addresses"][0] for s in slices(plane) for e in s.get("endpoints") or ())


def subsets(plane: ControlPlane, name: str = "web") -> list[Obj]:
    found: list[Obj] = plane.get(ENDPOINTS, name).get("subsets") or []
    return found


def test_a_slice_says_all_about_its_endpoints(plane: ControlPlane):
    plane.given(service())
    place(plane, 1)
    plane.advance(100)
    (found,) = slices(plane)
    uid, owner = plane.get(POD, "p001")["metadata"]["uid"], plane.get(SERVICE, "web")["metadata"]["uid"]
    assert found["metadata"]["name"].startswith("web-")
    assert labels_of(found) == {
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        "kubernetes.io/service-name": "web",
    }
    assert [(r["kind"], r["uid"], r["controller"]) for r in found["metadata"]["ownerReferences"]] == [
        ("Service", owner, True)
    ]
    assert found["addressType"] == "IPv4"
    assert found["ports"] == [{"name": "", "port": 8080, "protocol": "TCP"}]
    assert found["endpoints"] == [
        {
            "addresses": ["10.244.0.2"],
            "conditions": {"ready": True, "serving": True, "terminating": False},
            "nodeName": "node-1",
            "targetRef": {"kind": "Pod", "namespace": "default", "name": "p001", "uid": uid},
            "zone": "zone-a",
        }
    ]


def test_endpoints_say_the_same_in_their_own_way(plane: ControlPlane):
    plane.given(service())
    place(plane, 2)
    place(plane, 1, ready="False")
    plane.advance(100)
    (subset,) = subsets(plane)
    assert [a["ip"] for a in subset["addresses"]] == ["10.244.0.3"]
    assert [a["ip"] for a in subset["notReadyAddresses"]] == ["10.244.0.2"]
    assert subset["ports"] == [{"port": 8080, "protocol": "TCP"}]
    assert labels_of(plane.get(ENDPOINTS, "web")) == {
        "endpoints.kubernetes.io/managed-by": "endpoint-controller"
    }


def test_an_unready_pod_is_listed_and_not_ready(plane: ControlPlane):
    plane.given(service())
    place(plane, 1, ready="False")
    plane.advance(100)
    assert slices(plane)[0]["endpoints"][0]["conditions"] == {
        "ready": False,
        "serving": False,
        "terminating": False,
    }


def test_a_terminating_pod_serves_but_is_not_ready(plane: ControlPlane):
    plane.given(service())
    place(plane, 1)
    plane.advance(100)
    plane.delete(POD, "p001", grace_s=30)
    plane.advance(100)
    assert slices(plane)[0]["endpoints"][0]["conditions"] == {
        "ready": False,
        "serving": True,
        "terminating": True,
    }
    assert subsets(plane) == []


def test_finished_pods_and_pods_without_address_are_left_out(plane: ControlPlane):
    plane.given(service(), pod("fresh", labels={"app": "web"}))
    place(plane, 1)
    finish(plane, plane.get(POD, "p001"))
    plane.advance(100)
    assert addresses(plane) == []


def test_without_pods_one_empty_slice_stands_for_the_service(plane: ControlPlane):
    plane.given(service())
    plane.advance(100)
    (found,) = slices(plane)
    assert (found["endpoints"], found["ports"]) == (None, None)
    assert subsets(plane) == []
    place(plane, 1)
    plane.advance(100)
    assert [s["metadata"]["name"] for s in slices(plane)] == [found["metadata"]["name"]]
    assert addresses(plane) == ["10.244.0.2"]


def test_a_changed_selector_or_port_changes_the_same_slice(plane: ControlPlane):
    plane.given(service())
    place(plane, 1)
    plane.advance(100)
    name = slices(plane)[0]["metadata"]["name"]
    plane.patch(SERVICE, "web", {"spec": {"selector": {"app": "other"}}})
    plane.advance(100)
    assert addresses(plane) == []
    plane.patch(
        SERVICE, "web", {"spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 9090}]}}
    )
    plane.advance(100)
    (found,) = slices(plane)
    assert (found["metadata"]["name"], found["ports"][0]["port"]) == (name, 9090)


def test_a_named_port_is_each_pod_s_own(plane: ControlPlane):
    plane.given(service(ports=[{"port": 80, "targetPort": "http", "name": "main"}]))
    place(plane, 1)
    place(plane, 2, port="metrics")
    plane.advance(100)
    by_ports = {bool(s["ports"]): [e["targetRef"]["name"] for e in s["endpoints"]] for s in slices(plane)}
    assert by_ports == {True: ["p001"], False: ["p002"]}
    assert [s["ports"] for s in subsets(plane)] == [[{"name": "main", "port": 8080, "protocol": "TCP"}]]


def test_more_than_a_hundred_endpoints_take_more_slices_and_few_changes_touch_few(plane: ControlPlane):
    plane.given(service())
    for n in range(MOST + 50):
        place(plane, n)
    plane.advance(100)
    assert sorted(len(s["endpoints"]) for s in slices(plane)) == [50, 100]
    full = next(s for s in slices(plane) if len(s["endpoints"]) == MOST)
    place(plane, 200)
    plane.advance(100)
    assert full in slices(plane)
    assert sorted(len(s["endpoints"]) for s in slices(plane)) == [51, 100]
    for n in range(MOST + 50):
        plane.delete(POD, f"p{n:03}", grace_s=0)
    plane.advance(100)
    assert [len(s["endpoints"]) for s in slices(plane)] == [1]


def test_a_slow_watch_makes_no_second_slice():
    plane = start(ControlPlane(latency=SLOW_WATCH))
    plane.given(service())
    for n in range(5):
        place(plane, n)
        plane.advance(300)
    plane.advance(5_000)
    assert len(slices(plane)) == 1
    assert len(addresses(plane)) == 5


def test_a_headless_service_names_its_pods(plane: ControlPlane):
    plane.given(service("db", clusterIP="None"))
    made = pod("db-0", labels={"app": "web"})
    made["spec"] |= {"hostname": "db-0", "subdomain": "db", "nodeName": "node-1"}
    plane.given(made)
    plane.patch(POD, "db-0", {"status": {"podIP": "10.244.0.9", "phase": "Running"}}, subresource="status")
    plane.advance(100)
    (found,) = slices(plane)
    assert found["endpoints"][0]["hostname"] == "db-0"
    assert labels_of(found)["service.kubernetes.io/headless"] == ""
    assert subsets(plane, "db")[0]["notReadyAddresses"][0]["hostname"] == "db-0"


def test_not_ready_addresses_can_be_published(plane: ControlPlane):
    plane.given(service(publishNotReadyAddresses=True))
    place(plane, 1, ready="False")
    plane.advance(100)
    assert slices(plane)[0]["endpoints"][0]["conditions"]["ready"] is True
    assert "notReadyAddresses" not in subsets(plane)[0]


def test_a_service_without_selector_is_its_owner_s_business(plane: ControlPlane):
    plane.given(
        service(selector={}), service("ext", type="ExternalName", externalName="a.example.com", ports=[])
    )
    plane.advance(100)
    assert slices(plane) == []
    assert plane.list(ENDPOINTS) == []


def test_with_the_service_all_of_it_goes(plane: ControlPlane):
    plane.given(service())
    place(plane, 1)
    plane.advance(100)
    plane.delete(SERVICE, "web")
    plane.advance(100)
    assert slices(plane) + plane.list(ENDPOINTS) == []


def test_a_slice_that_is_deleted_comes_back(plane: ControlPlane):
    plane.given(service())
    place(plane, 1)
    plane.advance(100)
    plane.delete(ENDPOINT_SLICE, slices(plane)[0]["metadata"]["name"])
    plane.advance(100)
    assert addresses(plane) == ["10.244.0.2"]


def test_a_change_says_when_what_made_it_happened(plane: ControlPlane):
    plane.given(service())
    plane.advance(5_000)
    told = [plane.get(ENDPOINTS, "web"), *slices(plane)]
    assert [obj["metadata"]["annotations"][ANNOTATION] for obj in told] == ["2026-01-01T00:00:00Z"] * 2
    place(plane, 1)
    plane.advance(60_000)
    place(plane, 2)
    plane.advance(100)
    told = [plane.get(ENDPOINTS, "web"), *slices(plane)]
    assert [obj["metadata"]["annotations"][ANNOTATION] for obj in told] == ["2026-01-01T00:01:05Z"] * 2
    plane.delete(POD, "p001", grace_s=0)
    plane.advance(100)
    told = [plane.get(ENDPOINTS, "web"), *slices(plane)]
    assert [annotations_of(obj) for obj in told] == [{}, {}]  # nobody knows when a pod that is gone went


def test_endpoints_beyond_a_thousand_say_that_some_are_left_out(
    plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("simcore.kube_controller_manager.endpoints.endpoints.MOST", 2)
    plane.given(service())
    for number in range(3):
        place(plane, number)
    plane.advance(100)
    found = plane.get(ENDPOINTS, "web")
    assert len(found["subsets"][0]["addresses"]) == 2
    assert found["metadata"]["annotations"]["endpoints.kubernetes.io/over-capacity"] == "truncated"
    plane.delete(POD, "p002", grace_s=0)
    plane.advance(100)
    assert annotations_of(plane.get(ENDPOINTS, "web")) == {}


def test_a_take_over_writes_nothing(plane: ControlPlane):
    plane.given(service())
    for n in range(3):
        place(plane, n)
    plane.advance(3_000)
    before = plane.store.revision
    successor = start(ControlPlane(store=plane.store, at=plane.clock.now()))
    successor.advance(1000)
    assert plane.store.revision == before
