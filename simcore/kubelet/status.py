"""A pod's status, made from the Pod and the record of its containers.

Models: kubernetes v1.36 pkg/kubelet/kubelet_pods.go (generateAPIPodStatus, getPhase, convertToAPIContainerStatuses)
and pkg/kubelet/status/generate.go.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from simcore.apimachinery.meta import Obj
from simcore.kubelet.backoff import go_duration, restart_delay
from simcore.kubelet.containers import is_sidecar
from simcore.kubelet.happenings import pod_text
from simcore.kubelet.images import InvalidImageName, digest, parse
from simcore.kubelet.pod_worker import DEADLINE, is_over
from simcore.kubelet.records import ContainerRecord, PodRecord, Run
from simcore.kubelet.resize import PENDING
from simcore.kubelet.security import linux_user
from simcore.kubelet.surroundings import specs_of
from simcore.kubelet.world import runtime_uid
from simcore.sim.rng import Rng
from simcore.sim.timestamps import format_seconds

Phase = Literal["Pending", "Running", "Succeeded", "Failed"]

OWN_CONDITIONS = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady")
DISRUPTED = "DisruptionTarget"
_KEPT = ("qosClass", "nominatedNodeName", "resourceClaimStatuses", "resize")
_NEVER_STARTED = "1970-01-01T00:00:00Z"
IMAGES_KEPT = 10_000


class Verdict(NamedTuple):
    """What a condition says. An empty reason means: nothing to explain."""

    holds: bool
    reason: str = ""
    message: str = ""


YES = Verdict(True)


class StatusWriter:
    """Writes the status of pods of one cluster. Pure: the same record gives the same status."""

    def __init__(self, rng: Rng, epoch_ms: int) -> None:
        self._rng, self._epoch_ms = rng, epoch_ms
        self._image_ids: dict[str, tuple[str, str]] = {}  # by image as written; bounded by IMAGES_KEPT

    def status(self, pod: Obj, record: PodRecord, host_ip: str, now: int) -> Obj:
        """Shares what it can with the Pod's present status."""
        before = pod.get("status") or {}
        status = {name: before[name] for name in _KEPT if name in before}
        status["observedGeneration"] = pod["metadata"].get("generation", 1)
        status["startTime"] = format_seconds(self._epoch_ms + record.accepted)
        if record.rejected is not None:
            reason, message = record.rejected
            status |= {"phase": "Failed", "reason": reason, "message": f"Pod was rejected: {message}"}
            return _with_conditions(status, before, [])
        status["phase"] = phase = phase_of(pod, record)
        if phase == "Failed" and record.stop is not None and record.stop.why == "deadline":
            status |= {"reason": "DeadlineExceeded", "message": DEADLINE}
        if phase == "Failed" and record.evicted:
            status |= {"reason": "Evicted", "message": record.evicted}
        status |= self._addresses(record, host_ip)
        inits, mains = self._container_statuses(pod, record)
        status["containerStatuses"] = mains
        if inits:
            status["initContainerStatuses"] = inits
        if guests := pod["spec"].get("ephemeralContainers"):
            status["ephemeralContainerStatuses"] = [
                self._container_status(pod, c, record.container(c["name"]), "ContainerCreating")
                for c in guests
            ]
        return _with_conditions(status, before, self._conditions(pod, record, phase, now))

    def container_id(self, pod: Obj, name: str, run: int) -> str:
        """`containerd://` and 64 hexadecimal digits."""
        uid = runtime_uid(pod)
        low, high = (
            self._rng.bits("container", uid, name, run),
            self._rng.bits("container", uid, name, run, 1),
        )
        return f"containerd://{low:032x}{high:032x}"

    @staticmethod
    def _disruption(record: PodRecord, before: Obj | None, stamp: str, generation: int) -> list[Obj]:
        """Told of a pod that the kubelet itself has ended for want of something."""
        if not record.evicted:
            return []
        verdict = Verdict(True, "TerminationByKubelet", record.evicted)
        return [_condition(DISRUPTED, verdict, before, stamp, generation)]

    def _addresses(self, record: PodRecord, host_ip: str) -> Obj:
        addresses: Obj = {"hostIP": host_ip, "hostIPs": [{"ip": host_ip}]}
        sandbox = record.sandbox
        if sandbox is not None and sandbox.used and sandbox.ip:
            addresses |= {"podIP": sandbox.ip, "podIPs": [{"ip": sandbox.ip}]}
        return addresses

    def _container_statuses(self, pod: Obj, record: PodRecord) -> tuple[list[Obj], list[Obj]]:
        spec = pod["spec"]
        inits = spec.get("initContainers") or ()
        early = "PodInitializing" if inits and not record.initialized else "ContainerCreating"
        return (
            [
                self._container_status(
                    pod, _as_is(c, record), record.container(c["name"]), "PodInitializing", init=True
                )
                for c in inits
            ],
            [
                self._container_status(pod, _as_is(c, record), record.container(c["name"]), early)
                for c in spec["containers"]
            ],
        )

    def _container_status(
        self, pod: Obj, spec: Obj, c: ContainerRecord, early: str, *, init: bool = False
    ) -> Obj:
        name, last, has = spec["name"], c.last, spec.get("resources") or {}
        if c.phase == "running":
            state: Obj = {"running": {"startedAt": format_seconds(self._epoch_ms + c.started)}}
        elif c.phase == "exited" and c.ended is not None:
            state = {"terminated": self._terminated(pod, name, c.ended)}
        else:
            last = c.ended or c.last
            state = {"waiting": _waiting(pod, name, c, early)}
        image, image_id = self._image(spec["image"]) if c.image_here else (spec["image"], "")
        is_step = init and not is_sidecar(spec)
        done = c.phase == "exited" and c.ended is not None and c.ended.code == 0
        found = {
            "name": name, "state": state, "lastState": self._last_state(pod, name, last),
            "ready": done if is_step else c.ready, "restartCount": c.restarts,
            "image": image, "imageID": image_id, "started": c.phase == "running" and c.up,
            "resources": has,
        }  # fmt: skip
        if c.phase in ("running", "starting", "exited", "crash-backoff"):
            found["containerID"] = self.container_id(pod, name, c.restarts)
        if has.get("requests"):
            found["allocatedResources"] = has["requests"]
        if c.phase == "running":
            found["user"] = linux_user(pod, spec)
        if mounts := spec.get("volumeMounts"):
            found["volumeMounts"] = [_mounted(mount) for mount in mounts]
        return found

    def _last_state(self, pod: Obj, name: str, run: Run | None) -> Obj:
        return {} if run is None else {"terminated": self._terminated(pod, name, run)}

    def _terminated(self, pod: Obj, name: str, run: Run) -> Obj:
        ended: Obj = {
            "exitCode": run.code, "reason": run.reason, "finishedAt": format_seconds(self._epoch_ms + run.finished),
            "startedAt": _NEVER_STARTED if run.started is None else format_seconds(self._epoch_ms + run.started),
            "containerID": self.container_id(pod, name, run.number),
        }  # fmt: skip
        if run.message:
            ended["message"] = run.message
        return ended

    def _image(self, text: str) -> tuple[str, str]:
        """The image's full name, and its id: the repository at a digest."""
        found = self._image_ids.get(text)
        if found is None:
            try:
                image = parse(text)
            except InvalidImageName:
                return text, ""
            found = str(image), f"{image.repository}@{digest(image, self._rng)}"
            if len(self._image_ids) >= IMAGES_KEPT:
                self._image_ids.clear()
            self._image_ids[text] = found
        return found

    def _conditions(self, pod: Obj, record: PodRecord, phase: Phase, now: int) -> list[Obj]:
        sandbox = record.sandbox
        up = sandbox is not None and sandbox.used and bool(sandbox.ip) and not is_over(record)
        containers_ready = _containers_ready(pod, record, phase)
        verdicts = (
            Verdict(up),
            _initialized(pod, record, phase),
            _ready(pod, containers_ready),
            containers_ready,
        )
        stamp, generation = format_seconds(self._epoch_ms + now), pod["metadata"].get("generation", 1)
        known = {c["type"]: c for c in (pod.get("status") or {}).get("conditions") or ()}
        return [
            _condition(name, verdict, known.get(name), stamp, generation)
            for name, verdict in zip(OWN_CONDITIONS, verdicts, strict=True)
        ] + [
            *self._disruption(record, known.get(DISRUPTED), stamp, generation),
            *_resizing(record, known.get(PENDING), stamp, generation),
        ]


