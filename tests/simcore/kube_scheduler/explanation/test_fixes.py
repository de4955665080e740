"""The cheapest single change that lets a Pending pod fit, proven before it is offered."""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.explanation.fixes import Fix, fixes_of
from tests.simcore.kube_scheduler.explanation.seen import pod_of, view_of
from tests.simcore.kube_scheduler.manifests import affinity, near, node, pod, spread
from tests.simcore.kube_scheduler.running import Running

HOST = "kubernetes.io/hostname"
TAINT = {"key": "dedicated", "value": "db", "effect": "NoSchedule"}


def fixes(running: Running, name: str = "p") -> list[Fix]:
    view = view_of(running)
    return fixes_of(view, pod_of(view, name))


def texts(found: list[Fix]) -> list[tuple[str, str]]:
    return [(fix.change.sentence, fix.node) for fix in found]


def stuck(*nodes: Obj, **spec: Any) -> Running:
    running = Running(*nodes)
    running.given(pod("p", **spec))
    assert running.node_of("p") == ""
    return running


def test_a_toleration() -> None:
    found = fixes(stuck(node("node-1", taints=[TAINT])))
    assert texts(found) == [
        ("Add a toleration of dedicated=db:NoSchedule to the pod.", "node-1"),
        ("Add one more node like node-1.", "new-node"),
    ]
    spec = found[0].change.spec
    assert spec is not None
    assert spec["tolerations"][-1] == {
        "key": "dedicated", "operator": "Equal", "value": "db", "effect": "NoSchedule",
    }  # fmt: skip


def test_a_cordoned_node_is_uncordoned() -> None:
    found = fixes(stuck(node("node-1", unschedulable=True)))
    assert texts(found)[0] == ("Uncordon node-1.", "node-1")
    manifest = found[0].change.node
    assert manifest is not None and "unschedulable" not in manifest["spec"]


def test_a_request_that_is_as_large_as_what_is_left() -> None:
    running = Running(node("node-1"))
    running.given(pod("old", requests={"cpu": "2500m"}))
    running.given(pod("p", requests={"cpu": "3", "memory": "1Gi"}))
    assert texts(fixes(running)) == [
        ("Lower the pod's request of cpu to 1500m.", "node-1"),
        ("Add one more node like node-1.", "new-node"),
    ]


def test_a_request_that_no_machine_has_is_lowered_and_no_node_is_bought() -> None:
    assert texts(fixes(stuck(node("node-1"), requests={"memory": "100Gi"}))) == [
        ("Lower the pod's request of memory to 8Gi.", "node-1")
    ]


def test_two_requests_are_lowered_together() -> None:
    found = fixes(stuck(node("node-1"), requests={"memory": "100Gi", "cpu": "40"}))
    assert texts(found) == [("Lower the pod's request of memory to 8Gi and of cpu to 4.", "node-1")]


def test_containers_share_the_cut() -> None:
    running = Running(node("node-1"))
    two = pod("p")
    two["spec"]["containers"] = [
        {"name": name, "image": "nginx:1", "resources": {"requests": {"cpu": cpu}}}
        for name, cpu in (("a", "6"), ("b", "2"))
    ]
    running.given(two)
    spec = fixes(running)[0].change.spec
    assert spec is not None
    assert [c["resources"]["requests"]["cpu"] for c in spec["containers"]] == ["3", "1"]


def test_a_full_node_is_no_matter_of_requests() -> None:
    running = Running(node("node-1", allocatable={"pods": "1"}))
    running.given(pod("old"))
    running.given(pod("p"))
    assert texts(fixes(running)) == [("Add one more node like node-1.", "new-node")]


def test_a_label_before_the_selector_is_given_up() -> None:
    found = fixes(stuck(node("node-1"), node("node-2", allocatable={"cpu": "1"}), requests={"cpu": "2"},
                        nodeSelector={"disk": "ssd"}))  # fmt: skip
    assert texts(found) == [
        ("Label node-1 with disk=ssd.", "node-1"),
        ("Take the pod's nodeSelector and required node affinity away.", "node-1"),
    ]


def test_a_wider_skew_before_soft_constraints() -> None:
    running = Running(node("node-1"), node("node-2", taints=[TAINT]))
    app = {"labels": {"app": "web"}, "topologySpreadConstraints": [spread("web", HOST)]}
    running.given(pod("one", **app))
    running.given(pod("p", **app))
    assert texts(fixes(running))[:3] == [
        ("Add a toleration of dedicated=db:NoSchedule to the pod.", "node-2"),
        ("Raise maxSkew to 2.", "node-1"),
        ("Raise maxSkew to 3.", "node-1"),
    ]


def test_affinity_to_a_pod_that_is_not_there() -> None:
    found = fixes(stuck(node("node-1"), affinity=affinity("podAffinity", near("db", HOST))))
    assert texts(found) == [
        ("Take the pod's required affinity and anti-affinity to other pods away.", "node-1")
    ]


def test_anti_affinity_is_cheaper_to_keep_with_a_node_more() -> None:
    running = Running(node("node-1"))
    alone = {"labels": {"app": "db"}, "affinity": affinity("podAntiAffinity", near("db", HOST))}
    running.given(pod("one", **alone))
    running.given(pod("p", **alone))
    assert texts(fixes(running)) == [("Add one more node like node-1.", "new-node")]


def test_a_host_port() -> None:
    running = Running(node("node-1"))
    port = {"ports": [{"containerPort": 80, "hostPort": 80}]}
    running.given(pod("one", **port))
    running.given(pod("p", **port))
    assert texts(fixes(running)) == [
        ("Take the pod's host ports away.", "node-1"),
        ("Add one more node like node-1.", "new-node"),
    ]


def test_what_two_plugins_object_to_needs_two_changes_and_is_not_offered() -> None:
    found = fixes(stuck(node("node-1", taints=[TAINT], allocatable={"cpu": "1"}), requests={"cpu": "2"}))
    assert found == []


def test_a_pod_that_fits_needs_no_fix() -> None:
    running = Running(node("node-1"))
    running.given(pod("p", schedulerName="somebody-else"))
    view = view_of(running)
    assert fixes_of(view, pod("new")) == []


def test_the_view_is_as_before_after_the_proofs() -> None:
    running = stuck(node("node-1", unschedulable=True))
    view = view_of(running)
    fixes_of(view, pod_of(view, "p"))
    assert view.nodes() == ["node-1"]
    found = view.cache.get("node-1")
    assert found is not None and found.unschedulable
