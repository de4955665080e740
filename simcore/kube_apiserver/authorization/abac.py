"""Attribute-based access: one JSON object a line says who may do what.

Models: kubernetes v1.36 pkg/auth/authorizer/abac/abac.go.
Left out: see docs/deviations.md, kube-apiserver: lines without an apiVersion.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.authorization.authorizer import Decision, RuleSet
from simcore.kube_apiserver.authorization.rules import rule, url_rule
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.users import User

READ_ONLY = ("get", "list", "watch")
MOST_POLICIES = 1_000
_GROUP = "abac.authorization.kubernetes.io/"
_VERSIONS = (f"{_GROUP}v1beta1",)
_TEXTS = ("user", "group", "namespace", "resource", "apiGroup", "nonResourcePath")


class BadPolicy(ValueError):
    """A line that is no policy."""


class AbacAuthorizer:
    name = "ABAC"

    def __init__(self, policies: Callable[[], Iterable[Obj]]) -> None:
        """`policies`: the `spec`s of the file as it is now."""
        self._policies = policies

    def decide(self, user: User, asked: Attributes) -> Decision:
        if any(_matches(policy, user, asked) for policy in self._policies()):
            return Decision(allowed=True)
        return Decision(reason="No policy matched.")

    def rules(self, user: User, namespace: str) -> RuleSet:
        found = []
        for policy in self._policies():
            verbs = READ_ONLY if policy.get("readonly") else ("*",)
            if not _is_subject(policy, user):
                continue
            if policy.get("resource") and policy.get("namespace") in ("*", namespace):
                found.append(rule(verbs, [policy.get("apiGroup", "")], [policy["resource"]]))
            if policy.get("nonResourcePath"):
                found.append(url_rule(verbs, [policy["nonResourcePath"]]))
        return RuleSet(found)


def policies_of(text: str) -> list[Obj]:
    """The specs of a policy file. Raises: BadPolicy."""
    found: list[Obj] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.strip().startswith("#"):
            continue
        found.append(_policy(line, number))
    if len(found) > MOST_POLICIES:
        raise BadPolicy(f"{len(found)} policies; at most {MOST_POLICIES} are taken")
    return found


def _policy(line: str, number: int) -> Obj:
    where = f"error reading policy file, line {number}"
    try:
        doc = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadPolicy(f"{where}: {type(error).__name__}") from None
    if not isinstance(doc, dict) or doc.get("apiVersion") not in _VERSIONS or doc.get("kind") != "Policy":
        raise BadPolicy(f"{where}: unrecognized object, expected {_VERSIONS[0]} Policy")
    spec = doc.get("spec")
    if not isinstance(spec, dict) or not isinstance(spec.get("readonly", False), bool):
        raise BadPolicy(f"{where}: spec is no policy")
    if any(not isinstance(spec.get(name, ""), str) for name in _TEXTS):
        raise BadPolicy(f"{where}: spec is no policy")
    return {name: spec[name] for name in (*_TEXTS, "readonly") if spec.get(name)}


def _matches(policy: Obj, user: User, asked: Attributes) -> bool:
    if not _is_subject(policy, user) or (policy.get("readonly") and asked.verb not in READ_ONLY):
        return False
    if asked.path:
        given = policy.get("nonResourcePath", "")
        return given in ("*", asked.path) or (
            given.endswith("*") and asked.path.startswith(given.rstrip("*"))
        )
    return all(
        policy.get(name, "") in ("*", value)
        for name, value in (
            ("namespace", asked.namespace),
            ("resource", asked.resource),
            ("apiGroup", asked.group),
        )
    )


def _is_subject(policy: Obj, user: User) -> bool:
    """A policy for a user and a group is for that user in that group; one for neither is for nobody."""
    name, group = policy.get("user", ""), policy.get("group", "")
    if not name and not group:
        return False
    return (not name or name in ("*", user.name)) and (not group or group == "*" or group in user.groups)
