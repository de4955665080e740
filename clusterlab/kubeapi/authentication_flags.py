"""`manage.py cluster apiserver|frontproxy`: how a cluster's API server is started, and a front proxy's certificate.

The secrets of static users are hashed here with the cluster's key; nothing else of them is kept.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from clusterlab.hub import Resident, hub
from clusterlab.kubeapi.authentication_keys import authority_key
from clusterlab.labs import services
from clusterlab.labs.models import Cluster
from simcore.apimachinery.certificates import Authorities, request_of
from simcore.apimachinery.encoding import encode
from simcore.etcd.interface import Put
from simcore.kube_apiserver.authentication.request_header import ALLOWED_NAMES
from simcore.kube_apiserver.authentication.static_users import PASSWORD, TOKEN, BadFile, records_of
from simcore.kube_apiserver.authorization.abac import BadPolicy, policies_of
from simcore.kube_apiserver.flags import PATH, BadFlags, FlagsReader, ServerFlags, modes_of

Say = Callable[[str], object]
VERBS = {
    "apiserver": "show or change how its kube-apiserver is started",
    "frontproxy": "write a front proxy's certificate and key",
}
FAULTS = (BadFile, BadPolicy, BadFlags)
"""What a user may have got wrong."""
PROXY_DAYS = 365


def add_arguments(verb: str, parser: ArgumentParser) -> None:
    if verb == "apiserver":
        parser.add_argument("--authorization-mode", metavar="MODES", help="Node,RBAC unless given")
        parser.add_argument("--authorization-policy-file", type=Path, help="for ABAC")
        parser.add_argument("--token-auth-file", type=Path, help='lines of token,user,uid,"group1,group2"')
        parser.add_argument("--basic-auth-file", type=Path, help='lines of password,user,uid,"group1,group2"')
        parser.add_argument("--anonymous-auth", choices=["true", "false"])
    if verb == "frontproxy":
        parser.add_argument("file", type=Path, help="for certificate and key in PEM")


def run(verb: str, cluster: Cluster, say: Say, actor: str, **options: Any) -> None:
    """Raises: FAULTS, StoreError, OSError."""
    resident = hub.get(cluster.id)
    resident.sync()
    if verb == "frontproxy":
        _write_proxy(resident, options["file"])
        return
    flags = FlagsReader(resident.store)()
    changed = _changed(flags, authority_key(cluster.id), options)
    if changed != flags:
        services.write_world(resident, [Put(PATH, encode(changed.record()))], actor)
    say(f"--authorization-mode={','.join(changed.authorization_modes)}")
    say(f"--anonymous-auth={str(changed.anonymous_auth).lower()}")
    say(f"policies: {len(changed.abac_policies)}")
    for kind, name in ((TOKEN, "tokens"), (PASSWORD, "passwords")):
        users = sorted(user["user"] for user in changed.static_users if user["kind"] == kind)
        say(f"{name}: {', '.join(users) or 'none'}")


def _changed(flags: ServerFlags, key: bytes, options: dict[str, Any]) -> ServerFlags:
    """The flags with what was given. Raises: FAULTS, OSError."""
    if options["authorization_mode"] is not None:
        flags = replace(flags, authorization_modes=modes_of(options["authorization_mode"]))
    if options["authorization_policy_file"] is not None:
        flags = replace(flags, abac_policies=tuple(policies_of(_text(options["authorization_policy_file"]))))
    for kind, name in ((TOKEN, "token_auth_file"), (PASSWORD, "basic_auth_file")):
        if options[name] is not None:
            others = (user for user in flags.static_users if user["kind"] != kind)
            users = (*others, *records_of(_text(options[name]), kind, key))
            flags = replace(flags, static_users=users)
    if options["anonymous_auth"] is not None:
        flags = replace(flags, anonymous_auth=options["anonymous_auth"] == "true")
    if "ABAC" in flags.authorization_modes and not flags.abac_policies:
        raise BadFlags("authorization-mode ABAC's authorization policy file not passed")
    return flags


def _write_proxy(resident: Resident, file: Path) -> None:
    """Readable by the owner alone: whoever has it can be anybody in the cluster."""
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ALLOWED_NAMES[0])])
    asked = x509.CertificateSigningRequestBuilder(name).sign(key, None)
    authority = Authorities(authority_key(resident.id), resident.clock.epoch_ms).front_proxy
    request = request_of(asked.public_bytes(serialization.Encoding.PEM))
    now_ms, label = resident.clock.unix_ms(), key.public_key().public_bytes_raw().hex()
    end_ms = now_ms + PROXY_DAYS * 24 * 3600 * 1000
    certificate = authority.signed(request, ["client auth"], now_ms - 300_000, end_ms, label)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.touch(mode=0o600)
    file.write_text(certificate + pem.decode())


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
