"""The live protocol, from hello to bye."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from clusterlab.asgi import application
from clusterlab.hub import hub
from clusterlab.labs import services
from clusterlab.labs.models import Cluster, ShareLink
from clusterlab.live import bulletin, consumer, surroundings
from simcore.apimachinery.kinds import POD
from simcore.kube_apiserver.local import LocalClient
from tests.clusterlab.conftest import Browser
from tests.kit.asgi import Socket
from tests.kit.loop import on_a_loop
from tests.kit.manifests import pod

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mine(
    transactional_db: None, client_of_redis: Any, monkeypatch: pytest.MonkeyPatch
) -> tuple[Browser, str]:
    monkeypatch.setattr("clusterlab.hub.READ_BLOCK_MS", 200)  # a test's loop ends no sooner
    browser = Browser()
    return browser, browser.new_cluster()


def cookies(browser: Browser) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())


def socket(mine: tuple[Browser, str], **how: Any) -> Socket:
    return Socket(application, mine[1], cookies(mine[0]), **how)


def create(cluster_id: str, name: str) -> int:
    """The revision after it."""
    resident = hub.get(cluster_id)
    LocalClient(resident.server, "user:test").create(POD, pod(name))
    return resident.store.revision


acreate = sync_to_async(create, thread_sensitive=False)


@on_a_loop
async def test_a_browser_is_welcomed_with_everything(mine: tuple[Browser, str]) -> None:
    live = socket(mine)
    welcome = await live.open()
    assert (welcome["proto"], welcome["role"], welcome["viewers"]) == (1, "owner", 1)
    assert welcome["cluster"]["id"] == mine[1]
    snapshot = await live.hear("snapshot")
    assert [node["n"] for node in snapshot["nodes"]][-2:] == ["node-1", "node-2"]
    clock = await live.hear("clock")
    assert (clock["speed"], clock["paused"], clock["state"]) == (1.0, False, "running")
    await live.close()


@on_a_loop
async def test_a_change_comes_as_a_frame_from_the_revision_before(mine: tuple[Browser, str]) -> None:
    live = socket(mine)
    await live.open()
    snapshot = await live.hear("snapshot")
    revision = await acreate(mine[1], "a")
    frame = await live.hear("frame")
    assert (frame["from"], frame["to"]) == (snapshot["rev"], revision)
    assert [row["n"] for row in frame["pods"]] == ["a"]
    await live.close()


@on_a_loop
async def test_a_reconnecting_browser_gets_what_it_missed(mine: tuple[Browser, str]) -> None:
    first = socket(mine)
    await first.open()
    snapshot = await first.hear("snapshot")
    await first.close()
    await acreate(mine[1], "missed")
    again = socket(mine)
    await again.open(since=snapshot["rev"])
    frame = await again.hear("frame", "snapshot")
    assert (frame["t"], frame["from"]) == ("frame", snapshot["rev"])
    assert [row["n"] for row in frame["pods"]] == ["missed"]
    await again.close()


@on_a_loop
async def test_a_browser_that_has_everything_gets_nothing_again(mine: tuple[Browser, str]) -> None:
    first = socket(mine)
    await first.open()
    revision = (await first.hear("snapshot"))["rev"]
    await first.close()
    again = socket(mine)
    await again.open(since=revision)
    assert (await again.next())["t"] == "clock"
    await again.close()


@on_a_loop
async def test_a_revision_that_is_not_known_is_answered_with_a_snapshot(mine: tuple[Browser, str]) -> None:
    live = socket(mine)
    await live.open(since=999_999)
    assert (await live.hear("frame", "snapshot"))["t"] == "snapshot"
    await live.close()


@on_a_loop
async def test_a_browser_that_does_not_acknowledge_gets_no_more_than_two(
    mine: tuple[Browser, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "FRAME_S", 0.0)
    live = socket(mine)
    await live.open()
    seen = []
    for number in range(6):
        await acreate(mine[1], f"p{number}")
        await asyncio.sleep(0.05)
    while not await live.wire.receive_nothing(timeout=0.3, interval=0.05):
        text = await live.wire.receive_from()
        seen += [text] if '"t":"frame"' in text or '"t":"snapshot"' in text else []
    assert len(seen) == consumer.UNACKNOWLEDGED
    await live.say(t="ack", rev=10**9)
    rest = await live.hear("frame")
    assert {row["n"] for row in rest["pods"]} >= {"p5"}
    await live.close()


@on_a_loop
async def test_a_browser_that_is_too_slow_starts_again(
    mine: tuple[Browser, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "FRAME_S", 0.0)
    monkeypatch.setattr(consumer, "MOST_BEHIND_S", 0.1)
    live = socket(mine)
    await live.open()
    for number in range(4):
        await acreate(mine[1], f"p{number}")
        await asyncio.sleep(0.1)
    await live.say(t="ack", rev=10**9)
    skipped = await live.hear("skipped")
    assert skipped["changes"] > 0
    assert {row["n"] for row in (await live.hear("snapshot"))["pods"]} == {"p0", "p1", "p2", "p3"}
    await live.close()


@on_a_loop
async def test_a_pause_is_told(mine: tuple[Browser, str]) -> None:
    live = socket(mine)
    await live.open()
    await live.hear("clock")
    from clusterlab.engine import pace
    from clusterlab.redis_clients import shared_client

    now = pace.read(shared_client(), mine[1])
    pace.write(shared_client(), mine[1], now.moved(now.wall_ms, now.sim_ms, state="paused"))
    clock = await live.hear("clock")
    assert (clock["paused"], clock["state"]) == (True, "paused")
    await live.close()


@on_a_loop
async def test_viewers_are_counted(mine: tuple[Browser, str]) -> None:
    first, second = socket(mine), socket(mine)
    assert (await first.open())["viewers"] == 1
    assert (await second.open())["viewers"] == 2
    assert (await first.hear("viewers"))["n"] == 2
    await second.close()
    assert (await first.hear("viewers"))["n"] == 1
    await first.close()


@on_a_loop
async def test_a_revoked_link_cuts_the_socket_within_a_second(mine: tuple[Browser, str]) -> None:
    owner, cluster_id = mine
    guest = await sync_to_async(join)(owner, cluster_id)
    live = Socket(application, cluster_id, cookies(guest))
    assert (await live.open())["role"] == "view"
    link = await ShareLink.objects.aget()
    await sync_to_async(services.revoke)(link)
    began = asyncio.get_running_loop().time()
    assert (await live.hear("bye"))["reason"] == "revoked"
    assert await live.closing_code() == 4403
    assert asyncio.get_running_loop().time() - began < 1.0


@on_a_loop
async def test_an_expired_link_ends_the_socket(
    mine: tuple[Browser, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulletin, "CHECK_S", 0.1)
    guest = await sync_to_async(join)(*mine)
    live = Socket(application, mine[1], cookies(guest))
    await live.open()
    link = await ShareLink.objects.aget()
    link.expires_at = link.created_at
    await link.asave()
    assert (await live.hear("bye"))["reason"] == "expired"
    assert await live.closing_code() == 4410


@on_a_loop
async def test_a_deleted_cluster_says_so(mine: tuple[Browser, str]) -> None:
    live = socket(mine)
    await live.open()
    await sync_to_async(services.delete_cluster)(await Cluster.objects.aget(pk=mine[1]))
    assert (await live.hear("bye"))["reason"] == "deleted"
    assert await live.closing_code() == 4404


@on_a_loop
async def test_a_stranger_is_closed_out(mine: tuple[Browser, str]) -> None:
    nobody = Socket(application, mine[1], "")
    connected, _ = await nobody.wire.connect(timeout=10)
    assert connected
    assert await nobody.closing_code() == 4404


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "http://testserver.evil.example"])
def test_another_pages_socket_is_refused(mine: tuple[Browser, str], origin: str) -> None:
    @on_a_loop
    async def attempt() -> None:
        connected, _ = await socket(mine, origin=origin).wire.connect(timeout=10)
        assert not connected

    attempt()


@on_a_loop
async def test_messages_that_are_none_do_no_harm(mine: tuple[Browser, str]) -> None:
    live = socket(mine)
    await live.open()
    await live.hear("snapshot")
    for text in (
        "{",
        "[]",
        '"hello"',
        '{"t": "ack"}',
        '{"t": "ack", "rev": "x"}',
        "[" * 10_000,
        '{"t":"hello"}',
    ):
        await live.wire.send_to(text_data=text)
    await live.wire.send_to(bytes_data=b"\x00\xff")
    await acreate(mine[1], "still-here")
    while "still-here" not in str(await live.hear("frame")):
        pass
    await live.close()


def join(owner: Browser, cluster_id: str) -> Browser:
    made = owner.post_json(f"/api/clusters/{cluster_id}/shares/", {"role": "view", "expires_in": "1h"})
    guest = Browser()
    guest.get(made.json()["url"])
    return guest


@on_a_loop
async def test_everybody_sees_who_is_here_and_what_they_look_at(mine: tuple[Browser, str]) -> None:
    one, two = socket(mine), socket(mine)
    await one.open()
    await two.open()
    await two.say(t="look", view="map", sel="pod/default/web-1", rev=None)
    seen: dict[str, Any] = {"people": []}
    while not any(person["sel"] == "pod/default/web-1" for person in seen["people"]):
        seen = await one.hear("presence")
    assert sorted(person["me"] for person in seen["people"]) == [False, True]
    other = next(person for person in seen["people"] if not person["me"])
    assert (other["view"], other["rev"], other["role"]) == ("map", None, "owner")
    assert len(other["name"].split()) == 2
    await two.close()
    while len(seen["people"]) != 1:
        seen = await one.hear("presence")
    await one.close()


@on_a_loop
async def test_a_quiet_cluster_beats(mine: tuple[Browser, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "BEAT_S", 0.2)
    live = socket(mine)
    await live.open()
    first = (await live.hear("beat"))["at"]
    assert (await live.hear("beat"))["at"] >= first
    await live.close()


@on_a_loop
async def test_a_new_marker_is_told(mine: tuple[Browser, str]) -> None:
    live = socket(mine)
    await live.open()
    await live.hear("snapshot")
    revision = await acreate(mine[1], "marked")
    marker = await live.hear("marker")
    assert (marker["rev"], marker["kind"], marker["text"]) == (revision, "apply", "created Pod marked")
    assert marker["author"] == "test"
    await live.close()


@on_a_loop
async def test_a_fault_of_ours_closes_the_socket(
    mine: tuple[Browser, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> None:
        raise AssertionError("a fault of ours")

    monkeypatch.setattr(surroundings.Surroundings, "tell", broken)
    live = socket(mine)
    await live.open()
    assert await live.closing_code() == 1011
