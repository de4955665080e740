"""The numbers of fields in Kubernetes' protobuf messages: what goes over the wire instead of names.

`protobuf_fields.txt` has one line for each message: its definition's name without `io.k8s.` and `api.`, then
`name=number` for each field. A `?` marks a scalar that is told apart from its zero value, a `^` a message whose fields
JSON writes into the one around it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_suffix(".txt")


@cache
def fields_of(definition: str) -> dict[int, tuple[str, bool]] | None:
    """By number: the field's name and whether its zero value is told; None for a message that is not known.

    `definition` is the schema's name, as `io.k8s.api.core.v1.Pod`, or that of an inner message without prefix.
    """
    text = _lines().get(definition.removeprefix("io.k8s.").removeprefix("api."))
    return None if text is None else _parsed(text)


def known_messages() -> list[str]:
    return list(_lines())


@cache
def _lines() -> dict[str, str]:
    parts = (line.partition(" ") for line in _FILE.read_text().splitlines())
    return {message: fields for message, _, fields in parts}


def _parsed(text: str) -> dict[int, tuple[str, bool]]:
    fields = {}
    for term in text.split():
        name, _, number = term.partition("=")
        fields[int(number)] = (name.removesuffix("?"), name.endswith("?"))
    return fields
