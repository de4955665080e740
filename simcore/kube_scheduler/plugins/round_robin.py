"""RoundRobin: every node in turn. For teaching: it ignores what pods ask for and what nodes have left.

Whose turn it is stands in the cluster itself: the node with the fewest pods, among equals the first in the order of
the search. So a scheduler that takes over goes on where the last one ended.
"""

from __future__ import annotations

from simcore.kube_scheduler.framework.interfaces import MAX_NODE_SCORE, Cycle
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.pod_info import PodInfo


class RoundRobin:
    name = "RoundRobin"

    def score(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> int:
        return len(node.pods)

    def normalize(self, cycle: Cycle, pod: PodInfo, scores: dict[str, int]) -> dict[str, int]:
        """100 for the node whose turn it is, less and less for those after it."""
        place = {node.name: number for number, node in enumerate(cycle.snapshot.nodes())}
        turns = sorted(scores, key=lambda name: (scores[name], place[name]))
        return {
            name: MAX_NODE_SCORE - -(-MAX_NODE_SCORE * turn // len(turns)) for turn, name in enumerate(turns)
        }
