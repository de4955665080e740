"""InterPodAffinity: near to some pods, far from others."""

from __future__ import annotations

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.framework.events import Change, ClusterEvent
from simcore.kube_scheduler.framework.interfaces import Cycle
from simcore.kube_scheduler.plugins.inter_pod_affinity import InterPodAffinity
from tests.simcore.kube_scheduler.manifests import affinity, near, node, pod, preferred_affinity
from tests.simcore.kube_scheduler.scene import Scene

ZONE, HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
NODES = [node(f"node-{number}") for number in (1, 2, 3, 4)]  # 1 and 4 share a zone
FAR = ("node(s) didn't match pod affinity rules",)
NEAR = ("node(s) didn't match pod anti-affinity rules",)
UNWELCOME = ("node(s) didn't satisfy existing pods anti-affinity rules",)


def db(node_name: str = "node-1", **spec: object) -> Obj:
    return pod("db", labels={"app": "db"}, nodeName=node_name, **spec)


@pytest.mark.parametrize(
    ("key", "fitting"),
    [(ZONE, {"node-1", "node-4"}), (HOST, {"node-1"}), ("rack", set())],
    ids=["zone", "host", "rack"],
)
def test_affinity_means_the_domain_of_a_matching_pod(key: str, fitting: set[str]) -> None:
    found = Scene(NODES, [db()]).why_not(
        InterPodAffinity(), pod(affinity=affinity("podAffinity", near("db", key)))
    )
    assert found == {n["metadata"]["name"]: FAR for n in NODES if n["metadata"]["name"] not in fitting}


@pytest.mark.parametrize(
    ("key", "rejecting"), [(ZONE, {"node-1", "node-4"}), (HOST, {"node-1"}), ("rack", set())]
)
def test_anti_affinity_means_every_other_domain(key: str, rejecting: set[str]) -> None:
    wanted = pod(affinity=affinity("podAntiAffinity", near("db", key)))
    found = Scene(NODES, [db()]).why_not(InterPodAffinity(), wanted)
    assert found == dict.fromkeys(sorted(rejecting), NEAR)


def test_a_running_pods_anti_affinity_keeps_others_away() -> None:
    jealous = db(affinity=affinity("podAntiAffinity", near("web", ZONE)))
    scene = Scene(NODES, [jealous])
    found = scene.why_not(InterPodAffinity(), pod(labels={"app": "web"}))
    assert found == {"node-1": UNWELCOME, "node-4": UNWELCOME}
    assert scene.why_not(InterPodAffinity(), pod(labels={"app": "other"})) == {}


def test_the_first_of_a_group_that_wants_to_be_together_may_go_anywhere() -> None:
    together = affinity("podAffinity", near("web", ZONE))
    scene = Scene(NODES)
    assert scene.why_not(InterPodAffinity(), pod(labels={"app": "web"}, affinity=together)) == {}
    stranger = scene.why_not(InterPodAffinity(), pod(labels={"app": "other"}, affinity=together))
    assert len(stranger) == len(NODES)


def test_every_term_must_hold_for_the_same_pods() -> None:
    both = affinity("podAffinity", near("db", ZONE), near("web", ZONE))
    web = pod("web-0", labels={"app": "web"}, nodeName="node-1")
    assert len(Scene(NODES, [db(), web]).why_not(InterPodAffinity(), pod(affinity=both))) == len(NODES)


@pytest.mark.parametrize(
    ("scope", "fits"),
    [
        pytest.param({}, False, id="its own namespace"),
        pytest.param({"namespaces": ["other"]}, True, id="a named one"),
        pytest.param({"namespaceSelector": {}}, True, id="all of them"),
        pytest.param({"namespaceSelector": {"matchLabels": {"team": "other"}}}, True, id="by label"),
        pytest.param(
            {"namespaceSelector": {"matchLabels": {"team": "default"}}}, False, id="by another label"
        ),
    ],
)
def test_a_term_says_in_which_namespaces_it_looks(scope: Obj, fits: bool) -> None:
    elsewhere = pod("db", labels={"app": "db"}, nodeName="node-1", namespace="other")
    wanted = pod(affinity=affinity("podAffinity", near("db", HOST, **scope)))
    assert ("node-1" not in Scene(NODES, [elsewhere]).why_not(InterPodAffinity(), wanted)) is fits


