"""An ASGI application that never stops talking, and tells at /sent how much it got rid of. Sockets name their wish."""

from __future__ import annotations

from typing import Any

CHUNK = b"x" * 65_536
sent = [0]


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await _talk(receive, send)
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["path"] == "/sent":
        await send({"type": "http.response.body", "body": str(sent[0]).encode()})
        return
    if scope["method"] == "POST":
        size = 0
        while True:
            message = await receive()
            size += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        await send({"type": "http.response.body", "body": str(size).encode()})
        return
    while True:
        await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
        sent[0] += len(CHUNK)


async def _talk(receive: Any, send: Any) -> None:
    """To "<count> <size>" it says so many messages of that size, each beginning with its number."""
    await receive()
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        count, size = map(int, event["text"].split())
        for number in range(count):
            await send({"type": "websocket.send", "text": f"{number} ".ljust(size, "x")})
