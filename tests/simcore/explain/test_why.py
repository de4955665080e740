"""Why things are as they are: one sentence, proven by revisions."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import DEPLOYMENT, NODE, POD, REPLICA_SET, SERVICE, Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.faults import FaultKind
from simcore.explain.why.why import Why
from tests.kit.manifests import deployment, pod
from tests.simcore.explain.conftest import Told


def asked(found: Why | None) -> Why:
    assert found is not None
    return found


def service(name: str, **selector: str) -> Obj:
    spec = {"selector": selector, "ports": [{"port": 80}]} if selector else {"ports": [{"port": 80}]}
    meta = {"name": name, "namespace": "default"}
    return {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": spec}


def broken(name: str, *command: str, replicas: int = 1) -> Obj:
    """A Deployment whose container runs a command."""
    made = deployment(name, replicas, image="busybox:1.36")
    made["spec"]["template"]["spec"]["containers"][0]["command"] = list(command)
    return made


def name_of(told: Told, kind: Kind, prefix: str) -> str:
    names = [obj["metadata"]["name"] for obj in told.user.list(kind)]
    return next(name for name in names if name.startswith(prefix))


def test_a_pod_that_nobody_can_take_repeats_what_the_scheduler_says(told: Told) -> None:
    made = told.given(pod("big", nodeSelector={"disk": "ssd"}))
    found = asked(told.why(POD, "big"))
    assert found.verdict.state == "bad"
    assert found.verdict.sentence.startswith(
        "No node takes it: 0/3 nodes are available: 3 node(s) didn't match"
    )
    assert found.verdict.proofs[0].rev > made
    assert found.here is None


def test_a_ready_pod_says_since_when(told: Told) -> None:
    made = told.given(pod("web"))
    found = asked(told.why(POD, "web"))
    assert found.verdict.state == "ok"
    assert found.verdict.sentence == "It is ready: all its containers run and are ready."
    since = found.verdict.proofs[0].rev
    before = asked(told.why(POD, "web", at=since - 1))
    assert before.verdict.state == "wait"
    assert (
        asked(told.why(POD, "web", at=made)).verdict.sentence == "It waits for default-scheduler to place it."
    )


def test_a_pod_is_where_the_scheduler_put_it_and_when(told: Told) -> None:
    made = told.given(pod("web"))
    here = asked(told.why(POD, "web")).here
    assert here is not None
    assert here.sentence.startswith("kube-scheduler chose node-")
    assert here.proofs[0].rev == made
    named = {**pod("fixed"), "spec": {**pod("fixed")["spec"], "nodeName": "node-2"}}
    told.given(named)
    fixed = asked(told.why(POD, "fixed")).here
    assert fixed is not None
    assert fixed.sentence == "Its manifest names node-2."


def test_a_crashing_container_is_named_with_its_exit_code(told: Told) -> None:
    told.given(broken("bad", "sh", "-c", "exit 3"), quiet_ms=2_000)
    name = name_of(told, POD, "bad")
    found = asked(told.why(POD, name))
    assert found.verdict.state == "bad"
    assert "exit code 3" in found.verdict.sentence
    above = asked(told.why(DEPLOYMENT, "bad"))
    assert above.verdict.state == "bad"
    assert f"Pod {name}:" in above.verdict.sentence


def test_an_image_that_is_not_there_is_named(told: Told) -> None:
    told.given(pod("gone", image="nginx:missing"), quiet_ms=2_000)
    found = asked(told.why(POD, "gone"))
    assert found.verdict.state == "bad"
    assert found.verdict.sentence.startswith("The image nginx:missing of container main can't be pulled")


def test_a_pod_exists_because_of_the_owners_above_it_and_the_user_at_the_top(told: Told) -> None:
    made = told.given(deployment("web", 2))
    rs = name_of(told, REPLICA_SET, "web")
    exists = asked(told.why(POD, name_of(told, POD, "web"))).exists
    assert exists.sentence == (
        f"replicaset-controller created it for ReplicaSet {rs}, which belongs to Deployment web; "
        "it began when user:dana created Deployment web."
    )
    assert exists.proofs[0].rev == made


def test_what_a_user_made_exists_because_of_the_user(told: Told) -> None:
    made = told.given(pod("web"))
    exists = asked(told.why(POD, "web")).exists
    assert exists.sentence == "user:dana created it."
    assert [proof.rev for proof in exists.proofs] == [made]


def test_a_complete_deployment_says_so_and_an_earlier_one_says_what_is_missing(told: Told) -> None:
    made = told.given(deployment("web", 3))
    found = asked(told.why(DEPLOYMENT, "web"))
    assert (found.verdict.state, found.verdict.sentence) == ("ok", "All 3 replicas are available.")
    assert asked(told.why(DEPLOYMENT, "web", at=made)).verdict.state == "wait"
    assert asked(told.why(REPLICA_SET, name_of(told, REPLICA_SET, "web"))).verdict.state == "ok"


def test_a_deployment_without_replicas_is_fine(told: Told) -> None:
    told.given(deployment("web", 0))
    assert asked(told.why(DEPLOYMENT, "web")).verdict.sentence == "It wants no replicas and has none."


def test_a_node_that_was_switched_off_is_lost_for_that_reason(told: Told) -> None:
    off = told.switch_off("node-2")
    told.cluster.advance(60_000)
    found = asked(told.why(NODE, "node-2"))
    assert found.verdict.state == "bad"
    assert found.verdict.sentence == "Its machine is off, so its kubelet has stopped answering."
    assert found.verdict.proofs[0].rev == off
    assert asked(told.why(NODE, "node-1")).verdict.sentence == "It is ready and takes pods."


@pytest.mark.parametrize(
    ("cut", "lacks"),
    [("kubelet", "its kubelet was stopped"), ("network", "it is cut off from the network")],
    ids=["no kubelet", "no network"],
)
def test_a_node_whose_kubelet_is_not_heard_says_what_is_missing(
    told: Told, cut: FaultKind, lacks: str
) -> None:
    fault = told.broken(cut, "node-2")
    told.cluster.advance(60_000)
    verdict = asked(told.why(NODE, "node-2")).verdict
    assert verdict.sentence == f"Nothing is heard of it, because {lacks}. Its containers go on."
    assert verdict.proofs[0] == (fault, lacks)


def test_pods_of_a_lost_node_blame_the_node(told: Told) -> None:
    told.given(pod("web", nodeName="node-2"))
    off = told.switch_off("node-2")
    told.cluster.advance(60_000)
    found = asked(told.why(POD, "web")).verdict
    assert found.sentence == (
        "Its node node-2 is lost: its machine is off, so its kubelet has stopped answering."
    )
    assert found.proofs[0] == (off, "the machine was switched off")


def test_a_cordoned_node_takes_no_new_pods(told: Told) -> None:
    node = told.user.get(NODE, Key("", "node-1"))
    told.user.update(NODE, {**node, "spec": {**node.get("spec", {}), "unschedulable": True}})
    found = asked(told.why(NODE, "node-1"))
    assert (found.verdict.state, found.verdict.proofs[0].text) == ("wait", "cordoned")


@pytest.mark.parametrize(
    ("selector", "state", "sentence"),
    [
        pytest.param({"app": "web"}, "ok", "It sends to 2 ready pods of 2.", id="ready pods"),
        pytest.param(
            {"app": "other"},
            "bad",
            "No pod in default has the labels app=other, so it has no endpoints.",
            id="no pods",
        ),
        pytest.param(
            {}, "ok", "It has no selector: its endpoints are somebody else's to write.", id="no selector"
        ),
    ],
)
def test_a_service_answers_when_ready_pods_have_its_labels(
    told: Told, selector: dict[str, str], state: str, sentence: str
) -> None:
    told.given(deployment("web", 2), service("web", **selector))
    found = asked(told.why(SERVICE, "web"))
    assert (found.verdict.state, found.verdict.sentence) == (state, sentence)


def test_a_service_whose_pods_are_not_ready_says_why(told: Told) -> None:
    told.given(deployment("web", image="nginx:missing"), service("web", app="web"), quiet_ms=2_000)
    found = asked(told.why(SERVICE, "web"))
    assert found.verdict.state == "bad"
    assert "can't be pulled" in found.verdict.sentence


def test_a_pod_that_was_told_to_stop_says_by_whom(told: Told) -> None:
    told.given(pod("web"))
    told.user.delete(POD, Key("default", "web"))
    found = asked(told.why(POD, "web"))
    assert found.verdict.state == "wait"
    assert found.verdict.sentence.startswith("It was told to stop by user:dana; its containers have 30 s")


def test_there_is_no_answer_about_what_is_not_there(told: Told) -> None:
    assert told.why(POD, "nobody") is None
