"""CertificateSigningRequests: who asks is not what the client says, and approval and signature are written apart.

Models: kubernetes v1.36 pkg/registry/certificates/certificates/strategy.go.
"""

from __future__ import annotations

from simcore.apimachinery import kinds
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.resources.base import BuiltIn, Content
from simcore.kube_apiserver.strategy import RequestContext
from simcore.kube_apiserver.tables import cluster as tables
from simcore.kube_apiserver.validation import signing_requests
from simcore.kube_apiserver.validation.field import Errors
from simcore.kube_apiserver.validation.metadata import validate_metadata_update
from simcore.kube_apiserver.validation.signing_requests import APPROVED, DENIED

_ASKED_BY = frozenset(("username", "uid", "groups", "extra"))


class SigningRequestStrategy(BuiltIn):
    def __init__(self) -> None:
        rules = signing_requests.validate_signing_request
        content = Content(
            rules=rules,
            table=tables.SIGNING_REQUEST,
            new_status={},
            field_selectors=("spec.signerName",),
        )
        super().__init__(kinds.CERTIFICATE_SIGNING_REQUEST, content)

    def prepare_create(self, obj: Obj, ctx: RequestContext) -> Obj:
        user = ctx.user
        asked_by: Obj = {"username": user.name, "groups": list(user.groups)}
        if user.uid:
            asked_by["uid"] = user.uid
        if user.extra:
            asked_by["extra"] = {name: list(values) for name, values in user.extra}
        said = {k: v for k, v in (obj.get("spec") or {}).items() if k not in _ASKED_BY}
        return super().prepare_create({**obj, "spec": {**said, **asked_by}}, ctx)

    def prepare_update(self, new: Obj, old: Obj, ctx: RequestContext) -> Obj:
        """An approval takes the conditions, any other update nothing of the answer."""
        if ctx.subresource != "approval":
            return super().prepare_update({**new, "spec": old["spec"]}, old, ctx)
        status = dict(old.get("status") or {})
        if conditions := (new.get("status") or {}).get("conditions"):
            status["conditions"] = _stamped(conditions, ctx)
        else:
            status.pop("conditions", None)
        return {**new, "spec": old["spec"], "status": status}

    def prepare_status(self, new: Obj, old: Obj, ctx: RequestContext) -> Obj:
        """An approval that is there stays as it is; adding or removing one is a fault."""
        status = dict(new.get("status") or {})
        there = {c["type"]: c for c in (old.get("status") or {}).get("conditions") or () if _approves(c)}
        if conditions := status.get("conditions"):
            status["conditions"] = _stamped([there.get(c.get("type"), c) for c in conditions], ctx)
        return super().prepare_status({**new, "status": status}, old, ctx)

    def validate_update(self, new: Obj, old: Obj) -> Errors:
        return validate_metadata_update(self.kind, new, old) + signing_requests.validate_answer(
            new, old, approves=True
        )

    def validate_status(self, new: Obj, old: Obj) -> Errors:
        return validate_metadata_update(self.kind, new, old) + signing_requests.validate_answer(
            new, old, approves=False
        )


def _approves(condition: Obj) -> bool:
    return condition.get("type") in (APPROVED, DENIED)


def _stamped(conditions: list[Obj], ctx: RequestContext) -> list[Obj]:
    """With the times that their writer left out."""
    now = ctx.clock.timestamp()
    return [{"lastUpdateTime": now, "lastTransitionTime": now, **_without_nulls(c)} for c in conditions]


def _without_nulls(condition: Obj) -> Obj:
    return {name: value for name, value in condition.items() if value is not None}
