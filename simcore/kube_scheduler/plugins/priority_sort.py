"""PrioritySort: the highest priority first, then who has waited longest."""

from __future__ import annotations


class PrioritySort:
    name = "PrioritySort"

    def sort_key(self, priority: int, queued_ms: int, number: int) -> tuple[int, ...]:
        return (-priority, queued_ms, number)
