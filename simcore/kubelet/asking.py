"""Which pods have asked the network something, and about what: those are told when it changes."""

from __future__ import annotations

from simcore.apimachinery.meta import Key
from simcore.kubelet.network import EVERYTHING
from simcore.kubelet.records import PodRecord
from simcore.kubelet.runtime.replies import question_of

Place = tuple[str, Key]
"""A node and a pod on it."""


class Asking:
    """Kept by the kubelets as their pods' records change; can be made again from those."""

    def __init__(self) -> None:
        self._names: dict[Place, frozenset[str]] = {}  # an entry goes with the pod, or with its questions
        self._places: dict[str, set[Place]] = {}

    def note(self, node: str, key: Key, record: PodRecord | None) -> None:
        """The pod's record is this now; None: it is gone."""
        place, names = (node, key), names_of(record) if record is not None else frozenset[str]()
        before = self._names.get(place, frozenset())
        if names == before:
            return
        for name in before - names:
            self._places[name].discard(place)
            if not self._places[name]:
                del self._places[name]
        for name in names - before:
            self._places.setdefault(name, set()).add(place)
        if names:
            self._names[place] = names
        else:
            del self._names[place]

    def about(self, names: frozenset[str]) -> list[Place]:
        """Who has asked about one of the names, in order."""
        if not self._names:
            return []
        if EVERYTHING in names:
            return sorted(self._names)
        return sorted({place for name in names for place in self._places.get(name, ())})


def names_of(record: PodRecord) -> frozenset[str]:
    """The hosts in the questions of a pod's programs, and the parts of their names."""
    found: set[str] = set()
    for c in record.containers.values():
        for text in c.answers:
            host = question_of(text).host
            found |= {host, *host.split(".")}
    return frozenset(found)
