"""The ASGI application under /clusters/<id>/ and /k8s/clusters/<id>/: HTTP in, simcore.kube_apiserver, HTTP out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from clusterlab.hub import NoSuchCluster, Resident, hub
from clusterlab.kubeapi.authentication import Authenticator, Credentials, credentials, user_of
from clusterlab.kubeapi.fairness import FairGate, TooMany
from clusterlab.kubeapi.proxy import proxied
from clusterlab.kubeapi.service_accounts import is_account_token
from clusterlab.kubeapi.streaming import CHUNK_BYTES, Streaming
from clusterlab.labs.access import Access
from simcore.apimachinery.errors import (
    ApiError,
    Forbidden,
    NotFound,
    ServiceUnavailable,
    TooLarge,
    Unauthorized,
)
from simcore.etcd.interface import StoreError
from simcore.kube_apiserver.http.message import (
    MAX_BODY_BYTES,
    HttpRequest,
    HttpResponse,
    Stream,
    error_response,
    text_response,
    with_retry_after,
)
from simcore.kube_apiserver.observing.xray import Xray
from simcore.kube_apiserver.users import ANONYMOUS, User

TOO_MANY = with_retry_after(text_response("Too many requests, please try again later.\n", 429))

log = logging.getLogger(__name__)

PREFIXES = ("/clusters/", "/k8s/clusters/")
"""Kubeconfigs name the first; the dashboard's own requests and older kubeconfigs the second."""
THREADS = 8
READING = ("GET", "HEAD", "OPTIONS")
_SAFE_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class ClientGone(Exception):
    """The connection was closed before the request was whole."""


class KubeApi:
    """Every failure is a Status document; a request never ends in a traceback at the client."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, "kube-api")
        self._authenticator = Authenticator()
        self._gate = FairGate()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        xray = Xray(time.perf_counter_ns)
        xray.enter("authentication")
        headers = _headers(scope)
        cluster_id, path, base = await self._place(scope["path"], headers)
        asked = credentials(cluster_id, headers, scope)
        try:
            access = await self._access(asked, scope["method"])
            body = await _body(headers, receive)
            user = None if access is None else user_of(access)
            request = _request(scope, headers, body, user, path or "/", base, xray)
            xray.enter("priority and fairness")
            async with self._gate.seat(asked.kept_as):
                resident, answer = await self._answer(asked, request)
        except ClientGone:
            return
        except TooMany:
            resident, answer = None, TOO_MANY
        except ApiError as error:
            resident, answer = None, error_response(error)
        if isinstance(answer, HttpResponse):
            await _send(answer, send, with_body=scope["method"] != "HEAD")
        else:
            assert resident is not None
            with hub.held(resident):
                streaming = Streaming(answer, resident, self._pool, send)
                await streaming.run(receive, lambda: self._still(asked, resident))

    async def _place(self, path: str, headers: dict[str, str]) -> tuple[str, str, str]:
        """The cluster's id, the path within it and what was before that path.

        `kubectl get --raw` leaves the prefix out: its token tells.
        """
        for prefix in PREFIXES:
            if path.startswith(prefix):
                cluster_id, slash, rest = path.removeprefix(prefix).partition("/")
                return cluster_id, slash + rest, prefix + cluster_id
        cluster_id = await self._authenticator.cluster_of(credentials("", headers).token)
        return cluster_id, path, PREFIXES[0] + cluster_id

    async def _access(self, asked: Credentials, method: str) -> Access | None:
        """None when the cluster's own authenticators are to decide.

        Raises: NotFound (of a cookie without this cluster), Forbidden (a cookie that writes).
        """
        if is_account_token(asked.cluster_id, asked.token):
            return None
        access = await self._authenticator.access(asked)
        if access is None and asked.session_key:
            raise NotFound("the server could not find the requested resource")
        if asked.session_key and method not in READING:
            raise Forbidden("a session reads only: use the dashboard, or a kubeconfig's token")
        return access

    async def _still(self, asked: Credentials, resident: Resident) -> bool:
        if not is_account_token(asked.cluster_id, asked.token):
            if await self._authenticator.access(asked) is not None:
                return True
            if asked.session_key:
                return False
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, _is_known, asked, resident)

    async def _answer(
        self, asked: Credentials, request: HttpRequest
    ) -> tuple[Resident, HttpResponse | Stream]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, _serve, asked, request)


def _request(
    scope: dict[str, Any],
    headers: dict[str, str],
    body: bytes,
    user: User | None,
    path: str,
    base: str,
    xray: Xray,
) -> HttpRequest:
    query = scope["query_string"].decode("latin-1")
    return HttpRequest(scope["method"], path, query, headers, body, user, base, xray)


def is_for_a_cluster(scope: dict[str, Any]) -> bool:
    """By its path, or outside of the prefixes by a bearer token: the dashboard's own requests have cookies."""
    return scope["path"].startswith(PREFIXES) or has_bearer_token(scope)


def has_bearer_token(scope: dict[str, Any]) -> bool:
    return any(n == b"authorization" and v[:7].lower() == b"bearer " for n, v in scope["headers"])


def _serve(asked: Credentials, request: HttpRequest) -> tuple[Resident, HttpResponse | Stream]:
    """Raises: ApiError."""
    try:
        resident = hub.get(asked.cluster_id)
        resident.sync()
        if request.user is None:
            request = replace(request, user=resident.front_door.user(asked.presented))
        answer = proxied(resident, request) or resident.http.serve(request)
        if request.user is not ANONYMOUS:  # whom nobody knows keeps no cluster awake
            resident.used(wrote=request.method not in READING)
    except NoSuchCluster:
        raise NotFound("the cluster is gone") from None
    except StoreError as error:
        log.warning("cluster %s: %s", asked.cluster_id, error)
        raise ServiceUnavailable(f"the store is not available: {error}") from None
    return resident, answer


def _is_known(asked: Credentials, resident: Resident) -> bool:
    try:
        resident.front_door.user(asked.presented)
    except Unauthorized:
        return False
    return True


def _headers(scope: dict[str, Any]) -> dict[str, str]:
    """By name; of several of one name all, separated by commas, as HTTP has it."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


async def _body(headers: dict[str, str], receive: Receive) -> bytes:
    """Raises: TooLarge before more is read than is taken, ClientGone."""
    too_large = TooLarge(f"Request entity too large: limit is {MAX_BODY_BYTES}")
    if int(headers.get("content-length") or 0) > MAX_BODY_BYTES:
        raise too_large
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY_BYTES:
            raise too_large
        if not message.get("more_body"):
            return b"".join(parts)


async def _send(answer: HttpResponse, send: Send, *, with_body: bool) -> None:
    """A large body in pieces: others have their turns, and a slow reader holds us back and fills no memory."""
    headers = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in answer.headers]
    headers += [(b"content-length", str(len(answer.body)).encode()), *_SAFE_HEADERS]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    body = answer.body if with_body else b""
    last = max(len(body) - 1, 0) // CHUNK_BYTES * CHUNK_BYTES
    for begin in range(0, last, CHUNK_BYTES):
        piece = body[begin : begin + CHUNK_BYTES]
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": body[last:]})