def test_preferences_draw_and_repel_by_their_weights() -> None:
    scene = Scene(NODES, [db(), pod("noisy", labels={"app": "noisy"}, nodeName="node-2")])
    wishes = preferred_affinity("podAffinity", (10, near("db", ZONE))) | preferred_affinity(
        "podAntiAffinity", (10, near("noisy", HOST))
    )
    assert scene.scores(InterPodAffinity(), pod(affinity=wishes)) == {
        "node-1": 100, "node-4": 100, "node-3": 50, "node-2": 0,
    }  # fmt: skip


def test_running_pods_wishes_count_too() -> None:
    hoping = db(affinity=preferred_affinity("podAffinity", (5, near("web", HOST))))
    scores = Scene(NODES, [hoping]).scores(InterPodAffinity(), pod(labels={"app": "web"}))
    assert scores == {"node-1": 100, "node-2": 0, "node-3": 0, "node-4": 0}


def test_it_has_nothing_to_say_where_nobody_cares() -> None:
    assert Scene(NODES, [db()]).scores(InterPodAffinity(), pod()) == {}


def test_what_if_counts_follow_pods_that_come_and_go() -> None:
    scene, plugin = Scene(NODES, [db()]), InterPodAffinity()
    wanted = scene.info(pod(affinity=affinity("podAntiAffinity", near("db", HOST))))
    cycle, first = Cycle(scene.cache, 1), scene.cache.nodes()[0]
    plugin.pre_filter(cycle, wanted)
    (existing,) = first.pods.values()
    before = plugin.copy_state(cycle)
    plugin.remove_pod(cycle, wanted, existing, first)
    assert plugin.filter(cycle, wanted, first) is None
    plugin.add_pod(cycle, wanted, existing, first)
    assert cycle.state[plugin.name] == before


@pytest.mark.parametrize(
    ("event", "spec", "other", "wakes"),
    [
        pytest.param(
            "POD_PLACED",
            affinity("podAffinity", near("db", ZONE)),
            db(),
            True,
            id="the one it wants to be near",
        ),
        pytest.param("POD_PLACED", affinity("podAffinity", near("web", ZONE)), db(), False, id="another one"),
        pytest.param(
            "POD_PLACED", affinity("podAntiAffinity", near("db", ZONE)), db(), False, id="one it avoids comes"
        ),
        pytest.param(
            "POD_DELETED", affinity("podAntiAffinity", near("db", ZONE)), db(), True, id="one it avoids goes"
        ),
        pytest.param(
            "POD_DELETED",
            {},
            db(affinity=affinity("podAntiAffinity", near("waiting", ZONE))),
            True,
            id="one that kept it away goes",
        ),
        pytest.param("POD_DELETED", {}, db(), False, id="one that did nothing goes"),
        pytest.param("POD_LABELS_CHANGED", {}, db(), True, id="labels change"),
        pytest.param(
            "POD_PLACED",
            affinity("podAffinity", near("db", ZONE, namespaceSelector={"matchLabels": {"a": "b"}})),
            db(),
            True,
            id="in a namespace that may be meant",
        ),
    ],
)
def test_only_pods_that_matter_to_it_wake_a_pod(event: str, spec: Obj, other: Obj, wakes: bool) -> None:
    scene = Scene(NODES)
    waiting = scene.info(pod("waiting", labels={"app": "waiting"}, affinity=spec))
    change = Change(ClusterEvent[event], pod=scene.info(other))
    assert InterPodAffinity().is_woken_by(waiting, change) is wakes


@pytest.mark.parametrize(("key", "wakes"), [(ZONE, True), ("rack", False)])
def test_a_node_without_the_key_does_not_wake_a_pod(key: str, wakes: bool) -> None:
    scene = Scene(NODES)
    waiting = scene.info(pod(affinity=affinity("podAffinity", near("db", key))))
    change = Change(ClusterEvent.NODE_ADDED, node=scene.cache.nodes()[0])
    assert InterPodAffinity().is_woken_by(waiting, change) is wakes
