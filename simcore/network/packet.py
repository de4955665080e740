"""A packet on its way, and the places that it comes through."""

from __future__ import annotations

from typing import Literal, NamedTuple

Protocol = Literal["TCP", "UDP", "SCTP"]


class Packet(NamedTuple):
    """The first packet of a connection."""

    source: str
    destination: str
    port: int
    protocol: Protocol = "TCP"
    is_marked: bool = False
    """Marked for masquerading: it leaves the node under the node's own address."""


class Hop(NamedTuple):
    """One station of a request, in the order in which it comes through."""

    kind: Literal["dns", "chain", "dnat", "masquerade", "policy", "route", "server", "verdict"]
    where: str
    """A pod, a node, a chain."""
    text: str
    """What happens there: a rule as iptables-save writes it, a query with its answer."""
