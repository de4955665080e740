"""Client certificates in the handshake: asked for, never demanded, proved but not judged."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from OpenSSL import SSL
from twisted.internet import reactor
from twisted.internet.endpoints import TCP4ServerEndpoint

from clusterlab import tls
from tests.kit.certificates import forged, private_key, subject

SERVER_NAME = subject("server")


def certificate_of(name: x509.Name, key: Ed25519PrivateKey) -> x509.Certificate:
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7)
    builder = builder.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
    return builder.not_valid_after(datetime(2040, 1, 1, tzinfo=UTC)).sign(key, None)


@pytest.fixture(scope="module")
def server_context() -> SSL.Context:
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    key = private_key("server")
    context.use_privatekey(key)
    context.use_certificate(certificate_of(SERVER_NAME, key))
    tls.ask_for_certificates(context)
    return context


def client_context(certificate: x509.Certificate | None, key: Ed25519PrivateKey | None = None) -> SSL.Context:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    if certificate is not None:
        context.use_certificate(certificate)
        context.use_privatekey(key or private_key())
    return context


def shaken(
    server: SSL.Context, client: SSL.Context, session: Any = None
) -> tuple[SSL.Connection, SSL.Connection]:
    """Both ends of a connection in memory, after the handshake."""
    ends = SSL.Connection(server), SSL.Connection(client)
    ends[0].set_accept_state()
    ends[1].set_connect_state()
    if session is not None:
        ends[1].set_session(session)
    for _ in range(10):
        for end, other in (ends, ends[::-1]):
            with suppress(SSL.WantReadError):
                end.do_handshake()
            with suppress(SSL.WantReadError):
                other.bio_write(end.bio_read(65536))
    return ends


class Transport:
    """As Twisted shows a connection to its protocol."""

    def __init__(self, end: SSL.Connection) -> None:
        self.getPeerCertificate = end.get_peer_certificate


def test_a_client_without_a_certificate_is_let_in(server_context: SSL.Context) -> None:
    server, _ = shaken(server_context, client_context(None))
    assert server.get_state_string() == b"SSL negotiation finished successfully"
    assert tls.peer_certificate(Transport(server)) == ""


def test_any_certificate_whose_key_the_client_has_is_seen(server_context: SSL.Context) -> None:
    """Nobody has signed it but somebody who says to be the authority."""
    forgery = x509.load_der_x509_certificate(forged(subject("kubernetes"), "admin", "system:masters"))
    server, _ = shaken(server_context, client_context(forgery))
    seen = x509.load_pem_x509_certificate(tls.peer_certificate(Transport(server)).encode())
    assert seen == forgery


def test_a_certificate_without_its_key_cannot_be_shown() -> None:
    stolen = certificate_of(subject("admin"), private_key("admin"))
    with pytest.raises(SSL.Error):
        client_context(stolen, private_key("thief")).check_privatekey()


def test_no_handshake_is_resumed(server_context: SSL.Context) -> None:
    assert server_context.get_session_cache_mode() == SSL.SESS_CACHE_OFF
    client = client_context(certificate_of(subject("jane"), private_key()))
    _, first = shaken(server_context, client)
    server, _ = shaken(server_context, client, first.get_session())
    assert "BEGIN CERTIFICATE" in tls.peer_certificate(Transport(server))


@pytest.mark.parametrize("transport", [None, object()], ids=["none", "plain TCP"])
def test_a_transport_without_tls_has_no_certificate(transport: Any) -> None:
    assert tls.peer_certificate(transport) == ""


def test_an_endpoint_without_tls_stays_as_it_is() -> None:
    endpoint = tls.server_from_string(reactor, "tcp:0:interface=127.0.0.1")
    assert isinstance(endpoint, TCP4ServerEndpoint)
