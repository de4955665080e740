"""Conditions to run until."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import EVENT, NODE, POD, Kind, KindTable
from simcore.apimachinery.meta import Obj
from simcore.cluster.condition import BadCondition, parse

KINDS = KindTable()


def pod(name: str, phase: str, *, namespace: str = "default", ready: bool = False, waiting: str = "") -> Obj:
    status: Obj = {"phase": phase, "conditions": [{"type": "Ready", "status": str(ready)}]}
    if waiting:
        status["containerStatuses"] = [{"state": {"waiting": {"reason": waiting}}}]
    return {"metadata": {"name": name, "namespace": namespace}, "status": status}


OBJECTS: dict[Kind, list[Obj]] = {
    POD: [
        pod("web", "Running", ready=True),
        pod("db", "Running", waiting="CrashLoopBackOff"),
        pod("web", "Succeeded", namespace="shop"),
    ],
    NODE: [
        {"metadata": {"name": "node-1"}, "status": {"conditions": [{"type": "Ready", "status": "Unknown"}]}}
    ],
    EVENT: [{"metadata": {"name": "e", "namespace": "default"}, "reason": "BackOff"}],
}


def listed(kind: Kind, namespace: str | None) -> list[Obj]:
    objects = OBJECTS.get(kind, [])
    return [o for o in objects if namespace is None or o["metadata"].get("namespace") == namespace]


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("pod/web running", True),
        ("pod/web Ready", True),
        ("po/db ready", False),
        ("pods/db not ready", True),
        ("pod/db CrashLoopBackOff", True),
        ("pod/web Succeeded", False),
        ("pod/web Succeeded in shop", True),
        ("pod/shop/web Succeeded", True),
        ("pod/default/web Succeeded", False),
        ("any pod Failed", False),
        ("any pod Succeeded", True),
        ("any pod Succeeded in default", False),
        ("all pods Running", False),
        ("all pods Running in default", True),
        ("all pods Running in nowhere", False),
        ("node/node-1 ready", False),
        ("node/node-1 not ready", True),
        ("any event BackOff", True),
        ("deployment/web available", False),
        ("deployment/web gone", True),
        ("pod/web gone", False),
        ("pod/web exists", True),
        ("pod/web not exists", False),
        ("2 pods Running", True),
        ("3 pods Running", False),
        ("1 pod Succeeded in shop", True),
        ("2 pods not ready", True),
        ("pod/web ready and any event BackOff", True),
        ("pod/web ready AND pod/db ready", False),
        ("pod/db ready or any pod Succeeded", True),
        ("pod/db ready or pod/web ready and any pod Failed", False),
        ("pod/web ready or pod/db ready and any pod Failed", True),
    ],
)
def test_a_condition_says_what_it_reads_like(text: str, holds: bool):
    assert parse(text, KINDS).holds(listed) is holds


BEGIN = "begin with <kind>/<name>, any <kind>, all <kind> or <number> <kind>"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"at character 1: {BEGIN}"),
        ("pod/shop/web ready in shop", "at character 1 ('pod/shop/web'): this name has a part too many"),
        ("node/a/b ready", "at character 1 ('node/a/b'): this name has a part too many"),
        ("pod/a/b/c ready", "at character 1 ('pod/a/b/c'): this name has a part too many"),
        ("web ready", f"at character 1 ('web'): {BEGIN}"),
        ("0 pods ready", f"at character 1 ('0'): {BEGIN}"),
        ("pod/web", "at character 8: after 'pod/web' say one state, as ready or Failed"),
        ("pod/web not", "at character 12: after 'pod/web' say one state, as ready or Failed"),
        (
            "pod/web very ready",
            "at character 14 ('ready'): after 'pod/web' say one state, as ready or Failed",
        ),
        ("any", "at character 4: say a kind, as pods"),
        ("any podd ready", "at character 5 ('podd'): there is no kind 'podd'"),
        ("  pdo/web ready", "at character 3 ('pdo/web'): there is no kind 'pdo'"),
        ("pod/web ready and", f"at character 18: {BEGIN}"),
        ("pod/web ready and or any pod Failed", f"at character 19 ('or'): {BEGIN}"),
        ("pod/web and pod/db ready", "at character 9 ('and'): after 'pod/web' say one state, as ready or Failed"),
        ("pod/web ready or any cat Failed", "at character 22 ('cat'): there is no kind 'cat'"),
        (" or ".join(["any pod Failed"] * 17), "at most 16 parts can be joined by and, or"),
    ],
)  # fmt: skip
def test_what_is_no_condition_is_refused_with_its_place(text: str, message: str):
    with pytest.raises(BadCondition) as refusal:
        parse(text, KINDS)
    assert str(refusal.value) == message
