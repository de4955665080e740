"""What is to be done next for a StatefulSet, decided from its pods alone.

Models: kubernetes v1.36 pkg/controller/statefulset/stateful_set_control.go (updateStatefulSet).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from simcore.apimachinery.meta import Obj, is_terminating
from simcore.kube_controller_manager.pods import is_finished, phase_of
from simcore.kube_controller_manager.statefulset.identity import (
    first_updated,
    knows_itself,
    ordinals,
    revision_of,
)

Health = Callable[[Obj], bool]
"""Whether a pod is running, ready, and has been for long enough."""


class Step(NamedTuple):
    """One write. A replaced pod is deleted now and created by a later step; a repaired one gets its labels back."""

    verb: Literal["create", "delete", "replace", "repair"]
    ordinal: int


def next_steps(sts: Obj, pods: Mapping[int, Obj], update_revision: str, is_healthy: Health) -> list[Step]:
    """In order. With OrderedReady at most one, and none while a pod is on its way."""
    one_by_one = sts["spec"].get("podManagementPolicy") != "Parallel"
    steps: list[Step] = []
    for ordinal in ordinals(sts):
        step, is_settled = _for_wanted(pods.get(ordinal), ordinal, is_healthy)
        if step and not (one_by_one and step.verb == "repair" and not is_settled):
            steps.append(step)
        if one_by_one and not is_settled:
            return steps
    for ordinal in sorted(pods.keys() - set(ordinals(sts)), reverse=True):
        if not is_terminating(pods[ordinal]):
            steps.append(Step("delete", ordinal))
        if one_by_one:
            return steps
    return steps or _renewal(sts, pods, update_revision, is_healthy)


def _for_wanted(pod: Obj | None, ordinal: int, is_healthy: Health) -> tuple[Step | None, bool]:
    """The step for a wanted pod, and whether the next one's turn has come."""
    if pod is None:
        return Step("create", ordinal), False
    if is_terminating(pod):
        return None, False
    if is_finished(pod):
        return Step("replace", ordinal), False
    step = None if knows_itself(pod) else Step("repair", ordinal)
    return step, phase_of(pod) == "Running" and is_healthy(pod)


def _renewal(sts: Obj, pods: Mapping[int, Obj], update_revision: str, is_healthy: Health) -> list[Step]:
    """From the highest ordinal down to the partition: the first pod of an older revision, if all above are well."""
    strategy = sts["spec"].get("updateStrategy") or {}
    if strategy.get("type") == "OnDelete":
        return []
    for ordinal in reversed(ordinals(sts)):
        pod = pods.get(ordinal)
        if ordinal < first_updated(sts) or pod is None:
            return []
        if revision_of(pod) != update_revision and not is_terminating(pod):
            return [Step("delete", ordinal)]
        if is_terminating(pod) or not is_healthy(pod):
            return []
    return []
