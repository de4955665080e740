"""How much changed when, what was bad news, and what history is remembered by."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.kinds import DEPLOYMENT
from simcore.apimachinery.meta import Key, Obj
from simcore.etcd.interface import Entry, Origin
from simcore.explain.markers import MOST_MARKERS, QUIET_MS, TOGETHER_MS, Act, Markers
from simcore.explain.timeline import Bucket, Density, is_bad
from simcore.explain.usage import PERIOD_MS, Usage, at_time, steady_usage
from tests.kit.manifests import deployment, pod
from tests.simcore.explain.conftest import Told


def entry(
    revision: int, at: int, key: str = "/registry/configmaps/ns/a", value: bytes | None = b"{}"
) -> Entry:
    return Entry(revision, 0, key, value, revision, 1, 0, 0, Origin("user:dana", 0, at))


def density(*entries: Entry) -> Density:
    made = Density()
    made.take(entries)
    return made


def test_nothing_has_no_stretches() -> None:
    assert density().buckets(10) == []


def test_stretches_of_time_are_equal_and_count_their_changes() -> None:
    made = density(entry(5, 100), entry(6, 100), entry(7, 150), entry(8, 199))
    assert made.buckets(2) == [Bucket(5, 6, 100, 149, 2, 0), Bucket(7, 8, 150, 199, 2, 0)]


def test_a_quiet_stretch_stands_at_the_revision_before_it() -> None:
    made = density(entry(5, 0), entry(9, 299))
    assert [(b.first, b.last, b.changes) for b in made.buckets(3)] == [(5, 5, 1), (5, 5, 0), (9, 9, 1)]


def test_there_are_no_more_stretches_than_moments() -> None:
    assert density(entry(5, 7)).buckets(100) == [Bucket(5, 5, 7, 7, 1, 0)]


def test_entries_of_one_revision_count_each() -> None:
    made = Density()
    made.take([entry(5, 7)])
    made.take([entry(5, 7), entry(6, 9)])
    assert [(b.changes, b.first, b.last) for b in made.buckets(1)] == [(3, 5, 6)]


def test_time_never_goes_back() -> None:
    assert density(entry(5, 100), entry(6, 90)).buckets(1) == [Bucket(5, 6, 100, 100, 2, 0)]


def test_what_is_forgotten_is_not_counted() -> None:
    made = density(entry(5, 0), entry(6, 10), entry(7, 20))
    made.forget(7)
    assert made.buckets(5) == [Bucket(7, 7, 20, 20, 1, 0)]
    made.forget(8)
    assert made.buckets(5) == []


BAD = {
    "a warning": ("/registry/events/ns/e", b'{"type":"Warning"}', True),
    "an event": ("/registry/events/ns/e", b'{"type":"Normal"}', False),
    "a pod that backs off": ("/registry/pods/ns/p", b'{"reason":"CrashLoopBackOff"}', True),
    "a pod without an image": ("/registry/pods/ns/p", b'{"reason":"ErrImagePull"}', True),
    "a pod out of memory": ("/registry/pods/ns/p", b'{"reason":"OOMKilled"}', True),
    "a pod that failed": ("/registry/pods/ns/p", b'{"phase":"Failed"}', True),
    "a pod that runs": ("/registry/pods/ns/p", b'{"phase":"Running"}', False),
    "a silent node": ("/registry/minions/n", b'{"status":"Unknown"}', True),
    "the same words elsewhere": ("/registry/configmaps/ns/c", b'{"type":"Warning"}', False),
    "a deletion": ("/registry/pods/ns/p", None, False),
}


@pytest.mark.parametrize(("key", "value", "expected"), BAD.values(), ids=BAD)
def test_bad_news(key: str, value: bytes | None, expected: bool) -> None:
    assert is_bad(entry(5, 0, key, value)) is expected
    assert [b.bad for b in density(entry(5, 0, key, value)).buckets(1)] == [int(expected)]


def act(at: int, name: str, *, author: str = "dana", verb: str = "created") -> Act:
    return Act("apply", author, at, verb, (name,))


def test_an_act_names_three_objects_and_counts_the_rest() -> None:
    many = act(0, "Pod a")._replace(names=("Pod a", "Pod b", "Pod c", "Pod d", "Pod e"))
    assert act(0, "Pod a").text == "created Pod a"
    assert many.text == "created Pod a, Pod b, Pod c and 2 more"


def test_an_act_grows_by_what_its_author_does_alike_and_soon() -> None:
    first = act(0, "a")
    assert first.may_grow_by(act(TOGETHER_MS, "b"))
    assert not first.may_grow_by(act(TOGETHER_MS + 1, "b"))
    assert not first.may_grow_by(act(0, "b", author="erik"))
    assert not first.may_grow_by(act(0, "b", verb="deleted"))


def markers(told: Told) -> Markers:
    made = Markers(told.store, told.subjects)
    made.take(told.chronicle.entries)
    return made


def of_user(told: Told) -> list[tuple[str, str]]:
    return [(m.kind, m.text) for m in markers(told).newest if m.author == "dana"]


def test_what_a_user_creates_together_is_one_marker(told: Told) -> None:
    told.given(pod("a"), pod("b"), quiet_ms=0)
    assert of_user(told) == [("apply", "created Pod a, Pod b")]


def test_scaling_and_deleting_have_markers_of_their_own(told: Told) -> None:
    told.given(deployment("web", 1))
    key = Key("default", "web")
    found = told.user.get(DEPLOYMENT, key)
    told.user.update(DEPLOYMENT, {**found, "spec": {**found["spec"], "replicas": 2}})
    told.cluster.settle(quiet_ms=5_000, limit_ms=10_000_000)
    told.user.delete(DEPLOYMENT, key)
    assert of_user(told) == [
        ("apply", "created Deployment web"),
        ("scale", "Deployment web scaled from 1 to 2"),
        ("delete", "deleted Deployment web"),
    ]


def test_a_machine_switched_off_is_a_fault_and_its_silence_a_failure(told: Told) -> None:
    told.switch_off("node-3")
    told.cluster.advance(120_000)
    found = [(m.kind, m.text) for m in markers(told).newest]
    assert ("fault", "node-3 loses its power") in found
    assert ("failure", "Node node-3: stopped answering") in found


def test_a_fault_is_told_when_it_begins_and_when_it_ends_by_itself(told: Told) -> None:
    now = told.cluster.clock.now()
    told.broken("network", "node-1", "node-2", until_ms=now + 30_000)
    told.broken("crash", "default/nobody", until_ms=now)
    told.cluster.advance(31_000)
    found = [(m.text, m.author, m.at - now) for m in markers(told).newest if m.kind == "fault"]
    assert found == [
        ("node-1, node-2 are cut off from the network for 30 s", "dana", 0),
        ("default/nobody is killed", "dana", 0),
        ("node-1, node-2 are back on the network", "", 30_000),
    ]


def test_leaders_are_told_when_they_change(told: Told) -> None:
    leaders = [m.text for m in markers(told).newest if m.kind == "leader"]
    assert leaders == sorted(set(leaders), key=leaders.index)


def test_older_markers_are_forgotten(told: Told) -> None:
    told.given(pod("a"))
    last = told.given(pod("b"))
    made = markers(told)
    made.forget(last)
    assert [m.text for m in made.newest if m.author == "dana"] == ["created Pod b"]


def failing(revision: int, at: int, name: str) -> Entry:
    body: Obj = {
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"containers": [{"name": "c"}]},
        "status": {"phase": "Failed", "reason": "Evicted"},
    }
    made = entry(revision, at, f"/registry/pods/default/{name}", encode(body))
    return replace(made, origin=Origin("kubelet/node-1", 0, at))


def test_a_failure_is_told_again_only_after_quiet(told: Told) -> None:
    made = Markers(told.store, told.subjects)
    for revision, at in ((1, 0), (2, QUIET_MS - 1), (3, 2 * QUIET_MS - 2), (4, 3 * QUIET_MS)):
        made.take([failing(revision, at, "a")])
    assert [(m.rev, m.kind, m.text) for m in made.newest] == [
        (1, "failure", "Pod a: Evicted"),
        (4, "failure", "Pod a: Evicted"),
    ]


def test_only_the_newest_markers_are_kept(told: Told) -> None:
    made = Markers(told.store, told.subjects)
    for number in range(MOST_MARKERS + 5):
        made.take([failing(number + 1, 0, f"p{number}")])
    assert len(made.newest) == MOST_MARKERS
    assert made.newest[0].text == "Pod p5: Evicted"


def running(uid: str, **requests: str) -> Obj:
    containers = [{"name": "c", "resources": {"requests": requests}}]
    return {"metadata": {"uid": uid}, "spec": {"containers": containers}, "status": {"phase": "Running"}}


@pytest.mark.parametrize("uid", ["a", "b", "0c9d3e0c-0000-4000-8000-000000000000"])
def test_a_running_pod_uses_a_third_to_three_quarters_of_its_requests(uid: str) -> None:
    used = steady_usage(running(uid, cpu="1", memory="1000Mi"))
    assert 330 <= used.cpu_millis <= 740
    assert used == steady_usage(running(uid, cpu="1", memory="1000Mi"))
    assert used.memory_bytes * 1000 // (1000 * 2**20) == used.cpu_millis


def test_a_pod_that_asks_for_nothing_uses_little_and_one_that_waits_nothing() -> None:
    used = steady_usage(running("a"))
    assert 0 < used.cpu_millis <= 10
    assert steady_usage({**running("a", cpu="1"), "status": {"phase": "Pending"}}) == Usage(0, 0)


@pytest.mark.parametrize(
    ("now", "level"),
    [(0, 900), (PERIOD_MS // 4, 1000), (PERIOD_MS // 2, 1100), (PERIOD_MS * 3 // 4, 1000), (PERIOD_MS, 900)],
)
def test_use_breathes_by_a_tenth(now: int, level: int) -> None:
    assert at_time(1000, now) == level
