"""Signs approved requests with the cluster's authority.

Models: kubernetes v1.36 pkg/controller/certificates/signer/signer.go, authority/policies.go.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence

from simcore.apimachinery.certificates import Authority, CertificateError, CertificateRequest
from simcore.apimachinery.kinds import CERTIFICATE_SIGNING_REQUEST as REQUEST
from simcore.apimachinery.meta import Key, Obj
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, own_key
from simcore.kube_controller_manager.certificates.requests import (
    SIGNERS,
    NotAcceptable,
    check,
    is_true,
    parsed,
)

LIFETIME_S = 365 * 24 * 3600
"""--cluster-signing-duration: the longest."""
SHORTEST_S = 600
SHORT_S = 8 * 3600
"""Lifetimes under this are counted from now, longer ones from the beginning of validity."""
BACKDATE_S = 300


class CertificateSigner:
    name = "certificate-signer"

    def __init__(self, ctx: ComponentContext, authority: Authority) -> None:
        self._client, self._clock, self._authority = ctx.client, ctx.clock, authority
        self._requests = ctx.informers.informer(REQUEST)
        self.watches: Sequence[Watch] = (Watch(REQUEST, own_key),)

    def reconcile(self, key: Key) -> Result:
        request = self._requests.get(key)
        if request is None or not _waits(request):
            return DONE
        spec, status = request["spec"], request.get("status") or {}
        try:
            asked = parsed(request)
            check(asked, spec["usages"], spec["signerName"])
            signed = self._signed(request, asked)
        except (CertificateError, NotAcceptable) as error:
            failed = {
                "type": "Failed",
                "status": "True",
                "reason": "SignerValidationFailure",
                "message": str(error),
            }
            status = {**status, "conditions": [*(status.get("conditions") or ()), failed]}
        else:
            status = {**status, "certificate": b64encode(signed.encode()).decode()}
        self._client.update_status(REQUEST, {**request, "status": status})
        return DONE

    def _signed(self, request: Obj, asked: CertificateRequest) -> str:
        wanted = request["spec"].get("expirationSeconds") or LIFETIME_S
        lifetime_s = min(max(wanted, SHORTEST_S), LIFETIME_S)
        now_ms = self._clock.unix_ms()
        begin_ms = now_ms - BACKDATE_S * 1000
        end_ms = (now_ms if lifetime_s < SHORT_S else begin_ms) + lifetime_s * 1000
        usages = request["spec"]["usages"]
        return self._authority.signed(asked, usages, begin_ms, end_ms, request["metadata"]["uid"])


def _waits(request: Obj) -> bool:
    return (
        request["spec"].get("signerName") in SIGNERS
        and is_true(request, "Approved")
        and not is_true(request, "Denied")
        and not is_true(request, "Failed")
        and not (request.get("status") or {}).get("certificate")
    )
