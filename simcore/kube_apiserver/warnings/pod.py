"""Pods and pod templates: fields that do nothing any more, and settings that rarely mean what they say.

Models: kubernetes v1.36 pkg/api/pod/warnings.go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import parse
from simcore.kube_apiserver.validation.field import quoted
from simcore.kube_apiserver.validation.names import dns_label
from simcore.kube_apiserver.warnings import node_labels
from simcore.kube_apiserver.warnings.ports import of_ports
from simcore.kube_apiserver.warnings.volumes import of_overlaps, of_volumes

_NO_SELECTOR = "a null labelSelector results in matching no pod"
_ANNOTATIONS = {
    "scheduler.alpha.kubernetes.io/critical-pod": (
        'non-functional in v1.16+; use the "priorityClassName" field instead'
    ),
    "security.alpha.kubernetes.io/sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
    "security.alpha.kubernetes.io/unsafe-sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
}
_SECCOMP, _SECCOMP_OF = (
    "seccomp.security.alpha.kubernetes.io/pod",
    "container.seccomp.security.alpha.kubernetes.io/",
)
_NO_SECCOMP = 'non-functional in v1.27+; use the "seccompProfile" field instead'
_APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
_OLD_APP_ARMOR = 'deprecated since v1.30; use the "appArmorProfile" field instead'
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_WHOLE = ("memory", "ephemeral-storage")
"""Resources that come in whole bytes."""


def of_pod(pod: Obj) -> list[str]:
    """For a new pod."""
    hostname = "metadata.name: this is used in the Pod's hostname"
    return of_name(pod, hostname) + of_spec("", pod["spec"], pod["metadata"])


def of_template(path: str, template: Obj) -> list[str]:
    """For a v1.PodTemplateSpec at `path`."""
    return of_spec(f"{path}.", template.get("spec") or {}, template.get("metadata") or {})


def of_name(obj: Obj, used: str = "metadata.name: this is used in Pod names and hostnames") -> list[str]:
    faults = dns_label(obj["metadata"].get("name", ""))
    surprise = "which can result in surprising behavior; a DNS label is recommended"
    return [f"{used}, {surprise}: [{' '.join(faults)}]"] if faults else []


def of_spec(path: str, spec: Obj, meta: Obj) -> list[str]:
    """`path` is '' for a pod, or the template's with a dot. In upstream's order."""
    at, annotations = f"{path}spec", meta.get("annotations") or {}
    told = node_labels.of_keys(f"{at}.nodeSelector", spec.get("nodeSelector") or ())
    told += _node_affinity(f"{at}.affinity.nodeAffinity", _part(spec, "affinity", "nodeAffinity"))
    told += _spreading(f"{at}.topologySpreadConstraints", spec.get("topologySpreadConstraints") or ())
    told += [f"{path}metadata.annotations[{k}]: {why}" for k, why in _ANNOTATIONS.items() if k in annotations]
    volumes = spec.get("volumes") or []
    told += of_volumes(f"{at}.volumes", volumes) + of_overlaps(volumes)
    told += _repeated(f"{at}.hostAliases", "ip", spec.get("hostAliases") or ())
    told += _pull_secrets(f"{at}.imagePullSecrets", spec.get("imagePullSecrets") or ())
    told += of_fractions(f"{at}.overhead", spec.get("overhead") or {})
    if _SECCOMP in annotations and not _part(spec, "securityContext", "seccompProfile"):
        told.append(f"{path}metadata.annotations[{_SECCOMP}]: {_NO_SECCOMP}")
    has_armor = bool(_part(spec, "securityContext", "appArmorProfile")) or not path
    containers = list(_containers(at, spec))
    for where, container in containers:
        told += _profiles(path, container, annotations, has_armor=has_armor)
        for side in ("limits", "requests"):
            amounts = (container.get("resources") or {}).get(side) or {}
            told += of_fractions(f"{where}.resources.{side}", amounts)
        told += _hidden(f"{where}.env", container.get("env") or ())
    told += of_ports(containers)
    if (spec.get("terminationGracePeriodSeconds") or 0) < 0:
        why = "must be >= 0; negative values are invalid and will be treated as 1"
        told.append(f"{at}.terminationGracePeriodSeconds: {why}")
    for side in ("podAffinity", "podAntiAffinity"):
        told += _pod_affinity(f"{at}.affinity.{side}", _part(spec, "affinity", side))
    return told


def of_fractions(path: str, amounts: Obj, names: Iterable[str] = _WHOLE) -> list[str]:
    """Amounts of bytes that are no whole number of them."""
    return [
        f"{path}[{name}]: fractional byte value {quoted(str(amount))} is invalid, must be an integer"
        for name in names
        if name in amounts and (amount := parse(amounts[name])).milli % 1000
    ]


def _part(obj: Obj, *names: str) -> Obj:
    found: Any = obj
    for name in names:
        found = (found or {}).get(name)
    return found or {}


def _containers(at: str, spec: Obj) -> Iterator[tuple[str, Obj]]:
    for field in ("initContainers", "containers", "ephemeralContainers"):
        for i, container in enumerate(spec.get(field) or ()):
            yield f"{at}.{field}[{i}]", container


def _node_affinity(at: str, affinity: Obj) -> list[str]:
    terms = _part(affinity, _REQUIRED).get("nodeSelectorTerms") or ()
    told = node_labels.of_terms(f"{at}.{_REQUIRED}.nodeSelectorTerms", terms)
    for i, term in enumerate(affinity.get(_PREFERRED) or ()):
        told += node_labels.of_expressions(f"{at}.{_PREFERRED}[{i}].preference", term.get("preference") or {})
    return told


def _spreading(at: str, constraints: Iterable[Obj]) -> list[str]:
    told = []
    for i, constraint in enumerate(constraints):
        key = constraint.get("topologyKey", "")
        if key in node_labels.DEPRECATED:
            told.append(f"{at}[{i}].topologyKey: {key} is {node_labels.DEPRECATED[key]}")
        if constraint.get("labelSelector") is None:
            told.append(f"{at}[{i}].labelSelector: {_NO_SELECTOR}")
    return told


def _repeated(at: str, field: str, items: Iterable[Obj]) -> list[str]:
    told, seen = [], set()
    for i, item in enumerate(items):
        value = item.get(field, "")
        if value in seen:
            told.append(f"{at}[{i}].{field}: duplicate {field} {quoted(value)}")
        seen.add(value)
    return told


def _pull_secrets(at: str, secrets: Iterable[Obj]) -> list[str]:
    secrets = list(secrets)
    empty = [i for i, secret in enumerate(secrets) if not secret.get("name")]
    return _repeated(at, "name", secrets) + [f'{at}[{i}].name: invalid empty name ""' for i in empty]


def _profiles(path: str, container: Obj, annotations: Obj, *, has_armor: bool) -> list[str]:
    told, where = [], f"{path}metadata.annotations"
    key = _SECCOMP_OF + container["name"]
    if key in annotations and not _part(container, "securityContext", "seccompProfile"):
        told.append(f"{where}[{key}]: {_NO_SECCOMP}")
    key = _APP_ARMOR + container["name"]
    if key in annotations and not (has_armor or _part(container, "securityContext", "appArmorProfile")):
        told.append(f"{where}[{key}]: {_OLD_APP_ARMOR}")
    return told


def _hidden(at: str, variables: Iterable[Obj]) -> list[str]:
    """A variable that is there already is fine only if it goes on from its old value: `$(PATH):/more`."""
    told, seen = [], set()
    for i, variable in enumerate(variables):
        name, value = variable["name"], variable.get("value", "")
        reference = f"$({name})"
        if name not in seen:
            seen.add(name)
        elif variable.get("valueFrom") or value == reference or reference not in value:
            why = f"hides previous definition of {quoted(name)}, which may be dropped when using apply"
            told.append(f"{at}[{i}]: {why}")
    return told


def _pod_affinity(at: str, affinity: Obj) -> list[str]:
    told = [
        f"{at}.{_REQUIRED}[{i}].labelSelector: {_NO_SELECTOR}"
        for i, term in enumerate(affinity.get(_REQUIRED) or ())
        if term.get("labelSelector") is None
    ]
    return told + [
        f"{at}.{_PREFERRED}[{i}].podAffinityTerm.labelSelector: {_NO_SELECTOR}"
        for i, term in enumerate(affinity.get(_PREFERRED) or ())
        if _part(term, "podAffinityTerm").get("labelSelector") is None
    ]
