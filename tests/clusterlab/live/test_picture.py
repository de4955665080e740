"""Frames lead from any remembered revision to the present, and from nowhere else."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from clusterlab.hub import Resident
from clusterlab.live import picture as module
from clusterlab.live.picture import Picture
from simcore.apimachinery.kinds import NODE, POD
from simcore.apimachinery.meta import Key
from simcore.kube_apiserver.local import LocalClient
from tests.kit.live_model import LiveModel
from tests.kit.manifests import pod


class Browser(LiveModel):
    """A page that follows a picture."""

    def __init__(self, picture: Picture) -> None:
        super().__init__()
        self.take_all(picture.snapshot().texts)

    def follow(self, picture: Picture) -> None:
        picture.advance()
        assert self.revision is not None
        found = picture.frame(self.revision)
        assert found is not None
        self.take_all(found.texts)


@pytest.fixture
def client(resident: Resident) -> LocalClient:
    return LocalClient(resident.server, "user:test")


@pytest.fixture
def picture(resident: Resident) -> Picture:
    return Picture(resident)


def bind(client: LocalClient, name: str, node: str) -> None:
    uid = client.get(POD, Key("default", name))["metadata"]["uid"]
    client.bind(Key("default", name), uid, node)


def rows_of(picture: Picture, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(picture.snapshot().texts[0])[kind]
    return found


def test_a_snapshot_shows_everything(client: LocalClient, resident: Resident) -> None:
    client.create(POD, pod("a"))
    message = json.loads(Picture(resident).snapshot().texts[0])
    assert [row["n"] for row in message["nodes"]] == ["node-1", "node-2"]
    assert [(row["n"], row["s"]) for row in message["pods"]] == [("a", 1)]
    assert message["rev"] == resident.store.revision
    assert message["epoch"] == resident.clock.epoch_ms


def test_a_frame_holds_what_changed_and_only_its_newest_state(client: LocalClient, picture: Picture) -> None:
    browser = Browser(picture)
    client.create(POD, pod("a"))
    bind(client, "a", "node-1")
    picture.advance()
    message = json.loads(picture.frame(browser.revision).texts[0])
    assert [(row["n"], row["o"]) for row in message["pods"]] == [("a", "node-1")]
    assert message["nodes"] == []


def test_what_a_pod_requests_is_counted_on_its_node(client: LocalClient, picture: Picture) -> None:
    asking = pod("a")
    asking["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "250m", "memory": "1Mi"}}
    client.create(POD, asking)
    bind(client, "a", "node-2")
    picture.advance()
    assert [row["c"][1] for row in rows_of(picture, "nodes") if row["n"] == "node-2"] == [250]
    client.delete(POD, Key("default", "a"), grace_s=0)
    picture.advance()
    assert [row["c"][1] for row in rows_of(picture, "nodes") if row["n"] == "node-2"] == [0]


def test_a_deleted_object_is_said_to_be_gone(client: LocalClient, picture: Picture) -> None:
    client.create(POD, pod("a"))
    picture.advance()
    browser = Browser(picture)
    client.delete(POD, Key("default", "a"), grace_s=0)
    browser.follow(picture)
    assert all(row["n"] != "a" for row in browser.rows.values())


def test_a_pod_that_came_and_went_between_two_frames_does_no_harm(
    client: LocalClient, picture: Picture
) -> None:
    browser = Browser(picture)
    client.create(POD, pod("a"))
    client.delete(POD, Key("default", "a"), grace_s=0)
    browser.follow(picture)
    assert len(browser.rows) == 2


def test_pods_of_a_lost_node_are_unknown_until_it_is_back(client: LocalClient, picture: Picture) -> None:
    client.create(POD, pod("a"))
    bind(client, "a", "node-1")

    def set_ready(status: str) -> None:
        node = client.get(NODE, Key("", "node-1"))
        others = [c for c in node["status"]["conditions"] if c["type"] != "Ready"]
        conditions = [*others, {"type": "Ready", "status": status}]
        client.patch(NODE, Key("", "node-1"), {"status": {"conditions": conditions}}, subresource="status")
        picture.advance()

    set_ready("Unknown")
    assert [row["s"] for row in rows_of(picture, "pods")] == [7]
    set_ready("True")
    assert [row["s"] for row in rows_of(picture, "pods")] == [2]


def test_a_revision_from_before_the_picture_is_not_known(picture: Picture, resident: Resident) -> None:
    assert picture.frame(picture.revision - 1) is None
    assert picture.frame(picture.revision + 1) is None
    assert picture.frame(picture.revision) is not None


def test_remembered_deletions_are_bounded(
    client: LocalClient, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_GONE", 4)
    begin = picture.revision
    for number in range(12):
        client.create(POD, pod(f"p{number}"))
        picture.advance()
        client.delete(POD, Key("default", f"p{number}"), grace_s=0)
        picture.advance()
    assert sum(change.is_gone for change in picture._changes.values()) <= 4
    assert picture.frame(begin) is None
    assert picture.frame(picture.revision - 1) is not None


@pytest.mark.parametrize("seed", range(8))
def test_browsers_that_follow_at_their_own_pace_see_the_same(
    client: LocalClient, picture: Picture, resident: Resident, seed: int
) -> None:
    chance, living = random.Random(seed), []
    browsers = [Browser(picture) for _ in range(4)]
    for number in range(60):
        act = chance.random()
        if act < 0.5 or not living:
            living.append(f"p{number}")
            client.create(POD, pod(living[-1]))
        elif act < 0.75:
            name = chance.choice(living)
            if not client.get(POD, Key("default", name))["spec"].get("nodeName"):
                bind(client, name, chance.choice(["node-1", "node-2"]))
        else:
            client.delete(POD, Key("default", living.pop(chance.randrange(len(living)))), grace_s=0)
        if chance.random() < 0.4:
            chance.choice(browsers).follow(picture)
    for browser in browsers:
        browser.follow(picture)
    expected = {
        row["u"]: row
        for kind in ("nodes", "pods")
        for row in json.loads(Picture(resident).snapshot().texts[0])[kind]
    }
    assert [browser.rows for browser in browsers] == [expected] * 4, f"seed {seed}"
    assert {row["n"] for row in expected.values()} == {"node-1", "node-2", *living}


def test_frames_of_the_same_revision_are_made_once(client: LocalClient, picture: Picture) -> None:
    since = picture.revision
    client.create(POD, pod("a"))
    picture.advance()
    assert picture.frame(since).texts is picture.frame(since).texts
