"""How far an upload is, told to whoever asks under its name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from clusterlab.labs.tokens import new_id
from clusterlab.manifests import jobs
from clusterlab.manifests.jobs import Cancelled, Job


@pytest.fixture
def job(client_of_redis: redis.Redis) -> Iterator[Job]:
    made = Job(client_of_redis, new_id(), 7, "some-job")
    yield made
    client_of_redis.delete(made._key)


def test_nothing_is_known_before_it_begins(job: Job) -> None:
    assert job.state() is None


def test_a_phase_is_told_with_its_count(job: Job) -> None:
    job.tell("reading", 0, 2)
    job.tell("trying", 0, 40)
    assert job.state() == {"phase": "trying", "done": 0, "total": 40, "rate": 0.0, "cancelled": False}


def test_counts_are_told_now_and_then(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    job.tell("trying", 0, 40)
    job.tell("trying", 1, 40)
    state = job.state()
    assert state is not None and state["done"] == 0
    monkeypatch.setattr(jobs, "TOLD_EVERY_S", 0.0)
    job.tell("trying", 30, 40)
    state = job.state()
    assert state is not None
    assert (state["done"], state["rate"] > 0) == (30, True)


def test_what_is_called_off_ends_at_the_next_word(job: Job) -> None:
    job.tell("reading", 0, 1)
    job.cancel()
    with pytest.raises(Cancelled):
        job.tell("trying", 0, 9)
    state = job.state()
    assert state is not None and state["cancelled"]


def test_what_is_called_off_before_it_begins_does_not_begin(job: Job) -> None:
    job.cancel()
    assert job.state() == {"phase": "reading", "done": 0, "total": 0, "rate": 0.0, "cancelled": True}
    with pytest.raises(Cancelled):
        job.tell("reading", 0, 1)


def test_what_is_done_cannot_be_called_off(job: Job) -> None:
    job.cancel()
    job.tell("done", 9, 9)


def test_what_is_known_goes_away_by_itself(job: Job, client_of_redis: redis.Redis) -> None:
    job.tell("done", 1, 1)
    assert 0 < client_of_redis.ttl(job._key) <= jobs.KEPT_S
