"""An ASGI application that never stops talking, and tells at /sent how much it got rid of."""

from __future__ import annotations

from typing import Any

CHUNK = b"x" * 65_536
sent = [0]


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
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
