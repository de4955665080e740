"""The plugins that look at the node object: name, cordon, taints, affinity, ports, images."""

from __future__ import annotations

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.framework.events import Change, ClusterEvent
from simcore.kube_scheduler.framework.interfaces import Cycle, Plugin, Rejection
from simcore.kube_scheduler.plugins.image_locality import ImageLocality, normalized
from simcore.kube_scheduler.plugins.node_affinity import CONFLICT, NodeAffinity, holds
from simcore.kube_scheduler.plugins.node_name import NodeName
from simcore.kube_scheduler.plugins.node_ports import NodePorts
from simcore.kube_scheduler.plugins.node_unschedulable import NodeUnschedulable
from simcore.kube_scheduler.plugins.scheduling_gates import SchedulingGates
from simcore.kube_scheduler.plugins.taint_toleration import TaintToleration
from tests.simcore.kube_scheduler.manifests import node, pod, preferred_nodes, required_nodes
from tests.simcore.kube_scheduler.scene import Scene

NOT_TOLERATED = ("node(s) had untolerated taint(s)",)
NOT_MATCHED = ("node(s) didn't match Pod's node affinity/selector",)
DB = {"key": "dedicated", "value": "db", "effect": "NoSchedule"}


def rejections(plugin: Plugin, wanted: Obj, *nodes: Obj) -> dict[str, tuple[str, ...]]:
    return Scene(list(nodes)).why_not(plugin, wanted)


def test_a_pod_that_names_its_node_goes_nowhere_else() -> None:
    nodes = (node("node-1"), node("node-2"))
    assert rejections(NodeName(), pod(nodeName="node-2"), *nodes) == {
        "node-1": ("node(s) didn't match the requested node name",)
    }
    assert rejections(NodeName(), pod(), *nodes) == {}


def test_a_cordoned_node_takes_only_pods_that_tolerate_it() -> None:
    cordoned = node("node-1", unschedulable=True)
    tolerant = pod(tolerations=[{"key": "node.kubernetes.io/unschedulable", "operator": "Exists"}])
    assert rejections(NodeUnschedulable(), pod(), cordoned) == {"node-1": ("node(s) were unschedulable",)}
    assert rejections(NodeUnschedulable(), tolerant, cordoned) == {}


@pytest.mark.parametrize(
    ("toleration", "fits"),
    [
        pytest.param({"key": "dedicated", "value": "db", "effect": "NoSchedule"}, True, id="the same"),
        pytest.param({"key": "dedicated", "operator": "Equal", "value": "db"}, True, id="any effect"),
        pytest.param({"key": "dedicated", "operator": "Exists"}, True, id="any value"),
        pytest.param({"operator": "Exists"}, True, id="everything"),
        pytest.param({"key": "dedicated", "value": "web"}, False, id="another value"),
        pytest.param({"key": "other", "operator": "Exists"}, False, id="another key"),
        pytest.param({"key": "dedicated", "value": "db", "effect": "NoExecute"}, False, id="another effect"),
    ],
)
def test_a_taint_repels_pods_that_do_not_tolerate_it(toleration: Obj, fits: bool) -> None:
    found = rejections(TaintToleration(), pod(tolerations=[toleration]), node(taints=[DB]))
    assert found == ({} if fits else {"node-1": NOT_TOLERATED})


@pytest.mark.parametrize(
    ("effect", "fits"), [("NoSchedule", False), ("NoExecute", False), ("PreferNoSchedule", True)]
)
def test_only_hard_taints_repel(effect: str, fits: bool) -> None:
    found = rejections(TaintToleration(), pod(), node(taints=[{"key": "a", "effect": effect}]))
    assert found == ({} if fits else {"node-1": NOT_TOLERATED})


def test_each_soft_taint_costs_points() -> None:
    soft = [{"key": key, "effect": "PreferNoSchedule"} for key in "abc"]
    scene = Scene([node("node-1", taints=soft), node("node-2", taints=soft[:1]), node("node-3")])
    assert scene.scores(TaintToleration(), pod()) == {"node-1": 0, "node-2": 67, "node-3": 100}
    tolerant = pod(tolerations=[{"key": "a", "operator": "Exists"}, {"key": "b", "operator": "Exists"}])
    assert scene.scores(TaintToleration(), tolerant) == {"node-1": 0, "node-2": 100, "node-3": 100}


