"""Questions that are answered and forgotten: who am I, may I, what may I, whose token is this; and TokenRequest.

Models: kubernetes v1.36 pkg/registry/{authorization,authentication}.
"""

from __future__ import annotations

from simcore.apimachinery.errors import BadRequest, FieldError, Forbidden, Invalid
from simcore.apimachinery.kinds import (
    LOCAL_SUBJECT_ACCESS_REVIEW,
    SELF_SUBJECT_ACCESS_REVIEW,
    SELF_SUBJECT_REVIEW,
    SELF_SUBJECT_RULES_REVIEW,
    SERVICE_ACCOUNT,
    SUBJECT_ACCESS_REVIEW,
    TOKEN_REVIEW,
    Kind,
)
from simcore.apimachinery.meta import Key, Obj
from simcore.kube_apiserver.admission.node_restriction import check_token_request
from simcore.kube_apiserver.authentication.tokens import (
    BINDABLE,
    DEFAULT_S,
    ISSUER,
    LONGEST_S,
    SHORTEST_S,
    Tokens,
)
from simcore.kube_apiserver.authorization.reviews import access_status, rules_status
from simcore.kube_apiserver.http.body import as_kind, object_of, parsed
from simcore.kube_apiserver.http.message import HttpResponse
from simcore.kube_apiserver.http.writing import Writing, method_not_allowed
from simcore.kube_apiserver.users import User
from simcore.sim.timestamps import format_seconds

TOKEN_REQUEST = Kind(
    "authentication.k8s.io", "v1", "TokenRequest", "tokenrequests",
    definition="io.k8s.api.authentication.v1.TokenRequest",
)  # fmt: skip


def serve_review(writing: Writing, tokens: Tokens) -> HttpResponse:
    """Raises: MethodNotAllowed, BadRequest, Invalid."""
    kind = writing.kind
    writing.options("CreateOptions")
    form, doc = writing.form(), object_of(writing.http, kind, writing.decoder)
    spec, authorizer = doc.get("spec") or {}, writing.server.authorizer
    match kind.kind:
        case SELF_SUBJECT_REVIEW.kind:
            status: Obj = {"userInfo": _user_info(writing.user)}
        case SELF_SUBJECT_ACCESS_REVIEW.kind:
            status = access_status(authorizer, kind, spec, writing.user)
        case SUBJECT_ACCESS_REVIEW.kind | LOCAL_SUBJECT_ACCESS_REVIEW.kind:
            status = access_status(authorizer, kind, spec, writing.user, writing.key.namespace)
        case SELF_SUBJECT_RULES_REVIEW.kind:
            status = rules_status(authorizer, spec, writing.user)
        case TOKEN_REVIEW.kind:
            status = _token_status(tokens, spec)
        case _:
            raise method_not_allowed()
    metadata = {"creationTimestamp": None, **doc["metadata"]}
    answer = {
        "kind": kind.kind,
        "apiVersion": kind.api_version,
        "metadata": metadata,
        "spec": spec,
        "status": status,
    }
    return form.one(answer, 201, writing.decoder.warnings)


def serve_token_request(writing: Writing, tokens: Tokens) -> HttpResponse:
    """POST serviceaccounts/<name>/token. Raises: NotFound, Invalid, BadRequest."""
    writing.options("CreateOptions")
    node = writing.decoder.node(TOKEN_REQUEST)
    body = parsed(writing.http, TOKEN_REQUEST.kind, node)
    doc = as_kind(body, TOKEN_REQUEST, writing.decoder, writing.http.body, node)
    account = writing.server.get(SERVICE_ACCOUNT, writing.key, writing.caller(), "token")
    spec = doc.get("spec") or {}
    lifetime_s = spec.get("expirationSeconds", DEFAULT_S)
    _check_lifetime(lifetime_s)
    audiences = spec.get("audiences") or [ISSUER]
    bound = _bound(writing, spec.get("boundObjectRef"))
    if why := check_token_request(writing.user, bound, spec.get("boundObjectRef") or {}):
        raise _no_token(writing, why)
    token, until_s = tokens.made(account, audiences, lifetime_s, bound)
    spec = {
        "audiences": audiences,
        "expirationSeconds": lifetime_s,
        "boundObjectRef": spec.get("boundObjectRef"),
    }
    meta = {name: account["metadata"][name] for name in ("name", "namespace")}
    answer = {
        "kind": TOKEN_REQUEST.kind,
        "apiVersion": TOKEN_REQUEST.api_version,
        "metadata": {**meta, "creationTimestamp": writing.server.clock.timestamp()},
        "spec": spec,
        "status": {"token": token, "expirationTimestamp": format_seconds(until_s * 1000)},
    }
    return writing.form().encoded(answer, 201, writing.decoder.warnings)


def _check_lifetime(lifetime_s: int) -> None:
    """Raises: Invalid."""
    why = ""
    if lifetime_s < SHORTEST_S:
        why = f"Invalid value: {lifetime_s}: may not specify a duration less than 10 minutes"
    elif lifetime_s > LONGEST_S:
        why = f"Invalid value: {lifetime_s}: may not specify a duration larger than 2^32 seconds"
    if why:
        raise Invalid.because(
            TOKEN_REQUEST, "", [FieldError("spec.expirationSeconds", "FieldValueInvalid", why)]
        )


def _bound(writing: Writing, ref: Obj | None) -> Obj | None:
    """The object that the token is bound to. Raises: BadRequest, NotFound."""
    if not ref:
        return None
    kind = BINDABLE.get(ref.get("kind", ""))
    if kind is None:
        raise BadRequest(f'cannot bind token for serviceaccount to object of type "{ref.get("kind", "")}"')
    key = Key(writing.key.namespace if kind.namespaced else "", ref.get("name", ""))
    obj = writing.server.get(kind, key, writing.caller())
    return {**obj, "kind": kind.kind}


def _no_token(writing: Writing, why: str) -> Forbidden:
    details = {"name": writing.key.name, "kind": SERVICE_ACCOUNT.plural}
    return Forbidden(f'{SERVICE_ACCOUNT.plural} "{writing.key.name}" is forbidden: {why}', details=details)


def _token_status(tokens: Tokens, spec: Obj) -> Obj:
    audiences = tuple(spec.get("audiences") or (ISSUER,))
    user = tokens.user(spec.get("token", ""), audiences)
    if user is None:
        return {"user": {}, "error": "[invalid bearer token]"}
    return {"authenticated": True, "user": _user_info(user), "audiences": list(audiences)}


def _user_info(user: User) -> Obj:
    info: Obj = {"username": user.name}
    if user.uid:
        info["uid"] = user.uid
    info["groups"] = list(user.groups)
    return info | ({"extra": {key: list(values) for key, values in user.extra}} if user.extra else {})
