"""The way of a request through a cluster: names, rules, the wire, the server; and what comes back.

One request is walked hop by hop; what a program can be told at all is found by walking every way that the rules allow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from itertools import count
from typing import NamedTuple

from simcore.apimachinery.meta import Obj, labels_of
from simcore.apimachinery.selectors import matches
from simcore.cluster.view import View
from simcore.coredns.resolver import Query, is_address, resolve
from simcore.kube_proxy.endpoints import endpoints_of, targets
from simcore.kube_proxy.rules import rules_of
from simcore.kubelet import serving
from simcore.kubelet.records import PodRecord
from simcore.kubelet.runtime.replies import NO_ANSWER, Question, Reply
from simcore.network.iptables import Draw, walk
from simcore.network.packet import Hop, Packet
from simcore.network.policies import Connection, End, Verdict, judge
from simcore.sim.clock import Clock

MOST_WAYS = 20
"""Ways of one request that are told apart."""
MOST_BODY = 50
OUTSIDE = "203.0.113."
"""The world outside has addresses of this range for documentation, and answers everything."""
FORBIDDEN = Reply(
    403,
    ('{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403}',),
    "kube-apiserver",
)
"""What the API server says to somebody whom it doesn't know."""
_REFUSED, _TIMED_OUT, _NO_ROUTE = "Connection refused", "Connection timed out", "No route to host"
_NO_DNS = ";; connection timed out; no servers could be reached"


class Sender(NamedTuple):
    """Who asks."""

    pod: Obj
    address: str
    record: PodRecord | None = None
    """Its containers as its kubelet knows them, which may be newer than what is stored."""

    @property
    def node(self) -> str:
        name: str = self.pod["spec"].get("nodeName", "")
        return name

    def __str__(self) -> str:
        meta = self.pod["metadata"]
        return f"{meta['namespace']}/{meta['name']}"


class Way(NamedTuple):
    """One request's way, and what comes back."""

    hops: tuple[Hop, ...]
    reply: Reply
    destination: str = ""
    """address:port after all rules."""


