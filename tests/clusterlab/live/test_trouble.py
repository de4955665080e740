"""What a socket says when something goes wrong under it, and what it answers to hostile company."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import redis
from asgiref.sync import sync_to_async

from clusterlab import redis_clients
from clusterlab.asgi import application
from clusterlab.hub import hub
from clusterlab.labs.models import Membership, Role
from clusterlab.live import bulletin, consumer, parts
from clusterlab.live.door import entry_of
from clusterlab.live.picture import Picture
from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Key
from simcore.etcd.interface import Compacted, Unavailable
from simcore.kube_apiserver.local import LocalClient
from tests.clusterlab.conftest import Browser
from tests.kit.asgi import Socket
from tests.kit.live_model import LiveModel
from tests.kit.loop import on_a_loop
from tests.kit.manifests import pod

pytestmark = pytest.mark.django_db(transaction=True)


class Lab:
    """One cluster and the browser that owns it."""

    def __init__(self) -> None:
        self.browser = Browser()
        self.cluster_id = self.browser.new_cluster()

    @property
    def cookies(self) -> str:
        return "; ".join(f"{name}={morsel.value}" for name, morsel in self.browser.cookies.items())

    def socket(self) -> Socket:
        return Socket(application, self.cluster_id, self.cookies)

    def create(self, *names: str) -> None:
        user = LocalClient(hub.get(self.cluster_id).server, "user:test")
        for name in names:
            user.create(POD, pod(name))

    def headers(self, cookies: str | None = None) -> list[tuple[bytes, bytes]]:
        return [(b"cookie", (self.cookies if cookies is None else cookies).encode())]


@pytest.fixture
def lab(transactional_db: None, client_of_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setattr("clusterlab.hub.READ_BLOCK_MS", 200)  # a test's loop ends no sooner
    return Lab()


def refuse(error: Exception) -> Any:
    raise error


@pytest.mark.parametrize(
    ("error", "reason", "code"),
    [
        pytest.param(Compacted(3, 9), "compacted", 4410, id="history is gone"),
        pytest.param(Unavailable("busy"), None, 1013, id="the store is busy"),
        pytest.param(redis.ConnectionError("refused"), None, 1013, id="Redis is away"),
        pytest.param(ZeroDivisionError(), None, 1011, id="a fault of ours"),
    ],
)
def test_trouble_while_the_picture_is_made_ends_the_socket(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str | None, code: int
) -> None:
    @on_a_loop
    async def attempt() -> None:
        monkeypatch.setattr(Picture, "advance", lambda self: refuse(error))
        live = lab.socket()
        await live.open()
        if reason:
            assert (await live.hear("bye"))["reason"] == reason
        assert await live.closing_code() == code

    attempt()


@on_a_loop
async def test_a_cluster_that_redis_has_lost_is_told_as_deleted(lab: Lab) -> None:
    await asyncio.to_thread(hub.drop_id, lab.cluster_id)
    await asyncio.to_thread(redis_clients.new_log(lab.cluster_id).destroy)
    live = lab.socket()
    assert (await live.wire.connect(timeout=10))[0]
    await live.say(t="hello", proto=1, since=None)
    assert (await live.hear("bye"))["reason"] == "deleted"
    assert await live.closing_code() == 4404


@on_a_loop
async def test_a_process_that_fell_behind_the_log_sends_its_sockets_away_to_come_again(lab: Lab) -> None:
    live = lab.socket()
    await live.open()
    await live.hear("snapshot")
    hub.drop(hub.get(lab.cluster_id))
    assert (await live.hear("bye"))["reason"] == "compacted"
    assert await live.closing_code() == 4410
    again = lab.socket()
    await again.open(since=None)
    assert (await again.hear("snapshot"))["rev"] > 0
    await again.close()


@on_a_loop
async def test_a_member_whose_role_changes_has_to_come_again(lab: Lab) -> None:
    live = lab.socket()
    await live.open()
    await live.hear("snapshot")
    await Membership.objects.aupdate(role=Role.VIEW)
    bulletin.shared_client().incr(f"{{{lab.cluster_id}}}:access-moves")
    assert (await live.hear("bye"))["reason"] == "revoked"
    assert await live.closing_code() == 4403


@on_a_loop
async def test_large_states_come_in_parts_that_are_acknowledged_once(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "LONGEST", 1200)
    await asyncio.to_thread(lab.create, *(f"p{n}" for n in range(20)))
    live, model, texts = lab.socket(), LiveModel(), 0
    await live.open()
    while model.revision is None:
        message = await live.hear("snapshot")
        texts += 1
        model.take(message)
    assert texts > 3
    assert {f"p{n}" for n in range(20)} <= {row["n"] for row in model.rows.values()}
    await asyncio.to_thread(lab.create, *(f"q{n}" for n in range(20)))
    while sum(row["n"].startswith("q") for row in model.rows.values()) < 20:
        model.take(await live.hear("frame"))
    await live.close()


@on_a_loop
async def test_a_hidden_tab_gets_four_frames_a_second(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "HIDDEN_FRAME_S", 0.4)
    live = lab.socket()
    await live.open()
    await live.hear("snapshot")
    await live.say(t="hidden", hidden=True)
    times = []
    for number in range(3):
        await asyncio.to_thread(lab.create, f"p{number}")
        await live.hear("frame")
        times.append(asyncio.get_running_loop().time())
    assert times[2] - times[1] > 0.3
    await live.say(t="hidden", hidden=False)
    await live.close()


@on_a_loop
async def test_at_most_twenty_frames_a_second_are_sent(lab: Lab) -> None:
    live, seen, end = lab.socket(), 0, asyncio.get_running_loop().time() + 1.0
    await live.open()
    writing = asyncio.create_task(asyncio.to_thread(lab.create, *(f"p{n}" for n in range(120))))
    while asyncio.get_running_loop().time() < end:
        try:
            seen += (await asyncio.wait_for(live.next(), 0.2))["t"] == "frame"
        except TimeoutError:
            break
    await writing
    assert seen <= 21


@on_a_loop
async def test_whoever_leads_is_told_to_all(lab: Lab) -> None:
    one, two = lab.socket(), lab.socket()
    await one.open()
    await two.open()
    await two.say(t="look", view="trace", sel="pod/default/a", rev=7, lead=True)
    leaders: list[dict[str, Any]] = []
    while not leaders:
        leaders = [person for person in (await one.hear("presence"))["people"] if person["lead"]]
    assert [(p["view"], p["sel"], p["rev"], p["me"]) for p in leaders] == [
        ("trace", "pod/default/a", 7, False)
    ]
    await one.close()
    await two.close()


@on_a_loop
async def test_a_look_before_the_welcome_counts(lab: Lab) -> None:
    live = lab.socket()
    assert (await live.wire.connect(timeout=10))[0]
    await live.say(t="look", view="nodes", sel=None, rev=None)
    await live.say(t="hello", proto=1, since=None)
    people = (await live.hear("presence"))["people"]
    assert [(p["view"], p["me"]) for p in people] == [("nodes", True)]
    await live.close()


@pytest.mark.parametrize("cookies", ["", "sessionid=", "sessionid=forged", "sessionid=\x01;;=", "other=1"])
def test_a_session_that_is_none_opens_nothing(lab: Lab, cookies: str) -> None:
    assert entry_of(lab.headers(cookies), lab.cluster_id) is None
    assert entry_of([], lab.cluster_id) is None


def test_a_session_opens_its_own_clusters(lab: Lab) -> None:
    entry = entry_of(lab.headers(), lab.cluster_id)
    assert entry is not None
    assert (entry.access.role, entry.cluster["id"]) == (Role.OWNER, lab.cluster_id)
    assert entry.name == lab.browser.get("/api/me/").json()["name"]
    assert entry_of(lab.headers(), "another") is None


@on_a_loop
async def test_a_stranger_who_says_hello_hears_nothing(lab: Lab) -> None:
    nobody = Socket(application, lab.cluster_id, "")
    assert (await nobody.wire.connect(timeout=10))[0]
    await nobody.say(t="hello", proto=1, since=None)
    assert (await nobody.wire.receive_output(timeout=5)) == {"type": "websocket.close", "code": 4404}
    assert await nobody.wire.receive_nothing(timeout=0.2)


@on_a_loop
async def test_a_second_hello_on_one_socket_changes_nothing(lab: Lab) -> None:
    live = lab.socket()
    await live.open()
    await live.hear("snapshot")
    await live.say(t="hello", proto=1, since=None)
    await asyncio.to_thread(lab.create, "a")
    assert (await live.hear("frame", "welcome", "snapshot"))["t"] == "frame"
    await live.close()


@on_a_loop
async def test_a_pod_that_is_deleted_is_gone_for_everybody(lab: Lab) -> None:
    await asyncio.to_thread(lab.create, "a")
    pages = [(lab.socket(), LiveModel()) for _ in range(3)]
    for live, model in pages:
        await live.open()
        model.take(await live.hear("snapshot"))
    delete = LocalClient(hub.get(lab.cluster_id).server, "user:test").delete
    await sync_to_async(delete, thread_sensitive=False)(POD, Key("default", "a"), grace_s=0)
    for live, model in pages:
        while any(row["n"] == "a" for row in model.rows.values()):
            model.take(await live.hear("frame"))
        await live.close()
