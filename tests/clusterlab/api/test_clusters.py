"""Clusters by REST: made, listed, changed, paced, deleted; by members only."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from django.utils.dateparse import parse_datetime

from clusterlab.hub import NoSuchCluster, hub
from clusterlab.labs.examples import catalogue
from clusterlab.labs.models import Cluster, KubeToken
from clusterlab.redis_clients import new_log
from simcore.apimachinery.kinds import NODE, POD
from simcore.cluster.world import CLOCK
from simcore.kube_apiserver.request import Request
from simcore.kube_apiserver.users import ADMIN
from tests.clusterlab.conftest import Browser

ASKING = Request(ADMIN, "test")
BEGIN = "begin with <kind>/<name>, any <kind>, all <kind> or <number> <kind>"


def test_the_examples_say_what_they_are(browser: Browser) -> None:
    listed = browser.get("/api/examples/").json()
    assert [e["slug"] for e in listed] == list(catalogue())
    first = listed[0]
    assert (first["nodes"], first["pods"], len(first["steps"])) == (3, 7, 3)


def test_a_cluster_needs_no_wishes(browser: Browser) -> None:
    answer = browser.post_json("/api/clusters/", {})
    assert answer.status_code == 201
    made = answer.json()
    assert made["role"] == "owner"
    assert made["nodes"] == 3
    assert made["kube_url"].endswith(f"/clusters/{made['id']}")
    assert made["clock"]["state"] == "running"
    assert parse_datetime(made["created_at"]) is not None
    assert isinstance(made["settings"]["seed"], int)


def test_a_cluster_is_as_wished(browser: Browser) -> None:
    cluster_id = browser.new_cluster(name="mine", nodes=4, zones=2, cpu="2", memory="4Gi", seed=5, speed=10)
    nodes = hub.get(cluster_id).server.list(NODE, None, ASKING)
    zones = [node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in nodes]
    assert zones == ["zone-a", "zone-b", "zone-a", "zone-b"]
    assert nodes[0]["status"]["capacity"]["cpu"] == "2"
    got = browser.get(f"/api/clusters/{cluster_id}/").json()
    assert (got["name"], got["clock"]["speed"], got["settings"]["seed"]) == ("mine", 10, 5)


def test_an_example_gives_its_manifests_away(browser: Browser) -> None:
    (file,) = browser.get("/api/examples/rolling-update/").json()
    assert file["name"] == "web.yaml"
    assert "image: nginx:1.27" in file["text"]
    missing = browser.get("/api/examples/nonsense/")
    assert missing.status_code == 404
    assert missing.json()["error"]["message"] == "There is no example nonsense."


@pytest.mark.parametrize("slug", [slug for slug, example in catalogue().items() if not example.is_large])
def test_an_example_opens_with_its_pods_settled(browser: Browser, slug: str) -> None:
    answer = browser.post_json("/api/clusters/", {"example": slug})
    assert answer.status_code == 201, answer.content
    found = hub.get(answer.json()["id"]).server.list(POD, None, ASKING)
    pods = [pod for pod in found if pod["metadata"]["namespace"] != "kube-system"]
    working = [pod for pod in pods if not pod["metadata"]["name"].startswith("every-minute")]
    if slug == "jobs":  # of those that have ended some are seen, too
        working = [pod for pod in working if pod["status"]["phase"] == "Running"]
        assert 1 <= len(working) <= catalogue()[slug].pods
    else:
        assert len(working) == catalogue()[slug].pods
    phases = {pod["status"]["phase"] for pod in pods}
    assert "Running" in phases
    assert "Pending" in phases or slug not in ("why-pending", "crash-loop")


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        pytest.param({"nodes": 0}, "nodes=0 is not between 1 and 5000.", id="no node"),
        pytest.param({"nodes": 5001}, "nodes=5001 is not between 1 and 5000.", id="too many nodes"),
        pytest.param({"zones": 27}, "zones=27 is not between 1 and 26.", id="too many zones"),
        pytest.param({"cpu": "much"}, "cpu='much' is no positive quantity, like 4, 500m or 8Gi.", id="cpu"),
        pytest.param(
            {"memory": "-1Gi"}, "memory='-1Gi' is no positive quantity, like 4, 500m or 8Gi.", id="memory"
        ),
        pytest.param({"speed": 0}, "speed=0.0 is not between 0.1 and 1000.", id="speed"),
        pytest.param({"example": "nothing"}, "there is no example 'nothing'.", id="example"),
        pytest.param({"latency": "none"}, "Some values can't be taken.", id="latency"),
    ],
)
def test_a_wish_that_cannot_be_met_is_named(browser: Browser, wish: dict[str, object], message: str) -> None:
    answer = browser.post_json("/api/clusters/", wish)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == message
    assert not Cluster.objects.exists()


def test_a_cluster_is_listed_for_its_owner_only(browser: Browser, stranger: Browser) -> None:
    cluster_id = browser.new_cluster(name="mine")
    assert [c["id"] for c in browser.get("/api/clusters/").json()] == [cluster_id]
    assert cluster_id not in [c["id"] for c in stranger.get("/api/clusters/").json()]


def test_a_name_can_be_changed(browser: Browser) -> None:
    cluster_id = browser.new_cluster()
    assert browser.send("PATCH", f"/api/clusters/{cluster_id}/", {"name": "new"}).json()["name"] == "new"


def test_the_clock_is_paused_and_set(browser: Browser) -> None:
    cluster_id = browser.new_cluster()
    answer = browser.post_json(f"/api/clusters/{cluster_id}/clock/", {"paused": True, "speed": 20})
    assert answer.json()["clock"] | {"sim_ms": 0} == {
        "speed": 20,
        "paused": True,
        "state": "paused",
        "sim_ms": 0,
    }
    assert hub.get(cluster_id).speed() == (20, True)
    too_fast = browser.post_json(f"/api/clusters/{cluster_id}/clock/", {"speed": 1001})
    assert (
        too_fast.json()["error"]["message"]
        == "speed=1001 is not between 0.1 and 1000, nor 0 (as fast as it can)."
    )


def test_a_step_pauses_and_a_goal_lets_run(browser: Browser) -> None:
    cluster_id = browser.new_cluster()
    address = f"/api/clusters/{cluster_id}/clock/"
    assert browser.post_json(address, {"step": 5}).json()["clock"]["paused"]
    assert hub.get(cluster_id).record(CLOCK) == {"speed": 1.0, "paused": True, "steps": 5}
    asked = browser.post_json(address, {"until": "deployment/web available", "limit_s": 60})
    assert asked.status_code == 202
    goal = asked.json()["goal"]
    assert (goal["text"], goal["state"]) == ("deployment/web available", "running")
    assert hub.get(cluster_id).record(CLOCK) == {"speed": 1.0, "paused": False, "goal": goal}
    assert browser.get(address).json()["goal"] == goal


def test_the_clock_of_a_cluster_without_a_goal_has_none(browser: Browser, stranger: Browser) -> None:
    cluster_id = browser.new_cluster(speed=20)
    told = browser.get(f"/api/clusters/{cluster_id}/clock/").json()
    assert (told["speed"], told["paused"], told["state"], told["goal"]) == (20, False, "running", None)
    assert stranger.get(f"/api/clusters/{cluster_id}/clock/").status_code == 404


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"step": 0}, "step=0 is not between 1 and 1000."),
        ({"until": "web ready"}, f"at character 1 ('web'): {BEGIN}."),
        ({"until": "all pods ready", "limit_s": 0}, "limit_s=0 is not between 0 and 2592000."),
    ],
    ids=["no step", "no condition", "no time"],
)
def test_an_order_to_the_clock_that_cannot_be_is_refused(browser: Browser, values: Any, message: str) -> None:
    cluster_id = browser.new_cluster()
    answer = browser.post_json(f"/api/clusters/{cluster_id}/clock/", values)
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, message)


def test_a_fork_is_ones_own_and_was_the_same(browser: Browser, stranger: Browser) -> None:
    cluster_id = browser.new_cluster()
    source = hub.get(cluster_id)
    kept = source.store.revision - 10
    forked = browser.post_json(f"/api/clusters/{cluster_id}/fork/", {"rev": kept, "name": "what if"})
    assert forked.status_code == 201
    assert (forked.json()["name"], forked.json()["role"]) == ("what if", "owner")
    other = hub.get(forked.json()["id"])
    assert other.store.range("/registry/", at=kept).kvs == source.store.range("/registry/", at=kept).kvs
    assert stranger.post_json(f"/api/clusters/{cluster_id}/fork/", {}).status_code == 404
    future = browser.post_json(f"/api/clusters/{cluster_id}/fork/", {"rev": 10**6})
    assert future.status_code == 400


def test_a_deleted_cluster_leaves_nothing(browser: Browser) -> None:
    cluster_id = browser.new_cluster()
    assert browser.send("DELETE", f"/api/clusters/{cluster_id}/").status_code == 204
    assert browser.get(f"/api/clusters/{cluster_id}/").status_code == 404
    assert browser.get("/api/clusters/").json() == []
    assert new_log(cluster_id).revision() == 0
    with pytest.raises(NoSuchCluster):
        hub.get(cluster_id)


def test_a_kubeconfig_holds_a_token_of_its_own(browser: Browser) -> None:
    cluster_id = browser.new_cluster()
    answers = [browser.get(f"/api/clusters/{cluster_id}/kubeconfig/") for _ in range(2)]
    assert answers[0]["Content-Type"] == "application/yaml"
    assert answers[0]["Cache-Control"] == "no-store"
    first, second = (yaml.safe_load(answer.content)["users"][0]["user"]["token"] for answer in answers)
    assert first != second
    assert not KubeToken.objects.filter(token_hash__in=[first, second]).exists()
    assert KubeToken.objects.filter(cluster_id=cluster_id).count() == 2


def test_the_schema_describes_every_address(browser: Browser) -> None:
    answer = browser.get("/api/schema/?format=json", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert answer.status_code == 200
    assert "/api/clusters/{cluster_id}/uploads/" in answer.json()["paths"]


@pytest.mark.parametrize(("bare", "machines"), [(False, ["control-plane", "node-1"]), (True, ["node-1"])])
def test_a_cluster_has_a_machine_for_its_control_plane_unless_it_is_bare(
    browser: Browser, bare: bool, machines: list[str]
) -> None:
    cluster_id = browser.new_cluster(nodes=1, bare=bare)
    names = [node["metadata"]["name"] for node in hub.get(cluster_id).server.list(NODE, None, ASKING)]
    assert names == machines
    assert browser.get(f"/api/clusters/{cluster_id}/").json()["nodes"] == 1
