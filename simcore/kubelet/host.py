"""What a pod worker needs of its node."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from simcore.apimachinery.meta import Obj
from simcore.kubelet.images import ImageName
from simcore.kubelet.prober import Answer
from simcore.kubelet.records import PodRecord
from simcore.kubelet.runtime.program import Program


class Pull(NamedTuple):
    """A pull that has been given its turn. A node pulls one image after the other."""

    done_at: int
    took_ms: int
    """Of that, how long the pull itself takes."""


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

    def pull_error(self, image: ImageName) -> str | None:
        """What the runtime says, when the image cannot be pulled."""
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

    def pre_stop_ms(self, pod: Obj, spec: Obj, record: PodRecord, started: int, now: int) -> int | None:
        """How long the container's preStop hook takes, 0 without one; None: it never ends."""
        ...

    def program(self, pod: Obj, spec: Obj, record: PodRecord, started: int) -> Program: ...
