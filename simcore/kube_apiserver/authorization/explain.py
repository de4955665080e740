"""Why a request is allowed, or why not and what is nearest to allowing it. A pure function of the state.

A near miss is a rule that would allow the request if exactly one thing were different: the verb, the resource, the
name, the namespace, or who is asking.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from simcore.apimachinery.kinds import ROLE_BINDING
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.authorization.authorizer import Authorizer, Decision, forbidden, is_master
from simcore.kube_apiserver.authorization.rbac import Grant, RbacAuthorizer, subject_of
from simcore.kube_apiserver.authorization.rules import allows
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.strategy import Reader
from simcore.kube_apiserver.users import User

MOST_MISSES = 10
_DIMENSIONS = {
    "verb": ("verbs", "verb"),
    "group": ("apiGroups", "group"),
    "resource": ("resources", "resource"),
    "name": ("resourceNames", "name"),
    "path": ("nonResourceURLs", "path"),
}
"""What may differ: the rule's member and the request's."""


class NearMiss(NamedTuple):
    differs: str
    """One of verb, group, resource, name, path, namespace, subject."""
    grant: Grant
    rule: Obj
    text: str

    def document(self) -> Obj:
        meta = self.grant.binding["metadata"]
        binding = {"name": meta["name"]} | ({"namespace": meta["namespace"]} if "namespace" in meta else {})
        return {
            "differs": self.differs,
            "binding": binding,
            "roleRef": self.grant.binding["roleRef"],
            "rule": self.rule,
            "text": self.text,
        }


def explanation(authorizers: Sequence[Authorizer], read: Reader, user: User, asked: Attributes) -> Obj:
    """The answer of each authorizer in its order, and for a refusal the near misses: a JSON document."""
    answers = [(authorizer.name, authorizer.decide(user, asked)) for authorizer in authorizers]
    reasons = "\n".join(d.reason for _, d in answers if d.reason)
    decisive = next(((n, d) for n, d in answers if d.allowed or d.denied), ("", Decision(reason=reasons)))
    allowed = decisive[1].allowed
    misses = [] if allowed else near_misses(read, user, asked)
    return {
        "allowed": allowed,
        "user": user.name,
        "groups": list(user.groups),
        "asked": {name: value for name, value in _shown(asked).items() if value},
        "sentence": _sentence(user, asked, *decisive),
        "authorizers": [
            {"name": name, "verdict": _verdict(decision), "reason": decision.reason}
            for name, decision in answers
        ],
        "nearMisses": [miss.document() for miss in misses],
    }


def near_misses(read: Reader, user: User, asked: Attributes) -> list[NearMiss]:
    """At most MOST_MISSES, the user's own bindings first."""
    if is_master(user):
        return []
    rbac, found = RbacAuthorizer(read), list[NearMiss]()
    found += _by_rule(rbac, user, asked)
    found += _by_namespace(rbac, read, user, asked)
    found += _by_subject(rbac, user, asked)
    return found[:MOST_MISSES]


def _by_rule(rbac: RbacAuthorizer, user: User, asked: Attributes) -> Iterator[NearMiss]:
    for grant in rbac.grants(user, "" if asked.path else asked.namespace):
        for rule in grant.rules or ():
            for dimension in _DIMENSIONS:
                if _would_allow(rule, asked, dimension):
                    member, attribute = _DIMENSIONS[dimension]
                    given = ", ".join(f'"{value}"' for value in rule.get(member) or ())
                    wanted = getattr(asked, attribute)
                    said = f'{grant} allows the {dimension} {given}, not "{wanted}"'
                    yield NearMiss(dimension, grant, rule, said)


def _would_allow(rule: Obj, asked: Attributes, dimension: str) -> bool:
    """Whether the rule fits in all but this."""
    member, attribute = _DIMENSIONS[dimension]
    if member not in rule or (not getattr(asked, attribute) and dimension not in ("group", "name")):
        return False
    if bool(asked.path) != ("nonResourceURLs" in rule):
        return False
    return allows({**rule, member: ["*"] if dimension != "name" else []}, asked)


def _by_namespace(rbac: RbacAuthorizer, read: Reader, user: User, asked: Attributes) -> Iterator[NearMiss]:
    for binding in () if asked.path else read.all(ROLE_BINDING):
        where, subject = binding["metadata"]["namespace"], subject_of(binding, user)
        if where == asked.namespace or subject is None:
            continue
        grant = Grant(binding, subject, rbac.rules_of(binding["roleRef"], where))
        for rule in grant.rules or ():
            if allows(rule, replace(asked, namespace=where)):
                place = f'not in "{asked.namespace}"' if asked.namespace else "not in the whole cluster"
                yield NearMiss("namespace", grant, rule, f'{grant} allows it in "{where}", {place}')
                break


def _by_subject(rbac: RbacAuthorizer, user: User, asked: Attributes) -> Iterator[NearMiss]:
    for binding in rbac.bindings("" if asked.path else asked.namespace):
        subjects = binding.get("subjects") or ()
        if not subjects or subject_of(binding, user) is not None:
            continue
        grant = Grant(binding, subjects[0], rbac.rules_of(binding["roleRef"], asked.namespace))
        for rule in grant.rules or ():
            if allows(rule, asked):
                yield NearMiss(
                    "subject", grant, rule, f'{grant} allows it, and "{user.name}" is none of its subjects'
                )
                break


def _sentence(user: User, asked: Attributes, by: str, decision: Decision) -> str:
    if decision.allowed:
        what = asked.path or "/".join(part for part in (asked.resource, asked.subresource) if part)
        return decision.reason or f'{by} lets "{user.name}" {asked.verb} {what}'
    return forbidden(user, asked, decision.reason).message


def _verdict(decision: Decision) -> str:
    return "allow" if decision.allowed else "deny" if decision.denied else "no opinion"


def _shown(asked: Attributes) -> Obj:
    names = ("verb", "group", "resource", "subresource", "namespace", "name", "path")
    return {name: getattr(asked, name) for name in names}
