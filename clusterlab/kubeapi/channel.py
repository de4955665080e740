"""The streams of one websocket of the protocol v5.channel.k8s.io, and a terminal on it.

Models: kubernetes v1.36 staging/src/k8s.io/apimachinery/pkg/util/remotecommand and the streams that it names.
"""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import Executor
from typing import Any
from uuid import uuid4

from clusterlab.hub import Resident
from clusterlab.kubeapi.authentication import Authenticator
from clusterlab.kubeapi.pod_connection import Gone, Place, Receive, Send, failure
from simcore.apimachinery.errors import ApiError, BadRequest
from simcore.cluster.execution import Execution, Printed, Session
from simcore.kubelet.runtime.files import Change
from simcore.kubelet.world import WRITES

PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")
STDIN, STDOUT, STDERR, ERROR, CLOSE = 0, 1, 2, 3, 255
MOST_INPUT, MOST_LINE = 64 * 1024, 4096
LONGEST_S = 3600
PROMPT = "/ # "


class ChannelApi:
    """An ASGI application for websockets. Whatever goes wrong is told as a Status on the error stream."""

    def __init__(self, pool: Executor) -> None:
        self._pool, self._authenticator = pool, Authenticator()

    async def serve(self, scope: dict[str, Any], place: Place, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        spoken = next((p for p in PROTOCOLS if p in scope.get("subprotocols", ())), None)
        if spoken is None:
            await send({"type": "websocket.close"})
            return
        await send({"type": "websocket.accept", "subprotocol": spoken})
        wire = Wire(receive, send)
        try:
            async with asyncio.timeout(LONGEST_S):
                status = await self._serve(scope, place, wire)
        except (ApiError, TimeoutError) as error:
            status = failure(error)
        except Gone:
            return
        await wire.say(ERROR, json.dumps(status))
        await send({"type": "websocket.close", "code": 1000})

    async def _serve(self, scope: dict[str, Any], place: Place, wire: Wire) -> dict[str, Any]:
        """The Status at the end. Raises: ApiError, Gone."""
        raise NotImplementedError

    async def interact(self, resident: Resident, session: Session, wire: Wire) -> None:
        """A terminal: what is typed is echoed, a line is run when it is complete."""
        loop, typist = asyncio.get_running_loop(), Typist()
        await wire.say(STDOUT, PROMPT)
        while True:
            for key in await wire.typed():
                await wire.say(STDOUT, typist.press(key))
                if typist.entered is None:
                    continue
                printed = await loop.run_in_executor(self._pool, session.enter, typist.take())
                await loop.run_in_executor(self._pool, keep, resident, session.execution, session.changes)
                if session.is_over:
                    return
                await wire.say(STDOUT, "".join(f"{line.text}\r\n" for line in printed) + PROMPT)


def keep(resident: Resident, execution: Execution, changes: tuple[Change, ...]) -> None:
    """Tells the container's kubelet of changed files."""
    if changes:
        resident.world.put(
            f"{WRITES}{execution.uid}/{uuid4().hex}", execution.told(changes), actor="exec", cause=0
        )
        resident.used(wrote=True)


class Typist:
    """Makes lines of keys."""

    def __init__(self) -> None:
        self._line = ""
        self.entered: str | None = None

    def press(self, key: str) -> str:
        """What the terminal shows of it."""
        if key in "\r\n":
            self.entered, self._line = self._line, ""
            return "\r\n"
        if key == "\x04" and not self._line:  # Ctrl-D
            self.entered = "exit"
        elif key == "\x03":  # Ctrl-C
            self.entered, self._line = "", ""
            return "^C\r\n"
        elif key in "\x7f\b" and self._line:
            self._line = self._line[:-1]
            return "\b \b"
        elif key.isprintable() and len(self._line) < MOST_LINE:
            self._line += key
            return key
        return ""

    def take(self) -> str:
        """The line that was entered; it is gone then."""
        line, self.entered = self.entered or "", None
        return line


class Wire:
    """The streams of one connection."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send

    async def say(self, stream: int, text: str) -> None:
        if text:
            await self._send({"type": "websocket.send", "bytes": bytes([stream]) + text.encode()})

    async def show(self, printed: tuple[Printed, ...]) -> None:
        for line in printed:
            await self.say(STDERR if line.is_error else STDOUT, line.text + "\n")

    async def typed(self) -> str:
        """The next that comes in. Raises: Gone."""
        while True:
            data = await self._frame()
            if data[:1] == bytes([STDIN]):
                return data[1:].decode(errors="replace")
            if data[:2] == bytes([CLOSE, STDIN]):
                return "\x04"

    async def input(self) -> str:
        """Everything that comes in, up to a bound; until the client says that it is all. Raises: Gone, BadRequest."""
        parts: list[bytes] = []
        while True:
            data = await self._frame()
            if data[:2] == bytes([CLOSE, STDIN]):
                return b"".join(parts).decode(errors="replace")
            if data[:1] == bytes([STDIN]):
                parts.append(data[1:])
            if sum(map(len, parts)) > MOST_INPUT:
                raise BadRequest(f"more than {MOST_INPUT} bytes of input")

    async def until_gone(self) -> None:
        """Raises: Gone."""
        while True:
            await self._frame()

    async def _frame(self) -> bytes:
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            raise Gone
        text = message.get("text")
        data: bytes = text.encode() if text is not None else message.get("bytes") or b""
        return data


def ended(code: int) -> dict[str, Any]:
    """The Status of a command that has ended so."""
    if not code:
        return {"metadata": {}, "status": "Success"}
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"command terminated with non-zero exit code: exit status {code}",
        "reason": "NonZeroExitCode",
        "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
    }
