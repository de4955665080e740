"""`python -m clusterlab.daphne`: Daphne with bounds on what a client sends and on what it does not read."""

from __future__ import annotations

import asyncio
import logging
import sys
from contextlib import suppress
from typing import Any

import daphne.server  # installs the asyncio reactor, so it comes before everything else of Twisted
from daphne.cli import CommandLineInterface
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet.interfaces import IPushProducer
from twisted.internet.tcp import Connection
from zope.interface import implementer

from clusterlab import tls
from simcore.apimachinery.encoding import encode
from simcore.apimachinery.errors import TooLarge

log = logging.getLogger(__name__)

MAX_BODY = 8 * 1024 * 1024
"""Of any request, before it is read; what is inside has tighter bounds."""
STALLED_S = 30.0
"""A reader that takes nothing for so long is cut off."""
_TOO_LARGE = TooLarge(f"Request entity too large: limit is {MAX_BODY}").status()


@implementer(IPushProducer)
class Flow:
    """Twisted says when the connection's buffer is full and when there is room again."""

    def __init__(self) -> None:
        self.has_room = asyncio.Event()
        self.has_room.set()

    def pauseProducing(self) -> None:  # noqa: N802  Twisted's name
        self.has_room.clear()

    def resumeProducing(self) -> None:  # noqa: N802
        self.has_room.set()

    def stopProducing(self) -> None:  # noqa: N802
        self.has_room.set()


class BoundedRequest(WebRequest):
    """A request whose body is counted, and whose answer waits for its reader."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parsePOSTFormSubmission = False  # forms are the application's affair
        self.flow: Flow | None = None
        self._received = 0

    def gotLength(self, length: int | None) -> None:  # noqa: N802
        super().gotLength(length)
        if length is not None and length > MAX_BODY:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        self._received += len(data)
        if self._received > MAX_BODY:
            self._refuse()
        else:
            super().handleContentChunk(data)

    def finish(self) -> None:
        if self.flow is not None:
            self.flow = None
            self.unregisterProducer()
        super().finish()

    def start_flow(self) -> Flow:
        if self.flow is None:
            self.flow = Flow()
            self.registerProducer(self.flow, True)
            if self.channel._waitingForTransport:
                self.flow.pauseProducing()
        return self.flow

    def _refuse(self) -> None:
        body = encode(_TOO_LARGE)
        head = b"HTTP/1.1 413 Request Entity Too Large\r\nContent-Type: application/json\r\n"
        self.channel.transport.write(
            head + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        )
        self.channel.transport.loseConnection()


class BoundedFactory(HTTPFactory):
    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedRequest
        return protocol

    def log(self, request: Any) -> None:
        """The access log is Daphne's own; Twisted would make up its lines for nobody."""


class PromptSocket(WebSocketProtocol):
    """A websocket whose messages don't wait for the reactor's next round when the kernel takes them now.

    With hundreds of sockets that are told the same, the first would otherwise wait until the last is served.
    """

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:  # noqa: N802
        if not self.send_queue and _is_idle(self.transport):
            with suppress(OSError):  # full, or gone: the reactor finds out which
                data = data[self.transport.socket.send(data) :]
        if data:
            super().sendData(data, sync, chopsize)


def _is_idle(transport: Any) -> bool:
    """Whether nothing of an unencrypted connection waits to be sent."""
    if not isinstance(transport, Connection) or transport.TLS or not transport.connected:
        return False
    return not (transport.disconnecting or transport.dataBuffer or transport._tempDataLen)


class PromptFactory(WebSocketFactory):
    protocol = PromptSocket


class BoundedServer(daphne.server.Server):
    """Daphne's server. An application that streams is held back while its reader is behind."""

    def run(self) -> None:
        daphne.server.HTTPFactory = BoundedFactory  # the classes that run() makes its factories of
        daphne.server.WebSocketFactory = PromptFactory
        daphne.server.serverFromString = tls.server_from_string
        super().run()

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """With the client's certificate where it showed one."""
        channel = getattr(protocol, "channel", None)
        if pem := tls.peer_certificate(getattr(channel, "transport", None)):
            scope["extensions"] = {tls.EXTENSION: {"client_cert_chain": [pem]}}
        return super().create_application(protocol, scope)

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        await super().handle_reply(protocol, message)
        if message.get("more_body") and isinstance(protocol, BoundedRequest):
            await asyncio.sleep(0)  # who talks to a client that is gone must not keep the loop for itself
            await self._wait_for_room(protocol)

    async def _wait_for_room(self, request: BoundedRequest) -> None:
        if request.finished or request.channel is None:
            return
        flow = request.start_flow()
        try:
            async with asyncio.timeout(STALLED_S):  # wait_for() may lose a cancellation before Python 3.12
                await flow.has_room.wait()
        except TimeoutError:
            log.warning("cut off a reader that took nothing for %d s", STALLED_S)
            if request.channel is not None:
                request.channel.forceAbortClient()


class WebCommand(CommandLineInterface):
    server_class = BoundedServer


if __name__ == "__main__":
    WebCommand().run(sys.argv[1:])
