"""What informers are told."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import CONFIG_MAP, POD, SERVICE, Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.client.interfaces import ObjectEvent, ObjectWatch
from simcore.kube_apiserver.builder import build_api_server
from simcore.kube_apiserver.local import LocalClient
from tests.kit.control_plane import ControlPlane


@pytest.fixture
def plane() -> ControlPlane:
    return ControlPlane()


def made(plane: ControlPlane, name: str, kind: Kind = CONFIG_MAP, **parts: object) -> Obj:
    return plane.api.create(kind, {"metadata": {"name": name, "namespace": "default"}, **parts})


def told(watch: ObjectWatch) -> list[tuple[str, str]]:
    return [(event.type, event.obj["metadata"]["name"]) for event in watch.poll()]


def test_the_first_poll_tells_everything_that_exists(plane: ControlPlane):
    made(plane, "b")
    made(plane, "a")
    watch = plane.api.watch(CONFIG_MAP)
    assert told(watch) == [("ADDED", "a"), ("ADDED", "b")]
    assert told(watch) == []


def test_what_happens_before_the_first_poll_is_told_by_the_second(plane: ControlPlane):
    watch = plane.api.watch(CONFIG_MAP)
    made(plane, "a")
    assert told(watch) == []
    assert told(watch) == [("ADDED", "a")]


def test_changes_come_in_their_order_with_their_revisions(plane: ControlPlane):
    watch = plane.api.watch(CONFIG_MAP)
    watch.poll()
    made(plane, "a")
    plane.patch(CONFIG_MAP, "a", {"data": {"k": "1"}})
    plane.delete(CONFIG_MAP, "a")
    events = watch.poll()
    assert [event.type for event in events] == ["ADDED", "MODIFIED", "DELETED"]
    assert [str(event.revision) for event in events] == [e.obj["metadata"]["resourceVersion"] for e in events]
    assert events[2].obj["data"] == {"k": "1"}


def test_a_watch_of_one_kind_tells_no_other(plane: ControlPlane):
    watch = plane.api.watch(POD)
    watch.poll()
    made(plane, "a")
    assert watch.poll() == []


def test_what_is_told_is_the_object_that_was_stored(plane: ControlPlane):
    watch = plane.api.watch(CONFIG_MAP)
    watch.poll()
    stored = made(plane, "a")
    assert watch.poll() == [ObjectEvent("ADDED", stored, plane.store.revision)]
    assert plane.api.get(CONFIG_MAP, Key("default", "a")) is stored


def test_writes_wake_the_watchers_of_their_kind(plane: ControlPlane):
    woken: list[str] = []
    pods, services = plane.api.watch(POD), plane.api.watch(SERVICE)
    pods.on_change(lambda: woken.append("pods"))
    services.on_change(lambda: woken.append("services"))
    made(plane, "a")
    assert woken == []
    made(plane, "web", SERVICE, spec={"selector": {"app": "web"}, "ports": [{"port": 80}]})
    assert woken == ["services"]
    services.cancel()
    plane.delete(SERVICE, "web")
    assert woken == ["services"]


def test_changes_from_outside_wake_when_they_are_announced(plane: ControlPlane):
    woken: list[int] = []
    watch = plane.api.watch(CONFIG_MAP)
    watch.poll()
    watch.on_change(lambda: woken.append(1))
    other = build_api_server(plane.store, clock=plane.clock, rng=plane.rng)
    since = plane.store.revision
    LocalClient(other, "elsewhere").create(CONFIG_MAP, {"metadata": {"name": "a", "namespace": "default"}})
    plane.server.storage.wake_for(plane.store.entries_since(since))
    assert woken == [1]
    assert told(watch) == [("ADDED", "a")]


def test_a_deletion_by_another_server_shows_the_last_state(plane: ControlPlane):
    made(plane, "a", data={"k": "v"})
    watch = plane.api.watch(CONFIG_MAP)
    watch.poll()
    other = build_api_server(plane.store, clock=plane.clock, rng=plane.rng)
    LocalClient(other, "elsewhere").delete(CONFIG_MAP, Key("default", "a"))
    (event,) = watch.poll()
    assert (event.type, event.obj["data"]) == ("DELETED", {"k": "v"})
    assert event.obj["metadata"]["resourceVersion"] == str(plane.store.revision)


def test_a_watch_that_fell_behind_says_what_is_gone_and_what_is_there(plane: ControlPlane):
    made(plane, "gone")
    made(plane, "stays")
    watch = plane.api.watch(CONFIG_MAP)
    watch.poll()
    plane.delete(CONFIG_MAP, "gone")
    made(plane, "new")
    plane.store.compact(plane.store.revision)
    assert told(watch) == [("DELETED", "gone"), ("ADDED", "new"), ("ADDED", "stays")]
    plane.delete(CONFIG_MAP, "new")
    assert told(watch) == [("DELETED", "new")]
