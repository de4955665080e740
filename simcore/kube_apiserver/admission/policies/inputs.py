"""What an expression of a policy can name: object, oldObject, request, params, namespaceObject and authorizer.

Models: kubernetes v1.36 apiserver/pkg/admission/plugin/cel (CreateAdmissionRequest, CreateNamespaceObject),
apiserver/pkg/cel/library/authz.go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.admission.plugin import Asked
from simcore.kube_apiserver.admission.policies.matching import OPERATIONS
from simcore.kube_apiserver.authorization.authorizer import Authorizer, Decision, is_master
from simcore.kube_apiserver.custom.cel_library import CelError
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.strategy import RequestContext
from simcore.kube_apiserver.users import User, service_account

_NAMESPACE_META = (
    "name", "generateName", "namespace", "labels", "annotations", "uid", "creationTimestamp",
    "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "resourceVersion", "finalizers",
)  # fmt: skip
_MARK, _ALLOWED, _REASON = "\0authorizer", "\0allowed", "\0reason"
_FIELDS = ("path", "group", "resource", "subresource", "namespace", "name")


def inputs_of(asked: Asked, ctx: RequestContext, params: Obj | None, namespace: Obj | None) -> Obj:
    return {
        "object": _typed(asked, asked.obj),
        "oldObject": _typed(asked, asked.old),
        "request": request_of(asked, ctx),
        "params": params,
        "namespaceObject": _namespace(namespace),
        "authorizer": {**_question(), "requestResource": _question(**_place(asked))},
        "jsonpatch": {},
    }


def request_of(asked: Asked, ctx: RequestContext) -> Obj:
    kind = {"group": asked.kind.group, "version": asked.kind.version, "kind": asked.kind.kind}
    resource = {"group": asked.kind.group, "version": asked.kind.version, "resource": asked.kind.plural}
    user = ctx.user
    return {
        "kind": kind,
        "resource": resource,
        "subResource": asked.subresource,
        "requestKind": kind,
        "requestResource": resource,
        "requestSubResource": asked.subresource,
        "name": asked.name,
        "namespace": asked.namespace,
        "operation": OPERATIONS[asked.verb],
        "userInfo": {
            "username": user.name,
            "uid": user.uid,
            "groups": list(user.groups),
            "extra": {name: list(values) for name, values in user.extra},
        },
        "dryRun": ctx.dry_run,
    }


def authorizer_functions(authorizer: Authorizer, user: User) -> dict[str, Callable[..., Any]]:
    """`authorizer.group('apps').resource('deployments').namespace('x').check('create').allowed()`; in any order."""

    def check(question: Any, verb: str) -> Obj:
        where = _read(question)
        namespace, _, name = where["account"].partition(":")
        who = service_account(namespace, name) if name else user
        asked = Attributes(
            verb, where["group"], where["resource"], where["subresource"], where["namespace"], where["name"],
            where["path"],
        )  # fmt: skip
        decision = Decision(allowed=True) if is_master(who) else authorizer.decide(who, asked)
        return {_ALLOWED: decision.allowed, _REASON: decision.reason}

    def narrowed(field: str) -> Callable[[Any, str], Obj]:
        return lambda question, value: _question(**{**_read(question), field: value})

    return {
        **{field: narrowed(field) for field in _FIELDS},
        "serviceAccount": lambda question, space, name: _question(
            **{**_read(question), "account": f"{space}:{name}"}
        ),
        "check": check,
        "allowed": lambda decision: decision[_ALLOWED],
        "reason": lambda decision: decision[_REASON],
        "errored": lambda decision: False,
        "error": lambda decision: "",
        "escapeKey": lambda _, text: text.replace("~", "~0").replace("/", "~1"),
    }


def _question(**known: str) -> Obj:
    return {_MARK: {**dict.fromkeys((*_FIELDS, "account"), ""), **known}}


def _read(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or _MARK not in value:
        raise CelError("no such overload")
    where: dict[str, str] = value[_MARK]
    return where


def _place(asked: Asked) -> dict[str, str]:
    return {
        "group": asked.kind.group,
        "resource": asked.kind.plural,
        "subresource": asked.subresource,
        "namespace": asked.namespace,
        "name": asked.name,
    }


def _typed(asked: Asked, obj: Obj | None) -> Obj | None:
    """Objects know what they are."""
    if obj is None:
        return None
    return {"apiVersion": asked.kind.api_version, "kind": asked.kind.kind, **obj}


def _namespace(namespace: Obj | None) -> Obj | None:
    """What upstream shows of it."""
    if namespace is None:
        return None
    meta = {name: value for name, value in namespace["metadata"].items() if name in _NAMESPACE_META}
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": meta,
        "spec": namespace.get("spec") or {},
        "status": namespace.get("status") or {},
    }
