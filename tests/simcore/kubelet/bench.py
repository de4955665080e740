"""A pod worker on a bench: the state machine alone, with a real host and a hand on the clock."""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.kubelet.images import Registries
from simcore.kubelet.node_host import NodeHost
from simcore.kubelet.pod_worker import is_over, next_due, take_turn
from simcore.kubelet.records import Machine, PodRecord, document, pod_record
from simcore.kubelet.status import StatusWriter
from simcore.sim.latency import INSTANT, LatencyProfile
from simcore.sim.rng import Rng


class Bench:
    """One pod from its acceptance at time 0 on."""

    def __init__(self, *, latency: LatencyProfile = INSTANT, **spec: Any) -> None:
        rng = Rng(1)
        self.host = NodeHost(
            "node-1", Machine(), rng=rng, latency=latency, epoch_ms=0, registries=lambda: Registries(("404",))
        )
        self.host.number = 1
        self.pod: Obj = {
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "web", "namespace": "default", "uid": "u1", "generation": 1},
            "spec": {"restartPolicy": "Always", "terminationGracePeriodSeconds": 30} | spec,
        }  # fmt: skip
        self.record = PodRecord("default", "web", 1, 0)
        self.now = 0
        self.writer = StatusWriter(rng, 0)
        self.events: list[tuple[int, str, str]] = []  # (when, reason, container)
        self._turn()

    def advance(self, ms: int) -> None:
        """Takes every turn that falls due until then, the record stored and read again in between."""
        end = self.now + ms
        while (due := next_due(self.pod, self.record)) is not None and due <= end:
            self.now = due
            self.record = pod_record(document(self.record))
            self._turn()
        self.now = end

    def delete(self, grace_s: int) -> None:
        meta = {"deletionTimestamp": "1970-01-01T01:00:00Z", "deletionGracePeriodSeconds": grace_s}
        self.pod = {**self.pod, "metadata": {**self.pod["metadata"], **meta}}
        self._turn()

    def reboot(self, off_ms: int) -> None:
        """The machine is off for a while, from now on."""
        self.host.machine.off_at, self.host.machine.boot = self.now, self.host.machine.boot + 1
        self.now += off_ms
        self._turn()

    def status(self) -> Obj:
        return self.writer.status(self.pod, self.record, self.host.ip, self.now)

    def phases(self) -> dict[str, str]:
        return {name: c.phase for name, c in self.record.containers.items()}

    def happened(self, reason: str) -> list[tuple[int, str]]:
        """(seconds, container) of each event of a reason."""
        return [(when // 1000, container) for when, kind, container in self.events if kind == reason]

    @property
    def is_over(self) -> bool:
        return is_over(self.record)

    def _turn(self) -> None:
        for happening in take_turn(self.pod, self.record, self.host, self.now):
            container = happening.field_path.rpartition("{")[2].rstrip("}")
            self.events.append((self.now, happening.reason, container))


def container(name: str = "main", script: str = "", **fields: Any) -> Obj:
    """A container of an image that ends at once on SIGTERM; with a script, one that ignores the signal."""
    if script:
        return {"name": name, "image": "busybox:1.36", "command": ["sh", "-c", script], **fields}
    return {"name": name, "image": "shop:1", **fields}


def sidecar(name: str, script: str = "") -> Obj:
    return container(name, script, restartPolicy="Always")
