"""Who looks at what, over all processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from clusterlab.labs.people import animal_name
from clusterlab.labs.tokens import new_id
from clusterlab.live import presence
from clusterlab.live.presence import Look, Presence, person_id

DANA = {"name": "Dana", "role": "owner"}


@pytest.fixture
def here(client_of_redis: redis.Redis) -> Iterator[Presence]:
    cluster_id = new_id()
    yield Presence(client_of_redis, cluster_id)
    client_of_redis.delete(f"{{{cluster_id}}}:people", f"{{{cluster_id}}}:people-moves")


def test_people_are_told_with_what_they_look_at(here: Presence) -> None:
    here.put("socket-1", DANA, Look("trace", "pod/default/a", 40))
    assert here.people() == [
        {"id": person_id("socket-1"), **DANA, "view": "trace", "sel": "pod/default/a", "rev": 40}
    ]


def test_every_move_is_counted(here: Presence) -> None:
    assert here.moves() == 0
    here.put("socket-1", DANA, Look("map"))
    here.put("socket-1", DANA, Look("nodes"))
    assert here.moves() == 2
    here.leave("socket-1")
    assert here.moves() == 3
    assert here.people() == []


def test_whoever_does_not_renew_is_gone(here: Presence, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "COUNTED_MS", -1)
    here.put("socket-1", DANA, Look("map"))
    assert here.people() == []


def test_no_more_people_are_told_than_anybody_reads(here: Presence) -> None:
    for number in range(presence.MOST_PEOPLE + 5):
        here.put(f"socket-{number}", DANA, Look())
    assert len(here.people()) == presence.MOST_PEOPLE


@pytest.mark.parametrize(
    ("message", "look"),
    [
        pytest.param({"view": "map", "sel": None, "rev": 7}, Look("map", None, 7), id="a look"),
        pytest.param({}, Look(), id="nothing"),
        pytest.param({"view": 7, "sel": {}, "rev": "7"}, Look(), id="other types"),
        pytest.param(
            {"view": "x" * 99, "sel": "y" * 999, "rev": True}, Look("x" * 20, "y" * 400), id="too long"
        ),
        pytest.param({"rev": -1}, Look(), id="a negative revision"),
    ],
)
def test_a_look_is_read_with_care(message: dict[str, object], look: Look) -> None:
    assert Look.of(message) == look


def test_an_animals_name_is_steady_and_no_secret() -> None:
    assert animal_name("secret") == animal_name("secret")
    assert len({animal_name(str(n)) for n in range(200)}) > 150
    assert "secret" not in animal_name("secret")
