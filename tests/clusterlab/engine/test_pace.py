"""Simulated time follows wall time from an anchor on, at a speed."""

from __future__ import annotations

import pytest
import redis

from clusterlab.engine import pace
from clusterlab.engine.pace import Pace
from clusterlab.labs.tokens import new_id


@pytest.mark.parametrize(
    ("speed", "state", "expected"),
    [
        pytest.param(1.0, "running", 6_000, id="running at 1x"),
        pytest.param(10.0, "running", 15_000, id="running at 10x"),
        pytest.param(0.1, "running", 5_100, id="running at a tenth"),
        pytest.param(1.0, "paused", 5_000, id="paused"),
        pytest.param(1.0, "sleeping", 5_000, id="sleeping"),
    ],
)
def test_the_time_a_second_after_the_anchor(speed: float, state: pace.State, expected: int) -> None:
    assert Pace(1_000_000, 5_000, speed, state).sim_at(1_001_000) == expected


def test_a_wall_clock_that_went_back_does_not_take_simulated_time_with_it() -> None:
    assert Pace(1_000_000, 5_000, 1.0, "running").sim_at(999_000) == 5_000


def test_the_wall_time_of_a_simulated_time_is_the_inverse() -> None:
    running = Pace(1_000_000, 5_000, 4.0, "running")
    assert running.sim_at(int(running.wall_at(9_000))) == 9_000


def test_what_is_written_is_read_by_others(client_of_redis: redis.Redis) -> None:
    cluster_id, written = new_id(), Pace(1_700_000_000_000, 42, 2.5, "paused")
    pace.write(client_of_redis, cluster_id, written)
    assert pace.read(client_of_redis, cluster_id) == written


def test_a_cluster_that_never_ran_sleeps_at_the_beginning(client_of_redis: redis.Redis) -> None:
    assert pace.read(client_of_redis, new_id()) == Pace(0, 0, 1.0, "sleeping")
