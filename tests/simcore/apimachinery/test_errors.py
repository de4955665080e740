"""Failures as Kubernetes words them."""

from __future__ import annotations

from simcore.apimachinery.errors import AlreadyExists, Conflict, FieldError, Invalid, NotFound
from simcore.apimachinery.kinds import DEPLOYMENT, POD

REQUIRED = FieldError("spec.containers", "FieldValueRequired", "Required value")
BAD_NAME = FieldError("metadata.name", "FieldValueInvalid", 'Invalid value: "A": no')


def test_a_status_says_what_was_not_found():
    assert NotFound.named(DEPLOYMENT, "web").status() == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": 'deployments.apps "web" not found',
        "reason": "NotFound",
        "details": {"name": "web", "group": "apps", "kind": "deployments"},
        "code": 404,
    }


def test_the_core_group_is_not_named():
    assert AlreadyExists.named(POD, "web").status()["details"] == {"name": "web", "kind": "pods"}
    assert AlreadyExists.named(POD, "web").message == 'pods "web" already exists'


def test_a_stale_write_is_a_conflict():
    assert Conflict.stale(POD, "web").message == (
        'Operation cannot be fulfilled on pods "web": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )


def test_one_fault_stands_alone_and_several_in_brackets():
    assert (
        Invalid.because(POD, "p", [REQUIRED]).message == 'Pod "p" is invalid: spec.containers: Required value'
    )
    assert Invalid.because(DEPLOYMENT, "d", [BAD_NAME, REQUIRED]).message == (
        'Deployment.apps "d" is invalid: [metadata.name: Invalid value: "A": no, spec.containers: Required value]'
    )


def test_each_fault_is_a_cause():
    status = Invalid.because(DEPLOYMENT, "d", [REQUIRED]).status()
    assert (status["code"], status["reason"]) == (422, "Invalid")
    assert status["details"]["causes"] == [
        {"reason": "FieldValueRequired", "message": "Required value", "field": "spec.containers"}
    ]
