"""The row of any object, by its columns."""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.resources.table import built_in_strategies
from simcore.sim.timestamps import parse_time

START, NOW_MS = "2026-01-01T00:00:00Z", parse_time("2026-01-01T01:00:00Z")
STRATEGIES = built_in_strategies()


def row(kind: Kind, **body: Any) -> dict[str, Any]:
    """Cells by column, of an object that nobody checked."""
    strategy = STRATEGIES[kind.resource]
    meta = {"name": "x", "creationTimestamp": START, **body.pop("metadata", {})}
    cells = strategy.cells({"metadata": meta, **body}, NOW_MS)
    return dict(zip((column.name for column in strategy.columns), cells, strict=True))


def condition(name: str, status: str = "True", **more: str) -> Obj:
    return {"type": name, "status": status, **more}
