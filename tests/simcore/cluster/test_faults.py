"""Faults: what they take away, for how long, and what overlapping ones leave away."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from simcore.apimachinery.kinds import NODE, POD
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.cluster import Cluster
from simcore.cluster.faults import (
    KINDS,
    Fault,
    FaultKind,
    active,
    fault_of,
    to_begin,
    to_end,
    told_begin,
    told_end,
)
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.interface import Op
from simcore.etcd.memory_store import MemoryStore
from simcore.kubelet.world import FAULTS, NODES, OUTAGES, RUNTIME
from simcore.sim.trace import Origin
from tests.kit.manifests import deployment, pod

EPOCH_MS = 1_767_323_045_000


class Bench:
    """A cluster of three nodes, and somebody who breaks it from outside, as the dashboard does."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        found(self.store, ClusterSpec(seed=3, epoch_ms=EPOCH_MS, nodes=3))
        self.cluster = Cluster(self.store)
        self.cluster.advance(10_000)
        self._ids: Iterator[int] = count(1)

    def begin(self, kind: FaultKind, *targets: str, for_ms: int | None = None) -> Fault:
        now = self.cluster.clock.now()
        until = now if kind == "crash" else None if for_ms is None else now + for_ms
        fault = Fault(f"f{next(self._ids)}", kind, targets, now, until)
        self._write(to_begin(fault, self.cluster.world, fault.since_ms))
        return fault

    def end(self, fault: Fault) -> None:
        self._write(to_end(fault, self.cluster.world, self.cluster.clock.now()))

    def _write(self, ops: list[Op]) -> None:
        before = self.store.revision
        self.store.txn((), ops, origin=Origin("user:dana", 0, self.cluster.clock.now()))
        self.cluster.take(self.store.entries_since(before))

    def taken_over(self) -> None:
        """Another process goes on with what is stored."""
        self.cluster = Cluster(self.store, now=self.cluster.clock.now())

    def machine(self, name: str) -> Obj:
        found = self.cluster.world.get(NODES + name)
        assert found is not None
        return found

    def ready(self, node: str) -> str:
        api = self.cluster.client("user:dana")
        conditions = api.get(NODE, Key("", node))["status"]["conditions"]
        return next(str(c["status"]) for c in conditions if c["type"] == "Ready")

    def container(self, name: str) -> Obj:
        status = self.cluster.client("user:dana").get(POD, Key("default", name))["status"]
        found: Obj = status["containerStatuses"][0]
        return found

    def answers(self, name: str, question: str) -> list[tuple[int, list[tuple[int, list[str]]]]]:
        """What the network has told a pod's program, and when."""
        records = self.cluster.world.list(RUNTIME).values()
        (record,) = [doc for doc in records if doc.get("name") == name]
        found: list[tuple[int, list[tuple[int, list[str]]]]] = record["containers"]["main"]["answers"][
            question
        ]
        return found


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_power_cut_ends_by_itself_after_its_time(bench: Bench) -> None:
    bench.begin("power", "node-2", for_ms=60_000)
    assert bench.machine("node-2")["power"] == "off"
    bench.cluster.advance(59_999)
    assert (bench.machine("node-2")["power"], bench.ready("node-2")) == ("off", "Unknown")
    bench.cluster.advance(1)
    assert bench.machine("node-2")["power"] == "on"
    assert active(bench.cluster.world) == []
    bench.cluster.advance(5_000)
    assert bench.ready("node-2") == "True"


def test_the_end_of_a_fault_survives_the_death_of_the_process(bench: Bench) -> None:
    fault = bench.begin("power", "node-1", for_ms=30_000)
    bench.cluster.advance(10_000)
    bench.taken_over()
    assert active(bench.cluster.world) == [fault]
    bench.cluster.advance(19_999)
    assert bench.machine("node-1")["power"] == "off"
    bench.cluster.advance(1)
    assert bench.machine("node-1")["power"] == "on"