def phase_of(pod: Obj, record: PodRecord) -> Phase:
    """A pod is Succeeded or Failed only when nothing of it runs any more."""
    mains = [record.container(spec["name"]) for spec in pod["spec"]["containers"]]
    if is_over(record):
        assert record.stop is not None
        won = all(c.ended is not None and c.ended.code == 0 for c in mains)
        return "Succeeded" if won and record.stop.why not in ("deadline", "evicted") else "Failed"
    if pod["spec"].get("initContainers") and not record.initialized:
        return "Pending"
    untried = any(c.phase not in ("running", "exited") and c.ended is None and c.last is None for c in mains)
    return "Pending" if untried else "Running"


def _waiting(pod: Obj, name: str, c: ContainerRecord, early: str) -> Obj:
    match c.phase:
        case "pull-failed":
            return {"reason": "ErrImagePull", "message": c.message}
        case "pull-backoff":
            image = next(spec["image"] for spec in specs_of(pod) if spec["name"] == name)
            text = f'Back-off pulling image "{image}": ErrImagePull: {c.message}'
            return {"reason": "ImagePullBackOff", "message": text}
        case "crash-backoff":
            assert c.ended is not None
            delay = go_duration(restart_delay(c, c.ended))
            text = f"back-off {delay} restarting failed container={name} pod={pod_text(pod)}"
            return {"reason": "CrashLoopBackOff", "message": text}
    return {"reason": c.reason, "message": c.message} if c.reason else {"reason": early}


