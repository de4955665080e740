"""Requests for certificates as clients make them, and certificates that nobody should trust."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from ipaddress import ip_address
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from simcore.apimachinery.certificates import UID_OID

CLIENT_USAGES = ("client auth", "digital signature")


def private_key(seed: str = "client") -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(seed.encode()).digest())


def key_pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def subject(name: str, organizations: Sequence[str] = (), uid: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, text) for text in organizations]
    parts += [x509.NameAttribute(NameOID.COMMON_NAME, name)] if name else []
    return x509.Name([*parts, *([x509.NameAttribute(UID_OID, uid)] if uid else [])])


def request_pem(
    name: str,
    *organizations: str,
    dns: Sequence[str] = (),
    addresses: Sequence[str] = (),
    emails: Sequence[str] = (),
    uris: Sequence[str] = (),
    uid: str = "",
    key: Ed25519PrivateKey | None = None,
) -> bytes:
    names: list[x509.GeneralName] = [x509.DNSName(text) for text in dns]
    names += [x509.IPAddress(ip_address(text)) for text in addresses]
    names += [x509.RFC822Name(text) for text in emails]
    names += [x509.UniformResourceIdentifier(text) for text in uris]
    builder = x509.CertificateSigningRequestBuilder(subject(name, organizations, uid))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key or private_key(), None).public_bytes(serialization.Encoding.PEM)


def signing_request(
    pem: bytes, *, name: str = "jane", signer: str = "kubernetes.io/kube-apiserver-client", **spec: Any
) -> dict[str, Any]:
    """The manifest of a CertificateSigningRequest."""
    asked = {"request": b64encode(pem).decode(), "signerName": signer, "usages": list(CLIENT_USAGES)}
    return {
        "apiVersion": "certificates.k8s.io/v1",
        "kind": "CertificateSigningRequest",
        "metadata": {"name": name},
        "spec": {**asked, **spec},
    }


def forged(
    issuer: x509.Name,
    name: str,
    *organizations: str,
    issuer_key: Ed25519PrivateKey | None = None,
    begin: datetime = datetime(2020, 1, 1, tzinfo=UTC),
    end: datetime = datetime(2040, 1, 1, tzinfo=UTC),
) -> bytes:
    """A client certificate in DER that says it comes from `issuer`, signed with a key that is not the issuer's."""
    usages = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
    builder = (
        x509.CertificateBuilder(issuer, subject(name, organizations), private_key().public_key(), 7)
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usages, critical=False)
    )
    made = builder.sign(issuer_key or private_key("forger"), None)
    return made.public_bytes(serialization.Encoding.DER)
