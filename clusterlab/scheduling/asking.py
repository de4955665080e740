"""From what a user sends (YAML or JSON) to pods, manifests and configurations, with faults named by field."""

from __future__ import annotations

from typing import Any

from clusterlab.manifests.reader import read as read_manifests
from simcore.apimachinery.documents import Refused
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.yaml_text import documents
from simcore.kube_scheduler.configuration.model import BadConfiguration, Configuration
from simcore.kube_scheduler.configuration.reading import read as read_configuration

LARGEST_CONFIGURATION = 256 * 1024


class BadQuestion(ValueError):
    """`faults` are messages by field."""

    def __init__(self, faults: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{path}: {', '.join(texts)}" for path, texts in faults.items()))
        self.faults = faults


def configuration_from(given: Any) -> Configuration:
    """From YAML text or a JSON object. Raises: BadQuestion."""
    places: dict[str, str] = {}
    if isinstance(given, str):
        if len(given) > LARGEST_CONFIGURATION:
            raise BadQuestion({"configuration": [f"has more than {LARGEST_CONFIGURATION:,} characters"]})
        try:
            found = [document for document in documents(given) if document.value is not None]
        except Refused as refused:
            where = f"line {refused.place.line}, column {refused.place.column}"
            raise BadQuestion({"configuration": [f"{where}: {refused.message}"]}) from None
        if len(found) != 1:
            raise BadQuestion({"configuration": [f"must be one document, not {len(found)}"]})
        (document,) = found
        given = document.value
        places = {path: f" (line {place.line})" for path, place in document.places.items()}
    try:
        return read_configuration(given)
    except BadConfiguration as error:
        faults: dict[str, list[str]] = {}
        for each in error.errors:
            faults.setdefault(each.path, []).append(each.message + places.get(each.path, ""))
        raise BadQuestion(faults) from None


def manifests_from(given: Any) -> list[Obj]:
    """From YAML text or a list of JSON objects. Raises: BadQuestion."""
    if isinstance(given, list):
        if not all(isinstance(each, dict) and isinstance(each.get("metadata"), dict) for each in given):
            raise BadQuestion({"manifests": ["must be objects with metadata"]})
        return given
    if not isinstance(given, str):
        raise BadQuestion({"manifests": ["must be YAML text or a list of objects"]})
    try:
        return [manifest.obj for manifest in read_manifests("manifests", given.encode())]
    except Refused as refused:
        where = f"line {refused.place.line}, column {refused.place.column}"
        raise BadQuestion({"manifests": [f"{where}: {refused.message}"]}) from None


def pod_from(given: Any) -> Obj:
    """The pod that a manifest makes: a Pod itself, or the first template of a workload. Raises: BadQuestion."""
    manifests = manifests_from(given if isinstance(given, str | list) else [given])
    for manifest in manifests:
        found = _template(manifest)
        if found is not None:
            return found
    raise BadQuestion({"pod": ["is neither a Pod nor a workload with a pod template"]})


def _template(manifest: Obj) -> Obj | None:
    spec: Any = manifest.get("spec") or {}
    meta, kind = dict(manifest["metadata"]), manifest.get("kind")
    if kind == "CronJob":
        spec = (spec.get("jobTemplate") or {}).get("spec") or {}
    if kind != "Pod":
        template = spec.get("template")
        if not isinstance(template, dict) or not isinstance(template.get("spec"), dict):
            return None
        meta = {
            **(template.get("metadata") or {}),
            "name": meta.get("name", "pod"),
            "namespace": meta.get("namespace"),
        }
        spec = template["spec"]
    if not isinstance(spec.get("containers"), list) or not spec["containers"]:
        return None
    meta["namespace"] = meta.get("namespace") or "default"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {**meta, "name": meta.get("name") or "pod"},
        "spec": spec,
    }
