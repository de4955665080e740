"""Who may approve, deny and sign requests for certificates, and which part each of them writes."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from simcore.apimachinery.certificates import Authorities, request_of
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.users import ADMIN, User
from tests.kit.certificates import request_pem, signing_request
from tests.simcore.kube_apiserver.http.door import EPOCH_MS, MERGE, Door

REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests"
RBAC, GROUP = "/apis/rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io"
JANE = User("jane", ("dev", "system:authenticated"), "user", "7", (("scopes", ("a", "b")),))
CLIENT = "kubernetes.io/kube-apiserver-client"
PEM = request_pem("jane")
CERTIFICATE = Authorities(b"k" * 32, EPOCH_MS).client.signed(
    request_of(PEM), ["client auth"], EPOCH_MS, EPOCH_MS + 10**6, "x"
)
SIGNED = {"status": {"certificate": b64encode(CERTIFICATE.encode()).decode()}}


@pytest.fixture
def asked(door: Door) -> Door:
    """There is a request `jane`; whoever the door's user becomes may update all of requests."""
    assert door.post(REQUESTS, signing_request(PEM))[0] == 201
    rule = {
        "verbs": ["*"],
        "apiGroups": ["certificates.k8s.io"],
        "resources": [f"certificatesigningrequests{part}" for part in ("", "/approval", "/status")],
    }
    give(door, "writer", rule)
    return door


def give(door: Door, name: str, rule: Obj) -> None:
    user, door.user = door.user, ADMIN
    door.post(f"{RBAC}/clusterroles", {"metadata": {"name": name}, "rules": [rule]})
    ref = {"apiGroup": GROUP, "kind": "ClusterRole", "name": name}
    subjects = [{"apiGroup": GROUP, "kind": "Group", "name": "dev"}]
    door.post(
        f"{RBAC}/clusterrolebindings", {"metadata": {"name": name}, "roleRef": ref, "subjects": subjects}
    )
    door.user = user


def on_signers(verb: str, name: str) -> Obj:
    rule = {"verbs": [verb], "apiGroups": ["certificates.k8s.io"], "resources": ["signers"]}
    return {**rule, "resourceNames": [name]}


def condition(kind: str, **more: Any) -> Obj:
    return {"type": kind, "status": "True", "reason": "Test", **more}


def approve(door: Door, *conditions: Obj) -> tuple[int, Any]:
    body = {"status": {"conditions": list(conditions) or [condition("Approved")]}}
    return door.patch(f"{REQUESTS}/jane/approval", body, MERGE)


def sign(door: Door, body: Obj = SIGNED) -> tuple[int, Any]:
    return door.patch(f"{REQUESTS}/jane/status", body, MERGE)


def refused(answer: tuple[int, Any]) -> str:
    assert answer[0] == 403, answer
    message: str = answer[1]["message"]
    return message.removeprefix('certificatesigningrequests.certificates.k8s.io "jane" is forbidden: ')


def test_a_master_approves_and_signs(asked: Door):
    assert approve(asked)[0] == 200
    assert sign(asked)[0] == 200


@pytest.mark.parametrize("user", [JANE, User("operate-1", role="operate")], ids=["a writer", "an operator"])
def test_who_may_write_requests_may_not_approve_them(asked: Door, user: User):
    asked.user = user
    assert refused(approve(asked)) == f'user not permitted to approve requests with signerName "{CLIENT}"'
    assert refused(approve(asked, condition("Denied"))).startswith("user not permitted to approve")
    assert refused(sign(asked)) == f'user not permitted to sign requests with signerName "{CLIENT}"'


@pytest.mark.parametrize("name", [CLIENT, "kubernetes.io/*"])
@pytest.mark.parametrize(("verb", "act"), [("approve", approve), ("sign", sign)])
def test_a_right_on_the_signer_is_enough(asked: Door, name: str, verb: str, act: Any):
    give(asked, "signer", on_signers(verb, name))
    asked.user = JANE
    assert act(asked)[0] == 200


@pytest.mark.parametrize("name", ["kubernetes.io/legacy-unknown", "example.com/*", "kubernetes.io"])
def test_a_right_on_another_signer_is_none(asked: Door, name: str):
    give(asked, "signer", on_signers("approve", name))
    asked.user = JANE
    assert approve(asked)[0] == 403


def test_signing_is_not_approving(asked: Door):
    give(asked, "signer", on_signers("sign", CLIENT))
    asked.user = JANE
    assert approve(asked)[0] == 403
    assert sign(asked)[0] == 200


def test_a_label_needs_no_right_on_the_signer(asked: Door):
    asked.user = JANE
    assert asked.patch(f"{REQUESTS}/jane", {"metadata": {"labels": {"a": "b"}}}, MERGE)[0] == 200
    assert sign(asked, {"metadata": {"labels": {"a": "c"}}})[0] == 200


