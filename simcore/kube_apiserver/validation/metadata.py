"""ObjectMeta: names, labels, annotations, owners and finalizers, on create and on update.

Models: kubernetes v1.36 apimachinery/pkg/api/validation/objectmeta.go, pkg/apis/core/validation (ValidateObjectMeta).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.field import (
    Errors,
    Shown,
    all_invalid,
    forbidden,
    immutable,
    invalid,
    not_negative,
    quoted,
    required,
    shown,
    too_long,
)
from simcore.kube_apiserver.validation.names import (
    Rule,
    as_prefix,
    canonical_address,
    dns_label,
    dns_subdomain,
    label_value,
    longest,
    path_segment,
    qualified_name,
)

ANNOTATIONS_LIMIT = 256 * 1024
STANDARD_FINALIZERS = ("kubernetes", "orphan", "foregroundDeletion")
_WRITTEN_BY_CLIENTS = ("labels", "annotations", "ownerReferences", "finalizers")
_FIXED = ("name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds")


def _cron_job_name(text: str) -> list[str]:
    """A Job's name is the CronJob's, a hyphen and ten digits."""
    return dns_subdomain(text) + ([longest(52)] if len(text) > 52 else [])


NAME_RULES: dict[str, Rule] = {
    "namespaces": dns_label,
    "services": dns_label,
    "events": path_segment,
    "events.events.k8s.io": path_segment,
    "cronjobs.batch": _cron_job_name,
    "poddisruptionbudgets.policy": path_segment,
    "ipaddresses.networking.k8s.io": canonical_address,
    "apiservices.apiregistration.k8s.io": path_segment,
    "roles.rbac.authorization.k8s.io": path_segment,
    "rolebindings.rbac.authorization.k8s.io": path_segment,
    "clusterroles.rbac.authorization.k8s.io": path_segment,
    "clusterrolebindings.rbac.authorization.k8s.io": path_segment,
}
"""By Kind.resource; kinds that are not listed take any DNS subdomain."""


def validate_metadata(kind: Kind, obj: Obj) -> Errors:
    """All faults of a new object's metadata, after a name was generated."""
    meta = obj["metadata"]
    rule = NAME_RULES.get(kind.resource, dns_subdomain)
    errors: Errors = []
    generate_name, name = meta.get("generateName"), meta.get("name")
    if generate_name:
        errors += all_invalid("metadata.generateName", generate_name, rule(as_prefix(generate_name)))
    if not name:
        errors.append(required("metadata.name", "name or generateName is required"))
    elif faults := rule(name):
        errors += all_invalid("metadata.name", name, faults)
    errors += _namespace(kind, meta.get("namespace"))
    errors += not_negative("metadata.generation", meta.get("generation"))
    errors += _common(meta)
    return errors + _finalizers(meta["finalizers"]) if meta.get("finalizers") else errors


def validate_metadata_update(kind: Kind, new: Obj, old: Obj) -> Errors:
    """All faults of an object's new metadata; whether resourceVersion may be left out is the caller's question."""
    meta, was = new["metadata"], old["metadata"]
    if meta is was:
        return []
    errors: Errors = []
    if was.get("deletionTimestamp"):
        errors += _no_new_finalizers(meta.get("finalizers") or (), was.get("finalizers") or ())
    if meta.get("generation", 0) < was.get("generation", 0):
        errors.append(invalid("metadata.generation", meta.get("generation", 0), "must not be decremented"))
    for field in _FIXED:
        if meta.get(field) != was.get(field):
            errors += immutable(f"metadata.{field}", meta.get(field), was.get(field))
    if all(meta.get(field) is was.get(field) for field in _WRITTEN_BY_CLIENTS):
        return errors
    errors += _common(meta)
    return errors + _kube_finalizers(meta.get("finalizers") or ())


def validate_labels(path: str, labels: dict[str, str] | None) -> Errors:
    if not labels:
        return []
    pairs = tuple(sorted(labels.items()))
    return [] if _are_ordinary(pairs) else _label_faults(path, pairs)


@lru_cache(maxsize=4096)
def _are_ordinary(pairs: tuple[tuple[str, str], ...]) -> bool:
    """Whether labels have no faults. Objects of one template have the same ones."""
    return not _label_faults("", pairs)


