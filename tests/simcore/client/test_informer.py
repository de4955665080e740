"""An informer is a complete local copy that follows the API at the pace of its watch."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import CONFIG_MAP, POD
from simcore.apimachinery.meta import Key, Obj, labels_of
from simcore.client.informer import Index
from simcore.sim.latency import INSTANT, LatencyProfile, Range
from tests.kit.control_plane import ControlPlane

SLOW_WATCH = LatencyProfile(Range(0, 0), Range(30, 30), Range(0, 0), Range(0, 0), Range(0, 0))


def config_map(name: str, **labels: str) -> Obj:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": "default", "labels": labels},
    }


@pytest.fixture
def plane() -> ControlPlane:
    return ControlPlane()


def test_it_knows_every_existing_object_from_the_start(plane: ControlPlane):
    plane.given(config_map("a"), config_map("b"))
    informer = plane.ctx.informers.informer(CONFIG_MAP)
    assert informer.get(Key("default", "a")) == plane.get(CONFIG_MAP, "a")
    assert len(informer.list()) == 2


def test_a_change_arrives_when_the_watch_delivers_it():
    plane = ControlPlane(latency=SLOW_WATCH)
    informer = plane.ctx.informers.informer(CONFIG_MAP)
    plane.given(config_map("a"))
    plane.advance(29)
    assert informer.get(Key("default", "a")) is None
    plane.advance(1)
    assert informer.get(Key("default", "a")) is not None


def test_a_burst_is_delivered_by_one_timer_in_the_order_of_revisions(plane: ControlPlane):
    informer = plane.ctx.informers.informer(CONFIG_MAP)
    revisions: list[int] = []
    informer.on_event(lambda old, new, revision: revisions.append(revision))
    plane.given(*(config_map(f"c{n}") for n in range(5)))
    plane.clock.fire_next()
    assert len(revisions) == 5
    assert revisions == sorted(revisions)
    assert informer.revision == revisions[-1]


def test_a_handler_is_told_what_was_and_what_is(plane: ControlPlane):
    informer = plane.ctx.informers.informer(CONFIG_MAP)
    seen: list[tuple[str | None, str | None]] = []

    def version(obj: Obj | None) -> str | None:
        return labels_of(obj).get("v") if obj else None

    informer.on_event(lambda old, new, revision: seen.append((version(old), version(new))))
    plane.given(config_map("a", v="1"))
    plane.advance(0)
    plane.patch(CONFIG_MAP, "a", {"metadata": {"labels": {"v": "2"}}})
    plane.advance(0)
    plane.delete(CONFIG_MAP, "a")
    plane.advance(0)
    assert seen == [(None, "1"), ("1", "2"), ("2", None)]


def test_a_late_handler_is_told_of_every_existing_object_at_once(plane: ControlPlane):
    plane.given(config_map("a"), config_map("b"))
    informer = plane.ctx.informers.informer(CONFIG_MAP)
    names: list[str] = []
    informer.on_event(lambda old, new, revision: names.append(new["metadata"]["name"] if new else ""))
    assert names == ["a", "b"]


def test_an_index_finds_objects_by_value_and_follows_their_changes(plane: ControlPlane):
    plane.given(config_map("a", tier="front"), config_map("b", tier="back"))
    informer = plane.ctx.informers.informer(CONFIG_MAP)
    informer.add_index("tier", lambda obj: [labels_of(obj).get("tier", "")])

    def front() -> list[str]:
        return sorted(obj["metadata"]["name"] for obj in informer.by_index("tier", "front"))

    assert front() == ["a"]
    plane.patch(CONFIG_MAP, "b", {"metadata": {"labels": {"tier": "front"}}})
    plane.advance(0)
    assert front() == ["a", "b"]
    assert informer.index_values("tier") == ["front"]
    plane.delete(CONFIG_MAP, "a")
    plane.advance(0)
    assert front() == ["b"]
    assert informer.count("tier", "front") == 1


class Counted(str):
    """A value that counts how often values are compared."""

    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return str.__eq__(self, other)


def test_an_object_with_very_many_values_costs_a_look_for_each():
    many = 5_000
    index = Index(lambda obj: [Counted(f"v-{n}") for n in range(obj["from"], obj["from"] + many)], {})
    old, new, key = {"from": 0}, {"from": 10}, Key("default", "wide")
    index.replace(key, None, old)
    Counted.compared = 0
    index.replace(key, old, new)
    assert Counted.compared <= 3 * many + 1
    assert (len(index.values()), [*index.bucket("v-9")], [*index.bucket("v-10")]) == (many, [], [key])


def test_objects_are_listed_by_namespace(plane: ControlPlane):
    plane.namespace("other")
    plane.given(config_map("a"), {**config_map("b"), "metadata": {"name": "b", "namespace": "other"}})
    informer = plane.ctx.informers.informer(CONFIG_MAP)
    assert [obj["metadata"]["name"] for obj in informer.list("other")] == ["b"]


def test_all_components_share_one_informer_a_kind(plane: ControlPlane):
    mine, yours = plane.ctx.for_actor("me"), plane.ctx.for_actor("you")
    assert mine.informers.informer(POD) is yours.informers.informer(POD)


def test_without_latency_a_change_arrives_at_its_own_instant():
    plane = ControlPlane(latency=INSTANT)
    informer = plane.ctx.informers.informer(CONFIG_MAP)
    plane.given(config_map("a"))
    plane.advance(0)
    assert plane.clock.now() == 0
    assert informer.get(Key("default", "a")) is not None


def owned(name: str, kind: str, owner: str = "o") -> Obj:
    ref = {"apiVersion": "apps/v1", "kind": kind, "name": owner, "uid": f"uid-{owner}", "controller": True}
    obj = config_map(name)
    obj["metadata"]["ownerReferences"] = [ref]
    return obj


def test_a_handler_for_an_owner_hears_of_its_objects_and_of_nobodys(plane: ControlPlane):
    plane.given(owned("old", "ReplicaSet"), owned("other", "Job"), config_map("free"))
    informer = plane.ctx.informers.informer(CONFIG_MAP)
    seen: list[str] = []

    def note(old: Obj | None, new: Obj | None, revision: int) -> None:
        seen.append(((new or old) or {})["metadata"]["name"])

    informer.on_event(note, owner="ReplicaSet")
    assert seen == ["free", "old"]
    plane.given(owned("new", "ReplicaSet"), owned("job", "Job"), config_map("nobodys"))
    plane.advance(1)
    assert seen[2:] == ["new", "nobodys"]


def test_a_handler_for_an_owner_hears_of_the_change_that_gives_an_object_away(plane: ControlPlane):
    plane.given(owned("a", "ReplicaSet"))
    informer = plane.ctx.informers.informer(CONFIG_MAP)
    heard: dict[str, int] = {"ReplicaSet": 0, "Job": 0}

    def count_for(kind: str) -> None:
        def handle(old: Obj | None, new: Obj | None, revision: int) -> None:
            heard[kind] += 1

        informer.on_event(handle, owner=kind)

    for kind in heard:
        count_for(kind)
    plane.patch(
        CONFIG_MAP, "a", {"metadata": {"ownerReferences": owned("a", "Job")["metadata"]["ownerReferences"]}}
    )
    plane.advance(1)
    assert heard == {"ReplicaSet": 2, "Job": 1}
    plane.delete(CONFIG_MAP, "a")
    plane.advance(1)
    assert heard == {"ReplicaSet": 2, "Job": 2}


def test_an_index_over_one_part_is_asked_only_when_that_part_is_another(plane: ControlPlane):
    informer = plane.ctx.informers.informer(CONFIG_MAP)
    asked: list[str] = []

    def values(obj: Obj) -> list[str]:
        asked.append(obj["metadata"]["name"])
        return list(obj.get("data") or ())

    informer.add_index("keys", values, part="data")
    plane.given({**config_map("a"), "data": {"x": "1"}})
    plane.advance(1)
    assert [obj["metadata"]["name"] for obj in informer.by_index("keys", "x")] == ["a"]
    before = len(asked)
    plane.api.patch(CONFIG_MAP, Key("default", "a"), {"metadata": {"labels": {"l": "1"}}})
    plane.advance(1)
    assert informer.by_index("keys", "x")[0]["metadata"]["labels"] == {"l": "1"}
    assert len(asked) == before
    plane.api.patch(CONFIG_MAP, Key("default", "a"), {"data": {"x": None, "y": "2"}})
    plane.advance(1)
    assert informer.by_index("keys", "x") == []
    assert len(informer.by_index("keys", "y")) == 1
