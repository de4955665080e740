"""Scheduling by REST: why a pod waits, what helps, what a change would do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clusterlab.hub import hub
from clusterlab.scheduling import documents
from simcore.apimachinery.kinds import DEPLOYMENT, NODE, POD
from simcore.apimachinery.meta import Key, Obj
from simcore.kube_apiserver.local import LocalClient
from tests.clusterlab.conftest import Browser, Owner

HEAD = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n"
PACK = {
    "apiVersion": "kubescheduler.config.k8s.io/v1",
    "kind": "KubeSchedulerConfiguration",
    "profiles": [
        {
            "plugins": {"score": {"disabled": [{"name": "*"}], "enabled": [{"name": "NodeResourcesFit"}]}},
            "pluginConfig": [
                {"name": "NodeResourcesFit", "args": {"scoringStrategy": {"type": "MostAllocated"}}}
            ],
        }
    ],
}
Stepper = Callable[[str], Owner]


def pod(name: str, cpu: str = "100m", **spec: Any) -> Obj:
    container = {"name": "main", "image": "nginx:1", "resources": {"requests": {"cpu": cpu}}}
    meta = {"name": name, "namespace": "default"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container], **spec}}


def deployment(name: str, replicas: int, cpu: str) -> Obj:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": pod("x", cpu)["spec"]}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    meta = {"name": name, "namespace": "default"}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": spec}


def client(cluster_id: str) -> LocalClient:
    resident = hub.get(cluster_id)
    resident.sync()
    return LocalClient(resident.server, "user:owner")


@pytest.fixture
def lab(browser: Browser, owner_of: Stepper) -> tuple[Browser, str, Owner]:
    """A cluster of two nodes with 4 cores each, and an engine stepped by hand."""
    cluster_id = browser.new_cluster(seed=3)
    return browser, cluster_id, owner_of(cluster_id)


Lab = tuple[Browser, str, Owner]


def ask(lab: Lab, path: str) -> Any:
    answer = lab[0].get(f"/api/clusters/{lab[1]}/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def tell(lab: Lab, path: str, document: Any, *, method: str = "POST", status: int = 200) -> Any:
    answer = lab[0].send(method, f"/api/clusters/{lab[1]}/{path}", document)
    assert answer.status_code == status, answer.content
    return answer.json()


def test_the_queue_and_why_each_pod_waits(lab: Lab) -> None:
    api = client(lab[1])
    api.create(POD, pod("huge", "40"))
    api.create(POD, pod("gated", schedulingGates=[{"name": "example.com/later"}]))
    lab[2].advance(10_000)
    found = ask(lab, "scheduling/")
    assert found["queue"] == {"active": 0, "backoff": 0, "unschedulable": 1, "gated": 1}
    gated, huge = sorted(found["pending"], key=lambda each: str(each["name"]))
    assert huge["reason_counts"] == [{"reason": "Insufficient cpu", "nodes": 2}]
    assert huge["message"].startswith("0/2 nodes are available: 2 Insufficient cpu.")
    assert huge["attempts"] == 1
    assert huge["retries_when"][:2] == ["Node added", "Node allocatable changed"]
    assert gated["retries_when"] == ["the Pod itself changed"]
    assert (huge["state"], gated["state"]) == ("unschedulable", "gated")
    assert found["profiles"][0]["weights"]["TaintToleration"] == 3


def test_each_attempt_is_kept_with_the_matrix_that_decided_it(lab: Lab) -> None:
    api = client(lab[1])
    api.create(POD, pod("first", "3"))
    api.create(POD, pod("second", "3"))
    api.create(POD, pod("third", "3"))
    lab[2].advance(5_000)
    (waiting,) = [each["name"] for each in ask(lab, "scheduling/")["pending"]]
    gone = next(name for name in ("first", "second", "third") if name != waiting)
    client(lab[1]).delete(POD, Key("default", gone), grace_s=0)
    lab[2].advance(30_000)
    found = ask(lab, f"scheduling/default/{waiting}/")
    results = [(each["number"], each["result"]) for each in found["attempts"]]
    assert results == [(1, "unschedulable"), (2, "scheduled")]
    assert found["sentence"].endswith("the only one of 2 nodes that fits.")
    first = ask(lab, f"scheduling/default/{waiting}/?attempt=1")
    assert first["sentence"] == f"{waiting} fits on none of 2 nodes: 2 x Insufficient cpu."
    verdicts = {v["plugin"]: v["status"] for v in first["matrix"]["rows"][0]["verdicts"]}
    assert (verdicts["NodeResourcesFit"], verdicts["TaintToleration"]) == ("fail", "pass")
    placed = ask(lab, f"scheduling/default/{waiting}/?attempt=2")
    (row,) = (row for row in placed["matrix"]["rows"] if row["scores"])
    assert row["node"] == placed["attempts"][1]["node"]
    assert row["total"] == sum(score["weighted"] for score in row["scores"])


def test_an_attempt_that_is_no_number_or_a_pod_that_is_not_there(lab: Lab) -> None:
    answer = lab[0].get(f"/api/clusters/{lab[1]}/scheduling/default/none/")
    assert answer.status_code == 404
    client(lab[1]).create(POD, pod("p"))
    answer = lab[0].get(f"/api/clusters/{lab[1]}/scheduling/default/p/?attempt=x")
    assert answer.status_code == 400


def test_a_long_matrix_is_sent_in_parts(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST_ROWS", 1)
    client(lab[1]).create(POD, pod("huge", "40"))
    lab[2].advance(5_000)
    parts = [ask(lab, f"scheduling/default/huge/?start={start}")["matrix"] for start in (0, 1, 2)]
    assert [(len(part["rows"]), part["rows_total"], part["truncated"]) for part in parts] == [
        (1, 2, True),
        (1, 2, False),
        (0, 2, False),
    ]
    assert parts[0]["rows"][0]["node"] != parts[1]["rows"][0]["node"]
    answer = lab[0].get(f"/api/clusters/{lab[1]}/scheduling/default/huge/?start=-1")
    assert answer.status_code == 400
    assert answer.json()["error"]["details"]["fields"] == {"start": ["A whole number is needed."]}


def test_nobody_else_sees_any_of_it(lab: Lab, stranger: Browser) -> None:
    for path in (
        "scheduling/",
        "scheduling/default/p/",
        "scheduler/configuration/",
        "scheduler/drain/node-1/",
    ):
        assert stranger.get(f"/api/clusters/{lab[1]}/{path}").status_code == 404


# --- fixes


def test_a_fix_is_offered_and_done_to_the_deployment_behind_the_pod(lab: Lab) -> None:
    client(lab[1]).create(DEPLOYMENT, deployment("web", 1, "6"))
    lab[2].advance(5_000)
    (waiting,) = ask(lab, "scheduling/")["pending"]
    path = f"scheduling/default/{waiting['name']}/fixes/"
    (fix,) = tell(lab, path, {})["fixes"]
    assert (fix["sentence"], fix["proven"]) == ("Lower the pod's request of cpu to 4.", True)
    assert tell(lab, path, {"take": fix["change"]}) == {"changed": "Deployment web"}
    lab[2].advance(20_000)
    (running,) = client(lab[1]).list(POD, "default")
    assert running["spec"]["containers"][0]["resources"]["requests"] == {"cpu": "4"}
    assert running["status"]["phase"] == "Running"


def test_a_bare_pod_is_made_anew(lab: Lab) -> None:
    client(lab[1]).create(POD, pod("p", nodeSelector={"disk": "ssd"}))
    lab[2].advance(5_000)
    path = "scheduling/default/p/fixes/"
    sentences = [fix["sentence"] for fix in tell(lab, path, {})["fixes"]]
    assert sentences[:1] == ["Label node-1 with disk=ssd."]
    assert tell(lab, path, {"take": "drop the node selector"}) == {"changed": "Pod p, made anew"}
    lab[2].advance(5_000)
    assert client(lab[1]).get(POD, Key("default", "p"))["spec"]["nodeName"]
    assert tell(lab, path, {})["fixes"] == []


def test_a_node_is_labelled_or_added(lab: Lab) -> None:
    client(lab[1]).create(POD, pod("p", nodeSelector={"disk": "ssd"}))
    lab[2].advance(5_000)
    told = tell(lab, "scheduling/default/p/fixes/", {"take": "label a node disk=ssd"})
    assert told == {"changed": "Node node-1"}
    lab[2].advance(20_000)
    assert client(lab[1]).get(POD, Key("default", "p"))["spec"]["nodeName"] == "node-1"
    for name in ("a", "b", "c"):
        client(lab[1]).create(POD, pod(name, "3"))
    lab[2].advance(5_000)
    (waiting,) = ask(lab, "scheduling/")["pending"]
    path = f"scheduling/default/{waiting['name']}/fixes/"
    assert tell(lab, path, {"take": "one more node like node-1"}) == {"changed": "Node node-3"}
    lab[2].advance(60_000)
    assert client(lab[1]).get(POD, Key("default", waiting["name"]))["spec"]["nodeName"] == "node-3"


def test_a_fix_that_is_none_is_refused(lab: Lab) -> None:
    client(lab[1]).create(POD, pod("p", "40"))
    lab[2].advance(5_000)
    tell(lab, "scheduling/default/p/fixes/", {"take": "magic"}, status=404)


# --- configuration


def test_a_configuration_takes_effect_at_once(lab: Lab) -> None:
    found = tell(lab, "scheduler/configuration/", {"configuration": PACK}, method="PUT")
    assert found["configuration"] == PACK
    for name in ("a", "b", "c"):
        client(lab[1]).create(POD, pod(name, "500m"))
    lab[2].advance(5_000)
    assert len({each["spec"]["nodeName"] for each in client(lab[1]).list(POD, "default")}) == 1
    assert (
        tell(lab, "scheduler/configuration/", {"configuration": None}, method="PUT")["configuration"] is None
    )


def test_a_wrong_configuration_is_refused_with_field_and_line(lab: Lab) -> None:
    text = (
        HEAD
        + "profiles:\n- plugins:\n    score:\n      enabled:\n      - name: ImageLocality\n        weight: 0\n"
    )
    answer = tell(lab, "scheduler/configuration/", {"configuration": text}, method="PUT", status=400)
    assert answer["error"]["details"]["fields"] == {
        "profiles[0].plugins.score.enabled[0].weight": [
            "Invalid value: 0: must be between 1 and 2147483647; to switch a plugin off list it under disabled (line 8)"
        ]
    }
    assert ask(lab, "scheduler/configuration/")["configuration"] is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("a: [", "line 2, column 1: ", id="no YAML"),
        pytest.param("", "must be one document, not 0", id="empty"),
        pytest.param(f"{HEAD}---\n{HEAD}", "must be one document, not 2", id="two"),
        pytest.param("#" * 300_000, "has more than 262,144 characters", id="too long"),
    ],
)
def test_what_is_no_configuration_at_all(lab: Lab, text: str, message: str) -> None:
    answer = tell(lab, "scheduler/configuration/", {"configuration": text}, method="PUT", status=400)
    (found,) = answer["error"]["details"]["fields"]["configuration"]
    assert message in found


# --- what if


def test_a_configuration_is_tried_without_touching_the_cluster(lab: Lab) -> None:
    client(lab[1]).create(DEPLOYMENT, deployment("web", 4, "500m"))
    lab[2].advance(10_000)
    before = client(lab[1]).list(POD, "default")
    found = tell(lab, "scheduler/what-if/", {"configuration": PACK, "reschedule": True})
    assert found["placed"] == {"before": 4, "after": 4}
    assert found["rested"]
    after = {(each["workload"], each["after"]) for each in found["placement"]}
    assert after == {("default/Deployment/web", 4), ("default/Deployment/web", 0)}
    assert found["balance"]["cpu"]["before"] == {"least": 25.0, "mean": 25.0, "most": 25.0, "deviation": 0.0}
    assert found["balance"]["cpu"]["after"]["deviation"] == 25.0
    assert client(lab[1]).list(POD, "default") == before
    assert ask(lab, "scheduler/configuration/")["configuration"] is None


def test_manifests_are_tried_and_who_is_evicted_is_told(lab: Lab) -> None:
    client(lab[1]).create(POD, pod("low", "3"))
    client(lab[1]).create(POD, pod("other", "3"))
    lab[2].advance(10_000)
    urgent = pod("urgent", "3", priorityClassName="system-cluster-critical")
    urgent["metadata"]["namespace"] = "kube-system"
    found = tell(lab, "scheduler/what-if/", {"manifests": [urgent]})
    assert len(found["evicted"]) == 1
    assert {"workload": "kube-system/Pod/urgent", "before": 0, "after": 1}.items() <= next(
        each for each in found["placement"] if "urgent" in each["workload"]
    ).items()


def test_a_manifest_that_is_refused_is_told(lab: Lab) -> None:
    text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n  containers: []\n"
    answer = tell(lab, "scheduler/what-if/", {"manifests": text}, status=422)
    assert "spec.containers: Required value" in answer["error"]["message"]
    answer = tell(lab, "scheduler/what-if/", {"manifests": "a: ["}, status=400)
    assert "line 2, column 1: " in answer["error"]["details"]["fields"]["manifests"][0]
    answer = tell(
        lab, "scheduler/what-if/", {"manifests": [{"kind": "Odd", "metadata": {"name": "x"}}]}, status=404
    )
    assert answer["error"]["message"].startswith('no matches for kind "Odd"')


# --- capacity and drain


def test_how_many_more_fit_and_what_stops_the_next(lab: Lab) -> None:
    found = tell(lab, "scheduler/capacity/", {"pod": pod("p", "1500m")})
    assert (found["more"], found["by_node"]) == (4, {"node-1": 2, "node-2": 2})
    assert found["stopped_by"] == "0/2 nodes are available: 2 Insufficient cpu."
    found = tell(lab, "scheduler/capacity/", {"pod": deployment("web", 1, "3"), "limit": 1})
    assert (found["more"], found["stopped_by"]) == (1, "")


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"metadata": {"name": "x"}, "kind": "Service", "spec": {}}, id="no template"),
        pytest.param(
            {"metadata": {"name": "x"}, "kind": "Pod", "spec": {"containers": 3}}, id="no containers"
        ),
        pytest.param(7, id="no object"),
        pytest.param([1], id="a list of numbers"),
    ],
)
def test_what_is_no_pod(lab: Lab, given: Any) -> None:
    tell(lab, "scheduler/capacity/", {"pod": given}, status=400)


def test_a_pod_that_the_api_server_refuses(lab: Lab) -> None:
    wrong = pod("p", "-1")
    assert (
        "must be greater than or equal to 0"
        in tell(lab, "scheduler/capacity/", {"pod": wrong}, status=422)["error"]["message"]
    )


def test_a_drain_is_looked_at_beforehand(lab: Lab) -> None:
    client(lab[1]).create(DEPLOYMENT, deployment("web", 2, "2500m"))
    lab[2].advance(10_000)
    found = ask(lab, "scheduler/drain/node-1/")
    (leaving,) = found["leaving"]
    assert leaving["controller"].startswith("ReplicaSet/web-")
    assert leaving["message"] == "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable."
    assert not found["smooth"]
    assert not client(lab[1]).get(NODE, Key("", "node-1"))["spec"].get("unschedulable")
    assert lab[0].get(f"/api/clusters/{lab[1]}/scheduler/drain/node-9/").status_code == 404
