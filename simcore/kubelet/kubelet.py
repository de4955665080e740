"""The kubelet of one node: gives each pod its turns, writes what comes of them, follows the machine's power.

Models: kubernetes v1.36 pkg/kubelet/kubelet.go and pkg/kubelet/status/status_manager.go.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.errors import ApiError, Conflict, NotFound
from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Key, Obj, is_terminating, key_of, revision_of, uid_of
from simcore.apimachinery.quantity import whole
from simcore.client.context import ComponentContext
from simcore.client.recorder import EventRecorder
from simcore.kubelet.admission import (
    NOTHING,
    PORTS_TAKEN,
    PRESSURE,
    Rejection,
    amounts,
    clashes,
    host_ports,
    rejection,
    requests_of,
)
from simcore.kubelet.asking import Asking
from simcore.kubelet.containers import Blow, Containers
from simcore.kubelet.happenings import Happening
from simcore.kubelet.heartbeats import RENEW_MS, STATUS_MS, last_beat
from simcore.kubelet.images import Registries
from simcore.kubelet.lookup import Lookup
from simcore.kubelet.network import Network
from simcore.kubelet.node_host import NodeHost
from simcore.kubelet.pod_worker import ask_again, is_over, next_due, take_turn
from simcore.kubelet.pressure import TRANSITION_MS, Usage, first_to_go, is_short, message, usage_of
from simcore.kubelet.records import Machine, PodRecord, document
from simcore.kubelet.registration import TRIES, Registration
from simcore.kubelet.resize import judge, note_wishes, resize
from simcore.kubelet.static_pods import StaticPods, is_mirror
from simcore.kubelet.status import StatusWriter
from simcore.kubelet.volumes import MountFault, is_relabelled, references, shows, tells_of_pod
from simcore.kubelet.worker import Worker
from simcore.kubelet.world import VOLUMES, World, machine_path, record_path, reports, runtime_uid
from simcore.sim.clock import SimTime

log = logging.getLogger(__name__)

RETRY_MS = 10_000
REFRESH_MS = 60_000
"""How often a kubelet looks whether mounted ConfigMaps and Secrets are still the same."""
TERMINAL = ("Succeeded", "Failed")


class Kubelet:
    """One node's kubelet. While the machine is off it only remembers which pods there are."""

    def __init__(
        self,
        name: str,
        machine: Obj,
        memory: Machine,
        *,
        ctx: ComponentContext,
        world: World,
        writer: StatusWriter,
        registries: Callable[[], Registries],
        lookup: Lookup,
        network: Network | None,
        asking: Asking,
    ) -> None:
        self.name, self.machine = name, machine
        self._ctx, self._world, self._writer = ctx, world, writer
        self._clock, self._client, self._actor = ctx.clock, ctx.client, ctx.actor
        self._epoch_ms = ctx.clock.unix_ms() - ctx.clock.now()
        self.host = NodeHost(
            name, memory, rng=ctx.rng, latency=ctx.latency, epoch_ms=self._epoch_ms, registries=registries,
            lookup=lookup, network=network,
        )  # fmt: skip
        self.host.allocatable = machine
        self._registration = Registration(name, ctx)
        self._static = StaticPods(name, ctx, world)
        self._asking = asking
        self._recorder: EventRecorder | None = None  # made when there is something to say
        self._workers: dict[Key, Worker] = {}
        self._unmirrored: dict[Key, Worker] = {}  # static pods; until their mirrors are there again
        self._loaded: dict[Key, Worker] = {}  # whose containers take memory that counts
        self._deferred: set[Key] = set()  # pods that wait for room to grow; they go with their workers
        self._used = NOTHING  # the sum of the workers' requests

    @property
    def is_on(self) -> bool:
        return reports(self.machine)

    # -- the machine ---------------------------------------------------------------------------------------------

    def start(self, take_number: Callable[[], int]) -> None:
        """Goes on where the kubelet was left, or registers a new node."""
        if (since := self.host.machine.pressure_at) is not None:
            due = max(since + TRANSITION_MS, self._clock.now())
            self._clock.call_at(due, self._look_for_pressure, label="kubelet pressure")
        memory, node = self.host.machine, self._registration.node()
        self._client.cause = 0
        if self.is_on and not memory.is_on:
            self.power_on(take_number)
        elif (
            self.is_on and memory.registered and not self._registration.is_current(self.machine, memory.boot)
        ):
            self._register(take_number, new=node is None)
        elif self.is_on and memory.registered:
            self._static.sync(node)
        elif not self.is_on and memory.is_on and node is not None:
            self.power_off()
        elif not self.is_on:
            self.still_off()

    def power_off(self) -> None:
        """All on the machine stops, or its kubelet alone; what the kubelet last said is written down."""
        memory, now = self.host.machine, self._clock.now()
        memory.cut = self.machine.get("cut", "") if self.machine.get("power") == "on" else ""
        memory.is_on, memory.off_at = False, min(int(self.machine.get("since_ms", now)), now)
        self._write_memory()
        for worker in self._workers.values():
            worker.rest()
        was = {**self.machine, "since_ms": 0}
        lease, status = (last_beat(was, memory.off_at, every) for every in (RENEW_MS, STATUS_MS))
        self._registration.last_words(self._epoch_ms + lease, self._epoch_ms + status)

    def power_on(self, take_number: Callable[[], int]) -> None:
        memory = self.host.machine
        missing, memory.cut = memory.cut, ""
        memory.is_on, memory.registered, memory.boot = True, True, memory.boot + (not missing)
        self._write_memory()
        self._register(take_number, new=missing == "kubelet")
        if not missing:
            boot_id = self._ctx.rng.uid("boot", self.name, memory.boot)
            text = f"Node {self.name} has been rebooted, boot id: {boot_id}"
            self._registration.say("Rebooted", text, warning=True)
        for worker in self._workers.values():
            self._wake(worker)

    def still_off(self) -> None:
        """It was cut off only, and may have lost its power now."""
        if self.host.machine.cut and self.machine.get("power") != "on":
            self.host.machine.cut, self.host.machine.off_at = "", int(self.machine["since_ms"])
            self._write_memory()

    def strike(self, key: Key, revision: int, blow: Blow) -> None:
        """Somebody ends what runs in a pod, from outside."""
        worker = self._workers.get(key)
        if worker is not None and worker.record is not None and self.is_on:
            blow(worker.record, self._clock.now())
            worker.cause, worker.is_stored = revision, False
            self._wake(worker)

    def resize(self, take_number: Callable[[], int]) -> None:
        """The machine has got other resources or labels."""
        if self.host.machine.registered:
            self._register(take_number, new=False)

    def manifests_changed(self) -> None:
        """A static pod's manifest is there, is another one, or is gone."""
        self._static.manifests_changed()
        if self.is_on:
            self._static.sync(self._registration.node())
        for worker in self._workers.values():
            if is_mirror(worker.pod):
                self._wake(worker)

    def node_is_deleted(self) -> None:
        """A running kubelet doesn't register again, until the machine is restarted."""
        self.host.machine.registered = False
        self._registration.deleted()
        self._write_memory()

    def retire(self) -> None:
        """The machine is gone."""
        for worker in self._workers.values():
            worker.rest()
            if worker.record is not None:
                self._delete(record_path(self.name, runtime_uid(worker.pod)))
        self._delete(machine_path(self.name))

    def drop_record(self, uid: str) -> None:
        """The Pod was deleted while nobody looked."""
        self._delete(record_path(self.name, uid))

    def caused_by(self, revision: int) -> None:
        self._client.cause = revision

    def _register(self, take_number: Callable[[], int], *, new: bool) -> None:
        self.host.number = self._registration.register(
            self.machine, self.host.number or take_number(), self.host.boot
        )
        self._static.sync(self._registration.node())
        if new or self.host.boot > 1:
            self._registration.say("Starting", "Starting kubelet.")
            self._registration.say("NodeReady", f"Node {self.name} status is now: NodeReady")

    def _write_memory(self) -> None:
        doc = document(self.host.machine)
        self._world.put(machine_path(self.name), doc, actor=self._actor, cause=self._client.cause)

    def _delete(self, path: str) -> None:
        self._world.delete(path, actor=self._actor, cause=self._client.cause)

    # -- pods ----------------------------------------------------------------------------------------------------

    def take(self, pod: Obj, record: PodRecord | None) -> None:
        """A pod of this node, with what an earlier process knew of it."""
        worker = self._workers[key_of(pod)] = Worker(pod, record)
        if record is not None:
            self.host.remember(record)
            self._count(worker)
            self._asking.note(self.name, key_of(pod), record)
            if any(c.answers for c in record.containers.values()):
                self.network_changed(key_of(pod), revision_of(pod))
            if record.mounted and self._shows_other_files(worker):
                self.sources_changed(key_of(pod), revision_of(pod))
        self._wake(worker)

    def update(self, pod: Obj, revision: int) -> None:
        worker = self._workers.get(key_of(pod))
        if worker is None and key_of(pod) in self._unmirrored:
            worker = self._workers[key_of(pod)] = self._unmirrored.pop(key_of(pod))
        if worker is None:
            self.take(pod, None)
        elif revision > revision_of(worker.pod):  # else it is our own write, or older
            if worker.record is not None:
                note_wishes(worker.pod, pod, worker.record)
                if worker.record.mounted and is_relabelled(worker.pod, pod):
                    worker.record.refresh_at = self._clock.now()
                    worker.is_stored = False
            worker.pod, worker.cause = pod, revision
            self._wake(worker)

    def forget(self, key: Key, revision: int) -> None:
        """The Pod is gone: so is everything of it, at once."""
        worker = self._workers.pop(key, None)
        if worker is None:
            return
        worker.rest()
        self._client.cause = revision
        if is_mirror(worker.pod) and self._static.is_current(worker.pod):
            self._unmirrored[key] = worker
            if self.is_on:
                self._static.sync(self._registration.node())
            return
        self._asking.note(self.name, key, None)
        self._loaded.pop(key, None)
        self._deferred.discard(key)
        if worker.record is not None:
            self._discount(worker)
            if not is_over(worker.record):
                self.host.forget(worker.record)
            self._delete(record_path(self.name, runtime_uid(worker.pod)))
        if is_mirror(worker.pod) and self.is_on:
            self._static.sync(self._registration.node())

    def sources_changed(self, key: Key, revision: int) -> None:
        """A ConfigMap or Secret that the pod shows in a volume is another one now: it is seen with the next sync."""
        worker = self._workers.get(key)
        if (
            worker is None
            or worker.record is None
            or not worker.record.mounted
            or worker.record.refresh_at is not None
        ):
            return
        now, record = self._clock.now(), worker.record
        record.refresh_at = now + REFRESH_MS - (now - record.accepted) % REFRESH_MS
        worker.cause, worker.is_stored = revision, False
        self._wake(worker)

    def _shows_other_files(self, worker: Worker) -> bool:
        """Whether a source has changed while no kubelet looked."""
        pod, record, now = worker.pod, worker.record, self._clock.now()
        if record is None or is_over(record) or not (any(references(pod)) or tells_of_pod(pod)):
            return False
        with suppress(MountFault):
            return any(
                self.host.mount(volume, pod, record, now)
                for volume in pod["spec"]["volumes"]
                if shows(volume)
            )
        return False

    def network_changed(self, key: Key, revision: int) -> None:
        """Other answers may come to what the pod's programs have asked."""
        worker = self._workers.get(key)
        if worker is None or worker.record is None or not self.is_on:
            return
        worker.cause, worker.asks_again = revision, True
        self._wake(worker)

    def _wake(self, worker: Worker) -> None:
        if self.is_on:
            self._turn_at(worker, self._clock.now())

    def _turn_at(self, worker: Worker, due: SimTime | None) -> None:
        timer = worker.timer
        if timer is not None:
            if due is not None and timer.due <= due:
                return
            timer.cancel()
            worker.timer = None
        if due is not None:
            worker.timer = self._clock.call_at(due, partial(self._turn, worker), label="kubelet")

    def _turn(self, worker: Worker) -> None:
        worker.timer = None
        self._client.cause = worker.cause
        try:
            self._sync(worker)
        except NotFound:
            return  # the Pod has just been deleted; its watch event is on the way
        except ApiError as error:
            log.info("%d %s %s: %s", self._clock.now(), self._actor, key_of(worker.pod), error.message)
            self._turn_at(worker, self._clock.now() + RETRY_MS)

    def _sync(self, worker: Worker) -> None:
        pod, now = worker.pod, self._clock.now()
        if is_mirror(pod) and (is_terminating(pod) or not self._static.is_current(pod)):
            self._finish(pod)
            return
        if worker.record is None:
            if is_terminating(pod):
                self._finish(pod)
            if is_terminating(pod) or (pod.get("status") or {}).get("phase") in TERMINAL:
                return
        before = encode(worker.record) if worker.record is not None and worker.is_stored else b""
        worker.is_stored = True
        record, happened = self._accepted(worker)
        if worker.asks_again:
            worker.asks_again = False
            ask_again(pod, record, self.host, now)
        if record.allocated and worker.requests is not None:
            happened += self._resize(worker, record)
        happened += take_turn(pod, record, self.host, now)
        after = encode(record)
        if after != before:
            self._world.put(
                record_path(self.name, runtime_uid(pod)),
                document(record),
                actor=self._actor,
                cause=worker.cause,
            )
            self._asking.note(self.name, key_of(pod), record)
        if self.host.images_changed:
            self.host.images_changed = False
            self._write_memory()
        for path, files in self.host.left.items():
            self._world.put(VOLUMES + path, {"files": files}, actor=self._actor, cause=worker.cause)
        self.host.left.clear()
        over = is_over(record)
        if over and worker.requests is not None:
            self._discount(worker)
            self.host.forget(record)
        self._write_status(worker, record)
        self._report(pod, happened)
        if over and is_terminating(pod):
            self._finish(pod)
        else:
            self._turn_at(worker, next_due(pod, record))
        self._note_load(worker, record)

    def _note_load(self, worker: Worker, record: PodRecord) -> None:
        key = key_of(worker.pod)
        if any(c.memory_bytes for c in record.containers.values()) and not record.evicted:
            self._loaded[key] = worker
            self._look_for_pressure()
        elif key in self._loaded:
            del self._loaded[key]

    def _accepted(self, worker: Worker) -> tuple[PodRecord, list[Happening]]:
        """The pod's record: the one that there is, or a new one after admission."""
        if worker.record is not None:
            return worker.record, []
        pod = worker.pod
        meta, requests = pod["metadata"], requests_of(pod)
        node = self._registration.node()
        room = amounts((node or {}).get("status", {}).get("allocatable") or {})
        refused = rejection(pod, node, requests, self._used, room) or self._rejection_here(worker)
        record = PodRecord(meta["namespace"], meta["name"], self.host.boot, self._clock.now(), refused)
        worker.record = record
        if refused is not None:
            return record, [Happening("Warning", *refused)]
        worker.requests = requests
        self._used = self._used.plus(requests)
        return record, []

    def _resize(self, worker: Worker, record: PodRecord) -> list[Happening]:
        """Other resources for a running pod, if the node has room for them."""
        assert worker.requests is not None
        pod, wanted, others = worker.pod, requests_of(worker.pod), self._used.minus(worker.requests)
        room = amounts(((self._registration.node() or {}).get("status") or {}).get("allocatable") or {})
        pending = judge(wanted, others, room)
        self._deferred.discard(key_of(pod))
        if pending is None:
            worker.requests, self._used = wanted, others.plus(wanted)
        elif pending.reason == "Deferred":
            self._deferred.add(key_of(pod))
        happened: list[Happening] = []
        containers = Containers(pod, record, self.host, self._clock.now(), happened)
        return happened + resize(pod, record, pending, containers)

    def _rejection_here(self, worker: Worker) -> Rejection | None:
        """What only the pods on the node decide."""
        wanted = host_ports(worker.pod)
        others = (w.pod for w in self._workers.values() if w is not worker and w.requests is not None)
        if wanted and any(clashes(wanted, host_ports(pod)) for pod in others):
            return PORTS_TAKEN
        best_effort = (worker.pod.get("status") or {}).get("qosClass") == "BestEffort"
        return PRESSURE if best_effort and self.host.machine.pressure_at is not None else None

    def _look_for_pressure(self) -> None:
        """Ends the pod that must go when the node is short of memory; tells when that is over."""
        if not self._loaded and self.host.machine.pressure_at is None:
            return
        now, machine, capacity = self._clock.now(), self.host.machine, whole(self.machine.get("memory", "0"))
        usages = [usage_of(w.pod, w.record) for w in self._loaded.values() if w.record is not None]
        if is_short(capacity, usages):
            if machine.pressure_at is None:
                self._registration.say("EvictionThresholdMet", "Attempting to reclaim memory", warning=True)
                self._registration.memory_pressure(under=True)
            machine.pressure_at = now
            self._write_memory()
            self._clock.call_later(TRANSITION_MS, self._look_for_pressure, label="kubelet pressure")
            self._evict(first_to_go(usages), capacity - sum(usage.total for usage in usages))
        elif machine.pressure_at is not None and now - machine.pressure_at >= TRANSITION_MS and self.is_on:
            machine.pressure_at = None
            self._write_memory()
            self._registration.memory_pressure(under=False)

    def _evict(self, usage: Usage | None, available: int) -> None:
        worker = self._workers.get(key_of(usage.pod)) if usage is not None else None
        if usage is None or worker is None or worker.record is None:
            return
        text = message(usage, available)
        worker.record.evicted, worker.is_stored = text, False
        self._loaded.pop(key_of(worker.pod), None)
        self._report(worker.pod, [Happening("Warning", "Evicted", text)])
        self._wake(worker)

    def _write_status(self, worker: Worker, record: PodRecord) -> None:
        """Against the newest Pod; others write to its status, too."""
        for _ in range(TRIES):
            pod = worker.pod
            status = self._writer.status(pod, record, self.host.ip, self._clock.now())
            if status == pod.get("status"):
                return
            try:
                worker.pod = self._client.update_status(POD, {**pod, "status": status})
            except Conflict:
                newest = self._client.get(POD, key_of(pod))
                if uid_of(newest) != uid_of(pod):
                    return  # another pod of that name; this one is gone
                worker.pod = newest
                self._wake(worker)
                continue
            worker.cause = revision_of(worker.pod)
            return

    def _report(self, pod: Obj, happened: list[Happening]) -> None:
        if happened and self._recorder is None:
            self._recorder = self._ctx.recorder("kubelet", self.name)
        if is_mirror(pod):  # Events are about the static pod, whose uid is its manifest's hash
            pod = {**pod, "metadata": {**pod["metadata"], "uid": runtime_uid(pod)}}
        for level, reason, text, where in happened:
            assert self._recorder is not None
            self._recorder.event(pod, level, reason, text, field_path=where)

    def _finish(self, pod: Obj) -> None:
        """Nothing of the pod is left on the node, so the Pod may go."""
        meta = pod["metadata"]
        if meta.get("finalizers") and meta.get("deletionGracePeriodSeconds") == 0:
            return  # has been told already; the finalizers hold it
        with suppress(NotFound, Conflict):  # it is gone, or another one has its name
            self._client.delete(POD, key_of(pod), uid=uid_of(pod), grace_s=0)

    def _count(self, worker: Worker) -> None:
        if worker.record is not None and not is_over(worker.record):
            worker.requests = requests_of(worker.pod)
            self._used = self._used.plus(worker.requests)

    def _discount(self, worker: Worker) -> None:
        if worker.requests is not None:
            self._used = self._used.minus(worker.requests)
            worker.requests = None
            for key in sorted(self._deferred):
                self._wake(self._workers[key])
