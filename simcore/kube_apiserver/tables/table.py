"""A kind's table: its columns and the row of an object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.strategy import Column
from simcore.kube_apiserver.tables.duration import age

NAME = Column("Name", "Name must be unique within a namespace.", format="name")
AGE = Column("Age", "How long ago the object was created.")
CREATED_AT = Column("Created At", "When the object was created.", "date")

Row = Callable[[Obj, int], list[Any]]
"""(object, now in Unix milliseconds) to the cells, one for each column."""


@dataclass(frozen=True)
class Table:
    columns: tuple[Column, ...]
    row: Row


def wide(name: str, description: str = "") -> Column:
    """A column that is shown with `-o wide` only."""
    return Column(name, description, priority=1)


def number(name: str, description: str = "") -> Column:
    return Column(name, description, "integer")


def named(*columns: Column, row: Row) -> Table:
    """A table whose first column is the name; `row` gives the other cells."""
    return Table((NAME, *columns), lambda obj, now_ms: [obj["metadata"]["name"], *row(obj, now_ms)])


NAME_AND_AGE = named(AGE, row=lambda obj, now_ms: [age(obj, now_ms)])
"""Of kinds of which there is nothing else to say."""

NAME_AND_CREATION = Table(
    (NAME, CREATED_AT),
    lambda obj, now_ms: [obj["metadata"]["name"], obj["metadata"].get("creationTimestamp")],
)
"""Of kinds for which upstream has no printer."""
