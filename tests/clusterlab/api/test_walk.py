"""Walks through the network, reachability and images over the REST API."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import POD
from simcore.kubelet.world import IMAGES
from tests.clusterlab.conftest import Browser, Own

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(browser: Browser) -> Own:
    return Own(browser, example="rolling-update")


def put(own: Own, doc: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    path = f"/api/clusters/{own.id}/images/"
    answer = own.browser.send("PUT", path, doc)
    return answer.status_code, answer.json()


def pod_name(own: Own) -> str:
    return str(sorted(pod["metadata"]["name"] for pod in own.user.list(POD, "default"))[0])


def test_a_request_is_walked(running: Own) -> None:
    found = running.get(f"net/walk/?from=pod/default/{pod_name(running)}&to=kubernetes.default:443")
    assert found["hops"][0]["kind"] == "dns"
    assert found["asked"] == "http://kubernetes.default:443/"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("from=pod/default/gone&to=web:80", "there is no Pod default/gone."),
        ("from=x&to=web:80", "x is no pod/<namespace>/<name>."),
        ("from=pod/default/gone&to=web:80&turn=x", "turn='x' is no number from 0 to 999999999."),
    ],
)
def test_a_walk_that_cannot_be_says_why(running: Own, query: str, message: str) -> None:
    assert running.get(f"net/walk/?{query}", status=400)["error"]["message"] == message


def test_reachability_is_told_for_a_namespace(running: Own) -> None:
    found = running.get("net/reachability/")
    assert found["rows"] and found["left_out"] == 0
    assert running.get("net/reachability/?namespace=empty") == {"rows": [], "left_out": 0}


def test_images_are_described_and_read_back(own: Own) -> None:
    assert own.get("images/")["missing"] == ["404", "missing", "non-existent", "does-not-exist"]
    status, found = put(own, {"failing": ["docker.io"], "own": {"shop": {"exits": 3, "after_s": 5}}})
    assert status == 200
    assert (found["failing"], found["own"]) == (["docker.io"], {"shop": {"exits": 3, "after_s": 5}})
    record = own.resident.record(IMAGES)
    assert record is not None and record["missing"] == found["missing"]


@pytest.mark.parametrize(
    ("doc", "said"),
    [
        ({"own": {"shop": {"exits": 999}}}, "shop: exits: 999 is no number from 0 to 255."),
        ({"own": {"shop": {"colour": 1}}}, "shop: unknown field 'colour'"),
        ({"own": {f"i{n}": {} for n in range(201)}}, "own describes 201 images; 200 are the most."),
        ({"failing": "all"}, "Some values can't be taken."),
    ],
)
def test_a_description_that_cannot_be_is_refused(own: Own, doc: dict[str, Any], said: str) -> None:
    status, answer = put(own, doc)
    assert status == 400 and answer["error"]["message"].startswith(said)