def test_a_fault_whose_time_passed_while_nobody_looked_ends_at_once(bench: Bench) -> None:
    bench.begin("power", "node-1", for_ms=30_000)
    bench.cluster = Cluster(bench.store, now=bench.cluster.clock.now() + 90_000)
    bench.cluster.advance(0)
    assert active(bench.cluster.world) == []


def test_without_a_time_a_fault_stays_until_it_is_removed(bench: Bench) -> None:
    fault = bench.begin("power", "node-3")
    bench.cluster.advance(3_600_000)
    assert bench.machine("node-3")["power"] == "off"
    bench.end(fault)
    assert (bench.machine("node-3")["power"], active(bench.cluster.world)) == ("on", [])


def test_what_is_removed_early_does_not_end_again(bench: Bench) -> None:
    first = bench.begin("power", "node-3", for_ms=60_000)
    bench.cluster.advance(1_000)
    bench.end(first)
    second = bench.begin("power", "node-3")
    bench.cluster.advance(120_000)
    assert active(bench.cluster.world) == [second]
    assert bench.machine("node-3")["power"] == "off"


def test_a_machine_stays_off_while_another_fault_needs_it(bench: Bench) -> None:
    zone = bench.begin("power", "node-1", "node-2", for_ms=60_000)
    node = bench.begin("power", "node-2", for_ms=90_000)
    assert active(bench.cluster.world) == [zone, node]
    bench.cluster.advance(60_000)
    assert [bench.machine(name)["power"] for name in ("node-1", "node-2", "node-3")] == ["on", "off", "on"]
    bench.cluster.advance(30_000)
    assert bench.machine("node-2")["power"] == "on"


@pytest.mark.parametrize("cut", ["kubelet", "network"])
def test_containers_go_on_while_only_their_kubelet_is_not_heard(bench: Bench, cut: FaultKind) -> None:
    bench.cluster.given(pod("web", nodeName="node-1"))
    bench.cluster.advance(20_000)
    before = bench.container("web")
    bench.begin(cut, "node-1", for_ms=100_000)
    assert bench.machine("node-1")["cut"] == cut
    bench.cluster.advance(99_000)
    assert bench.ready("node-1") == "Unknown"
    bench.cluster.advance(10_000)
    assert (bench.ready("node-1"), "cut" in bench.machine("node-1")) == ("True", False)
    assert bench.container("web") == before


def test_a_cut_machine_that_loses_its_power_restarts_its_containers(bench: Bench) -> None:
    bench.cluster.given(pod("web", nodeName="node-1"))
    bench.cluster.advance(20_000)
    bench.begin("network", "node-1", for_ms=30_000)
    bench.cluster.advance(10_000)
    bench.begin("power", "node-1", for_ms=10_000)
    bench.cluster.advance(60_000)
    assert bench.container("web")["restartCount"] == 1


def test_who_takes_over_sees_that_a_cut_machine_lost_its_power(bench: Bench) -> None:
    bench.cluster.given(pod("web", nodeName="node-1"))
    bench.cluster.advance(20_000)
    bench.begin("kubelet", "node-1")
    bench.cluster.advance(1_000)
    off = Fault("late", "power", ("node-1",), bench.cluster.clock.now(), bench.cluster.clock.now() + 5_000)
    bench.store.txn(
        (), to_begin(off, bench.cluster.world, off.since_ms), origin=Origin("user:dana", 0, off.since_ms)
    )
    bench.taken_over()
    bench.cluster.advance(6_000)
    bench.end(active(bench.cluster.world)[0])
    bench.cluster.advance(30_000)
    assert bench.container("web")["restartCount"] == 1


def test_a_crash_kills_what_runs_and_leaves_no_fault(bench: Bench) -> None:
    bench.cluster.given(pod("web"), pod("other"))
    bench.cluster.advance(20_000)
    bench.begin("crash", "default/web", "default/nobody")
    bench.cluster.advance(5_000)
    web = bench.container("web")
    assert (web["restartCount"], web["lastState"]["terminated"]["exitCode"]) == (1, 137)
    assert bench.container("other")["restartCount"] == 0
    assert active(bench.cluster.world) == []


