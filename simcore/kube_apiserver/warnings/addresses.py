"""IP addresses and CIDRs that mean what they say, but are not written as they should be.

Models: kubernetes v1.36 apimachinery/pkg/util/validation/ip.go (GetWarningsForIP, GetWarningsForCIDR).
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_interface

from simcore.kube_apiserver.validation.field import quoted


def of_addresses(path: str, texts: Iterable[str]) -> list[str]:
    return [told for i, text in enumerate(texts) for told in of_address(f"{path}[{i}]", text)]


def of_address(path: str, text: str) -> list[str]:
    """Nothing for what is no address: validation speaks of that."""
    try:
        address = ip_address(text)
    except ValueError:
        return []
    return _of_address(path, text, address)


def of_cidr(path: str, text: str) -> list[str]:
    """Nothing for what is no CIDR."""
    try:
        given = ip_interface(text)
    except ValueError:
        return []
    if "/" not in text:
        return []
    address, network = given.ip, str(given.network)
    told = []
    if given.network.network_address != address:
        alone = f"{address}/{address.max_prefixlen}"
        which = f"(should be {quoted(network)} or {quoted(alone)}?)"
        told.append(f"{path}: CIDR value {quoted(text)} is ambiguous in this context {which}")
    elif str(given) != text:
        shape = f"should be in RFC 5952 canonical format ({quoted(str(given))})"
        told.append(f"{path}: IPv6 CIDR value {quoted(text)} {shape}")
    return told


def _of_address(path: str, text: str, address: IPv4Address | IPv6Address) -> list[str]:
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        future = "will be considered invalid in a future Kubernetes release"
        return [f"{path}: non-standard IP address {quoted(text)} {future}: use {quoted(str(mapped))}"]
    if str(address) != text:
        shape = f"should be in RFC 5952 canonical format ({quoted(str(address))})"
        return [f"{path}: IPv6 address {quoted(text)} {shape}"]
    return []
