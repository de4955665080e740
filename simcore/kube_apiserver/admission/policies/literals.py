"""Object literals of mutations, `Object.spec{replicas: 3}` and `JSONPatch{op: "add"}`, as the maps that they are.

Upstream gives them types of the object's schema; here they are maps, and the schema is asked when the result is merged.
"""

from __future__ import annotations

import re
from functools import lru_cache

_TOKEN = re.compile(
    r"""(?P<text>[rRbB]{0,2}(?:\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))"""
    r"|(?P<type>\b(?:Object(?:\.[A-Za-z_]\w*)*|JSONPatch)\s*\{)"
    r"|(?P<key>[A-Za-z_]\w*(?=\s*:(?!:)))"
    r"|(?P<open>[{(\[])|(?P<close>[})\]])|(?P<other>[A-Za-z_]\w*|\s+|.)",
    re.DOTALL,
)
_ESCAPED = re.compile(r"__(\w+?)__")
_SIGNS = {"underscores": "__", "dot": ".", "dash": "-", "slash": "/"}
_MAP, _OBJECT, _OTHER = "map", "object", "other"


@lru_cache(maxsize=1024)
def as_maps(text: str) -> str:
    """The expression with its object literals written as maps; everything else stays as it is."""
    inside: list[str] = []
    written: list[str] = []
    for token in _TOKEN.finditer(text):
        part = token.group()
        if token["type"]:
            inside.append(_OBJECT)
            part = "{"
        elif token["open"]:
            inside.append(_MAP if part == "{" else _OTHER)
        elif token["close"] and inside:
            inside.pop()
        elif token["key"] and inside and inside[-1] == _OBJECT and _begins_a_field(written):
            part = f'"{unescaped(part)}"'
        written.append(part)
    return "".join(written)


def unescaped(name: str) -> str:
    """A field's name as CEL has to write it: `__namespace__` is `namespace`, `a__dot__b` is `a.b`."""
    return _ESCAPED.sub(lambda found: _SIGNS.get(found[1], found[1]), name)


def _begins_a_field(written: list[str]) -> bool:
    """Behind the brace or a comma: not the middle of a condition `a ? b : c`."""
    before = next((part for part in reversed(written) if part.strip()), "")
    return before in ("{", ",")
