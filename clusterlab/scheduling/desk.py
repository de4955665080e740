"""Views of a resident cluster, now and at kept revisions, and the log of what its scheduler did."""

from __future__ import annotations

from clusterlab.hub import Resident
from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import EVENT, POD
from simcore.apimachinery.meta import Key, Obj
from simcore.etcd.interface import Entry, Revision
from simcore.etcd.memory_store import MemoryStore
from simcore.etcd.snapshot import restore, take
from simcore.kube_apiserver.local import LocalClient
from simcore.kube_apiserver.request import Request
from simcore.kube_apiserver.users import ADMIN
from simcore.kube_scheduler.configuration.model import Configuration
from simcore.kube_scheduler.explanation.history import MOST_KEPT, PastAttempt, Written, attempts_of
from simcore.kube_scheduler.explanation.still import still_context
from simcore.kube_scheduler.explanation.view import View
from simcore.kube_scheduler.world import CONFIG, configuration_of
from simcore.sim.rng import Rng

SCHEDULER = "kube-scheduler"
LONGEST_BASE = 200
LONGEST_CHAIN = 64
"""Writes of one attempt that are looked at: its victims, its binding, its Event."""


def configuration_now(resident: Resident) -> Configuration:
    return configuration_of(resident.record(CONFIG))


def view_now(resident: Resident) -> View:
    """Raises: StoreError."""
    resident.sync()
    with resident.guard:
        client = LocalClient(resident.server, SCHEDULER)
        return View(still_context(client, resident.clock, Rng(resident.seed)), configuration_now(resident))


def view_at(resident: Resident, revision: Revision) -> View:
    """Raises: Compacted, FutureRevision, StoreError."""
    with resident.guard:
        store = restore(take(resident.store, at=revision))
    kv = store.get(CONFIG)
    client = LocalClient(resident.server_on(store), SCHEDULER)
    configuration = configuration_of(decode(kv.value) if kv else None)
    return View(still_context(client, resident.clock, Rng(resident.seed)), configuration)


def fork_of(resident: Resident) -> MemoryStore:
    """A copy to try things on. Raises: StoreError."""
    resident.sync()
    with resident.guard:
        return restore(take(resident.store))


def as_admitted(resident: Resident, pod: Obj) -> Obj:
    """The pod as the API server would store it, with all defaults; nothing is stored. Raises: ApiError."""
    meta = {name: value for name, value in pod["metadata"].items() if name in ("namespace", "labels")}
    name = str(pod["metadata"].get("name") or "pod")[:LONGEST_BASE]
    spec = {name: value for name, value in pod["spec"].items() if name != "nodeName"}
    request = Request(ADMIN, SCHEDULER, dry_run=True)
    with resident.guard:
        wanted = {**pod, "metadata": {**meta, "generateName": f"{name}-"}, "spec": spec, "status": {}}
        return resident.server.create(POD, wanted, request)


def attempts(resident: Resident, pod: Key, uid: str) -> list[PastAttempt]:
    """As far back as the history is kept."""
    with resident.guard:
        replica = resident.store.replica
        entries = replica.entries_since(max(replica.kept_from - 1, 0))
    prefix = EVENT.path(Key(pod.namespace, f"{pod.name}."))
    places = [n for n, entry in enumerate(entries) if _is_event(entry, prefix)][-2 * MOST_KEPT :]
    kept: dict[int, Entry] = {}
    for place in places:
        kept |= _chain(entries, place)
    return attempts_of(uid, [_written(kept[place]) for place in sorted(kept)])


def _is_event(entry: Entry, prefix: str) -> bool:
    return entry.value is not None and entry.origin.actor == SCHEDULER and entry.key.startswith(prefix)


def _chain(entries: list[Entry], place: int) -> dict[int, Entry]:
    """The entry and the scheduler's writes right before it that have the same cause and instant."""
    last, found = entries[place].origin, {place: entries[place]}
    for number in range(place - 1, max(place - LONGEST_CHAIN, -1), -1):
        entry = entries[number]
        if entry.origin != last:
            break
        if entry.value is not None:
            found[number] = entry
    return found


def _written(entry: Entry) -> Written:
    assert entry.value is not None, entry.key
    return Written(entry.revision, entry.origin.at, entry.origin.cause, decode(entry.value))
