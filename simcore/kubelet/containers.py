"""Moves one container from phase to phase: pull, create, run, end, wait, run again.

Models: kubernetes v1.36 pkg/kubelet/kuberuntime/kuberuntime_manager.go (startContainer, doBackOff, killContainer)
and pkg/kubelet/images/image_manager.go (EnsureImageExists).
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from simcore.apimachinery.meta import Obj
from simcore.kubelet import prober
from simcore.kubelet.backoff import go_duration, note_restart, pull_delay, restart_delay
from simcore.kubelet.environment import ConfigFault
from simcore.kubelet.happenings import Happening, field_path, pod_text
from simcore.kubelet.host import Host
from simcore.kubelet.images import ImageName, InvalidImageName, parse
from simcore.kubelet.memory import end_of
from simcore.kubelet.records import ContainerRecord, PodRecord, Run
from simcore.kubelet.runtime.container import follows_a_script
from simcore.kubelet.runtime.program import Program
from simcore.kubelet.runtime.replies import MOST_QUESTIONS, Since, question_of
from simcore.kubelet.security import user_fault
from simcore.kubelet.surroundings import specs_of
from simcore.kubelet.traces import leave_files, termination_message, traces_matter

SYNC_MS = 1_000
"""How long after a failure the kubelet looks again, and says that it backs off."""
CONFIG_RETRY_MS = 10_000
"""How long after a container could not be configured the kubelet tries again."""
AFTER_HOOK_MS = 2_000
"""What a container gets after a preStop hook that took the whole grace."""
MOST_CHANGES = 20
"""Of one answer of the network; older ones are forgotten."""
KILLED = 137
START_FAILED = 128


class Containers:
    """The containers of one pod during one turn of its worker. Changes the record."""

    def __init__(self, pod: Obj, record: PodRecord, host: Host, now: int, happened: list[Happening]) -> None:
        self.pod, self.record, self.host, self.now, self._happened = pod, record, host, now, happened

    def settle(self, spec: Obj, c: ContainerRecord) -> None:
        """Does what its time has come for."""
        match c.phase:
            case "pulling":
                self._pulled(spec, c)
            case "pull-failed":
                self._back_off_pulling(spec, c)
            case "pull-backoff" | "config-error":
                self._begin(spec, c)
            case "starting":
                self._after_post_start(spec, c)
            case "creating":
                self._run(spec, c)
            case "running":
                self._end(spec, c)
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

    def cancel(self, spec: Obj, c: ContainerRecord) -> None:
        """Makes sure that nothing begins any more."""
        if c.phase == "starting":
            self._go_on(spec, c)
        elif c.phase != "running":
            c.due = None
            if c.phase in ("pulling", "creating"):
                c.phase = "waiting"

    def lose(self, spec: Obj, c: ContainerRecord, at: int) -> None:
        """The machine went off under it."""
        if c.phase in ("running", "starting"):
            c.due, c.code, c.oom_at = at, 255, None
            self._end(spec, c, "Unknown")
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
        hook_ms = self._pre_stop(spec, c)
        if hook_ms is None or self.now + hook_ms > kill_at:
            kill_at += AFTER_HOOK_MS
        elif program.stop_ms is not None and self.now + hook_ms + program.stop_ms <= kill_at:
            self._end_by(c, self.now + hook_ms + program.stop_ms, program.stop_code)
            return
        self._end_by(c, kill_at, KILLED)

    def _pre_stop(self, spec: Obj, c: ContainerRecord) -> int | None:
        """How long the hook holds the signal back; None: for ever."""
        if "preStop" not in (spec.get("lifecycle") or {}):
            return 0
        ran = self.host.hook("preStop", self.pod, spec, self.record, c.started, self.now)
        if not ran.ok:
            self._say(spec, "Warning", "FailedPreStopHook", "PreStopHook failed")
        return ran.took_ms

    def _say(self, spec: Obj, level: str, reason: str, message: str) -> None:
        where = field_path(self.pod, spec)
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
            self._look_for_secrets()
            self._say(spec, "Normal", "Pulling", f'Pulling image "{spec["image"]}"')
            pull = self.host.pull(image, self.pod, self.now, c.restarts + c.pull_failures)
            c.phase, c.due, c.pull_began, c.pull_ms = "pulling", pull.done_at, self.now, pull.took_ms

    def _look_for_secrets(self) -> None:
        names = [secret.get("name", "") for secret in self.pod["spec"].get("imagePullSecrets") or ()]
        if lost := [name for name in names if not self.host.has_secret(self.pod, name)]:
            text = f"Unable to retrieve some image pull secrets ({', '.join(lost)}); "
            text += "attempting to pull the image may not succeed."
            self._happened.append(Happening("Warning", "FailedToRetrieveImagePullSecret", text))

    def _give_up(self, spec: Obj, c: ContainerRecord, why: str, message: str, reason: str) -> None:
        c.phase, c.due, c.reason, c.message = "waiting", None, why, message
        self._say(spec, "Warning", reason, message)
        self._say(spec, "Warning", "Failed", f"Error: {why}")

    def _pulled(self, spec: Obj, c: ContainerRecord) -> None:
        image = parse(spec["image"])
        error = self.host.pull_error(image, self.pod)
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
        c.image_here, c.pull_failures, c.reason, c.message, c.answers = True, 0, "", "", {}
        c.brings = self.host.own_image(parse(spec["image"]))
        try:
            c.env = self.host.environment(self.pod, spec, self.record)
            if fault := user_fault(self.pod, spec):
                raise ConfigFault(fault)
        except ConfigFault as error:
            c.phase, c.due = "config-error", self.now + CONFIG_RETRY_MS
            c.reason, c.message = "CreateContainerConfigError", str(error)
            self._say(spec, "Warning", "Failed", f"Error: {error}")
            return
        c.phase = "creating"
        c.due = self.now + self.host.start_ms(self.pod, spec["name"], c.restarts)

    def _run(self, spec: Obj, c: ContainerRecord) -> None:
        self._say(spec, "Normal", "Created", "Container created")
        c.started, c.killed, c.hook_failed, c.oom_at, c.writes = self.now, False, False, None, []
        program = self._program(spec, c)
        if program.start_error:
            self._say(spec, "Warning", "Failed", f"Error: {program.start_error}")
            c.ended = Run(c.restarts, None, self.now, START_FAILED, "StartError", program.start_error)
            c.phase, c.due = "exited", None
            return
        self._say(spec, "Normal", "Started", "Container started")
        c.phase = "running"
        if "postStart" in (spec.get("lifecycle") or {}):
            self._post_start(spec, c)
        else:
            self._plan(spec, c, program)
            prober.begin(spec, c)
        self._tell_the_others(spec)

    def _post_start(self, spec: Obj, c: ContainerRecord) -> None:
        """The container counts as running only when its hook has ended."""
        ran = self.host.hook("postStart", self.pod, spec, self.record, c.started, self.now)
        c.phase, c.hook_failed = "starting", not ran.ok
        c.due = self.now + ran.took_ms if ran.took_ms is not None else None

    def _after_post_start(self, spec: Obj, c: ContainerRecord) -> None:
        self._go_on(spec, c)
        if c.hook_failed and not self._is_due(c):
            self._say(spec, "Warning", "FailedPostStartHook", "PostStartHook failed")
            grace_s = self.pod["spec"].get("terminationGracePeriodSeconds", 30)
            self._signal(spec, c, self.now + grace_s * 1000, "FailedPostStartHook")
        else:
            prober.begin(spec, c)

    def _go_on(self, spec: Obj, c: ContainerRecord) -> None:
        """Its hook is over, or of no use any more."""
        c.phase, c.due = "running", None
        self._follow(spec, c)

    def _is_due(self, c: ContainerRecord) -> bool:
        return c.due is not None and c.due <= self.now

    def follow_anew(self, spec: Obj, c: ContainerRecord) -> None:
        """What the program depends on has changed: its end may come at another time."""
        if c.phase == "running" and not c.killed:
            self._follow(spec, c)

    def resized(self, spec: Obj, c: ContainerRecord, *, restart: bool) -> None:
        """It has other resources now."""
        if restart and c.phase == "running" and not c.killed:
            grace_s = self.pod["spec"].get("terminationGracePeriodSeconds", 30)
            text = f"Container {spec['name']} resize requires restart"
            self._signal(spec, c, self.now + grace_s * 1000, text)
        else:
            self.follow_anew(spec, c)

    def ask_again(self, spec: Obj, c: ContainerRecord) -> None:
        """The network has changed: notes answers that have become others, and what follows from them."""
        fresh = {}
        for text, known in c.answers.items():
            replies = self.host.ask(question_of(text), self.pod, self.record)
            if replies != known[-1].replies:
                fresh[text] = (*known[-MOST_CHANGES:], Since(self.now, replies))
        if fresh and c.phase == "running":
            c.answers = {**c.answers, **fresh}
            self.follow_anew(spec, c)
            for probe in c.probes.values():
                if probe.next_at is None:
                    probe.next_at = self.now

    def _follow(self, spec: Obj, c: ContainerRecord) -> None:
        self._plan(spec, c, self._program(spec, c))

    def _plan(self, spec: Obj, c: ContainerRecord, program: Program) -> None:
        """When and how the run ends by itself."""
        c.code, c.memory_bytes, c.memory_at = program.code, 0, None
        c.due = None if program.lifetime_ms is None else max(c.started + program.lifetime_ms, self.now)
        c.oom_at = end_of(program, spec, c.started)
        if c.oom_at is not None and (c.due is None or c.oom_at < c.due):
            c.due, c.code = max(c.oom_at, self.now), KILLED
        else:
            c.oom_at = None
            if program.course:
                peak = max(program.course, key=lambda step: step.memory_bytes)
                c.memory_bytes, c.memory_at = peak.memory_bytes, c.started + peak.from_ms
            elif program.load is not None:
                c.memory_bytes, c.memory_at = program.load.memory_bytes, c.started + program.load.after_ms

    def _program(self, spec: Obj, c: ContainerRecord) -> Program:
        """The program, with answers to what it asks the network."""
        files = follows_a_script(spec)
        program = self.host.program(self.pod, spec, self.record, c.started, files=files)
        for _ in range(MOST_QUESTIONS):
            if program.asks is None:
                break
            replies = self.host.ask(program.asks, self.pod, self.record)
            c.answers = {**c.answers, program.asks.text(): (Since(self.now, replies),)}
            program = self.host.program(self.pod, spec, self.record, c.started, files=files)
        return program

    def _tell_the_others(self, spec: Obj) -> None:
        """Containers that share a volume with one that has just started see what it writes."""
        mine = {mount["name"] for mount in spec.get("volumeMounts") or ()}
        for other in specs_of(self.pod):
            if other is not spec and (asking := self.record.containers.get(other["name"])) and asking.answers:
                self.ask_again(other, asking)
            shares = other is not spec and any(m["name"] in mine for m in other.get("volumeMounts") or ())
            if shares and (c := self.record.containers.get(other["name"])) is not None:
                self.follow_anew(other, c)

    def _end(self, spec: Obj, c: ContainerRecord, reason: str = "") -> None:
        assert c.due is not None
        out_of_memory = c.oom_at is not None and c.oom_at <= c.due and not c.killed
        reason = reason or ("OOMKilled" if out_of_memory else "Completed" if c.code == 0 else "Error")
        run = Run(c.restarts, c.started, c.due, c.code, reason)
        if traces_matter(self.pod, spec):
            program = self.host.program(self.pod, spec, self.record, c.started)
            leave_files(self.pod, spec, self.record, self.host, program, run)
            run = msgspec.structs.replace(run, message=termination_message(spec, program, run))
        c.ended = run
        c.phase, c.due, c.up, c.ready, c.probes, c.oom_at = "exited", None, False, False, {}, None
        c.memory_bytes, c.memory_at = 0, None

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
        c.last_env, c.last_answers = c.env, c.answers
        self._begin(spec, c)


def kill_all(record: PodRecord, now: int) -> None:
    """SIGKILL for every program of a pod, from outside."""
    for c in record.containers.values():
        if c.phase == "running":
            c.due, c.code, c.killed = now, KILLED, True


def end_run(record: PodRecord, now: int, *, name: str, run: int, code: int) -> None:
    """A program ends by itself, because of what was typed into it."""
    c = record.containers.get(name)
    if c is not None and c.phase == "running" and c.restarts == run and not c.killed:
        c.due, c.code = now, code


Blow = Callable[[PodRecord, int], None]
"""What somebody does from outside to a pod's programs, and when."""


def restarts(policy: str, run: Run) -> bool:
    """Whether a restart policy asks for another run after this one."""
    return policy == "Always" or (policy == "OnFailure" and run.code != 0)


def is_sidecar(spec: Obj) -> bool:
    """An init container that stays: a native sidecar."""
    return spec.get("restartPolicy") == "Always"
