"""A thousand lost connections while somebody writes: every page's model is the server's state at its revision."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from clusterlab.asgi import application
from clusterlab.hub import Resident, hub
from clusterlab.live import consumer, parts
from clusterlab.reading.library import Library
from clusterlab.reading.pictures import Pictures
from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Key
from simcore.kube_apiserver.local import LocalClient
from tests.clusterlab.conftest import Browser
from tests.kit.asgi import Socket
from tests.kit.live_model import LiveModel
from tests.kit.manifests import pod

pytestmark = pytest.mark.django_db(transaction=True)
PAGES, DROPS_EACH = 20, 50
MOST_PODS = 40
MOST_HEARD = 6
"""Messages that a page reads of one connection before it is lost; whatever else is under way is lost with it."""


def test_after_a_thousand_drops_no_model_has_a_gap_or_a_doubled_change(
    transactional_db: None, client_of_redis: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "FRAME_S", 0.002)
    monkeypatch.setattr(consumer, "MOST_BEHIND_S", 0.05)
    monkeypatch.setattr(parts, "LONGEST", 1500)  # so that drops fall between the parts of a message, too
    browser = Browser()
    resident = hub.get(browser.new_cluster())
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    seed = 20
    pages = [Page(resident, cookies, seed + number) for number in range(PAGES)]
    asyncio.run(run(resident, pages, random.Random(seed)))
    assert sum(page.drops for page in pages) == PAGES * DROPS_EACH
    assert min(sum(getattr(page, what) for page in pages) for what in ("resumed", "snapshots", "cut")) > 0
    assert resident.store.revision - pages[0].first > 200


async def run(resident: Resident, pages: list[Page], chance: random.Random) -> None:
    is_over = threading.Event()
    async with asyncio.timeout(100), asyncio.TaskGroup() as group:
        writing = group.create_task(asyncio.to_thread(write, resident, chance, is_over))
        try:
            await asyncio.gather(*(page.live_through(DROPS_EACH) for page in pages))
        finally:
            is_over.set()
        await writing
        newest = resident.store.revision
        for page in pages:
            await page.catch_up(newest)


def write(resident: Resident, chance: random.Random, is_over: threading.Event) -> None:
    """Pods come, change and go. Each write changes what a page shows of its pod."""
    user, living, number = LocalClient(resident.server, "user:test"), [], 0
    while not is_over.wait(0.002):
        if (len(living) < MOST_PODS and chance.random() < 0.5) or not living:
            number += 1
            living.append(f"p{number}")
            user.create(POD, pod(living[-1]))
        elif chance.random() < 0.6:
            state = {"waiting": {"reason": f"Reason{resident.store.revision}"}}
            main = {
                "name": "main",
                "state": state,
                "ready": False,
                "restartCount": 0,
                "image": "i",
                "imageID": "",
            }
            status = {"status": {"containerStatuses": [main]}}
            user.patch(POD, Key("default", chance.choice(living)), status, subresource="status")
        else:
            user.delete(POD, Key("default", living.pop(chance.randrange(len(living)))), grace_s=0)


class Page(LiveModel):
    """A page whose connection is lost again and again; sometimes it was slow before, or has lost its memory."""

    def __init__(self, resident: Resident, cookies: str, seed: int) -> None:
        super().__init__()
        self._resident, self._cookies, self._chance, self._seed = resident, cookies, random.Random(seed), seed
        self.first = resident.store.revision
        self.drops = self.resumed = self.snapshots = self.cut = 0

    async def live_through(self, drops: int) -> None:
        for _ in range(drops):
            await self._connected(self._until_lost)
            self.drops += 1
            self.cut += bool(self._held)
            self.drop()
            await asyncio.to_thread(self.compare)
            if self._chance.random() < 0.05:
                self.revision, self.rows = None, {}  # the page was loaded again

    async def catch_up(self, revision: int) -> None:
        async def until_there(live: Socket) -> None:
            while (self.revision or 0) < revision:
                self.hear(json.loads(await live.wire.receive_from(timeout=10)))
                await live.say(t="ack", rev=self.revision)

        await self._connected(until_there)
        await asyncio.to_thread(self.compare)

    def hear(self, message: dict[str, Any]) -> None:
        before = dict(self.rows)
        if not self.take(message):
            return
        self.snapshots += message["t"] == "snapshot"
        if message["t"] == "frame":
            doubled = [
                row for uid, row in self.rows.items() if before.get(uid) is not row and before.get(uid) == row
            ]
            assert not doubled, f"seed {self._seed}: told twice: {doubled}"

    def compare(self) -> None:
        """With what the history says of this revision, which is drawn by other means."""
        if self.revision is None:
            return
        self._resident.shared(Library).advance()
        told = json.loads(self._resident.shared(Pictures).at(self.revision))
        expected = {row["u"]: row for row in (*told["nodes"], *told["pods"])}
        assert self.rows == expected, f"seed {self._seed}, revision {self.revision}"

    async def _connected(self, use: Callable[[Socket], Awaitable[None]]) -> None:
        live = Socket(application, self._resident.id, self._cookies)
        connected, _ = await live.wire.connect(timeout=10)
        assert connected
        await live.say(t="hello", proto=1, since=self.revision)
        try:
            await use(live)
        finally:
            await live.close()

    async def _until_lost(self, live: Socket) -> None:
        heard, owed, is_first, since = self._chance.randrange(MOST_HEARD + 1), 0, True, self.revision
        while heard:
            message = json.loads(await live.wire.receive_from(timeout=10))
            if message["t"] not in ("snapshot", "frame"):
                continue
            heard -= 1
            self.hear(message)
            self.resumed += is_first and since is not None and message["t"] == "frame"
            is_first = False
            owed += 1
            if owed == consumer.UNACKNOWLEDGED or self._chance.random() < 0.7:
                if self._chance.random() < 0.1:
                    await asyncio.sleep(0.06)  # too slow
                await live.say(t="ack", rev=self.revision)
                owed = 0
