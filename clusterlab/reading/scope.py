"""What is measured: a whole cluster, one node, one pod, or the pods of one controller."""

from __future__ import annotations

from typing import NamedTuple

from clusterlab.scheduling.what_if import workload_of
from simcore.apimachinery.kinds import NODE, POD, Kind
from simcore.apimachinery.meta import Key, Obj, controller_of


class Scope(NamedTuple):
    """An object; None stands for everything."""

    kind: Kind
    key: Key

    def has_node(self, name: str) -> bool:
        return self.kind is NODE and self.key.name == name

    def has_pod(self, pod: Obj) -> bool:
        if self.kind is NODE:
            return bool(pod["spec"].get("nodeName") == self.key.name)
        meta = pod["metadata"]
        if self.kind is POD:
            return bool((meta["namespace"], meta["name"]) == self.key)
        if meta["namespace"] != self.key.namespace:
            return False
        owner = controller_of(pod)
        if owner is not None and (owner["kind"], owner["name"]) == (self.kind.kind, self.key.name):
            return True
        return workload_of(pod) == f"{self.key.namespace}/{self.kind.kind}/{self.key.name}"