def test_a_crash_that_nobody_saw_is_seen_by_who_takes_over(bench: Bench) -> None:
    bench.cluster.given(pod("web"))
    bench.cluster.advance(20_000)
    now = bench.cluster.clock.now()
    ops = to_begin(Fault("x", "crash", ("default/web",), now, now), bench.cluster.world, now)
    bench.store.txn((), ops, origin=Origin("user:dana", 0, now))
    bench.taken_over()
    bench.cluster.advance(5_000)
    assert bench.container("web")["restartCount"] == 1
    assert active(bench.cluster.world) == []


def test_images_of_a_silent_registry_cannot_be_pulled_until_it_answers(bench: Bench) -> None:
    bench.begin("registry", "docker.io", for_ms=60_000)
    assert bench.cluster.world.get(OUTAGES) == {"registries": ["docker.io"]}
    bench.cluster.given(pod("late", image="nginx:1.29"), pod("local", image="registry.k8s.io/pause:3.10"))
    bench.cluster.advance(30_000)
    assert bench.container("late")["state"]["waiting"]["reason"] in ("ErrImagePull", "ImagePullBackOff")
    assert "running" in bench.container("local")["state"]
    bench.cluster.advance(120_000)
    assert bench.cluster.world.get(OUTAGES) is None
    assert "running" in bench.container("late")["state"]


def test_names_have_no_answer_while_dns_is_broken(bench: Bench) -> None:
    ask = "while true; do nslookup web && echo found || echo lost; sleep 5; done"
    web = deployment("web")
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]},
    }
    asker = pod("asker", image="busybox:1.36")
    asker["spec"]["containers"][0]["command"] = ["sh", "-c", ask]
    bench.cluster.given(web, service, asker)
    bench.cluster.advance(60_000)
    bench.begin("dns", for_ms=60_000)
    bench.cluster.advance(120_000)
    heard = [replies[0][1][0] for _, replies in bench.answers("asker", "dns web 0 A")]
    assert heard[0].startswith("web.default.svc.cluster.local A 10.96.")
    assert heard[1:] == [";; connection timed out; no servers could be reached", heard[0]]


def test_a_fault_is_what_its_record_says(bench: Bench) -> None:
    fault = bench.begin("network", "node-2", "node-1", for_ms=5_000)
    doc = bench.cluster.world.get(FAULTS + fault.id)
    assert doc is not None
    assert fault_of(fault.path, doc) == fault
    assert fault.document == doc


DOCS = {
    "power": ("node-1 loses its power for 60 s", "node-1 has its power again"),
    "kubelet": ("the kubelet of node-1 stops for 60 s", "the kubelet of node-1 runs again"),
    "network": ("node-1 is cut off from the network for 60 s", "node-1 is back on the network"),
    "registry": ("node-1 does not answer for 60 s", "node-1 answers again"),
    "dns": ("cluster DNS does not answer for 60 s", "cluster DNS answers again"),
    "crash": ("node-1 is killed", ""),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_fault_is_told_in_a_sentence(kind: FaultKind) -> None:
    until = 0 if kind == "crash" else 60_000
    doc = Fault("f", kind, ("node-1",), 0, until).document
    begin, end = DOCS[kind]
    assert (told_begin(doc).replace("1 min", "60 s"), told_end(doc)) == (begin, end)


def test_long_lists_and_long_spans_are_told_shortly() -> None:
    names = tuple(f"node-{n}" for n in range(1, 6))
    assert told_begin(Fault("f", "power", names, 0, 7_200_000).document) == (
        "node-1, node-2, node-3 and 2 more lose their power for 2 h"
    )
    assert told_begin(Fault("f", "network", names[:2], 0, 1_500).document) == (
        "node-1, node-2 are cut off from the network for 1.5 s"
    )
    assert told_end(Fault("f", "registry", names[:2], 0, None).document) == "node-1, node-2 answer again"
