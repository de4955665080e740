"""ScoringExpression: a policy of one's own, as a CEL expression over `pod` and `node`.

    node.metadata.labels.?disk.orValue('') == 'ssd' ? 100 : 100 - node.requested.cpu * 100 / node.allocatable.cpu

`pod` and `node` are as in their manifests, as far as it matters for placing; amounts are whole numbers (millicores,
bytes). The result is cut to 0..100. What cannot be computed for a node counts as 0 and is told, and stops nobody.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from simcore.apimachinery import cel_engine
from simcore.apimachinery.meta import Obj
from simcore.kube_scheduler.framework.interfaces import MAX_NODE_SCORE, Cycle
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.pod_info import PodInfo, PodShape

MOST_CHARACTERS = 1_000
MOST_DEPTH = 24
"""Of brackets."""
MOST_LOOPS = 4
"""all(), exists() and exists_one() in one expression. None inside another, and each looks at one list more at most."""
MOST_NAMES = 8
MOST_SUMS = 16
"""How often an expression may say pod or node, and how often +: lists can be added up."""
MOST_ITEMS = 64
"""Of a list or map of the pod or the node that an expression sees."""

_TEXT = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""")
_HIDING = re.compile(r"//|\b[bB]?[rR][bB]?''|''''")
"""What would make this reading of the text differ from CEL's; texts are empty here."""
_LOOP = re.compile(r"\.\s*(all|exists|exists_one)\s*\(")
_UNBOUNDED = re.compile(r"\b(matches|map|filter|transformList|transformMap|sortBy)\s*\(")
"""Functions that may take seconds for one node."""
_NAME = re.compile(r"\b(pod|node)\b")
_OWN = re.compile(rf"{_LOOP.pattern}\s*(\w+)\s*,")
"""A loop's own name; (kind of loop, name)."""
_KNOWN = frozenset(("pod", "node"))
_CEL_ERRORS = (ValueError, TypeError, KeyError, RuntimeError, ArithmeticError, IndexError, AttributeError)


class BadExpression(ValueError):
    """The text is no expression, or one that could cost too much; the message says why."""


class Score(NamedTuple):
    points: int
    problem: str = ""
    """Why there are no points."""


class Expression:
    """Compiled once; bounded in size, depth and loops, so that every run ends soon. Raises: BadExpression."""

    def __init__(self, text: str) -> None:
        self.text = text
        _check_bounds(text)
        try:
            self._program = cel_engine.compiled(text)
        except ValueError as error:
            raise BadExpression(_first_line(error)) from None
        own = {name for _, name in _OWN.findall(_TEXT.sub("''", text))}
        unknown = sorted(set(self._program.variables()) - _KNOWN - own)
        if unknown:
            raise BadExpression(f"unknown name {unknown[0]!r}; there are pod and node")

    def run(self, context: Any) -> Score:
        try:
            value = self._program.execute(context)
        except _CEL_ERRORS as error:
            return Score(0, _first_line(error))
        if isinstance(value, bool):
            return Score(MAX_NODE_SCORE if value else 0)
        if not isinstance(value, int | float) or value != value:
            return Score(0, f"the result is no number but {type(value).__name__}")
        return Score(int(min(max(value, 0), MAX_NODE_SCORE)))


class ScoringExpression:
    name = "ScoringExpression"

    def __init__(self, expression: Expression) -> None:
        self.expression = expression
        self._shape: PodShape | None = None  # whose document stands in the context
        self._context = cel_engine.context()

    def score(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> int:
        return self.evaluate(pod, node).points

    def evaluate(self, pod: PodInfo, node: NodeInfo) -> Score:
        """With the reason when there are no points."""
        if self._shape is not pod.shape:
            self._context.add_variable("pod", pod_document(pod.shape))
            self._shape = pod.shape
        self._context.add_variable("node", node_document(node))
        return self.expression.run(self._context)


def pod_document(shape: PodShape) -> Obj:
    """The same for all pods of a shape."""
    containers = [
        {name: c[name] for name in ("image", "resources", "ports") if name in c}
        for c in shape.spec["containers"]
    ]
    spec = {
        "priority": shape.priority,
        "nodeSelector": _few(shape.node_selector),
        "tolerations": shape.tolerations[:MOST_ITEMS],
        "containers": containers[:MOST_ITEMS],
    }
    meta = {"namespace": shape.namespace, "labels": _few(shape.labels)}
    return {"metadata": meta, "spec": spec, "requests": dict(shape.requests)}


def node_document(node: NodeInfo) -> Obj:
    taints = [taint._asdict() for taint in node.taints[:MOST_ITEMS]]
    return {
        "metadata": {"name": node.name, "labels": _few(node.labels)},
        "spec": {"taints": taints, "unschedulable": node.unschedulable},
        "allocatable": {"cpu": 0, "memory": 0, "pods": 0, **node.allocatable},
        "requested": {"cpu": 0, "memory": 0, **node.requested, "pods": len(node.pods)},
        "images": list(node.image_bytes)[:MOST_ITEMS],
    }


def _few(found: dict[str, Any]) -> dict[str, Any]:
    return found if len(found) <= MOST_ITEMS else dict(list(found.items())[:MOST_ITEMS])


def _check_bounds(text: str) -> None:
    """Raises: BadExpression."""
    if len(text) > MOST_CHARACTERS:
        raise BadExpression(f"has {len(text)} characters, at most {MOST_CHARACTERS} are allowed")
    bare = _TEXT.sub("''", text)
    if _HIDING.search(bare):
        raise BadExpression("has a comment, or a raw or triple-quoted text")
    if call := _UNBOUNDED.search(bare):
        raise BadExpression(f"calls {call[1]}(), which may take too long")
    names = len(_NAME.findall(bare))
    if names > MOST_NAMES:
        raise BadExpression(f"names pod and node {names} times, at most {MOST_NAMES} are allowed")
    if (sums := bare.count("+")) > MOST_SUMS:
        raise BadExpression(f"adds {sums} times, at most {MOST_SUMS} are allowed")
    loops = [match.end() - 1 for match in _LOOP.finditer(bare)]
    if len(loops) > MOST_LOOPS:
        raise BadExpression(f"has {len(loops)} loops over lists or maps, at most {MOST_LOOPS} are allowed")
    open_at: list[int] = []
    for place, character in enumerate(bare):
        if character in "([{":
            open_at.append(place)
            if len(open_at) > MOST_DEPTH:
                raise BadExpression(f"is nested more than {MOST_DEPTH} deep")
            if place in loops and any(outer in loops for outer in open_at[:-1]):
                raise BadExpression("has a loop inside a loop")
        elif character in ")]}" and open_at:
            began = open_at.pop()
            if began in loops and len(_NAME.findall(bare, began, place)) > 1:
                raise BadExpression("names pod and node more than once inside a loop")


def _first_line(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    if ": ERROR: " in text:
        text = text.partition(": ERROR: ")[2]
    return text.splitlines()[0][:200]
