"""Flow schemas and priority levels.

Models: kubernetes v1.36 pkg/apis/flowcontrol/validation/validation.go.
"""

from __future__ import annotations

from math import log2

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.field import (
    Errors,
    all_invalid,
    forbidden,
    internal,
    invalid,
    not_supported,
    required,
)
from simcore.kube_apiserver.validation.names import dns_label, dns_subdomain

_MOST_PRECEDENCE, _MOST_QUEUES, _MOST_BITS = 10_000, 10_000_000, 60
_KINDS = ("Group", "ServiceAccount", "User")
_PARTS = {"ServiceAccount": "serviceAccount", "User": "user", "Group": "group"}
_VERBS = (*("create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"),)
_NAMESPACES_SAY = "each member of this list must be '*' or a DNS-1123 label; "


def validate_flow_schema(obj: Obj) -> Errors:
    spec, name = obj.get("spec") or {}, obj["metadata"].get("name")
    path, precedence = "spec.matchingPrecedence", spec.get("matchingPrecedence") or 0
    errors: Errors = []
    if precedence <= 0:
        errors.append(invalid(path, precedence, "must be a positive value"))
    if precedence > _MOST_PRECEDENCE:
        errors.append(invalid(path, precedence, f"must not be greater than {_MOST_PRECEDENCE}"))
    if precedence == 1 and name != "exempt":
        detail = "only the schema named 'exempt' may have matchingPrecedence 1"
        errors.append(invalid(path, precedence, detail))
    method = spec.get("distinguisherMethod")
    if method is not None and method.get("type") not in ("ByNamespace", "ByUser"):
        where, given = "spec.distinguisherMethod.type", internal({"type": method.get("type") or ""}, "type")
        errors.append(not_supported(where, given, ("ByNamespace", "ByUser")))
    level, where = (
        (spec.get("priorityLevelConfiguration") or {}).get("name"),
        "spec.priorityLevelConfiguration",
    )
    if level:
        errors += all_invalid(f"{where}.name", level, dns_subdomain(level))
    else:
        errors.append(required(f"{where}.name", "must reference a priority level"))
    for i, rule in enumerate(spec.get("rules") or ()):
        errors += _rule(f"spec.rules[{i}]", rule)
    return errors


def validate_priority_level(obj: Obj) -> Errors:
    spec, name = obj.get("spec") or {}, obj["metadata"].get("name")
    kind, limited, exempt = spec.get("type") or "", spec.get("limited"), spec.get("exempt")
    errors: Errors = []
    if (name == "exempt") != (kind == "Exempt"):
        errors.append(invalid("spec.type", kind, "type must be 'Exempt' if and only if name is 'exempt'"))
    if kind == "Exempt":
        if limited is not None:
            errors.append(forbidden("spec.limited", "must be nil if the type is not Limited"))
    elif kind == "Limited":
        if exempt is not None:
            errors.append(forbidden("spec.exempt", "must be nil if the type is Limited"))
        if limited is None:
            errors.append(required("spec.limited", "must not be empty when type is Limited"))
        else:
            errors += _limited("spec.limited", limited)
    else:
        errors.append(not_supported("spec.type", kind, ("Exempt", "Limited")))
    return errors


def _rule(path: str, rule: Obj) -> Errors:
    errors: Errors = []
    for i, subject in enumerate(rule.get("subjects") or ()):
        errors += _subject(f"{path}.subjects[{i}]", subject)
    if not rule.get("subjects"):
        errors.append(required(f"{path}.subjects", "subjects must contain at least one value"))
    resources, others = rule.get("resourceRules") or (), rule.get("nonResourceRules") or ()
    if not resources and not others:
        detail = "at least one of resourceRules and nonResourceRules has to be non-empty"
        errors.append(required(path, detail))
    for i, part in enumerate(resources):
        errors += _resource_rule(f"{path}.resourceRules[{i}]", part)
    for i, part in enumerate(others):
        errors += _url_rule(f"{path}.nonResourceRules[{i}]", part)
    return errors


def _subject(path: str, subject: Obj) -> Errors:
    kind = subject.get("kind") or ""
    if kind not in _PARTS:
        return [not_supported(f"{path}.kind", kind, _KINDS)]
    part = _PARTS[kind]
    where, given = f"{path}.{part}", subject.get(part)
    if given is None:
        errors = [required(where, f"{part} is required when subject kind is '{kind}'")]
    else:
        errors = [] if given.get("name") else [required(f"{where}.name")]
        if kind == "ServiceAccount":
            errors += _account(where, given)
    return errors + [
        forbidden(f"{path}.{other}", f"{other} is forbidden when subject kind is not '{its_kind}'")
        for its_kind, other in _PARTS.items()
        if other != part and subject.get(other) is not None
    ]


def _account(path: str, account: Obj) -> Errors:
    name, namespace = account.get("name"), account.get("namespace")
    errors = all_invalid(f"{path}.name", name, dns_subdomain(name)) if name and name != "*" else []
    if not namespace:
        return [*errors, required(f"{path}.namespace", "must specify namespace for service account")]
    return errors + all_invalid(f"{path}.namespace", namespace, dns_label(namespace))


