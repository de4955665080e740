"""Scores to percent of the best one.

Models: kubernetes v1.36 pkg/scheduler/framework/plugins/helper/normalize_score.go (DefaultNormalizeScore).
"""

from __future__ import annotations

from simcore.kube_scheduler.framework.interfaces import MAX_NODE_SCORE


def to_percent(scores: dict[str, int], *, reverse: bool = False) -> dict[str, int]:
    """The largest score becomes 100, or 0 with `reverse`; when all are 0 the reverse is 100 for all."""
    best = max(scores.values(), default=0)
    if best == 0:
        return dict.fromkeys(scores, MAX_NODE_SCORE) if reverse else scores
    scaled = {node: MAX_NODE_SCORE * score // best for node, score in scores.items()}
    return {node: MAX_NODE_SCORE - score for node, score in scaled.items()} if reverse else scaled
