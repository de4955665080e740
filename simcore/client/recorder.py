"""Writes Events about objects, as the recorders of client-go do.

Models: kubernetes v1.36 client-go/tools/record/event.go and, with an action, client-go/tools/events.
"""

from __future__ import annotations

import logging
from typing import Literal

from simcore.apimachinery.errors import AlreadyExists, ApiError, NotFound
from simcore.apimachinery.kinds import EVENT
from simcore.apimachinery.meta import Key, Obj
from simcore.client.correlator import Correlator, Series
from simcore.client.interfaces import ApiClient
from simcore.sim.clock import Clock
from simcore.sim.rng import Rng

log = logging.getLogger(__name__)

EventLevel = Literal["Normal", "Warning"]
_NANOS = 1_000_000  # in a millisecond


class EventRecorder:
    """One source of Events. Recording never fails: an Event that the server refuses is logged and lost."""

    def __init__(self, client: ApiClient, clock: Clock, rng: Rng, component: str, host: str = "") -> None:
        self._client, self._clock, self._rng = client, clock, rng
        self._component, self._host = component, host
        self._correlator = Correlator()

    def event(
        self,
        obj: Obj,
        level: EventLevel,
        reason: str,
        message: str,
        *,
        field_path: str = "",
        action: str = "",
    ) -> None:
        """Records that `reason` happened to `obj`.

        `field_path` names a part of it, as `spec.containers{nginx}`. With an `action` the Event is written in the
        newer style that kube-scheduler uses: eventTime, action and reportingComponent instead of source.
        """
        meta = obj["metadata"]
        regarding = reference(obj, field_path)
        about = f"{obj['kind']} {meta.get('namespace', '')}/{meta['name']} {meta.get('uid', '')} {field_path}"
        seen = self._correlator.observe(about, level, reason, message, self._clock.unix_ms())
        if seen is None:
            return
        series, message = seen
        namespace = meta.get("namespace") or "default"
        try:
            if series.count and self._count_up(series, namespace, message, in_series=bool(action)):
                return
            series.count = 1
            series.name = self._name(about, level, reason, message, meta["name"])
            doc = {
                "apiVersion": "v1", "kind": "Event", "metadata": {"name": series.name, "namespace": namespace},
                "involvedObject": regarding, "reason": reason, "message": message, "type": level,
            }  # fmt: skip
            self._client.create(EVENT, doc | (self._new_style(action) if action else self._classic()))
        except AlreadyExists:
            pass  # two recorders of one component saw the same thing in the same millisecond
        except ApiError as error:
            series.count = 0
            log.info("%d event %s about %s: %s", self._clock.now(), reason, about, error.message)

    def _classic(self) -> Obj:
        now = self._clock.timestamp()
        source = {"component": self._component} | ({"host": self._host} if self._host else {})
        return {
            "source": source, "firstTimestamp": now, "lastTimestamp": now, "count": 1, "eventTime": None,
            "reportingComponent": self._component, "reportingInstance": self._host,
        }  # fmt: skip

    def _new_style(self, action: str) -> Obj:
        return {
            "source": {}, "firstTimestamp": None, "lastTimestamp": None, "eventTime": self._clock.micro_timestamp(),
            "action": action, "reportingComponent": self._component,
            "reportingInstance": f"{self._component}-{self._host}" if self._host else self._component,
        }  # fmt: skip

    def _count_up(self, series: Series, namespace: str, message: str, *, in_series: bool) -> bool:
        """Notes a repeat in the Event that stands already; False when it stands no more."""
        series.count += 1
        if in_series:
            patch: Obj = {
                "series": {"count": series.count, "lastObservedTime": self._clock.micro_timestamp()}
            }
        else:
            patch = {"count": series.count, "lastTimestamp": self._clock.timestamp(), "message": message}
        try:
            self._client.patch(EVENT, Key(namespace, series.name), patch)
        except NotFound:
            return False
        return True

    def _name(self, about: str, level: str, reason: str, message: str, name: str) -> str:
        """Upstream appends the time in nanoseconds; ours has milliseconds, the rest is drawn."""
        now_ms = self._clock.unix_ms()
        nanos = self._rng.below(_NANOS, "event", self._component, about, level, reason, message, now_ms)
        return f"{name}.{now_ms * _NANOS + nanos:x}"


def reference(obj: Obj, field_path: str = "") -> Obj:
    """A core/v1 ObjectReference."""
    meta = obj["metadata"]
    found = {"kind": obj["kind"]}
    if namespace := meta.get("namespace"):
        found["namespace"] = namespace
    found["name"] = meta["name"]
    if uid := meta.get("uid"):
        found["uid"] = uid
    found["apiVersion"] = obj["apiVersion"]
    if version := meta.get("resourceVersion"):
        found["resourceVersion"] = version
    if field_path:
        found["fieldPath"] = field_path
    return found
