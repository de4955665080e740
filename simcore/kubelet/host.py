"""What a pod worker needs of its node."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from simcore.apimachinery.meta import Obj
from simcore.kubelet.images import ImageName
from simcore.kubelet.prober import Answer
from simcore.kubelet.records import FileChange, PodRecord
from simcore.kubelet.runtime.program import Program
from simcore.kubelet.runtime.replies import Question, Reply


class Pull(NamedTuple):
    """A pull that has been given its turn. A node pulls one image after the other."""

    done_at: int
    took_ms: int
    """Of that, how long the pull itself takes."""


class HookRun(NamedTuple):
    """How a lifecycle hook goes."""

    took_ms: int | None
    """None: it never ends."""
    ok: bool


class Host(Protocol):
    @property
    def boot(self) -> int: ...

    @property
    def off_at(self) -> int:
        """When the machine last went off."""
        ...

    def has_image(self, image: ImageName) -> bool: ...

    def keep_image(self, image: ImageName) -> None: ...

    def pull(self, image: ImageName, pod: Obj, now: int, attempt: int) -> Pull: ...

    def has_secret(self, pod: Obj, name: str) -> bool: ...

    def pull_error(self, image: ImageName, pod: Obj) -> str | None:
        """What the runtime says, when the image cannot be pulled."""
        ...

    def own_image(self, image: ImageName) -> Obj:
        """What the cluster's users say of it; empty: nothing."""
        ...

    def image_bytes(self, image: ImageName) -> int: ...

    def take_ip(self, pod: Obj) -> str | None:
        """An address for the pod's sandbox; None when the node has no more."""
        ...

    def sandbox_ms(self, pod: Obj, attempt: int) -> int: ...

    def start_ms(self, pod: Obj, container: str, run: int) -> int: ...

    def answer(self, probe: Obj, pod: Obj, spec: Obj, record: PodRecord, started: int, now: int) -> Answer:
        """What the container, which runs, answers to a probe."""
        ...

    def hook(self, name: str, pod: Obj, spec: Obj, record: PodRecord, started: int, now: int) -> HookRun:
        """The container's `postStart` or `preStop` hook, which it has."""
        ...

    def mount(self, volume: Obj, pod: Obj, record: PodRecord, now: int) -> list[FileChange]:
        """What lies in a volume, as changes to what the record holds. Raises: MountFault."""
        ...

    def environment(self, pod: Obj, spec: Obj, record: PodRecord) -> dict[str, str]:
        """What must be noted of a container's environment. Raises: ConfigFault."""
        ...

    def store(self, volume: Obj, pod: Obj, files: list[FileChange]) -> None:
        """Keeps what a container has left in a volume that outlives its pod."""
        ...

    def ask(self, question: Question, pod: Obj, record: PodRecord) -> tuple[Reply, ...]:
        """What the network answers now; one of these each time."""
        ...

    def program(self, pod: Obj, spec: Obj, record: PodRecord, started: int, *, files: bool = True) -> Program:
        """What runs there; without `files` for one whose course does not depend on any."""
        ...
