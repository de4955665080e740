"""When that happened which made a Service's endpoints change: by it the network's delay is measured.

Models: kubernetes v1.36 staging/src/k8s.io/endpointslice/util/trigger_time_tracker.go.
"""

from __future__ import annotations

from collections.abc import Iterable

from simcore.apimachinery.meta import Key, Obj, key_of
from simcore.kube_controller_manager.pods import condition_of

ANNOTATION = "endpoints.kubernetes.io/last-change-trigger-time"


class TriggerTimes:
    """One controller's. Lost at a take-over, as upstream's: then nothing is written that would say it."""

    def __init__(self) -> None:
        self._seen: dict[
            Key, dict[Key | None, str]
        ] = {}  # times by pod, None for the Service; goes with the Service

    def last_change(self, service: Obj, pods: Iterable[Obj]) -> str:
        """The earliest time that is new since the last call; empty when none is."""
        times: dict[Key | None, str] = {None: service["metadata"]["creationTimestamp"]}
        for pod in pods:
            if since := (condition_of(pod, "Ready") or {}).get("lastTransitionTime"):
                times[key_of(pod)] = since
        before = self._seen.get(key_of(service), {})
        self._seen[key_of(service)] = times
        return min((at for what, at in times.items() if at > before.get(what, "")), default="")

    def forget(self, service: Key) -> None:
        self._seen.pop(service, None)


def annotated(meta: Obj, trigger_time: str) -> Obj:
    """Metadata that says what made this write necessary, or nothing of it."""
    rest = {name: text for name, text in (meta.get("annotations") or {}).items() if name != ANNOTATION}
    if trigger_time:
        rest[ANNOTATION] = trigger_time
    meta = {name: value for name, value in meta.items() if name != "annotations"}
    return meta | ({"annotations": rest} if rest else {})
