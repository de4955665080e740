"""Client certificates on the Kubernetes port: asked for, never demanded, and not yet believed.

The handshake proves that a client has the key of the certificate that it shows. Whether a certificate is anything in
a cluster only that cluster's own authority can tell, so every certificate is let through to it. Nobody's handshake is
resumed: a session would carry an identity on.
"""

from __future__ import annotations

from typing import Any

from OpenSSL import SSL, crypto
from twisted.internet.endpoints import SSL4ServerEndpoint, serverFromString

LARGEST = 64 * 1024
EXTENSION = "tls"
"""ASGI's extension; its member `client_cert_chain` holds PEM texts, here of the client's own certificate alone."""


def server_from_string(reactor: Any, description: str) -> Any:
    """Twisted's endpoint; one with TLS asks clients for certificates."""
    endpoint = serverFromString(reactor, description)  # type: ignore[no-untyped-call]  # Twisted has none
    if isinstance(endpoint, SSL4ServerEndpoint):
        ask_for_certificates(endpoint._sslContextFactory.getContext())
    return endpoint


def ask_for_certificates(context: SSL.Context) -> None:
    context.set_verify(SSL.VERIFY_PEER, _let_through)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_options(SSL.OP_NO_TICKET)
    context.set_session_id(b"kubernetes")


def peer_certificate(transport: Any) -> str:
    """The certificate of the other side of a connection, in PEM; '' without TLS or certificate."""
    ask = getattr(transport, "getPeerCertificate", None)
    certificate = ask() if ask is not None else None
    if certificate is None:
        return ""
    pem = crypto.dump_certificate(crypto.FILETYPE_PEM, certificate)
    return pem.decode() if len(pem) <= LARGEST else ""


def _let_through(*_: object) -> bool:
    return True