@pytest.mark.parametrize(
    ("spec", "fitting"),
    [
        pytest.param({"nodeSelector": {"disk": "ssd"}}, {"node-1"}, id="selector"),
        pytest.param({"nodeSelector": {"disk": "ssd", "size": "1"}}, set(), id="every pair of a selector"),
        pytest.param({"affinity": required_nodes({})}, set(), id="an empty term matches nothing"),
        pytest.param(
            {"affinity": required_nodes({"matchExpressions": [{"key": "disk", "operator": "Exists"}]})},
            {"node-1", "node-2"},
            id="expression",
        ),
        pytest.param(
            {
                "affinity": required_nodes(
                    {"matchExpressions": [{"key": "disk", "operator": "In", "values": ["hdd"]}]},
                    {"matchExpressions": [{"key": "size", "operator": "Gt", "values": ["5"]}]},
                )
            },
            {"node-2", "node-3"},
            id="any of several terms",
        ),
        pytest.param(
            {
                "nodeSelector": {"disk": "hdd"},
                "affinity": required_nodes({"matchExpressions": [{"key": "size", "operator": "Exists"}]}),
            },
            set(),
            id="selector and affinity together",
        ),
    ],
)
def test_node_affinity_names_the_nodes_by_their_labels(spec: Obj, fitting: set[str]) -> None:
    nodes = [
        node("node-1", labels={"disk": "ssd"}),
        node("node-2", labels={"disk": "hdd"}),
        node("node-3", labels={"size": "9"}),
    ]
    found = Scene(nodes).why_not(NodeAffinity(), pod(**spec))
    assert set(found) == {"node-1", "node-2", "node-3"} - fitting
    assert set(found.values()) <= {NOT_MATCHED}


@pytest.mark.parametrize(
    ("operator", "values", "label", "result"),
    [
        ("In", ["a", "b"], "b", True),
        ("In", ["a"], None, False),
        ("NotIn", ["a"], None, True),
        ("NotIn", ["a"], "a", False),
        ("Exists", [], "", True),
        ("DoesNotExist", [], None, True),
        ("Gt", ["4"], "5", True),
        ("Gt", ["4"], "4", False),
        ("Lt", ["4"], "-3", True),
        ("Lt", ["4"], "three", False),
        ("Gt", ["many"], "5", False),
        ("Gt", ["4"], None, False),
    ],
)
def test_a_requirement_holds_or_not(
    operator: str, values: list[str], label: str | None, result: bool
) -> None:
    assert holds({"key": "k", "operator": operator, "values": values}, label) is result


def test_preferences_add_up_their_weights() -> None:
    ssd = {"matchExpressions": [{"key": "disk", "operator": "In", "values": ["ssd"]}]}
    big = {"matchExpressions": [{"key": "size", "operator": "Exists"}]}
    scene = Scene(
        [
            node("node-1", labels={"disk": "ssd", "size": "9"}),
            node("node-2", labels={"size": "1"}),
            node("node-3"),
        ]
    )
    wanted = pod(affinity=preferred_nodes((30, ssd), (10, big)))
    assert scene.scores(NodeAffinity(), wanted) == {"node-1": 100, "node-2": 25, "node-3": 0}
    assert scene.scores(NodeAffinity(), pod()) == {}


def test_affinity_to_names_limits_the_search_to_them() -> None:
    scene = Scene([node("node-1"), node("node-2")])
    named = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["node-2"]}]}
    found = NodeAffinity().pre_filter(Cycle(scene.cache, 1), scene.info(pod(affinity=required_nodes(named))))
    assert found is not None
    assert found.nodes == {"node-2"}


def test_contradicting_names_are_refused_before_any_node_is_asked() -> None:
    scene = Scene([node("node-1")])
    fields = [{"key": "metadata.name", "operator": "In", "values": [name]} for name in ("node-1", "node-2")]
    found = NodeAffinity().pre_filter(
        Cycle(scene.cache, 1), scene.info(pod(affinity=required_nodes({"matchFields": fields})))
    )
    assert found is not None
    assert found.rejection == CONFLICT


