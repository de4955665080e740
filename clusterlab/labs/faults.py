"""Faults in clusters: ordered, removed, listed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from clusterlab.hub import Resident
from clusterlab.labs.services import write_world
from clusterlab.labs.spec import BadSpec
from clusterlab.labs.tokens import new_id
from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Key
from simcore.cluster.faults import KINDS, OF_MACHINES, Fault, FaultKind, active, to_begin, to_end
from simcore.cluster.world import NODES
from simcore.sim.clock import SimTime

MOST_FAULTS = 50
MOST_TARGETS = 5_000
LONGEST_S = 30 * 24 * 3600


class NoSuchNode(LookupError):
    """No machine of this name."""


class NoSuchFault(LookupError):
    """It has been removed, or has ended."""


def wished(
    resident: Resident, kind: FaultKind, targets: Iterable[str], duration_s: float | None = None
) -> Fault:
    """A fault that begins now and is not written yet. Raises: BadSpec, NoSuchNode, StoreError."""
    resident.sync()
    names = tuple(dict.fromkeys(targets))
    _check(resident, kind, names, duration_s)
    now = _now(resident)
    until = None if duration_s is None else now + int(duration_s * 1000)
    return Fault(new_id(), kind, names, now, now if kind == "crash" else until)


def order(
    resident: Resident,
    actor: str,
    kind: FaultKind,
    targets: Iterable[str],
    duration_s: float | None = None,
) -> Fault:
    """Begins at once and ends by itself, if it has a duration. Raises: BadSpec, NoSuchNode, StoreError."""
    fault = wished(resident, kind, targets, duration_s)
    if len(active(resident.world)) >= MOST_FAULTS:
        raise BadSpec(f"{MOST_FAULTS} faults are active; remove one first")
    write_world(resident, to_begin(fault, resident.world, fault.since_ms), actor)
    return fault


def remove(resident: Resident, fault_id: str, actor: str) -> None:
    """Raises: NoSuchFault, StoreError."""
    resident.sync()
    fault = next((each for each in active(resident.world) if each.id == fault_id), None)
    if fault is None:
        raise NoSuchFault(fault_id)
    write_world(resident, to_end(fault, resident.world, _now(resident)), actor)


def spare(resident: Resident, node: str, actor: str, kinds: Sequence[str]) -> None:
    """Faults of these kinds leave a machine alone from now on. Raises: StoreError."""
    now = _now(resident)
    for fault in active(resident.world):
        if fault.kind not in kinds or node not in fault.targets:
            continue
        left = fault._replace(targets=tuple(name for name in fault.targets if name != node))
        ops = to_begin(left, resident.world, now) if left.targets else to_end(fault, resident.world, now)
        write_world(resident, ops, actor)


def _check(resident: Resident, kind: FaultKind, names: tuple[str, ...], duration_s: float | None) -> None:
    if kind not in KINDS:
        raise BadSpec(f"kind={kind!r} is none of {', '.join(KINDS)}")
    if duration_s is not None and not 0 < duration_s <= LONGEST_S:
        raise BadSpec(f"duration_s={duration_s:g} is not between 0 and {LONGEST_S}")
    if (kind == "dns") == bool(names) or len(names) > MOST_TARGETS:
        raise BadSpec("dns takes no targets, every other fault between 1 and 5000")
    for name in names:
        if kind in OF_MACHINES and resident.record(NODES + name) is None:
            raise NoSuchNode(name)
        if kind == "crash" and not _is_pod(resident, name):
            raise BadSpec(f"there is no pod {name}")


def _now(resident: Resident) -> SimTime:
    """Never before what has been written already."""
    with resident.guard:
        replica = resident.store.replica
        newest = replica.entries_since(max(replica.revision - 1, replica.kept_from - 1))
    return max(resident.clock.now(), *(entry.origin.at for entry in newest), 0)


def _is_pod(resident: Resident, name: str) -> bool:
    namespace, _, rest = name.partition("/")
    return bool(rest) and resident.store.get(POD.path(Key(namespace, rest))) is not None
