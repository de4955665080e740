"""The functions that Kubernetes adds to CEL, as far as rules of custom resources use them.

Models: kubernetes v1.36 apiserver/pkg/cel/library (lists, regex, quantity, ip, cidr, url), cel-go ext/strings.go.
A method's receiver is its first argument.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from simcore.apimachinery.quantity import QuantityError, parse
from simcore.kube_apiserver.validation.names import dns_label, dns_subdomain

MOST_PARTS = 10_000
_QUANTITY = "\0quantity"


class CelError(ValueError):
    """What a function says of arguments that it can't take."""


def _quantity(text: str) -> dict[str, int]:
    try:
        return {_QUANTITY: parse(text).nanos}
    except QuantityError as error:
        raise CelError(str(error)) from None


def _nanos(value: Any) -> int:
    if not isinstance(value, dict) or _QUANTITY not in value:
        raise CelError("no such overload")
    nanos: int = value[_QUANTITY]
    return nanos


def _holds(check: Callable[[str], object]) -> Callable[[str], bool]:
    def function(text: str) -> bool:
        try:
            return check(text) is not NotImplemented
        except (ValueError, QuantityError):
            return False

    return function


def _split(text: str, separator: str, limit: int = -1) -> list[str]:
    parts = (
        list(text) if not separator else text.split(separator, MOST_PARTS if limit < 0 else max(limit - 1, 0))
    )
    return [] if limit == 0 else parts


def _replace(text: str, old: str, new: str, limit: int = -1) -> str:
    if len(text) * max(len(new), 1) > 1 << 20:
        raise CelError("operation cancelled: actual cost limit exceeded")
    return text.replace(old, new, limit)


def _substring(text: str, start: int, end: int | None = None) -> str:
    if not 0 <= start <= len(text) or (end is not None and not start <= end <= len(text)):
        raise CelError(f"index out of range: {start}")
    return text[start:end]


def _char_at(text: str, at: int) -> str:
    if not 0 <= at <= len(text):
        raise CelError(f"index out of range: {at}")
    return text[at : at + 1]


def _index_of(where: Any, what: Any) -> int:
    if isinstance(where, str):
        return where.find(what)
    return where.index(what) if what in where else -1


def _last_index_of(where: Any, what: Any) -> int:
    if isinstance(where, str):
        return where.rfind(what)
    return next((at for at in range(len(where) - 1, -1, -1) if where[at] == what), -1)


def _is_sorted(items: list[Any]) -> bool:
    return all(a <= b for a, b in pairwise(items))


def _extreme(choose: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
    def function(items: list[Any]) -> Any:
        if not items:
            raise CelError("min and max called on empty list")
        return choose(items)

    return function


def _plain_pattern(pattern: str) -> re.Pattern[str]:
    """Patterns whose match can take long are refused: Python's matcher goes back."""
    if len(pattern) > 256 or re.search(r"[*+}]\)*[*+{]|\\[1-9]|\(\?[=!<P]", pattern):
        raise CelError("operation cancelled: actual cost limit exceeded")
    try:
        return re.compile(pattern)
    except re.error as error:
        raise CelError(f"error parsing regexp: {error}") from None


def _find(text: str, pattern: str) -> str:
    found = _plain_pattern(pattern).search(text)
    return found.group() if found else ""


def _find_all(text: str, pattern: str, limit: int = -1) -> list[str]:
    found = [match.group() for match in _plain_pattern(pattern).finditer(text)]
    return found if limit < 0 else found[:limit]


def _format(text: str, values: list[Any]) -> str:
    left = iter(values)
    return re.sub(r"%(\.\d+)?[sdfexXob]", lambda _: str(next(left, "")), text)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "isSorted": _is_sorted,
    "sum": sum,
    "min": _extreme(min),
    "max": _extreme(max),
    "indexOf": _index_of,
    "lastIndexOf": _last_index_of,
    "find": _find,
    "findAll": _find_all,
    "charAt": _char_at,
    "join": lambda items, separator="": separator.join(items),
    "lowerAscii": str.lower,
    "upperAscii": str.upper,
    "replace": _replace,
    "split": _split,
    "substring": _substring,
    "trim": str.strip,
    "reverse": lambda value: value[::-1],
    "format": _format,
    "quantity": _quantity,
    "isQuantity": _holds(parse),
    "isGreaterThan": lambda a, b: _nanos(a) > _nanos(b),
    "isLessThan": lambda a, b: _nanos(a) < _nanos(b),
    "compareTo": lambda a, b: (_nanos(a) > _nanos(b)) - (_nanos(a) < _nanos(b)),
    "asInteger": lambda a: _nanos(a) // 1_000_000_000,
    "asApproximateFloat": lambda a: _nanos(a) / 1e9,
    "sign": lambda a: (_nanos(a) > 0) - (_nanos(a) < 0),
    "isIP": _holds(ip_address),
    "isCIDR": _holds(lambda text: ip_network(text, strict=False) if "/" in text else int(text)),
    "isURL": lambda text: bool(urlsplit(text).scheme) or text.startswith("/"),
    "isDNS1123Label": lambda text: not dns_label(text),
    "isDNS1123Subdomain": lambda text: not dns_subdomain(text),
}
