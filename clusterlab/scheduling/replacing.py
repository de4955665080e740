"""Every pod that a controller would make again, placed anew, without waiting for controllers and kubelets."""

from __future__ import annotations

from collections.abc import Iterator

from simcore.apimachinery.meta import Obj, controller_of
from simcore.kube_scheduler.explanation.view import View, is_finished, unplaced


def placed_anew(view: View) -> Iterator[Obj]:
    """All pods of the view, with the nodes that they would get in the order of the queue. Nobody is preempted.

    The view is of no use afterwards.
    """
    moving = sorted((pod for pod in view.pods.values() if _moves(view, pod)), key=_turn)
    moved = {pod["metadata"]["uid"] for pod in moving}
    for pod in moving:
        view.without(pod["metadata"]["uid"])
    for pod in view.pods.values():
        if pod["metadata"]["uid"] not in moved:
            yield pod
    for pod in moving:
        info = view.infos.info(unplaced(pod))
        placement = view.place(info)
        if placement.node:
            view.cache.assume(info, placement.node)
            yield {**pod, "spec": {**pod["spec"], "nodeName": placement.node}}
        else:
            condition = {"type": "PodScheduled", "status": "False", "message": placement.diagnosis.message()}
            yield {**info.pod, "status": {"conditions": [condition]}}


def _moves(view: View, pod: Obj) -> bool:
    owner = controller_of(pod)
    is_ours = owner is not None and owner["kind"] != "DaemonSet" and view.serves(pod)
    is_open = not pod["spec"].get("schedulingGates") and "deletionTimestamp" not in pod["metadata"]
    return is_ours and is_open and not is_finished(pod)


def _turn(pod: Obj) -> tuple[int, str, str]:
    """As PrioritySort."""
    meta = pod["metadata"]
    return -(pod["spec"].get("priority") or 0), meta["creationTimestamp"], meta["uid"]