class Wires:
    def __init__(self, view: View, clock: Clock) -> None:
        self._view, self._clock = view, clock

    def ask(self, question: Question, pod: Obj, record: PodRecord) -> tuple[Reply, ...]:
        """Every reply that may come now, each as likely as the others."""
        ip = record.sandbox.ip if record.sandbox is not None else ""
        replies = [way.reply for way in self._ways(question, Sender(pod, ip, record))]
        return tuple(Reply(r.code, r.lines[:MOST_BODY], r.source) for r in replies)

    def walk(self, question: Question, pod: Obj, *, turn: int = 0) -> Way:
        """One request, hop by hop: the `turn`-th that the pod makes."""
        ways = [*self._ways(question, Sender(pod, (pod.get("status") or {}).get("podIP", "")))]
        chosen = blake2b(
            f"{pod['metadata'].get('uid', '')} {question.text()} {turn}".encode(), digest_size=8
        ).digest()
        return ways[int.from_bytes(chosen, "big") % len(ways)]

    def _ways(self, question: Question, sender: Sender) -> Iterator[Way]:
        if question.kind == "dns":
            yield self._lookup(question, sender)
            return
        if is_address(question.host) or question.host == "localhost":
            yield from self._connections(question, sender, [question.host], ())
            return
        named = self._lookup(question._replace(path="A"), sender)
        if not named.reply.is_answer:
            yield Way(named.hops, Reply(NO_ANSWER, (f"bad address '{question.host}'",)))
            return
        addresses = [line.rpartition(" ")[2] for line in named.reply.lines if line.split(" ")[1] == "A"]
        yield from self._connections(question, sender, addresses, named.hops)

    def _lookup(self, question: Question, sender: Sender) -> Way:
        if not self._dns_is_up(sender):
            hop = Hop("dns", str(sender), _NO_DNS)
            return Way((hop,), Reply(NO_ANSWER, (_NO_DNS,)))
        kind = question.path or "A"
        queries: list[Query] = resolve(self._view, question.host, kind, sender.pod)
        hops = tuple(Hop("dns", str(sender), query.text(kind)) for query in queries)
        records = queries[-1].records if queries else ()
        if not any(record.kind == kind or record.kind in ("CNAME", "PTR") for record in records):
            return Way(hops, Reply(NO_ANSWER, ("NXDOMAIN",)))
        return Way(hops, Reply(0, tuple(map(str, records))))

    def _judged(self, sender: Sender, pod: Obj, packet: Packet) -> list[Verdict]:
        """What NetworkPolicies say of a connection between pods. Nothing: nobody is bound."""
        spaces = (sender.pod["metadata"]["namespace"], pod["metadata"]["namespace"])
        policies = self._view.policies(spaces)
        if not policies:
            return []
        is_own = packet.source == sender.address  # else it comes under a node's address
        source = self._end(sender.pod, sender.address) if is_own else End(packet.source)
        connection = Connection(source, self._end(pod, packet.destination), packet.port, packet.protocol)
        return judge(connection, policies, matches)

    def _end(self, pod: Obj, address: str) -> End:
        meta, containers = pod["metadata"], pod["spec"]["containers"]
        if pod["spec"].get("hostNetwork"):
            return End(address)  # policies don't know it from its node
        space = self._view.namespace(meta["namespace"])
        ports = {
            port["name"]: port["containerPort"]
            for c in containers
            for port in c.get("ports") or ()
            if port.get("name")
        }
        return End(address, meta["namespace"], labels_of(pod), labels_of(space) if space else {}, ports)

    def _dns_is_up(self, sender: Sender) -> bool:
        """A cluster without a DNS service of its own is served by something that nobody sees."""
        if not self._view.has_dns:
            return False
        service = self._view.service("kube-system", "kube-dns")
        if service is None or not service["spec"].get("ports"):
            return True
        found = targets(endpoints_of(self._view.slices(service), service["spec"]["ports"][0]), sender.node)
        servers = [pod for e in found.everywhere if (pod := self._view.pod_at(e.address)) is not None]
        if servers and not _is_allowed(
            self._judged(sender, servers[0], Packet(sender.address, found.everywhere[0].address, 53, "UDP"))
        ):
            return False
        return found.has_any

    def _connections(
        self, question: Question, sender: Sender, addresses: list[str], before: tuple[Hop, ...]
    ) -> Iterator[Way]:
        seen: set[str] = set()
        for address in addresses:
            found = [*self._routes(Packet(sender.address, address, question.port), sender)]
            for hops, packet, fault, sticky in found:
                destination = f"{packet.destination}:{packet.port}"
                if destination in seen or len(seen) >= MOST_WAYS:
                    continue
                if sticky and destination != _favourite(
                    sender, [f"{p.destination}:{p.port}" for _, p, _, _ in found]
                ):
                    continue
                seen.add(destination)
                yield self._arrive(question, sender, packet, fault, (*before, *hops))

    def _routes(self, packet: Packet, sender: Sender) -> Iterator[tuple[list[Hop], Packet, str, bool]]:
        """The ways through the rules of the sender's node: (hops, packet behind them, what went wrong, sticky)."""
        services = self._view.services_for(packet.destination, packet.port)
        if not services or packet.destination == sender.address:
            yield [], packet, "", False
            return
        entry = self._entry_node(packet, sender)
        chains, seen = rules_of(services, self._view.slices, entry), set()
        addresses = frozenset(self._addresses(entry))
        sticky = any(service["spec"].get("sessionAffinity") == "ClientIP" for service in services)
        for number in range(MOST_WAYS):
            walked = walk(
                chains, "PREROUTING", packet, node=entry, addresses=addresses, draw=_choosing(number)
            )
            goal = walked.packet.destination, walked.packet.port
            if goal in seen:
                return
            seen.add(goal)
            hops = walked.hops
            if walked.packet.is_marked and walked.verdict == "DNAT":
                hops = [
                    *hops,
                    Hop("masquerade", "KUBE-POSTROUTING", f"-A KUBE-POSTROUTING -j MASQUERADE ({entry})"),
                ]
                walked = walked._replace(
                    packet=walked.packet._replace(source=next(iter(sorted(addresses)), ""))
                )
            fault = {"REJECT": _REFUSED, "DROP": _TIMED_OUT}.get(walked.verdict, "")
            if not fault and walked.verdict == "ACCEPT" and self._view.node_at(packet.destination) is None:
                fault = _TIMED_OUT  # no rule knows the port
            yield hops, walked.packet, fault, sticky

    def _entry_node(self, packet: Packet, sender: Sender) -> str:
        """Whose rules decide: those of the node that is asked by its own address, else the sender's."""
        node = self._view.node_at(packet.destination)
        return sender.node if node is None else str(node["metadata"]["name"])

    def _addresses(self, name: str) -> list[str]:
        node = self._view.node(name)
        found = (node.get("status") or {}).get("addresses") or () if node is not None else ()
        return [a["address"] for a in found if a["type"] == "InternalIP"]

    def _arrive(
        self, question: Question, sender: Sender, packet: Packet, fault: str, hops: tuple[Hop, ...]
    ) -> Way:
        goal = f"{packet.destination}:{packet.port}"
        if fault:
            return Way((*hops, Hop("verdict", goal, fault)), Reply(NO_ANSWER, (fault,)), goal)
        if packet.destination in (sender.address, "localhost") or packet.destination.startswith("127."):
            local = (*hops, Hop("route", str(sender), "loopback"))
            return self._served(question, sender.pod, packet, local, goal, sender.record)
        pod = self._view.pod_at(packet.destination)
        if pod is not None:
            return self._passed(question, sender, pod, packet, hops, goal)
        if packet.destination.startswith(OUTSIDE):
            hop = Hop("server", question.host, "a server outside the cluster")
            return Way((*hops, hop), _said(question, Reply(200, (f"<html>{question.host}</html>",))), goal)
        return self._at_node(question, packet, hops, goal)

    def _passed(
        self, question: Question, sender: Sender, pod: Obj, packet: Packet, hops: tuple[Hop, ...], goal: str
    ) -> Way:
        """To another pod, if the policies of both let it."""
        verdicts = self._judged(sender, pod, packet)
        said = tuple(Hop("policy", v.policy, v.text) for v in verdicts if v.policy)
        if not _is_allowed(verdicts):
            return Way(
                (*hops, *said, Hop("verdict", goal, _TIMED_OUT)), Reply(NO_ANSWER, (_TIMED_OUT,)), goal
            )
        return self._served(question, pod, packet, (*hops, *said, _route(sender, pod)), goal)

    def _at_node(self, question: Question, packet: Packet, hops: tuple[Hop, ...], goal: str) -> Way:
        node = self._view.node_at(packet.destination)
        service = self._view.service("default", "kubernetes")
        if packet.port == 6443 or (
            service is not None and packet.destination == service["spec"].get("clusterIP")
        ):
            hop = Hop("server", "kube-apiserver", goal)
            return Way((*hops, hop), _said(question, FORBIDDEN), goal)
        fault = _NO_ROUTE if packet.destination.startswith("10.244.") else _TIMED_OUT
        if node is not None and self._view.is_on(node["metadata"]["name"]):
            for pod in self._view.pods_on(node["metadata"]["name"]):
                way = self._served(question, pod, packet, hops, goal)
                if way.reply.is_answer:
                    return way
            fault = _REFUSED
        return Way((*hops, Hop("verdict", goal, fault)), Reply(NO_ANSWER, (fault,)), goal)

    def _served(
        self, question: Question, pod: Obj, packet: Packet, hops: tuple[Hop, ...], goal: str,
        known: PodRecord | None = None,
    ) -> Way:  # fmt: skip
        meta, record = pod["metadata"], known or self._view.record(pod)
        where = f"{meta['namespace']}/{meta['name']}"
        if record is None or not self._view.is_on(pod["spec"].get("nodeName", "")):
            return Way((*hops, Hop("verdict", where, _TIMED_OUT)), Reply(NO_ANSWER, (_TIMED_OUT,)), goal)
        now, epoch_ms = self._clock.now(), self._clock.unix_ms() - self._clock.now()
        if question.kind == "tcp":
            there = serving.connect(pod, record, packet.port, epoch_ms)
            reply = Reply(0, (), packet.destination) if there else serving.REFUSED
        else:
            reply = serving.get(pod, record, packet.port, question.path or "/", packet.source, now, epoch_ms)
        text = (
            f"{reply.code} {reply.lines[0] if reply.lines else ''}".rstrip()
            if reply.is_answer
            else reply.lines[0]
        )
        return Way((*hops, Hop("server", where, text)), reply, goal)


def _is_allowed(verdicts: Iterable[Verdict]) -> bool:
    return all(verdict.is_allowed for verdict in verdicts)


def _said(question: Question, page: Reply) -> Reply:
    """A page for who asks for one; for others, that there is a server."""
    return page if question.kind == "http" else Reply(0, (), page.source)


def _choosing(number: int) -> Draw:
    """Draws so that of several endpoints the one with this number is taken."""
    turns = count()
    return lambda text: 0.0 if next(turns) == number else 1.0 - 1e-9


def _favourite(sender: Sender, goals: list[str]) -> str:
    """The endpoint that a client is always sent to, as long as it is there."""
    rank: Callable[[str], bytes] = lambda goal: blake2b(f"{sender.address} {goal}".encode()).digest()  # noqa: E731
    return max(sorted(goals), key=rank)


def _route(sender: Sender, pod: Obj) -> Hop:
    there = pod["spec"].get("nodeName", "")
    how = "by the node's bridge" if there == sender.node else f"from {sender.node} over the wire"
    return Hop("route", there, f"{pod['metadata']['namespace']}/{pod['metadata']['name']} {how}")
