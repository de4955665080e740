"""The CEL library. It is imported with the first expression: with its command line that takes a third of a second."""

from __future__ import annotations

from typing import Any


def compiled(text: str) -> Any:
    """A program with `execute(context or variables)` and `variables()`. Raises: ValueError."""
    import cel

    return cel.compile(text)


def context(**contents: Any) -> Any:
    """What a program runs in: `variables` and `functions` by name."""
    import cel

    return cel.Context(**contents)
