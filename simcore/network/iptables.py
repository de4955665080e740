"""Chains of rules as the kernel walks them: the first rule that fits decides, a chain's end goes back.

Only what Kubernetes' proxy makes use of. Text is as `iptables-save` writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Literal, NamedTuple

from simcore.network.packet import Hop, Packet

MOST_RULES = 100_000
"""Rules that one packet may be compared with."""

Verdict = Literal["ACCEPT", "DNAT", "DROP", "REJECT"]
Draw = Callable[[str], float]
"""A number in [0, 1) for a rule's text: the kernel's `statistic` match."""


@dataclass(frozen=True)
class Rule:
    """Conditions, all of which must hold, and where the packet goes then."""

    target: str
    comment: str = ""
    source: str = ""
    """An address or range; with `!` before it: any other."""
    destination: str = ""
    protocol: str = ""
    port: int = 0
    from_node: bool = False
    """The sender is a process of the node itself."""
    to_node: bool = False
    """The destination is an address of the node."""
    probability: float = 1.0
    to: str = ""
    """`address:port`, for DNAT."""
    recent: str = ""
    """The chain to which the client was sent the last time."""

    def text(self, chain: str) -> str:
        parts = [f"-A {chain}"]
        if self.source.startswith("!"):
            parts.append(f"! -s {_range(self.source[1:])}")
        elif self.source:
            parts.append(f"-s {_range(self.source)}")
        if self.destination:
            parts.append(f"-d {_range(self.destination)}")
        if self.protocol:
            parts.append(f"-p {self.protocol.lower()}")
        if self.comment:
            parts.append(f'-m comment --comment "{self.comment}"')
        if self.from_node:
            parts.append("-m addrtype --src-type LOCAL")
        if self.to_node:
            parts.append("-m addrtype --dst-type LOCAL")
        if self.port:
            parts.append(f"-m {self.protocol.lower()} --dport {self.port}")
        if self.recent:
            client = f"--name {self.recent} --mask 255.255.255.255 --rsource"
            parts.append(f"-m recent --rcheck --seconds 10800 --reap {client}")
        if self.probability < 1:
            parts.append(f"-m statistic --mode random --probability {self.probability:.11f}")
        parts.append(f"-j {self.target}")
        if self.to:
            parts.append(f"--to-destination {self.to}")
        if self.target == "REJECT":
            parts.append("--reject-with icmp-port-unreachable")
        return " ".join(parts)


Chains = Mapping[str, Sequence[Rule]]


class Walked(NamedTuple):
    packet: Packet
    verdict: Verdict
    hops: list[Hop]


class EndlessWalk(Exception):
    """The chains lead in a circle, or are too long."""


def walk(
    chains: Chains, start: str, packet: Packet, *, node: str, addresses: frozenset[str], draw: Draw
) -> Walked:
    """The packet's way through the chains of a node, which has these addresses. Raises: EndlessWalk."""
    return _Walk(chains, node, addresses, draw).run(start, packet)


class _Walk:
    def __init__(self, chains: Chains, node: str, addresses: frozenset[str], draw: Draw) -> None:
        self._chains, self._node, self._addresses, self._draw = chains, node, addresses, draw
        self._hops: list[Hop] = []
        self._compared = 0

    def run(self, start: str, packet: Packet) -> Walked:
        packet, verdict = self._chain(start, packet, 0)
        return Walked(packet, verdict or "ACCEPT", self._hops)

    def _chain(self, name: str, packet: Packet, depth: int) -> tuple[Packet, Verdict | None]:
        if depth > 16:
            raise EndlessWalk(name)
        for rule in self._chains.get(name, ()):
            self._compared += 1
            if self._compared > MOST_RULES:
                raise EndlessWalk(name)
            if not self._fits(rule, name, packet):
                continue
            self._hops.append(Hop("dnat" if rule.target == "DNAT" else "chain", name, rule.text(name)))
            match rule.target:
                case "DNAT":
                    address, _, port = rule.to.rpartition(":")
                    return packet._replace(destination=address, port=int(port)), "DNAT"
                case "ACCEPT" | "DROP" | "REJECT":
                    return packet, rule.target
                case "RETURN":
                    return packet, None
                case "MARK":
                    packet = packet._replace(is_marked=True)
                    continue
            packet, verdict = self._chain(rule.target, packet, depth + 1)
            if verdict is not None:
                return packet, verdict
        return packet, None

    def _fits(self, rule: Rule, chain: str, packet: Packet) -> bool:
        return (
            (not rule.protocol or rule.protocol == packet.protocol)
            and (not rule.port or rule.port == packet.port)
            and (not rule.destination or _within(packet.destination, rule.destination))
            and (not rule.source or self._is_from(rule.source, packet.source))
            and (not rule.from_node or packet.source in self._addresses)
            and (not rule.to_node or packet.destination in self._addresses)
            and not rule.recent
            and (rule.probability >= 1 or self._draw(rule.text(chain)) < rule.probability)
        )

    @staticmethod
    def _is_from(wanted: str, source: str) -> bool:
        return not _within(source, wanted[1:]) if wanted.startswith("!") else _within(source, wanted)


def save(chains: Chains) -> list[str]:
    """All rules as `iptables-save -t nat` lists them."""
    head = ["*nat", *(f":{name} - [0:0]" for name in chains)]
    return [*head, *(rule.text(name) for name, rules in chains.items() for rule in rules), "COMMIT"]


def _range(text: str) -> str:
    return text if "/" in text else f"{text}/32"


def _within(address: str, text: str) -> bool:
    if "/" not in text:
        return address == text
    return IPv4Address(address) in IPv4Network(text)
