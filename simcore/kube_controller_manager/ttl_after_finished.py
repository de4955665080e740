"""Deletes Jobs some time after they have finished.

Models: kubernetes v1.36 pkg/controller/ttlafterfinished/ttlafterfinished_controller.go.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import JOB
from simcore.apimachinery.meta import Key, Obj, is_terminating, key_of, uid_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch
from simcore.kube_controller_manager.pods import condition_of
from simcore.sim.timestamps import parse_time


class TTLAfterFinishedController:
    name = "ttl-after-finished-controller"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client, self._clock, self._jobs = ctx.client, ctx.clock, ctx.informers.informer(JOB)
        self.watches: Sequence[Watch] = (Watch(JOB, _that_will_go),)

    def reconcile(self, key: Key) -> Result:
        job = self._jobs.get(key)
        if job is None or (due_ms := _due_ms(job)) is None:
            return DONE
        wait_ms = due_ms - self._clock.unix_ms()
        if wait_ms > 0:
            return Result(wait_ms)
        with suppress(NotFound):
            self._client.delete(JOB, key, uid=uid_of(job), propagation="Foreground")
        return DONE


def _due_ms(job: Obj) -> int | None:
    """When the Job is to go, in Unix milliseconds; None: not yet known, or never."""
    ttl_s = job["spec"].get("ttlSecondsAfterFinished")
    if ttl_s is None or is_terminating(job):
        return None
    for name in ("Complete", "Failed"):
        condition = condition_of(job, name)
        if condition is not None and condition["status"] == "True":
            return int(parse_time(condition["lastTransitionTime"]) + ttl_s * 1000)
    return None


def _that_will_go(old: Obj | None, new: Obj | None) -> tuple[Key, ...]:
    return (key_of(new),) if new is not None and _due_ms(new) is not None else ()
