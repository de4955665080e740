"""`kubectl logs`: which container, which lines, and following."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.errors import BadRequest
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.schema import Schema
from simcore.kube_apiserver.http.message import HttpRequest
from simcore.kube_apiserver.http.pod_logs import LogOptions, LogStream
from simcore.kube_apiserver.users import ADMIN
from tests.simcore.kube_apiserver.http.door import EPOCH_MS, PODS, Door, pod

LOG = f"{PODS}/p/log"


class Container:
    """A kubelet's side: lines with the time at which each was printed."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, str]] = []
        self.before: list[tuple[int, str]] | None = None  # of the run before
        self.runs = True
        self.waits = ""
        self.asked: list[tuple[str, LogOptions]] = []

    def say(self, *texts: str, at: int) -> None:
        self.lines += [(at, text) for text in texts]

    def restart(self) -> None:
        self.before, self.lines = self.lines, []

    def read(self, pod: Obj, container: str, options: LogOptions) -> str:
        self.asked.append((container, options))
        lines = self._of(previous=options.previous)
        chosen = lines if options.tail_lines is None else lines[len(lines) - options.tail_lines :]
        return "".join(f"{f'{at} ' if options.timestamps else ''}{text}\n" for at, text in chosen)

    def times(self, pod: Obj, container: str, *, previous: bool = False) -> list[int]:
        return [at for at, _ in self._of(previous=previous)]

    def _of(self, *, previous: bool) -> list[tuple[int, str]]:
        if self.waits:
            raise BadRequest(self.waits)
        if not previous:
            return self.lines
        if self.before is None:
            raise BadRequest('previous terminated container "main" in pod "p" not found')
        return self.before

    def is_running(self, pod: Obj, container: str) -> bool:
        return self.runs


@pytest.fixture
def container() -> Container:
    return Container()


@pytest.fixture
def door(schema: Schema, container: Container) -> Door:
    door = Door(schema, logs=container)
    door.post(PODS, pod("p", nodeName="node-1"))
    return door


def follow(door: Door, query: str = "") -> LogStream:
    stream = door.api.serve(HttpRequest("GET", LOG, f"follow=true{query}", user=ADMIN))
    assert isinstance(stream, LogStream)
    return stream


def heard(stream: LogStream) -> str:
    return b"".join(stream.chunks()).decode()


def test_logs_come_from_the_kubelets_as_text(door: Door, container: Container):
    container.say("one", "two", "three", at=1)
    assert door.get(LOG, tailLines=2) == (200, "two\nthree\n")
    assert container.asked == [("main", LogOptions(tail_lines=2))]
    status, body = door.get(LOG, previous="true")
    assert (status, body["message"]) == (400, 'previous terminated container "main" in pod "p" not found')


def test_a_pod_without_a_node_has_printed_nothing(door: Door, container: Container):
    door.post(PODS, pod("q"))
    assert door.get(f"{PODS}/q/log") == (200, "")
    assert container.asked == []


def test_logs_may_begin_at_a_time(door: Door, container: Container):
    door.clock.advance_to(60_000)
    door.get(LOG, sinceSeconds=10)
    door.get(LOG, sinceTime="2026-01-01T00:00:05Z")
    assert [options.since_unix_ms for _, options in container.asked] == [EPOCH_MS + 50_000, EPOCH_MS + 5_000]


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ({"sinceTime": "yesterday"}, 400, 'parsing time "yesterday": not an RFC 3339 time'),
        ({"tailLines": "x"}, 400, 'strconv.ParseInt: parsing "x": invalid syntax'),
        (
            {"tailLines": -1},
            422,
            'PodLogOptions "p" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
        ),
        (
            {"limitBytes": 0},
            422,
            'PodLogOptions "p" is invalid: limitBytes: Invalid value: 0: must be greater than 0',
        ),
        (
            {"sinceSeconds": 0},
            422,
            'PodLogOptions "p" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0',
        ),
        (
            {"sinceSeconds": 5, "sinceTime": "2026-01-01T00:00:05Z"},
            422,
            'PodLogOptions "p" is invalid: <nil>: Forbidden: at most one of `sinceTime` or `sinceSeconds` '
            "may be specified",
        ),
    ],
    ids=["a time that is none", "a number that is none", "tail", "limit", "seconds", "both"],
)
def test_options_have_rules(door: Door, query: dict[str, Any], code: int, message: str):
    status, body = door.get(LOG, **query)
    assert (status, body["message"].replace("invalid: : ", "invalid: <nil>: ")) == (code, message)


