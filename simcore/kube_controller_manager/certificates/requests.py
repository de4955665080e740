"""What the signers of kubernetes.io ask of a request.

Models: kubernetes v1.36 pkg/apis/certificates/helpers.go, pkg/controller/certificates/signer/signer.go.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Collection

from simcore.apimachinery.certificates import CertificateError, CertificateRequest, request_of
from simcore.apimachinery.meta import Obj
from simcore.kube_controller_manager.pods import condition_of

CLIENT = "kubernetes.io/kube-apiserver-client"
KUBELET_CLIENT = "kubernetes.io/kube-apiserver-client-kubelet"
KUBELET_SERVING = "kubernetes.io/kubelet-serving"
LEGACY = "kubernetes.io/legacy-unknown"
SIGNERS = (CLIENT, KUBELET_CLIENT, KUBELET_SERVING, LEGACY)
NODES, NODE_USER = "system:nodes", "system:node:"

_SIGNATURE, _ENCIPHERMENT = "digital signature", "key encipherment"
_KUBELET_CLIENT_USAGES = ("client auth", _SIGNATURE, _ENCIPHERMENT)
_KUBELET_SERVING_USAGES = (_SIGNATURE, _ENCIPHERMENT, "server auth")


class NotAcceptable(ValueError):
    """Why a signer refuses a request."""


def parsed(request: Obj) -> CertificateRequest:
    """Raises: CertificateError."""
    try:
        pem = b64decode(request["spec"].get("request") or "")
    except ValueError:
        raise CertificateError("the request is not base64") from None
    return request_of(pem)


def check(asked: CertificateRequest, usages: Collection[str], signer: str) -> None:
    """Raises: NotAcceptable."""
    if signer == CLIENT:
        _check_client_usages(usages)
    elif signer == KUBELET_CLIENT:
        check_kubelet_client(asked, usages)
    elif signer == KUBELET_SERVING:
        check_kubelet_serving(asked, usages)


def check_kubelet_client(asked: CertificateRequest, usages: Collection[str]) -> None:
    """Raises: NotAcceptable."""
    _check_organization(asked)
    for names, what in (
        (asked.dns_names, "DNS"),
        (asked.emails, "Email"),
        (asked.addresses, "IP"),
        (asked.uris, "URI"),
    ):
        if names:
            raise NotAcceptable(f"{what} subjectAltNames are not allowed")
    _check_common_name(asked)
    _check_usages(usages, _KUBELET_CLIENT_USAGES)


def check_kubelet_serving(asked: CertificateRequest, usages: Collection[str]) -> None:
    """Raises: NotAcceptable."""
    _check_organization(asked)
    if not asked.dns_names and not asked.addresses:
        raise NotAcceptable("DNS or IP subjectAltName is required")
    if asked.emails:
        raise NotAcceptable("Email subjectAltNames are not allowed")
    if asked.uris:
        raise NotAcceptable("URI subjectAltNames are not allowed")
    _check_usages(usages, _KUBELET_SERVING_USAGES)
    _check_common_name(asked)


def is_true(request: Obj, name: str) -> bool:
    condition = condition_of(request, name)
    return condition is not None and condition["status"] == "True"


def _check_organization(asked: CertificateRequest) -> None:
    if asked.subject.organizations != (NODES,):
        raise NotAcceptable("subject organization is not system:nodes")


def _check_common_name(asked: CertificateRequest) -> None:
    if not asked.subject.common_name.startswith(NODE_USER):
        raise NotAcceptable("subject common name does not begin with system:node:")


def _check_usages(usages: Collection[str], required: Collection[str]) -> None:
    """Exactly those; enciphering keys may be left out."""
    if set(usages) not in (set(required), set(required) - {_ENCIPHERMENT}):
        raise NotAcceptable(f"usages did not match [{' '.join(required)}]")


def _check_client_usages(usages: Collection[str]) -> None:
    for usage in usages:
        if usage not in (_SIGNATURE, _ENCIPHERMENT, "client auth"):
            raise NotAcceptable(f"invalid usage for client certificate: {usage}")
    if "client auth" not in usages:
        raise NotAcceptable("missing required usage for client certificate: client auth")
