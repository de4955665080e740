"""Events look as client-go's, repeats are counted, and a noisy object cannot flood the API."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import CONFIG_MAP, EVENT
from simcore.apimachinery.meta import Obj
from simcore.client.recorder import EventRecorder
from tests.kit.control_plane import ControlPlane


class Stage:
    def __init__(self) -> None:
        self.plane = ControlPlane()
        self.plane.given({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}})
        self.recorder = self.plane.ctx.for_actor("tester").recorder("tester", "node-1")

    @property
    def subject(self) -> Obj:
        return self.plane.get(CONFIG_MAP, "web")

    @property
    def events(self) -> list[Obj]:
        return self.plane.list(EVENT)

    def say(self, message: str, reason: str = "Happened", **options: str) -> None:
        self.recorder.event(self.subject, "Normal", reason, message, **options)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_an_event_says_who_what_and_when(stage: Stage):
    stage.plane.advance(1500)
    stage.say("it did", field_path="data")
    (event,) = stage.events
    kept = {k: v for k, v in event.items() if k not in ("metadata", "apiVersion", "kind")}
    subject = stage.subject["metadata"]
    assert kept == {
        "involvedObject": {
            "kind": "ConfigMap",
            "namespace": "default",
            "name": "web",
            "uid": subject["uid"],
            "apiVersion": "v1",
            "resourceVersion": subject["resourceVersion"],
            "fieldPath": "data",
        },
        "reason": "Happened",
        "message": "it did",
        "type": "Normal",
        "source": {"component": "tester", "host": "node-1"},
        "firstTimestamp": "2026-01-01T00:00:01Z",
        "lastTimestamp": "2026-01-01T00:00:01Z",
        "count": 1,
        "eventTime": None,
        "reportingComponent": "tester",
        "reportingInstance": "node-1",
    }


def test_its_name_is_the_object_s_and_a_time_in_nanoseconds(stage: Stage):
    stage.say("it did")
    name, _, nanos = stage.events[0]["metadata"]["name"].rpartition(".")
    assert name == "web"
    assert int(nanos, 16) // 1_000_000 == stage.plane.clock.unix_ms()


def test_a_repeat_is_counted_in_the_event_that_stands(stage: Stage):
    for _ in range(3):
        stage.say("it did")
        stage.plane.advance(2000)
    (event,) = stage.events
    assert (event["count"], event["firstTimestamp"]) == (3, "2026-01-01T00:00:00Z")
    assert event["lastTimestamp"] == "2026-01-01T00:00:04Z"


def test_a_repeat_of_an_event_that_was_deleted_is_a_new_one(stage: Stage):
    stage.say("it did")
    stage.plane.delete(EVENT, stage.events[0]["metadata"]["name"])
    stage.plane.advance(1000)
    stage.say("it did")
    (event,) = stage.events
    assert (event["count"], event["firstTimestamp"]) == (1, "2026-01-01T00:00:01Z")


def test_from_the_tenth_message_on_similar_events_are_combined(stage: Stage):
    for n in range(15):
        stage.say(f"made {n}")
    messages = {event["message"]: event["count"] for event in stage.events}
    combined = {message: count for message, count in messages.items() if message.startswith("(combined")}
    assert len(messages) == 10
    assert combined == {"(combined from similar events): made 14": 6}


def test_after_ten_quiet_minutes_nothing_is_similar_any_more(stage: Stage):
    for n in range(9):
        stage.say(f"made {n}")
    stage.plane.advance(600_001)
    stage.say("made 9")
    assert stage.events[-1]["message"].startswith("made")
    assert len(stage.events) == 10


def test_more_than_25_events_about_one_object_are_dropped_and_one_comes_back_in_five_minutes(stage: Stage):
    for n in range(40):
        stage.say("again", reason=f"Reason{n}")
    assert len(stage.events) == 25
    stage.plane.advance(300_000)
    stage.say("again", reason="Later")
    stage.say("again", reason="TooSoon")
    assert len(stage.events) == 26


def test_with_an_action_it_is_an_event_of_the_newer_style(stage: Stage):
    stage.say("bound", action="Binding")
    stage.plane.advance(1000)
    stage.say("bound", action="Binding")
    (event,) = stage.events
    assert (event["action"], event["source"], event["firstTimestamp"]) == ("Binding", {}, None)
    assert event["eventTime"] == "2026-01-01T00:00:00.000000Z"
    assert event["reportingInstance"] == "tester-node-1"
    assert event["series"] == {"count": 2, "lastObservedTime": "2026-01-01T00:00:01.000000Z"}


def test_an_event_that_the_server_refuses_is_lost_without_harm(stage: Stage):
    gone = {**stage.subject, "metadata": {**stage.subject["metadata"], "namespace": "nowhere"}}
    stage.recorder.event(gone, "Normal", "Happened", "in a namespace that isn't there")
    assert stage.events == []


def test_a_recorder_that_takes_over_names_the_same_event_alike(stage: Stage):
    """Two workers that see the same thing at the same instant don't double the Event."""
    stage.say("it did")
    other = EventRecorder(
        stage.plane.client("tester"), stage.plane.clock, stage.plane.rng, "tester", "node-1"
    )
    other.event(stage.subject, "Normal", "Happened", "it did")
    assert len(stage.events) == 1


def test_events_about_cluster_scoped_objects_stand_in_default(stage: Stage):
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1", "uid": "u"}}
    stage.recorder.event(node, "Normal", "Happened", "to a node")
    (event,) = stage.plane.api.list(EVENT, "default")
    assert event["involvedObject"] == {"kind": "Node", "name": "node-1", "uid": "u", "apiVersion": "v1"}


@pytest.mark.parametrize("action", ["", "Binding"], ids=["classic", "newer style"])
def test_what_it_writes_needs_no_defaults_and_has_no_faults(stage: Stage, action: str):
    """The API server takes it without looking for either."""
    stage.say("it did", action=action)
    (event,) = stage.events
    strategy = stage.plane.server.strategy(EVENT)
    assert strategy.default(event) is event
    assert strategy.validate(event) == []
