"""What a node's container runtime and kubelet remember: one record for each pod, kept in the world's store.

Everything that a worker needs to go on with a pod stands here or in the Pod. Times are simulated milliseconds;
`due` is when the current phase ends by itself, None when it doesn't.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from simcore.apimachinery.meta import Obj
from simcore.kubelet.runtime.replies import Since

ContainerPhase = Literal[
    "waiting",  # not begun, or nothing to be done about it
    "pulling",  # until due: the image is being pulled
    "pull-failed",  # until due: shows ErrImagePull
    "pull-backoff",  # until due: shows ImagePullBackOff
    "config-error",  # until due: shows CreateContainerConfigError
    "creating",  # until due: being created and started
    "starting",  # until due: it runs, and so does its postStart hook
    "running",  # until due: the program ends by itself or by a signal
    "exited",  # until due, if it will be restarted: shows how it ended
    "crash-backoff",  # until due: shows CrashLoopBackOff
]
ProbeKind = Literal["startup", "liveness", "readiness"]
Why = Literal["deleted", "deadline", "finished", "evicted"]


class Run(msgspec.Struct, omit_defaults=True, frozen=True, array_like=True):
    """One run of a container that has ended."""

    number: int
    """0 is the first run; part of the container's id."""
    started: int | None
    """None: it never came to run."""
    finished: int
    code: int
    reason: str
    message: str = ""


class FileChange(msgspec.Struct, omit_defaults=True, frozen=True, array_like=True):
    """A file of a volume was written, or with None removed."""

    at: int
    path: str
    """Within the volume."""
    text: str | None
    by: str = ""
    """The container and its run; empty: the kubelet."""


class ProbeRecord(msgspec.Struct, omit_defaults=True, array_like=True):
    """One probe of a running container."""

    next_at: int | None
    """When it is asked next; None: the answer cannot change."""
    won: int = 0
    lost: int = 0
    """Answers of one kind in a row."""


class ContainerRecord(msgspec.Struct, omit_defaults=True):
    """One container of a pod."""

    phase: ContainerPhase = "waiting"
    due: int | None = None
    reason: str = ""
    """Why it waits, when the phase doesn't say it."""
    message: str = ""
    restarts: int = 0
    started: int = 0
    code: int = 0
    """How the program will end, or has ended."""
    killed: bool = False
    """A signal ends it, not its own plan."""
    ended: Run | None = None
    """How the current run ended: phases exited and crash-backoff."""
    last: Run | None = None
    """How the run before the current one ended."""
    backoff_ms: int = 0
    backoff_at: int = 0
    """The restart back-off, and when it was last used."""
    pull_began: int = 0
    pull_ms: int = 0
    pull_failures: int = 0
    image_here: bool = False
    """The image has been pulled, or was there."""
    up: bool = False
    """The startup probe has succeeded, or there is none."""
    ready: bool = False
    """So is the readiness probe."""
    probes: dict[ProbeKind, ProbeRecord] = {}
    """Those that are asked while it runs."""
    env: dict[str, str] = {}
    """Its environment, when it depends on more than the Pod."""
    answers: dict[str, tuple[Since, ...]] = {}
    """What the network has told this run, by question."""
    last_env: dict[str, str] = {}
    last_answers: dict[str, tuple[Since, ...]] = {}
    """Those of the run before: its log can still be read."""
    oom_at: int | None = None
    """When it will have taken more memory than it may."""
    memory_bytes: int = 0
    """What its program takes of the node."""
    memory_at: int | None = None
    """When it will have got there; None: it has, or takes nothing that counts."""
    brings: Obj = {}
    """What the cluster's users said of its image when it was created."""
    writes: list[FileChange] = []
    """Files that somebody has changed in this run from outside, by their paths in the container."""
    hook_failed: bool = False
    """How its postStart hook will end: phase starting."""


class Sandbox(msgspec.Struct, omit_defaults=True):
    """The pod's network namespace and pause container."""

    attempt: int
    ready_at: int
    ip: str
    """Empty: it could not be made, and is tried again at ready_at."""
    used: bool = False
    """Its time has come: it is up, or has failed for good."""


class Stop(msgspec.Struct, omit_defaults=True):
    """The order to end all containers."""

    at: int
    kill_at: int
    why: Why


class PodRecord(msgspec.Struct, omit_defaults=True):
    """One pod on one node."""

    namespace: str
    name: str
    boot: int
    """The machine's boot in which the containers below were last looked after."""
    accepted: int
    """When the kubelet first saw the pod: its startTime."""
    rejected: tuple[str, str] | None = None
    """(reason, message) of the admission that failed."""
    sandbox: Sandbox | None = None
    mounted: bool = False
    mount_tries: int = 0
    mount_due: int | None = None
    """When mounting is tried again."""
    refresh_at: int | None = None
    """When the kubelet looks at changed ConfigMaps and Secrets."""
    touched: bool = False
    """Somebody has changed files from outside, and the programs have not been followed anew yet."""
    volumes: dict[str, list[FileChange]] = {}
    """What lies in the volumes, as it came; what running containers write comes on top."""
    initialized: bool = False
    containers: dict[str, ContainerRecord] = {}
    stop: Stop | None = None
    allocated: dict[str, Obj] = {}
    """By container: the resources that it has, while the Pod asks for others."""
    resize: tuple[str, str] | None = None
    """Why they are not given: (reason, message)."""
    evicted: str = ""
    """Why it had to go, as its status says it."""

    def container(self, name: str) -> ContainerRecord:
        found = self.containers.get(name)
        if found is None:
            found = self.containers[name] = ContainerRecord()
        return found


class Machine(msgspec.Struct, omit_defaults=True):
    """What survives the pods: how often the machine was started, when it last went off, images on its disk."""

    boot: int = 1
    off_at: int = 0
    is_on: bool = True
    """What its kubelet knew last: whether it ran and was heard."""
    cut: str = ""
    """What is missing while it is not, when it isn't power: `kubelet` or `network`. Containers go on then."""
    registered: bool = True
    """Its kubelet has registered a Node, or is about to; False after somebody has deleted it."""
    images: list[str] = []
    pressure_at: int | None = None
    """When the node was last short of memory, while its condition says so."""


def pod_record(doc: Obj) -> PodRecord:
    """Raises: msgspec.ValidationError."""
    return msgspec.convert(doc, PodRecord)


def machine(doc: Obj | None) -> Machine:
    """Raises: msgspec.ValidationError."""
    return msgspec.convert(doc, Machine) if doc is not None else Machine()


def document(record: PodRecord | Machine) -> Obj:
    doc: Obj = msgspec.to_builtins(record)
    return doc
