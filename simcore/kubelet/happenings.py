"""What a kubelet reports as Events: collected during a turn, recorded after it.

Models: kubernetes v1.36 pkg/kubelet/events/event.go and the messages where the events are made.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from simcore.apimachinery.meta import Obj


class Happening(NamedTuple):
    """One Event to be."""

    level: Literal["Normal", "Warning"]
    reason: str
    message: str
    field_path: str = ""


def field_path(pod: Obj, spec: Obj) -> str:
    """Where the container stands in its pod."""
    for field in ("initContainers", "ephemeralContainers"):
        if any(other is spec for other in pod["spec"].get(field) or ()):
            return f"spec.{field}{{{spec['name']}}}"
    return f"spec.containers{{{spec['name']}}}"


def pod_text(pod: Obj) -> str:
    """A pod as kubelet messages name it."""
    meta = pod["metadata"]
    return f"{meta['name']}_{meta['namespace']}({meta['uid']})"
