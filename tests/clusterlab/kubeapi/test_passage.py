"""What the front adds to a request: its first stages, the seats, and streams that grow with time alone."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from clusterlab import asgi
from clusterlab.engine import pace
from clusterlab.hub import hub
from clusterlab.kubeapi import fairness, streaming
from clusterlab.labs.models import Role
from clusterlab.redis_clients import shared_client
from simcore.kube_apiserver.observing.requests import Kept
from tests.clusterlab.conftest import Browser
from tests.clusterlab.kubeapi.test_application import MAPS, Kube, advance
from tests.kit.asgi import Connection
from tests.kit.loop import on_a_loop
from tests.kit.manifests import config_map, pod

pytestmark = pytest.mark.django_db(transaction=True)
PODS = "/api/v1/namespaces/default/pods"


@pytest.fixture
def kube(transactional_db: None, client_of_redis: Any) -> Kube:
    return Kube(Browser())


async def newest(kube: Kube) -> Kept:
    resident = await sync_to_async(hub.get)(kube.cluster_id)
    return resident.http.observer.requests.newest(1)[0]


def hurry(cluster_id: str) -> None:
    """From now on 100 simulated seconds a second."""
    clock = hub.get(cluster_id).clock
    pace.write(shared_client(), cluster_id, pace.Pace(pace.wall_ms(), clock.now(), 100.0, "running"))
    clock.refresh()


@on_a_loop
async def test_the_xray_begins_at_the_front(kube: Kube) -> None:
    await kube.ask("POST", MAPS, config_map("a"))
    kept = await newest(kube)
    assert [stage.name for stage in kept.stages[:4]] == [
        "authentication",
        "priority and fairness",
        "authorization",
        "decoding",
    ]
    assert all(stage.ns > 0 for stage in kept.stages)
    assert sum(stage.ns for stage in kept.stages) <= kept.ns


@on_a_loop
async def test_who_is_refused_is_in_the_xray_and_strangers_are_not(kube: Kube) -> None:
    viewer = await sync_to_async(kube.as_role)(Role.VIEW)
    await kube.ask("POST", MAPS, config_map("a"), headers=viewer)
    kept = await newest(kube)
    assert (kept.code, kept.user, kept.stages[-1].name) == (403, "view-0", "authorization")
    await kube.ask("DELETE", f"{MAPS}/a", headers={})
    await kube.ask("DELETE", f"{MAPS}/a", headers={"authorization": "Bearer wrong"})
    assert await newest(kube) == kept


@on_a_loop
async def test_too_many_at_once_are_told_to_come_again(kube: Kube, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fairness, "SEATS", 0)
    monkeypatch.setattr(fairness, "LONGEST_WAIT_S", 0.01)
    answer = await kube.ask("GET", MAPS)
    assert (answer.status, answer.body) == (429, b"Too many requests, please try again later.\n")
    assert answer.headers[b"retry-after"] == b"1"


@on_a_loop
async def test_a_seat_is_free_again_after_every_answer(kube: Kube, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fairness, "SEATS", 1)
    monkeypatch.setattr(fairness, "LONGEST_WAIT_S", 1.0)
    for method, path, status in (("GET", MAPS, 200), ("GET", "/nothing", 404), ("POST", MAPS, 400)) * 2:
        assert (await kube.ask(method, path, None)).status == status
    async with kube.watch(MAPS):
        assert (await kube.ask("GET", MAPS)).status == 200


@on_a_loop
async def test_answers_name_flow_schema_and_level(kube: Kube) -> None:
    headers = (await kube.ask("GET", MAPS)).headers
    assert (
        len(headers[b"x-kubernetes-pf-flowschema-uid"])
        == len(headers[b"x-kubernetes-pf-prioritylevel-uid"])
        == 36
    )


@on_a_loop
async def test_open_watches_are_counted(kube: Kube) -> None:
    resident = await sync_to_async(hub.get)(kube.cluster_id)
    async with kube.watch(MAPS), kube.watch(PODS):
        assert resident.http.observer.metrics.streams == 2
    assert resident.http.observer.metrics.streams == 0
    text = (await kube.ask("GET", "/metrics")).body.decode()
    assert "apiserver_longrunning_requests 0" in text
    assert 'verb="WATCH"' in text


@on_a_loop
async def test_a_log_is_followed_though_nothing_is_written(
    kube: Kube, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "CHECK_S", 0.02)
    talking = pod("talking", image="busybox:1.36")
    script = "i=0; while true; do echo $i; i=$((i+1)); sleep 10; done"
    talking["spec"]["containers"][0]["command"] = ["sh", "-c", script]
    await kube.ask("POST", PODS, talking)
    await sync_to_async(advance)(kube.cluster_id, 20_000)
    path = f"{kube.base}{PODS}/talking/log?follow=true"
    async with Connection(asgi.application, "GET", path, headers=kube.headers) as answer:
        await answer.until(lambda a: b"0\n" in a.body)
        told = answer.body
        await sync_to_async(hurry)(kube.cluster_id)
        await answer.until(lambda a: len(a.body) >= len(told) + 4)
        assert answer.body.startswith(told)
        numbers = [int(line) for line in answer.body.split()]
        assert numbers == list(range(len(numbers)))
        assert not answer.is_over
