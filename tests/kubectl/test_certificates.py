"""A user by certificate, through real kubectl: requested, approved, logged in, held to roles; nobody elsewhere."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.kit.certificates import key_pem, private_key, request_pem, signing_request
from tests.kit.kubectl import Kubectl, new_cluster
from tests.kit.lab import Lab


@dataclass(frozen=True)
class Jane:
    """Her kubectl on a cluster, with the certificate that `k`'s cluster has given her."""

    k: Kubectl
    folder: Path

    def on(self, other: Kubectl) -> Kubectl:
        config = yaml.safe_load(other.kubeconfig.read_text())
        files = {"client-certificate": "jane.crt", "client-key": "jane.key"}
        config["users"][0]["user"] = {name: str(self.folder / file) for name, file in files.items()}
        path = self.folder / f"{other.kubeconfig.parent.name}.config"
        path.write_text(yaml.safe_dump(config))
        return Kubectl(other.program, path)


@pytest.fixture(scope="module")
def jane(k: Kubectl, tmp_path_factory: pytest.TempPathFactory) -> Jane:
    folder = tmp_path_factory.mktemp("jane")
    (folder / "jane.key").write_bytes(key_pem(private_key("jane")))
    request = signing_request(request_pem("jane", "dev", key=private_key("jane")), expirationSeconds=86400)
    k("apply -f -", stdin=yaml.safe_dump(request))
    assert k("get csr jane --no-headers").split()[-2:] == ["24h", "Pending"]
    assert k("certificate approve jane") == "certificatesigningrequest.certificates.k8s.io/jane approved\n"
    k.until("get csr jane --no-headers", "Approved,Issued")
    certificate = k.json("get csr jane")["status"]["certificate"]
    (folder / "jane.crt").write_bytes(b64decode(certificate))
    return Jane(k, folder)


def test_whoami_knows_the_certificates_user(jane: Jane):
    said = jane.on(jane.k)("auth whoami")
    assert [line.split()[1:] for line in said.splitlines()[1:3]] == [
        ["jane"],
        ["[dev", "system:authenticated]"],
    ]
    assert "X509SHA256=" in said


def test_a_user_without_roles_may_nothing_and_is_told(jane: Jane):
    refused = jane.on(jane.k).run("get nodes")
    assert refused.stderr == (
        'Error from server (Forbidden): nodes is forbidden: User "jane" cannot list resource "nodes" '
        'in API group "" at the cluster scope\n'
    )


def test_a_role_for_the_certificates_group_counts_at_once(jane: Jane):
    jane.k("create rolebinding devs --clusterrole=view --group=dev")
    own = jane.on(jane.k)
    assert own("auth can-i list pods") == "yes\n"
    assert own.run("auth can-i create pods").stdout == "no\n"
    rows = {line.split()[0]: line.split()[-3:] for line in own("auth can-i --list").splitlines()[1:]}
    assert rows["configmaps"] == ["[get", "list", "watch]"]
    assert "secrets" not in rows
    assert own("get pods") == ""


def test_the_certificate_is_nothing_in_another_cluster(
    lab: Lab, jane: Jane, tmp_path_factory: pytest.TempPathFactory
):
    other = new_cluster(lab, tmp_path_factory.mktemp("other"), jane.k.program, "--bare", "--nodes", "0")
    refused = jane.on(other).run("get pods")
    assert refused.returncode == 1
    assert "You must be logged in to the server" in refused.stderr


def test_a_denied_request_gets_no_certificate(k: Kubectl):
    k("apply -f -", stdin=yaml.safe_dump(signing_request(request_pem("mallory"), name="mallory")))
    assert k("certificate deny mallory") == "certificatesigningrequest.certificates.k8s.io/mallory denied\n"
    k.until("get csr mallory --no-headers", "Denied")
    assert "certificate" not in k.json("get csr mallory")["status"]


def test_nobody_becomes_a_master_by_certificate(k: Kubectl):
    request = signing_request(request_pem("mallory", "system:masters"), name="master")
    refused = k.run("apply -f -", stdin=yaml.safe_dump(request))
    assert (
        'certificatesigningrequests.certificates.k8s.io "master" is forbidden: use of '
        "kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed"
    ) in refused.stderr


def test_reconcile_adds_what_a_role_lacks(k: Kubectl):
    role = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: default}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
"""
    assert k("auth reconcile -f -", stdin=role) == "role.rbac.authorization.k8s.io/reader reconciled\n"
    more = role.replace("verbs: [get]", "verbs: [get, list]")
    k("auth reconcile -f -", stdin=more)
    verbs = [verb for rule in k.json("get role reader")["rules"] for verb in rule["verbs"]]
    assert {"get", "list"} == set(verbs)
