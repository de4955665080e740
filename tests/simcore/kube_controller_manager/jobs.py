"""A stage for Jobs: pods end when the test says so."""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.kinds import JOB, POD
from simcore.apimachinery.meta import Obj, is_terminating, key_of
from simcore.kube_controller_manager.manager import ControllerManager
from simcore.kube_controller_manager.pods import is_active, phase_of
from simcore.sim.latency import INSTANT, LatencyProfile
from tests.kit.control_plane import ControlPlane, register, set_ready

Seconds = int


class Stage:
    """A Job `work` on one node."""

    def __init__(self, latency: LatencyProfile = INSTANT) -> None:
        self.plane = ControlPlane(latency=latency)
        register(self.plane, "node-1")
        ControllerManager(self.plane.ctx).start()

    def given(self, *, restart: str = "Never", **spec: Any) -> None:
        self.plane.given(job(restart=restart, **spec))
        self.plane.advance(100)

    def patch(self, **spec: Any) -> None:
        self.plane.patch(JOB, "work", {"spec": spec})
        self.plane.advance(100)

    def after(self, seconds: float) -> None:
        self.plane.advance(int(seconds * 1000))

    def end(self, pod: Obj, *, exit_code: int = 0, **status: Any) -> None:
        """The pod's only container ends now; the controller has taken notice when this returns."""
        ended = {"exitCode": exit_code, "finishedAt": self.plane.clock.timestamp()}
        container = {
            "name": "main", "image": "x", "imageID": "", "ready": False, "restartCount": 0,
            "state": {"terminated": ended},
        }  # fmt: skip
        phase = "Failed" if exit_code else "Succeeded"
        patch = {"status": {"phase": phase, "containerStatuses": [container]} | status}
        self.plane.api.patch(POD, key_of(pod), patch, subresource="status")
        self.after(1.1)

    def run(self, *pods: Obj) -> None:
        for pod in pods:
            self.plane.api.bind(key_of(pod), pod["metadata"]["uid"], "node-1")
            set_ready(self.plane, self.plane.get(POD, pod["metadata"]["name"]))
        self.after(1.1)

    def stop(self, pod: Obj) -> None:
        """What its kubelet does to a pod that was told to end."""
        self.plane.patch(POD, pod["metadata"]["name"], {"status": {"phase": "Failed"}}, subresource="status")
        self.plane.delete(POD, pod["metadata"]["name"], grace_s=0)
        self.after(1.1)

    @property
    def job(self) -> Obj:
        return self.plane.get(JOB, "work")

    @property
    def status(self) -> Obj:
        found: Obj = self.job["status"]
        return found

    @property
    def pods(self) -> list[Obj]:
        """In the order of their creation."""
        return sorted(self.plane.list(POD), key=lambda p: (p["metadata"]["creationTimestamp"], key_of(p)))

    @property
    def active(self) -> list[Obj]:
        return [pod for pod in self.pods if is_active(pod)]

    @property
    def terminating(self) -> list[Obj]:
        return [pod for pod in self.pods if is_terminating(pod) and phase_of(pod) == "Running"]

    @property
    def conditions(self) -> list[tuple[str, str, str]]:
        """(type, reason, message) of those that hold, in the order in which they came."""
        found = self.status.get("conditions") or []
        return [
            (c["type"], c.get("reason", ""), c.get("message", "")) for c in found if c["status"] == "True"
        ]

    @property
    def reasons(self) -> list[str]:
        return [reason for reason, _ in self.plane.events("work")]


def job(name: str = "work", *, restart: str = "Never", **spec: Any) -> Obj:
    pod_spec = {"containers": [{"name": "main", "image": "x"}], "restartPolicy": restart}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {"template": {"spec": pod_spec}} | spec,
    }
