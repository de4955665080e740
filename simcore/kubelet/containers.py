"""Moves one container from phase to phase: pull, create, run, end, wait, run again.

Models: kubernetes v1.36 pkg/kubelet/kuberuntime/kuberuntime_manager.go (startContainer, doBackOff, killContainer)
and pkg/kubelet/images/image_manager.go (EnsureImageExists).
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.kubelet import prober
from simcore.kubelet.backoff import go_duration, note_restart, pull_delay, restart_delay
from simcore.kubelet.happenings import Happening, field_path, pod_text
from simcore.kubelet.host import Host
from simcore.kubelet.images import ImageName, InvalidImageName, parse
from simcore.kubelet.records import ContainerRecord, PodRecord, Run

SYNC_MS = 1_000
"""How long after a failure the kubelet looks again, and says that it backs off."""
AFTER_HOOK_MS = 2_000
"""What a container gets after a preStop hook that took the whole grace."""
KILLED = 137
START_FAILED = 128


class Containers:
    """The containers of one pod during one turn of its worker. Changes the record."""

    def __init__(self, pod: Obj, record: PodRecord, host: Host, now: int, happened: list[Happening]) -> None:
        self.pod, self.record, self.host, self.now, self._happened = pod, record, host, now, happened
        self._inits = {id(spec) for spec in pod["spec"].get("initContainers") or ()}

    def settle(self, spec: Obj, c: ContainerRecord) -> None:
        """Does what its time has come for."""
        match c.phase:
            case "pulling":
                self._pulled(spec, c)
            case "pull-failed":
                self._back_off_pulling(spec, c)
            case "pull-backoff":
                self._begin(spec, c)
            case "creating":
                self._run(spec, c)
            case "running":
                self._end(c)
            case "exited":
                self._back_off_restarting(spec, c)
            case "crash-backoff":
                self._restart(spec, c)
            case _:
                raise AssertionError((c.phase, c.due))

    def ensure(self, spec: Obj, c: ContainerRecord, policy: str) -> None:
        """Starts what should run and doesn't."""
        if c.phase == "waiting" and not c.reason:
            self._begin(spec, c)
        elif c.phase == "exited" and c.due is None and c.ended is not None and restarts(policy, c.ended):
            delay = restart_delay(c, c.ended)
            if delay:
                c.due = c.ended.finished + SYNC_MS
            else:
                self._restart(spec, c)

    def kill(self, spec: Obj, c: ContainerRecord, kill_at: int) -> None:
        """SIGTERM now, SIGKILL at `kill_at`; an earlier end of its own stands."""
        if c.phase != "running":
            return
        if c.killed:
            self._end_by(c, kill_at, KILLED)
        else:
            self._signal(spec, c, kill_at, f"Stopping container {spec['name']}")

    def probe(self, spec: Obj, c: ContainerRecord) -> None:
        """Asks the probes that are due."""
        for kind in prober.due_kinds(c, self.now):
            if kind not in c.probes:
                continue  # a probe before it has ended this run
            probe = spec[f"{kind}Probe"]
            answer = self.host.answer(probe, self.pod, spec, self.record, c.started, self.now)
            if not answer.ok:
                text = f"{kind.capitalize()} probe failed: {answer.message}"
                self._say(spec, "Warning", "Unhealthy", text)
            outcome = prober.note(kind, spec, c, answer, self.now)
            if outcome is not None and not outcome.ok and kind != "readiness":
                self._kill_unhealthy(spec, c, kind)

    def cancel(self, c: ContainerRecord) -> None:
        """Makes sure that nothing begins any more."""
        if c.phase != "running":
            c.due = None
            if c.phase in ("pulling", "creating"):
                c.phase = "waiting"

    def lose(self, c: ContainerRecord, at: int) -> None:
        """The machine went off under it."""
        if c.phase == "running":
            c.due, c.code = at, 255
            self._end(c, "Unknown")
            c.backoff_ms = 0
        elif c.phase in ("pulling", "creating"):
            c.phase, c.due = "waiting", None

    def _kill_unhealthy(self, spec: Obj, c: ContainerRecord, kind: str) -> None:
        pod_spec, probe = self.pod["spec"], spec[f"{kind}Probe"]
        grace_s = probe.get(
            "terminationGracePeriodSeconds", pod_spec.get("terminationGracePeriodSeconds", 30)
        )
        again = is_sidecar(spec) or pod_spec.get("restartPolicy") != "Never"
        text = f"Container {spec['name']} failed {kind} probe" + (", will be restarted" if again else "")
        self._signal(spec, c, self.now + grace_s * 1000, text)

    def _signal(self, spec: Obj, c: ContainerRecord, kill_at: int, message: str) -> None:
        self._say(spec, "Normal", "Killing", message)
        c.killed, c.probes = True, {}
        program = self.host.program(self.pod, spec, self.record, c.started)
        hook_ms = self.host.pre_stop_ms(self.pod, spec, self.record, c.started, self.now)
        if hook_ms is None or self.now + hook_ms > kill_at:
            kill_at += AFTER_HOOK_MS
        elif program.stop_ms is not None and self.now + hook_ms + program.stop_ms <= kill_at:
            self._end_by(c, self.now + hook_ms + program.stop_ms, program.stop_code)
            return
        self._end_by(c, kill_at, KILLED)

    def _say(self, spec: Obj, level: str, reason: str, message: str) -> None:
        where = field_path(spec, init=id(spec) in self._inits)
        self._happened.append(
            Happening("Warning" if level == "Warning" else "Normal", reason, message, where)
        )

    def _begin(self, spec: Obj, c: ContainerRecord) -> None:
        """Sees to the image first."""
        try:
            image = parse(spec["image"])
        except InvalidImageName as error:
            self._give_up(spec, c, "InvalidImageName", str(error), "InspectFailed")
            return
        policy, here = spec.get("imagePullPolicy", "IfNotPresent"), self.host.has_image(image)
        if here and policy != "Always":
            text = (
                f'Container image "{spec["image"]}" already present on machine and can be accessed by the pod'
            )
            self._say(spec, "Normal", "Pulled", text)
            self._create(spec, c)
        elif policy == "Never":
            text = f'Container image "{spec["image"]}" is not present with pull policy of Never'
            self._give_up(spec, c, "ErrImageNeverPull", text, "ErrImageNeverPull")
        else:
            self._say(spec, "Normal", "Pulling", f'Pulling image "{spec["image"]}"')
            pull = self.host.pull(image, self.pod, self.now, c.restarts + c.pull_failures)
            c.phase, c.due, c.pull_began, c.pull_ms = "pulling", pull.done_at, self.now, pull.took_ms

    def _give_up(self, spec: Obj, c: ContainerRecord, why: str, message: str, reason: str) -> None:
        c.phase, c.due, c.reason, c.message = "waiting", None, why, message
        self._say(spec, "Warning", reason, message)
        self._say(spec, "Warning", "Failed", f"Error: {why}")

    def _pulled(self, spec: Obj, c: ContainerRecord) -> None:
        image = parse(spec["image"])
        error = self.host.pull_error(image)
        if error is None:
            self._say(spec, "Normal", "Pulled", self._pull_report(spec, image, c))
            self.host.keep_image(image)
            self._create(spec, c)
            return
        c.pull_failures += 1
        c.phase, c.due, c.message = "pull-failed", self.now + SYNC_MS, error
        self._say(spec, "Warning", "Failed", f'Failed to pull image "{spec["image"]}": {error}')
        self._say(spec, "Warning", "Failed", "Error: ErrImagePull")

    def _pull_report(self, spec: Obj, image: ImageName, c: ContainerRecord) -> str:
        took, waited = go_duration(c.pull_ms), go_duration(self.now - c.pull_began)
        size = self.host.image_bytes(image)
        text = f'Successfully pulled image "{spec["image"]}" in {took} ({waited} including waiting)'
        return f"{text}. Image size: {size} bytes."

    def _back_off_pulling(self, spec: Obj, c: ContainerRecord) -> None:
        c.phase, c.due = "pull-backoff", self.now - SYNC_MS + pull_delay(c.pull_failures)
        self._say(spec, "Normal", "BackOff", f'Back-off pulling image "{spec["image"]}"')
        self._say(spec, "Warning", "Failed", "Error: ImagePullBackOff")

    def _create(self, spec: Obj, c: ContainerRecord) -> None:
        c.image_here, c.pull_failures, c.message = True, 0, ""
        c.phase = "creating"
        c.due = self.now + self.host.start_ms(self.pod, spec["name"], c.restarts)

    def _run(self, spec: Obj, c: ContainerRecord) -> None:
        self._say(spec, "Normal", "Created", "Container created")
        program = self.host.program(self.pod, spec, self.record, self.now)
        if program.start_error:
            self._say(spec, "Warning", "Failed", f"Error: {program.start_error}")
            c.ended = Run(c.restarts, None, self.now, START_FAILED, "StartError", program.start_error)
            c.phase, c.due = "exited", None
            return
        self._say(spec, "Normal", "Started", "Container started")
        c.phase, c.started, c.code, c.killed = "running", self.now, program.code, False
        c.due = None if program.lifetime_ms is None else self.now + program.lifetime_ms
        prober.begin(spec, c)

    def _end(self, c: ContainerRecord, reason: str = "") -> None:
        assert c.due is not None
        reason = reason or ("Completed" if c.code == 0 else "Error")
        c.ended = Run(c.restarts, c.started, c.due, c.code, reason)
        c.phase, c.due, c.up, c.ready, c.probes = "exited", None, False, False, {}

    @staticmethod
    def _end_by(c: ContainerRecord, at: int, code: int) -> None:
        if c.due is None or c.due > at:
            c.due, c.code = at, code

    def _back_off_restarting(self, spec: Obj, c: ContainerRecord) -> None:
        assert c.ended is not None
        c.phase, c.due = "crash-backoff", c.ended.finished + restart_delay(c, c.ended)
        text = f"Back-off restarting failed container {spec['name']} in pod {pod_text(self.pod)}"
        self._say(spec, "Warning", "BackOff", text)

    def _restart(self, spec: Obj, c: ContainerRecord) -> None:
        assert c.ended is not None
        note_restart(c, c.ended, self.now)
        c.last, c.ended, c.restarts = c.ended, None, c.restarts + 1
        self._begin(spec, c)


def restarts(policy: str, run: Run) -> bool:
    """Whether a restart policy asks for another run after this one."""
    return policy == "Always" or (policy == "OnFailure" and run.code != 0)


def is_sidecar(spec: Obj) -> bool:
    """An init container that stays: a native sidecar."""
    return spec.get("restartPolicy") == "Always"
