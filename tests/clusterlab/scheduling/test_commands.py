"""The scheduler's answers on the command line."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.clusterlab.conftest import Browser

CONFIG = """\
apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
percentageOfNodesToScore: 100
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - {name: main, image: "nginx:1", resources: {requests: {cpu: "3"}}}
"""


def run(*words: str) -> str:
    out = StringIO()
    call_command("cluster", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def cluster(browser: Browser) -> str:
    return browser.new_cluster()


def test_capacity_of_a_size_and_of_a_file(cluster: str, tmp_path: Path) -> None:
    assert run("capacity", cluster, "--cpu", "2", "--memory", "1Gi") == (
        "4 more fit on 2 nodes.\nThe next one: 0/2 nodes are available: 2 Insufficient cpu.\n"
    )
    file = tmp_path / "pod.yaml"
    file.write_text(POD)
    assert run("capacity", cluster, "-f", str(file)).startswith("2 more fit on 2 nodes.\n")


def test_what_if_tells_where_pods_would_go(cluster: str, tmp_path: Path) -> None:
    file = tmp_path / "pod.yaml"
    file.write_text(POD)
    told = run("whatif", cluster, "-f", str(file)).splitlines()
    assert told[0].split() == ["placed", "0", "->", "1"]
    assert told[1].split() == ["pending", "0", "->", "0"]
    assert told[2].startswith("cpu        0.0% of a node on average, 0.0-0.0% -> 37.5%, 0.0-75.0%; deviation")
    assert told[-1].startswith("  default/Pod/p on node-")


def test_drain_names_who_leaves(cluster: str) -> None:
    assert run("drain", cluster, "node-1") == "0 pods would leave node-1, 0 would stay.\n"
    with pytest.raises(CommandError, match="node-9"):
        run("drain", cluster, "node-9")


def test_the_configuration_is_shown_replaced_and_reset(cluster: str, tmp_path: Path) -> None:
    assert run("scheduler", cluster) == "The defaults hold.\n"
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG)
    assert '"percentageOfNodesToScore": 100' in run("scheduler", cluster, str(file))
    file.write_text(CONFIG.replace("100", "101"))
    with pytest.raises(CommandError, match="percentageOfNodesToScore: Invalid value: 101"):
        run("scheduler", cluster, str(file))
    assert run("scheduler", cluster, "--reset") == "The defaults hold.\n"


def test_a_file_that_is_not_there(cluster: str) -> None:
    with pytest.raises(CommandError, match="No such file"):
        run("capacity", cluster, "-f", "/nowhere.yaml")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        pytest.param(
            "profiles: [{plugins: {score: {enabled: [{name: NodeAffinity, weight: 0}]}}}]",
            "profiles[0].plugins.score.enabled[0].weight: Invalid value: 0: must be between 1 and 2147483647; "
            "to switch a plugin off list it under disabled (line 3)",
            id="weight 0",
        ),
        pytest.param(
            "profiles: [{plugins: {score: {enabled: [{name: ScoringExpression}]}}, "
            "pluginConfig: [{name: ScoringExpression, args: {expression: node.images.map(i, node).size()}}]}]",
            "profiles[0].pluginConfig[0].args.expression: Invalid value: "
            '"node.images.map(i, node).size()": calls map(), which may take too long (line 3)',
            id="costly expression",
        ),
    ],
)
def test_a_configuration_that_is_refused_leaves_the_old_one(
    cluster: str, tmp_path: Path, fields: str, message: str
) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(CONFIG)
    bad.write_text(
        CONFIG.replace(
            "percentageOfNodesToScore: 100",
            fields.replace("expression: ", "expression: '").replace("size()}", "size()'}"),
        )
    )
    run("scheduler", cluster, str(good))
    with pytest.raises(CommandError) as caught:
        run("scheduler", cluster, str(bad))
    assert str(caught.value) == message
    assert '"percentageOfNodesToScore": 100' in run("scheduler", cluster)
