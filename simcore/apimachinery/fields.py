"""Field selectors: `metadata.name=web,status.phase!=Running`.

Models: kubernetes v1.36 apimachinery/pkg/fields/selector.go (ParseSelector).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from simcore.apimachinery.labels import SelectorError

_TERM = re.compile(r"(.*?)(!=|==|=)(.*)", re.DOTALL)


class FieldTerm(NamedTuple):
    path: str
    is_equal: bool
    value: str


class FieldSelector(NamedTuple):
    """All terms hold; none at all selects everything."""

    terms: tuple[FieldTerm, ...]

    def matches(self, field: Callable[[str], str]) -> bool:
        """`field` gives a path's value, '' when it is not set."""
        return all((field(term.path) == term.value) is term.is_equal for term in self.terms)

    def exactly(self, path: str) -> str | None:
        """The one value that the path must have; None when there is no such demand."""
        return next((term.value for term in self.terms if term.path == path and term.is_equal), None)


@lru_cache(maxsize=1024)
def parse_fields(text: str) -> FieldSelector:
    """Raises: SelectorError."""
    terms = []
    for part in re.split(r"(?<!\\),", text):
        if not part:
            continue
        match = _TERM.fullmatch(part)
        if match is None:
            raise SelectorError(f"invalid selector: '{text}'; can't understand '{part}'")
        path, operator, value = match.groups()
        terms.append(FieldTerm(path, operator != "!=", re.sub(r"\\(.)", r"\1", value)))
    return FieldSelector(tuple(terms))
