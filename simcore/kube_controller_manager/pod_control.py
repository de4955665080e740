"""Creates and deletes pods for their controllers and says so in Events.

Models: kubernetes v1.36 pkg/controller/controller_utils.go (RealPodControl, slowStartBatch).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from simcore.apimachinery.errors import ApiError, NotFound
from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Key, Obj, key_of, uid_of
from simcore.client.interfaces import ApiClient
from simcore.client.recorder import EventRecorder
from simcore.kube_controller_manager.pending_writes import PendingWrites
from simcore.kube_controller_manager.pods import namespace_is_terminating


class PodControl:
    """Every write is noted as pending for its owner."""

    def __init__(self, client: ApiClient, recorder: EventRecorder, pending: PendingWrites) -> None:
        self._client, self._recorder, self._pending = client, recorder, pending

    def create(self, key: Key, owner: Obj, wanted: Iterable[Obj]) -> ApiError | None:
        """Creates the wanted pods, in batches of 1, 2, 4 ...: when something forbids pods, not all are tried.

        Returns why it stopped.
        """
        for batch in _slow_start(iter(wanted)):
            failures = [failure for pod in batch if (failure := self._create_one(key, owner, pod))]
            if failures:
                return failures[-1]
        return None

    def delete(self, key: Key, owner: Obj, pods: Sequence[Obj]) -> ApiError | None:
        """Tries all of them; returns why one of them could not be deleted."""
        failures = [failure for pod in pods if (failure := self._delete_one(key, owner, pod))]
        return failures[-1] if failures else None

    def _create_one(self, key: Key, owner: Obj, wanted: Obj) -> ApiError | None:
        try:
            pod = self._client.create(POD, wanted)
        except ApiError as error:
            if not namespace_is_terminating(error.details):
                self._recorder.event(owner, "Warning", "FailedCreate", f"Error creating: {error.message}")
            return error
        self._pending.wrote(key, pod)
        message = f"Created pod: {pod['metadata']['name']}"
        self._recorder.event(owner, "Normal", "SuccessfulCreate", message)
        return None

    def _delete_one(self, key: Key, owner: Obj, pod: Obj) -> ApiError | None:
        try:
            self._client.delete(POD, key_of(pod), uid=uid_of(pod))
        except NotFound:
            pass  # what we wanted
        except ApiError as error:
            self._recorder.event(owner, "Warning", "FailedDelete", f"Error deleting: {error.message}")
            return error
        else:
            message = f"Deleted pod: {pod['metadata']['name']}"
            self._recorder.event(owner, "Normal", "SuccessfulDelete", message)
        self._pending.deleted(key, pod)
        return None


def _slow_start(wanted: Iterator[Obj]) -> Iterator[list[Obj]]:
    size = 1
    while batch := list(islice(wanted, size)):
        yield batch
        size *= 2
