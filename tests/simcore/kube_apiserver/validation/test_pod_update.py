"""What may change in a pod that exists."""

from typing import Any

import pytest

from simcore.kube_apiserver.resources.pod import PodStrategy
from tests.simcore.kube_apiserver.minimal import UNSET, context, created, edited, minimal, update_faults

GATES = [{"name": "example.com/a"}, {"name": "example.com/b"}]
OTHER_FIELDS = (
    "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
    "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n"
)
TOLERATION = {"key": "a", "operator": "Exists", "effect": "NoExecute"}
TERM = {"matchExpressions": [{"key": "a", "operator": "Exists"}]}


def required_nodes(*terms: Any) -> dict[str, Any]:
    needed = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": list(terms)}}
    return {"nodeAffinity": needed}


ALLOWED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "another image": ({}, {"spec.containers.0.image": "busybox:2"}),
    "a deadline": ({}, {"spec.activeDeadlineSeconds": 5}),
    "a shorter deadline": ({"spec__activeDeadlineSeconds": 5}, {"spec.activeDeadlineSeconds": 4}),
    "one more toleration": ({}, {"spec.tolerations": [TOLERATION]}),
    "other seconds of a toleration": (
        {"spec__tolerations": [TOLERATION]},
        {"spec.tolerations": [{**TOLERATION, "tolerationSeconds": 5}]},
    ),
    "a gate less": ({"spec__schedulingGates": GATES}, {"spec.schedulingGates": GATES[:1]}),
    "a grace period that was negative": (
        {"spec__terminationGracePeriodSeconds": -5},
        {"spec.terminationGracePeriodSeconds": 1},
    ),
    "one more node label of a gated pod": (
        {"spec__schedulingGates": GATES, "spec__nodeSelector": {"a": "b"}},
        {"spec.nodeSelector": {"a": "b", "c": "d"}},
    ),
    "node affinity of a gated pod": (
        {"spec__schedulingGates": GATES},
        {"spec.affinity": required_nodes(TERM)},
    ),
    "one more condition on the nodes of a gated pod": (
        {"spec__schedulingGates": GATES, "spec__affinity": required_nodes(TERM)},
        {
            "spec.affinity": required_nodes(
                {"matchExpressions": [*TERM["matchExpressions"], {"key": "b", "operator": "Exists"}]}
            )
        },
    ),
}


@pytest.mark.parametrize(("before", "changes"), ALLOWED.values(), ids=ALLOWED)
def test_an_update_may_bring(before: dict[str, Any], changes: dict[str, Any]) -> None:
    assert update_faults(minimal("Pod", **before), changes) == []


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "one more container": (
        {},
        {"spec.containers.1": {"name": "d", "image": "x"}},
        ["spec.containers: Forbidden: pod updates may not add or remove containers"],
    ),
    "a longer deadline": (
        {"spec__activeDeadlineSeconds": 5},
        {"spec.activeDeadlineSeconds": 6},
        ["spec.activeDeadlineSeconds: Invalid value: 6: must be less than or equal to previous value"],
    ),
    "no deadline any more": (
        {"spec__activeDeadlineSeconds": 5},
        {"spec.activeDeadlineSeconds": UNSET},
        [
            "spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value"
        ],
    ),
    "a toleration less": (
        {"spec__tolerations": [TOLERATION]},
        {"spec.tolerations": []},
        ["spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds"],
    ),
    "a new gate": (
        {"spec__schedulingGates": GATES[:1]},
        {"spec.schedulingGates": GATES},
        [
            "spec.schedulingGates[1].name: Forbidden: only deletion is allowed, but found new scheduling gate "
            "'example.com/b'"
        ],
    ),
    "another node label of a gated pod": (
        {"spec__schedulingGates": GATES, "spec__nodeSelector": {"a": "b"}},
        {"spec.nodeSelector": {"a": "c"}},
        [
            'spec.nodeSelector: Invalid value: {"a":"c"}: only additions to spec.nodeSelector are allowed (no '
            "mutations or deletions)"
        ],
    ),
}


@pytest.mark.parametrize(("before", "changes", "told"), REFUSED.values(), ids=REFUSED)
def test_an_update_is_refused_for(before: dict[str, Any], changes: dict[str, Any], told: list[str]) -> None:
    assert update_faults(minimal("Pod", **before), changes) == told


@pytest.mark.parametrize(
    "changes",
    [
        {"spec.nodeName": "n"},
        {"spec.hostname": "h"},
        {"spec.containers.0.command": ["x"]},
        {"spec.nodeSelector": {"a": "b"}},
    ],
    ids=["a node", "a host name", "a command", "a node label"],
)
def test_everything_else_is_refused_with_the_difference(changes: dict[str, Any]) -> None:
    told = update_faults(minimal("Pod"), changes)
    assert len(told) == 1
    assert told[0].startswith(OTHER_FIELDS)
    assert "core.PodSpec{" in told[0]


def test_the_difference_names_the_field_with_both_values() -> None:
    told = update_faults(minimal("Pod"), {"spec.hostname": "h"})[0]
    assert '- \tHostname: nil,\n+ \tHostname: "h",' in told


def test_a_binding_may_bring_the_node_with_its_condition() -> None:
    strategy, pod = PodStrategy(), created(minimal("Pod"))
    condition = {"type": "PodScheduled", "status": "True"}
    bound = edited(pod, {"spec.nodeName": "n", "status.conditions": [condition]})
    bound = strategy.prepare_update(bound, pod, context(subresource="binding"))
    assert strategy.validate_update(bound, pod) == []


def test_the_quality_of_service_can_not_change() -> None:
    pod = created(minimal("Pod"))
    new = edited(pod, {"status.qosClass": "Guaranteed"})
    told = PodStrategy().validate_status(new, pod)
    assert [(f.path, f.message) for f in told] == [
        ("status.qosClass", 'Invalid value: "Guaranteed": field is immutable')
    ]


@pytest.mark.parametrize(
    ("policy", "code", "is_refused"),
    [("Never", 1, True), ("OnFailure", 0, True), ("OnFailure", 1, False), ("Always", 0, False)],
)
def test_a_container_that_ended_for_good_does_not_come_back(policy: str, code: int, is_refused: bool) -> None:
    ended = {"name": "c", "state": {"terminated": {"exitCode": code}}}
    pod = created(minimal("Pod", spec__restartPolicy=policy))
    pod = edited(pod, {"status.containerStatuses": [ended]})
    new = edited(pod, {"status.containerStatuses": [{"name": "c", "state": {"running": {}}}]})
    assert bool(PodStrategy().validate_status(new, pod)) == is_refused
