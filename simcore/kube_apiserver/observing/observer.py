"""Takes each answered request once, and hands it to those who keep something of it."""

from __future__ import annotations

from collections.abc import Callable

from simcore.apimachinery.encoding import decode
from simcore.kube_apiserver.http.info import RequestInfo
from simcore.kube_apiserver.http.message import Headers, HttpRequest, HttpResponse, Stream
from simcore.kube_apiserver.observing.audit import AuditLog
from simcore.kube_apiserver.observing.audit_policy import DEFAULT_POLICY, Policy
from simcore.kube_apiserver.observing.metrics import Metrics
from simcore.kube_apiserver.observing.requests import Answered, RequestLog
from simcore.kube_apiserver.observing.xray import Ticks, Xray
from simcore.kube_apiserver.server import ApiServer
from simcore.kube_apiserver.users import ANONYMOUS, User

_DEFAULT = Policy(DEFAULT_POLICY)


class Passing:
    """One request on its way through the door; what is known of it so far."""

    __slots__ = ("flow", "http", "impersonator", "info")

    def __init__(self, http: HttpRequest) -> None:
        self.http = http
        self.info: RequestInfo | None = None
        self.impersonator: User | None = None
        self.flow: Headers = ()
        """Which flow schema and priority level it belongs to."""


class Observer:
    """Of one server in one process."""

    def __init__(
        self,
        server: ApiServer,
        *,
        ticks: Ticks = lambda: 0,
        audit_policy: Callable[[], Policy] = lambda: _DEFAULT,
    ) -> None:
        self._server, self._ticks = server, ticks
        self.requests, self.metrics = RequestLog(), Metrics()
        self.audit = AuditLog(audit_policy, server.rng)

    def xray(self) -> Xray:
        return Xray(self._ticks)

    def take(self, passing: Passing, answer: HttpResponse | Stream) -> None:
        http, clock = passing.http, self._server.clock
        body = answer.body if isinstance(answer, HttpResponse) else b""
        refusal = _message(body) if answer.status >= 400 else None
        taken_ns = http.xray.end(refusal)
        one = Answered(
            http,
            http.user,
            passing.impersonator,
            passing.info,
            answer.status,
            refusal or "",
            body,
            clock.now(),
            clock.unix_ms(),
            self._server.storage.store.revision,
            taken_ns,
            tuple(http.xray.stages),
            tuple(http.xray.written),
        )
        self.metrics.take(one)
        if one.user is ANONYMOUS and one.code in (401, 403):
            return  # a stranger must not fill the logs
        self.requests.take(one)
        self.audit.take(one)


def _message(body: bytes) -> str:
    try:
        document = decode(body)
    except ValueError:
        return body[:200].decode(errors="replace").strip()
    return str(document.get("message", "")) if isinstance(document, dict) else ""
