"""A visitor of the page without a browser: keeps cookies, sends the CSRF token, speaks JSON."""

from __future__ import annotations

import json
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

import websocket


class Visitor:
    """Each one is somebody else, as two browsers are."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._cookies = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self._cookies), ProxyHandler({}))
        self.get("/")

    def get(self, path: str) -> tuple[int, Any]:
        return self.ask("GET", path)

    def post(self, path: str, document: object) -> tuple[int, Any]:
        return self.ask("POST", path, document)

    def ask(self, method: str, path: str, document: object = None) -> tuple[int, Any]:
        """(status, decoded JSON or text); redirects are followed."""
        body = None if document is None else json.dumps(document).encode()
        headers = {
            "Content-Type": "application/json",
            "X-CSRFToken": self.cookie("csrftoken"),
            "Referer": self.url,
        }
        request = Request(self.url + path, data=body, method=method, headers=headers)
        try:
            with self._opener.open(request, timeout=30) as response:
                return response.status, decoded(response.read(), response.headers.get_content_type())
        except HTTPError as error:
            with error:
                return error.code, decoded(error.read(), error.headers.get_content_type())

    def cookie(self, name: str) -> str:
        return next((cookie.value or "" for cookie in self._cookies if cookie.name == name), "")

    def watch(self, cluster_id: str, *, since: int | None = None) -> websocket.WebSocket:
        """The live socket of a cluster, after its hello."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)
        address = f"{self.url.replace('http', 'ws', 1)}/ws/clusters/{cluster_id}/"
        how = {"cookie": cookies, "origin": self.url, "timeout": 30}
        live = websocket.create_connection(
            address, **how, skip_utf8_validation=True
        )  # it is slow, and json decodes
        live.send(json.dumps({"t": "hello", "proto": 1, "since": since}))
        return live


def decoded(body: bytes, content_type: str) -> Any:
    return json.loads(body) if content_type == "application/json" and body else body.decode(errors="replace")
