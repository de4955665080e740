"""Pods by their controller, grouped by all that is counted about them.

A workload of a thousand replicas is one or two groups, so that counting it costs the same as counting three.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from simcore.apimachinery.meta import Key, Obj, controller_of, is_terminating, key_of, labels_of
from simcore.client.informer import Informer
from simcore.kube_controller_manager.pods import is_finished, is_ready

PodState = Literal["ready", "unready", "terminating", "finished"]


class Group(NamedTuple):
    """What the pods of a group have in common."""

    state: PodState
    labels: tuple[tuple[str, str], ...]


class _Place(NamedTuple):
    owner: str
    group: Group


_NONE: Mapping[Group, dict[Key, Obj]] = {}


class OwnedPods:
    """A view of the pod informer."""

    def __init__(self, pods: Informer) -> None:
        self._places: dict[Key, _Place] = {}  # of pods with a controller; goes with the pod or the reference
        self._owners: dict[str, dict[Group, dict[Key, Obj]]] = {}  # an empty group goes at once
        pods.on_event(self._take)

    def groups(self, owner_uid: str) -> Mapping[Group, dict[Key, Obj]]:
        """Never empty groups; in no order that outlives a take-over."""
        return self._owners.get(owner_uid, _NONE)

    def active(self, owner_uid: str) -> list[Obj]:
        """The pods that are neither finished nor terminating, in the order of their names."""
        found = [*self._in_state(owner_uid, ("ready", "unready"))]
        found.sort(key=key_of)
        return found

    def count(self, owner_uid: str, *states: PodState) -> int:
        return sum(len(pods) for group, pods in self.groups(owner_uid).items() if group.state in states)

    def _in_state(self, owner_uid: str, states: tuple[PodState, ...]) -> Iterator[Obj]:
        for group, pods in self.groups(owner_uid).items():
            if group.state in states:
                yield from pods.values()

    def _take(self, old: Obj | None, new: Obj | None, revision: int) -> None:
        pod = new if new is not None else old
        assert pod is not None, revision
        key = key_of(pod)
        before, after = self._places.get(key), _place_of(new)
        if before is not None and before != after:
            self._remove(key, before)
        if after is not None:
            self._places[key] = after
            self._owners.setdefault(after.owner, {}).setdefault(after.group, {})[key] = pod

    def _remove(self, key: Key, place: _Place) -> None:
        del self._places[key]
        groups = self._owners[place.owner]
        del groups[place.group][key]
        if not groups[place.group]:
            del groups[place.group]
        if not groups:
            del self._owners[place.owner]


def _place_of(pod: Obj | None) -> _Place | None:
    ref = controller_of(pod) if pod is not None else None
    if pod is None or ref is None:
        return None
    return _shared_place(ref["uid"], _state_of(pod), tuple(labels_of(pod).items()))


@lru_cache(maxsize=4096)
def _shared_place(owner: str, state: PodState, labels: tuple[tuple[str, str], ...]) -> _Place:
    """One object for all pods in the same place."""
    return _Place(owner, Group(state, labels))


def _state_of(pod: Obj) -> PodState:
    if is_finished(pod):
        return "finished"
    if is_terminating(pod):
        return "terminating"
    return "ready" if is_ready(pod) else "unready"
