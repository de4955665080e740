"""A Secret may ask for a service account's token and lives as long as the account."""

from __future__ import annotations

import json
from base64 import b64decode, urlsafe_b64decode

import pytest

from simcore.apimachinery.kinds import SECRET, SERVICE_ACCOUNT
from simcore.apimachinery.meta import Obj, annotations_of
from simcore.kube_controller_manager.account_tokens import ACCOUNT_NAME, ACCOUNT_UID, TYPE
from simcore.kube_controller_manager.manager import ControllerManager
from tests.kit.control_plane import ControlPlane


@pytest.fixture
def plane() -> ControlPlane:
    plane = ControlPlane()
    ControllerManager(plane.ctx, root_ca="-----BEGIN").start()
    plane.given({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "robot"}})
    return plane


def secret(name: str = "key", account: str = "robot") -> Obj:
    meta = {"name": name, "annotations": {ACCOUNT_NAME: account}}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "type": TYPE}


def test_it_is_filled(plane: ControlPlane):
    plane.given(secret())
    plane.advance(10)
    found, account = plane.get(SECRET, "key"), plane.get(SERVICE_ACCOUNT, "robot")
    assert annotations_of(found)[ACCOUNT_UID] == account["metadata"]["uid"]
    texts = {name: b64decode(text).decode() for name, text in found["data"].items()}
    assert (texts["namespace"], texts["ca.crt"]) == ("default", "-----BEGIN")
    claims = json.loads(urlsafe_b64decode(texts["token"].split(".")[1] + "==="))
    assert claims["sub"] == "system:serviceaccount:default:robot"
    assert claims["kubernetes.io/serviceaccount/secret.name"] == "key"


def test_what_is_missing_is_put_back(plane: ControlPlane):
    plane.given(secret())
    plane.advance(10)
    before = plane.get(SECRET, "key")["data"]
    plane.patch(SECRET, "key", {"data": {"token": None}})
    plane.advance(10)
    assert plane.get(SECRET, "key")["data"] == before


@pytest.mark.parametrize("is_late", [False, True], ids=["account goes", "account was never there"])
def test_without_the_account_it_goes(plane: ControlPlane, is_late: bool):
    plane.given(secret(account="nobody" if is_late else "robot"))
    plane.advance(10)
    if not is_late:
        plane.delete(SERVICE_ACCOUNT, "robot")
        plane.advance(10)
    assert plane.list(SECRET) == []


def test_a_token_does_not_pass_to_a_new_account_of_the_name(plane: ControlPlane):
    plane.given(secret())
    plane.advance(10)
    plane.delete(SERVICE_ACCOUNT, "robot")
    plane.given({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "robot"}})
    plane.advance(10)
    assert plane.list(SECRET) == []


def test_other_secrets_are_left_alone(plane: ControlPlane):
    plane.given({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "plain"}, "data": {"a": "Yg=="}})
    plane.advance(10)
    assert plane.get(SECRET, "plain")["data"] == {"a": "Yg=="}
