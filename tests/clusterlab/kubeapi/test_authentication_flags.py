"""`manage.py cluster apiserver|frontproxy`: files of users and policies, and what they let in."""

from __future__ import annotations

import io
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from django.core.management import CommandError, call_command

from clusterlab.hub import hub
from clusterlab.kubeapi.authentication import presented
from simcore.apimachinery.errors import Unauthorized
from simcore.kube_apiserver.authentication.presented import Presented
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.users import ANONYMOUS
from tests.clusterlab.conftest import Browser

pytestmark = pytest.mark.usefixtures("db", "client_of_redis")
POLICY = (
    '{"apiVersion": "abac.authorization.kubernetes.io/v1beta1", "kind": "Policy", '
    '"spec": {"user": "jane", "namespace": "*", "resource": "pods", "readonly": true}}'
)


@pytest.fixture
def cluster_id() -> str:
    made: str = Browser().new_cluster()
    return made


def command(*arguments: Any) -> list[str]:
    out = io.StringIO()
    call_command("cluster", *map(str, arguments), stdout=out)
    return out.getvalue().splitlines()


def bearer(token: str) -> Presented:
    return Presented((("authorization", f"Bearer {token}"),))


def file(folder: Path, text: str) -> Path:
    path = folder / "file"
    path.write_text(text)
    return path


def test_without_options_the_flags_are_shown(cluster_id: str) -> None:
    assert command("apiserver", cluster_id) == [
        "--authorization-mode=Node,RBAC",
        "--anonymous-auth=true",
        "policies: 0",
        "tokens: none",
        "passwords: none",
    ]


def test_users_of_files_are_let_in(cluster_id: str, tmp_path: Path) -> None:
    command("apiserver", cluster_id, "--token-auth-file", file(tmp_path, 't0ken,jane,1,"dev"'))
    shown = command("apiserver", cluster_id, "--basic-auth-file", file(tmp_path, "passw0rd,carol,2"))
    assert shown[-2:] == ["tokens: jane", "passwords: carol"]
    door = hub.get(cluster_id).front_door
    basic = b64encode(b"carol:passw0rd").decode()
    assert door.user(bearer("t0ken")).groups == ("dev", "system:authenticated")
    assert door.user(Presented((("authorization", f"Basic {basic}"),))).name == "carol"


def test_a_users_secret_is_nothing_in_another_cluster(cluster_id: str, tmp_path: Path) -> None:
    command("apiserver", cluster_id, "--token-auth-file", file(tmp_path, "t0ken,jane,1"))
    other = Browser().new_cluster()
    with pytest.raises(Unauthorized):
        hub.get(other).front_door.user(bearer("t0ken"))


def test_policies_decide_where_the_mode_says_so(cluster_id: str, tmp_path: Path) -> None:
    arguments = ("--authorization-mode", "Node,RBAC,ABAC", "--authorization-policy-file")
    shown = command("apiserver", cluster_id, *arguments, file(tmp_path, POLICY))
    assert shown[:3] == ["--authorization-mode=Node,RBAC,ABAC", "--anonymous-auth=true", "policies: 1"]
    command("apiserver", cluster_id, "--token-auth-file", file(tmp_path, "t0ken,jane,1"))
    resident = hub.get(cluster_id)
    jane, asked = (
        resident.front_door.user(bearer("t0ken")),
        Attributes("list", "", "pods", namespace="default"),
    )
    assert resident.server.authorizer.decide(jane, asked).allowed


def test_anonymous_requests_are_turned_off_and_on(cluster_id: str) -> None:
    door = hub.get(cluster_id).front_door
    command("apiserver", cluster_id, "--anonymous-auth", "false")
    with pytest.raises(Unauthorized):
        door.user(Presented())
    command("apiserver", cluster_id, "--anonymous-auth", "true")
    assert door.user(Presented()) is ANONYMOUS


BAD = {
    "a mode": (("--authorization-mode", "Magic"), "", 'authorization-mode "Magic" is not a valid mode'),
    "no policies": (
        ("--authorization-mode", "ABAC"),
        "",
        "authorization-mode ABAC's authorization policy file not passed",
    ),
    "a policy": (("--authorization-policy-file",), "{", "error reading policy file, line 1"),
    "a user": (("--token-auth-file",), "secret", "line 1: expected at least 3 columns"),
}


@pytest.mark.parametrize(("arguments", "text", "why"), BAD.values(), ids=BAD)
def test_what_is_bad_is_refused_and_changes_nothing(
    cluster_id: str, tmp_path: Path, arguments: tuple[str, ...], text: str, why: str
) -> None:
    given = (*arguments, file(tmp_path, text)) if text else arguments
    with pytest.raises(CommandError, match=why) as refused:
        command("apiserver", cluster_id, *given)
    assert "secret" not in str(refused.value)
    assert command("apiserver", cluster_id)[0] == "--authorization-mode=Node,RBAC"


def test_a_file_that_is_not_there_is_refused(cluster_id: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        command("apiserver", cluster_id, "--token-auth-file", tmp_path / "none")


def test_a_front_proxy_speaks_for_others(cluster_id: str, tmp_path: Path) -> None:
    path = tmp_path / "proxy.pem"
    command("frontproxy", cluster_id, path)
    assert path.stat().st_mode & 0o077 == 0
    assert (
        x509.load_pem_x509_certificate(path.read_bytes()).subject.rfc4514_string() == "CN=front-proxy-client"
    )
    headers = [(b"X-Remote-User", b"jane"), (b"x-remote-group", b"dev")]
    scope = {"headers": headers, "extensions": {"tls": {"client_cert_chain": [path.read_text()]}}}
    assert hub.get(cluster_id).front_door.user(presented(scope)).groups == ("dev", "system:authenticated")
    with pytest.raises(Unauthorized):
        hub.get(Browser().new_cluster()).front_door.user(presented(scope))


def test_a_certificate_that_is_none_is_nobodys() -> None:
    scope = {"extensions": {"tls": {"client_cert_chain": ["-----BEGIN CERTIFICATE-----\nx"]}}}
    assert presented(scope).certificate == b"?"
    assert presented({}) == Presented()
