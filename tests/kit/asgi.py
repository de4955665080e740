"""The ASGI application as a browser's socket or kubectl's connection meets it, without a server between."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from channels.testing import WebsocketCommunicator

HOST = b"testserver"


class Socket:
    """A live connection of a browser with these cookies."""

    def __init__(
        self, application: Any, cluster_id: str, cookies: str, *, origin: str = "http://testserver"
    ) -> None:
        headers = [(b"host", HOST), (b"origin", origin.encode()), (b"cookie", cookies.encode())]
        self.wire = WebsocketCommunicator(application, f"/ws/clusters/{cluster_id}/", headers)

    async def open(self, *, since: int | None = None) -> dict[str, Any]:
        """Says hello; returns the welcome."""
        connected, _ = await self.wire.connect(timeout=10)
        assert connected
        await self.say(t="hello", proto=1, since=since)
        return await self.hear("welcome")

    async def say(self, **message: Any) -> None:
        await self.wire.send_json_to(message)

    async def next(self) -> dict[str, Any]:
        """The next message; state is acknowledged as a browser does."""
        message = json.loads(await self.wire.receive_from(timeout=10))
        if message["t"] in ("snapshot", "frame"):
            await self.say(t="ack", rev=message.get("rev", message.get("to")))
        return message

    async def hear(self, *kinds: str) -> dict[str, Any]:
        """The next message of these kinds; others are passed over."""
        while (message := await self.next())["t"] not in kinds:
            pass
        return message

    async def closing_code(self) -> int:
        """What the server closes with; everything before is passed over."""
        while (event := await self.wire.receive_output(timeout=10))["type"] != "websocket.close":
            pass
        code: int = event["code"]
        return code

    async def close(self) -> None:
        await self.wire.disconnect(timeout=10)


class Answer:
    """An HTTP answer as it comes; `body` grows while a stream runs."""

    def __init__(self) -> None:
        self.status, self.headers, self.body, self.is_over = 0, {}, b"", False
        self.pieces: list[int] = []
        """The sizes in which the body came."""
        self._grown = asyncio.Event()

    def take(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
        else:
            self.body += message.get("body", b"")
            self.pieces.append(len(message.get("body", b"")))
            self.is_over = not message.get("more_body", False)
        self._grown.set()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def lines(self) -> list[Any]:
        """The events of a watch so far."""
        return [json.loads(line) for line in self.body.splitlines()]

    async def until(self, is_enough: Any) -> None:
        while not is_enough(self):
            self._grown.clear()
            await asyncio.wait_for(self._grown.wait(), 10)


class Connection:
    """One request to an ASGI application. Use `async with`: leaving hangs up."""

    def __init__(
        self,
        application: Any,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> None:
        path, _, query = path.partition("?")
        self.answer = Answer()
        self._application = application
        self._events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._events.put_nowait({"type": "http.request", "body": body, "more_body": False})
        raw = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
        self._scope = {
            "type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": raw,
        }  # fmt: skip

    async def __aenter__(self) -> Answer:
        async def send(message: dict[str, Any]) -> None:
            self.answer.take(message)

        self._task = asyncio.create_task(self._application(self._scope, self._events.get, send))
        await self.answer.until(lambda answer: answer.status)
        return self.answer

    async def __aexit__(self, *_: Any) -> None:
        self._events.put_nowait({"type": "http.disconnect"})
        await asyncio.wait_for(self._task, 10)


async def ask(application: Any, method: str, path: str, **request: Any) -> Answer:
    """The whole answer of a request that ends."""
    async with Connection(application, method, path, **request) as answer:
        await answer.until(lambda a: a.is_over)
        return answer
