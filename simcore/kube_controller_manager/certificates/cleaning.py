"""Clears away requests that nobody needs any more.

Models: kubernetes v1.36 pkg/controller/certificates/cleaner/cleaner.go.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Sequence
from contextlib import suppress

from simcore.apimachinery.certificates import CertificateError, expiry_ms
from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import CERTIFICATE_SIGNING_REQUEST as REQUEST
from simcore.apimachinery.meta import Key, Obj, uid_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, own_key
from simcore.sim.timestamps import parse_time

HOUR_MS = 3600 * 1000
AFTER_MS = {"Approved": HOUR_MS, "Denied": HOUR_MS, "Failed": HOUR_MS}
"""How long an answered request stays; an approved one that has its certificate."""
PENDING_MS = 24 * HOUR_MS
UNISSUED_MS = 24 * HOUR_MS
"""How long an approved request waits for a signer."""


class CertificateCleaner:
    """Acts at the moment; upstream looks every hour."""

    name = "certificate-cleaner"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client, self._clock, self._requests = ctx.client, ctx.clock, ctx.informers.informer(REQUEST)
        self.watches: Sequence[Watch] = (Watch(REQUEST, own_key),)

    def reconcile(self, key: Key) -> Result:
        request = self._requests.get(key)
        if request is None:
            return DONE
        wait_ms = min(_ends_ms(request)) - self._clock.unix_ms()
        if wait_ms > 0:
            return Result(wait_ms)
        with suppress(NotFound):
            self._client.delete(REQUEST, key, uid=uid_of(request))
        return DONE


def _ends_ms(request: Obj) -> Iterator[int]:
    """When the request goes, for each reason, in Unix milliseconds."""
    status, created = request.get("status") or {}, parse_time(request["metadata"]["creationTimestamp"])
    certificate = status.get("certificate")
    answered = [c for c in status.get("conditions") or () if c["type"] in AFTER_MS]
    if not answered and not certificate:
        yield int(created + PENDING_MS)
    for condition in answered:
        waits = condition["type"] == "Approved" and not certificate
        since = parse_time(condition.get("lastUpdateTime") or request["metadata"]["creationTimestamp"])
        yield int(since + (UNISSUED_MS if waits else AFTER_MS[condition["type"]]))
    if certificate:
        try:
            yield expiry_ms(b64decode(certificate))
        except (CertificateError, ValueError):
            yield int(created + PENDING_MS)
