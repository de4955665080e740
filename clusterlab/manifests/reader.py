"""A file's bytes to the objects in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from clusterlab.manifests import json_text
from simcore.apimachinery import yaml_text
from simcore.apimachinery.documents import MAX_BYTES, Document, Place, Refused, child, element
from simcore.apimachinery.meta import Obj


@dataclass(frozen=True)
class Manifest:
    """One object of a file."""

    file: str
    document: Document
    obj: Obj
    prefix: str = ""
    """Where the object stands in its document, when the document is a List: `items[3]`."""

    def place_of(self, path: str) -> Place:
        """The place of a field that an error names; '' is the object itself."""
        return self.document.place_of(f"{self.prefix}.{path}".strip("."))

    @property
    def place(self) -> Place:
        return self.place_of("")


def read(file: str, data: bytes) -> list[Manifest]:
    """Every object of the file, Lists taken apart. Raises: Refused."""
    if len(data) > MAX_BYTES:
        raise Refused(f"the file has {len(data):,} bytes; at most {MAX_BYTES:,} are taken", Place(1, 1))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = yaml_text.place_at(data[: error.start].decode(errors="replace"), error.start)
        raise Refused("the file is not UTF-8 text", place) from None
    return [manifest for document in _documents(text) for manifest in _objects(file, document)]


def _documents(text: str) -> Iterable[Document]:
    if text.lstrip()[:1] in ("{", "["):
        try:
            return list(json_text.documents(text))
        except json_text.NotJson:
            pass  # flow YAML begins so, too; and if it is neither, YAML's message has the place
    return yaml_text.documents(text)


def _objects(file: str, document: Document) -> Iterator[Manifest]:
    value = document.value
    if not isinstance(value, dict):
        raise Refused("the document is no object: apiVersion, kind and metadata are needed", document.place)
    if not _is_list(value):
        yield Manifest(file, document, value)
        return
    for number, item in enumerate(value["items"]):
        prefix = element(child("", "items"), number)
        if not isinstance(item, dict):
            raise Refused(f"{prefix} is no object", document.place_of(prefix))
        yield Manifest(file, document, item, prefix)


def _is_list(value: dict[str, Any]) -> bool:
    return str(value.get("kind", "")).endswith("List") and isinstance(value.get("items"), list)
