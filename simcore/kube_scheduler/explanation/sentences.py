"""One sentence about an attempt."""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.explanation.matrix import Matrix

MOST_REASONS = 3


def sentence_of(pod: Obj, matrix: Matrix | None, node: str) -> str:
    """`node` is the chosen one; empty when there is none."""
    name = pod["metadata"]["name"]
    if gates := pod["spec"].get("schedulingGates"):
        names = ", ".join(gate["name"] for gate in gates)
        return f"{name} is not tried before its scheduling gates are gone: {names}."
    if matrix is None or not matrix.rows:
        return f"{name} waits: there are no nodes."
    fitting = sum(row.fits for row in matrix.rows)
    if node:
        return _placed(name, node, fitting, matrix)
    if fitting:
        where = "1 node" if fitting == 1 else f"{fitting} nodes"
        return f"{name} fits on {where} now and will be placed at the next attempt."
    return f"{name} fits on none of {_nodes(len(matrix.rows))}: {_reasons(matrix)}."


def _placed(name: str, node: str, fitting: int, matrix: Matrix) -> str:
    total = next((row.total for row in matrix.rows if row.node == node), None)
    if total is None:
        return f"{name} was placed on {node}, which would not fit at the revision shown here."
    if fitting == 1:
        return f"{name} went to {node}, the only one of {_nodes(len(matrix.rows))} that fits."
    if matrix.best == [node]:
        return f"{name} went to {node}: of {fitting} nodes that fit it has the highest score, {total}."
    if node in matrix.best:
        equals = len(matrix.best)
        return f"{name} went to {node}, drawn among {equals} nodes that share the highest score, {total}."
    return f"{name} went to {node} with a score of {total}; not every node was looked at."


def _reasons(matrix: Matrix) -> str:
    common = sorted(matrix.reasons.items(), key=lambda item: (-item[1], item[0]))
    texts = [f"{count} x {reason}" for reason, count in common[:MOST_REASONS]]
    rest = sum(count for _, count in common[MOST_REASONS:])
    return ", ".join([*texts, f"{rest} x other reasons"] if rest else texts)


def _nodes(number: int) -> str:
    return "1 node" if number == 1 else f"{number} nodes"
