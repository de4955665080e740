"""The lines of a container: the newest, those since a moment, those of the run before."""

from __future__ import annotations

from typing import Any

import pytest

from clusterlab.hub import Resident, hub
from clusterlab.reading import pauses, pod_lines
from clusterlab.reading.pauses import Pauses, in_parts
from clusterlab.reading.pod_lines import lines_of
from simcore.apimachinery.errors import BadRequest, NotFound
from simcore.apimachinery.meta import Key, Obj
from tests.clusterlab.conftest import Found
from tests.kit.manifests import pod

WEB = Key("default", "web")
COUNT = "i=0; while true; do i=$((i+1)); echo line $i; sleep 1; done"


def counting(**meta: Any) -> Obj:
    made = pod("web", image="busybox:1.36")
    made["spec"]["containers"][0]["command"] = ["sh", "-c", COUNT]
    made["spec"]["containers"].append({"name": "side", "image": "busybox:1.36", "command": ["echo", "aside"]})
    made["metadata"] |= meta
    return made


@pytest.fixture
def running(found: Found) -> Resident:
    """A pod that has printed a line a second for a while."""
    return hub.get(found(counting()))


def read(resident: Resident, container: str = "", **how: Any) -> dict[str, Any]:
    return lines_of(resident, WEB, container, **{"previous": False, "tail": 500, "follow_from": None, **how})


def texts(told: dict[str, Any]) -> list[str]:
    return [line["text"] for line in told["lines"]]


def test_the_newest_lines_are_given_in_their_order(running: Resident) -> None:
    told = read(running, tail=3)
    numbers = [int(text.split()[1]) for text in texts(told)]
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]
    times = [line["at"] for line in told["lines"]]
    assert times == sorted(times)
    assert times[-1] < told["next"] <= running.clock.now() + 1


@pytest.mark.parametrize("tail", [0, 1, 10_000])
def test_no_more_lines_are_given_than_asked_for(running: Resident, tail: int) -> None:
    told = read(running, tail=tail)
    assert len(told["lines"]) == min(tail, len(read(running)["lines"]))


def test_following_goes_on_where_the_last_answer_ended(
    running: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = texts(read(running, follow_from=0))
    monkeypatch.setattr(pod_lines, "MOST_LINES", 7)
    got: list[str] = []
    following: int | None = 0
    while len(got) < len(whole):
        told = read(running, follow_from=following)
        assert 0 < len(told["lines"]) <= 7
        got += texts(told)
        following = told["next"]
    assert got[: len(whole)] == whole


def test_another_container_is_read_by_its_name(running: Resident) -> None:
    assert set(texts(read(running, "side"))) == {"aside"}


def test_a_pod_may_say_whose_lines_are_meant(found: Found) -> None:
    annotated = counting(annotations={pod_lines.DEFAULT_CONTAINER: "side"})
    assert set(texts(read(hub.get(found(annotated))))) == {"aside"}


def test_what_was_printed_before_the_restart_is_apart(running: Resident) -> None:
    assert set(texts(read(running, "side", previous=True))) == {"aside"}
    with pytest.raises(BadRequest, match='previous terminated container "main" in pod "web" not found'):
        read(running, previous=True)


def test_nobody_and_an_unknown_container_are_refused(running: Resident) -> None:
    with pytest.raises(NotFound, match='pods "nobody" not found'):
        lines_of(running, Key("default", "nobody"), "", previous=False, tail=1, follow_from=None)
    with pytest.raises(BadRequest, match="container nothing is not valid for pod web"):
        read(running, "nothing")


def test_long_work_pauses_and_short_work_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(pauses.time, "sleep", slept.append)
    short = Pauses(look_every=1)
    short.perhaps()
    assert slept == []
    monkeypatch.setattr(pauses, "WORK_S", -1.0)
    for _ in range(10):
        short.perhaps()
    assert slept == [pauses.PAUSE_S] * 10
    rare = Pauses(look_every=5)
    for _ in range(10):
        rare.perhaps()
    assert len(slept) == 12


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (4, [4]), (5, [4, 1]), (9, [4, 4, 1])])
def test_parts_hold_everything_once(count: int, sizes: list[int]) -> None:
    parts = list(in_parts(range(count), 4))
    assert [len(part) for part in parts] == sizes
    assert [item for part in parts for item in part] == list(range(count))
