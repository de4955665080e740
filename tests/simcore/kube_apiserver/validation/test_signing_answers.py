"""Who may sign, and who may write which part of the answer to a signing request."""

from __future__ import annotations

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.validation.signing_requests import validate_answer, validate_signing_request
from tests.simcore.kube_apiserver.minimal import LABEL, SUBDOMAIN

NO_PATH = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
SIGNERS: dict[str, tuple[str, list[str]]] = {
    "a signer": ("example.com/signer", []),
    "a signer with dots": ("kubernetes.io/legacy.unknown", []),
    "no path": ("example.com", [f'Invalid value: "example.com": {NO_PATH}']),
    "two paths": ("example.com/a/b", [f'Invalid value: "example.com/a/b": {NO_PATH}']),
    "no name": ("", ["Required value"]),
    "a domain without dots": (
        "example/a",
        ['Invalid value: "example": should be a domain with at least two segments separated by dots'],
    ),
    "a domain in capitals": (
        "Example.com/a",
        [f'Invalid value: "Example.com": validating label "Example": {LABEL}'],
    ),
    "only the first bad part is told": (
        "a_b.c_d/a",
        [f'Invalid value: "a_b.c_d": validating label "a_b": {LABEL}'],
    ),
    "a path in capitals": ("example.com/A", [f'Invalid value: "A": validating label "A": {SUBDOMAIN}']),
    "nothing behind the slash": ("example.com/", [f'Invalid value: "": validating label "": {SUBDOMAIN}']),
}


@pytest.mark.parametrize(("name", "expected"), SIGNERS.values(), ids=SIGNERS)
def test_the_name_of_a_signer(name: str, expected: list[str]) -> None:
    found = validate_signing_request({"spec": {"signerName": name, "usages": ["client auth"]}})
    assert [fault.message for fault in found if fault.path == "spec.signerName"] == expected


def condition(name: str, status: str = "True", **more: str) -> Obj:
    return {"type": name, "status": status, **more}


APPROVED, DENIED, FAILED = (condition(name) for name in ("Approved", "Denied", "Failed"))
CONDITIONS: dict[str, tuple[list[Obj], list[Obj], bool, list[str]]] = {
    "approving": ([], [APPROVED], True, []),
    "denying": ([], [DENIED], True, []),
    "approving by the status": (
        [],
        [APPROVED],
        False,
        ['status.conditions: Forbidden: updates may not add a condition of type "Approved"'],
    ),
    "failing by the status": ([], [FAILED], False, []),
    "failing by the approval": (
        [],
        [FAILED],
        True,
        ['status.conditions: Forbidden: updates may not add a condition of type "Failed"'],
    ),
    "taking an approval back": (
        [APPROVED],
        [],
        True,
        ['status.conditions: Forbidden: updates may not remove a condition of type "Approved"'],
    ),
    "changing an approval by the status": (
        [APPROVED],
        [condition("Approved", reason="Other")],
        False,
        ['status.conditions: Forbidden: updates may not modify a condition of type "Approved"'],
    ),
    "approving and denying": (
        [],
        [APPROVED, DENIED],
        True,
        [
            'status.conditions[1].type: Invalid value: "Denied": '
            "Approved and Denied conditions are mutually exclusive"
        ],
    ),
    "half an approval": (
        [],
        [condition("Approved", "False")],
        True,
        ['status.conditions[0].status: Unsupported value: "False": supported values: "True"'],
    ),
    "an approval without a status": (
        [],
        [condition("Approved", "")],
        True,
        ["status.conditions[0].status: Required value"],
    ),
    "a condition of one's own": ([], [condition("Seen", "Unknown")], True, []),
    "a condition without a type": ([], [condition("")], True, ["status.conditions[0].type: Required value"]),
    "a condition twice": (
        [],
        [condition("Seen"), condition("Seen")],
        True,
        ['status.conditions[1].type: Duplicate value: "Seen"'],
    ),
}


@pytest.mark.parametrize(("old", "new", "approves", "expected"), CONDITIONS.values(), ids=CONDITIONS)
def test_conditions_of_the_answer(
    old: list[Obj], new: list[Obj], approves: bool, expected: list[str]
) -> None:
    found = validate_answer(
        {"status": {"conditions": new}}, {"status": {"conditions": old}}, approves=approves
    )
    assert [f"{fault.path}: {fault.message}" for fault in found] == expected


CERTIFICATES: dict[str, tuple[Obj, Obj, list[str]]] = {
    "none": ({}, {}, []),
    "the same": ({"certificate": "eA=="}, {"certificate": "eA=="}, []),
    "another": (
        {"certificate": "eA=="},
        {"certificate": "eQ=="},
        ["status.certificate: Forbidden: updates may not modify existing certificate content"],
    ),
    "none that is one": (
        {},
        {"certificate": "eA=="},
        ['status.certificate: Invalid value: "<certificate data>": must contain a CERTIFICATE PEM block'],
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), CERTIFICATES.values(), ids=CERTIFICATES)
def test_the_certificate_of_the_answer(old: Obj, new: Obj, expected: list[str]) -> None:
    found = validate_answer({"status": new}, {"status": old}, approves=False)
    assert [f"{fault.path}: {fault.message}" for fault in found] == expected
