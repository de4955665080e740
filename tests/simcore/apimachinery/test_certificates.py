"""A cluster's authorities: what they sign, whom they know, and what they make of hostile certificates."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from simcore.apimachinery.certificates import (
    EXTENDED_USAGES,
    KEY_USAGES,
    LONGEST_REQUEST,
    Authorities,
    Authority,
    CertificateError,
    Subject,
    der_of,
    expiry_ms,
    request_of,
)
from tests.kit.certificates import forged, private_key, request_pem, subject

EPOCH_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z
DAY_MS = 24 * 3600 * 1000
OURS, THEIRS = (Authorities(key, EPOCH_MS) for key in (b"a" * 32, b"b" * 32))
UNKNOWN = "x509: certificate signed by unknown authority"
INCOMPATIBLE = "x509: certificate specifies an incompatible key usage"


def signed(
    pem: bytes,
    *usages: str,
    by: Authority = OURS.client,
    begin_ms: int = EPOCH_MS,
    end_ms: int = EPOCH_MS + DAY_MS,
) -> str:
    return by.signed(request_of(pem), usages or ("client auth",), begin_ms, end_ms, "label")


def parsed(pem: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.encode())


def test_a_certificate_names_its_subject():
    pem = signed(request_pem("jane", "dev", "ops", uid="7"))
    der = der_of(pem.encode())
    found = OURS.client.subject(der, EPOCH_MS)
    assert (found.common_name, found.organizations, found.uid) == ("jane", ("dev", "ops"), "7")
    assert found.fingerprint == parsed(pem).fingerprint(hashes.SHA256()).hex()


def test_the_same_request_gives_the_same_certificate_everywhere():
    again = Authorities(b"a" * 32, EPOCH_MS)
    assert (again.client.pem, again.front_proxy.pem) == (OURS.client.pem, OURS.front_proxy.pem)
    assert signed(request_pem("jane")) == signed(request_pem("jane"), by=again.client)


def test_authorities_of_other_keys_and_beginnings_differ():
    later = Authorities(b"a" * 32, EPOCH_MS + 1000)
    pems = {a.client.pem for a in (OURS, THEIRS, later)} | {OURS.front_proxy.pem}
    assert len(pems) == 4


def test_an_authority_says_what_it_is():
    own = parsed(OURS.client.pem)
    assert own.subject == own.issuer == subject("kubernetes")
    assert own.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    usage = own.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.key_cert_sign, usage.crl_sign) == (True, False)
    assert (own.not_valid_after_utc - own.not_valid_before_utc).days == 3650


def test_a_certificate_never_outlives_its_authority():
    pem = signed(request_pem("jane"), end_ms=EPOCH_MS + 20 * 365 * DAY_MS)
    assert parsed(pem).not_valid_after_utc == OURS.client.not_after
    assert expiry_ms(pem.encode()) == EPOCH_MS + 3650 * DAY_MS


TIMES = {
    "at its beginning": (0, ""),
    "at its end": (DAY_MS, ""),
    "before": (
        -1000,
        "x509: certificate has expired or is not yet valid: "
        "current time 2025-12-31T23:59:59Z is before 2026-01-01T00:00:00Z",
    ),
    "after": (
        DAY_MS + 1000,
        "x509: certificate has expired or is not yet valid: "
        "current time 2026-01-02T00:00:01Z is after 2026-01-02T00:00:00Z",
    ),
}


@pytest.mark.parametrize(("offset_ms", "why"), TIMES.values(), ids=TIMES)
def test_a_certificate_counts_for_its_simulated_time(offset_ms: int, why: str):
    der = der_of(signed(request_pem("jane")).encode())
    if not why:
        assert OURS.client.subject(der, EPOCH_MS + offset_ms).common_name == "jane"
        return
    with pytest.raises(CertificateError) as refused:
        OURS.client.subject(der, EPOCH_MS + offset_ms)
    assert str(refused.value) == why


def _altered(der: bytes) -> bytes:
    """Another name under the same signature."""
    assert der.count(b"jane") == 1
    return der.replace(b"jane", b"root")


HOSTILE = {
    "of another cluster": (signed(request_pem("jane"), by=THEIRS.client), UNKNOWN),
    "of the other authority": (signed(request_pem("jane"), by=OURS.front_proxy), UNKNOWN),
    "the authority's own": (OURS.client.pem, INCOMPATIBLE),
    "of a server": (signed(request_pem("jane"), "server auth"), INCOMPATIBLE),
    "without extended usages": (signed(request_pem("jane"), "digital signature"), INCOMPATIBLE),
}
HOSTILE_DER = {name: (der_of(pem.encode()), why) for name, (pem, why) in HOSTILE.items()} | {
    "signed by somebody who has our name": (
        forged(subject("kubernetes"), "admin", "system:masters"),
        UNKNOWN,
    ),
    "signed by itself": (forged(subject("admin"), "admin", issuer_key=private_key()), UNKNOWN),
    "with another name under our signature": (
        _altered(der_of(signed(request_pem("jane")).encode())),
        UNKNOWN,
    ),
}


@pytest.mark.parametrize(("der", "why"), HOSTILE_DER.values(), ids=HOSTILE_DER)
def test_a_certificate_is_refused_that_is(der: bytes, why: str):
    with pytest.raises(CertificateError) as refused:
        OURS.client.subject(der, EPOCH_MS + 1000)
    assert str(refused.value) == why


def test_a_leaf_can_sign_nothing():
    """A client signs with its own certificate's key, in its own certificate's name."""
    leaf = parsed(signed(request_pem("jane")))
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    below = forged(leaf.subject, "admin", "system:masters", issuer_key=private_key())
    with pytest.raises(CertificateError, match="unknown authority"):
        OURS.client.subject(below, EPOCH_MS)


@given(st.binary(max_size=300))
def test_bytes_that_are_no_certificate_are_refused(data: bytes):
    for read in (lambda: OURS.client.subject(data, EPOCH_MS), lambda: request_of(data), lambda: der_of(data)):
        with pytest.raises(CertificateError):
            read()


@given(at=st.integers(0, 220), value=st.integers(0, 255))
def test_a_certificate_with_one_other_byte_is_refused(at: int, value: int):
    der = bytearray(der_of(signed(request_pem("jane")).encode()))
    if der[at] == value:
        return
    der[at] = value
    with pytest.raises(CertificateError):
        OURS.client.subject(bytes(der), EPOCH_MS)


def test_requests_of_the_usual_keys_are_read():
    name = subject("jane", ["dev"])
    keys = (ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048))
    for key in keys:
        pem = x509.CertificateSigningRequestBuilder(name).sign(key, hashes.SHA256())
        found = request_of(pem.public_bytes(serialization.Encoding.PEM))
        assert found.subject == Subject("jane", ("dev",))
        certificate = OURS.client.signed(found, ["client auth"], EPOCH_MS, EPOCH_MS + DAY_MS, "x")
        assert parsed(certificate).public_key() == key.public_key()


def test_alternative_names_are_taken_over():
    pem = request_pem(
        "n", dns=["a.example", "b.example"], addresses=["10.0.0.1"], emails=["a@b.example"], uris=["x://y"]
    )
    found = request_of(pem)
    assert (found.dns_names, found.addresses) == (("a.example", "b.example"), ("10.0.0.1",))
    assert (found.emails, found.uris) == (("a@b.example",), ("x://y",))
    names = parsed(signed(pem)).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["a.example", "b.example"]


@pytest.mark.parametrize("usage", sorted(KEY_USAGES))
def test_a_key_usage_is_written_down(usage: str):
    flags = parsed(signed(request_pem("n"), usage)).extensions.get_extension_for_class(x509.KeyUsage).value
    assert getattr(flags, KEY_USAGES[usage])


@pytest.mark.parametrize("usage", sorted(EXTENDED_USAGES))
def test_an_extended_usage_is_written_down(usage: str):
    found = parsed(signed(request_pem("n"), usage)).extensions
    assert EXTENDED_USAGES[usage] in found.get_extension_for_class(x509.ExtendedKeyUsage).value


def test_a_usage_with_two_names_is_written_once():
    found = parsed(signed(request_pem("n"), "s/mime", "email protection")).extensions
    usages = found.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usages) == [ExtendedKeyUsageOID.EMAIL_PROTECTION]


PEM = request_pem("jane")
NO_REQUESTS = {
    "nothing": (b"", "PEM block type must be CERTIFICATE REQUEST"),
    "a certificate": (OURS.client.pem.encode(), "PEM block type must be CERTIFICATE REQUEST"),
    "too much": (b" " * (LONGEST_REQUEST + 1), "the request is too large"),
}


@pytest.mark.parametrize(("pem", "why"), NO_REQUESTS.values(), ids=NO_REQUESTS)
def test_a_request_is_refused_that_is(pem: bytes, why: str):
    with pytest.raises(CertificateError) as refused:
        request_of(pem)
    assert str(refused.value) == why


def test_a_request_for_somebody_elses_key_is_refused():
    honest, other = (x509.load_pem_x509_csr(request_pem("jane", key=private_key(n))) for n in ("a", "b"))
    body = honest.public_bytes(serialization.Encoding.DER)
    stolen = body.replace(honest.signature, other.signature)
    text = x509.load_der_x509_csr(stolen).public_bytes(serialization.Encoding.PEM)
    with pytest.raises(CertificateError, match="the request's signature is not its key's"):
        request_of(text)


def test_of_several_common_names_the_last_counts():
    parts = [*subject("first"), *subject("second")]
    pem = x509.CertificateSigningRequestBuilder(x509.Name(parts)).sign(private_key(), None)
    assert request_of(pem.public_bytes(serialization.Encoding.PEM)).subject.common_name == "second"


def test_times_before_the_authority_are_no_reason_to_fail():
    pem = signed(request_pem("n"), begin_ms=EPOCH_MS - DAY_MS)
    assert parsed(pem).not_valid_before_utc == datetime(2025, 12, 31, tzinfo=UTC)
