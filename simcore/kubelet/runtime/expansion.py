"""`$(NAME)` in commands, arguments and environment values.

Models: kubernetes v1.36 third_party/forked/golang/expansion/expand.go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_REFERENCE = re.compile(r"\$(\$|\(([A-Za-z_.-][\w.-]*)\))")


def expanded(text: str, variables: Mapping[str, str]) -> str:
    """`$(NAME)` is the variable, if there is one; `$$` is a dollar sign."""
    if "$" not in text:
        return text

    def value(match: re.Match[str]) -> str:
        return "$" if match[1] == "$" else variables.get(match[2], match[0])

    return _REFERENCE.sub(value, text)


def names_in(text: str) -> list[str]:
    """The variables that a text refers to."""
    return [match[2] for match in _REFERENCE.finditer(text) if match[1] != "$"]
