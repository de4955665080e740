"""The web server holds back who talks to a client that does not listen, and who is told too much."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
import websocket
from django.conf import settings

from clusterlab.daphne import MAX_BODY
from tests.kit.lab import free_port


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server of its own with an application that never stops talking."""
    number = free_port()
    argv = [
        sys.executable,
        "-m",
        "clusterlab.daphne",
        "--verbosity",
        "0",
        "-e",
        f"tcp:{number}:interface=127.0.0.1",
    ]
    process = subprocess.Popen([*argv, "tests.kit.endless:application"], cwd=settings.BASE_DIR)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                ask(number, "GET", "/sent")
                break
            except ConnectionRefusedError:
                assert process.poll() is None and time.monotonic() < deadline
                time.sleep(0.05)
        yield number
    finally:
        process.terminate()
        process.wait(timeout=20)


def ask(port: int, method: str, path: str, body: bytes | Iterator[bytes] | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body=body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def told(port: int) -> int:
    return int(ask(port, "GET", "/sent")[1])


def test_a_client_that_does_not_read_costs_no_memory(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        deaf.sendall(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
        last, now = -1, told(port)
        while now != last:  # until it stands still
            last, now = now, _later(port)
        assert 0 < now < 16 * 1024 * 1024


def test_a_client_that_reads_again_gets_more(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as slow:
        slow.sendall(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
        got = 0
        while got < 20_000_000:
            got += len(slow.recv(1_000_000))


def test_a_body_within_the_bound_is_read(port: int) -> None:
    assert ask(port, "POST", "/", b"x" * 4_000_000) == (200, b"4000000")


def test_a_body_that_announces_too_much_is_refused_before_it_is_sent(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {MAX_BODY + 1}\r\n\r\n"
        client.sendall(head.encode())
        assert client.recv(65_536).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_says_nothing_of_its_size_is_cut_off(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        pieces = (b"100000\r\n" + b"x" * 0x100000 + b"\r\n") * 64
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            client.sendall(pieces)


@pytest.fixture
def live(port: int) -> Iterator[websocket.WebSocket]:
    opened = websocket.create_connection(f"ws://127.0.0.1:{port}/", timeout=20, skip_utf8_validation=True)
    yield opened
    opened.close()


def numbers(live: websocket.WebSocket, count: int, size: int) -> list[int]:
    texts = [str(live.recv()) for _ in range(count)]
    assert {len(text) for text in texts} == {size}
    return [int(text.split()[0]) for text in texts]


@pytest.mark.parametrize(("count", "size"), [(1, 5), (500, 10), (300, 60_000), (8, 1_000_000)])
def test_messages_come_whole_and_in_order(live: websocket.WebSocket, count: int, size: int) -> None:
    live.send(f"{count} {size}")
    assert numbers(live, count, size) == list(range(count))


def test_messages_to_a_slow_reader_come_whole_and_in_order_too(live: websocket.WebSocket) -> None:
    live.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    live.send("60 50000")
    time.sleep(0.2)  # until the connection is full
    live.send("5 20")
    assert numbers(live, 60, 50_000) == list(range(60))
    assert numbers(live, 5, 20) == list(range(5))


def test_a_socket_that_hangs_up_while_it_is_told_much_harms_nobody(port: int) -> None:
    for _ in range(5):
        gone = websocket.create_connection(f"ws://127.0.0.1:{port}/", timeout=20)
        gone.send("200 60000")
        gone.sock.close()
    assert ask(port, "GET", "/sent")[0] == 200


def test_a_message_that_is_too_large_closes_the_socket(live: websocket.WebSocket) -> None:
    live.send("x" * (1024 * 1024 + 1))
    with suppress(websocket.WebSocketConnectionClosedException, ConnectionResetError):
        assert live.recv() == ""


def _later(port: int) -> int:
    time.sleep(0.2)
    return told(port)
