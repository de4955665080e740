"""The condition of a flow schema that tells whether its level exists."""

from __future__ import annotations

from simcore.apimachinery.meta import Obj


def dangling(level: str, now: str, *, exists: bool) -> Obj:
    named = f'This FlowSchema references the PriorityLevelConfiguration object named "{level}"'
    return {
        "type": "Dangling",
        "status": "False" if exists else "True",
        "lastTransitionTime": now,
        "reason": "Found" if exists else "NotFound",
        "message": f"{named} and it exists" if exists else f"{named} but there is no such object",
    }
