"""Nodes with kubelets: added, removed, switched off and on."""

from __future__ import annotations

import re
from contextlib import suppress

from clusterlab.hub import Resident
from clusterlab.labs import faults
from clusterlab.labs.faults import NoSuchNode
from clusterlab.labs.models import Cluster
from clusterlab.labs.services import write_world
from clusterlab.labs.spec import MOST_NODES, BadSpec, LabSpec
from simcore.apimachinery.encoding import encode
from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import NODE
from simcore.apimachinery.meta import Key
from simcore.cluster import control_plane
from simcore.cluster.faults import OF_MACHINES
from simcore.cluster.founding import machine
from simcore.cluster.world import NODES
from simcore.etcd.interface import Delete, Op, Put
from simcore.kube_apiserver.local import LocalClient

_NUMBERED = re.compile(r"node-([1-9][0-9]*)$")
MOST_AT_ONCE = 500


def add(cluster: Cluster, resident: Resident, count: int, actor: str) -> list[str]:
    """Machines like the first ones, with the next numbers. Raises: BadSpec, StoreError."""
    resident.sync()
    names = _names(resident)
    if not 1 <= count <= MOST_AT_ONCE or len(names) + count > MOST_NODES:
        raise BadSpec(f"add=... takes 1 to {MOST_AT_ONCE}, and a cluster has at most {MOST_NODES} nodes")
    last = max((int(found[1]) for name in names if (found := _NUMBERED.match(name))), default=0)
    spec, now = LabSpec(**cluster.settings).founding(0), resident.clock.now()
    numbers = range(last + 1, last + 1 + count)
    ops: list[Op] = [Put(f"{NODES}node-{n}", encode(machine(spec, n, since_ms=now))) for n in numbers]
    write_world(resident, ops, actor)
    _count(cluster, len(names) + count)
    return [f"node-{n}" for n in numbers]


def remove(cluster: Cluster, resident: Resident, name: str, actor: str) -> None:
    """The machine and its Node object. Raises: NoSuchNode, StoreError."""
    _existing(resident, name)
    faults.spare(resident, name, actor, OF_MACHINES)
    write_world(resident, [Delete(NODES + name)], actor)
    with suppress(NotFound):  # its kubelet had not registered it yet
        LocalClient(resident.server, actor).delete(NODE, Key("", name))
    _count(cluster, len(_names(resident)))


def switch(resident: Resident, name: str, actor: str, *, on: bool) -> None:
    """Cuts or restores a machine's power, until somebody does the other. Raises: NoSuchNode, BadSpec, StoreError."""
    record = _existing(resident, name)
    if on:
        faults.spare(resident, name, actor, ("power",))
    elif record.get("power") != "off":
        faults.order(resident, actor, "power", [name])


def _names(resident: Resident) -> list[str]:
    """Without the control plane's own machine."""
    names = (kv.key.removeprefix(NODES) for kv in resident.store.range(NODES).kvs)
    return [name for name in names if name != control_plane.NAME]


def _existing(resident: Resident, name: str) -> dict[str, object]:
    resident.sync()
    record = resident.record(NODES + name)
    if record is None:
        raise NoSuchNode(name)
    return record


def _count(cluster: Cluster, nodes: int) -> None:
    cluster.nodes = nodes
    cluster.save(update_fields=["nodes"])
