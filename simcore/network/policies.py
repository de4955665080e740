"""Whether NetworkPolicies let a connection through, and which rule decides. Pure.

A pod that no policy selects in a direction is open in it; one that is selected is open only to what a rule allows.

Models: the NetworkPolicy API, networking.k8s.io/v1 (what its fields mean), as a network plugin enforces it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import ip_address, ip_network
from typing import Any, Literal, NamedTuple

Obj = Mapping[str, Any]
Direction = Literal["Ingress", "Egress"]
Selects = Callable[[Any, Mapping[str, str]], bool]
"""Whether a label selector holds for labels."""


class End(NamedTuple):
    """One end of a connection. A pod, or an address that is nobody's."""

    address: str
    namespace: str = ""
    labels: Mapping[str, str] = {}
    namespace_labels: Mapping[str, str] = {}
    ports: Mapping[str, int] = {}
    """The pod's named ports."""

    @property
    def is_pod(self) -> bool:
        return bool(self.namespace)


class Verdict(NamedTuple):
    is_allowed: bool
    text: str
    """The rule that decides, in words."""
    policy: str = ""
    """`namespace/name`; empty: none selects the pod."""


class Connection(NamedTuple):
    source: End
    target: End
    port: int
    protocol: str = "TCP"


def judge(connection: Connection, policies: Iterable[Obj], selects: Selects) -> list[Verdict]:
    """What the source's policies for egress say, and then the target's for ingress; a denial is the last."""
    every = [*policies]
    verdicts = []
    for direction, here in (("Egress", connection.source), ("Ingress", connection.target)):
        if not here.is_pod:
            continue
        verdict = _judge(direction, here, connection, every, selects)  # type: ignore[arg-type]  # one of the two
        verdicts.append(verdict)
        if not verdict.is_allowed:
            break
    return verdicts


def _judge(
    direction: Direction, here: End, connection: Connection, policies: list[Obj], selects: Selects
) -> Verdict:
    binding = [p for p in policies if _binds(p, direction, here, selects)]
    if not binding:
        return Verdict(True, f"no NetworkPolicy selects the pod for {direction.lower()}")
    for policy in binding:
        for number, rule in enumerate(policy["spec"].get(direction.lower()) or (), 1):
            if _allows(rule, direction, policy, connection, selects):
                name = _name(policy)
                return Verdict(
                    True, f"NetworkPolicy {name} allows it by {direction.lower()} rule {number}", name
                )
    names = ", ".join(_name(policy) for policy in binding)
    return Verdict(
        False, f"no {direction.lower()} rule of NetworkPolicy {names} allows it", _name(binding[0])
    )


def _binds(policy: Obj, direction: Direction, here: End, selects: Selects) -> bool:
    spec = policy["spec"]
    types = spec.get("policyTypes") or (["Ingress", "Egress"] if "egress" in spec else ["Ingress"])
    same = policy["metadata"]["namespace"] == here.namespace
    return same and direction in types and selects(spec.get("podSelector") or {}, here.labels)


def _allows(rule: Obj, direction: Direction, policy: Obj, connection: Connection, selects: Selects) -> bool:
    there = connection.target if direction == "Egress" else connection.source
    peers, ports = rule.get("to" if direction == "Egress" else "from"), rule.get("ports")
    right_peer = not peers or any(_is_peer(peer, policy, there, selects) for peer in peers)
    return right_peer and (not ports or any(_is_port(port, connection) for port in ports))


def _is_peer(peer: Obj, policy: Obj, there: End, selects: Selects) -> bool:
    block = peer.get("ipBlock")
    if block is not None:
        return _within(there.address, [block["cidr"]]) and not _within(
            there.address, block.get("except") or ()
        )
    if not there.is_pod:
        return False
    spaces, pods = peer.get("namespaceSelector"), peer.get("podSelector")
    if spaces is None:
        right_space = there.namespace == policy["metadata"]["namespace"]
    else:
        right_space = selects(spaces, there.namespace_labels)
    return right_space and (pods is None or selects(pods, there.labels))


def _is_port(port: Obj, connection: Connection) -> bool:
    if port.get("protocol", "TCP") != connection.protocol:
        return False
    wanted = port.get("port")
    if wanted is None:
        return True
    if isinstance(wanted, str):
        return connection.target.ports.get(wanted) == connection.port
    return bool(wanted <= connection.port <= port.get("endPort", wanted))


def _within(address: str, ranges: Iterable[str]) -> bool:
    return any(ip_address(address) in ip_network(text, strict=False) for text in ranges)


def _name(policy: Obj) -> str:
    return f"{policy['metadata']['namespace']}/{policy['metadata']['name']}"


def reachable(
    ends: Mapping[str, End], ports: Mapping[str, int], policies: Iterable[Obj], selects: Selects
) -> Iterator[tuple[str, str, Verdict]]:
    """For each ordered pair of pods (by name): what decides whether one reaches the other's port."""
    every = [*policies]
    for source in ends:
        for target, port in ports.items():
            if source != target:
                found = judge(Connection(ends[source], ends[target], port), every, selects)
                yield source, target, found[-1]
