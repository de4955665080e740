"""Changes of single fields, what an object may be said to be, and how conditions read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.apimachinery.kinds import NODE, POD, Kind, KindTable
from simcore.apimachinery.meta import Obj
from simcore.cluster.condition import MOST_CLAUSES, parse, states
from simcore.cluster.difference import FieldChange, field_changes

KINDS = KindTable()


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ({}, {}, []),
        (1, 1, []),
        (1, 2, [("", 1, 2)]),
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [("a", 1, 2)]),
        ({"a": 1}, {}, [("a", 1, None)]),
        ({}, {"a": 1}, [("a", None, 1)]),
        ({"a": None}, {}, []),
        ({"a": 1}, {"b": 1}, [("a", 1, None), ("b", None, 1)]),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {"c": 2}}}, [("a.b.c", 1, 2)]),
        ({"a": {"b": 1}}, {"a": [1]}, [("a", {"b": 1}, [1])]),
        ([1, 2], [1, 3], [("[1]", 2, 3)]),
        ([1], [1, 2], [("[1]", None, 2)]),
        ([1, 2], [2], [("[0]", 1, 2), ("[1]", 2, None)]),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, [("a[0].b", 1, 2)]),
        ({"a": [[1]]}, {"a": [[2]]}, [("a[0][0]", 1, 2)]),
        ({"a": "1"}, {"a": 1}, [("a", "1", 1)]),
        ({"a": 0}, {"a": ""}, [("a", 0, "")]),
        ({"b": 1, "a": 1}, {"a": 2, "b": 2}, [("a", 1, 2), ("b", 1, 2)]),
    ],
    ids=["empty", "same value", "whole value",
         "same", "changed", "gone", "fresh", "null is not there", "renamed", "deep", "another shape",
         "in a list", "longer",
         "shorter", "object in a list", "list in a list", "another type", "both nothing much", "in order"],
)  # fmt: skip
def test_fields_change_one_by_one(old: Any, new: Any, changes: list[tuple[str, Any, Any]]):
    assert list(field_changes(old, new)) == [FieldChange(*change) for change in changes]
    assert [(c.path, c.new, c.old) for c in field_changes(new, old)] == changes


DOCUMENTS = st.recursive(
    st.integers(0, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=8,
)


@given(DOCUMENTS, DOCUMENTS)
def test_documents_are_the_same_exactly_when_nothing_changed(old: Any, new: Any):
    changes = list(field_changes(old, new))
    assert (changes == []) == (old == new)
    assert len({change.path for change in changes}) == len(changes)


def about(**status: Any) -> Obj:
    return {"metadata": {"name": "web"}, "status": status}


def container(**state: Obj) -> Obj:
    return {"state": state}


@pytest.mark.parametrize(
    ("obj", "said"),
    [
        ({"metadata": {}}, set()),
        ({"metadata": {}, "status": None}, set()),
        (about(phase="Running"), {"running"}),
        (about(phase="Failed", reason="Evicted"), {"failed", "evicted"}),
        (about(conditions=[{"type": "Ready", "status": "True"}]), {"ready"}),
        (about(conditions=[{"type": "Ready", "status": "False"}]), set()),
        (about(conditions=[{"type": "Ready", "status": "Unknown"}]), set()),
        (about(conditions=None, containerStatuses=None), set()),
        (about(containerStatuses=[container(waiting={"reason": "CrashLoopBackOff"})]), {"crashloopbackoff"}),
        (about(containerStatuses=[container(running={"startedAt": "-"})]), set()),
        (about(containerStatuses=[container(terminated={"reason": "OOMKilled", "exitCode": 137})]), {"oomkilled"}),
        ({"metadata": {"deletionTimestamp": "-"}, "status": {"phase": "Running"}}, {"terminating", "running"}),
        ({"metadata": {}, "reason": "BackOff"}, {"backoff"}),
    ],
    ids=["nothing", "no status", "phase", "reason", "condition", "false", "unknown", "nulls", "waiting", "running",
         "ended", "going", "an event"],
)  # fmt: skip
def test_an_object_may_be_said_to_be(obj: Obj, said: set[str]):
    assert states(obj) == said


@pytest.mark.parametrize(
    ("text", "kind", "name", "least", "namespace", "negated", "state"),
    [
        ("pod/web ready", "Pod", "web", 1, "default", False, "ready"),
        ("po/web READY", "Pod", "web", 1, "default", False, "ready"),
        ("PODS/web Ready", "Pod", "web", 1, "default", False, "ready"),
        ("pod/shop/web ready", "Pod", "web", 1, "shop", False, "ready"),
        ("pod/web ready in shop", "Pod", "web", 1, "shop", False, "ready"),
        ("pod/web not ready IN shop", "Pod", "web", 1, "shop", True, "ready"),
        ("node/node-1 ready", "Node", "node-1", 1, None, False, "ready"),
        ("node/node-1 ready in shop", "Node", "node-1", 1, None, False, "ready"),
        ("any pod failed", "Pod", "", 1, None, False, "failed"),
        ("any pod failed in shop", "Pod", "", 1, "shop", False, "failed"),
        ("all deploy available", "Deployment", "", None, None, False, "available"),
        ("12 pods running", "Pod", "", 12, None, False, "running"),
        ("12 pods not running in a", "Pod", "", 12, "a", True, "running"),
        ("  any   svc \t exists ", "Service", "", 1, None, False, "exists"),
    ],
)
def test_a_clause_is_read_as(
    text: str, kind: str, name: str, least: int | None, namespace: str | None, negated: bool, state: str
):
    (clause,) = parse(text, KINDS).clauses
    assert (clause.kind.kind, clause.name, clause.least) == (kind, name, least)
    assert (clause.namespace, clause.negated, clause.state) == (namespace, negated, state)


def test_and_binds_closer_than_or():
    condition = parse("any pod a or any pod b and any pod c OR any pod d", KINDS)
    assert [[c.state for c in clauses] for clauses in condition.alternatives] == [["a"], ["b", "c"], ["d"]]
    assert len(list(parse(" and ".join(["any pod a"] * MOST_CLAUSES), KINDS).clauses)) == MOST_CLAUSES


@pytest.mark.parametrize(
    ("text", "found", "met", "verdict"),
    [
        ("any pod ready", 0, 0, False), ("any pod ready", 3, 0, False), ("any pod ready", 3, 1, True),
        ("all pods ready", 0, 0, False), ("all pods ready", 3, 2, False), ("all pods ready", 3, 3, True),
        ("2 pods ready", 3, 1, False), ("2 pods ready", 3, 2, True), ("2 pods ready", 9, 9, True),
        ("any pod exists", 0, 0, False), ("any pod exists", 1, 0, True), ("any pod gone", 0, 0, True),
        ("any pod gone", 1, 0, False), ("any pod not exists", 0, 0, True), ("any pod not gone", 1, 0, True),
    ],
)  # fmt: skip
def test_a_verdict_follows_from_how_many_there_are_and_how_many_are_so(
    text: str, found: int, met: int, verdict: bool
):
    (clause,) = parse(text, KINDS).clauses
    assert clause.verdict(found, met) is verdict


def test_a_condition_asks_only_for_the_kinds_and_namespaces_that_it_names():
    asked: list[tuple[Kind, str | None]] = []

    def listed(kind: Kind, namespace: str | None) -> list[Obj]:
        asked.append((kind, namespace))
        return []

    assert not parse("any pod ready in shop and node/a ready or node/b ready", KINDS).holds(listed)
    assert asked == [(POD, "shop"), (NODE, None)]
