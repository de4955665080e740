"""Reading the parts that every object has."""

from __future__ import annotations

from simcore.apimachinery.encoding import copy_obj
from simcore.apimachinery.meta import (
    Key,
    annotations_of,
    controller_of,
    controller_ref,
    is_terminating,
    key_of,
    labels_of,
    revision_of,
)

OWNER = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "web", "uid": "u1"}}


def test_a_key_is_namespace_and_name():
    assert key_of({"metadata": {"namespace": "shop", "name": "web"}}) == Key("shop", "web")
    assert key_of({"metadata": {"name": "node-1"}}) == Key("", "node-1")
    assert (str(Key("shop", "web")), str(Key("", "node-1"))) == ("shop/web", "node-1")


def test_what_is_not_there_is_empty():
    bare = {"metadata": {"name": "x", "labels": None}}
    assert (labels_of(bare), annotations_of(bare), revision_of(bare), is_terminating(bare)) == (
        {},
        {},
        0,
        False,
    )


def test_the_controller_is_the_owner_that_says_so():
    other = {**controller_ref(OWNER), "uid": "u2", "controller": False}
    pod = {"metadata": {"name": "p", "ownerReferences": [other, controller_ref(OWNER)]}}
    assert controller_of(pod) == {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "name": "web",
        "uid": "u1",
        "controller": True,
        "blockOwnerDeletion": True,
    }
    assert controller_of({"metadata": {"name": "p", "ownerReferences": [other]}}) is None
    assert controller_of({"metadata": {"name": "p"}}) is None


def test_a_copy_shares_nothing():
    copied = copy_obj(OWNER)
    copied["metadata"]["name"] = "other"
    assert OWNER["metadata"]["name"] == "web"
