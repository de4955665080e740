"""Seats: nobody waits for nothing, a flood waits for the others, too many are turned away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from clusterlab.kubeapi import fairness
from clusterlab.kubeapi.fairness import (
    BUSY,
    FEW,
    LEAST,
    MOST_WAITING,
    QUIET,
    SEATS,
    FairGate,
    Flow,
    TooMany,
    allowed_share,
)
from tests.kit.loop import on_a_loop


class Workshop:
    """Clients whose requests take as long as they are let."""

    def __init__(self, now: Callable[[], float] | None = None) -> None:
        self.gate = FairGate(now)
        self.working: list[str] = []
        self.done: list[str] = []
        self.turned_away: list[str] = []
        self._ends: dict[str, list[asyncio.Event]] = {}

    def start(self, client: str, count: int = 1) -> list[asyncio.Task[None]]:
        return [asyncio.create_task(self._request(client)) for _ in range(count)]

    async def _request(self, client: str) -> None:
        try:
            async with self.gate.seat(client):
                end = asyncio.Event()
                self._ends.setdefault(client, []).append(end)
                self.working.append(client)
                await end.wait()
                self.working.remove(client)
            self.done.append(client)
        except TooMany:
            self.turned_away.append(client)

    async def finish(self, client: str) -> None:
        self._ends[client].pop(0).set()
        await rest()


async def rest() -> None:
    """Until nobody can go on by themselves."""
    for _ in range(20):
        await asyncio.sleep(0)


class Hands:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_alone_a_client_has_all_seats() -> None:
    @on_a_loop
    async def scene() -> None:
        shop = Workshop()
        tasks = shop.start("a", SEATS + 3)
        await rest()
        assert shop.working == ["a"] * SEATS
        for _ in range(SEATS + 3):
            await shop.finish("a")
        await asyncio.gather(*tasks)
        assert len(shop.done) == SEATS + 3

    scene()


def test_whoever_has_few_requests_goes_before_a_flood() -> None:
    @on_a_loop
    async def scene() -> None:
        shop = Workshop()
        tasks = shop.start("flood", 50)
        await rest()
        tasks += shop.start("b")
        await rest()
        assert "b" not in shop.working
        await shop.finish("flood")
        assert shop.working.count("b") == 1
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    scene()


def test_a_flood_leaves_the_seats_while_others_are_busy() -> None:
    @on_a_loop
    async def scene() -> None:
        clock = Hands()
        shop = Workshop(clock)
        tasks = shop.start("b")
        await rest()
        clock.at = 5.0
        tasks += shop.start("flood", 20)
        await rest()
        assert shop.working.count("flood") <= FEW
        running = shop.working.count("flood")
        for _ in range(running):
            clock.at += 0.01
            await shop.finish("flood")
        assert shop.working.count("flood") == 0
        clock.at += 0.01 / LEAST
        await asyncio.sleep(0.01)
        await rest()
        assert shop.working.count("flood") <= 1
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    scene()


def test_a_flood_goes_on_when_the_others_have_gone() -> None:
    @on_a_loop
    async def scene() -> None:
        clock = Hands()
        shop = Workshop(clock)
        tasks = shop.start("b")
        await rest()
        await shop.finish("b")
        clock.at = 30.0
        tasks += shop.start("flood", SEATS + 2)
        await rest()
        assert shop.working.count("flood") == SEATS
        for _ in range(SEATS + 2):
            await shop.finish("flood")
        await asyncio.gather(*tasks)

    scene()


def test_too_many_are_held_and_then_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fairness, "HOLD_S", 0.01)

    @on_a_loop
    async def scene() -> None:
        shop = Workshop()
        tasks = shop.start("flood", SEATS + MOST_WAITING + 2)
        await rest()
        assert shop.turned_away == []
        await asyncio.sleep(0.03)
        assert shop.turned_away == ["flood"] * 2
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    scene()


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fairness, "LONGEST_WAIT_S", 0.01)

    @on_a_loop
    async def scene() -> None:
        shop = Workshop()
        tasks = shop.start("a", SEATS + 1)
        await asyncio.sleep(0.03)
        assert shop.turned_away == ["a"]
        for _ in range(SEATS):
            await shop.finish("a")
        await asyncio.gather(*tasks)

    scene()


def test_who_goes_away_gives_the_seat_back() -> None:
    @on_a_loop
    async def scene() -> None:
        shop = Workshop()
        tasks = shop.start("a", SEATS + 2)
        await rest()
        waiting, seated = tasks[-1], tasks[0]
        waiting.cancel()
        await rest()
        seated.cancel()
        await rest()
        assert len(shop.working) == SEATS + 1  # the cancelled one did not say that it had finished
        later = shop.start("c")
        await shop.finish("a")
        await shop.finish("a")
        assert "c" in shop.working
        for task in [*tasks, *later]:
            task.cancel()
        await asyncio.gather(*tasks, *later, return_exceptions=True)

    scene()


def test_a_failed_request_gives_its_seat_back() -> None:
    @on_a_loop
    async def scene() -> None:
        gate = FairGate()
        for _ in range(SEATS * 2):
            with pytest.raises(ValueError, match="broken"):
                async with gate.seat("a"):
                    raise ValueError("broken")
        async with asyncio.timeout(1), gate.seat("a"):
            pass

    scene()


def test_flows_are_forgotten() -> None:
    @on_a_loop
    async def scene() -> None:
        clock = Hands()
        gate = FairGate(clock)
        for i in range(100):
            clock.at += 10.0
            async with gate.seat(f"client-{i}"):
                clock.at += 0.01
        assert len(gate._flows) <= 2

    scene()


@pytest.mark.parametrize(
    ("others", "share"),
    [(0.0, 1.0), (QUIET, 1.0), ((QUIET + BUSY) / 2, (1 + LEAST) / 2), (BUSY, LEAST), (1.0, LEAST)],
    ids=["alone", "quiet", "between", "busy", "busier"],
)
def test_the_share_of_a_flood_falls_with_the_others_business(others: float, share: float) -> None:
    assert allowed_share(others) == pytest.approx(share)


def test_business_is_averaged_over_the_last_moments() -> None:
    flow = Flow(seen_at=0.0)
    flow.running = 1
    assert flow.look(0.0) == 0.0
    assert flow.look(1.0) == pytest.approx(0.632, abs=0.001)
    assert flow.look(10.0) == pytest.approx(1.0, abs=0.001)
    flow.running = 0
    assert flow.look(11.0) == pytest.approx(0.368, abs=0.001)
    assert flow.look(30.0) < fairness.FORGOTTEN
