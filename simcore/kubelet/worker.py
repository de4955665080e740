"""What a kubelet holds of one pod of its node."""

from __future__ import annotations

from simcore.apimachinery.meta import Obj, revision_of
from simcore.kubelet.admission import Amounts
from simcore.kubelet.records import PodRecord
from simcore.sim.clock import Timer


class Worker:
    """Goes when the Pod does."""

    __slots__ = ("asks_again", "cause", "is_stored", "pod", "record", "requests", "timer")

    def __init__(self, pod: Obj, record: PodRecord | None) -> None:
        self.pod, self.record = pod, record
        self.cause = revision_of(pod)
        self.timer: Timer | None = None  # of the next turn; gone once it has fired
        self.requests: Amounts | None = None  # while they count against the node
        self.asks_again = False  # until the next turn
        self.is_stored = True  # the record stands in the world as it is here

    def rest(self) -> None:
        """No next turn, until somebody asks for one."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
