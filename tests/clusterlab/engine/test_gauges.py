"""Progress and lag are visible from outside, and a worker that is gone is not."""

from __future__ import annotations

import json

import pytest
import redis
from django.test import Client

from clusterlab.engine import gauges, hints
from clusterlab.engine.gauges import Gauges, of_all_workers
from clusterlab.engine.health import health
from clusterlab.engine.pace import wall_ms
from clusterlab.engine.worker import Worker
from tests.clusterlab.conftest import Found


@pytest.fixture(autouse=True)
def nobody_has_published(client_of_redis: redis.Redis) -> None:
    client_of_redis.delete(gauges.PUBLISHED)


def test_a_turn_is_counted_and_its_steps(found: Found, client_of_redis: redis.Redis) -> None:
    worker = Worker()
    worker.run(found())
    figures = worker.gauges.now()
    assert (figures.turns, figures.lost_turns, figures.clusters) == (1, 0, 0)
    assert figures.steps >= 1


def test_a_lost_turn_is_counted() -> None:
    own = Gauges()
    with pytest.raises(ZeroDivisionError), own.turn("a"):
        raise ZeroDivisionError
    assert (own.now().turns, own.now().lost_turns, own.now().clusters) == (1, 1, 0)


def test_the_latest_cluster_counts(client_of_redis: redis.Redis) -> None:
    own = Gauges()
    with own.turn("a"), own.turn("b"):
        own.step("a", timers=3, revisions=2, took_s=0.01, behind_ms=70)
        own.step("b", timers=1, revisions=0, took_s=0.01, behind_ms=20)
        own.publish(client_of_redis, "engine-0@here", wall_ms())
        Gauges().publish(client_of_redis, "engine-1@here", wall_ms())
        told = health()
    assert (told.workers, told.clusters, told.behind_ms) == (2, 2, 70)
    assert own.now().behind_ms == 0


def test_a_worker_that_is_gone_is_forgotten(client_of_redis: redis.Redis) -> None:
    now = wall_ms()
    Gauges().publish(client_of_redis, "dead", now - 60_000)
    Gauges().publish(client_of_redis, "alive", now)
    assert list(of_all_workers(client_of_redis, now)) == ["alive"]
    assert client_of_redis.hkeys(gauges.PUBLISHED) == [b"alive"]


def test_a_worker_of_another_release_is_understood_as_far_as_it_goes(client_of_redis: redis.Redis) -> None:
    now = wall_ms()
    told = {"steps": 7, "at": now, "novelties": 3}
    client_of_redis.hset(gauges.PUBLISHED, "engine-0@here", json.dumps(told))
    assert of_all_workers(client_of_redis, now) == {"engine-0@here": gauges.Figures(steps=7)}


@pytest.mark.parametrize(("silent_ms", "lives"), [(0, True), (6_000, True), (6_001, False)])
def test_who_is_silent_is_not_relied_on(client_of_redis: redis.Redis, silent_ms: int, lives: bool) -> None:
    now = wall_ms()
    Gauges().publish(client_of_redis, "engine-0@here", now - silent_ms)
    assert gauges.living(client_of_redis, now) == (["engine-0@here"] if lives else [])
    assert list(of_all_workers(client_of_redis, now)) == ["engine-0@here"]


def test_metrics_are_told_in_prometheus_format(client_of_redis: redis.Redis) -> None:
    client_of_redis.delete(hints.WAKE_UPS)
    own = Gauges()
    with own.turn("a"):
        own.step("a", timers=3, revisions=2, took_s=0.5, behind_ms=70)
        own.publish(client_of_redis, "engine-0@here", wall_ms())
    answer = Client().get("/metrics")
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.content.decode().splitlines()
    assert 'clusterlab_engine_timers_total{worker="engine-0@here"} 3' in lines
    assert 'clusterlab_engine_behind_ms{worker="engine-0@here"} 70' in lines
    assert "clusterlab_up 1" in lines
    assert "# TYPE clusterlab_engine_steps_total counter" in lines


def test_a_redis_that_is_gone_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from clusterlab.engine import health as health_module
    from clusterlab.engine import metrics

    gone = redis.Redis(host="127.0.0.1", port=1, retry=None)
    for module in (health_module, metrics):
        monkeypatch.setattr(module, "shared_client", lambda: gone)
    assert "clusterlab_up 0" in Client().get("/metrics").content.decode()
    assert Client().get("/healthz").status_code == 503
