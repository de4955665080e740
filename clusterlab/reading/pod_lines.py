"""What a container has printed, for somebody who follows."""

from __future__ import annotations

from typing import Any

from clusterlab.hub import Resident
from simcore.apimachinery.errors import BadRequest, NotFound
from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Key, Obj, annotations_of
from simcore.kubelet.logs import ContainerLogs
from simcore.kubelet.surroundings import specs_of

MOST_LINES = 5_000
DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"


def lines_of(
    resident: Resident, key: Key, container: str, *, previous: bool, tail: int, follow_from: int | None
) -> dict[str, Any]:
    """The last `tail` lines, or what came from simulated time `follow_from` on; `next` is where to go on.

    Raises: NotFound, BadRequest.
    """
    pod = resident.server.storage.find(POD, key)
    if pod is None:
        raise NotFound.named(POD, key.name)
    name = container or _default_container(pod)
    if name not in [spec["name"] for spec in specs_of(pod)]:
        raise BadRequest(f"container {name} is not valid for pod {key.name}")
    now, epoch_ms = resident.clock.now(), resident.clock.epoch_ms
    printed = ContainerLogs(resident.world, resident.clock).lines(pod, name, previous=previous)
    lines: list[dict[str, Any]] = [{"at": line.unix_ms - epoch_ms, "text": line.text} for line in printed]
    if follow_from is not None:
        lines = [line for line in lines if follow_from <= line["at"] <= now][:MOST_LINES]
    else:
        lines = [line for line in lines if line["at"] <= now][-min(tail, MOST_LINES) :] if tail else []
    is_cut = follow_from is not None and len(lines) == MOST_LINES
    return {"lines": lines, "next": lines[-1]["at"] + 1 if is_cut else now + 1}


def _default_container(pod: Obj) -> str:
    told = annotations_of(pod).get(DEFAULT_CONTAINER)
    name: str = told or pod["spec"]["containers"][0]["name"]
    return name
