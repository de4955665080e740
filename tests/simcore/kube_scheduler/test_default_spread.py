"""Which pods belong together when nobody says how to spread them."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import SERVICE
from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.default_spread import WorkloadSelectors, default_constraints
from simcore.kube_scheduler.spread_constraints import spread_constraints
from tests.kit.control_plane import ControlPlane, replica_set
from tests.simcore.kube_scheduler.manifests import pod, spread
from tests.simcore.kube_scheduler.scene import Scene

WEB = {"app": "web", "tier": "front"}


def service(name: str, selector: dict[str, str] | None, namespace: str = "default") -> Obj:
    spec: Obj = {"ports": [{"port": 80}]} | ({"selector": selector} if selector else {})
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def owned(doc: Obj, kind: str, name: str) -> Obj:
    ref = {"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": f"uid-{name}", "controller": True}
    return doc | {"metadata": doc["metadata"] | {"ownerReferences": [ref]}}


@pytest.fixture
def plane() -> ControlPlane:
    return ControlPlane()


def selector_of(plane: ControlPlane, doc: Obj) -> Obj | None:
    return WorkloadSelectors(plane.ctx.informers)(Scene([]).info(doc))


def test_a_pod_of_its_own_has_no_companions(plane: ControlPlane) -> None:
    assert selector_of(plane, pod(labels=WEB)) is None


def test_the_selectors_of_all_its_services_are_taken_together(plane: ControlPlane) -> None:
    plane.given(
        service("a", {"app": "web"}),
        service("b", {"tier": "front"}),
        service("c", {"app": "db"}),
        service("d", None),
    )
    assert selector_of(plane, pod(labels=WEB)) == {"matchLabels": WEB}


def test_services_of_other_namespaces_have_no_say(plane: ControlPlane) -> None:
    plane.namespace("other")
    plane.given(service("a", {"app": "web"}, "other"))
    assert selector_of(plane, pod(labels=WEB)) is None


def test_the_owners_selector_is_added(plane: ControlPlane) -> None:
    plane.given(service("a", {"tier": "front"}), replica_set("web"))
    found = selector_of(plane, owned(pod(labels=WEB), "ReplicaSet", "web"))
    assert found == {"matchLabels": WEB, "matchExpressions": []}


@pytest.mark.parametrize(("kind", "name"), [("ReplicaSet", "gone"), ("Job", "web")])
def test_an_owner_that_is_gone_or_of_another_kind_has_no_say(
    plane: ControlPlane, kind: str, name: str
) -> None:
    plane.given(replica_set("web"))
    assert selector_of(plane, owned(pod(labels=WEB), kind, name)) is None


def test_what_was_looked_up_is_void_when_a_service_changes(plane: ControlPlane) -> None:
    selectors, info = WorkloadSelectors(plane.ctx.informers), Scene([]).info(pod(labels=WEB))
    assert selectors(info) is None
    plane.given(service("a", {"app": "web"}))
    plane.advance(1)
    assert selectors(info) == {"matchLabels": {"app": "web"}}
    plane.delete(SERVICE, "a")
    plane.advance(1)
    assert selectors(info) is None


def test_the_defaults_are_soft_over_hosts_and_zones() -> None:
    hosts, zones = default_constraints({"matchLabels": WEB})
    assert (hosts.topology_key, hosts.max_skew, hosts.is_hard) == ("kubernetes.io/hostname", 3, False)
    assert (zones.topology_key, zones.max_skew, zones.is_hard) == ("topology.kubernetes.io/zone", 5, False)
    assert default_constraints(None) == ()


def test_a_constraint_is_read_with_its_defaults() -> None:
    (constraint,) = spread_constraints({"topologySpreadConstraints": [spread("web")]}, {})
    assert constraint[3:] == (1, True, False, True)


def test_match_label_keys_that_the_pod_lacks_are_ignored() -> None:
    spec = {"topologySpreadConstraints": [spread("web", matchLabelKeys=["hash", "missing"])]}
    (constraint,) = spread_constraints(spec, {"hash": "1"})
    assert constraint.selector == {
        "matchLabels": {"app": "web"},
        "matchExpressions": [{"key": "hash", "operator": "In", "values": ["1"]}],
    }
