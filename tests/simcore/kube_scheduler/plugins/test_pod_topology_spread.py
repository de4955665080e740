"""PodTopologySpread: hard constraints, soft ones, and the defaults of a workload's pods."""

from __future__ import annotations

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.framework.events import Change, ClusterEvent
from simcore.kube_scheduler.framework.interfaces import Cycle
from simcore.kube_scheduler.plugins.pod_topology_spread import PodTopologySpread
from tests.simcore.kube_scheduler.manifests import node, pod, required_nodes, spread
from tests.simcore.kube_scheduler.scene import Scene

WEB = {"app": "web"}
HOST = "kubernetes.io/hostname"
SKEWED = ("node(s) didn't match pod topology spread constraints",)
NO_LABEL = ("node(s) didn't match pod topology spread constraints (missing required label)",)
NODES = [node(f"node-{number}") for number in (1, 2, 3)]


def placed(*counts: int, labels: dict[str, str] | None = None, namespace: str = "default") -> list[Obj]:
    """So many pods on node-1, node-2, ..."""
    return [
        pod(
            f"{namespace}-{number}-{each}",
            labels=labels or WEB,
            nodeName=f"node-{number}",
            namespace=namespace,
        )
        for number, count in enumerate(counts, 1)
        for each in range(count)
    ]


@pytest.mark.parametrize(
    ("counts", "constraint", "rejecting"),
    [
        pytest.param((0, 0, 0), {}, set(), id="empty"),
        pytest.param((1, 0, 0), {}, {"node-1"}, id="one ahead"),
        pytest.param((1, 1, 1), {}, set(), id="even"),
        pytest.param((2, 1, 0), {}, {"node-1", "node-2"}, id="only the emptiest"),
        pytest.param((2, 1, 0), {"maxSkew": 2}, {"node-1"}, id="a larger skew"),
        pytest.param(
            (1, 1, 1), {"minDomains": 4}, {"node-1", "node-2", "node-3"}, id="too few domains count as 0"
        ),
    ],
)
def test_no_domain_may_be_too_far_ahead(
    counts: tuple[int, ...], constraint: Obj, rejecting: set[str]
) -> None:
    scene = Scene(NODES, placed(*counts))
    found = scene.why_not(
        PodTopologySpread(), pod(labels=WEB, topologySpreadConstraints=[spread("web", **constraint)])
    )
    assert found == dict.fromkeys(sorted(rejecting), SKEWED)


def test_a_node_without_the_label_is_out_and_no_preemption_helps() -> None:
    scene = Scene(NODES)
    wanted = pod(labels=WEB, topologySpreadConstraints=[spread("web", "rack")])
    assert scene.why_not(PodTopologySpread(), wanted) == dict.fromkeys(
        ("node-1", "node-2", "node-3"), NO_LABEL
    )


