"""X.509: a cluster's certificate authorities, requests for certificates, and whom a certificate names.

An authority is a function of its key and its beginning, so every process of a cluster has the same one. Its
signatures (Ed25519) are deterministic. Times are simulated, in Unix milliseconds.

Models: kubernetes v1.36 pkg/controller/certificates/authority, apiserver/pkg/authentication/request/x509.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import digest as keyed_hash

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CA_LIFETIME = timedelta(days=3650)
LONGEST_REQUEST = 64 * 1024
UID_OID = x509.ObjectIdentifier("1.3.6.1.4.1.57683.2")
"""Of the part of a subject that is the user's uid."""
KEY_USAGES = {
    "signing": "digital_signature",
    "digital signature": "digital_signature",
    "content commitment": "content_commitment",
    "key encipherment": "key_encipherment",
    "key agreement": "key_agreement",
    "data encipherment": "data_encipherment",
    "cert sign": "key_cert_sign",
    "crl sign": "crl_sign",
    "encipher only": "encipher_only",
    "decipher only": "decipher_only",
}
EXTENDED_USAGES = {
    "any": ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    "server auth": ExtendedKeyUsageOID.SERVER_AUTH,
    "client auth": ExtendedKeyUsageOID.CLIENT_AUTH,
    "code signing": ExtendedKeyUsageOID.CODE_SIGNING,
    "email protection": ExtendedKeyUsageOID.EMAIL_PROTECTION,
    "s/mime": ExtendedKeyUsageOID.EMAIL_PROTECTION,
    "ipsec end system": x509.ObjectIdentifier("1.3.6.1.5.5.7.3.5"),
    "ipsec tunnel": x509.ObjectIdentifier("1.3.6.1.5.5.7.3.6"),
    "ipsec user": x509.ObjectIdentifier("1.3.6.1.5.5.7.3.7"),
    "timestamping": ExtendedKeyUsageOID.TIME_STAMPING,
    "ocsp signing": ExtendedKeyUsageOID.OCSP_SIGNING,
    "microsoft sgc": x509.ObjectIdentifier("1.3.6.1.4.1.311.10.3.3"),
    "netscape sgc": x509.ObjectIdentifier("2.16.840.1.113730.4.1"),
}
"""The usages of a CertificateSigningRequest."""


class CertificateError(ValueError):
    """Why a certificate or a request for one is not taken."""


@dataclass(frozen=True)
class Subject:
    """Whom a certificate names."""

    common_name: str
    organizations: tuple[str, ...]
    uid: str = ""
    fingerprint: str = ""
    """SHA-256 of the certificate, in hex."""


@dataclass(frozen=True)
class CertificateRequest:
    """A PKCS#10 request whose signature was right: who made it has the private key."""

    subject: Subject
    dns_names: tuple[str, ...]
    addresses: tuple[str, ...]
    emails: tuple[str, ...]
    uris: tuple[str, ...]
    parsed: x509.CertificateSigningRequest


