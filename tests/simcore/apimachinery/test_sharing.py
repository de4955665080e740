"""Documents with equal parts: the same as if decoded one by one, and the parts are there once."""

from __future__ import annotations

import pytest

from simcore.apimachinery import sharing
from simcore.apimachinery.encoding import decode, encode
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.sharing import Sharing


def pod(name: str, node: str = "node-1") -> Obj:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": "web"}, "deletionGracePeriodSeconds": 0},
        "spec": {"nodeName": node, "containers": [{"name": "main", "image": "nginx:1", "resources": {}}]},
        "status": {"conditions": [{"type": "Ready", "status": "True", "lastProbeTime": None}], "hostIPs": []},
    }


@pytest.mark.parametrize(
    "doc",
    [
        pod("a"),
        {"metadata": {}},
        {"metadata": {"name": "ü\n\"'"}, "data": {"": "", "n": 1.5, "t": True, "f": False, "z": None}},
        {
            "metadata": {"name": "a"},
            "data": {"long": "x" * sharing.LONGEST_PART},
            "list": [[], [{}], [1, "1"]],
        },
    ],
    ids=["a pod", "nothing", "odd values", "long values"],
)
def test_a_document_is_what_it_is(doc: Obj):
    found = Sharing()
    assert encode(found.decode(encode(doc))) == encode(found.decode(encode(doc))) == encode(doc)


def test_equal_parts_are_one_object():
    found = Sharing()
    a, b = (found.decode(encode(pod(name, node))) for name, node in (("a", "node-1"), ("b", "node-2")))
    assert a["spec"]["containers"] is b["spec"]["containers"]
    assert a["status"] is b["status"]
    assert a["metadata"]["labels"] is b["metadata"]["labels"]
    assert (a["spec"]["nodeName"], b["spec"]["nodeName"]) == ("node-1", "node-2")


def test_a_part_of_an_unequal_part_is_shared_all_the_same():
    found = Sharing()
    a, b = (found.decode(encode({"metadata": {}, "spec": {"n": n, "image": ["nginx:1"]}})) for n in (1, 2))
    assert a["spec"]["image"] is b["spec"]["image"]
    assert a["spec"]["image"][0] is found.decode(b'{"metadata":{"name":"nginx:1"}}')["metadata"]["name"]


def test_the_document_and_its_metadata_belong_to_the_caller():
    found = Sharing()
    a, b = found.decode(encode(pod("a"))), found.decode(encode(pod("a")))
    a["metadata"]["resourceVersion"] = "7"
    assert b == pod("a")


def test_what_is_not_met_again_is_forgotten_and_what_is_stays(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sharing, "MOST_PARTS", 10)
    found = Sharing()
    labels = found.decode(encode(pod("a")))["metadata"]["labels"]
    for number in range(100):
        again = found.decode(encode({"metadata": {"name": f"n{number}", "labels": {"app": "web"}}}))
        assert again["metadata"]["labels"] is labels
    for number in range(100):
        found.decode(encode({"metadata": {"name": f"n{number}"}}))
    again = found.decode(encode(pod("a")))
    assert again["metadata"]["labels"] is not labels
    assert len(found._young) + len(found._old) <= 20
    assert decode(encode(again)) == pod("a")
