"""One pod's worker: brings what runs on the node to what the Pod asks for, one turn at a time.

A turn depends on nothing but the Pod, its record, the host and the time; it changes the record and says what
happened. Between turns there is only `next_due`: whoever holds the record can go on, after any interruption.

Models: kubernetes v1.36 pkg/kubelet/pod_workers.go, kubelet.go (SyncPod, SyncTerminatingPod) and
pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodActions).
"""

from __future__ import annotations

from collections.abc import Iterator

from simcore.apimachinery.meta import Obj, is_terminating
from simcore.kubelet import prober
from simcore.kubelet.containers import Containers, is_sidecar, restarts
from simcore.kubelet.happenings import Happening
from simcore.kubelet.host import Host
from simcore.kubelet.records import ContainerRecord, PodRecord, Sandbox, Stop, Why
from simcore.kubelet.surroundings import specs_of
from simcore.kubelet.volumes import MountFault, shows

MOST_UPDATES = 500
"""Changes of one volume's files that are kept."""
MAX_STEPS = 1_000
"""More immediate steps than any pod can need in one turn."""
SANDBOX_RETRY_MS = 10_000
MOUNT_RETRY_MS, MOST_MOUNT_RETRY_MS = 500, 122_000
"""The first wait after a volume could not be mounted, and the longest; each is twice the one before."""
RUNNING = ("running", "starting")
DEADLINE = "Pod was active on the node longer than the specified deadline"


def take_turn(pod: Obj, record: PodRecord, host: Host, now: int) -> list[Happening]:
    """Does everything that can be done now. Changes `record`."""
    turn = _Turn(pod, record, host, now)
    if record.rejected is None:
        turn.run()
    return turn.happened


def next_due(pod: Obj, record: PodRecord) -> int | None:
    """When the worker must take its next turn even if nothing else happens."""
    if record.rejected is not None:
        return None
    dues: list[int | None] = []
    for c in record.containers.values():
        dues += (c.due, c.memory_at, prober.next_due(c) if c.probes else None)
    if record.stop is None:
        sandbox = record.sandbox
        dues += (record.mount_due, record.refresh_at, _deadline(pod, record))
        if sandbox is not None and not sandbox.used:
            dues.append(sandbox.ready_at)
    return min((due for due in dues if due is not None), default=None)


def ask_again(pod: Obj, record: PodRecord, host: Host, now: int) -> None:
    """The network has changed: the programs that have asked it go on with what is true now."""
    containers = Containers(pod, record, host, now, [])
    for spec in specs_of(pod):
        c = record.containers.get(spec["name"])
        if c is not None and c.answers:
            containers.ask_again(spec, c)


def is_over(record: PodRecord) -> bool:
    """Whether the pod's containers have ended for good."""
    return record.rejected is not None or (record.stop is not None and not _any_running(record))


def _any_running(record: PodRecord) -> bool:
    return any(c.phase in RUNNING for c in record.containers.values())


def _deadline(pod: Obj, record: PodRecord) -> int | None:
    seconds = pod["spec"].get("activeDeadlineSeconds")
    return None if seconds is None else record.accepted + seconds * 1000


