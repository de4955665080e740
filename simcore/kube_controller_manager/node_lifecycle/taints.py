"""The taints that say in what state a node is.

Models: kubernetes v1.36 pkg/controller/nodelifecycle/node_lifecycle_controller.go (doNoScheduleTaintingPass).
"""

from __future__ import annotations

from collections.abc import Iterable

from simcore.apimachinery.meta import Obj
from simcore.kube_controller_manager.node_lifecycle.health import ready_status

NOT_READY, UNREACHABLE = "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"
UNSCHEDULABLE = "node.kubernetes.io/unschedulable"
_BY_CONDITION = {
    ("Ready", "False"): NOT_READY,
    ("Ready", "Unknown"): UNREACHABLE,
    ("MemoryPressure", "True"): "node.kubernetes.io/memory-pressure",
    ("DiskPressure", "True"): "node.kubernetes.io/disk-pressure",
    ("PIDPressure", "True"): "node.kubernetes.io/pid-pressure",
    ("NetworkUnavailable", "True"): "node.kubernetes.io/network-unavailable",
}
_OF_STATE = frozenset((*_BY_CONDITION.values(), UNSCHEDULABLE))


def taints_of(node: Obj) -> list[Obj]:
    taints: list[Obj] = node["spec"].get("taints") or []
    return taints


def evicting(node: Obj) -> Obj | None:
    """The NoExecute taint for not answering or not being ready."""
    found = (
        t for t in taints_of(node) if t["effect"] == "NoExecute" and t["key"] in (NOT_READY, UNREACHABLE)
    )
    return next(found, None)


def wanted_evicting(node: Obj) -> str:
    """The key of the NoExecute taint that the node's state asks for; '' when it is well."""
    return {"False": NOT_READY, "Unknown": UNREACHABLE}.get(ready_status(node), "")


def with_state(node: Obj, now: str) -> list[Obj]:
    """The taints as the node's state asks: all NoSchedule ones, and no NoExecute one that is no longer true.

    A NoExecute taint that is true by now for another reason changes its key; a first one is not set here.
    """
    taints = [t for t in taints_of(node) if not _is_ours(t)]
    wanted = wanted_evicting(node)
    if wanted and (present := evicting(node)) is not None:
        taints.append(present if present["key"] == wanted else taint(wanted, "NoExecute", now))
    standing = {t["key"]: t for t in taints_of(node) if t["effect"] == "NoSchedule"}
    for key in _keys_of_state(node):
        taints.append(standing.get(key) or taint(key, "NoSchedule", now))
    return taints


def with_evicting(node: Obj, now: str) -> list[Obj]:
    """The taints and the NoExecute one that the node's state asks for."""
    return [*without_evicting(node), taint(wanted_evicting(node), "NoExecute", now)]


def without_evicting(node: Obj) -> list[Obj]:
    return [t for t in taints_of(node) if t is not evicting(node)]


def taint(key: str, effect: str, now: str) -> Obj:
    return {"key": key, "effect": effect, "timeAdded": now}


def same_taints(one: Iterable[Obj], other: Iterable[Obj]) -> bool:
    """Whether key, value and effect agree, whatever the order and the times."""

    def known(taints: Iterable[Obj]) -> list[tuple[str, str, str]]:
        return sorted((t["key"], t.get("value", ""), t["effect"]) for t in taints)

    return known(one) == known(other)


def _keys_of_state(node: Obj) -> list[str]:
    conditions = (node.get("status") or {}).get("conditions") or ()
    keys = [_BY_CONDITION.get((c["type"], c["status"]), "") for c in conditions]
    if node["spec"].get("unschedulable"):
        keys.append(UNSCHEDULABLE)
    return [key for key in keys if key]


def _is_ours(taint: Obj) -> bool:
    if taint["effect"] == "NoExecute":
        return taint["key"] in (NOT_READY, UNREACHABLE)
    return taint["effect"] == "NoSchedule" and taint["key"] in _OF_STATE
