"""Cells by JSON path."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.kube_apiserver.custom.columns import steps_of, table_of
from simcore.sim.timestamps import parse_time

NOW_MS = parse_time("2026-01-01T01:00:00Z")
OBJ: dict[str, Any] = {
    "metadata": {"name": "g", "creationTimestamp": "2026-01-01T00:00:00Z", "labels": {"a.b/c": "x"}},
    "spec": {"size": "S", "on": True, "count": 3, "share": 0.5, "tags": ["a", "b"], "map": {"k": [1]}},
    "status": {"conditions": [{"type": "Ready", "status": "True"}, {"type": "Other", "status": "False"}]},
}
CASES: dict[str, tuple[str, str, Any]] = {
    "text": ("string", ".spec.size", "S"),
    "nothing there": ("string", ".spec.nothing", None),
    "a boolean as text": ("string", ".spec.on", "true"),
    "a boolean": ("boolean", ".spec.on", True),
    "a number": ("number", ".spec.share", 0.5),
    "a float as integer": ("integer", ".spec.share", 0),
    "a text as integer": ("integer", ".spec.size", None),
    "an index": ("string", ".spec.tags[1]", "b"),
    "from the end": ("string", ".spec.tags[-1]", "b"),
    "beyond the end": ("string", ".spec.tags[9]", None),
    "all": ("string", ".spec.tags[*]", "a b"),
    "a list": ("string", ".spec.tags", '["a","b"]'),
    "an object": ("string", ".spec.map", '{"k":[1]}'),
    "a filter": ("string", '.status.conditions[?(@.type=="Ready")].status', "True"),
    "a quoted name": ("string", ".metadata.labels['a.b/c']", "x"),
    "an escaped name": ("string", r".metadata.labels.a\.b/c", "x"),
    "a date": ("date", ".metadata.creationTimestamp", "60m"),
    "a date that is none": ("date", ".spec.size", "<invalid>"),
}


@pytest.mark.parametrize(("kind", "path", "cell"), CASES.values(), ids=CASES)
def test_a_cell(kind: str, path: str, cell: Any):
    table = table_of([{"name": "X", "type": kind, "jsonPath": path}])
    assert table.row(OBJ, NOW_MS) == ["g", cell]


def test_without_columns_there_are_name_and_age():
    table = table_of([])
    assert [column.name for column in table.columns] == ["Name", "Age"]
    assert table.row(OBJ, NOW_MS) == ["g", "60m"]


@pytest.mark.parametrize("path", [".a[", ".a..b", ".a[x]", ".a[?(1)]"])
def test_a_path_that_is_not_understood(path: str):
    assert steps_of(path) is None
