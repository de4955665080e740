"""What an upload answers: one result an object, and the faults with their places."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from clusterlab.manifests.reader import Manifest
from simcore.apimachinery.documents import Refused
from simcore.apimachinery.meta import Obj

Action = Literal["created", "configured", "unchanged", "failed", "not applied", "valid"]

_NAMED_FIELDS = (
    re.compile(r'(?:unknown|duplicate) field "([^"]+)"'),
    re.compile(r"Go struct field [A-Za-z]+\.([^ ]+) of type"),
    re.compile(r"\(([a-zA-Z][\w.\[\]]*)\): invalid type"),
)


@dataclass(frozen=True)
class Result:
    file: str
    index: int
    line: int
    kind: str
    namespace: str
    name: str
    action: Action
    message: str


@dataclass(frozen=True)
class Fault:
    """`index` is -1 when the file could not be read at all."""

    file: str
    index: int
    line: int
    column: int
    field: str
    message: str


@dataclass(frozen=True)
class Outcome:
    applied: bool
    results: list[Result] = field(default_factory=list)
    errors: list[Fault] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        return asdict(self)


def result(manifest: Manifest, action: Action, message: str = "") -> Result:
    obj = manifest.obj
    meta = obj.get("metadata") if isinstance(obj.get("metadata"), dict) else {}
    assert isinstance(meta, dict)
    kind, namespace, name = (str(v or "") for v in (obj.get("kind"), meta.get("namespace"), meta.get("name")))
    place = manifest.place
    return Result(manifest.file, manifest.document.index, place.line, kind, namespace, name, action, message)


def fault_of_file(file: str, refused: Refused) -> Fault:
    return Fault(file, -1, refused.place.line, refused.place.column, "", refused.message)


def fault(manifest: Manifest, path: str, message: str) -> Fault:
    place = manifest.place_of(path)
    return Fault(manifest.file, manifest.document.index, place.line, place.column, path, message)


def faults_of_status(manifest: Manifest, status: Obj) -> list[Fault]:
    """A refusal's faults, each at the place of its field."""
    message = str(status.get("message", ""))
    details = status.get("details") or {}
    causes = details.get("causes") or ()
    named = [(c.get("field", ""), f"{c.get('field')}: {c.get('message')}") for c in causes if c.get("field")]
    if not named:
        paths = [path for pattern in _NAMED_FIELDS for path in pattern.findall(message)]
        named = (
            [(path, message) for path in paths[:1]]
            if len(paths) == 1
            else [(p, _about(message, p)) for p in paths]
        )
    named = named or [("metadata.namespace" if details.get("kind") == "namespaces" else "", message)]
    return [fault(manifest, path, text) for path, text in named]


def _about(message: str, path: str) -> str:
    """Of a message that lists several faults the part on one field."""
    found = re.search(rf'(?:unknown|duplicate) field "{re.escape(path)}"', message)
    return f"strict decoding error: {found.group()}" if found else message
