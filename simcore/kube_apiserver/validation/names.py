"""The shapes of names, keys and values; each rule returns the messages of what is wrong, none when all is well.

Models: kubernetes v1.36 apimachinery/pkg/util/validation/validation.go, pkg/api/validate/content.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from functools import lru_cache

Rule = Callable[[str], list[str]]

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_LABEL_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_LABEL_VALUE = f"({_QUALIFIED})?"
_CONFIG_KEY = "[-._a-zA-Z0-9]+"
_PERCENT = "[0-9]+%"
_HTTP_HEADER = "[-A-Za-z0-9]+"
_HTTP_PATH = r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+"
_C_IDENTIFIER = "[A-Za-z_][A-Za-z0-9_]*"
_WILDCARD = rf"\*\.{_SUBDOMAIN}"

_LABEL_SAYS = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
    "and must start and end with an alphanumeric character"
)
_SUBDOMAIN_SAYS = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    "and must start and end with an alphanumeric character"
)
_LABEL_1035_SAYS = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
    "character, and end with an alphanumeric character"
)
_QUALIFIED_SAYS = (
    "must consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character"
)
_LABEL_VALUE_SAYS = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character"
)
_WILDCARD_SAYS = (
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of "
    "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character"
)


def _regex_fault(says: str, pattern: str, *examples: str) -> str:
    listed = "',  or '".join(examples)
    given = f"e.g. '{listed}', " if examples else ""
    return f"{says} ({given}regex used for validation is '{pattern}')"


def longest(limit: int) -> str:
    return f"must be no more than {limit} characters"


def in_range(low: int, high: int) -> str:
    return f"must be between {low} and {high}, inclusive"


PORT_RANGE = in_range(1, 65535)


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _matches(pattern: str, text: str) -> bool:
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _is_ordinary_key(text: str) -> bool:
    """A qualified name without faults. The same keys come again and again, names of objects don't."""
    prefix, slash, name = text.rpartition("/")
    return (
        0 < len(name) <= 63
        and _matches(_QUALIFIED, name)
        and (not slash or (len(prefix) <= 253 and _matches(_SUBDOMAIN, prefix)))
    )


def dns_label(text: str) -> list[str]:
    """RFC 1123: at most 63 lower-case letters, digits and inner hyphens."""
    faults = [longest(63)] if len(text.encode()) > 63 else []
    if not _matches(_LABEL, text):
        dotted = _matches(_SUBDOMAIN, text)
        faults.append("must not contain dots" if dotted else _label_fault())
    return faults


def dns_subdomain(text: str) -> list[str]:
    """RFC 1123: labels joined by dots, at most 253 characters."""
    faults = [longest(253)] if len(text.encode()) > 253 else []
    if not _matches(_SUBDOMAIN, text):
        faults.append(_regex_fault(_SUBDOMAIN_SAYS, _SUBDOMAIN, "example.com"))
    return faults


def wildcard_subdomain(text: str) -> list[str]:
    faults = [longest(253)] if len(text.encode()) > 253 else []
    if not _matches(_WILDCARD, text):
        faults.append(_regex_fault(_WILDCARD_SAYS, _WILDCARD, "*.example.com"))
    return faults


def dns_label_1035(text: str) -> list[str]:
    """RFC 1035: as dns_label, but starting with a letter."""
    faults = [longest(63)] if len(text.encode()) > 63 else []
    if not _matches(_LABEL_1035, text):
        faults.append(_regex_fault(_LABEL_1035_SAYS, _LABEL_1035, "my-name", "abc-123"))
    return faults


