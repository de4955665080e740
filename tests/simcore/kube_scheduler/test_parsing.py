"""Terms, constraints, amounts and the order of nodes, as they are read from manifests."""

from __future__ import annotations

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.affinity_terms import PodTerm, required_terms, weighted_terms
from simcore.kube_scheduler.framework.interfaces import Cycle
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.node_order import search_order
from simcore.kube_scheduler.plugins.round_robin import RoundRobin
from simcore.kube_scheduler.resources import DEFAULT_REQUESTS, LARGEST, amount_of, amounts_of, pod_requests
from simcore.kube_scheduler.spread_constraints import SpreadConstraint, spread_constraints
from tests.simcore.kube_scheduler.manifests import affinity, near, node, pod, preferred_affinity, spread
from tests.simcore.kube_scheduler.scene import Scene

ZONE = "topology.kubernetes.io/zone"
WEB = {"matchLabels": {"app": "web"}}


def teams(namespace: str) -> dict[str, str]:
    return {"team": namespace}


# --- terms of pod affinity


def test_terms_that_say_the_same_are_equal_whatever_their_order() -> None:
    one = PodTerm(near("web", ZONE, namespaces=["a", "b"]), "x")
    other = PodTerm(near("web", ZONE, namespaces=["b", "a"]), "y")
    assert (one == other, hash(one) == hash(other), len({one, other})) == (True, True, 1)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(PodTerm(near("db", ZONE), "default"), id="another selector"),
        pytest.param(PodTerm(near("web", "rack"), "default"), id="another domain"),
        pytest.param(PodTerm(near("web", ZONE), "other"), id="another namespace"),
        pytest.param(PodTerm(near("web", ZONE, namespaceSelector={}), "default"), id="all namespaces"),
        pytest.param("text", id="no term"),
    ],
)
def test_terms_that_differ_are_not_equal(other: object) -> None:
    assert PodTerm(near("web", ZONE), "default") != other


@pytest.mark.parametrize(
    ("more", "meant"),
    [
        pytest.param({}, {"own"}, id="its own namespace"),
        pytest.param({"namespaces": []}, {"own"}, id="an empty list is none"),
        pytest.param({"namespaces": ["a"]}, {"a"}, id="named ones instead of its own"),
        pytest.param({"namespaceSelector": {}}, {"own", "a", "b"}, id="all"),
        pytest.param({"namespaceSelector": {"matchLabels": {"team": "b"}}}, {"b"}, id="selected"),
        pytest.param(
            {"namespaces": ["a"], "namespaceSelector": {"matchLabels": {"team": "b"}}},
            {"a", "b"},
            id="both add up",
        ),
    ],
)
def test_the_namespaces_that_a_term_means(more: Obj, meant: set[str]) -> None:
    term = PodTerm(near("web", ZONE, **more), "own")
    assert {name for name in ("own", "a", "b") if term.matches(name, {"app": "web"}, teams)} == meant
    assert not any(term.matches(name, {"app": "db"}, teams) for name in ("own", "a", "b"))


def test_a_term_without_a_selector_means_no_pod() -> None:
    assert not PodTerm({"topologyKey": ZONE}, "own").matches("own", {"app": "web"}, teams)
    assert PodTerm({"topologyKey": ZONE, "labelSelector": {}}, "own").matches("own", {}, teams)


def test_required_and_preferred_terms_are_told_apart() -> None:
    rules = affinity("podAffinity", near("web", ZONE))["podAffinity"]
    rules |= preferred_affinity("podAffinity", (7, near("db", ZONE)))["podAffinity"]
    (required,), ((preferred, weight),) = required_terms(rules, "x"), weighted_terms(rules, "x")
    assert (required, preferred, weight) == (
        PodTerm(near("web", ZONE), "x"),
        PodTerm(near("db", ZONE), "x"),
        7,
    )
    assert (required_terms(None, "x"), weighted_terms({}, "x")) == ((), ())


# --- spreading


def test_a_constraint_has_kubernetes_defaults() -> None:
    (found,) = spread_constraints({"topologySpreadConstraints": [spread("web")]}, {})
    assert found == SpreadConstraint(1, ZONE, WEB, 1, honors_affinity=True, honors_taints=False, is_hard=True)
    assert spread_constraints({}, {}) == ()


def test_a_constraint_says_what_it_wants_otherwise() -> None:
    changes = {"nodeAffinityPolicy": "Ignore", "nodeTaintsPolicy": "Honor", "minDomains": 3, "maxSkew": 2}
    given = spread("web", "rack", whenUnsatisfiable="ScheduleAnyway", **changes)
    (found,) = spread_constraints({"topologySpreadConstraints": [given]}, {})
    assert found == SpreadConstraint(
        2, "rack", WEB, 3, honors_affinity=False, honors_taints=True, is_hard=False
    )


