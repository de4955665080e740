"""Which requests the audit log tells of, and how much of each.

Models: kubernetes v1.36 apiserver/pkg/audit/policy/checker.go, apiserver/pkg/apis/audit/validation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, cast

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.http.info import RequestInfo
from simcore.kube_apiserver.observing.requests import READING
from simcore.kube_apiserver.users import User

Level = Literal["None", "Metadata", "Request", "RequestResponse"]
LEVELS: tuple[Level, ...] = ("None", "Metadata", "Request", "RequestResponse")
API_VERSION = "audit.k8s.io/v1"
MOST_RULES = 200
DEFAULT_POLICY: Obj = {
    "apiVersion": API_VERSION,
    "kind": "Policy",
    "rules": [
        {"level": "None", "verbs": list(READING)},
        {
            "level": "None",
            "resources": [{"group": "authorization.k8s.io"}, {"group": "authentication.k8s.io"}],
        },
        {"level": "Metadata"},
    ],
}
"""Of a cluster whose owner has written none: who changed what."""


class PolicyError(ValueError):
    """The document is no audit policy."""


class Policy:
    """Rules, of which the first that matches a request decides."""

    def __init__(self, document: Any) -> None:
        """Raises: PolicyError."""
        if not isinstance(document, dict) or document.get("kind") != "Policy":
            raise PolicyError("kind must be Policy")
        if document.get("apiVersion") != API_VERSION:
            raise PolicyError(f"apiVersion must be {API_VERSION}")
        rules = document.get("rules")
        if not isinstance(rules, list) or not 0 < len(rules) <= MOST_RULES:
            raise PolicyError(f"rules must be a list of 1 to {MOST_RULES} rules")
        for i, rule in enumerate(rules):
            _check_rule(f"rules[{i}]", rule)
        self.document: Obj = document

    def level(self, user: User | None, verb: str, info: RequestInfo | None, path: str) -> Level:
        for rule in self.document["rules"]:
            if _matches(rule, user, verb, info, path):
                return cast(Level, rule["level"])
        return "None"


def _check_rule(at: str, rule: Any) -> None:
    if not isinstance(rule, dict):
        raise PolicyError(f"{at} must be an object")
    if rule.get("level") not in LEVELS:
        raise PolicyError(f"{at}.level must be one of {', '.join(LEVELS)}")
    for name in ("users", "userGroups", "verbs", "namespaces", "nonResourceURLs"):
        if not _is_texts(rule.get(name, [])):
            raise PolicyError(f"{at}.{name} must be a list of texts")
    resources = rule.get("resources", [])
    if not isinstance(resources, list):
        raise PolicyError(f"{at}.resources must be a list")
    if rule.get("nonResourceURLs") and (resources or rule.get("namespaces")):
        raise PolicyError(
            f"{at}.nonResourceURLs: rules cannot apply to both regular resources and non-resource URLs"
        )
    for i, group in enumerate(resources):
        is_sound = isinstance(group, dict) and isinstance(group.get("group", ""), str)
        if not is_sound or not all(_is_texts(group.get(n, [])) for n in ("resources", "resourceNames")):
            raise PolicyError(f"{at}.resources[{i}] must have a group, resources and resourceNames")


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _matches(rule: Obj, user: User | None, verb: str, info: RequestInfo | None, path: str) -> bool:
    if rule.get("users") and (user is None or user.name not in rule["users"]):
        return False
    if rule.get("userGroups") and (user is None or not set(user.groups) & set(rule["userGroups"])):
        return False
    if rule.get("verbs") and verb not in rule["verbs"]:
        return False
    if rule.get("namespaces") or rule.get("resources"):
        return info is not None and _is_about(rule, info)
    if rule.get("nonResourceURLs"):
        return info is None and any(_is_path(pattern, path) for pattern in rule["nonResourceURLs"])
    return True


def _is_about(rule: Obj, info: RequestInfo) -> bool:
    if rule.get("namespaces") and info.namespace not in rule["namespaces"]:
        return False
    resources = rule.get("resources")
    return not resources or any(_is_of(group, info) for group in resources)


def _is_of(group: Obj, info: RequestInfo) -> bool:
    if group.get("group", "") != info.group:
        return False
    if group.get("resourceNames") and info.name not in group["resourceNames"]:
        return False
    names: Sequence[str] = group.get("resources") or ()
    combined = f"{info.resource}/{info.subresource}" if info.subresource else info.resource
    wild = (f"{info.resource}/*", f"*/{info.subresource}") if info.subresource else ()
    return not names or any(name in ("*", combined, *wild) for name in names)


def _is_path(pattern: str, path: str) -> bool:
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern
