"""The examples of the start page: a catalogue and a folder of manifests for each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from clusterlab.manifests import reader
from simcore.apimachinery import yaml_text
from simcore.apimachinery.meta import Obj

FOLDER = Path(settings.BASE_DIR) / "examples"


@dataclass(frozen=True)
class Example:
    """A cluster that opens with one click."""

    slug: str
    title: str
    summary: str
    settings: dict[str, Any]
    steps: tuple[str, ...]
    is_large: bool = False
    """It takes long to found, so that is done once, before somebody wants it."""
    counted: int | None = None
    """Its pods, where manifests don't tell: daemons depend on the nodes."""

    @property
    def files(self) -> dict[str, str]:
        """The manifests' texts by their files' names, in the names' order."""
        return {path.name: path.read_text() for path in sorted((FOLDER / self.slug).glob("*.yaml"))}

    def manifests(self) -> list[Obj]:
        """In the order of the files' names and of the documents in them."""
        return [each.obj for name, text in self.files.items() for each in reader.read(name, text.encode())]

    @property
    def pods(self) -> int:
        """How many pods it has when it opens; of jobs, how many work at a time."""
        return sum(_pods(obj) for obj in self.manifests()) if self.counted is None else self.counted


@cache
def catalogue() -> dict[str, Example]:
    """By slug, in the gallery's order."""
    (document,) = yaml_text.documents((FOLDER / "catalogue.yaml").read_text())
    return {entry["slug"]: Example(**{**entry, "steps": tuple(entry["steps"])}) for entry in document.value}


def _pods(obj: Obj) -> int:
    if obj["kind"] == "Pod":
        return 1
    if obj["kind"] == "Job":
        return int(obj["spec"].get("parallelism", 1))
    return int(obj["spec"].get("replicas", 1)) if obj["kind"] in ("Deployment", "ReplicaSet") else 0
