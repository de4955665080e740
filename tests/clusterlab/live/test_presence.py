"""Who looks at what, over all processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis

from clusterlab.labs.people import animal_name
from clusterlab.labs.tokens import new_id
from clusterlab.live import presence
from clusterlab.live.notices import access_key, tell_access
from clusterlab.live.presence import MOST_PEOPLE, Company, Look, Moves, Person, Presence

Processes = Callable[[str], Presence]


@pytest.fixture
def process(client_of_redis: redis.Redis) -> Iterator[Processes]:
    """Web processes with the same cluster, by name."""
    cluster_id = new_id()
    yield lambda name: Presence(client_of_redis, cluster_id, name)
    client_of_redis.delete(
        f"{{{cluster_id}}}:people", f"{{{cluster_id}}}:people-moves", access_key(cluster_id)
    )


def person(number: int = 1, **look: Any) -> Person:
    return Person(f"id-{number:03}", "Dana", "owner", Look(**look))


def test_people_are_told_with_what_they_look_at(process: Processes) -> None:
    process("a").put([person(1, view="trace", sel="pod/default/a", rev=40)])
    told = {
        "name": "Dana",
        "role": "owner",
        "view": "trace",
        "sel": "pod/default/a",
        "rev": 40,
        "lead": False,
    }
    assert process("b").company().people == [{"id": "id-001", **told}]


def test_those_of_other_processes_are_counted_apart(process: Processes) -> None:
    process("a").put([person(1), person(2)])
    process("b").put([person(3)])
    assert [process(name).company().elsewhere for name in "abc"] == [1, 2, 3]
    assert [p["id"] for p in process("a").company().people] == ["id-001", "id-002", "id-003"]


def test_every_move_is_counted(process: Processes) -> None:
    here = process("a")
    assert here.moves() == Moves(0, 0)
    here.put([person(view="map")])
    here.put([person(view="nodes")])
    assert here.moves().people == 2
    here.withdraw()
    assert here.moves().people == 3
    assert here.company() == Company([], 0)


def test_a_change_of_access_is_counted_by_itself(process: Processes, client_of_redis: redis.Redis) -> None:
    here = process("a")
    tell_access(client_of_redis, here._access.split("}")[0][1:])
    assert here.moves() == Moves(0, 1)


def test_a_notice_that_cannot_be_sent_fails_nothing(caplog: pytest.LogCaptureFixture) -> None:
    nowhere = redis.Redis(host="127.0.0.1", port=1, protocol=2, retry=None)
    tell_access(nowhere, "some-cluster")
    assert "cluster some-cluster: no notice sent" in caplog.text


def test_a_process_that_tells_nothing_any_more_is_gone(
    process: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "COUNTED_MS", -1)
    process("a").put([person()])
    assert process("b").company() == Company([], 0)


def test_no_more_people_are_told_than_anybody_reads_but_all_are_counted(process: Processes) -> None:
    process("a").put([person(number) for number in range(MOST_PEOPLE + 5)])
    process("b").put([person(900)])
    company = process("c").company()
    assert (len(company.people), company.elsewhere) == (MOST_PEOPLE, MOST_PEOPLE + 6)


def test_whoever_leads_is_always_told(process: Processes) -> None:
    crowd = [person(number) for number in range(MOST_PEOPLE + 5)]
    process("a").put([*crowd, person(990, lead=True)])
    process("b").put([person(991, lead=True)])
    assert [p["id"] for p in process("c").company().people[:3]] == ["id-990", "id-991", "id-000"]


@pytest.mark.parametrize(
    ("message", "look"),
    [
        pytest.param({"view": "map", "sel": None, "rev": 7}, Look("map", None, 7), id="a look"),
        pytest.param({}, Look(), id="nothing"),
        pytest.param({"view": 7, "sel": {}, "rev": "7"}, Look(), id="other types"),
        pytest.param(
            {"view": "x" * 999, "sel": "y" * 999, "rev": True}, Look("x" * 200, "y" * 400), id="too long"
        ),
        pytest.param({"rev": -1}, Look(), id="a negative revision"),
        pytest.param({"rev": 2**60}, Look(), id="a revision beyond a browser's numbers"),
        pytest.param({"lead": True}, Look(lead=True), id="a lead"),
        pytest.param({"lead": 1}, Look(), id="a lead that is none"),
    ],
)
def test_a_look_is_read_with_care(message: dict[str, object], look: Look) -> None:
    assert Look.of(message) == look


def test_an_animals_name_is_steady_and_no_secret() -> None:
    assert animal_name("secret") == animal_name("secret")
    assert len({animal_name(str(n)) for n in range(200)}) > 150
    assert "secret" not in animal_name("secret")
