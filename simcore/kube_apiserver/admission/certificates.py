"""Who may approve and sign requests for certificates, and which subject nobody gets.

Models: kubernetes v1.36 plugin/pkg/admission/certificates/{approval,signing,subjectrestriction}.
"""

from __future__ import annotations

from simcore.apimachinery.certificates import CertificateError
from simcore.apimachinery.kinds import CERTIFICATE_SIGNING_REQUEST, Kind
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin, forbidden
from simcore.kube_apiserver.authorization.authorizer import Authorizer, is_allowed
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.strategy import RequestContext
from simcore.kube_apiserver.users import MASTERS, User
from simcore.kube_apiserver.validation.signing_requests import parsed_request

CLIENT_SIGNER = "kubernetes.io/kube-apiserver-client"


class _OfRequests(BasePlugin):
    def concerns(self, kind: Kind) -> bool:
        return kind is CERTIFICATE_SIGNING_REQUEST


class CertificateApproval(_OfRequests):
    name = "CertificateApproval"

    def __init__(self, authorizer: Authorizer) -> None:
        self._authorizer = authorizer

    def validate(self, asked: Asked, ctx: RequestContext) -> None:
        if asked.verb != "update" or asked.subresource != "approval":
            return
        signer = _signer(asked.old)
        if not _may(self._authorizer, ctx.user, "approve", signer):
            raise forbidden(asked, f'user not permitted to approve requests with signerName "{signer}"')


class CertificateSigning(_OfRequests):
    name = "CertificateSigning"

    def __init__(self, authorizer: Authorizer) -> None:
        self._authorizer = authorizer

    def validate(self, asked: Asked, ctx: RequestContext) -> None:
        if asked.verb != "update" or asked.subresource != "status" or not _is_answer(asked):
            return
        signer = _signer(asked.old)
        if not _may(self._authorizer, ctx.user, "sign", signer):
            raise forbidden(asked, f'user not permitted to sign requests with signerName "{signer}"')


class CertificateSubjectRestriction(_OfRequests):
    """Nobody becomes a master by a certificate of the usual signer."""

    name = "CertificateSubjectRestriction"

    def validate(self, asked: Asked, ctx: RequestContext) -> None:
        if asked.verb != "create" or asked.obj is None or _signer(asked.obj) != CLIENT_SIGNER:
            return
        try:
            subject = parsed_request(asked.obj["spec"]).subject
        except CertificateError as error:
            raise forbidden(asked, f"failed to parse CSR: {error}") from None
        if MASTERS in subject.organizations:
            raise forbidden(asked, f"use of {CLIENT_SIGNER} signer with {MASTERS} group is not allowed")


def _signer(request: Obj | None) -> str:
    return str(((request or {}).get("spec") or {}).get("signerName") or "")


def _is_answer(asked: Asked) -> bool:
    new, old = (asked.obj or {}).get("status") or {}, (asked.old or {}).get("status") or {}
    return any(new.get(name) != old.get(name) for name in ("certificate", "conditions"))


def _may(authorizer: Authorizer, user: User, verb: str, signer: str) -> bool:
    """For the signer itself, or for all of its domain."""
    names = (signer, f"{signer.partition('/')[0]}/*")
    group = CERTIFICATE_SIGNING_REQUEST.group
    return any(is_allowed(authorizer, user, Attributes(verb, group, "signers", name=name)) for name in names)
