"""Patterns and formats of texts. Patterns are matched in linear time, whatever they and the text are.

Models: kubernetes v1.36 kube-openapi pkg/validation/strfmt; patterns have the syntax of RE2.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache, lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Any
from urllib.parse import urlsplit

from simcore.apimachinery import cel_engine
from simcore.sim.timestamps import parse_time

_DURATION = re.compile(
    r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h|d|w)( ?[0-9.]+(ns|us|µs|ms|s|m|h|d|w))*"
)
_UUID = re.compile(r"(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_MAC = re.compile(r"(?i)([0-9a-f]{2}[:-]){5}[0-9a-f]{2}")
_HOSTNAME = re.compile(r"(?i)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\.?")
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+")
_BASE64 = re.compile(r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_COLOR = re.compile(r"(?i)#?([0-9a-f]{3}|[0-9a-f]{6})")


@cache
def _searching() -> Any:
    return cel_engine.compiled("text.matches(pattern)")


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern is found in the text; a pattern that is none matches everything."""
    try:
        return bool(_searching().execute({"text": text, "pattern": pattern}))
    except (ValueError, RuntimeError, TypeError):
        return not is_pattern(pattern)


@lru_cache(maxsize=1024)
def is_pattern(pattern: str) -> bool:
    try:
        _searching().execute({"text": "", "pattern": pattern})
    except (ValueError, RuntimeError, TypeError):
        return False
    return True


def has_format(name: str, text: str) -> bool:
    """Formats that are not known hold for every text."""
    check = _FORMATS.get(name.replace("-", ""))
    if check is None:
        return True
    try:
        return check(text)
    except ValueError:
        return False


def _parses(function: Callable[[str], object]) -> Callable[[str], bool]:
    """The function raises ValueError for what it can't read."""
    return lambda text: function(text) is not NotImplemented


def _like(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


def _is_network(text: str) -> bool:
    ip_network(text, strict=False)
    return "/" in text


_FORMATS: dict[str, Callable[[str], bool]] = {
    "datetime": _parses(parse_time),
    "date": _parses(date.fromisoformat),
    "duration": _like(_DURATION),
    "uuid": _like(_UUID),
    "mac": _like(_MAC),
    "hostname": _like(_HOSTNAME),
    "email": _like(_EMAIL),
    "byte": _like(_BASE64),
    "hexcolor": _like(_COLOR),
    "ipv4": _parses(IPv4Address),
    "ipv6": _parses(IPv6Address),
    "cidr": _is_network,
    "uri": lambda text: bool(urlsplit(text).scheme),
}
