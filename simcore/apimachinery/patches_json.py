"""JSON patch (RFC 6902).

Models: github.com/evanphx/json-patch v4 as kubernetes v1.36 uses it (its messages; its bound on copies).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simcore.apimachinery.encoding import copy_obj, decode, encode
from simcore.apimachinery.meta import Obj

MOST_OPERATIONS = 10_000
MOST_COPIED_BYTES = 3 * 1024 * 1024


class JsonPatchError(ValueError):
    """An operation does not fit the document."""


def json_patch(original: Obj, operations: Sequence[Any]) -> Any:
    """A new document. Raises: JsonPatchError."""
    patching = _Patching(copy_obj(original))
    for operation in operations:
        if not isinstance(operation, dict):
            raise JsonPatchError("json: cannot unmarshal into Go value of type jsonpatch.Operation")
        patching.apply(operation)
    return patching.document


class _Patching:
    def __init__(self, document: Any) -> None:
        self.document = document
        self.copied_bytes = 0

    def apply(self, operation: Obj) -> None:
        kind, path = operation.get("op"), operation.get("path")
        if not isinstance(path, str):
            raise JsonPatchError(f"{kind} operation does not apply: missing path")
        match kind:
            case "add":
                self.add(path, operation.get("value"))
            case "replace":
                self.find(path, "replace")
                self.put(path, operation.get("value"))
            case "remove":
                self.remove(path)
            case "test":
                self.test(path, operation.get("value"))
            case "move" | "copy":
                self.relocate(kind, operation.get("from"), path)
            case _:
                raise JsonPatchError(f"Unexpected kind: {kind}")

    def add(self, path: str, value: Any) -> None:
        if not path:
            self.document = value
            return
        parent, name = self.parent(path, "add")
        if isinstance(parent, dict):
            parent[name] = value
        else:
            at = len(parent) if name == "-" else _index(name, len(parent) + 1, path)
            parent.insert(at, value)

    def put(self, path: str, value: Any) -> None:
        if not path:
            self.document = value
            return
        parent, name = self.parent(path, "replace")
        parent[name if isinstance(parent, dict) else _index(name, len(parent), path)] = value

    def remove(self, path: str) -> None:
        self.find(path, "remove")
        parent, name = self.parent(path, "remove")
        del parent[name if isinstance(parent, dict) else _index(name, len(parent), path)]

    def test(self, path: str, value: Any) -> None:
        try:
            found = self.find(path, "test")
        except JsonPatchError:
            found = None
        if found != value or isinstance(found, bool) is not isinstance(value, bool):
            raise JsonPatchError(f"testing value {path} failed: test failed")

    def relocate(self, kind: str, source: Any, path: str) -> None:
        if not isinstance(source, str):
            raise JsonPatchError(f"{kind} operation does not apply: missing from")
        value = self.find(source, kind)
        if kind == "move":
            self.remove(source)
        else:
            data = encode(value)
            self.copied_bytes += len(data)
            if self.copied_bytes > MOST_COPIED_BYTES:
                raise JsonPatchError(
                    f"Unable to complete the copy, the accumulated size increase of copy is {self.copied_bytes}, "
                    f"exceeding the limit {MOST_COPIED_BYTES}"
                )
            value = decode(data)
        self.add(path, value)

    def find(self, path: str, kind: str) -> Any:
        if not path:
            return self.document
        parent, name = self.parent(path, kind)
        if isinstance(parent, list):
            return parent[_index(name, len(parent), path)]
        if name not in parent:
            raise JsonPatchError(
                f"{kind} operation does not apply: doc is missing key: {path}: missing value"
            )
        return parent[name]

    def parent(self, path: str, kind: str) -> tuple[Any, str]:
        """The container of the path's last part, and that part."""
        if not path.startswith("/"):
            raise JsonPatchError(
                f"{kind} operation does not apply: doc is missing path: {path}: missing value"
            )
        *parts, name = (part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/"))
        place = self.document
        for part in parts:
            if isinstance(place, list):
                place = place[_index(part, len(place), path)]
            elif isinstance(place, dict):
                place = place.get(part)
        if not isinstance(place, dict | list):
            raise JsonPatchError(
                f"{kind} operation does not apply: doc is missing path: {path}: missing value"
            )
        return place, name


def _index(text: str, bound: int, path: str) -> int:
    """An index in [0, bound); negative ones count from the end."""
    try:
        at = int(text)
    except ValueError:
        raise JsonPatchError(f'strconv.Atoi: parsing "{text}": invalid syntax') from None
    if at < 0:
        at += bound
    if not 0 <= at < bound:
        raise JsonPatchError(f"Unable to access invalid index: {text}: {path}: invalid index referenced")
    return at