def qualified_name(text: str) -> list[str]:
    """A label's key: an optional DNS prefix, a slash and a name of at most 63 characters."""
    if _is_ordinary_key(text):
        return []
    prefix, _, name = text.rpartition("/")
    if "/" in prefix:
        fault = _regex_fault(_QUALIFIED_SAYS, _QUALIFIED, "MyName", "my.name", "123-abc")
        return [
            f"a valid label key {fault} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        ]
    faults = []
    if "/" in text:
        faults = (
            [f"prefix part {fault}" for fault in dns_subdomain(prefix)]
            if prefix
            else ["prefix part must be non-empty"]
        )
    if not name:
        faults.append("name part must be non-empty")
    elif len(name.encode()) > 63:
        faults.append("name part must be no more than 63 bytes")
    if not _matches(_QUALIFIED, name):
        faults.append(
            f"name part {_regex_fault(_QUALIFIED_SAYS, _QUALIFIED, 'MyName', 'my.name', '123-abc')}"
        )
    return faults


def label_value(text: str) -> list[str]:
    faults = ["must be no more than 63 bytes"] if len(text.encode()) > 63 else []
    if not _matches(_LABEL_VALUE, text):
        faults.append(_regex_fault(_LABEL_VALUE_SAYS, _LABEL_VALUE, "MyValue", "my_value", "12345"))
    return faults


def path_segment(text: str) -> list[str]:
    """Names of RBAC objects: anything that can stand between two slashes of a URL."""
    if text in (".", ".."):
        return [f"may not be '{text}'"]
    return [f"may not contain '{part}'" for part in ("/", "%") if part in text]


def config_key(text: str) -> list[str]:
    """A key of a ConfigMap's or a Secret's data."""
    faults = [longest(253)] if len(text.encode()) > 253 else []
    if not _matches(_CONFIG_KEY, text):
        says = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
        faults.append(_regex_fault(says, _CONFIG_KEY, "key.name", "KEY_NAME", "key-name"))
    if text == ".":
        return [*faults, "must not be '.'"]
    if text == "..":
        return [*faults, "must not be '..'"]
    return [*faults, "must not start with '..'"] if text.startswith("..") else faults


def env_name(text: str) -> list[str]:
    """Printable ASCII without `=`."""
    faults = [] if text else ["environment variable name must be non-empty"]
    if any(not " " <= char <= "~" or char == "=" for char in text):
        says = (
            "a valid environment variable name must consist only of printable ASCII characters other than '='"
        )
        faults.append(says)
    return faults


def c_identifier(text: str) -> list[str]:
    says = (
        "a valid C identifier must start with alphabetic character or '_', "
        "followed by a string of alphanumeric characters or '_'"
    )
    return (
        []
        if _matches(_C_IDENTIFIER, text)
        else [_regex_fault(says, _C_IDENTIFIER, "my_name", "MY_NAME", "MyName")]
    )


def port_name(text: str) -> list[str]:
    """RFC 6335: at most 15 lower-case letters, digits and single inner hyphens, one letter at least."""
    faults = [longest(15)] if len(text) > 15 else []
    if not _matches("[-a-z0-9]+", text):
        faults.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search("[a-z]", text):
        faults.append("must contain at least one letter (a-z)")
    if "--" in text:
        faults.append("must not contain consecutive hyphens")
    if text[:1] == "-" or text[-1:] == "-":
        faults.append("must not begin or end with a hyphen")
    return faults


def port_number(number: int) -> list[str]:
    return [] if 1 <= number <= 65535 else [PORT_RANGE]


def percent(text: str) -> list[str]:
    says = "a valid percent string must be a numeric string followed by an ending '%'"
    return [] if _matches(_PERCENT, text) else [_regex_fault(says, _PERCENT, "1%", "93%")]


def http_header(text: str) -> list[str]:
    says = "a valid HTTP header must consist of alphanumeric characters or '-'"
    return [] if _matches(_HTTP_HEADER, text) else [_regex_fault(says, _HTTP_HEADER, "X-Header-Name")]


def http_path(text: str) -> bool:
    return _matches(_HTTP_PATH, text)


def http_path_fault() -> str:
    return _regex_fault("Invalid path", _HTTP_PATH)


def ip_address(text: str) -> list[str]:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"]
    return []


def canonical_address(text: str) -> list[str]:
    """Faults of an address that has to be in its usual form."""
    if faults := ip_address(text):
        return ["must not have leading 0s"] if has_leading_zeros(text) else faults
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return ["must not be an IPv4-mapped IPv6 address"]
    return [] if str(address) == text else [f'must be in canonical form ("{address}")']


def has_leading_zeros(text: str) -> bool:
    """Whether this is an IPv4 address but for zeros before a number."""
    parts = text.split(".")
    if len(parts) != 4 or not all(part.isdecimal() and int(part) < 256 for part in parts):
        return False
    return any(len(part) > 1 and part.startswith("0") for part in parts)


def as_prefix(text: str) -> str:
    """A generateName as it is checked: a trailing hyphen may stand, since characters follow."""
    return text[:-1] + "a" if text.endswith("-") and len(text) > 1 else text


def _label_fault() -> str:
    return _regex_fault(_LABEL_SAYS, _LABEL, "my-name", "123-abc")
