"""Decodes documents that resemble each other, so that their equal parts are one object.

The pods of a ReplicaSet differ in a name, a node, an address and an id; all else in ten thousand of them is there
once. A part is known by its bytes, so one that has been seen is not even decoded again.
"""

from __future__ import annotations

from typing import Any

import msgspec

from simcore.apimachinery.encoding import decode
from simcore.apimachinery.meta import Obj

MOST_PARTS = 8_192
"""Parts of one generation; two are remembered."""
LONGEST_PART = 4_096
"""Bytes. What is longer is hardly there twice."""
_OPEN_OBJECT, _OPEN_LIST, _QUOTE = b'{["'

_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_items = msgspec.json.Decoder(list[msgspec.Raw]).decode


class Sharing:
    """Remembers parts: those of documents decoded of late, and those that are asked for again and again."""

    def __init__(self) -> None:
        self._young: dict[bytes, Any] = {}
        self._old: dict[bytes, Any] = {}  # goes when the young ones are too many, and these take its place

    def decode(self, data: bytes) -> Obj:
        """The document and its metadata are the caller's own, all else is shared: never mutate it."""
        return {
            name: (self._object if name == "metadata" else self._part)(bytes(raw))
            for name, raw in _members(data).items()
        }

    def _object(self, data: bytes) -> Obj:
        return {name: self._part(bytes(raw)) for name, raw in _members(data).items()}

    def _part(self, data: bytes) -> Any:
        first = data[0]
        if len(data) > LONGEST_PART or first not in (_OPEN_OBJECT, _OPEN_LIST, _QUOTE):
            return decode(data)
        found = self._young.get(data)
        if found is None:
            found = self._old.get(data)
            if found is None:
                if first == _OPEN_OBJECT:
                    found = self._object(data)
                else:
                    found = (
                        decode(data) if first == _QUOTE else [self._part(bytes(raw)) for raw in _items(data)]
                    )
            if len(self._young) >= MOST_PARTS:
                self._old, self._young = self._young, {}
            self._young[data] = found
        return found
