"""The part of the simulated world that is no API object, as the kubelets see it.

Documents live in the cluster's store under `/sim/`, so that a take-over or a jump in time finds them:

    /sim/nodes/<name>                a machine: cpu, memory, pods, ephemeral-storage, zone, region, power, since_ms, and
                                     while its kubelet cannot be heard what is cut off: {"cut": "kubelet" or "network"}
    /sim/images                      what registries cannot deliver: {"missing": [pattern, ...]}
    /sim/faults/<id>                 something that somebody has broken, and until when
    /sim/outages                     what that takes from all: {"dns": true, "registries": [pattern, ...]}
    /sim/exits/<pod uid>/<container> a shell that somebody was attached to has ended: {"namespace", "name", "container",
                                     "run": how many restarts before it, "code"}; gone when its kubelet has seen it
    /sim/writes/<pod uid>/<id>       files that somebody has changed in a container (outside_writes.py); gone as well
    /sim/runtime/<node>/<pod uid>    the containers of one pod (records.py); of a static pod by its manifest's hash
    /sim/runtime/<node>/machine      what the machine itself remembers (records.py)
    /sim/static/<node>/<name>        the manifest of a pod that the node runs by itself
    /sim/volumes/pv/<name>           the files of a persistent volume, {"files": {path: text}}
    /sim/volumes/host/<node>/<path>  and of a folder on a machine
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from simcore.apimachinery.meta import Obj

NODES = "/sim/nodes/"
IMAGES = "/sim/images"
FAULTS = "/sim/faults/"
OUTAGES = "/sim/outages"
EXITS = "/sim/exits/"
WRITES = "/sim/writes/"
RUNTIME = "/sim/runtime/"
VOLUMES = "/sim/volumes/"
STATIC = "/sim/static/"
MACHINE = "machine"

WorldHandler = Callable[[str, Obj | None, int], None]
"""Called with (path, document or None when it was deleted, revision)."""


class World(Protocol):
    """Documents returned are shared: never mutate them."""

    def get(self, path: str) -> Obj | None: ...

    def list(self, prefix: str) -> dict[str, Obj]:
        """In lexical order of the paths."""
        ...

    def put(self, path: str, doc: Obj, *, actor: str, cause: int) -> None:
        """The document belongs to the world from then on."""
        ...

    def delete(self, path: str, *, actor: str, cause: int) -> None:
        """Deleting what is not there is no change."""
        ...

    def watch(self, prefix: str, handler: WorldHandler, /) -> None:
        """Calls `handler` for each change from now on, in order, in a later timer of the same instant."""
        ...


def reports(machine: Obj | None) -> bool:
    """Whether a machine's kubelet runs and reaches the API server."""
    return machine is not None and machine.get("power") == "on" and "cut" not in machine


def answers(machine: Obj | None) -> bool:
    """Whether what runs on a machine can be reached."""
    return machine is not None and machine.get("power") == "on" and machine.get("cut") != "network"


def machine_path(node: str) -> str:
    return f"{RUNTIME}{node}/{MACHINE}"


def record_path(node: str, uid: str) -> str:
    return f"{RUNTIME}{node}/{uid}"


def runtime_uid(pod: Obj) -> str:
    """By which its node knows a pod: what runs of a static pod outlives its mirrors."""
    annotations = pod["metadata"].get("annotations")
    mirrored: str | None = annotations.get("kubernetes.io/config.mirror") if annotations else None
    return mirrored or str(pod["metadata"]["uid"])
