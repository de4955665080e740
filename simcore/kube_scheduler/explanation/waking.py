"""What a waiting pod waits for, in the words of the events that its plugins listen to."""

from __future__ import annotations

from collections.abc import Iterable

from simcore.kube_scheduler.framework.events import ClusterEvent
from simcore.kube_scheduler.framework.runner import Framework

AFTER_A_WHILE = "5 minutes have passed"


def retries_when(framework: Framework, plugins: Iterable[str]) -> list[str]:
    """Every event that one of the rejecting plugins may change its mind for; then the flush that comes anyway."""
    heard = {
        event for name in plugins if name in framework.waking for event in framework.waking[name].wakes_on
    }
    return [*(event.value for event in ClusterEvent if event in heard), AFTER_A_WHILE]
