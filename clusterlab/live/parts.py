"""State messages in parts: none is longer than a frame may be, and only all of them together mean something.

    {"t":"frame","from":41,"to":47,"at":900,"more":1,"nodes":[a],"pods":[b,c]}
    {"t":"frame","from":41,"to":47,"at":900,"nodes":[],"pods":[d]}

The browser joins the rows of a message that has `more` with those of the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

LONGEST = 64 * 1024
"""Bytes of a message."""
HEAD = 256
"""Bytes that are left for what stands around the rows."""


class Rows(NamedTuple):
    """The rows of one part, as JSON without the brackets."""

    nodes: str = ""
    pods: str = ""


def in_parts(rows: Iterable[tuple[bool, bytes]]) -> list[Rows]:
    """From (is a pod's, row) in their order; at least one part. A row that is too long for any stands alone."""
    return list(_in_parts(rows)) or [Rows()]


def messages(head: str, parts: list[Rows]) -> list[str]:
    """The texts to send; `head` is what stands before the rows, without the opening brace."""
    last = len(parts) - 1
    return [
        f'{{{head}{"" if i == last else MORE},"nodes":[{part.nodes}],"pods":[{part.pods}]}}'
        for i, part in enumerate(parts)
    ]


MORE = ',"more":1'


def _in_parts(rows: Iterable[tuple[bool, bytes]]) -> Iterator[Rows]:
    nodes: list[bytes] = []
    pods: list[bytes] = []
    size = 0
    for is_pod, row in rows:
        if size and size + len(row) > LONGEST - HEAD:
            yield _joined(nodes, pods)
            nodes, pods, size = [], [], 0
        (pods if is_pod else nodes).append(row)
        size += len(row) + 1
    if size:
        yield _joined(nodes, pods)


def _joined(nodes: list[bytes], pods: list[bytes]) -> Rows:
    return Rows(b",".join(nodes).decode(), b",".join(pods).decode())
