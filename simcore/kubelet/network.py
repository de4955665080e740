"""The network as a kubelet's containers use it; implemented where DNS, the proxies' rules and the servers meet."""

from __future__ import annotations

from typing import Protocol

from simcore.apimachinery.meta import Obj
from simcore.kubelet.runtime.replies import Question, Reply


class Network(Protocol):
    def ask(self, question: Question, pod: Obj, ip: str) -> tuple[Reply, ...]:
        """What a pod with this address is told now: one of these each time it asks, each as likely as the others."""
        ...

    def watch(self, changed: Watcher, /) -> None:
        """Calls `changed` in a later timer when answers may have become others."""
        ...


class Watcher(Protocol):
    def __call__(self, revision: int, /) -> None: ...
