"""Images as a cluster's users describe them."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from simcore.kubelet.runtime.own_images import BadImage, OwnImage, read
from simcore.kubelet.runtime.program import Step
from simcore.kubelet.runtime.web import Request, serve


def test_an_image_of_which_nothing_is_said_is_like_an_unknown_one() -> None:
    found = read("shop", {})
    assert found.program(frozenset({80})).listens == {80}
    assert (found.after_ms, found.exits, found.size_bytes, found.pull_ms) == (None, 0, None, None)


def test_everything_that_can_be_said() -> None:
    found = read("shop", {
        "size_mb": 1.5, "pull_s": 8, "listens": [8080], "exits": 3, "after_s": 20, "stop_s": 2, "log": ["a", "b"],
    })  # fmt: skip
    assert (found.size_bytes, found.pull_ms) == (1_500_000, 8_000)
    program = found.program(frozenset({80}))
    assert (program.listens, program.code, program.lifetime_ms, program.stop_ms) == ({8080}, 3, 20_000, 2_000)
    assert [line.text for line in program.output.lines()] == ["a", "b"]


def test_a_line_is_printed_again_and_again() -> None:
    program = read("shop", {"log": ["up"], "every_s": 5, "line": "tick {n}"}).program(frozenset())
    lines = [(line.at_ms, line.text) for line in islice(program.output.lines(), 3)]
    assert lines == [(0, "up"), (5_000, "tick 1"), (10_000, "tick 2")]
    assert [line.text for line in program.printed(12_000)][-1] == "tick 2"


@pytest.mark.parametrize(
    ("path", "at_s", "code", "body", "until_s"),
    [
        ("/healthz", 0, 200, "ok", 60),
        ("/healthz", 59, 200, "ok", 60),
        ("/healthz", 60, 503, "", None),
        ("/", 5, 200, "hello", None),
        ("/other", 5, 404, "404 page not found", None),
    ],
)
def test_routes_answer_as_time_goes_on(
    path: str, at_s: int, code: int, body: str, until_s: int | None
) -> None:
    routes = {"/healthz": [{"from_s": 60, "code": 503}, {"body": "ok"}], "/": {"body": "hello"}}
    program = read("shop", {"routes": routes}).program(frozenset({80}))
    served = serve(program, Request(path, 80, "web-0"), at_s * 1000)
    assert (served.reply.code, "\n".join(served.reply.lines)) == (code, body)
    assert served.until_ms == (None if until_s is None else until_s * 1000)


def test_load_goes_on_where_a_step_says_nothing() -> None:
    load = [{"from_s": 120, "cpu": "800m"}, {"cpu": "50m", "memory": "20Mi"}]
    assert read("shop", {"load": load}).load == (Step(0, 50, 20 << 20), Step(120_000, 800, 20 << 20))


@pytest.mark.parametrize(
    ("doc", "said"),
    [
        ([], "shop: an image is described by a mapping"),
        ({"colour": 1}, "shop: unknown field 'colour'; there are after_s, every_s, "),
        ({"exits": 256}, "shop: exits: 256 is no number from 0 to 255"),
        ({"exits": True}, "shop: exits: True is no number from 0 to 255"),
        ({"after_s": -1}, "shop: after_s: -1 is no number from 0 to 1e+07"),
        ({"listens": [0]}, "shop: listens: 0 is no port from 1 to 65535"),
        ({"listens": ["80"]}, "shop: listens: '80' is no port from 1 to 65535"),
        ({"listens": 80}, "shop: listens: a list of at most 50 entries"),
        ({"log": ["x" * 5000]}, "shop: log: a text of at most 4096 characters"),
        ({"log": ["x"] * 51}, "shop: log: a list of at most 50 entries"),
        ({"line": 3}, "shop: line: a text of at most 4096 characters"),
        ({"routes": []}, "shop: routes: a mapping of at most 50 paths"),
        ({"routes": {"/": {"status": 1}}}, "shop: routes./: a step has body, code, from_s"),
        ({"routes": {"/": {"code": 600}}}, "shop: routes./.code: 600 is no number from 0 to 599"),
        ({"load": [{"cpu": "x"}]}, "shop: load: quantities must match the regular expression"),
        ({"load": ["x"]}, "shop: load: a step has cpu, from_s, memory"),
    ],
)
def test_what_cannot_be_is_refused_by_name(doc: Any, said: str) -> None:
    with pytest.raises(BadImage) as caught:
        read("shop", doc)
    assert str(caught.value).startswith(said)


def test_descriptions_are_compared_by_what_they_say() -> None:
    assert read("a", {"exits": 1}) == read("b", {"exits": 1}) != OwnImage()
