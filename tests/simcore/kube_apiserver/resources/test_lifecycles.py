"""What creation, update and deletion do to objects besides checking them."""

from typing import Any

import pytest

from simcore.apimachinery.errors import BadRequest
from simcore.kube_apiserver.resources.base import MOST_REMEMBERED, Remembered
from simcore.kube_apiserver.resources.pod import PodStrategy
from simcore.kube_apiserver.resources.quality_of_service import quality_of_service
from tests.simcore.kube_apiserver.minimal import context, created, edited, minimal, strategy_of


def test_a_new_pod_is_pending() -> None:
    pod = created(minimal("Pod", status__phase="Running"))
    assert pod["status"] == {"phase": "Pending", "qosClass": "BestEffort"}


def test_a_gated_pod_says_that_it_is() -> None:
    pod = created(minimal("Pod", spec__schedulingGates=[{"name": "example.com/a"}]))
    [condition] = pod["status"]["conditions"]
    assert (condition["type"], condition["status"], condition["reason"], condition["message"]) == (
        "PodScheduled",
        "False",
        "SchedulingGated",
        "Scheduling is blocked due to non-empty scheduling gates",
    )


def asking(requests: Any = None, limits: Any = None) -> dict[str, Any]:
    given = {"requests": requests, "limits": limits}
    return {"name": "c", "resources": {side: amounts for side, amounts in given.items() if amounts}}


BOTH = {"cpu": "1", "memory": "1Gi"}


@pytest.mark.parametrize(
    ("containers", "name"),
    [
        ([asking()], "BestEffort"),
        ([asking(BOTH, BOTH)], "Guaranteed"),
        ([asking({"cpu": "1000m", "memory": "1024Mi"}, BOTH)], "Guaranteed"),
        ([asking(BOTH, BOTH), asking()], "Burstable"),
        ([asking({"cpu": "1"})], "Burstable"),
        ([asking({"cpu": "1"}, {"cpu": "1"})], "Burstable"),
        ([asking({"example.com/gpu": "1"}, {"example.com/gpu": "1"})], "BestEffort"),
        ([asking({"cpu": "0"})], "BestEffort"),
    ],
    ids=["nothing", "all", "all in other words", "one without", "requests", "no memory", "a device", "zero"],
)
def test_the_quality_of_service_follows_from(containers: list[Any], name: str) -> None:
    assert quality_of_service({"containers": containers}) == name


@pytest.mark.parametrize(
    ("changes", "asked", "grace_s"),
    [
        ({}, None, 0),
        ({"spec.nodeName": "n"}, None, 30),
        ({"spec.nodeName": "n"}, 5, 5),
        ({"spec.nodeName": "n", "status.phase": "Succeeded"}, 5, 0),
        ({"spec.nodeName": "n", "spec.terminationGracePeriodSeconds": -5}, None, 1),
    ],
    ids=["on no node", "on a node", "as asked", "ended", "negative"],
)
def test_a_pod_gets_time_to_end(changes: dict[str, Any], asked: int | None, grace_s: int) -> None:
    pod = edited(created(minimal("Pod")), changes)
    assert PodStrategy().grace_s(pod, asked) == grace_s


def test_pods_of_one_template_share_their_spec() -> None:
    strategy, template = PodStrategy(), {"containers": [{"name": "c", "image": "x"}]}
    first, second = (strategy.default({**minimal("Pod"), "spec": template}) for _ in range(2))
    assert first["spec"] is second["spec"]
    assert strategy.default(first) is first


def test_fields_of_pods_can_be_selected() -> None:
    strategy, pod = PodStrategy(), edited(created(minimal("Pod")), {"spec.nodeName": "n"})
    assert [strategy.field(pod, path) for path in ("spec.nodeName", "spec.hostNetwork", "status.phase")] == [
        "n",
        "false",
        "Pending",
    ]
    assert strategy.field(edited(pod, {"spec.hostNetwork": True}), "spec.hostNetwork") == "true"


def test_an_update_can_not_touch_the_status() -> None:
    deployment = created(minimal("Deployment"))
    strategy = strategy_of(deployment)
    new = strategy.prepare_update(edited(deployment, {"status": {"replicas": 9}}), deployment, context())
    assert new["status"] == {}


def test_a_namespace_has_its_finalizer_and_its_name_as_a_label() -> None:
    namespace = created(minimal("Namespace"))
    assert namespace["spec"] == {"finalizers": ["kubernetes"]}
    assert namespace["metadata"]["labels"] == {"kubernetes.io/metadata.name": "x"}
    assert strategy_of(namespace).is_held(namespace)
    assert strategy_of(namespace).begin_deletion(namespace)["status"] == {"phase": "Terminating"}


def test_only_finalize_takes_the_finalizer_of_a_namespace() -> None:
    namespace = created(minimal("Namespace"))
    strategy, bare = strategy_of(namespace), edited(namespace, {"spec.finalizers": []})
    assert strategy.prepare_update(bare, namespace, context())["spec"] == {"finalizers": ["kubernetes"]}
    assert strategy.prepare_update(bare, namespace, context(subresource="finalize"))["spec"] == {
        "finalizers": []
    }


def test_a_node_brings_its_status() -> None:
    node = created(minimal("Node", status__capacity={"cpu": "4000m"}))
    status = node["status"]
    assert (status["capacity"], status["allocatable"]) == ({"cpu": "4"}, {"cpu": "4"})
    assert status["daemonEndpoints"] == {"kubeletEndpoint": {"Port": 0}}
    assert len(status["nodeInfo"]) == 10 and not any(status["nodeInfo"].values()), "texts without omitempty"


def test_a_daemon_set_counts_its_templates() -> None:
    old = created(minimal("DaemonSet"))
    strategy, name = strategy_of(old), "deprecated.daemonset.template.generation"
    assert old["metadata"]["annotations"] == {name: "1"}
    other = edited(old, {"spec.template.spec.containers.0.image": "b:2"})
    assert strategy.prepare_update(other, old, context())["metadata"]["annotations"] == {name: "2"}
    same = edited(old, {"spec.minReadySeconds": 5})
    assert strategy.prepare_update(same, old, context())["metadata"]["annotations"] == {name: "1"}


def test_plain_texts_of_a_secret_become_data() -> None:
    secret = created(minimal("Secret", stringData={"b": "c"}))
    assert secret["data"] == {"a": "Yg==", "b": "Yw=="}
    assert "stringData" not in secret


def test_an_amount_that_is_none_is_refused_like_a_document_that_can_not_be_read() -> None:
    pod = minimal("Pod", spec__containers__0__resources={"requests": {"cpu": "lots"}})
    with pytest.raises(BadRequest) as refused:
        strategy_of(pod).default(pod)
    assert refused.value.message == (
        'Pod in version "v1" cannot be handled as a Pod: quantities must match the regular expression '
        "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    )


def test_what_is_remembered_is_computed_once_and_forgotten_when_there_is_too_much() -> None:
    asked: list[int] = []

    def number(document: dict[str, Any]) -> int:
        asked.append(document["n"])
        return int(document["n"])

    remembered, documents = Remembered(number), [{"n": n} for n in range(MOST_REMEMBERED + 1)]
    assert [remembered(document) for document in documents] == list(range(MOST_REMEMBERED + 1))
    assert remembered(documents[-1]) == MOST_REMEMBERED
    assert len(asked) == MOST_REMEMBERED + 1
    remembered(documents[0])
    assert asked[-1] == 0