@pytest.mark.parametrize(
    ("spec", "asked", "message"),
    [
        pytest.param(
            {}, "", "a container name must be specified for pod two, choose one of: [a b]", id="two"
        ),
        pytest.param(
            {"initContainers": [{"name": "i", "image": "x"}, {"name": "j", "image": "x"}]},
            "",
            "a container name must be specified for pod two, choose one of: [a b] "
            "or one of the init containers: [i j]",
            id="and what comes first",
        ),
        pytest.param({}, "c", "container c is not valid for pod two", id="another"),
    ],
)
def test_one_container_is_meant(door: Door, spec: Obj, asked: str, message: str):
    both = [{"name": "a", "image": "x"}, {"name": "b", "image": "y"}]
    door.post(PODS, pod("two", containers=both, nodeName="node-1", **spec))
    status, body = door.get(f"{PODS}/two/log", **({"container": asked} if asked else {}))
    assert (status, body["message"]) == (400, message)


@pytest.mark.parametrize("name", ["a", "first", "debugger"])
def test_every_kind_of_container_has_logs(door: Door, container: Container, name: str):
    spec = {"containers": [{"name": "a", "image": "x"}], "initContainers": [{"name": "first", "image": "x"}]}
    door.post(PODS, pod("two", nodeName="node-1", **spec))
    patch = {"spec": {"ephemeralContainers": [{"name": "debugger", "image": "busybox"}]}}
    assert door.patch(f"{PODS}/two/ephemeralcontainers", patch)[0] == 200
    assert door.get(f"{PODS}/two/log", container=name)[0] == 200
    assert container.asked[-1][0] == name


def test_a_follower_hears_what_there_is_and_what_comes(door: Door, container: Container):
    container.say("one", at=1)
    stream = follow(door)
    assert dict(stream.headers)["Content-Type"] == "text/plain; charset=utf-8"
    assert stream.grows_with_time
    assert heard(stream) == "one\n"
    assert heard(stream) == ""
    container.say("two", "three", at=5)
    assert heard(stream) == "two\nthree\n"
    assert not stream.is_finished


def test_lines_of_the_same_moment_are_told_once_each(door: Door, container: Container):
    container.say("one", at=5)
    stream = follow(door)
    container.say("two", at=5)
    assert heard(stream) == "one\ntwo\n"
    container.say("three", "four", at=5)
    container.say("five", at=6)
    assert heard(stream) == "three\nfour\nfive\n"


def test_old_lines_may_be_forgotten_meanwhile(door: Door, container: Container):
    container.say("one", "two", at=1)
    stream = follow(door)
    heard(stream)
    container.lines = [(1, "two"), (2, "three")]
    assert heard(stream) == "three\n"


def test_following_begins_where_the_options_say(door: Door, container: Container):
    container.say("one", "two", at=1)
    stream = follow(door, "&tailLines=0&timestamps=true")
    assert heard(stream) == ""
    container.say("three", at=9)
    assert heard(stream) == "9 three\n"


def test_following_ends_with_the_container(door: Door, container: Container):
    container.say("one", at=1)
    stream = follow(door)
    heard(stream)
    container.say("bye", at=2)
    container.runs = False
    assert heard(stream) == "bye\n"
    assert stream.is_finished
    assert heard(stream) == ""


def test_following_ends_when_the_container_waits_again_or_is_gone(door: Door, container: Container):
    container.say("one", at=1)
    stream = follow(door)
    container.waits = "gone"
    assert heard(stream) == "one\n"
    assert stream.is_finished


def test_following_ends_with_the_run_though_another_begins(door: Door, container: Container):
    container.say("one", at=1)
    stream = follow(door)
    heard(stream)
    container.say("bye", at=2)
    container.restart()
    container.say("again", at=3)
    assert heard(stream) == "bye\n"
    assert stream.is_finished


def test_a_limit_ends_the_stream_in_the_middle_of_a_line(door: Door, container: Container):
    container.say("one", at=1)
    stream = follow(door, "&limitBytes=6")
    assert heard(stream) == "one\n"
    container.say("two", at=2)
    assert heard(stream) == "tw"
    assert stream.is_finished


def test_a_container_that_has_not_started_cannot_be_followed(door: Door, container: Container):
    container.waits = 'container "main" in pod "p" is waiting to start: ContainerCreating'
    status, body = door.get(LOG, follow="true")
    assert (status, body["message"]) == (400, container.waits)


def test_the_previous_run_is_not_followed(door: Door):
    assert door.get(LOG, follow="true", previous="true")[0] == 400


def test_a_follower_may_go_away(door: Door, container: Container):
    stream = follow(door)
    stream.on_change(lambda: None)
    assert stream.bookmark() == b""
    stream.cancel()
    container.say("one", at=1)
    assert heard(stream) == ""
