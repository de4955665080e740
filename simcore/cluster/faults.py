"""Faults that somebody has ordered: what they take away, and until when.

A fault is a record under /sim/faults/. What all faults together take away stands where it is missed: in the machines'
records (`power`, `cut`) and in /sim/outages. It follows from the faults that there are, so two that overlap need
not know of each other. A fault's end is an appointment of the simulation, made again after a take-over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Literal, NamedTuple, Protocol, get_args

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.meta import Obj
from simcore.cluster.world import World
from simcore.etcd.interface import Delete, Op, Put, Revision
from simcore.kubelet.world import FAULTS, NODES, OUTAGES
from simcore.sim.clock import Clock, SimTime, Timer

FaultKind = Literal["power", "kubelet", "network", "registry", "dns", "crash"]
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
OF_MACHINES = ("power", "kubelet", "network")
ACTOR = "faults"
_SECOND, _MINUTE, _HOUR = 1_000, 60_000, 3_600_000


class Records(Protocol):
    """What can be read of the world."""

    def get(self, path: str) -> Obj | None: ...

    def list(self, prefix: str) -> dict[str, Obj]: ...


class Fault(NamedTuple):
    """`targets`: machines; of a registry patterns of images; of a crash pods as namespace/name; of dns none."""

    id: str
    kind: FaultKind
    targets: tuple[str, ...]
    since_ms: SimTime
    until_ms: SimTime | None
    """None: until somebody removes it. A crash is over as soon as it has happened."""

    @property
    def path(self) -> str:
        return FAULTS + self.id

    @property
    def document(self) -> Obj:
        return {
            "kind": self.kind,
            "targets": list(self.targets),
            "since_ms": self.since_ms,
            "until_ms": self.until_ms,
        }


def fault_of(path: str, doc: Obj) -> Fault:
    return Fault(
        path.removeprefix(FAULTS), doc["kind"], tuple(doc["targets"]), doc["since_ms"], doc.get("until_ms")
    )


def active(records: Records) -> list[Fault]:
    """The oldest first."""
    found = (fault_of(path, doc) for path, doc in records.list(FAULTS).items())
    return sorted(found, key=lambda fault: (fault.since_ms, fault.id))


def to_begin(fault: Fault, records: Records, now: SimTime) -> list[Op]:
    """What puts a fault, or one with other targets in its place, into the world."""
    others = [each for each in active(records) if each.id != fault.id]
    return [Put(fault.path, encode(fault.document)), *_effects([*others, fault], records, now)]


def to_end(fault: Fault, records: Records, now: SimTime) -> list[Op]:
    """What takes it out of the world; what other faults take away stays away."""
    others = [each for each in active(records) if each.id != fault.id]
    return [Delete(fault.path), *_effects(others, records, now)]


def _effects(faults: Iterable[Fault], records: Records, now: SimTime) -> Iterator[Op]:
    """The records that have to be other ones when these and no more faults are active."""
    hit: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for fault in faults:
        hit[fault.kind] |= {*fault.targets} or {""}
    for path, machine in records.list(NODES).items():
        name = path.removeprefix(NODES)
        wanted = {key: value for key, value in machine.items() if key != "cut"}
        wanted["power"] = "off" if name in hit["power"] else "on"
        if name in hit["network"] or name in hit["kubelet"]:
            wanted["cut"] = "network" if name in hit["network"] else "kubelet"
        if wanted != machine:
            yield Put(path, encode({**wanted, "since_ms": now}))
    outages: Obj = {"dns": True} if hit["dns"] else {}
    if hit["registry"]:
        outages["registries"] = sorted(hit["registry"])
    if outages != (records.get(OUTAGES) or {}):
        yield Put(OUTAGES, encode(outages)) if outages else Delete(OUTAGES)


class Faults:
    """Ends faults whose time is up."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._world, self._clock = world, clock
        self._ends: dict[str, Timer] = {}  # by path; until it fires or the record goes

    def start(self) -> None:
        for path, doc in self._world.list(FAULTS).items():
            self._on_fault(path, doc, 0)
        self._world.watch(FAULTS, self._on_fault)

    def _on_fault(self, path: str, doc: Obj | None, revision: Revision) -> None:
        timer = self._ends.pop(path, None)
        if timer is not None:
            timer.cancel()
        until = doc.get("until_ms") if doc is not None else None
        if until is not None:
            due = max(until, self._clock.now())
            self._ends[path] = self._clock.call_at(
                due, partial(self._end, path, revision), label="fault ends"
            )

    def _end(self, path: str, cause: Revision) -> None:
        del self._ends[path]
        doc = self._world.get(path)
        if doc is None:
            return  # somebody has just removed it; word of that is on its way
        for op in to_end(fault_of(path, doc), self._world, self._clock.now()):
            self._world.write(op, actor=ACTOR, cause=cause)


def told_begin(doc: Obj) -> str:
    """What a fault does, in a sentence's words."""
    until, since = doc.get("until_ms"), doc["since_ms"]
    span = f" for {_span(until - since)}" if until is not None and until > since else ""
    names, many = _named(doc["targets"]), len(doc["targets"]) > 1
    return {
        "power": f"{names} {'lose their' if many else 'loses its'} power{span}",
        "kubelet": f"the kubelet of {names} stops{span}",
        "network": f"{names} {'are' if many else 'is'} cut off from the network{span}",
        "registry": f"{names} {'do' if many else 'does'} not answer{span}",
        "dns": f"cluster DNS does not answer{span}",
        "crash": f"{names} {'are' if many else 'is'} killed",
    }[doc["kind"]]


def told_end(doc: Obj) -> str:
    """What its end gives back; '' when nothing is."""
    names, many = _named(doc["targets"]), len(doc["targets"]) > 1
    return {
        "power": f"{names} {'have their' if many else 'has its'} power again",
        "kubelet": f"the kubelet of {names} runs again",
        "network": f"{names} {'are' if many else 'is'} back on the network",
        "registry": f"{names} {'answer' if many else 'answers'} again",
        "dns": "cluster DNS answers again",
        "crash": "",
    }[doc["kind"]]


def _named(names: list[str], most: int = 3) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def _span(milliseconds: int) -> str:
    for unit, word in ((_HOUR, "h"), (_MINUTE, "min")):
        if milliseconds % unit == 0:
            return f"{milliseconds // unit} {word}"
    return f"{milliseconds / _SECOND:g} s"
