"""Rows of Events, whichever of the two APIs wrote them, in the order of their last change."""

from __future__ import annotations

from typing import Any

import pytest

from clusterlab.hub import Resident
from clusterlab.reading import events
from clusterlab.reading.events import EventBoard
from simcore.apimachinery.kinds import EVENT
from simcore.apimachinery.meta import Key, Obj
from simcore.kube_apiserver.local import LocalClient
from simcore.sim.timestamps import format_seconds

ABOUT = {"kind": "Pod", "namespace": "default", "name": "web-1"}


def event(name: str, **fields: Any) -> Obj:
    meta = {"name": name, "namespace": "default"}
    return {"apiVersion": "v1", "kind": "Event", "metadata": meta, "involvedObject": ABOUT, **fields}


@pytest.fixture
def user(resident: Resident) -> LocalClient:
    return LocalClient(resident.server, "user:test")


@pytest.fixture
def board(resident: Resident) -> EventBoard:
    return EventBoard(resident)


def top(board: EventBoard) -> dict[str, Any]:
    return board.newest(1, [])[0]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        pytest.param(
            {"source": {"component": "kubelet", "host": "node-1"}}, {"source": "kubelet/node-1"}, id="with a host"
        ),
        pytest.param({"source": {"component": "kubelet"}}, {"source": "kubelet"}, id="without one"),
        pytest.param({"reportingComponent": "ctl"}, {"source": "ctl"}, id="the newer API's component"),
        pytest.param({}, {"source": "", "type": "Normal", "reason": "", "message": "", "count": 1}, id="nothing"),
        pytest.param({"count": 4}, {"count": 4}, id="a count"),
        pytest.param({"type": "Warning", "reason": "Failed"}, {"type": "Warning", "reason": "Failed"}, id="a warning"),
    ],
)  # fmt: skip
def test_a_row_tells_what_the_event_has(
    user: LocalClient, board: EventBoard, fields: dict[str, Any], told: dict[str, Any]
) -> None:
    user.create(EVENT, event("one", **fields))
    row = top(board)
    assert {name: row[name] for name in told} == told
    assert (row["kind"], row["namespace"], row["name"]) == ("Pod", "default", "web-1")


def test_an_events_time_is_its_last_occurrence(
    resident: Resident, user: LocalClient, board: EventBoard
) -> None:
    epoch = resident.clock.epoch_ms
    first, last = (format_seconds(epoch + ms) for ms in (20_000, 50_000))
    user.create(EVENT, event("one", firstTimestamp=first, lastTimestamp=last))
    assert top(board)["at"] == (epoch + 50_000) // 1000 * 1000 - epoch


def test_an_event_from_before_the_beginning_is_at_the_beginning(user: LocalClient, board: EventBoard) -> None:
    user.create(EVENT, event("one", lastTimestamp="2001-01-01T00:00:00Z"))
    assert top(board)["at"] == 0


def test_rows_follow_what_is_written_changed_and_deleted(user: LocalClient, board: EventBoard) -> None:
    for name in ("a", "b", "c"):
        user.create(EVENT, event(name, reason=name.upper()))
    assert [row["reason"] for row in board.newest(3, [])] == ["C", "B", "A"]
    user.update(EVENT, event("a", reason="A", count=2))
    user.delete(EVENT, Key("default", "b"))
    assert [row["reason"] for row in board.newest(2, [])] == ["A", "C"]
    assert [row["rev"] for row in board.newest(9, [])] == sorted(
        (row["rev"] for row in board.newest(9, [])), reverse=True
    )


@pytest.mark.parametrize(
    ("words", "reasons"),
    [
        (["pulled"], ["Pulled"]),
        (["warning"], ["Killing"]),
        (["web-1", "default"], ["Killing", "Pulled"]),
        (["image", "nginx"], ["Pulled"]),
        (["image", "redis"], []),
        (["node-7"], ["Pulled"]),
    ],
    ids=str,
)
def test_every_word_has_to_stand_somewhere(
    user: LocalClient, board: EventBoard, words: list[str], reasons: list[str]
) -> None:
    user.create(
        EVENT,
        event(
            "a", reason="Pulled", message="Image nginx pulled", source={"component": "k", "host": "node-7"}
        ),
    )
    user.create(EVENT, event("b", reason="Killing", type="Warning"))
    assert [
        row["reason"] for row in board.newest(50, words) if row["reason"] in ("Pulled", "Killing")
    ] == reasons


def test_no_more_rows_are_given_than_anybody_reads(
    user: LocalClient, board: EventBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "MOST_ROWS", 2)
    for name in ("a", "b", "c"):
        user.create(EVENT, event(name))
    assert len(board.newest(100, [])) == 2


def test_a_board_that_was_not_asked_for_long_begins_again(
    resident: Resident, user: LocalClient, board: EventBoard
) -> None:
    user.create(EVENT, event("a", reason="A"))
    assert top(board)["reason"] == "A"
    for number in range(5):
        user.create(EVENT, event(f"later-{number}", reason=f"Later{number}"))
    with resident.guard:
        resident.store.replica.compact(resident.store.revision)
    assert [row["reason"] for row in board.newest(2, [])] == ["Later4", "Later3"]
    assert len(board.newest(100, ["later"])) == 5
