"""What a kubelet refuses, in the words of v1.36."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import NODE
from simcore.apimachinery.meta import Obj
from simcore.kubelet.admission import NOTHING, Amounts, amounts, rejection, requests_of
from tests.simcore.kubelet.conftest import Site

ROOM = amounts({"cpu": "4", "memory": "8Gi", "ephemeral-storage": "100Gi", "pods": "110"})
NODE_1: Obj = {"metadata": {"name": "node-1", "labels": {"disk": "ssd", "cores": "16"}}, "spec": {}}
AFFINITY = (
    "NodeAffinity",
    "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
)
TAINTS = (
    "TaintToleration",
    "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
)
TAINT = {"key": "gpu", "value": "a", "effect": "NoExecute"}


def pod(**spec: Any) -> Obj:
    return {"metadata": {"name": "web"}, "spec": {"containers": [{"name": "main"}]} | spec}


def asking(**requests: str) -> Obj:
    named = {name.replace("_", "-"): amount for name, amount in requests.items()}
    return {"name": "c", "resources": {"requests": named}}


def affinity(*expressions: Obj, fields: tuple[Obj, ...] = ()) -> Obj:
    term = {"matchExpressions": [*expressions]} | ({"matchFields": [*fields]} if fields else {})
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
    return {"affinity": {"nodeAffinity": required}}


def verdict(subject: Obj, node: Obj | None = NODE_1, used: Amounts = NOTHING) -> tuple[str, str] | None:
    return rejection(subject, node, requests_of(subject), used, ROOM)


@pytest.mark.parametrize(
    ("container", "used", "reason", "message"),
    [
        (
            asking(cpu="3500m"), Amounts(600, 0, 0, 1), "OutOfcpu",
            "Node didn't have enough resource: cpu, requested: 3500, used: 600, capacity: 4000",
        ),
        (
            asking(memory="9Gi"), NOTHING, "OutOfmemory",
            "Node didn't have enough resource: memory, requested: 9663676416, used: 0, capacity: 8589934592",
        ),
        (
            asking(ephemeral_storage="101Gi"), NOTHING, "OutOfephemeral-storage",
            "Node didn't have enough resource: ephemeral-storage, requested: 108447924224, used: 0, "
            "capacity: 107374182400",
        ),
        (
            asking(), Amounts(0, 0, 0, 110), "OutOfpods",
            "Node didn't have enough resource: pods, requested: 1, used: 110, capacity: 110",
        ),
    ],
    ids=["cpu", "memory", "ephemeral-storage", "pods"],
)  # fmt: skip
def test_a_pod_that_does_not_fit_is_out_of(container: Obj, used: Amounts, reason: str, message: str) -> None:
    assert verdict(pod(containers=[container]), used=used) == (reason, message)


def test_what_fits_exactly_is_accepted() -> None:
    assert verdict(pod(containers=[asking(cpu="3")]), used=Amounts(1000, 0, 0, 109)) is None


def test_nothing_asked_is_nothing_missed() -> None:
    """Even on a node that is over its limit already."""
    assert verdict(pod(), used=Amounts(9000, 0, 0, 5)) is None


@pytest.mark.parametrize(
    ("spec", "cpu"),
    [
        ({"containers": [asking(cpu="1"), asking(cpu="500m")]}, 1500),
        ({"containers": [asking(cpu="1")], "initContainers": [asking(cpu="3"), asking(cpu="2")]}, 3000),
        (
            {
                "containers": [asking(cpu="1")],
                "initContainers": [asking(cpu="1") | {"restartPolicy": "Always"}],
            },
            2000,
        ),
        (
            {
                "containers": [asking(cpu="1")],
                "initContainers": [asking(cpu="1") | {"restartPolicy": "Always"}, asking(cpu="3")],
            },
            4000,
        ),
        ({"containers": [asking(cpu="1")], "overhead": {"cpu": "250m"}}, 1250),
    ],
    ids=[
        "containers add up",
        "the largest init container",
        "sidecars add up",
        "init beside a sidecar",
        "overhead",
    ],
)
def test_a_pod_asks_for_its_most_demanding_moment(spec: Obj, cpu: int) -> None:
    assert requests_of(pod(**spec)).cpu == cpu


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"nodeSelector": {"disk": "ssd"}}, None),
        ({"nodeSelector": {"disk": "hdd"}}, AFFINITY),
        (affinity({"key": "disk", "operator": "In", "values": ["ssd", "nvme"]}), None),
        (affinity({"key": "disk", "operator": "NotIn", "values": ["ssd"]}), AFFINITY),
        (affinity({"key": "cores", "operator": "Gt", "values": ["8"]}), None),
        (affinity({"key": "cores", "operator": "Lt", "values": ["8"]}), AFFINITY),
        (affinity({"key": "disk", "operator": "Gt", "values": ["8"]}), AFFINITY),
        (affinity(), AFFINITY),
        (affinity(fields=({"key": "metadata.name", "operator": "In", "values": ["node-1"]},)), None),
        (affinity(fields=({"key": "metadata.name", "operator": "In", "values": ["node-2"]},)), AFFINITY),
    ],
    ids=[
        "selector",
        "other selector",
        "In",
        "NotIn",
        "Gt",
        "Lt",
        "Gt of a word",
        "empty term",
        "field",
        "other field",
    ],
)
def test_selector_and_required_affinity_must_match_the_node(
    spec: Obj, expected: tuple[str, str] | None
) -> None:
    assert verdict(pod(**spec)) == expected


@pytest.mark.parametrize(
    ("tolerations", "expected"),
    [
        ([], TAINTS),
        ([{"operator": "Exists"}], None),
        ([{"key": "gpu", "operator": "Exists", "effect": "NoExecute"}], None),
        ([{"key": "gpu", "value": "a"}], None),
        ([{"key": "gpu", "operator": "Equal", "value": "b"}], TAINTS),
        ([{"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}], TAINTS),
    ],
    ids=["none", "all", "key and effect", "equal", "other value", "other effect"],
)
def test_a_no_execute_taint_must_be_tolerated(
    tolerations: list[Obj], expected: tuple[str, str] | None
) -> None:
    node = {**NODE_1, "spec": {"taints": [TAINT]}}
    assert verdict(pod(tolerations=tolerations), node) == expected


def test_other_taints_are_the_scheduler_s_business() -> None:
    assert verdict(pod(), {**NODE_1, "spec": {"taints": [{"key": "gpu", "effect": "NoSchedule"}]}}) is None


def test_another_operating_system_and_a_missing_node_are_refused() -> None:
    text = "Failed to admit pod as the OS field doesn't match node OS"
    assert verdict(pod(os={"name": "windows"})) == ("PodOSNotSupported", text)
    assert verdict(pod(), None) == ("InvalidNodeInfo", "Kubelet cannot get node info.")


def test_a_rejected_pod_has_failed_with_the_reason_and_one_event(site: Site) -> None:
    status = site.run(resources={"requests": {"cpu": "100"}})["status"]
    text = "Node didn't have enough resource: cpu, requested: 100000, used: 0, capacity: 4000"
    assert (status["phase"], status["reason"], status["message"]) == (
        "Failed", "OutOfcpu", f"Pod was rejected: {text}"
    )  # fmt: skip
    assert "containerStatuses" not in status
    assert site.events() == [("OutOfcpu", text)]


def test_a_rejected_pod_stays_rejected_when_room_comes(site: Site) -> None:
    site.run("big", resources={"requests": {"cpu": "4"}})
    site.run(resources={"requests": {"cpu": "1"}})
    site.delete("big", grace_s=0)
    site.advance(60_000)
    assert site.pod()["status"]["phase"] == "Failed"


def test_a_finished_pod_asks_for_nothing_any_more(site: Site) -> None:
    request = {"requests": {"cpu": "4"}}
    site.run("done", image="busybox", command=["true"], restartPolicy="Never", resources=request)
    assert site.run(resources=request)["status"]["phase"] == "Running"


def test_labels_given_to_the_node_later_count(site: Site) -> None:
    site.plane.patch(NODE, "node-1", {"metadata": {"labels": {"disk": "ssd"}}})
    site.advance(0)
    assert site.run(nodeSelector={"disk": "ssd"})["status"]["phase"] == "Running"
