"""The network as a kubelet's containers use it; implemented where DNS, the proxies' rules and the servers meet."""

from __future__ import annotations

from typing import Protocol

from simcore.apimachinery.meta import Obj
from simcore.kubelet.records import PodRecord
from simcore.kubelet.runtime.replies import Question, Reply

EVERYTHING = "*"
"""In place of a name: answers about anything may have changed."""


class Changed(Protocol):
    def __call__(self, names: frozenset[str], revision: int, /) -> None:
        """`names`: service names and addresses of which answers may have become others."""
        ...


class Network(Protocol):
    def ask(self, question: Question, pod: Obj, record: PodRecord) -> tuple[Reply, ...]:
        """What a pod with a sandbox is told now: one of these each time it asks, each as likely as the others."""
        ...

    def watch(self, changed: Changed, /) -> None:
        """Calls `changed` when something has changed."""
        ...
