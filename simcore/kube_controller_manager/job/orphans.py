"""Takes the tracking finalizer off pods that no Job will count any more.

Models: kubernetes v1.36 pkg/controller/job/job_controller.go (syncOrphanPod).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import JOB, POD
from simcore.apimachinery.meta import Key, Obj, controller_of, key_of, uid_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch
from simcore.kube_controller_manager.job.count import without_finalizer
from simcore.kube_controller_manager.job.pods import is_tracked
from simcore.kube_controller_manager.job.status import finished
from simcore.kube_controller_manager.ownership import index_by_controller, owned_by


class JobOrphans:
    """Its keys are those of pods."""

    name = "job-orphans"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client = ctx.client
        self._jobs, self._pods = ctx.informers.informer(JOB), ctx.informers.informer(POD)
        index_by_controller(self._pods)
        self.watches: Sequence[Watch] = (
            Watch(POD, self._of_pod, owner=JOB),
            Watch(JOB, self._of_job),
        )

    def reconcile(self, key: Key) -> Result:
        pod = self._pods.get(key)
        if pod is not None and is_tracked(pod) and self._is_forsaken(pod):
            with suppress(NotFound):  # it was the last thing that held the pod
                without_finalizer(self._client, pod)
        return DONE

    def _is_forsaken(self, pod: Obj) -> bool:
        """Whether no Job that is still at work controls the pod. Others' pods may have the finalizer, too."""
        ref = controller_of(pod)
        if ref is None:
            return True
        if ref["kind"] != JOB.kind:
            return False
        job = self._jobs.get(Key(pod["metadata"]["namespace"], ref["name"]))
        return job is None or uid_of(job) != ref["uid"] or finished(job) is not None

    def _of_pod(self, old: Obj | None, new: Obj | None) -> list[Key]:
        return [key_of(new)] if new is not None and is_tracked(new) and self._is_forsaken(new) else []

    def _of_job(self, old: Obj | None, new: Obj | None) -> list[Key]:
        job = new if new is not None else old
        if job is None or (new is not None and finished(new) is None):
            return []
        return [key_of(pod) for pod in owned_by(self._pods, uid_of(job)) if is_tracked(pod)]