def _label_faults(path: str, pairs: tuple[tuple[str, str], ...]) -> Errors:
    errors: Errors = []
    for key, value in pairs:
        errors += all_invalid(path, key, qualified_name(key))
        errors += all_invalid(path, value, label_value(value))
    return errors


def validate_annotations(path: str, annotations: dict[str, str] | None) -> Errors:
    if not annotations:
        return []
    errors: Errors = []
    for key in sorted(annotations):
        if faults := qualified_name(key.lower()):
            errors += all_invalid(path, key, faults)
    if sum(map(_size, annotations), sum(map(_size, annotations.values()))) > ANNOTATIONS_LIMIT:
        errors.append(too_long(path, ANNOTATIONS_LIMIT))
    return errors


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _namespace(kind: Kind, namespace: str | None) -> Errors:
    if not kind.namespaced:
        return [forbidden("metadata.namespace", "not allowed on this type")] if namespace else []
    if not namespace:
        return [required("metadata.namespace")]
    return all_invalid("metadata.namespace", namespace, _label_faults_of(namespace))


@lru_cache(maxsize=4096)
def _label_faults_of(namespace: str) -> tuple[str, ...]:
    """The same namespaces come again and again."""
    return tuple(dns_label(namespace))


def _common(meta: Obj) -> Errors:
    errors: Errors = []
    if labels := meta.get("labels"):
        errors += validate_labels("metadata.labels", labels)
    if annotations := meta.get("annotations"):
        errors += validate_annotations("metadata.annotations", annotations)
    if owners := meta.get("ownerReferences"):
        errors += _owners(owners)
    return errors


def _owners(references: Sequence[Obj]) -> Errors:
    path = "metadata.ownerReferences"
    errors: Errors = []
    controller = ""
    for ref in references:
        errors += _owner(path, ref)
        if not ref.get("controller"):
            continue
        named = f"{ref.get('kind', '')}/{ref.get('name', '')}"
        if controller:
            errors.append(
                invalid(
                    path,
                    _as_references(references),
                    "Only one reference can have Controller set to true. "
                    f'Found "true" in references for {controller} and {named}',
                )
            )
        else:
            controller = named
    return errors


def _owner(path: str, ref: Obj) -> Errors:
    errors: Errors = []
    if not ref.get("apiVersion", "").rpartition("/")[2]:
        errors.append(invalid(f"{path}.apiVersion", ref.get("apiVersion", ""), "version must not be empty"))
    for field in ("kind", "name", "uid"):
        if not ref.get(field):
            errors.append(invalid(f"{path}.{field}", "", "must not be empty"))
    if ref.get("apiVersion") == "v1" and ref.get("kind") == "Event":
        banned = "/v1, Kind=Event is disallowed from being an owner"
        errors.append(invalid(path, _as_references([ref])[0], banned))
    return errors


def _as_references(references: Sequence[Obj]) -> Any:
    """The references in the field order of upstream's type."""
    order = ("apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion")
    texts = ["{" + ",".join(f'"{k}":{shown(ref[k])}' for k in order if k in ref) + "}" for ref in references]
    return Shown(f"[{','.join(texts)}]") if len(texts) != 1 else [Shown(texts[0])]


def _finalizers(finalizers: Sequence[str]) -> Errors:
    path = "metadata.finalizers"
    errors: Errors = []
    for name in finalizers:
        errors += all_invalid(path, name, qualified_name(name))
    if len(finalizers) > 1 and "orphan" in finalizers and "foregroundDeletion" in finalizers:
        detail = "finalizer orphan and foregroundDeletion cannot be both set"
        errors.append(invalid(path, list(finalizers), detail))
    return errors + _kube_finalizers(finalizers)


def _kube_finalizers(finalizers: Sequence[str]) -> Errors:
    detail = "name is neither a standard finalizer name nor is it fully qualified"
    return [
        invalid(f"metadata.finalizers[{i}]", name, detail)
        for i, name in enumerate(finalizers)
        if "/" not in name and name not in STANDARD_FINALIZERS
    ]


def _no_new_finalizers(new: Sequence[str], old: Sequence[str]) -> Errors:
    if not (extra := sorted(set(new) - set(old))):
        return []
    listed = ", ".join(map(quoted, extra))
    detail = "no new finalizers can be added if the object is being deleted, found new finalizers"
    return [forbidden("metadata.finalizers", f"{detail} []string{{{listed}}}")]
