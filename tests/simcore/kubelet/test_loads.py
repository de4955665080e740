"""What programs take of their machine, read from their command lines, and who has to go when it is too much."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kubelet.memory import at, end_of, limit_of, used_by
from simcore.kubelet.pressure import THRESHOLD_BYTES, Usage, first_to_go, is_short, message, usage_of
from simcore.kubelet.records import ContainerRecord, PodRecord
from simcore.kubelet.runtime.load import MOST_BYTES, MOST_CPU, asks_per_s, load_of
from simcore.kubelet.runtime.program import Load, Program, Step
from simcore.kubelet.usage import use_of

MI = 1 << 20


@pytest.mark.parametrize(
    ("line", "load"),
    [
        ("nginx", None),
        ("sleep 3600", None),
        ("stress", None),
        ("stress --cpu 2", Load(0, 0, 2_000)),
        ("stress -c 1", Load(0, 0, 1_000)),
        ("stress -c4", Load(0, 0, 4_000)),
        ("stress-ng --cpu=3", Load(0, 0, 3_000)),
        ("stress-ng --cpus 1", Load(0, 0, 1_000)),
        ("stress --cpu 9999", Load(0, 0, MOST_CPU)),
        ("stress --vm 1 --vm-bytes 150M --vm-hang 1", Load(150 * MI, 1_000, 0)),
        ("stress --vm 2 --vm-bytes 100M", Load(200 * MI, 1_000, 0)),
        ("stress -m 3 --vm-bytes 1G", Load(3 << 30, 1_000, 0)),
        ("stress --vm-bytes 512K", Load(512 << 10, 1_000, 0)),
        ("stress --vm-bytes 1000", Load(1_000, 1_000, 0)),
        ("stress --vm-bytes 250MB", Load(250 * MI, 1_000, 0)),
        ("stress --cpu 1 --vm 1 --vm-bytes 10M", Load(10 * MI, 1_000, 1_000)),
        ("stress --vm-bytes lots", None),
        ("stress --vm 1", None),
        ("stress --vm 9999 --vm-bytes 999999999G", Load(MOST_BYTES, 1_000, 0)),
        ("/consumer -mem-total 64Mi", None),
        ("stress -mem-total 64Mi", None),
        ("stress --mem-total 64Mi", Load(64 * MI, 1_000, 0)),
        ("dd if=/dev/zero of=/dev/shm/fill bs=1M count=300", Load(300 * MI, 1_000, 0)),
        ("dd if=/dev/urandom of=/dev/shm/x bs=4K count=2", Load(8 << 10, 1_000, 0)),
        ("dd if=/dev/zero of=/tmp/fill bs=1M count=300", None),
        ("sh -c while true; do :; done", Load(0, 0, 1_000)),
        ("sh -c while :; do true; done", Load(0, 0, 1_000)),
        ("sh -c while true; do sleep 1; done", None),
    ],
)  # fmt: skip
def test_a_command_line_tells_what_it_takes(line: str, load: Load | None) -> None:
    assert load_of(tuple(line.split(" "))) == load


@pytest.mark.parametrize(
    ("line", "rate"),
    [
        ("while true; do wget -q -O- http://web; done", 100.0),
        ("while sleep 0.01; do wget -q -O- http://web; done", 50.0),
        ("while true; do wget http://web; sleep 0.99; done", 1.0),
        ("while true; do wget http://web; sleep 0.24; sleep 0.25; done", 2.0),
    ],
)
def test_a_loop_comes_around_as_often_as_its_pauses_let_it(line: str, rate: float) -> None:
    assert asks_per_s(("sh", "-c", line)) == pytest.approx(rate)


def limited(memory: str | None = None, cpu: str | None = None, **requests: str) -> Obj:
    limits = {name: value for name, value in (("memory", memory), ("cpu", cpu)) if value is not None}
    return {"name": "main", "resources": {"limits": limits, "requests": requests}}


@pytest.mark.parametrize(
    ("spec", "limit"),
    [
        ({"name": "main"}, None),
        ({"name": "main", "resources": {}}, None),
        (limited(), None),
        (limited("100Mi"), 100 * MI),
        (limited("100M"), 100_000_000),
        (limited("1e3"), 1_000),
    ],
    ids=["nothing", "no limits", "other limits", "binary", "decimal", "exponent"],
)  # fmt: skip
def test_a_memory_limit_in_bytes(spec: Obj, limit: int | None) -> None:
    assert limit_of(spec) == limit


GROWS = Program(load=Load(200 * MI, 1_000))
COURSE = Program(course=(Step(0, 50, 20 * MI), Step(60_000, 800, 20 * MI), Step(120_000, 100, 300 * MI)))


@pytest.mark.parametrize(
    ("program", "limit", "ends"),
    [
        (Program(), "100Mi", None),
        (GROWS, None, None),
        (GROWS, "200Mi", None),
        (GROWS, "100Mi", 7_500),
        (GROWS, "50Mi", 7_250),
        (GROWS, "1Gi", None),
        (COURSE, None, None),
        (COURSE, "300Mi", None),
        (COURSE, "299Mi", 127_000),
        (COURSE, "10Mi", 7_000),
    ],
    ids=["takes nothing", "unlimited", "just enough", "half", "a quarter", "plenty", "course unlimited", "course fits",
         "course too much at the end", "course too much at once"],
)  # fmt: skip
def test_the_kernel_ends_a_program_when_it_passes_its_limit(
    program: Program, limit: str | None, ends: int | None
) -> None:
    assert end_of(program, limited(limit), started=7_000) == ends


@pytest.mark.parametrize(
    ("program", "up_ms", "used"),
    [
        (Program(), 5_000, 0),
        (GROWS, 0, 0),
        (GROWS, 500, 100 * MI),
        (GROWS, 1_000, 200 * MI),
        (GROWS, 99_000, 200 * MI),
        (Program(load=Load(5, 0)), 0, 5),
        (COURSE, 0, 20 * MI),
        (COURSE, 119_999, 20 * MI),
        (COURSE, 120_000, 300 * MI),
        (Program(course=(Step(10, 1, 7),)), 9, 0),
    ],
    ids=[
        "nothing",
        "at first",
        "half way",
        "there",
        "later",
        "at once",
        "first step",
        "before",
        "last step",
        "early",
    ],
)
def test_memory_is_taken_as_time_goes_on(program: Program, up_ms: int, used: int) -> None:
    assert used_by(program, up_ms) == used


@pytest.mark.parametrize(("up_ms", "cpu"), [(0, 50), (59_999, 50), (60_000, 800), (500_000, 100)])
def test_a_course_says_what_is_used_then(up_ms: int, cpu: int) -> None:
    assert at(COURSE, up_ms).cpu_millis == cpu


SUBJECT: Obj = {"metadata": {"name": "web", "namespace": "default", "uid": "u1"}, "spec": {}}


@pytest.mark.parametrize(
    ("spec", "program", "asked", "cpu"),
    [
        (limited(), Program(), 0.0, 1),
        (limited(cpu="500m"), Program(), 0.0, 1),
        (limited(), Program(), 10.0, 121),
        (limited(), Program(load=Load(0, 0, 2_000)), 0.0, 2_000),
        (limited(cpu="300m"), Program(load=Load(0, 0, 2_000)), 0.0, 300),
        (limited(cpu="100m"), Program(), 100.0, 100),
        (limited(), COURSE, 0.0, 50),
    ],
    ids=["idle", "idle with a limit", "asked", "busy", "busy within its limit", "asked too much", "course"],
)  # fmt: skip
def test_the_processor_is_used_up_to_the_limit(spec: Obj, program: Program, asked: float, cpu: int) -> None:
    assert use_of(SUBJECT, spec, program, 0, asked).cpu_millis == cpu


def test_an_idle_server_uses_a_fiftieth_of_what_it_requests() -> None:
    spec = {"name": "main", "resources": {"requests": {"cpu": "2", "memory": "100Mi"}}}
    use = use_of(SUBJECT, spec, Program(), 0)
    assert use.cpu_millis == 40
    assert 33 * MI <= use.memory_bytes <= 74 * MI


def eater(name: str, used: int, request: int = 0, priority: int | None = None) -> Usage:
    resources = {"requests": {"memory": f"{request}Mi"}} if request else {}
    spec: dict[str, Any] = {"containers": [{"name": "main", "resources": resources}]}
    if priority is not None:
        spec["priority"] = priority
    meta = {"name": name, "namespace": "default", "uid": name}
    return Usage({"metadata": meta, "spec": spec}, (("main", used * MI),))


@pytest.mark.parametrize(
    ("usages", "goes"),
    [
        ([], None),
        ([eater("idle", 0)], None),
        ([eater("only", 1)], "only"),
        ([eater("within", 900, 1000), eater("above", 20, 10)], "above"),
        ([eater("within", 900, 1000), eater("exactly", 50, 50)], "exactly"),
        ([eater("little", 20, 10), eater("much", 900, 100)], "much"),
        ([eater("vital", 900, 0, 1000), eater("usual", 20, 10)], "usual"),
        ([eater("less", 20, 0, -10), eater("usual", 900)], "less"),
        ([eater("b", 20), eater("a", 20)], "a"),
    ],
    ids=["nobody", "idle", "alone", "above its request", "less left of its request", "most above", "importance first",
         "negative priority", "by name"],
)  # fmt: skip
def test_the_first_to_go_is_above_its_request_unimportant_and_large(
    usages: list[Usage], goes: str | None
) -> None:
    found = first_to_go(usages)
    assert (None if found is None else found.pod["metadata"]["name"]) == goes


@pytest.mark.parametrize(
    ("usage", "available", "text"),
    [
        (eater("a", 300, 100), 50 * MI,
         "available: 50Mi. Container main was using 300Mi, request is 100Mi, has larger consumption of memory. "),
        (eater("a", 300), 0,
         "available: 0. Container main was using 300Mi, request is 0, has larger consumption of memory. "),
        (eater("a", 100, 300), 1 << 10, "available: 1Ki. "),
        (eater("a", 100, 100), -5 * MI, "available: 0. "),
    ],
    ids=["above", "no request", "within", "exactly"],
)  # fmt: skip
def test_an_eviction_is_explained_by_the_containers_above_their_requests(
    usage: Usage, available: int, text: str
) -> None:
    head = "The node was low on resource: memory. Threshold quantity: 100Mi, "
    assert message(usage, available) == head + text


@pytest.mark.parametrize(
    ("left", "short"), [(0, True), (THRESHOLD_BYTES - 1, True), (THRESHOLD_BYTES, False)]
)
def test_a_node_is_short_below_its_threshold(left: int, short: bool) -> None:
    usage = eater("a", 500)
    assert is_short(usage.total + left, [usage]) is short


def test_only_what_runs_and_has_got_there_counts() -> None:
    record = PodRecord("default", "web", 1, 0, containers={
        "there": ContainerRecord(phase="running", memory_bytes=5),
        "on its way": ContainerRecord(phase="running", memory_bytes=7, memory_at=900),
        "ended": ContainerRecord(phase="exited", memory_bytes=9),
        "takes nothing": ContainerRecord(phase="running"),
    })  # fmt: skip
    assert usage_of(SUBJECT, record).by_container == (("there", 5),)