def test_who_asks_is_who_it_is(asked: Door):
    asked.user = JANE
    lied = signing_request(PEM, name="other", username="root", groups=["system:masters"], uid="0")
    _, body = asked.post(REQUESTS, lied)
    spec = body["spec"]
    assert (spec["username"], spec["groups"], spec["uid"]) == ("jane", ["dev", "system:authenticated"], "7")
    assert spec["extra"] == {"scopes": ["a", "b"]}
    changed = asked.patch(f"{REQUESTS}/other", {"spec": {"username": "root"}}, MERGE)[1]
    assert changed["spec"]["username"] == "jane"


def test_each_path_writes_its_part(asked: Door):
    body = {**SIGNED, "status": {**SIGNED["status"], "conditions": [condition("Approved")]}}
    _, plain = asked.patch(f"{REQUESTS}/jane", body, MERGE)
    assert plain.get("status", {}) == {}
    _, approved = asked.patch(f"{REQUESTS}/jane/approval", body, MERGE)
    assert [c["type"] for c in approved["status"]["conditions"]] == ["Approved"]
    assert "certificate" not in approved["status"]
    _, signed = sign(asked)
    assert signed["status"]["certificate"] == SIGNED["status"]["certificate"]


def test_a_condition_gets_its_times(asked: Door):
    (found,) = approve(asked, condition("Approved", lastUpdateTime=None))[1]["status"]["conditions"]
    assert (found["lastUpdateTime"], found["lastTransitionTime"]) == ("2026-01-01T00:00:00Z",) * 2


FAULTS: dict[str, tuple[list[Obj], str]] = {
    "both": (
        [condition("Approved"), condition("Denied")],
        'status.conditions[1].type: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive',
    ),
    "twice": (
        [condition("Approved"), condition("Approved")],
        'status.conditions[1].type: Duplicate value: "Approved"',
    ),
    "not so": (
        [condition("Approved", status="False")],
        'status.conditions[0].status: Unsupported value: "False": supported values: "True"',
    ),
    "failed": (
        [condition("Approved"), condition("Failed")],
        'status.conditions: Forbidden: updates may not add a condition of type "Failed"',
    ),
}


@pytest.mark.parametrize(("conditions", "why"), FAULTS.values(), ids=FAULTS)
def test_an_approval_is_invalid(asked: Door, conditions: list[Obj], why: str):
    status, body = approve(asked, *conditions)
    assert status == 422, body
    assert why in body["message"]


def test_an_approval_is_not_taken_back(asked: Door):
    approve(asked)
    status, body = asked.patch(f"{REQUESTS}/jane/approval", {"status": {"conditions": []}}, MERGE)
    assert (status, "updates may not remove a condition of type" in body["message"]) == (422, True)


def test_who_signs_does_not_approve(asked: Door):
    status, body = sign(asked, {"status": {"conditions": [condition("Approved")]}})
    assert (status, 'updates may not add a condition of type "Approved"' in body["message"]) == (422, True)


def test_a_certificate_is_written_once(asked: Door):
    approve(asked)
    assert sign(asked)[0] == 200
    other = b64encode(CERTIFICATE.replace("A", "B", 1).encode()).decode()
    status, body = sign(asked, {"status": {"certificate": other}})
    assert (status, "updates may not modify existing certificate content" in body["message"]) == (422, True)


def test_what_is_no_certificate_is_not_signed(asked: Door):
    status, body = sign(asked, {"status": {"certificate": b64encode(b"hello").decode()}})
    assert (status, "must contain a CERTIFICATE PEM block" in body["message"]) == (422, True)


def test_nobody_asks_to_be_a_master(door: Door):
    status, body = door.post(REQUESTS, signing_request(request_pem("x", "dev", "system:masters")))
    assert (status, body["message"]) == (
        403,
        'certificatesigningrequests.certificates.k8s.io "jane" is forbidden: use of '
        "kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed",
    )
    other = signing_request(request_pem("x", "system:masters"), signer="example.com/mine")
    assert door.post(REQUESTS, other)[0] == 201


@pytest.mark.parametrize(
    "text",
    [b"", b"hello", b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"],
    ids=["nothing", "no PEM", "no request"],
)
def test_what_is_no_request_is_refused(door: Door, text: bytes):
    status, body = door.post(REQUESTS, signing_request(text))
    assert (status, body["reason"]) == (422, "Invalid") or status == 403


def test_the_key_is_nowhere_in_the_api(asked: Door):
    approve(asked)
    everything = b"".join(kv.value for kv in asked.store.range("").kvs)
    assert b"PRIVATE KEY" not in everything
