"""Ports that two entries of a pod claim.

Models: kubernetes v1.36 pkg/api/pod/warnings.go (warningsForPodSpecAndMeta, the part about ports).
"""

from __future__ import annotations

from collections.abc import Iterable

from simcore.apimachinery.meta import Obj


def of_ports(containers: Iterable[tuple[str, Obj]]) -> list[str]:
    """`containers` with their paths."""
    told: list[str] = []
    known: dict[tuple[int, str], list[tuple[str, Obj]]] = {}
    for where, container in containers:
        for i, port in enumerate(container.get("ports") or ()):
            at = f"{where}.ports[{i}]"
            if port.get("hostIP") and not port.get("hostPort"):
                told.append(f"{at}: hostIP set without hostPort: {_as_go(port)}")
            others = known.setdefault((port["containerPort"], port.get("protocol", "TCP")), [])
            told += [f"{at}: {how} {other}" for other, one in others if (how := _clash(port, one))]
            others.append((at, port))
    return told


def _clash(port: Obj, other: Obj) -> str:
    ip, host = port.get("hostIP", ""), port.get("hostPort", 0)
    other_ip, other_host = other.get("hostIP", ""), other.get("hostPort", 0)
    if (ip, host) == (other_ip, other_host):
        return "duplicate port definition with"
    if not host or not other_host:
        return "overlapping port definition with"
    if host == other_host and bool(ip) != bool(other_ip):
        return "dangerously ambiguous port definition with"
    return ""


def _as_go(port: Obj) -> str:
    """As Go prints a structure with its fields' names."""
    number, host = port["containerPort"], port.get("hostPort", 0)
    told = f"Name:{port.get('name', '')} HostPort:{host} ContainerPort:{number}"
    return f"{{{told} Protocol:{port.get('protocol', 'TCP')} HostIP:{port.get('hostIP', '')}}}"