def _mounted(mount: Obj) -> Obj:
    seen = {"name": mount["name"], "mountPath": mount["mountPath"]}
    return seen | {"readOnly": True, "recursiveReadOnly": "Disabled"} if mount.get("readOnly") else seen


def _containers_ready(pod: Obj, record: PodRecord, phase: Phase) -> Verdict:
    if phase == "Succeeded":
        return Verdict(False, "PodCompleted")
    if phase == "Failed":
        return Verdict(False, "PodFailed")
    spec = pod["spec"]
    expected = [c["name"] for c in spec.get("initContainers") or () if is_sidecar(c)]
    expected += [c["name"] for c in spec["containers"]]
    unready = [name for name in expected if not record.container(name).ready]
    if unready:
        return Verdict(False, "ContainersNotReady", f"containers with unready status: [{' '.join(unready)}]")
    return YES


def _ready(pod: Obj, containers_ready: Verdict) -> Verdict:
    gates = pod["spec"].get("readinessGates")
    if not gates or not containers_ready.holds:
        return containers_ready
    known = {c["type"]: c["status"] for c in (pod.get("status") or {}).get("conditions") or ()}
    faults = []
    for gate in gates:
        name = gate["conditionType"]
        if name not in known:
            faults.append(f'corresponding condition of pod readiness gate "{name}" does not exist.')
        elif known[name] != "True":
            faults.append(f'the status of pod readiness gate "{name}" is not "True", but {known[name]}')
    return Verdict(False, "ReadinessGatesNotReady", ", ".join(faults)) if faults else YES


def _initialized(pod: Obj, record: PodRecord, phase: Phase) -> Verdict:
    inits = pod["spec"].get("initContainers")
    if phase == "Succeeded":
        return Verdict(True, "PodCompleted")
    if not inits or record.initialized:
        return YES
    missing = []
    for spec in inits:
        c = record.container(spec["name"])
        if not (
            c.up if is_sidecar(spec) else c.phase == "exited" and c.ended is not None and c.ended.code == 0
        ):
            missing.append(spec["name"])
    if not missing:
        return YES
    return Verdict(
        False, "ContainersNotInitialized", f"containers with incomplete status: [{' '.join(missing)}]"
    )


def _condition(name: str, verdict: Verdict, before: Obj | None, stamp: str, generation: int) -> Obj:
    status = "True" if verdict.holds else "False"
    since = before["lastTransitionTime"] if before is not None and before["status"] == status else stamp
    made = {
        "type": name, "status": status, "lastProbeTime": None, "lastTransitionTime": since,
        "observedGeneration": generation,
    }  # fmt: skip
    if verdict.reason:
        made["reason"] = verdict.reason
    if verdict.message:
        made["message"] = verdict.message
    return made


def _with_conditions(status: Obj, before: Obj, own: list[Obj]) -> Obj:
    """Other components' conditions stay."""
    written = {c["type"] for c in own} or {*OWN_CONDITIONS}
    written.add(PENDING)
    others = [c for c in before.get("conditions") or () if c["type"] not in written]
    status["conditions"] = own + others
    return status


def _as_is(spec: Obj, record: PodRecord) -> Obj:
    """The container with the resources that it has, whatever is asked for it."""
    has = record.allocated.get(spec["name"])
    return spec if has is None else {**spec, "resources": has}


def _resizing(record: PodRecord, before: Obj | None, stamp: str, generation: int) -> list[Obj]:
    """While a pod does not get what it asks for."""
    if record.resize is None:
        return []
    return [_condition(PENDING, Verdict(True, *record.resize), before, stamp, generation)]