def test_keys_of_the_pods_own_labels_are_added_to_the_selector() -> None:
    given = spread("web", matchLabelKeys=["hash", "absent"])
    (found,) = spread_constraints({"topologySpreadConstraints": [given]}, {"hash": "abc"})
    assert found.selector == WEB | {
        "matchExpressions": [{"key": "hash", "operator": "In", "values": ["abc"]}]
    }
    assert given["labelSelector"] == WEB


# --- amounts


@pytest.mark.parametrize(
    ("name", "text", "amount"),
    [
        pytest.param("cpu", "1", 1000, id="cores"),
        pytest.param("cpu", "0.0001", 1, id="a part of a millicore is one"),
        pytest.param("cpu", 2, 2000, id="a number"),
        pytest.param("memory", "1Ki", 1024, id="bytes"),
        pytest.param("memory", "1500m", 2, id="a part of a byte is one"),
        pytest.param("example.com/gpu", "3", 3, id="things"),
        pytest.param("memory", "-1Gi", 0, id="negative"),
        pytest.param("memory", "9" * 30, LARGEST, id="absurd"),
        pytest.param("memory", "much", 0, id="no quantity"),
        pytest.param("memory", "", 0, id="empty"),
    ],
)
def test_an_amount_is_a_whole_number_within_bounds(name: str, text: str | int, amount: int) -> None:
    assert amount_of(name, text) == amount
    assert amounts_of({name: text}) == {name: amount}


def test_a_pod_that_requests_nothing_needs_nothing_and_is_scored_as_if_it_did() -> None:
    spec = pod()["spec"]
    assert pod_requests(spec) == {}
    assert pod_requests(spec, assumed=DEFAULT_REQUESTS) == {"cpu": 100, "memory": 200 * 2**20}


def test_what_several_absurd_containers_request_is_cut_too() -> None:
    container = {"name": "c", "resources": {"requests": {"memory": "9" * 17}}}
    assert pod_requests({"containers": [container] * 3}) == {"memory": LARGEST}


def test_later_init_containers_run_beside_the_sidecars_started_before_them() -> None:
    def init(cpu: str, *, stays: bool = False) -> Obj:
        more = {"restartPolicy": "Always"} if stays else {}
        return {"name": cpu, "resources": {"requests": {"cpu": cpu}}, **more}

    main = {"name": "main", "resources": {"requests": {"cpu": "100m"}}}
    inits = [init("500m"), init("200m", stays=True), init("400m"), init("100m", stays=True), init("250m")]
    assert pod_requests({"containers": [main], "initContainers": inits}) == {"cpu": 600}


# --- the order of nodes


def in_zones(**zones: str) -> list[NodeInfo]:
    found = []
    for name, zone in zones.items():
        info = NodeInfo(name)
        info.set_node({"metadata": {"name": name, "labels": {ZONE: zone} if zone else {}}})
        found.append(info)
    return found


def order(nodes: list[NodeInfo]) -> list[str]:
    return [each.name for each in search_order(nodes)]


def test_zones_take_turns() -> None:
    nodes = in_zones(a="x", b="x", c="x", d="y", e="z", f="z")
    assert order(nodes) == ["a", "d", "e", "b", "f", "c"]


def test_the_order_depends_on_names_and_zones_alone() -> None:
    nodes = in_zones(a="x", b="", c="y", d="x", e="")
    assert order(nodes) == order(nodes[::-1]) == ["b", "a", "c", "e", "d"]


def test_without_zones_it_is_that_of_the_names() -> None:
    assert order(in_zones(c="", a="", b="")) == ["a", "b", "c"]


# --- a policy for teaching


@pytest.mark.parametrize("nodes", [1, 3, 150])
def test_round_robin_gives_the_most_points_to_one_node_alone(nodes: int) -> None:
    scene = Scene([node(f"node-{number:03}") for number in range(nodes)])
    plugin, turns = RoundRobin(), []
    for number in range(nodes + 2):
        scores = scene.scores(plugin, pod(f"p-{number}"))
        best = [name for name, score in scores.items() if score == max(scores.values())]
        assert len(best) == 1
        assert all(0 <= score <= 100 for score in scores.values())
        turns += best
        scene.cache.assume(scene.info(pod(f"p-{number}")), best[0])
    everybody = [each.name for each in Cycle(scene.cache, 1).snapshot.nodes()]
    assert turns == [*everybody, *everybody, *everybody][: nodes + 2]
