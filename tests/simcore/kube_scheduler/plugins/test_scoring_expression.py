"""A policy of one's own: what it sees, what it gives, and how it is kept within bounds."""

from __future__ import annotations

import pytest

from simcore.kube_scheduler.plugins.scoring_expression import BadExpression, Expression, ScoringExpression
from tests.simcore.kube_scheduler.manifests import node, pod
from tests.simcore.kube_scheduler.running import Running
from tests.simcore.kube_scheduler.scene import Scene

NODES = [node("node-1", labels={"disk": "ssd"}), node("node-2", allocatable={"cpu": "8"})]


def scores(text: str, **changes: object) -> dict[str, int]:
    scene = Scene(NODES, [pod("old", requests={"cpu": "1"}, nodeName="node-1")])
    return scene.scores(ScoringExpression(Expression(text)), pod(**changes))  # type: ignore[arg-type]  # manifests


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("42", {"node-1": 42, "node-2": 42}, id="a number"),
        pytest.param("2.9", {"node-1": 2, "node-2": 2}, id="cut to a whole number"),
        pytest.param("-5", {"node-1": 0, "node-2": 0}, id="not below 0"),
        pytest.param("10000000", {"node-1": 100, "node-2": 100}, id="not above 100"),
        pytest.param("'disk' in node.metadata.labels", {"node-1": 100, "node-2": 0}, id="yes or no"),
        pytest.param("node.metadata.name == 'node-2' ? 7 : 3", {"node-1": 3, "node-2": 7}, id="a name"),
        pytest.param(
            "100 - node.requested.cpu * 100 / node.allocatable.cpu", {"node-1": 75, "node-2": 100}, id="amounts"
        ),
        pytest.param("node.requested.pods", {"node-1": 1, "node-2": 0}, id="pods"),
        pytest.param("pod.metadata.labels.app == 'web' ? 9 : 0", {"node-1": 9, "node-2": 9}, id="pod's label"),
        pytest.param("pod.requests.memory / 1048576", {"node-1": 64, "node-2": 64}, id="pod's request"),
        pytest.param("pod.spec.containers.exists(c, c.image == 'nginx:1')", {"node-1": 100, "node-2": 100}, id="loop"),
    ],
)  # fmt: skip
def test_what_an_expression_gives(text: str, expected: dict[str, int]) -> None:
    assert scores(text, labels={"app": "web"}, requests={"memory": "64Mi"}) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("1 +", "<input>:1:4: Syntax error: mismatched input '<EOF>' expecting", id="syntax"),
        pytest.param("1" * 1001, "has 1001 characters, at most 1000 are allowed", id="too long"),
        pytest.param("(" * 25 + "1" + ")" * 25, "is nested more than 24 deep", id="too deep"),
        pytest.param(
            "'x'.matches('(x{900}){9}')", "calls matches(), which may take too long", id="a pattern"
        ),
        pytest.param("node.images.map(i, node).size()", "calls map(), which may take too long", id="map"),
        pytest.param(
            "node.images . filter (i, true).size()", "calls filter(), which may take too long", id="filter"
        ),
        pytest.param(
            "(" + " + ".join(["node.images"] * 9) + ").size()",
            "names pod and node 9 times, at most 8 are allowed",
            id="lists added up",
        ),
        pytest.param(
            "node.images.all(i, i in (node.images + node.images))",
            "names pod and node more than once inside a loop",
            id="lists added up in a loop",
        ),
        pytest.param(
            r"r'\' .size() + node.images.map(i, node).size() + ' '.size()",
            "has a comment, or a raw or triple-quoted text",
            id="hidden in a raw text",
        ),
        pytest.param(
            "1 // '\n + node.images.map(i, node).size() // '",
            "has a comment, or a raw or triple-quoted text",
            id="hidden in a comment",
        ),
        pytest.param(
            "'''it's ''' == '' ? node.images.map(i, node).size() : 1",
            "has a comment, or a raw or triple-quoted text",
            id="hidden in a triple-quoted text",
        ),
        pytest.param("+".join("1" * 18), "adds 17 times, at most 16 are allowed", id="many sums"),
        pytest.param("now > 3", "unknown name 'now'; there are pod and node", id="unknown name"),
        pytest.param("[1].all(a, [2].all(b, a < b))", "has a loop inside a loop", id="loop in a loop"),
        pytest.param(
            " && ".join(["[1].all(a, a > 0)"] * 5),
            "has 5 loops over lists or maps, at most 4 are allowed",
            id="too many loops",
        ),
    ],
)
def test_a_wrong_or_costly_expression_is_refused(text: str, message: str) -> None:
    with pytest.raises(BadExpression) as caught:
        Expression(text)
    assert str(caught.value).startswith(message)


def test_brackets_and_loops_in_quoted_text_do_not_count() -> None:
    assert scores("'((((((((((((((((((((((((((.map(.map(' == '' ? 1 : 2")["node-1"] == 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("node.nothing", "'nothing'", id="no such field"),
        pytest.param("1 / 0", "division by zero in CEL expression", id="division"),
        pytest.param("'text'", "the result is no number but str", id="text"),
        pytest.param("0.0 / 0.0", "the result is no number but float", id="not a number"),
    ],
)
def test_what_goes_wrong_for_a_node_gives_no_points_and_is_told(text: str, problem: str) -> None:
    scene, plugin = Scene(NODES), ScoringExpression(Expression(text))
    score = plugin.evaluate(scene.info(pod()), scene.cache.nodes()[0])
    assert (score.points, score.problem) == (0, problem)


def test_an_expression_places_pods_and_its_faults_stop_nobody() -> None:
    running = Running()

    def use(expression: str) -> None:
        score = {"disabled": [{"name": "*"}], "enabled": [{"name": "ScoringExpression", "weight": 3}]}
        args = [{"name": "ScoringExpression", "args": {"expression": expression}}]
        running.configure(profiles=[{"plugins": {"score": score}, "pluginConfig": args}])

    use("node.metadata.name == 'node-3'")
    running.given(pod("a"), pod("b"))
    assert (running.node_of("a"), running.node_of("b")) == ("node-3", "node-3")
    use("node.metadata.labels.nope.deeper")
    running.given(pod("c"))
    assert running.node_of("c")