def test_an_affinity_that_the_scheduler_adds_has_its_own_words() -> None:
    terms = [{"matchExpressions": [{"key": "pool", "operator": "Exists"}]}]
    added = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    found = rejections(NodeAffinity(added), pod(), node("node-1"), node("node-2", labels={"pool": "a"}))
    assert found == {"node-1": ("node(s) didn't match scheduler-enforced node affinity",)}


@pytest.mark.parametrize(
    ("ip", "protocol", "fits"),
    [("", "TCP", False), ("10.0.0.1", "TCP", False), ("10.0.0.2", "TCP", True), ("10.0.0.1", "UDP", True)],
)
def test_a_host_port_is_taken_once(ip: str, protocol: str, fits: bool) -> None:
    taken = {"containerPort": 80, "hostPort": 8080, "hostIP": "10.0.0.1", "protocol": "TCP"}
    scene = Scene([node()], [pod("other", nodeName="node-1", ports=[taken])])
    wanted = pod(ports=[{"containerPort": 80, "hostPort": 8080, "hostIP": ip, "protocol": protocol}])
    reasons = ("node(s) didn't have free ports for the requested pod ports",)
    assert scene.why_not(NodePorts(), wanted) == ({} if fits else {"node-1": reasons})


def test_a_port_is_free_again_when_its_pod_is_gone() -> None:
    scene = Scene(
        [node()], [pod("other", nodeName="node-1", ports=[{"containerPort": 80, "hostPort": 8080}])]
    )
    scene.cache.remove_pod("uid-other")
    assert scene.why_not(NodePorts(), pod(ports=[{"containerPort": 80, "hostPort": 8080}])) == {}


def test_gates_keep_a_pod_out_of_the_queue() -> None:
    gated = pod(schedulingGates=[{"name": "example.com/a"}, {"name": "example.com/b"}])
    info = Scene([]).info(gated)
    assert SchedulingGates().pre_enqueue(info) == Rejection(
        ("waiting for scheduling gates: [example.com/a example.com/b]",), resolvable=False
    )


def test_a_node_that_holds_the_image_scores_better_the_larger_it_is() -> None:
    def image(size_mb: int) -> list[Obj]:
        return [{"names": ["nginx:latest"], "sizeBytes": size_mb << 20}]

    scene = Scene([node("node-1", images=image(900)), node("node-2", images=image(300)), node("node-3")])
    assert scene.scores(ImageLocality(), pod(image="nginx")) == {"node-1": 59, "node-2": 18, "node-3": 0}
    assert scene.scores(ImageLocality(), pod(image="redis")) == {}


@pytest.mark.parametrize(
    ("given", "meant"),
    [("nginx", "nginx:latest"), ("nginx:1", "nginx:1"), ("host:5000/nginx", "host:5000/nginx:latest")],
)
def test_an_image_without_a_tag_means_latest(given: str, meant: str) -> None:
    assert normalized(given) == meant


@pytest.mark.parametrize(
    ("plugin", "changed", "wakes"),
    [
        pytest.param(TaintToleration(), node(taints=[DB]), False, id="a node with the taint still on"),
        pytest.param(TaintToleration(), node(), True, id="a node without taints"),
        pytest.param(NodeUnschedulable(), node(unschedulable=True), False, id="a node still cordoned"),
        pytest.param(NodeAffinity(), node(labels={"disk": "hdd"}), False, id="a node with another label"),
        pytest.param(NodeAffinity(), node(labels={"disk": "ssd"}), True, id="a node with the label"),
    ],
)
def test_a_changed_node_wakes_only_the_pods_that_it_helps(
    plugin: TaintToleration | NodeUnschedulable | NodeAffinity, changed: Obj, wakes: bool
) -> None:
    scene = Scene([changed])
    (only,) = scene.cache.nodes()
    change = Change(ClusterEvent.NODE_ADDED, node=only)
    assert plugin.is_woken_by(scene.info(pod(nodeSelector={"disk": "ssd"})), change) is wakes