def _verbs(path: str, verbs: list[str]) -> Errors:
    if not verbs:
        return [required(path, "verbs must contain at least one value")]
    if "*" in verbs:
        return _alone(path, verbs, "verbs")
    return [] if set(verbs) <= set(_VERBS) else [not_supported(path, verbs, _VERBS)]


def _alone(path: str, values: list[str], what: str) -> Errors:
    if "*" not in values or len(values) == 1:
        return []
    return [invalid(path, values, f"if '*' is present, must not specify other {what}")]


def _resource_rule(path: str, rule: Obj) -> Errors:
    errors = _verbs(f"{path}.verbs", rule.get("verbs") or [])
    for field, one, what in (
        ("apiGroups", "api group", "api groups"),
        ("resources", "resource", "resources"),
    ):
        given, where = rule.get(field) or [], f"{path}.{field}"
        missing = [] if given else [required(where, f"resource rules must supply at least one {one}")]
        errors += missing + _alone(where, given, what)
    namespaces, where = rule.get("namespaces") or [], f"{path}.namespaces"
    if not namespaces and not rule.get("clusterScope"):
        detail = "resource rules that are not cluster scoped must supply at least one namespace"
        return [*errors, required(where, detail)]
    if "*" in namespaces:
        return errors + _alone(where, namespaces, "namespaces")
    for i, name in enumerate(namespaces):
        errors += all_invalid(f"{where}[{i}]", name, [_NAMESPACES_SAY + fault for fault in dns_label(name)])
    return errors


def _url_rule(path: str, rule: Obj) -> Errors:
    errors = _verbs(f"{path}.verbs", rule.get("verbs") or [])
    urls, where = rule.get("nonResourceURLs") or [], f"{path}.nonResourceURLs"
    if not urls:
        return [*errors, required(where, "nonResourceURLs must contain at least one value")]
    if "*" in urls:
        return errors + _alone(where, urls, "non-resource URLs")
    for i, url in enumerate(urls):
        if fault := _url_fault(url):
            errors.append(invalid(f"{where}[{i}]", url, fault))
    return errors


def _url_fault(url: str) -> str:
    if not url:
        return "must not be empty"
    if not url.startswith("/"):
        return "must start with slash"
    if " " in url:
        return "must not contain white-space"
    if "//" in url:
        return "must not contain double slash"
    stars = url.count("*")
    is_suffix = stars == 0 or (stars == 1 and url.endswith("/*"))
    return "" if is_suffix else "wildcard can only do suffix matching"


def _limited(path: str, level: Obj) -> Errors:
    shares, lent, borrowed = (
        level.get(f) for f in ("nominalConcurrencyShares", "lendablePercent", "borrowingLimitPercent")
    )
    errors: Errors = []
    if (shares or 0) < 0:
        where = f"{path}.nominalConcurrencyShares"
        errors.append(invalid(where, shares, "must be a non-negative integer"))
    errors += _response(f"{path}.limitResponse", level.get("limitResponse") or {})
    if lent is not None and not 0 <= lent <= 100:
        errors.append(invalid(f"{path}.lendablePercent", lent, "must be between 0 and 100, inclusive"))
    if borrowed is not None and borrowed < 0:
        detail = "if specified, must be a non-negative integer"
        errors.append(invalid(f"{path}.borrowingLimitPercent", borrowed, detail))
    return errors


def _response(path: str, response: Obj) -> Errors:
    kind, queuing, where = response.get("type") or "", response.get("queuing"), f"{path}.queuing"
    if kind == "Reject":
        detail = "must be nil if limited.limitResponse.type is not Limited"
        return [] if queuing is None else [forbidden(where, detail)]
    if kind != "Queue":
        return [not_supported(f"{path}.type", kind, ("Queue", "Reject"))]
    if queuing is None:
        return [required(where, "must not be empty if limited.limitResponse.type is Limited")]
    return _queues(where, queuing)


def _queues(path: str, queuing: Obj) -> Errors:
    longest, queues, hand = (queuing.get(f) or 0 for f in ("queueLengthLimit", "queues", "handSize"))
    errors = [] if longest > 0 else [invalid(f"{path}.queueLengthLimit", longest, "must be positive")]
    if queues <= 0:
        errors.append(invalid(f"{path}.queues", queues, "must be positive"))
    elif queues > _MOST_QUEUES:
        errors.append(invalid(f"{path}.queues", queues, f"must not be greater than {_MOST_QUEUES}"))
    if hand <= 0:
        errors.append(invalid(f"{path}.handSize", hand, "must be positive"))
    elif hand > queues:
        errors.append(invalid(f"{path}.handSize", hand, f"should not be greater than queues ({queues})"))
    elif sum(log2(queues - i) for i in range(hand)) > _MOST_BITS:
        detail = (
            f"required entropy bits of deckSize {queues} and handSize {hand} should not be greater than "
            f"{_MOST_BITS}"
        )
        errors.append(invalid(f"{path}.handSize", hand, detail))
    return errors