def test_pods_of_other_namespaces_and_terminating_ones_do_not_count() -> None:
    leaving = placed(1)[0]
    leaving["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    scene = Scene(NODES, [*placed(3, namespace="other"), leaving])
    assert (
        scene.why_not(PodTopologySpread(), pod(labels=WEB, topologySpreadConstraints=[spread("web")])) == {}
    )


def test_a_pod_that_its_own_constraint_does_not_mean_adds_nothing() -> None:
    scene = Scene(NODES, placed(1, 0, 0))
    other = pod(labels={"app": "other"}, topologySpreadConstraints=[spread("web")])
    assert scene.why_not(PodTopologySpread(), other) == {}


@pytest.mark.parametrize(
    ("constraint", "rejecting"),
    [
        pytest.param({}, set(), id="excluded nodes are no domains"),
        pytest.param({"nodeAffinityPolicy": "Ignore"}, {"node-1", "node-2"}, id="unless the policy says so"),
    ],
)
def test_nodes_that_the_pod_cannot_use_do_not_hold_it_back(constraint: Obj, rejecting: set[str]) -> None:
    scene = Scene(NODES, placed(1, 1, 0))
    term = {"matchExpressions": [{"key": HOST, "operator": "NotIn", "values": ["node-3"]}]}
    wanted = pod(
        labels=WEB,
        affinity=required_nodes(term),
        topologySpreadConstraints=[spread("web", nodeTaintsPolicy="Ignore", **constraint)],
    )
    found = scene.why_not(PodTopologySpread(), wanted)
    assert set(found) == rejecting


def test_tainted_nodes_are_no_domains_if_the_policy_honors_taints() -> None:
    tainted = node("node-3", taints=[{"key": "a", "effect": "NoSchedule"}])
    scene = Scene([*NODES[:2], tainted], placed(1, 1, 0))
    ignoring = pod(labels=WEB, topologySpreadConstraints=[spread("web")])
    honoring = pod(labels=WEB, topologySpreadConstraints=[spread("web", nodeTaintsPolicy="Honor")])
    assert set(scene.why_not(PodTopologySpread(), ignoring)) == {"node-1", "node-2"}
    assert set(scene.why_not(PodTopologySpread(), honoring)) == set()


def test_match_label_keys_tell_the_revisions_of_a_workload_apart() -> None:
    scene = Scene(NODES, placed(2, 0, 0, labels={"app": "web", "hash": "old"}))
    constraint = spread("web", matchLabelKeys=["hash"])
    wanted = pod(labels={"app": "web", "hash": "new"}, topologySpreadConstraints=[constraint])
    assert scene.why_not(PodTopologySpread(), wanted) == {}


def test_soft_constraints_prefer_the_emptier_domain() -> None:
    scene = Scene(NODES, placed(2, 1, 0))
    soft = spread("web", whenUnsatisfiable="ScheduleAnyway")
    wanted = pod(labels=WEB, topologySpreadConstraints=[soft])
    assert scene.why_not(PodTopologySpread(), wanted) == {}
    assert scene.scores(PodTopologySpread(), wanted) == {"node-1": 0, "node-2": 33, "node-3": 100}


def test_a_node_that_lacks_a_soft_constraints_key_scores_nothing() -> None:
    scene = Scene([node("node-1", labels={"rack": "1"}), node("node-2")])
    wanted = pod(
        labels=WEB, topologySpreadConstraints=[spread("web", "rack", whenUnsatisfiable="ScheduleAnyway")]
    )
    assert scene.scores(PodTopologySpread(), wanted) == {"node-1": 100, "node-2": 0}


def test_pods_of_a_workload_are_spread_over_hosts_and_zones_by_default() -> None:
    scene = Scene(NODES, placed(4, 1, 0))
    spreading = PodTopologySpread(lambda info: {"matchLabels": WEB})
    scores = scene.scores(spreading, pod(labels=WEB))
    assert scores["node-3"] > scores["node-2"] > scores["node-1"]
    assert scene.scores(PodTopologySpread(), pod(labels=WEB)) == {}


def test_what_if_counts_follow_pods_that_come_and_go() -> None:
    scene, spreading = Scene(NODES, placed(1, 0, 0)), PodTopologySpread()
    wanted = scene.info(pod(labels=WEB, topologySpreadConstraints=[spread("web")]))
    cycle, first = Cycle(scene.cache, 1), scene.cache.nodes()[0]
    spreading.pre_filter(cycle, wanted)
    (existing,) = first.pods.values()
    before = spreading.copy_state(cycle)
    spreading.remove_pod(cycle, wanted, existing, first)
    assert spreading.filter(cycle, wanted, first) is None
    spreading.add_pod(cycle, wanted, existing, first)
    assert cycle.state[spreading.name] == before


@pytest.mark.parametrize(
    ("labels", "namespace", "wakes"),
    [(WEB, "default", True), ({"app": "db"}, "default", False), (WEB, "other", False)],
)
def test_only_a_companions_end_wakes_the_pod(labels: dict[str, str], namespace: str, wakes: bool) -> None:
    scene = Scene(NODES)
    waiting = scene.info(pod(labels=WEB, topologySpreadConstraints=[spread("web")]))
    gone = scene.info(pod("gone", labels=labels, namespace=namespace, nodeName="node-1"))
    change = Change(ClusterEvent.POD_DELETED, pod=gone)
    assert PodTopologySpread().is_woken_by(waiting, change) is wakes
