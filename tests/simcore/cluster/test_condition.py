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
    ],
)
def test_a_condition_says_what_it_reads_like(text: str, holds: bool):
    assert parse(text, KINDS).holds(listed) is holds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "begin with <kind>/<name>, any <kind> or all <kind>"),
        ("web ready", "begin with <kind>/<name>, any <kind> or all <kind>"),
        ("pod/web", "after 'pod/web' say one state"),
        ("pod/web very ready", "after 'pod/web' say one state"),
        ("any", "after 'the subject' say one state"),
        ("any podd ready", "there is no kind 'podd'"),
    ],
)
def test_what_is_no_condition_is_refused(text: str, message: str):
    with pytest.raises(BadCondition, match=message):
        parse(text, KINDS)
