"""Which requests a policy and its binding are for.

Models: kubernetes v1.36 apiserver/pkg/admission/plugin/policy/matching/matching.go, webhook/predicates/rules.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.kinds import NAMESPACE
from simcore.apimachinery.meta import Key, Obj, labels_of
from simcore.apimachinery.selectors import matches as selects
from simcore.kube_apiserver.admission.plugin import Asked
from simcore.kube_apiserver.strategy import Reader

ADMISSION_GROUP = "admissionregistration.k8s.io"
NEVER = frozenset(
    (
        "mutatingadmissionpolicies", "mutatingadmissionpolicybindings", "mutatingwebhookconfigurations",
        "validatingadmissionpolicies", "validatingadmissionpolicybindings", "validatingwebhookconfigurations",
    )
)  # fmt: skip
"""Of the admission group: no policy may lock its own door."""
OPERATIONS = {"create": "CREATE", "update": "UPDATE", "delete": "DELETE"}


def is_exempt(asked: Asked) -> bool:
    return asked.kind.group == ADMISSION_GROUP and asked.kind.plural in NEVER


def concerns(resources: Obj | None, asked: Asked, read: Reader) -> bool:
    """Whether `matchConstraints` or `matchResources` let the request in; None lets everything in."""
    if resources is None:
        return True
    if not _labels_fit(resources, asked, read):
        return False
    if any(_rule_fits(rule, asked) for rule in resources.get("excludeResourceRules") or ()):
        return False
    rules = resources.get("resourceRules") or ()
    return not rules or any(_rule_fits(rule, asked) for rule in rules)


def namespace_of(asked: Asked, read: Reader) -> Obj | None:
    """The namespace that the request is in; None for the whole cluster's objects, Namespaces among them."""
    if not asked.namespace or asked.kind is NAMESPACE:
        return None
    return read.find(NAMESPACE, Key("", asked.namespace))


def _labels_fit(resources: Obj, asked: Asked, read: Reader) -> bool:
    if selector := resources.get("namespaceSelector"):
        place = (asked.obj or asked.old) if asked.kind is NAMESPACE else namespace_of(asked, read)
        if place is not None and not selects(selector, labels_of(place)):
            return False
    if selector := resources.get("objectSelector"):
        versions = [obj for obj in (asked.obj, asked.old) if obj is not None]
        return any(selects(selector, labels_of(obj)) for obj in versions)
    return True


def _rule_fits(rule: Obj, asked: Asked) -> bool:
    scope = rule.get("scope") or "*"
    if scope != "*" and (scope == "Namespaced") != asked.kind.namespaced:
        return False
    names = rule.get("resourceNames")
    if names and asked.name not in names:
        return False
    return (
        _has(rule.get("operations"), OPERATIONS[asked.verb])
        and _has(rule.get("apiGroups"), asked.kind.group)
        and _has(rule.get("apiVersions"), asked.kind.version)
        and any(_resource_fits(pattern, asked) for pattern in rule.get("resources") or ())
    )


def _resource_fits(pattern: str, asked: Asked) -> bool:
    """`pods` is for pods alone, `pods/status` for their status, `pods/*` for both; `*` and `*/*` likewise."""
    resource, _, subresource = pattern.partition("/")
    return resource in ("*", asked.kind.plural) and subresource in ("*", asked.subresource)


def _has(values: Sequence[str] | None, value: str) -> bool:
    return "*" in (values or ()) or value in (values or ())
