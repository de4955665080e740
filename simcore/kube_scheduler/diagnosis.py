"""Why no node fits, in the words of the FailedScheduling event.

Models: kubernetes v1.36 pkg/scheduler/framework/types.go (FitError).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from simcore.kube_scheduler.framework.interfaces import Rejection

NO_NODES = "no nodes available to schedule pods"


@dataclass
class Diagnosis:
    """What an attempt found out when it placed nothing."""

    nodes: int
    """How many nodes there are."""
    reasons: Counter[str] = field(default_factory=Counter)
    """How many nodes gave each reason; a node may give several."""
    plugins: set[str] = field(default_factory=set)
    """Whose rejections decided; their events bring the pod back."""
    resolvable: int = 0
    """On how many nodes preemption might help."""
    pre_filter: str = ""
    post_filter: str = ""

    def count(self, plugin: str, rejection: Rejection, nodes: int) -> None:
        """Takes note that so many nodes were rejected for the same reasons."""
        self.plugins.add(plugin)
        self.resolvable += nodes if rejection.resolvable else 0
        for reason in rejection.reasons:
            self.reasons[reason] += nodes

    def message(self) -> str:
        if not self.nodes:
            return NO_NODES
        text = unavailable(self.nodes, self.reasons, self.pre_filter)
        return f"{text} {self.post_filter}" if self.post_filter else text


def unavailable(nodes: int, reasons: Counter[str], pre_filter: str = "") -> str:
    """`0/4 nodes are available: 1 Insufficient cpu, 3 node(s) were unschedulable.`"""
    text = f"0/{nodes} nodes are available:"
    details = pre_filter or ", ".join(sorted(histogram(reasons)))
    return f"{text} {details}." if details else text


def histogram(reasons: Counter[str]) -> Iterable[str]:
    return (f"{count} {reason}" for reason, count in reasons.items())
