"""Approving, signing and clearing away CertificateSigningRequests."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest

from simcore.apimachinery.certificates import Authorities, CertificateError, der_of
from simcore.apimachinery.kinds import CERTIFICATE_SIGNING_REQUEST as REQUEST
from simcore.apimachinery.kinds import CLUSTER_ROLE, CLUSTER_ROLE_BINDING
from simcore.apimachinery.meta import Key, Obj
from simcore.client.control_loop import ControlLoop
from simcore.kube_apiserver.local import LocalClient
from simcore.kube_apiserver.users import User
from simcore.kube_controller_manager.certificates.approving import CertificateApprover
from simcore.kube_controller_manager.certificates.cleaning import CertificateCleaner
from simcore.kube_controller_manager.certificates.requests import (
    CLIENT,
    KUBELET_CLIENT,
    KUBELET_SERVING,
    LEGACY,
    NotAcceptable,
    check,
    parsed,
)
from simcore.kube_controller_manager.certificates.signing import CertificateSigner
from tests.kit.certificates import request_pem, signing_request
from tests.kit.control_plane import EPOCH_MS, ControlPlane

OURS = Authorities(b"k" * 32, EPOCH_MS)
HOUR_MS = 3600 * 1000
NODE = request_pem("system:node:n", "system:nodes")
CLIENT_USAGES = ("client auth", "digital signature")
SERVING_USAGES = ("server auth", "digital signature")


class Office:
    """The three controllers, and people who ask them for certificates."""

    def __init__(self) -> None:
        self.plane = ControlPlane()
        ctx = self.plane.ctx
        for made in (CertificateApprover(ctx), CertificateSigner(ctx, OURS.client), CertificateCleaner(ctx)):
            ControlLoop(ctx.for_actor(made.name), made).start()

    def asked(self, pem: bytes, *, user: User | None = None, **more: Any) -> None:
        client = self.plane.api if user is None else LocalClient(self.plane.server, f"user:{user.name}", user)
        client.create(REQUEST, signing_request(pem, **more))
        self.settle()

    def answered(self, *kinds: str, name: str = "jane") -> None:
        conditions = [{"type": kind, "status": "True", "reason": "Test"} for kind in kinds]
        patch = {"status": {"conditions": conditions}}
        self.plane.api.patch(REQUEST, Key("", name), patch, subresource="approval")
        self.settle()

    def settle(self, ms: int = 1000) -> None:
        self.plane.advance(ms)

    def request(self, name: str = "jane") -> Obj:
        return self.plane.api.get(REQUEST, Key("", name))

    def conditions(self, name: str = "jane") -> list[tuple[str, str, str]]:
        found = self.request(name).get("status", {}).get("conditions") or []
        return [(c["type"], c.get("reason", ""), c.get("message", "")) for c in found]

    def certificate(self, name: str = "jane") -> bytes:
        return der_of(b64decode(self.request(name)["status"]["certificate"]))

    def exists(self, name: str = "jane") -> bool:
        return any(r["metadata"]["name"] == name for r in self.plane.api.list(REQUEST))


@pytest.fixture
def office() -> Office:
    return Office()


# signing


def test_an_approved_request_gets_a_certificate(office: Office):
    office.asked(request_pem("jane", "dev"))
    assert "certificate" not in office.request().get("status", {})
    office.answered("Approved")
    subject = OURS.client.subject(office.certificate(), office.plane.clock.unix_ms())
    assert (subject.common_name, subject.organizations) == ("jane", ("dev",))


def test_a_denied_request_gets_none(office: Office):
    office.asked(request_pem("jane"))
    office.answered("Denied")
    assert "certificate" not in office.request()["status"]


def test_a_certificate_is_made_once(office: Office):
    office.asked(request_pem("jane"))
    office.answered("Approved")
    first = office.certificate()
    office.settle(60_000)
    assert office.certificate() == first


LIFETIMES = {"as asked": (3600, 3600), "a year at most": (10 * 365 * 24 * 3600, 365 * 24 * 3600 - 300)}


@pytest.mark.parametrize(("asked_s", "given_s"), LIFETIMES.values(), ids=LIFETIMES)
def test_a_certificate_lives(office: Office, asked_s: int, given_s: int):
    office.asked(request_pem("jane"), expirationSeconds=asked_s)
    signed_ms = office.plane.clock.unix_ms()
    office.answered("Approved")
    der = office.certificate()
    assert OURS.client.subject(der, signed_ms + given_s * 1000 - 2000).common_name == "jane"
    with pytest.raises(CertificateError, match="expired"):
        OURS.client.subject(der, signed_ms + given_s * 1000 + 2000)


FAILURES: dict[str, tuple[str, bytes, tuple[str, ...], str]] = {
    "a usage that is no client's": (
        CLIENT,
        request_pem("jane"),
        ("client auth", "server auth"),
        "invalid usage for client certificate: server auth",
    ),
    "no usage of a client": (
        CLIENT,
        request_pem("jane"),
        ("digital signature",),
        "missing required usage for client certificate: client auth",
    ),
    "a kubelet of another group": (
        KUBELET_CLIENT,
        request_pem("system:node:n", "dev"),
        CLIENT_USAGES,
        "subject organization is not system:nodes",
    ),
    "a kubelet of two groups": (
        KUBELET_CLIENT,
        request_pem("system:node:n", "system:nodes", "system:masters"),
        CLIENT_USAGES,
        "subject organization is not system:nodes",
    ),
    "a kubelet of another name": (
        KUBELET_CLIENT,
        request_pem("admin", "system:nodes"),
        CLIENT_USAGES,
        "subject common name does not begin with system:node:",
    ),
    "a kubelet with DNS names": (
        KUBELET_CLIENT,
        request_pem("system:node:n", "system:nodes", dns=["a.example"]),
        CLIENT_USAGES,
        "DNS subjectAltNames are not allowed",
    ),
    "a kubelet with addresses": (
        KUBELET_CLIENT,
        request_pem("system:node:n", "system:nodes", addresses=["10.0.0.1"]),
        CLIENT_USAGES,
        "IP subjectAltNames are not allowed",
    ),
    "a kubelet with a mailbox": (
        KUBELET_CLIENT,
        request_pem("system:node:n", "system:nodes", emails=["a@b.example"]),
        CLIENT_USAGES,
        "Email subjectAltNames are not allowed",
    ),
    "a kubelet with a URI": (
        KUBELET_CLIENT,
        request_pem("system:node:n", "system:nodes", uris=["x://y"]),
        CLIENT_USAGES,
        "URI subjectAltNames are not allowed",
    ),
    "a kubelet that wants to serve": (
        KUBELET_CLIENT,
        NODE,
        SERVING_USAGES,
        "usages did not match [client auth digital signature key encipherment]",
    ),
    "a serving kubelet without names": (
        KUBELET_SERVING,
        NODE,
        SERVING_USAGES,
        "DNS or IP subjectAltName is required",
    ),
    "a serving kubelet with a mailbox": (
        KUBELET_SERVING,
        request_pem("system:node:n", "system:nodes", dns=["n"], emails=["a@b.example"]),
        SERVING_USAGES,
        "Email subjectAltNames are not allowed",
    ),
    "a serving kubelet with a URI": (
        KUBELET_SERVING,
        request_pem("system:node:n", "system:nodes", dns=["n"], uris=["x://y"]),
        SERVING_USAGES,
        "URI subjectAltNames are not allowed",
    ),
    "a serving kubelet that wants to ask": (
        KUBELET_SERVING,
        request_pem("system:node:n", "system:nodes", dns=["n"]),
        CLIENT_USAGES,
        "usages did not match [digital signature key encipherment server auth]",
    ),
    "a serving kubelet of another name": (
        KUBELET_SERVING,
        request_pem("n", "system:nodes", dns=["n"]),
        SERVING_USAGES,
        "subject common name does not begin with system:node:",
    ),
}


@pytest.mark.parametrize(("signer", "pem", "usages", "why"), FAILURES.values(), ids=FAILURES)
def test_a_signer_refuses(office: Office, signer: str, pem: bytes, usages: tuple[str, ...], why: str):
    manifest = signing_request(pem, signer=signer, usages=list(usages))
    with pytest.raises(NotAcceptable) as refused:
        check(parsed(manifest), usages, signer)
    assert str(refused.value) == why
    office.asked(pem, signer=signer, usages=list(usages))
    if not office.conditions():
        office.answered("Approved")
    assert office.conditions()[-1] == ("Failed", "SignerValidationFailure", why)
    assert "certificate" not in office.request()["status"]


GOOD: dict[str, tuple[str, bytes, tuple[str, ...]]] = {
    "a client": (CLIENT, request_pem("jane"), ("client auth",)),
    "a client that enciphers keys": (CLIENT, request_pem("jane"), (*CLIENT_USAGES, "key encipherment")),
    "a kubelet": (KUBELET_CLIENT, NODE, CLIENT_USAGES),
    "a kubelet that enciphers keys": (KUBELET_CLIENT, NODE, (*CLIENT_USAGES, "key encipherment")),
    "a serving kubelet": (
        KUBELET_SERVING,
        request_pem("system:node:n", "system:nodes", addresses=["10.0.0.1"]),
        SERVING_USAGES,
    ),
    "anything else": (LEGACY, request_pem("x", "y", emails=["a@b.example"]), ("code signing",)),
}


@pytest.mark.parametrize(("signer", "pem", "usages"), GOOD.values(), ids=GOOD)
def test_a_signer_signs(office: Office, signer: str, pem: bytes, usages: tuple[str, ...]):
    office.asked(pem, signer=signer, usages=list(usages))
    if not office.conditions():
        office.answered("Approved")
    assert office.request()["status"]["certificate"]


def test_other_signers_are_left_to_others(office: Office):
    office.asked(request_pem("jane"), signer="example.com/mine")
    office.answered("Approved")
    assert "certificate" not in office.request()["status"]


# approving

BOOTSTRAPPER = User("system:bootstrap:abc", ("system:bootstrappers", "system:authenticated"), "user")
KUBELET = User("system:node:n", ("system:nodes", "system:authenticated"), "user")
OTHER_KUBELET = User("system:node:m", ("system:nodes", "system:authenticated"), "user")


def allow(office: Office, group: str, subresource: str) -> None:
    rule = {
        "verbs": ["create"],
        "apiGroups": ["certificates.k8s.io"],
        "resources": [f"certificatesigningrequests/{subresource}", "certificatesigningrequests"],
    }
    office.plane.api.create(CLUSTER_ROLE, {"metadata": {"name": subresource}, "rules": [rule]})
    ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": subresource}
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": group}
    binding = {"metadata": {"name": subresource}, "roleRef": ref, "subjects": [subject]}
    office.plane.api.create(CLUSTER_ROLE_BINDING, binding)


APPROVALS = {
    "a bootstrapper": (
        BOOTSTRAPPER,
        "nodeclient",
        "Auto approving kubelet client certificate after SubjectAccessReview.",
    ),
    "a kubelet for itself": (
        KUBELET,
        "selfnodeclient",
        "Auto approving self kubelet client certificate after SubjectAccessReview.",
    ),
}


@pytest.mark.parametrize(("user", "permission", "message"), APPROVALS.values(), ids=APPROVALS)
def test_who_may_is_approved_at_once(office: Office, user: User, permission: str, message: str):
    allow(office, user.groups[0], permission)
    office.asked(NODE, user=user, signer=KUBELET_CLIENT)
    assert office.conditions() == [("Approved", "AutoApproved", message)]
    assert OURS.client.subject(office.certificate(), EPOCH_MS).common_name == "system:node:n"


def test_a_kubelet_is_approved_for_itself_alone(office: Office):
    allow(office, "system:nodes", "selfnodeclient")
    office.asked(NODE, user=OTHER_KUBELET, signer=KUBELET_CLIENT)
    assert office.conditions() == []


UNRECOGNIZED: dict[str, tuple[bytes, dict[str, Any]]] = {
    "another signer": (NODE, {"signer": LEGACY}),
    "another group": (request_pem("system:node:n", "dev"), {"signer": KUBELET_CLIENT}),
    "another name": (request_pem("admin", "system:nodes"), {"signer": KUBELET_CLIENT}),
    "other usages": (NODE, {"signer": KUBELET_CLIENT, "usages": ["any"]}),
}


@pytest.mark.parametrize(("pem", "more"), UNRECOGNIZED.values(), ids=UNRECOGNIZED)
def test_what_is_no_kubelets_request_waits_for_somebody(office: Office, pem: bytes, more: dict[str, Any]):
    allow(office, "system:bootstrappers", "nodeclient")
    office.asked(pem, user=BOOTSTRAPPER, **more)
    office.settle(60_000)
    assert office.conditions() == []


def test_who_may_later_is_approved_later(office: Office):
    allow(office, "system:authenticated", "selfnodeclient")
    office.asked(NODE, user=BOOTSTRAPPER, signer=KUBELET_CLIENT)
    assert office.conditions() == []
    allow(office, "system:bootstrappers", "nodeclient")
    office.settle(120_000)
    assert [kind for kind, _, _ in office.conditions()] == ["Approved"]


# clearing away

ENDS = {
    "nobody answered": ((), 24 * HOUR_MS),
    "it was denied": (("Denied",), HOUR_MS),
    "it was signed": (("Approved",), HOUR_MS),
}


@pytest.mark.parametrize(("answers", "after_ms"), ENDS.values(), ids=ENDS)
def test_a_request_goes_when(office: Office, answers: tuple[str, ...], after_ms: int):
    office.asked(request_pem("jane"))
    if answers:
        office.answered(*answers)
    office.settle(after_ms - 10_000)
    assert office.exists()
    office.settle(20_000)
    assert not office.exists()


def test_an_approved_request_without_its_signer_waits_a_day(office: Office):
    office.asked(request_pem("jane"), signer="example.com/mine")
    office.answered("Approved")
    office.settle(23 * HOUR_MS)
    assert office.exists()
    office.settle(2 * HOUR_MS)
    assert not office.exists()


def test_a_request_goes_with_its_certificate(office: Office):
    office.asked(request_pem("jane"), expirationSeconds=600)
    office.answered("Approved")
    office.settle(11 * 60 * 1000)
    assert not office.exists()
