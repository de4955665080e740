"""Work that is shared: nobody gets a result from before they asked, nobody waits twice, failures are told to all."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from clusterlab.coalescing import Coalesced, Soon


class Bench:
    """Work that begins and ends when the test says so."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.may_end = threading.Semaphore(0)
        self.runs = 0
        self.fails = False

    def __call__(self) -> int:
        self.runs += 1
        run = self.runs
        self.begun.release()
        assert self.may_end.acquire(timeout=10)
        if self.fails:
            raise ValueError(f"run {run} failed")
        return run


@pytest.fixture
def pool():
    with ThreadPoolExecutor(8) as pool:
        yield pool


def begun(bench: Bench) -> None:
    assert bench.begun.acquire(timeout=10)


def test_alone_every_call_is_a_run() -> None:
    results = iter(range(5))
    coalesced = Coalesced(lambda: next(results))
    assert [coalesced() for _ in range(5)] == [0, 1, 2, 3, 4]


def test_who_comes_while_one_runs_shares_the_next(pool: ThreadPoolExecutor) -> None:
    bench = Bench()
    coalesced = Coalesced(bench)
    first = pool.submit(coalesced)
    begun(bench)
    later: list[Future[int]] = [pool.submit(coalesced) for _ in range(5)]
    bench.may_end.release()
    begun(bench)
    bench.may_end.release(2)
    assert first.result(10) == 1
    assert {future.result(10) for future in later} <= {2, 3}
    assert bench.runs <= 3


def test_a_result_is_never_older_than_the_question(pool: ThreadPoolExecutor) -> None:
    written = [0]
    coalesced = Coalesced(lambda: written[0])

    def write_and_read(_: int) -> bool:
        written[0] += 1
        mine = written[0]
        return coalesced() >= mine

    assert all(pool.map(write_and_read, range(500)))


def test_a_failure_is_told_and_the_next_call_tries_again(pool: ThreadPoolExecutor) -> None:
    bench = Bench()
    bench.fails = True
    coalesced = Coalesced(bench)
    first = pool.submit(coalesced)
    begun(bench)
    bench.may_end.release()
    with pytest.raises(ValueError, match="run 1 failed"):
        first.result(10)
    bench.fails = False
    again = pool.submit(coalesced)
    bench.may_end.release()
    assert again.result(10) == 2


def test_soon_is_at_once_when_nothing_runs() -> None:
    done: list[int] = []
    soon = Soon(lambda: done.append(1))
    soon()
    soon()
    assert done == [1, 1]


def test_what_is_asked_for_meanwhile_is_done_once(pool: ThreadPoolExecutor) -> None:
    bench = Bench()
    soon = Soon(bench)
    first = pool.submit(soon)
    begun(bench)
    for _ in range(10):
        soon()
    assert bench.runs == 1
    bench.may_end.release()
    begun(bench)
    bench.may_end.release()
    first.result(10)
    assert bench.runs == 2


def test_a_failure_does_not_end_it(pool: ThreadPoolExecutor) -> None:
    bench = Bench()
    bench.fails = True
    soon = Soon(bench)
    first = pool.submit(soon)
    begun(bench)
    bench.may_end.release()
    with pytest.raises(ValueError, match="run 1"):
        first.result(10)
    bench.fails = False
    bench.may_end.release()
    soon()
    assert bench.runs == 2
