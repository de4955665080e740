"""One request through a cluster, told hop by hop: from a pod to a pod, a Service, a node or a name.

from=pod/<namespace>/<name>
to=pod/<namespace>/<name>:<port>   svc/<namespace>/<name>:<port>   node/<name>:<port>   <host>:<port>
"""

from __future__ import annotations

from typing import NamedTuple

from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.view import View
from simcore.cluster.wires import Wires
from simcore.coredns.resolver import ZONE
from simcore.kubelet.runtime.replies import Question
from simcore.sim.clock import Clock

MOST_PODS = 40
"""Of a reachability matrix."""
DEFAULT_PORT = 80


class BadWalk(ValueError):
    """One sentence that says what is wrong with an end of the walk."""


class Goal(NamedTuple):
    """What is asked: a name or address, and a port."""

    host: str
    port: int


def walk(view: View, clock: Clock, source: str, target: str, *, path: str = "/", turn: int = 0) -> Obj:
    """The `turn`-th such request of the pod: of several endpoints another may be chosen. Raises: BadWalk."""
    pod = _pod(view, source)
    if not (pod.get("status") or {}).get("podIP"):
        raise BadWalk(f"{source} has no address")
    goal = _goal(view, target)
    way = Wires(view, clock).walk(Question("http", goal.host, goal.port, path), pod, turn=turn)
    return {
        "from": source,
        "to": target,
        "asked": f"http://{goal.host}:{goal.port}{path}",
        "hops": [{"kind": hop.kind, "where": hop.where, "text": hop.text} for hop in way.hops],
        "destination": way.destination,
        "answered": way.reply.is_answer,
        "code": way.reply.code if way.reply.is_answer else None,
        "lines": list(way.reply.lines),
        "by": way.reply.source,
    }


def reachability(view: View, clock: Clock, pods: list[Obj]) -> Obj:
    """Which pods reach which: a row for each that asks, a column for each that is asked at its first port."""
    asked = [(pod, port) for pod in pods[:MOST_PODS] if (port := _first_port(pod)) and _address(pod)]
    rows = []
    wires = Wires(view, clock)
    for pod in pods[:MOST_PODS]:
        if not _address(pod):
            continue
        cells = []
        for target, port in asked:
            way = wires.walk(Question("tcp", _address(target), port), pod)
            why = (
                "" if way.reply.is_answer else (way.hops[-2].text if len(way.hops) > 1 else way.hops[-1].text)
            )
            cells.append({"to": _named(target), "reached": way.reply.is_answer, "why": why})
        rows.append({"from": _named(pod), "to": cells})
    return {"rows": rows, "left_out": max(len(pods) - MOST_PODS, 0)}


def _goal(view: View, text: str) -> Goal:
    place, _, port = text.rpartition(":")
    if not place:
        place, port = text, str(DEFAULT_PORT)
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise BadWalk(f"{text}: {port!r} is no port from 1 to 65535")
    kind, _, rest = place.partition("/")
    match kind:
        case "svc" if rest.count("/") == 1:
            namespace, name = rest.split("/")
            if view.service(namespace, name) is None:
                raise BadWalk(f"there is no Service {namespace}/{name}")
            return Goal(f"{name}.{namespace}.svc.{ZONE}.", int(port))
        case "pod" if rest.count("/") == 1:
            address = _address(_pod(view, place))
            if not address:
                raise BadWalk(f"{place} has no address")
            return Goal(address, int(port))
        case "node" if rest and "/" not in rest:
            return Goal(_node_address(view, rest), int(port))
    if "/" in place:
        raise BadWalk(
            f"{text} is none of pod/<namespace>/<name>, svc/<namespace>/<name>, node/<name> or a host"
        )
    return Goal(place, int(port))


def _pod(view: View, text: str) -> Obj:
    parts = text.split("/")
    if len(parts) != 3 or parts[0] != "pod":
        raise BadWalk(f"{text} is no pod/<namespace>/<name>")
    pod = view.pod(Key(parts[1], parts[2]))
    if pod is None:
        raise BadWalk(f"there is no Pod {parts[1]}/{parts[2]}")
    return pod


def _node_address(view: View, name: str) -> str:
    node = view.node(name)
    for address in (node.get("status") or {}).get("addresses") or () if node is not None else ():
        if address["type"] == "InternalIP":
            return str(address["address"])
    raise BadWalk(f"there is no Node {name}, or it has no address")


def _address(pod: Obj) -> str:
    return str((pod.get("status") or {}).get("podIP") or "")


def _first_port(pod: Obj) -> int:
    ports = [port["containerPort"] for c in pod["spec"]["containers"] for port in c.get("ports") or ()]
    return ports[0] if ports else 0


def _named(pod: Obj) -> str:
    return f"pod/{pod['metadata']['namespace']}/{pod['metadata']['name']}"
