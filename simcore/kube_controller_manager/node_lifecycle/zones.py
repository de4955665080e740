"""How fast nodes that don't answer lose their pods, zone by zone: the more of a zone is down, the less it is believed.

Models: kubernetes v1.36 pkg/controller/nodelifecycle (ComputeZoneState, doNoExecuteTaintingPass, handleDisruption).
The rate is kept by the times on the taints themselves, so it survives a take-over.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from simcore.apimachinery.kinds import NODE
from simcore.apimachinery.meta import Key, Obj, key_of, labels_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch
from simcore.kube_controller_manager.node_lifecycle.health import ready_status
from simcore.kube_controller_manager.node_lifecycle.taints import (
    evicting,
    wanted_evicting,
    with_evicting,
    without_evicting,
)
from simcore.kube_controller_manager.pods import condition_of
from simcore.sim.timestamps import parse_time

State = Literal["Normal", "PartialDisruption", "FullDisruption"]

INTERVAL_MS = 10_000
"""Between two nodes of a zone: --node-eviction-rate 0.1."""
SECONDARY_INTERVAL_MS = 100_000
"""--secondary-node-eviction-rate 0.01, for a large zone that is mostly down."""
LARGE_ZONE = 50
UNHEALTHY = 0.55

_REGION, _ZONE = "topology.kubernetes.io/region", "topology.kubernetes.io/zone"


class ZoneEvictionController:
    """A key is a zone: (region, zone). Nodes without labels form one of their own."""

    name = "node-lifecycle-controller"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client, self._clock = ctx.client, ctx.clock
        self._nodes = ctx.informers.informer(NODE)
        self._nodes.add_index("zone", lambda node: (zone_of(node),))
        self._nodes.add_index("zone-state", _states)
        self.watches: Sequence[Watch] = (Watch(NODE, _zones),)

    def reconcile(self, key: Key) -> Result:
        if all(self._state(zone) == "FullDisruption" for zone in self._nodes.index_values("zone")):
            # nobody answers: more likely it is we who are cut off
            for node in self._tainted(key):
                self._write(node, without_evicting(node))
            return DONE
        waiting = self._bucket("waiting", key)
        interval_ms = self._interval_ms(key)
        if not waiting or not interval_ms:
            return DONE
        free_in_ms = self._last_taint_ms(key) + interval_ms - self._clock.unix_ms()
        if free_in_ms > 0:
            return Result(free_in_ms)
        first = min(waiting, key=lambda node: (_down_since(node), key_of(node)))
        self._write(first, with_evicting(first, self._clock.timestamp()))
        return Result(interval_ms) if len(waiting) > 1 else DONE

    def _interval_ms(self, zone: Key) -> int:
        """0: nobody is evicted."""
        if self._state(zone) != "PartialDisruption":
            return INTERVAL_MS
        return SECONDARY_INTERVAL_MS if self._nodes.count("zone", zone) > LARGE_ZONE else 0

    def _state(self, zone: object) -> State:
        total, ready = self._nodes.count("zone", zone), self._nodes.count("zone-state", ("ready", zone))
        down = total - ready
        if not ready and down:
            return "FullDisruption"
        return "PartialDisruption" if down > 2 and down / total >= UNHEALTHY else "Normal"

    def _last_taint_ms(self, zone: Key) -> int:
        taints = [evicting(node) for node in self._tainted(zone)]
        times = [parse_time(t["timeAdded"]) for t in taints if t and t.get("timeAdded")]
        return max(times, default=-INTERVAL_MS)

    def _tainted(self, zone: Key) -> list[Obj]:
        return self._bucket("tainted", zone)

    def _bucket(self, state: str, zone: Key) -> list[Obj]:
        return sorted(self._nodes.by_index("zone-state", (state, zone)), key=key_of)

    def _write(self, node: Obj, taints: list[Obj]) -> None:
        version = {"resourceVersion": node["metadata"]["resourceVersion"]}
        self._client.patch(NODE, key_of(node), {"metadata": version, "spec": {"taints": taints or None}})


def zone_of(node: Obj) -> Key:
    labels = labels_of(node)
    return Key(labels.get(_REGION, ""), labels.get(_ZONE, ""))


def _zones(old: Obj | None, new: Obj | None) -> list[Key]:
    return list(dict.fromkeys(zone_of(node) for node in (old, new) if node is not None))


def _states(node: Obj) -> list[tuple[str, Key]]:
    zone, states = zone_of(node), ["ready"] if ready_status(node) == "True" else []
    if evicting(node) is not None:
        states.append("tainted")
    elif wanted_evicting(node):
        states.append("waiting")
    return [(state, zone) for state in states]


def _down_since(node: Obj) -> str:
    condition = condition_of(node, "Ready") or {}
    since: str = condition.get("lastTransitionTime") or ""
    return since
