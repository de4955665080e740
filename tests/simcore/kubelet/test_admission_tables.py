"""Ports, requests, tolerations and affinity terms of admission, case by case."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kubelet.admission import (
    NOTHING,
    Amounts,
    HostPort,
    Rejection,
    amounts,
    clashes,
    host_ports,
    rejection,
    requests_of,
)
from simcore.kubelet.records import PodRecord
from simcore.kubelet.resize import Pending, judge, must_restart, note_wishes, told

GI = 1 << 30
ROOM = Amounts(4_000, 8 * GI, 100 * GI, 110)
AFFINITY = "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"
TAINTS = "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate"


def pod(*containers: Obj, **spec: Any) -> Obj:
    return {
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"containers": [*containers], **spec},
    }


def asking(cpu: str = "", memory: str = "", **fields: Any) -> Obj:
    requests = {name: value for name, value in (("cpu", cpu), ("memory", memory)) if value}
    return {"name": "c", "resources": {"requests": requests}, **fields}


def always(cpu: str) -> Obj:
    return asking(cpu, restartPolicy="Always")


def opened(*ports: Obj) -> Obj:
    return {"name": "c", "ports": [*ports]}


def node(*taints: Obj, **labels: str) -> Obj:
    return {"metadata": {"name": "node-1", "labels": labels}, "spec": {"taints": [*taints]}}


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        ({}, NOTHING),
        ({"cpu": "1"}, Amounts(1_000, 0, 0, 0)),
        ({"cpu": "100m"}, Amounts(100, 0, 0, 0)),
        ({"cpu": "0.5"}, Amounts(500, 0, 0, 0)),
        ({"cpu": "1u"}, Amounts(1, 0, 0, 0)),
        ({"memory": "1Gi"}, Amounts(0, GI, 0, 0)),
        ({"memory": "1G"}, Amounts(0, 10**9, 0, 0)),
        ({"memory": "1500m"}, Amounts(0, 2, 0, 0)),
        ({"ephemeral-storage": "1Ki", "pods": "110"}, Amounts(0, 0, 1_024, 110)),
        ({"example.org/gpu": "1"}, NOTHING),
    ],
    ids=["nothing", "a processor", "a tenth", "a half", "a millionth counts as a thousandth", "binary", "decimal",
         "parts of a byte round up", "others", "unknown"],
)  # fmt: skip
def test_amounts_are_whole_numbers_of_the_units_in_messages(
    resources: dict[str, str], found: Amounts
) -> None:
    assert amounts(resources) == found


@pytest.mark.parametrize(
    ("subject", "cpu"),
    [
        (pod(), 0),
        (pod({"name": "c"}), 0),
        (pod(asking("100m")), 100),
        (pod(asking("100m"), asking("250m")), 350),
        (pod(asking("100m"), initContainers=[asking("50m")]), 100),
        (pod(asking("100m"), initContainers=[asking("900m"), asking("50m")]), 900),
        (pod(asking("100m"), initContainers=[always("200m")]), 300),
        (pod(asking("100m"), initContainers=[always("200m"), asking("300m")]), 500),
        (pod(asking("100m"), initContainers=[asking("300m"), always("200m")]), 300),
        (pod(asking("100m"), initContainers=[always("200m"), asking("50m")]), 300),
        (pod(asking("100m"), initContainers=[always("200m"), always("300m"), asking("1")]), 1_500),
        (pod(asking("100m"), overhead={"cpu": "50m"}), 150),
        (pod(asking("100m"), initContainers=[asking("1")], overhead={"cpu": "50m"}), 1_050),
    ],
    ids=["nothing", "no requests", "one", "two", "small init", "large init", "sidecar", "init after a sidecar",
         "init before a sidecar", "small init after a sidecar", "two sidecars and an init", "overhead",
         "overhead of an init"],
)  # fmt: skip
def test_requests_are_those_of_the_most_demanding_moment(subject: Obj, cpu: int) -> None:
    assert requests_of(subject) == Amounts(cpu, 0, 0, 1)


@pytest.mark.parametrize(
    ("subject", "ports"),
    [
        (pod(opened()), set()),
        (pod(opened({"containerPort": 80})), set()),
        (pod(opened({"containerPort": 80, "hostPort": 0})), set()),
        (pod(opened({"containerPort": 80, "hostPort": 8080})), {("TCP", "0.0.0.0", 8080)}),
        (pod(opened({"containerPort": 53, "hostPort": 53, "protocol": "UDP"})), {("UDP", "0.0.0.0", 53)}),
        (pod(opened({"containerPort": 80, "hostPort": 80, "hostIP": "127.0.0.1"})), {("TCP", "127.0.0.1", 80)}),
        (pod(opened({"hostPort": 1}, {"hostPort": 2})), {("TCP", "0.0.0.0", 1), ("TCP", "0.0.0.0", 2)}),
        (pod(initContainers=[opened({"hostPort": 1})]), set()),
        (pod(initContainers=[opened({"hostPort": 1}) | {"restartPolicy": "Always"}]), {("TCP", "0.0.0.0", 1)}),
    ],
    ids=["none", "not of the host", "zero", "of the host", "UDP", "one address", "two", "init", "sidecar"],
)  # fmt: skip
def test_ports_of_the_host_are_those_that_stay_open(subject: Obj, ports: set[HostPort]) -> None:
    assert host_ports(subject) == ports
    assert clashes(host_ports(subject), frozenset(ports)) is bool(ports)
    assert not clashes(host_ports(subject), frozenset({("SCTP", "0.0.0.0", 1)}))


NO_EXECUTE: Obj = {"key": "gpu", "value": "a", "effect": "NoExecute"}
BARE: Obj = {"key": "gpu", "effect": "NoExecute"}


@pytest.mark.parametrize(
    ("taints", "tolerations", "accepted"),
    [
        ([], [], True),
        ([NO_EXECUTE], [], False),
        ([{**NO_EXECUTE, "effect": "NoSchedule"}], [], True),
        ([{**NO_EXECUTE, "effect": "PreferNoSchedule"}], [], True),
        ([NO_EXECUTE], [{"operator": "Exists"}], True),
        ([NO_EXECUTE], [{"key": "gpu", "operator": "Exists"}], True),
        ([NO_EXECUTE], [{"key": "tpu", "operator": "Exists"}], False),
        ([NO_EXECUTE], [{"key": "gpu", "operator": "Equal", "value": "a"}], True),
        ([NO_EXECUTE], [{"key": "gpu", "value": "a"}], True),
        ([NO_EXECUTE], [{"key": "gpu", "value": "a", "effect": ""}], True),
        ([NO_EXECUTE], [{"key": "gpu", "value": "b"}], False),
        ([NO_EXECUTE], [{"key": "gpu"}], False),
        ([BARE], [{"key": "gpu"}], True),
        ([NO_EXECUTE], [{"key": "gpu", "value": "a", "effect": "NoSchedule"}], False),
        ([NO_EXECUTE, {**BARE, "key": "off"}], [{"key": "gpu", "operator": "Exists"}], False),
        ([NO_EXECUTE, {**BARE, "key": "off"}],
         [{"key": "gpu", "operator": "Exists"}, {"key": "off", "operator": "Exists"}], True),
        ([NO_EXECUTE], [{"key": "gpu", "operator": "Exists", "tolerationSeconds": 10}], True),
    ],
    ids=["no taints", "not tolerated", "no schedule", "rather not", "everything", "the key", "another key", "equal",
         "equal by default", "any effect", "another value", "no value", "neither has a value", "another effect",
         "one of two", "both", "for a while"],
)  # fmt: skip
def test_taints_that_drive_pods_off_have_to_be_tolerated(
    taints: list[Obj], tolerations: list[Obj], accepted: bool
) -> None:
    subject = pod(tolerations=tolerations)
    found = rejection(subject, node(*taints), requests_of(subject), NOTHING, ROOM)
    assert found == (None if accepted else ("TaintToleration", TAINTS))


def term(key: str, operator: str, *values: str) -> Obj:
    return {"matchExpressions": [{"key": key, "operator": operator, "values": [*values]}]}


def terms(*wanted: Obj) -> Obj:
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [*wanted]}}
    return {"affinity": {"nodeAffinity": required}}


@pytest.mark.parametrize(
    ("spec", "accepted"),
    [
        ({}, True),
        ({"nodeSelector": {}}, True),
        ({"nodeSelector": {"disk": "ssd", "cores": "16"}}, True),
        ({"nodeSelector": {"disk": "ssd", "cores": "8"}}, False),
        ({"affinity": {}}, True),
        ({"affinity": {"nodeAffinity": {}}}, True),
        (terms(term("disk", "In", "ssd")), True),
        (terms(term("disk", "In", "hdd")), False),
        (terms(term("disk", "In", "hdd"), term("cores", "Exists")), True),
        (terms(term("disk", "NotIn", "hdd")), True),
        (terms(term("none", "NotIn", "hdd")), True),
        (terms(term("none", "Exists")), False),
        (terms(term("none", "DoesNotExist")), True),
        (terms(term("disk", "DoesNotExist")), False),
        (terms(term("cores", "Gt", "15")), True),
        (terms(term("cores", "Gt", "16")), False),
        (terms(term("cores", "Lt", "17")), True),
        (terms(term("cores", "Lt", "-1")), False),
        (terms(term("cores", "Gt", "many")), False),
        (terms(term("none", "Lt", "17")), False),
        (terms({}), False),
        (terms({}, term("disk", "Exists")), True),
        (terms(term("disk", "Exists") | {"matchFields": [
            {"key": "metadata.name", "operator": "In", "values": ["node-2"]}]}), False),
        ({"nodeSelector": {"disk": "hdd"}} | terms(term("disk", "In", "ssd")), False),
    ],
    ids=["nothing", "empty selector", "selector", "half a selector", "empty", "empty affinity", "In", "not In",
         "one of two terms", "NotIn", "NotIn of no label", "Exists not", "DoesNotExist", "DoesNotExist not", "Gt",
         "not Gt", "Lt", "not Lt", "Gt of a word", "Lt of no label", "empty term", "empty term and another",
         "expression and field", "selector and affinity"],
)  # fmt: skip
def test_a_node_has_to_be_what_the_pod_wants(spec: Obj, accepted: bool) -> None:
    subject = pod(**spec)
    found = rejection(subject, node(disk="ssd", cores="16"), requests_of(subject), NOTHING, ROOM)
    assert found == (None if accepted else ("NodeAffinity", AFFINITY))


@pytest.mark.parametrize(
    ("subject", "used", "found"),
    [
        (pod(asking("4")), NOTHING, None),
        (pod(asking("4001m")), NOTHING, ("OutOfcpu", "cpu, requested: 4001, used: 0, capacity: 4000")),
        (pod(asking("1")), Amounts(3_001, 0, 0, 1), ("OutOfcpu", "cpu, requested: 1000, used: 3001, capacity: 4000")),
        (pod(asking(memory="8Gi")), Amounts(0, 1, 0, 1),
         ("OutOfmemory", f"memory, requested: {8 * GI}, used: 1, capacity: {8 * GI}")),
        (pod(asking("9", "9Gi")), Amounts(0, 0, 0, 110), ("OutOfpods", "pods, requested: 1, used: 110, capacity: 110")),
        (pod(asking("9", "9Gi")), NOTHING, ("OutOfcpu", "cpu, requested: 9000, used: 0, capacity: 4000")),
        (pod(asking("1")), Amounts(9_000, 0, 0, 1), ("OutOfcpu", "cpu, requested: 1000, used: 9000, capacity: 4000")),
        (pod(asking("9"), nodeSelector={"disk": "none"}), NOTHING,
         ("OutOfcpu", "cpu, requested: 9000, used: 0, capacity: 4000")),
    ],
    ids=["all of it", "too much", "too little left", "a byte too little", "pods first", "cpu before memory",
         "more used than there is", "room before affinity"],
)  # fmt: skip
def test_of_several_faults_the_first_is_told(subject: Obj, used: Amounts, found: Rejection | None) -> None:
    told_ = rejection(subject, node(), requests_of(subject), used, ROOM)
    prefix = "Node didn't have enough resource: "
    assert told_ == (None if found is None else (found[0], prefix + found[1]))


@pytest.mark.parametrize(
    ("wanted", "used", "found"),
    [
        (Amounts(4_000, 8 * GI, 0, 1), NOTHING, None),
        (Amounts(4_001, 0, 0, 1), NOTHING,
         Pending("Infeasible", "Node didn't have enough capacity: cpu, requested: 4001, capacity: 4000")),
        (Amounts(1, 9 * GI, 0, 1), NOTHING, Pending(
            "Infeasible", f"Node didn't have enough capacity: memory, requested: {9 * GI}, capacity: {8 * GI}")),
        (Amounts(2_000, 0, 0, 1), Amounts(3_000, 0, 0, 1), Pending(
            "Deferred", "Node didn't have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000")),
        (Amounts(2_000, 9 * GI, 0, 1), Amounts(3_000, 0, 0, 1), Pending(
            "Infeasible", f"Node didn't have enough capacity: memory, requested: {9 * GI}, capacity: {8 * GI}")),
        (Amounts(1, 1, 200 * GI, 1), NOTHING, None),
    ],
    ids=["all of it", "cpu", "memory", "later", "never before later", "storage is not resized"],
)  # fmt: skip
def test_a_resize_waits_for_room_or_for_ever(wanted: Amounts, used: Amounts, found: Pending | None) -> None:
    assert judge(wanted, used, ROOM) == found


@pytest.mark.parametrize(
    ("policy", "has", "restarts"),
    [
        ({}, {"requests": {"cpu": "2"}}, False),
        ({"cpu": "NotRequired"}, {"requests": {"cpu": "2"}}, False),
        ({"cpu": "RestartContainer"}, {"requests": {"cpu": "2"}}, True),
        ({"cpu": "RestartContainer"}, {"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}, True),
        ({"cpu": "RestartContainer"}, {"requests": {"cpu": "1"}}, False),
        ({"memory": "RestartContainer"}, {"requests": {"cpu": "2"}}, False),
        ({"memory": "RestartContainer"}, {"requests": {"cpu": "1", "memory": "1Gi"}}, True),
    ],
    ids=[
        "no policy",
        "not required",
        "of cpu",
        "of its limit",
        "unchanged",
        "of memory",
        "memory taken away",
    ],
)
def test_a_policy_asks_for_a_restart_when_its_resource_changes(
    policy: dict[str, str], has: Obj, restarts: bool
) -> None:
    policies = [{"resourceName": name, "restartPolicy": what} for name, what in policy.items()]
    assert must_restart(asking("1", resizePolicy=policies), has) is restarts


def test_a_wish_is_kept_until_it_is_taken_back() -> None:
    small, large = pod(asking("1")), pod(asking("2"))
    record = PodRecord("default", "web", 1, 0)
    note_wishes(small, large, record)
    assert record.allocated == {"c": {"requests": {"cpu": "1"}}}
    note_wishes(large, pod(asking("3")), record)
    assert record.allocated == {"c": {"requests": {"cpu": "1"}}}
    record.resize = ("Deferred", "no room")
    note_wishes(pod(asking("3")), small, record)
    assert (record.allocated, record.resize) == ({}, None)


def test_the_events_of_a_resize_tell_what_was_asked() -> None:
    done, refused = told(pod(asking("1")), "completed"), told(pod(asking("1")), "deferred", "no room")
    doc = '{"containers":[{"name":"c","resources":{"requests":{"cpu":"1"}}}],'
    assert done == ("Normal", "ResizeCompleted", f'Pod resize completed: {doc}"generation":1}}', "")
    assert refused[:2] == ("Warning", "ResizeDeferred")
    assert refused.message == f'Pod resize deferred: {doc}"generation":1,"error":"no room"}}'
