"""Approves the requests of kubelets that may have their client certificates without asking anybody.

Models: kubernetes v1.36 pkg/controller/certificates/approver/sarapprove.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simcore.apimachinery.certificates import CertificateError, CertificateRequest
from simcore.apimachinery.errors import Forbidden
from simcore.apimachinery.kinds import CERTIFICATE_SIGNING_REQUEST as REQUEST
from simcore.apimachinery.kinds import SUBJECT_ACCESS_REVIEW
from simcore.apimachinery.meta import Key, Obj
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, own_key
from simcore.kube_controller_manager.certificates.requests import (
    KUBELET_CLIENT,
    NotAcceptable,
    check_kubelet_client,
    is_true,
    parsed,
)

_SELF = "Auto approving self kubelet client certificate after SubjectAccessReview."
_OTHER = "Auto approving kubelet client certificate after SubjectAccessReview."


class CertificateApprover:
    name = "certificate-approver"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client, self._requests = ctx.client, ctx.informers.informer(REQUEST)
        self.watches: Sequence[Watch] = (Watch(REQUEST, own_key),)

    def reconcile(self, key: Key) -> Result:
        """A request that is recognized, and whose maker may not, is asked about again later."""
        request = self._requests.get(key)
        if request is None or _is_answered(request):
            return DONE
        tried = []
        for permission, message in _recognized(request):
            if self._may(request, permission):
                self._approve(request, message)
                return DONE
            tried.append(permission)
        if tried:
            said = f"recognized csr {key.name!r} as [{' '.join(tried)}] but subject access review was not approved"
            raise Forbidden(said, details={})
        return DONE

    def _may(self, request: Obj, permission: str) -> bool:
        spec = request["spec"]
        review = {
            "metadata": {},
            "spec": {
                "user": spec.get("username", ""),
                "uid": spec.get("uid", ""),
                "groups": spec.get("groups") or [],
                "extra": spec.get("extra") or {},
                "resourceAttributes": {
                    "group": REQUEST.group,
                    "resource": REQUEST.plural,
                    "subresource": permission,
                    "verb": "create",
                    "version": "*",
                },
            },
        }
        answer = self._client.create(SUBJECT_ACCESS_REVIEW, review)
        return bool(answer["status"]["allowed"])

    def _approve(self, request: Obj, message: str) -> None:
        status = request.get("status") or {}
        approved = {"type": "Approved", "status": "True", "reason": "AutoApproved", "message": message}
        conditions = [*(status.get("conditions") or ()), approved]
        patch = {
            "metadata": {"resourceVersion": request["metadata"]["resourceVersion"]},
            "status": {"conditions": conditions},
        }
        self._client.patch(REQUEST, Key("", request["metadata"]["name"]), patch, subresource="approval")


def _recognized(request: Obj) -> Iterator[tuple[str, str]]:
    """(subresource that its maker needs to be allowed to create, what the approval will say)"""
    if request["spec"].get("signerName") != KUBELET_CLIENT:
        return
    try:
        asked = parsed(request)
        check_kubelet_client(asked, request["spec"]["usages"])
    except (CertificateError, NotAcceptable):
        return
    if _is_own(request, asked):
        yield "selfnodeclient", _SELF
    yield "nodeclient", _OTHER


def _is_own(request: Obj, asked: CertificateRequest) -> bool:
    return bool(request["spec"].get("username") == asked.subject.common_name)


def _is_answered(request: Obj) -> bool:
    has_certificate = bool((request.get("status") or {}).get("certificate"))
    return has_certificate or is_true(request, "Approved") or is_true(request, "Denied")
