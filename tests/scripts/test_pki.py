"""The certificates of the Kubernetes port."""

import ssl
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509

from scripts import pki as pki_module
from scripts.options import ROOT, Options
from scripts.pki import Pki, ensure_pki
from scripts.services import kube_endpoint, page_endpoint


def names(pki: Pki) -> set[str]:
    certificate = x509.load_pem_x509_certificate(pki.server_cert.read_bytes())
    held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in held}


def test_the_server_certificate_names_localhost_and_every_host_asked_for(tmp_path: Path) -> None:
    pki = ensure_pki(tmp_path, ["lab.example.org", "10.0.0.7"])
    assert {"localhost", "127.0.0.1", "::1", "lab.example.org", "10.0.0.7"} <= names(pki)


def test_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    pki = ensure_pki(tmp_path, [])
    assert [stat.S_IMODE(key.stat().st_mode) for key in (pki.ca_key, pki.server_key)] == [0o600, 0o600]
    assert stat.S_IMODE(pki.folder.stat().st_mode) == 0o700


def test_a_second_start_keeps_both_certificates(tmp_path: Path) -> None:
    first = ensure_pki(tmp_path, ["127.0.0.1"]).server_cert.read_bytes()
    assert ensure_pki(tmp_path, ["127.0.0.1"]).server_cert.read_bytes() == first


def test_a_new_host_renews_the_server_certificate_but_not_the_authority(tmp_path: Path) -> None:
    pki = ensure_pki(tmp_path, [])
    authority, server = pki.ca_cert.read_bytes(), pki.server_cert.read_bytes()
    ensure_pki(tmp_path, ["other.example.org"])
    assert pki.ca_cert.read_bytes() == authority
    assert pki.server_cert.read_bytes() != server


def test_a_certificate_that_ends_soon_is_renewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pki_module, "SERVER_DAYS", 29)
    pki = ensure_pki(tmp_path, [])
    soon_over = pki.server_cert.read_bytes()
    monkeypatch.undo()
    ensure_pki(tmp_path, [])
    assert pki.server_cert.read_bytes() != soon_over


def test_a_client_that_trusts_the_authority_trusts_the_server(tmp_path: Path) -> None:
    pki = ensure_pki(tmp_path, [])
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pki.server_cert, pki.server_key)
    client = ssl.create_default_context(cafile=str(pki.ca_cert))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    serving = server.wrap_bio(to_server, to_client, server_side=True)
    asking = client.wrap_bio(to_client, to_server, server_hostname="127.0.0.1")
    for end in (asking, serving, asking, serving):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue
    assert asking.version() == "TLSv1.3"


def test_endpoints_are_written_as_twisted_reads_them(tmp_path: Path) -> None:
    pki = Pki(tmp_path / "a:b" / "pki")
    six = Options.read({"HOST": "::1"})
    assert page_endpoint(Options.read({"PORT": "8001"})) == "tcp:8001:interface=127.0.0.1"
    assert page_endpoint(six) == "tcp6:8000:interface=\\:\\:1"
    key = f"{tmp_path}/a\\:b/pki/server.key"
    assert kube_endpoint(six, pki).startswith(f"ssl:6443:interface=\\:\\:1:privateKey={key}:certKey=")


def test_an_old_python_is_told_what_is_needed() -> None:
    code = "import sys; sys.version_info = (3, 8, 1); from scripts.__main__ import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={"PATH": "/none"}, capture_output=True, text=True
    )
    assert done.returncode == 1
    wanted = f"Python 3.11 or newer is needed, and {sys.executable} is 3.8."
    assert done.stderr == f"{wanted} Install one, or name it: make run PYTHON=...\n"
