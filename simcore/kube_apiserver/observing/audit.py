"""The audit log of a cluster: bounded, and made into documents when somebody reads it.

Models: kubernetes v1.36 apiserver/pkg/audit/request.go, apiserver/pkg/apis/audit/v1.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from simcore.apimachinery.encoding import decode
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.http.info import RequestInfo
from simcore.kube_apiserver.observing.audit_policy import API_VERSION, LEVELS, Level, Policy
from simcore.kube_apiserver.observing.requests import Answered
from simcore.kube_apiserver.users import User
from simcore.sim.rng import Rng
from simcore.sim.timestamps import format_micros

MOST_EVENTS = 1_000
MOST_BYTES = 4 * 1024 * 1024
"""Of bodies in the log; the oldest events go first."""


class Audited(NamedTuple):
    """An event in the log; its document is made when somebody reads it."""

    number: int
    level: Level
    uri: str
    verb: str
    user: User | None
    impersonator: User | None
    agent: str
    info: RequestInfo | None
    code: int
    sent: bytes
    """b'' where the level doesn't want it."""
    answered: bytes
    unix_ms: int
    ns: int
    notes: dict[str, str]
    """What admission has noted."""


class AuditLog:
    """Of one cluster. `policy` is asked with each request."""

    def __init__(self, policy: Callable[[], Policy], rng: Rng) -> None:
        self._policy, self._rng = policy, rng
        self._events: deque[Audited] = deque()
        self._bytes = self._count = 0

    def take(self, one: Answered) -> None:
        level = self._policy().level(one.user, one.verb, one.info, one.http.path)
        if level == "None":
            return
        self._count += 1
        held = LEVELS.index(level)
        event = Audited(
            self._count,
            level,
            one.uri,
            one.verb,
            one.user,
            one.impersonator,
            one.http.headers.get("user-agent", ""),
            one.info,
            one.code,
            one.http.body if held > 1 else b"",
            one.body if held > 2 or one.code >= 400 else b"",
            one.unix_ms,
            one.ns,
            one.http.xray.annotations,
        )
        self._events.append(event)
        self._bytes += _size(event)
        while len(self._events) > MOST_EVENTS or self._bytes > MOST_BYTES:
            self._bytes -= _size(self._events.popleft())

    def newest(self, limit: int = MOST_EVENTS) -> list[Obj]:
        """audit.k8s.io/v1 Events, the newest first."""
        return [self._document(event) for event in reversed([*self._events.copy()][-limit:])]

    def _document(self, event: Audited) -> Obj:
        told: Obj = {
            "kind": "Event",
            "apiVersion": API_VERSION,
            "level": event.level,
            "auditID": self._rng.uid("audit", event.number),
            "stage": "ResponseComplete",
            "requestURI": event.uri,
            "verb": event.verb,
            "user": _user(event.impersonator or event.user),
        }
        if event.impersonator is not None:
            told["impersonatedUser"] = _user(event.user)
        told |= {"sourceIPs": ["127.0.0.1"], "userAgent": event.agent}
        if event.info is not None:
            told["objectRef"] = _reference(event.info)
        told["responseStatus"] = _status(event)
        if (sent := _document(event.sent)) is not None:
            told["requestObject"] = sent
        if event.level == "RequestResponse" and (answered := _document(event.answered)) is not None:
            told["responseObject"] = answered
        return told | {
            "requestReceivedTimestamp": format_micros(event.unix_ms - event.ns // 1_000_000),
            "stageTimestamp": format_micros(event.unix_ms),
            "annotations": {
                "authorization.k8s.io/decision": "forbid" if event.code == 403 else "allow",
                "authorization.k8s.io/reason": "",
                **event.notes,
            },
        }


def _size(event: Audited) -> int:
    return len(event.sent) + len(event.answered)


def _user(user: User | None) -> Obj:
    if user is None:
        return {}
    told: Obj = {"username": user.name, "groups": list(user.groups)}
    if user.uid:
        told["uid"] = user.uid
    return told | ({"extra": {name: list(values) for name, values in user.extra}} if user.extra else {})


def _reference(info: RequestInfo) -> Obj:
    named = {
        "resource": info.resource,
        "namespace": info.namespace,
        "name": info.name,
        "apiGroup": info.group,
        "apiVersion": info.version,
        "subresource": info.subresource,
    }
    return {name: value for name, value in named.items() if value}


def _status(event: Audited) -> Obj:
    told = (_document(event.answered) or {}) if event.code >= 400 else {}
    kept: Obj = {name: told[name] for name in ("status", "message", "reason") if name in told}
    return {"metadata": {}, **kept, "code": event.code}


def _document(body: bytes) -> Obj | None:
    """None for what is no JSON object."""
    try:
        document = decode(body)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
