"""The review kinds of authorization.k8s.io: from a document's spec to its status.

Models: kubernetes v1.36 pkg/registry/authorization, pkg/apis/authorization/validation.
"""

from __future__ import annotations

from simcore.apimachinery.errors import BadRequest, Invalid
from simcore.apimachinery.kinds import LOCAL_SUBJECT_ACCESS_REVIEW, SELF_SUBJECT_ACCESS_REVIEW, Kind
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.authorization.authorizer import Authorizer, Decision, is_master
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.users import User
from simcore.kube_apiserver.validation.field import Errors, invalid

_NEITHER = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
_BOTH = "cannot be specified in combination with resourceAttributes"


def access_status(authorizer: Authorizer, kind: Kind, spec: Obj, asker: User, namespace: str = "") -> Obj:
    """Of a (Self|Local)SubjectAccessReview. Raises: Invalid, BadRequest."""
    _check(kind, spec, namespace)
    user = asker if kind is SELF_SUBJECT_ACCESS_REVIEW else subject_of(spec)
    asked = asked_of(spec)
    decision = Decision(allowed=True) if is_master(user) else authorizer.decide(user, asked)
    status: Obj = {"allowed": decision.allowed}
    if decision.denied:
        status["denied"] = True
    return status | ({"reason": decision.reason} if decision.reason else {})


def rules_status(authorizer: Authorizer, spec: Obj, asker: User) -> Obj:
    """Of a SelfSubjectRulesReview. Raises: BadRequest."""
    namespace = spec.get("namespace", "")
    if not namespace:
        raise BadRequest("no namespace on request")
    found = authorizer.rules(asker, namespace)
    members = ("verbs", "apiGroups", "resources", "resourceNames")
    resources = [
        {k: rule[k] for k in members if rule.get(k)} for rule in found.rules if rule.get("resources")
    ]
    paths = [{k: r[k] for k in ("verbs", "nonResourceURLs")} for r in found.rules if r.get("nonResourceURLs")]
    status: Obj = {"resourceRules": resources, "nonResourceRules": paths, "incomplete": bool(found.gap)}
    return status | ({"evaluationError": found.gap} if found.gap else {})


def asked_of(spec: Obj) -> Attributes:
    path = spec.get("nonResourceAttributes")
    if path is not None:
        return Attributes(path.get("verb", ""), "", "", path=path.get("path", ""))
    found = spec.get("resourceAttributes") or {}
    terms = (found.get("fieldSelector") or {}).get("requirements") or ()
    fields = tuple(
        (str(term.get("key", "")), str(term["values"][0]))
        for term in terms
        if term.get("operator") == "In" and len(term.get("values") or ()) == 1
    )

    def said(name: str) -> str:
        return str(found.get(name) or "")

    return Attributes(
        said("verb"),
        said("group"),
        said("resource"),
        said("subresource"),
        said("namespace"),
        said("name"),
        fields=fields,
    )


def subject_of(spec: Obj) -> User:
    """Whom a review asks about; nobody is there, so nobody has a share link's role."""
    extra = tuple((name, tuple(values or ())) for name, values in (spec.get("extra") or {}).items())
    return User(spec.get("user", ""), tuple(spec.get("groups") or ()), "user", spec.get("uid", ""), extra)


def _check(kind: Kind, spec: Obj, namespace: str) -> None:
    resource, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    errors: Errors = []
    if resource is not None and path is not None:
        errors.append(invalid("spec.nonResourceAttributes", path, _BOTH))
    if resource is None and path is None:
        errors.append(invalid("spec.resourceAttributes", None, _NEITHER))
    if kind is not SELF_SUBJECT_ACCESS_REVIEW and not spec.get("user") and not spec.get("groups"):
        errors.append(invalid("spec.user", "", "at least one of user or group must be specified"))
    if kind is LOCAL_SUBJECT_ACCESS_REVIEW and path is not None:
        errors.append(invalid("spec.nonResourceAttributes", path, "disallowed on this kind of request"))
    if errors:
        raise Invalid.because(kind, "", errors)
    if kind is LOCAL_SUBJECT_ACCESS_REVIEW and (resource or {}).get("namespace", "") != namespace:
        raise BadRequest(f"spec.resourceAttributes.namespace must match namespace: {namespace}")
