"""What a probe is answered, and what comes of many answers."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kubelet import prober
from simcore.kubelet.images import parse
from simcore.kubelet.prober import Answer, Outcome
from simcore.kubelet.records import ContainerRecord, ProbeKind
from simcore.kubelet.runtime.answers import answer, port_of
from simcore.kubelet.runtime.container import Ran
from simcore.kubelet.runtime.own_images import read
from simcore.kubelet.runtime.program import Program

SPEC: Obj = {"name": "main", "ports": [{"name": "web", "containerPort": 8080}, {"containerPort": 9090}]}
LISTENS = Program(listens=frozenset({8080}))
ROUTES = {"/ok": [{"code": 200}], "/moved": [{"code": 301}], "/bad": [{"code": 404}],
          "/late": [{"code": 503}, {"from_s": 30, "code": 200}]}  # fmt: skip
ROUTED = read("shop", {"listens": [8080], "routes": ROUTES}).program(frozenset())
OK = Answer(True)
ASKS: Obj = {"tcpSocket": {"port": 8080}}


def asked(probe: Obj, program: Program = LISTENS, at_ms: int = 0, ran: Ran | None = None) -> Answer:
    assert ran is not None or "exec" not in probe
    return answer(probe, SPEC, parse("shop:1"), program, "10.244.1.2", at_ms, lambda argv: ran)  # type: ignore[arg-type, return-value]  # only an exec probe runs something


def get(path: str = "/", port: int | str = 8080, **fields: Any) -> Obj:
    return {"httpGet": {"path": path, "port": port, **fields}}


@pytest.mark.parametrize(
    ("wanted", "port"),
    [(80, 80), ("8081", 8081), ("web", 8080), ("none", 0)],
    ids=["number", "digits", "name", "no such name"],
)
def test_a_port_is_a_number_or_the_name_of_one(wanted: int | str, port: int) -> None:
    assert port_of(wanted, SPEC) == port


REFUSED = "connect: connection refused"


@pytest.mark.parametrize(
    ("probe", "message"),
    [
        ({"tcpSocket": {"port": 9999}}, f"dial tcp 10.244.1.2:9999: {REFUSED}"),
        ({"tcpSocket": {"port": 9999, "host": "127.0.0.1"}}, f"dial tcp 127.0.0.1:9999: {REFUSED}"),
        ({"tcpSocket": {"port": 9090}}, f"dial tcp 10.244.1.2:9090: {REFUSED}"),
        (get("/", 9999), f'Get "http://10.244.1.2:9999/": dial tcp 10.244.1.2:9999: {REFUSED}'),
        (get("ready", 9999), f'Get "http://10.244.1.2:9999/ready": dial tcp 10.244.1.2:9999: {REFUSED}'),
        (get("/a?b=c", 9999), f'Get "http://10.244.1.2:9999/a?b=c": dial tcp 10.244.1.2:9999: {REFUSED}'),
        (get("/", 9999, scheme="HTTPS"), f'Get "https://10.244.1.2:9999/": dial tcp 10.244.1.2:9999: {REFUSED}'),
        (get("/", 9999, host="a.example"), f'Get "http://a.example:9999/": dial tcp a.example:9999: {REFUSED}'),
        ({"grpc": {"port": 9999}},
         'timeout: failed to connect service "10.244.1.2:9999" within 1s: context deadline exceeded'),
    ],
    ids=["tcp", "tcp elsewhere", "declared only", "http", "no slash", "query", "https", "http elsewhere", "grpc"],
)  # fmt: skip
def test_nobody_listens(probe: Obj, message: str) -> None:
    assert asked(probe) == Answer(False, message)


@pytest.mark.parametrize(
    ("probe", "at_ms", "found"),
    [
        (get("/ok"), 0, OK),
        (get("/ok", "web"), 0, OK),
        (get("ok"), 0, OK),
        (get("/moved"), 0, OK),
        (get("/bad"), 0, Answer(False, "HTTP probe failed with statuscode: 404")),
        (get("/none"), 0, Answer(False, "HTTP probe failed with statuscode: 404")),
        (get("/late"), 29_999, Answer(False, "HTTP probe failed with statuscode: 503", 30_000)),
        (get("/late"), 30_000, OK),
        ({"tcpSocket": {"port": "web"}}, 0, OK),
        ({"grpc": {"port": 8080}}, 0, OK),
    ],
    ids=[
        "ok",
        "named port",
        "no slash",
        "moved",
        "not found",
        "no such route",
        "not yet",
        "later",
        "tcp",
        "grpc",
    ],
)
def test_a_server_answers_by_its_routes(probe: Obj, at_ms: int, found: Answer) -> None:
    told = asked(probe, ROUTED, at_ms)
    assert (told.ok, told.until) == (found.ok, found.until)
    assert found.ok or told.message == found.message


@pytest.mark.parametrize(
    ("kind", "probe", "answers", "outcomes"),
    [
        ("liveness", {}, "+", "+"),
        ("liveness", {}, "---", "..-"),
        ("liveness", {}, "--+--", "..+.."),
        ("liveness", {"failureThreshold": 1}, "-", "-"),
        ("liveness", {"failureThreshold": 5}, "-----", "....-"),
        ("readiness", {"successThreshold": 3}, "+++", "..+"),
        ("readiness", {"successThreshold": 2}, "+-++", "...+"),
        ("readiness", {"failureThreshold": 2}, "+--+", "+.-+"),
        ("startup", {"failureThreshold": 2}, "--", ".-"),
        ("startup", {"failureThreshold": 3}, "--+", "..+"),
    ],
    ids=["lives", "third failure", "recovers", "at once", "patient", "thrice", "begins anew", "there and back",
         "does not start", "starts late"],
)  # fmt: skip
def test_thresholds_count_answers_of_one_kind_in_a_row(
    kind: ProbeKind, probe: Obj, answers: str, outcomes: str
) -> None:
    spec, c = {f"{kind}Probe": ASKS | probe}, ContainerRecord()
    prober.begin(spec, c)
    found = [prober.note(kind, spec, c, Answer(each == "+"), number) for number, each in enumerate(answers)]
    expected = [None if each == "." else Outcome(kind, each == "+") for each in outcomes]
    assert found == expected


@pytest.mark.parametrize(
    ("probes", "up", "ready", "asked_first"),
    [
        ({}, True, True, None),
        ({"livenessProbe": {}}, True, True, 7_000),
        ({"readinessProbe": {}}, True, False, 7_000),
        ({"startupProbe": {}}, False, False, 7_000),
        ({"startupProbe": {"initialDelaySeconds": 5}, "readinessProbe": {}}, False, False, 12_000),
        ({"readinessProbe": {"initialDelaySeconds": 30}}, True, False, 37_000),
        ({"livenessProbe": {"initialDelaySeconds": 9}, "readinessProbe": {"initialDelaySeconds": 4}},
         True, False, 11_000),
    ],
    ids=["no probes", "liveness", "readiness", "startup", "startup holds back", "delayed", "the earlier one"],
)  # fmt: skip
def test_a_container_begins_with_what_its_probes_leave_open(
    probes: Obj, up: bool, ready: bool, asked_first: int | None
) -> None:
    c = ContainerRecord(started=7_000)
    prober.begin({name: ASKS | probe for name, probe in probes.items()}, c)
    assert (c.up, c.ready, prober.next_due(c)) == (up, ready, asked_first)


@pytest.mark.parametrize(
    ("kind", "found", "next_at"),
    [
        ("liveness", OK, None),
        ("liveness", Answer(True, until=1_000), 10_000),
        ("liveness", Answer(True, until=10_001), 20_000),
        ("liveness", Answer(False), 10_000),
        ("readiness", OK, None),
        ("readiness", Answer(True, until=25_000), 30_000),
        ("readiness", Answer(False, until=500), 10_000),
    ],
    ids=[
        "settled",
        "until soon",
        "until after a period",
        "lost once",
        "ready",
        "ready for a while",
        "not yet",
    ],
)
def test_a_settled_probe_sleeps_until_its_answer_may_change(
    kind: ProbeKind, found: Answer, next_at: int | None
) -> None:
    spec: Obj = {f"{kind}Probe": ASKS}
    c = ContainerRecord()
    prober.begin(spec, c)
    prober.note(kind, spec, c, found, 0)
    assert prober.next_due(c) == next_at


def test_a_startup_probe_gives_way_to_the_others_at_the_next_moment_that_is_theirs() -> None:
    late = {"initialDelaySeconds": 60}
    spec: Obj = {"startupProbe": ASKS, "readinessProbe": ASKS | late, "livenessProbe": ASKS}
    c = ContainerRecord()
    prober.begin(spec, c)
    assert prober.due_kinds(c, 0) == ["startup"]
    prober.note("startup", spec, c, OK, 20_000)
    assert (c.up, c.ready) == (True, False)
    assert {kind: probe.next_at for kind, probe in c.probes.items()} == {
        "readiness": 60_000,
        "liveness": 20_000,
    }
    assert prober.due_kinds(c, 59_999) == ["liveness"]


@pytest.mark.parametrize(
    ("ran", "timeout_s", "found"),
    [
        (Ran(("fine",), 0, 0), 1, Answer(True, "fine")),
        (Ran((), 0, 1_000), 1, Answer(True)),
        (Ran(("bad", "worse"), 1, 10), 1, Answer(False, "bad\nworse")),
        (Ran((), 127, 0, until=5_000), 1, Answer(False, "", 5_000)),
        (Ran((), 1, 0, guessed=True), 1, Answer(True)),
        (Ran((), 0, 1_001), 1, Answer(False, 'command timed out: "cat /tmp/up" timed out after 1s')),
        (Ran((), 0, 4_000), 5, Answer(True)),
        (Ran((), 0, None), 3, Answer(False, 'command timed out: "cat /tmp/up" timed out after 3s')),
    ],
    ids=[
        "wins",
        "just in time",
        "loses",
        "loses for a while",
        "guessed",
        "too slow",
        "patient",
        "never ends",
    ],
)
def test_a_command_decides_by_its_status_and_its_time(ran: Ran, timeout_s: int, found: Answer) -> None:
    probe = {"exec": {"command": ["cat", "/tmp/up"]}, "timeoutSeconds": timeout_s}
    assert asked(probe, ran=ran) == found