class _Turn:
    def __init__(self, pod: Obj, record: PodRecord, host: Host, now: int) -> None:
        self.pod, self.record, self.host, self.now = pod, record, host, now
        self.happened: list[Happening] = []
        spec = pod["spec"]
        self.inits: list[Obj] = spec.get("initContainers") or []
        self.mains: list[Obj] = spec["containers"]
        self.guests: list[Obj] = spec.get("ephemeralContainers") or []
        self.policy: str = spec.get("restartPolicy", "Always")
        self.containers = Containers(pod, record, host, now, self.happened)

    def run(self) -> None:
        if self.record.boot != self.host.boot:
            self._after_reboot()
        for _ in range(MAX_STEPS):
            self._settle()
            self._decide()
            due = next_due(self.pod, self.record)
            if due is None or due > self.now:
                return
        raise AssertionError(
            f"the worker of {self.record.namespace}/{self.record.name} does not come to rest"
        )

    def _each(self, specs: list[Obj]) -> Iterator[tuple[Obj, ContainerRecord]]:
        return ((spec, self.record.container(spec["name"])) for spec in specs)

    def _settle(self) -> None:
        if self.record.refresh_at is not None and self.record.refresh_at <= self.now:
            self._refresh()
        if self.record.touched:
            self.record.touched = False
            self._follow_all()
        for spec, c in self._each([*self.inits, *self.mains, *self.guests]):
            if c.due is not None and c.due <= self.now:
                self.containers.settle(spec, c)
            if c.memory_at is not None and c.memory_at <= self.now:
                c.memory_at = None
            if c.probes:
                self.containers.probe(spec, c)
        sandbox = self.record.sandbox
        if sandbox is not None and sandbox.ready_at <= self.now:
            sandbox.used = True

    def _decide(self) -> None:
        why = self._why_stop()
        if why is not None:
            self._stop(why)
        elif self._volumes_are_mounted() and self._sandbox_is_up():
            self._start()

    def _why_stop(self) -> Why | None:
        record = self.record
        if record.evicted:
            return "evicted"
        if is_terminating(self.pod):
            return "deleted"
        if record.stop is not None:
            return record.stop.why
        deadline = _deadline(self.pod, record)
        if deadline is not None and deadline <= self.now and not self._is_finished():
            return "deadline"
        return "finished" if self._is_finished() else None

    def _is_finished(self) -> bool:
        """Whether everything has run that ever will."""
        if self.policy == "Always":
            return False
        if self._init_failed():
            return True
        return all(_ended_for_good(c, self.policy) for _, c in self._each(self.mains))

    def _init_failed(self) -> bool:
        return self.policy == "Never" and any(
            c.phase == "exited" and c.ended is not None and c.ended.code != 0
            for spec, c in self._each(self.inits)
            if not is_sidecar(spec)
        )

    def _volumes_are_mounted(self) -> bool:
        record, volumes = self.record, self.pod["spec"].get("volumes")
        if record.mounted or not volumes:
            return True
        if record.mount_due is not None and record.mount_due > self.now:
            return False
        faults = False
        for volume in volumes:
            try:
                if found := self.host.mount(volume, self.pod, record, self.now):
                    record.volumes[volume["name"]] = [*record.volumes.get(volume["name"], ()), *found]
            except MountFault as fault:
                faults = True
                text = f'MountVolume.SetUp failed for volume "{volume["name"]}" : {fault}'
                self.happened.append(Happening("Warning", "FailedMount", text))
        if not faults:
            record.mounted, record.mount_due = True, None
            return True
        record.mount_due = self.now + min(MOUNT_RETRY_MS << min(record.mount_tries, 10), MOST_MOUNT_RETRY_MS)
        record.mount_tries += 1
        return False

    def _refresh(self) -> None:
        """ConfigMaps and Secrets have changed: so do the files that containers see."""
        self.record.refresh_at = None
        changed = False
        for volume in self.pod["spec"].get("volumes") or () if self.record.mounted else ():
            if not shows(volume):
                continue
            try:
                found = self.host.mount(volume, self.pod, self.record, self.now)
            except MountFault:
                continue  # what is mounted stays
            if found:
                changed = True
                known = self.record.volumes.get(volume["name"], [])
                self.record.volumes[volume["name"]] = [*known, *found][-MOST_UPDATES:]
        if changed:
            self._follow_all()

    def _follow_all(self) -> None:
        """Files are others now: programs may take another course, and probes get other answers."""
        for spec, c in self._each([*self.inits, *self.mains, *self.guests]):
            self.containers.follow_anew(spec, c)
            for probe in c.probes.values():
                if probe.next_at is None:
                    probe.next_at = self.now

    def _sandbox_is_up(self) -> bool:
        sandbox = self.record.sandbox
        if sandbox is None or (sandbox.used and not sandbox.ip):
            self.record.sandbox = sandbox = self._new_sandbox(sandbox)
        return sandbox.used and bool(sandbox.ip)

    def _new_sandbox(self, before: Sandbox | None) -> Sandbox:
        """One without an address is a failure, and is tried again when it is due."""
        attempt = before.attempt + 1 if before is not None else 0
        ip = self.host.take_ip(self.pod)
        if ip is None:
            text = (
                "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: "
                'plugin type="bridge" failed (add): failed to allocate for range 0: no IP addresses available'
            )
            self.happened.append(Happening("Warning", "FailedCreatePodSandBox", text))
            return Sandbox(attempt, self.now + SANDBOX_RETRY_MS, "")
        ready_at = self.now + self.host.sandbox_ms(self.pod, attempt)
        return Sandbox(attempt, ready_at, ip, used=ready_at <= self.now)

    def _start(self) -> None:
        if not self.record.initialized and not self._initialize():
            return
        for spec, c in self._each(self.inits):
            if is_sidecar(spec):
                self.containers.ensure(spec, c, "Always")
        for spec, c in self._each(self.mains):
            self.containers.ensure(spec, c, self.policy)
        for spec, c in self._each(self.guests):
            self.containers.ensure(spec, c, "Never")

    def _initialize(self) -> bool:
        """Init containers one after the other; a sidecar has only to have started."""
        for spec, c in self._each(self.inits):
            if is_sidecar(spec):
                self.containers.ensure(spec, c, "Always")
                if not c.up:
                    return False
            elif c.phase != "exited" or c.ended is None or c.ended.code != 0:
                self.containers.ensure(spec, c, "Never" if self.policy == "Never" else "OnFailure")
                return False
        self.record.initialized = True
        return True

    def _stop(self, why: Why) -> None:
        """Main containers first, then the sidecars, last one first."""
        stop = self._order_to_stop(why)
        going = [spec for spec in self.inits if not is_sidecar(spec)] + self.mains
        going += self.guests
        running = [(spec, c) for spec, c in self._each(going) if c.phase == "running"]
        if not running:
            sidecars = [spec for spec in self.inits if is_sidecar(spec)]
            running = [(spec, c) for spec, c in self._each(sidecars) if c.phase == "running"][-1:]
        for spec, c in running:
            self.containers.kill(spec, c, max(stop.kill_at, self.now))

    def _order_to_stop(self, why: Why) -> Stop:
        pod, record = self.pod, self.record
        grace_s = pod["spec"].get("terminationGracePeriodSeconds", 30)
        if why == "deleted":
            grace_s = pod["metadata"].get("deletionGracePeriodSeconds", grace_s)
        if why == "evicted":
            grace_s = 0
        kill_at = self.now + grace_s * 1000
        if record.stop is None:
            record.stop = Stop(self.now, kill_at, why)
            record.mount_due = record.refresh_at = None
            for spec, c in self._each([*self.inits, *self.mains, *self.guests]):
                self.containers.cancel(spec, c)
            if why == "deadline":
                self.happened.append(Happening("Normal", "DeadlineExceeded", DEADLINE))
        elif kill_at < record.stop.kill_at:
            record.stop.kill_at = kill_at
        return record.stop

    def _after_reboot(self) -> None:
        """The machine was off in between: nothing runs any more, everything starts over in a new sandbox."""
        record = self.record
        record.boot = self.host.boot
        for spec, c in self._each([*self.inits, *self.mains, *self.guests]):
            self.containers.lose(spec, c, self.host.off_at)
            if spec in self.inits and c.phase == "exited" and record.stop is None:
                c.last, c.ended = c.ended, None
                c.phase, c.due, c.restarts = "waiting", None, c.restarts + 1
        if record.sandbox is not None and record.stop is None and not self._is_finished():
            text = "Pod sandbox changed, it will be killed and re-created."
            self.happened.append(Happening("Normal", "SandboxChanged", text))
            record.sandbox, record.initialized = self._new_sandbox(record.sandbox), False


def _ended_for_good(c: ContainerRecord, policy: str) -> bool:
    return c.phase == "exited" and c.ended is not None and not restarts(policy, c.ended)