class Authority:
    """Signs certificates, and knows the ones that it has signed."""

    def __init__(self, key: bytes, name: str, since_ms: int) -> None:
        """`key`: 32 secret bytes."""
        self._key = Ed25519PrivateKey.from_private_bytes(key)
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        begin = _time(since_ms)
        own = self._key.public_key()
        self.not_after = begin + CA_LIFETIME
        builder = (
            x509.CertificateBuilder(self._name, self._name, own, _serial("authority", str(since_ms)))
            .not_valid_before(begin)
            .not_valid_after(self.not_after)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_key_usage(["digital signature", "key encipherment", "cert sign"]), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(own), critical=False)
        )
        self.pem = _pem(builder.sign(self._key, None))

    def signed(
        self, request: CertificateRequest, usages: Iterable[str], begin_ms: int, end_ms: int, label: str
    ) -> str:
        """A certificate in PEM, never valid for longer than the authority; `label` makes its serial number."""
        asked, wanted = request.parsed, list(usages)
        builder = x509.CertificateBuilder(
            self._name, asked.subject, asked.public_key(), _serial("leaf", label)
        )
        builder = builder.not_valid_before(_time(begin_ms))
        builder = builder.not_valid_after(min(_time(end_ms), self.not_after))
        if any(usage in KEY_USAGES for usage in wanted):
            builder = builder.add_extension(_key_usage(wanted), critical=True)
        if extended := [EXTENDED_USAGES[usage] for usage in wanted if usage in EXTENDED_USAGES]:
            builder = builder.add_extension(x509.ExtendedKeyUsage(dict.fromkeys(extended)), critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        own = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = builder.add_extension(own, critical=False)
        if (names := _alternative_names(asked)) is not None:
            builder = builder.add_extension(names, critical=False)
        return _pem(builder.sign(self._key, None))

    def subject(self, der: bytes, now_ms: int) -> Subject:
        """Whom a client's certificate names. Raises: CertificateError when this authority doesn't vouch for it now."""
        with _hostile():
            certificate = x509.load_der_x509_certificate(der)
            self._check_issuer(certificate)
            _check_time(certificate, _time(now_ms))
            _check_client(certificate)
            return _subject(certificate.subject, sha256(der).hexdigest())

    def _check_issuer(self, certificate: x509.Certificate) -> None:
        unknown = CertificateError("x509: certificate signed by unknown authority")
        if certificate.issuer != self._name:
            raise unknown
        try:
            self._key.public_key().verify(certificate.signature, certificate.tbs_certificate_bytes)
        except InvalidSignature:
            raise unknown from None


class Authorities:
    """One cluster's: for clients (and all that its signers sign), and for front proxies."""

    def __init__(self, key: bytes, since_ms: int) -> None:
        """`key`: secret; `since_ms`: when the cluster was founded."""
        self.client = Authority(keyed_hash(key, b"clients", sha256), "kubernetes", since_ms)
        self.front_proxy = Authority(keyed_hash(key, b"front proxies", sha256), "front-proxy-ca", since_ms)


def request_of(pem: bytes) -> CertificateRequest:
    """Raises: CertificateError."""
    if len(pem) > LONGEST_REQUEST:
        raise CertificateError("the request is too large")
    if b"-----BEGIN CERTIFICATE REQUEST-----" not in pem:
        raise CertificateError("PEM block type must be CERTIFICATE REQUEST")
    with _hostile():
        parsed = x509.load_pem_x509_csr(pem)
        if not parsed.is_signature_valid:
            raise CertificateError("the request's signature is not its key's")
        parsed.public_key()
        names = _alternative_names(parsed) or x509.SubjectAlternativeName([])
        return CertificateRequest(
            _subject(parsed.subject),
            tuple(names.get_values_for_type(x509.DNSName)),
            tuple(str(address) for address in names.get_values_for_type(x509.IPAddress)),
            tuple(names.get_values_for_type(x509.RFC822Name)),
            tuple(names.get_values_for_type(x509.UniformResourceIdentifier)),
            parsed,
        )


def expiry_ms(pem: bytes) -> int:
    """When a certificate ends. Raises: CertificateError."""
    with _hostile():
        return int(x509.load_pem_x509_certificate(pem).not_valid_after_utc.timestamp() * 1000)


def der_of(pem: bytes) -> bytes:
    """The first certificate's bytes as TLS carries them. Raises: CertificateError."""
    with _hostile():
        return x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER)


_UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


@contextmanager
def _hostile() -> Iterator[None]:
    """What the library says of documents that it can't read becomes a CertificateError."""
    try:
        yield
    except CertificateError:
        raise
    except _UNREADABLE as error:
        raise CertificateError(_go_text(str(error)) or type(error).__name__) from None


def _go_text(text: str) -> str:
    """A fault of the encoding as Go's asn1 names it, without the places inside."""
    if not text.startswith("error parsing asn1 value"):
        return text
    return "asn1: syntax error: data truncated" if "ShortData" in text else "asn1: structure error"


def _check_time(certificate: x509.Certificate, now: datetime) -> None:
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    said = "x509: certificate has expired or is not yet valid: current time"
    if now < begin:
        raise CertificateError(f"{said} {now:%Y-%m-%dT%H:%M:%SZ} is before {begin:%Y-%m-%dT%H:%M:%SZ}")
    if now > end:
        raise CertificateError(f"{said} {now:%Y-%m-%dT%H:%M:%SZ} is after {end:%Y-%m-%dT%H:%M:%SZ}")


def _check_client(certificate: x509.Certificate) -> None:
    """Only a leaf that was made for clients: an authority's own certificate is nobody."""
    extensions = certificate.extensions
    constraints = extensions.get_extension_for_class(x509.BasicConstraints).value
    try:
        usages = list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        usages = []
    allowed = (ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)
    if constraints.ca or not any(usage in allowed for usage in usages):
        raise CertificateError("x509: certificate specifies an incompatible key usage")


def _subject(name: x509.Name, fingerprint: str = "") -> Subject:
    def values(oid: x509.ObjectIdentifier) -> tuple[str, ...]:
        return tuple(str(attribute.value) for attribute in name.get_attributes_for_oid(oid))

    common, uids = values(NameOID.COMMON_NAME), values(UID_OID)
    return Subject(
        common[-1] if common else "", values(NameOID.ORGANIZATION_NAME), uids[0] if uids else "", fingerprint
    )


def _alternative_names(asked: x509.CertificateSigningRequest) -> x509.SubjectAlternativeName | None:
    try:
        return asked.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None


def _key_usage(usages: Iterable[str]) -> x509.KeyUsage:
    wanted = {KEY_USAGES[usage] for usage in usages if usage in KEY_USAGES}
    only = wanted & {"encipher_only", "decipher_only"}
    flags = {name: name in wanted for name in KEY_USAGES.values()}
    return x509.KeyUsage(**{**flags, "key_agreement": bool(only) or flags["key_agreement"]})


def _serial(*label: str) -> int:
    """Positive, of at most 127 bits, as upstream's."""
    return int.from_bytes(sha256("\0".join(label).encode()).digest()[:16], "big") >> 1 | 1


def _time(unix_ms: int) -> datetime:
    return datetime.fromtimestamp(unix_ms // 1000, UTC)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
