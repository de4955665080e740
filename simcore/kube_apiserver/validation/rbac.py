"""Roles and who has them.

Models: kubernetes v1.36 pkg/apis/rbac/validation/validation.go.
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.field import (
    Errors,
    Shown,
    all_invalid,
    invalid,
    not_supported,
    required,
    shown,
)
from simcore.kube_apiserver.validation.names import dns_subdomain, path_segment
from simcore.kube_apiserver.validation.selectors import validate_selector

GROUP = "rbac.authorization.k8s.io"


def validate_role(obj: Obj) -> Errors:
    return _rules(obj, is_namespaced=True)


def validate_cluster_role(obj: Obj) -> Errors:
    errors = _rules(obj, is_namespaced=False)
    if (aggregation := obj.get("aggregationRule")) is None:
        return errors
    path, selectors = "aggregationRule.clusterRoleSelectors", aggregation.get("clusterRoleSelectors") or ()
    if not selectors:
        errors.append(
            required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil")
        )
    for i, selector in enumerate(selectors):
        errors += validate_selector(f"{path}[{i}]", selector)
    return errors


def validate_role_binding(obj: Obj) -> Errors:
    return _binding(obj, ("Role", "ClusterRole"), is_namespaced=True)


def validate_cluster_role_binding(obj: Obj) -> Errors:
    return _binding(obj, ("ClusterRole",), is_namespaced=False)


def validate_binding_update(new: Obj, old: Obj) -> Errors:
    role, was = new.get("roleRef") or {}, old.get("roleRef") or {}
    if role == was:
        return []
    fields = (("APIGroup", "apiGroup"), ("Kind", "kind"), ("Name", "name"))
    text = ",".join(f'"{label}":{shown(role.get(field) or "")}' for label, field in fields)
    return [invalid("roleRef", Shown(f"{{{text}}}"), "cannot change roleRef")]


def _rules(obj: Obj, *, is_namespaced: bool) -> Errors:
    errors: Errors = []
    for i, rule in enumerate(obj.get("rules") or ()):
        errors += _rule(f"rules[{i}]", rule, is_namespaced=is_namespaced)
    return errors


def _rule(path: str, rule: Obj, *, is_namespaced: bool) -> Errors:
    errors: Errors = []
    if not rule.get("verbs"):
        errors.append(required(f"{path}.verbs", "verbs must contain at least one value"))
    if urls := rule.get("nonResourceURLs"):
        where = f"{path}.nonResourceURLs"
        if is_namespaced:
            errors.append(invalid(where, urls, "namespaced rules cannot apply to non-resource URLs"))
        if any(rule.get(field) for field in ("apiGroups", "resources", "resourceNames")):
            detail = "rules cannot apply to both regular resources and non-resource URLs"
            errors.append(invalid(where, urls, detail))
        return errors
    if not rule.get("apiGroups"):
        errors.append(required(f"{path}.apiGroups", "resource rules must supply at least one api group"))
    if not rule.get("resources"):
        errors.append(required(f"{path}.resources", "resource rules must supply at least one resource"))
    return errors


def _binding(obj: Obj, kinds: tuple[str, ...], *, is_namespaced: bool) -> Errors:
    role = obj.get("roleRef") or {}
    errors: Errors = []
    if role.get("apiGroup") != GROUP:
        errors.append(not_supported("roleRef.apiGroup", role.get("apiGroup") or "", (GROUP,)))
    if role.get("kind") not in kinds:
        errors.append(not_supported("roleRef.kind", role.get("kind") or "", kinds))
    name = role.get("name")
    errors += all_invalid("roleRef.name", name, path_segment(name)) if name else [required("roleRef.name")]
    for i, subject in enumerate(obj.get("subjects") or ()):
        errors += _subject(f"subjects[{i}]", subject, is_namespaced=is_namespaced)
    return errors


def _subject(path: str, subject: Obj, *, is_namespaced: bool) -> Errors:
    kind, name, group = subject.get("kind"), subject.get("name"), subject.get("apiGroup") or ""
    errors = [] if name else [required(f"{path}.name")]
    match kind:
        case "ServiceAccount":
            if name:
                errors += all_invalid(f"{path}.name", name, dns_subdomain(name))
            if group:
                errors.append(not_supported(f"{path}.apiGroup", group, ("",)))
            if not is_namespaced and not subject.get("namespace"):
                errors.append(required(f"{path}.namespace"))
        case "User" | "Group":
            if group != GROUP:
                errors.append(not_supported(f"{path}.apiGroup", group, (GROUP,)))
        case _:
            errors.append(not_supported(f"{path}.kind", kind or "", ("ServiceAccount", "User", "Group")))
    return errors
