"""What an example is expected to come to: the file beside its manifests, read and compared with a cluster.

within_s: 60                                    how long it may take, in simulated seconds
settles_s: 60                                   it must still hold then
reaches: [pod/web Ready]                        conditions (simcore/cluster/condition.py)
fields: {pod/web status.podIP: 10.244.1.2}      values by path; a dot within a name is written `\\.`
prints: {web/main: [a line]}                    lines among those that a container has printed
namespace: default                              of the objects in fields and prints
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from simcore.apimachinery.errors import ApiError
from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.cluster import Cluster
from simcore.cluster.condition import parse
from simcore.kubelet.logs import ContainerLogs

STEP_MS = 1_000


@dataclass(frozen=True)
class Expectation:
    within_s: int
    reaches: tuple[str, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)
    prints: dict[str, list[str]] = field(default_factory=dict)
    settles_s: int = 0
    namespace: str = "default"

    def failures(self, cluster: Cluster) -> list[str]:
        """What does not hold now."""
        return [*self._conditions(cluster), *self._fields(cluster), *self._lines(cluster)]

    def run(self, cluster: Cluster) -> list[str]:
        """Lets time pass until everything holds; what still does not when the time is over."""
        cluster.advance(self.settles_s * 1000)
        for _ in range(self.within_s - self.settles_s):
            if not self.failures(cluster):
                return []
            cluster.advance(STEP_MS)
        return self.failures(cluster)

    def _conditions(self, cluster: Cluster) -> list[str]:
        api = cluster.client("user:example")
        kinds = cluster.api_server.kinds
        return [text for text in self.reaches if not parse(text, kinds).holds(lambda k, ns: api.list(k, ns))]

    def _fields(self, cluster: Cluster) -> list[str]:
        faults = []
        for text, wanted in self.fields.items():
            subject, path = text.split(" ")
            found = value_at(_object(cluster, subject, self.namespace), path)
            if found != wanted:
                faults.append(f"{text}: {found!r} instead of {wanted!r}")
        return faults

    def _lines(self, cluster: Cluster) -> list[str]:
        faults = []
        for place, wanted in self.prints.items():
            name, container = place.split("/")
            lines = printed(cluster, Key(self.namespace, name), container)
            faults += [
                f"{place} does not print {line!r}: {lines[-5:]}" for line in wanted if line not in lines
            ]
        return faults


def read(path: Path) -> Expectation:
    found = yaml.safe_load(path.read_text())
    return Expectation(**{**found, "reaches": tuple(found.get("reaches", ()))})


def printed(cluster: Cluster, pod: Key, container: str) -> list[str]:
    try:
        found = cluster.client("user:example").get(POD, pod)
        lines = ContainerLogs(cluster.world, cluster.clock).lines(found, container)
    except ApiError:
        return []
    return [line.text for line in lines]


def value_at(obj: Any, path: str) -> Any:
    """None: there is nothing."""
    for name in re.split(r"(?<!\\)\.", path):
        key = name.replace("\\.", ".")
        if isinstance(obj, list) and key.isdigit() and int(key) < len(obj):
            obj = obj[int(key)]
        elif isinstance(obj, dict):
            obj = obj.get(key)
        else:
            return None
    return obj


def _object(cluster: Cluster, subject: str, namespace: str) -> Obj | None:
    name_of_kind, name = subject.split("/")
    kind = next(k for k in cluster.api_server.kinds if name_of_kind in (k.singular, k.plural))
    try:
        return cluster.client("user:example").get(kind, Key(namespace if kind.namespaced else "", name))
    except ApiError:
        return None
