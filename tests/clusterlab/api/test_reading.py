"""Events, logs, measurements and services over the REST API."""

from __future__ import annotations

import pytest

from clusterlab.reading.meters import MOST_POINTS
from simcore.apimachinery.kinds import EVENT, POD, SERVICE
from simcore.apimachinery.meta import Key, Obj
from tests.clusterlab.conftest import Browser, Own
from tests.kit.manifests import pod

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(browser: Browser) -> Own:
    """Twelve pods of a Deployment."""
    return Own(browser, example="rolling-update")


def event(name: str, **fields: object) -> Obj:
    about = {"kind": "Pod", "namespace": "default", "name": "web", "uid": "1"}
    meta = {"name": name, "namespace": "default"}
    return {"apiVersion": "v1", "kind": "Event", "metadata": meta, "involvedObject": about, **fields}


def test_events_come_newest_first_with_what_they_are_about(running: Own) -> None:
    rows = running.get("events/")["events"]
    assert [row["rev"] for row in rows] == sorted((row["rev"] for row in rows), reverse=True)
    scheduled = next(row for row in rows if row["reason"] == "Scheduled")
    assert scheduled["kind"] == "Pod"
    assert scheduled["namespace"] == "default"
    assert scheduled["message"].startswith("Successfully assigned default/web-")
    assert scheduled["source"] == "default-scheduler"
    assert 0 <= scheduled["at"] <= running.resident.clock.now()


def test_events_are_searched_by_words_and_bounded(running: Own) -> None:
    found = running.get("events/?q=scheduled+node-1")["events"]
    assert found
    assert all(row["reason"] == "Scheduled" and "node-1" in row["message"] for row in found)
    assert len(running.get("events/?limit=3")["events"]) == 3
    assert running.get("events/?limit=many", status=400)["error"]["code"] == "invalid"


def test_an_event_that_is_written_again_moves_to_the_top_and_one_that_goes_is_gone(own: Own) -> None:
    own.user.create(EVENT, event("one", reason="One", message="<script>alert(1)</script>", type="Warning"))
    own.user.create(EVENT, event("two", reason="Two"))
    assert [row["reason"] for row in own.get("events/?limit=2")["events"]] == ["Two", "One"]
    own.user.update(EVENT, event("one", reason="One", count=7, message="<script>alert(1)</script>"))
    top = own.get("events/?limit=1")["events"][0]
    assert (top["reason"], top["count"], top["message"]) == ("One", 7, "<script>alert(1)</script>")
    own.user.delete(EVENT, Key("default", "one"))
    assert own.get("events/?limit=1")["events"][0]["reason"] == "Two"


def name_of_a_pod(own: Own) -> str:
    name: str = own.user.list(POD)[0]["metadata"]["name"]
    return name


def test_a_containers_lines_come_with_their_simulated_time(running: Own) -> None:
    told = running.get(f"logs/default/{name_of_a_pod(running)}/?tail=3")
    assert 0 < len(told["lines"]) <= 3
    assert all(0 <= line["at"] <= told["next"] for line in told["lines"])
    assert all(line["text"] for line in told["lines"])


def test_whoever_follows_gets_what_is_new_and_nothing_twice(running: Own) -> None:
    path = f"logs/default/{name_of_a_pod(running)}/"
    first = running.get(f"{path}?tail=100")
    again = running.get(f"{path}?follow_from={first['next']}")
    assert all(line["at"] >= first["next"] for line in again["lines"])
    whole = running.get(f"{path}?follow_from=0")
    assert [line["text"] for line in whole["lines"][: len(first["lines"])]]
    assert {line["at"] for line in first["lines"]} <= {line["at"] for line in whole["lines"]}


def test_logs_of_nobody_and_of_an_unknown_container_are_refused(running: Own) -> None:
    assert running.get("logs/default/nobody/", status=404)["error"]["message"] == 'pods "nobody" not found'
    name = name_of_a_pod(running)
    error = running.get(f"logs/default/{name}/?container=other", status=400)["error"]
    assert error["message"] == f"container other is not valid for pod {name}"


def test_a_container_that_has_not_started_says_so(own: Own) -> None:
    own.user.create(POD, pod("early"))
    error = own.get("logs/default/early/", status=400)["error"]
    assert error["message"] == 'container "main" in pod "early" is waiting to start: ContainerCreating'


def test_metrics_tell_requested_allocatable_and_used_over_time(running: Own) -> None:
    told = running.get("metrics/?window=60")
    series = {each["name"]: each for each in told["series"]}
    assert {"cpu requested", "cpu allocatable", "cpu used", "memory used", "pods running"} <= set(series)
    assert all(len(each["values"]) == len(told["at"]) <= MOST_POINTS + 2 for each in told["series"])
    assert told["at"] == sorted(told["at"])
    assert series["pods running"]["values"][-1] == 12
    assert series["cpu allocatable"]["values"][-1] == 8
    assert 0 < series["cpu used"]["values"][-1] < series["cpu requested"]["values"][-1]


def test_metrics_follow_what_is_written_after_they_were_first_asked_for(running: Own) -> None:
    running.get("metrics/")
    for each in running.user.list(POD)[:2]:
        running.user.delete(POD, Key("default", each["metadata"]["name"]))
    series = {each["name"]: each["values"][-1] for each in running.get("metrics/")["series"]}
    assert series["pods running"] == 10


def test_metrics_begin_before_the_first_pod(browser: Browser) -> None:
    own = Own(browser, example="rolling-update", latency="realistic")
    series = {each["name"]: each["values"] for each in own.get("metrics/?window=86400")["series"]}
    assert series["pods running"][0] == 0
    assert series["cpu requested"][0] == 0


def test_services_are_told_with_the_pods_behind_them(running: Own) -> None:
    spec = {"selector": {"app": "x"}, "ports": [{"port": 80}]}
    meta = {"name": "lonely", "namespace": "default"}
    running.user.create(SERVICE, {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": spec})
    services = {each["key"]: each for each in running.get("net/")["services"]}
    assert services["default/lonely"]["endpoints"] == []
    assert services["default/lonely"]["ports"][0]["port"] == 80
    before = running.get("net/?rev=1")["services"]
    assert "default/lonely" not in [each["key"] for each in before]


def test_endpoints_name_pod_address_and_node(browser: Browser) -> None:
    own = Own(browser, example="first-steps")
    services = [each for each in own.get("net/")["services"] if each["endpoints"] and each["type"] != "none"]
    endpoint = next(e for each in services for e in each["endpoints"] if e["pod"])
    assert endpoint["ready"] is True
    assert endpoint["node"].startswith("node-")
    assert endpoint["ip"].count(".") == 3


def test_what_goes_on_is_for_members_only(running: Own, stranger: Browser) -> None:
    for path in ("events/", "metrics/", "net/", "logs/default/x/"):
        assert stranger.get(f"/api/clusters/{running.id}/{path}").status_code == 404
