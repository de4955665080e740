"""The order in which nodes are searched: one zone after the other takes its turn.

Models: kubernetes v1.36 pkg/scheduler/backend/cache/node_tree.go. It depends on the nodes' names and zones alone,
so that who takes over searches in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable

from simcore.kube_scheduler.node_info import NodeInfo

REGION, ZONE = "topology.kubernetes.io/region", "topology.kubernetes.io/zone"


def search_order(nodes: Iterable[NodeInfo]) -> list[NodeInfo]:
    zones: dict[tuple[str, str], list[NodeInfo]] = {}
    for node in sorted(nodes, key=_by_name):
        zones.setdefault((node.labels.get(REGION, ""), node.labels.get(ZONE, "")), []).append(node)
    turns = [
        (turn, number, node)
        for number, (_, members) in enumerate(sorted(zones.items()))
        for turn, node in enumerate(members)
    ]
    turns.sort(key=_by_turn)
    return [node for _, _, node in turns]


def _by_name(node: NodeInfo) -> str:
    return node.name


def _by_turn(entry: tuple[int, int, NodeInfo]) -> tuple[int, int]:
    return entry[:2]
