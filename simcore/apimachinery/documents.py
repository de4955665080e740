"""What reading manifests gives: documents with places, or faults with places."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

MAX_BYTES = 3 * 1024 * 1024
"""Of one file, and of all files of an upload together: what a real API server takes in one request."""
MAX_DEPTH = 100
MAX_VALUES = 200_000
"""Values in one file after aliases and merges are expanded."""

_LAST_STEP = re.compile(r"(\.[^.\[\]]+|\[[^\]]*\])$")


class Place(NamedTuple):
    """Both counted from 1."""

    line: int
    column: int


class Refused(Exception):
    """The text cannot be read as manifests."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.message, self.place = message, place


@dataclass(frozen=True)
class Document:
    """One value of a file. `index` counts the file's documents from 0, `item` the members of a List."""

    value: Any
    place: Place
    index: int = 0
    places: dict[str, Place] = field(default_factory=dict)
    """By field path as errors name it: `spec.containers[0].image`."""

    def place_of(self, path: str) -> Place:
        """Where a field stands; for one that is not there, where its nearest parent does."""
        while path:
            if path in self.places:
                return self.places[path]
            path = _LAST_STEP.sub("", path) if _LAST_STEP.search(path) else ""
        return self.place


def child(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def element(path: str, index: int) -> str:
    return f"{path}[{index}]"
