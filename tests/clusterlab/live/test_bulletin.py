"""What all sockets of a process share: read once, told only when it has changed."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import redis
from asgiref.sync import sync_to_async
from django.db import DatabaseError

from clusterlab.engine import pace
from clusterlab.hub import Resident, hub
from clusterlab.labs.access import Access
from clusterlab.labs.models import Cluster, Membership, Role
from clusterlab.live import bulletin as module
from clusterlab.live.bulletin import Bulletin, Guest
from clusterlab.live.presence import Look
from simcore.cluster.world import CLOCK
from simcore.etcd.interface import Put
from simcore.sim.trace import Origin
from tests.clusterlab.conftest import Found
from tests.kit.loop import on_a_loop

pytestmark = pytest.mark.django_db(transaction=True)
ME = Origin("user:test", 0, 0)


@pytest.fixture
def resident(found: Found, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Resident:
    monkeypatch.setattr(module, "REFRESH_S", 0.02)
    return hub.get(found())


def a_guest(resident: Resident, name: str = "Amber Otter", **look: Any) -> Guest:
    cluster, _ = Cluster.objects.get_or_create(id=resident.id, defaults={"name": "lab"})
    member = Membership.objects.create(cluster=cluster, role=Role.VIEW, visitor_hash=name)
    return Guest(Access(cluster, Role.VIEW, member), name, asyncio.Event(), Look(**look))


guest_of = sync_to_async(a_guest, thread_sensitive=False)


async def woken(guest: Guest) -> None:
    async with asyncio.timeout(5):
        await guest.wake.wait()
    guest.wake.clear()


@on_a_loop
async def test_a_guest_finds_everything_there(resident: Resident) -> None:
    board, guest = Bulletin(resident), await guest_of(resident)
    async with board.joined(guest):
        assert board.count == 1
        assert board.clock == {"speed": 1.0, "paused": False, "state": "running"}
        assert [person["id"] for person in board.people] == [guest.id]


@on_a_loop
async def test_guests_are_woken_by_a_change_and_by_nothing_else(resident: Resident) -> None:
    board, guest = Bulletin(resident), await guest_of(resident)
    async with board.joined(guest):
        await asyncio.sleep(0.1)
        guest.wake.clear()
        version = board.version
        await asyncio.sleep(0.2)
        assert (board.version, guest.wake.is_set()) == (version, False)
        guest.look = Look("trace")
        await woken(guest)
        assert (board.version, board.people[0]["view"]) == (version + 1, "trace")


@on_a_loop
async def test_sockets_of_other_processes_count(resident: Resident) -> None:
    here, there = Bulletin(resident), Bulletin(resident)
    one, two = await guest_of(resident, "one"), await guest_of(resident, "two")
    async with here.joined(one):
        async with there.joined(two):
            while here.count != 2:
                await woken(one)
            assert {person["name"] for person in here.people} == {"one", "two"}
        while here.count != 1:
            await woken(one)


@on_a_loop
async def test_everybody_finds_themselves_among_the_people(resident: Resident) -> None:
    board = Bulletin(resident)
    one, two = await guest_of(resident, 'a "quoted" name'), await guest_of(resident, "two")
    async with board.joined(one), board.joined(two):
        while len(board.people) < 2:
            await woken(one)
        for guest in (one, two):
            message = json.loads(board.presence(guest.id))
            assert message["t"] == "presence"
            assert [p["name"] for p in message["people"] if p["me"]] == [guest.name]
        assert not any(p["me"] for p in json.loads(board.presence("nobody"))["people"])


@on_a_loop
async def test_whose_access_ends_is_refused(resident: Resident, client_of_redis: redis.Redis) -> None:
    board, one, two = Bulletin(resident), await guest_of(resident, "one"), await guest_of(resident, "two")
    async with board.joined(one), board.joined(two):
        assert one.access.membership is not None
        await one.access.membership.adelete()
        module.shared_client().incr(f"{{{resident.id}}}:access-moves")
        while not board.refused:
            await woken(two)
        assert board.refused == {one.id}


@on_a_loop
async def test_a_role_that_is_another_one_now_is_refused(
    resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHECK_S", 0.0)
    board, guest = Bulletin(resident), await guest_of(resident)
    async with board.joined(guest):
        await Membership.objects.aupdate(role=Role.OPERATE)
        while guest.id not in board.refused:
            await woken(guest)


@on_a_loop
async def test_a_goal_is_told_with_the_revision_that_reached_it(resident: Resident) -> None:
    board, guest = Bulletin(resident), await guest_of(resident)
    async with board.joined(guest):
        for state in ("running", "reached"):
            goal = {"text": "pod/a ready", "until_ms": 9, "state": state}
            record = json.dumps({"speed": 1.0, "paused": False, "goal": goal}).encode()
            await asyncio.to_thread(resident.store.txn, (), [Put(CLOCK, record)], origin=ME)
            rev = None if state == "running" else resident.store.revision
            while board.clock.get("goal") != {"text": "pod/a ready", "state": state, "rev": rev}:
                await woken(guest)


@on_a_loop
async def test_a_store_that_is_away_delays_and_ends_nothing(
    resident: Resident, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    board, guest = Bulletin(resident), await guest_of(resident)
    async with board.joined(guest):
        with monkeypatch.context() as broken:
            broken.setattr(board._presence, "moves", lambda: refuse(redis.ConnectionError))
            await asyncio.sleep(0.1)
        assert "its sockets are told nothing new" in caplog.text
        pace.write(module.shared_client(), resident.id, pace.Pace(1, 1, 1.0, "paused"))
        while not board.clock["paused"]:
            await woken(guest)
        board.check()


@on_a_loop
async def test_a_database_that_is_away_refuses_nobody(
    resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHECK_S", 0.0)
    monkeypatch.setattr(module, "valid_memberships", lambda _: refuse(DatabaseError))
    board, guest = Bulletin(resident), await guest_of(resident)
    async with board.joined(guest):
        await asyncio.sleep(0.1)
        assert not board.refused
        board.check()


@on_a_loop
async def test_a_fault_of_ours_wakes_everybody_and_is_told(
    resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    board, guest = Bulletin(resident), await guest_of(resident)
    async with board.joined(guest):
        await asyncio.sleep(0.1)
        guest.wake.clear()
        monkeypatch.setattr(board, "_read", lambda: refuse(AssertionError))
        await woken(guest)
        with pytest.raises(AssertionError):
            board.check()


@on_a_loop
async def test_the_last_who_leaves_puts_out_the_light(resident: Resident) -> None:
    board, one, two = Bulletin(resident), await guest_of(resident, "one"), await guest_of(resident, "two")
    async with board.joined(one):
        async with board.joined(two):
            reading = board._task
        assert board._task is reading
    assert board._task is None
    assert module.shared_client().hlen(f"{{{resident.id}}}:people") == 0


def refuse(error: type[Exception]) -> Any:
    raise error("refused")
