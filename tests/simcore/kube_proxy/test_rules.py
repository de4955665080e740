"""kube-proxy's chains for services of every type and policy."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_proxy.endpoints import Endpoint, endpoints_of, targets
from simcore.kube_proxy.rules import PortName, chain_name, rules_of
from simcore.network.iptables import Chains, Walked, walk
from simcore.network.packet import Packet

NODES = {"node-1": "172.18.0.2", "node-2": "172.18.0.3"}
POD = "10.244.1.50"
OUTSIDE = "198.51.100.9"


def service(*, type_: str = "ClusterIP", node_port: int = 0, **spec: Any) -> Obj:
    port = {"name": "http", "port": 80, "protocol": "TCP"} | ({"nodePort": node_port} if node_port else {})
    meta = {"namespace": "default", "name": "web"}
    balanced = {"loadBalancer": {"ingress": [{"ip": "192.0.2.10"}]}} if type_ == "LoadBalancer" else {}
    return {
        "metadata": meta,
        "spec": {"type": type_, "clusterIP": "10.96.0.7", "ports": [port], **spec},
        "status": balanced,
    }


def slice_of(*endpoints: tuple[str, str], **conditions: bool) -> Obj:
    """(address, node) each."""
    made = [
        {"addresses": [ip], "nodeName": node, "conditions": conditions or {"ready": True}}
        for ip, node in endpoints
    ]
    return {
        "addressType": "IPv4",
        "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}],
        "endpoints": made,
    }


TWO = slice_of(("10.244.1.2", "node-1"), ("10.244.2.2", "node-2"))


def send(
    made: Obj,
    *slices: Obj,
    to: str = "10.96.0.7",
    port: int = 80,
    source: str = POD,
    node: str = "node-1",
    draw: float = 0.0,
) -> Walked:
    chains = rules_of([made], lambda _: slices, node)
    packet = Packet(source, to, port)
    return walk(
        chains, "PREROUTING", packet, node=node, addresses=frozenset({NODES[node]}), draw=lambda text: draw
    )


def goal(walked: Walked) -> str:
    return f"{walked.packet.destination}:{walked.packet.port}"


def chains(*slices: Obj, **fields: Any) -> Chains:
    return rules_of([service(**fields)], lambda _: slices, "node-1")


def test_chains_have_iptables_real_names() -> None:
    assert (
        chain_name("KUBE-SVC", PortName("default", "kubernetes", "https"), "TCP")
        == "KUBE-SVC-NPX46M4PTMTKRN6Y"
    )
    assert (
        chain_name("KUBE-SVC", PortName("kube-system", "kube-dns", "dns"), "UDP")
        == "KUBE-SVC-TCOU7JCQXEZGVUNU"
    )
    assert (
        chain_name("KUBE-SVC", PortName("kube-system", "kube-dns", "dns-tcp"), "TCP")
        == "KUBE-SVC-ERIFXISQEP7F7OF4"
    )


def test_the_cluster_address_leads_to_an_endpoint_s_port() -> None:
    found = send(service(), TWO)
    assert (found.verdict, goal(found)) == ("DNAT", "10.244.1.2:8080")
    assert [hop.where[:9] for hop in found.hops] == ["PREROUTIN", "KUBE-SERV", "KUBE-SVC-", "KUBE-SEP-"]


def test_each_of_several_endpoints_is_as_likely_as_the_others() -> None:
    three = slice_of(("10.244.1.2", "a"), ("10.244.1.3", "a"), ("10.244.1.4", "a"))
    text = next(rules for name, rules in chains(three).items() if name.startswith("KUBE-SVC-"))
    assert [round(rule.probability, 3) for rule in text if rule.target.startswith("KUBE-SEP-")] == [
        0.333,
        0.5,
        1,
    ]


def test_another_port_of_the_address_is_nobody_s() -> None:
    assert send(service(), TWO, port=81).verdict == "ACCEPT"


def test_without_an_endpoint_a_connection_is_refused() -> None:
    assert send(service()).verdict == "REJECT"


def test_unready_endpoints_get_nothing() -> None:
    unready = slice_of(("10.244.9.9", "node-1"), ready=False, serving=False)
    assert Counter(goal(send(service(), unready, TWO, draw=d)) for d in (0.0, 0.7)) == {
        "10.244.1.2:8080": 1,
        "10.244.2.2:8080": 1,
    }


def test_when_only_ending_endpoints_serve_they_get_the_traffic() -> None:
    ending = slice_of(("10.244.9.9", "node-1"), ready=False, serving=True, terminating=True)
    assert goal(send(service(), ending)) == "10.244.9.9:8080"


@pytest.mark.parametrize(
    ("node", "slices", "verdict", "reached"),
    [
        ("node-1", [TWO], "DNAT", "10.244.1.2:8080"),
        ("node-2", [TWO], "DNAT", "10.244.2.2:8080"),
        ("node-1", [slice_of(("10.244.2.2", "node-2"))], "DROP", "10.96.0.7:80"),
        ("node-1", [], "REJECT", "10.96.0.7:80"),
    ],
    ids=["here", "there", "only elsewhere", "none"],
)
def test_the_internal_policy_local_keeps_traffic_on_the_node(
    node: str, slices: list[Obj], verdict: str, reached: str
) -> None:
    found = send(service(internalTrafficPolicy="Local"), *slices, node=node)
    assert (found.verdict, goal(found)) == (verdict, reached)


def test_a_node_port_is_open_on_every_node_and_hides_the_sender() -> None:
    made = service(type_="NodePort", node_port=30080)
    found = send(made, TWO, to="172.18.0.3", port=30080, source=OUTSIDE, node="node-2")
    assert goal(found) == "10.244.1.2:8080" and found.packet.is_marked


def test_the_external_policy_local_keeps_the_sender_and_asks_for_an_endpoint_on_the_node() -> None:
    made = service(type_="NodePort", node_port=30080, externalTrafficPolicy="Local")
    found = send(made, TWO, to="172.18.0.3", port=30080, source=OUTSIDE, node="node-2")
    assert goal(found) == "10.244.2.2:8080" and not found.packet.is_marked
    elsewhere = slice_of(("10.244.1.2", "node-1"))
    assert (
        send(made, elsewhere, to="172.18.0.3", port=30080, source=OUTSIDE, node="node-2").verdict == "ACCEPT"
    )


def test_pods_may_use_a_local_external_address_as_if_it_were_the_cluster_s() -> None:
    made = service(type_="NodePort", node_port=30080, externalTrafficPolicy="Local")
    elsewhere = slice_of(("10.244.1.2", "node-1"))
    assert goal(send(made, elsewhere, to="172.18.0.3", port=30080, node="node-2")) == "10.244.1.2:8080"


@pytest.mark.parametrize("address", ["192.0.2.10", "192.0.2.77"], ids=["balancer", "external address"])
def test_balancers_and_external_addresses_lead_to_the_service(address: str) -> None:
    made = service(type_="LoadBalancer", node_port=30080, externalIPs=["192.0.2.77"])
    found = send(made, TWO, to=address, source=OUTSIDE)
    assert goal(found) == "10.244.1.2:8080" and any(hop.where.startswith("KUBE-EXT-") for hop in found.hops)


def test_a_node_port_without_endpoints_refuses() -> None:
    assert (
        send(service(type_="NodePort", node_port=30080), to="172.18.0.2", port=30080, source=OUTSIDE).verdict
        == "REJECT"
    )


@pytest.mark.parametrize(
    "spec", [{"clusterIP": "None"}, {"type_": "ExternalName"}], ids=["headless", "external name"]
)
def test_services_without_an_address_have_no_rules(spec: Obj) -> None:
    assert not [name for name in chains(TWO, **spec) if name.startswith(("KUBE-SVC", "KUBE-SEP"))]


def test_affinity_asks_first_where_the_client_was_last() -> None:
    rules = next(
        r for name, r in chains(TWO, sessionAffinity="ClientIP").items() if name.startswith("KUBE-SVC-")
    )
    assert [bool(rule.recent) for rule in rules[1:]] == [True, True, False, False]


def test_a_pod_that_reaches_itself_is_masqueraded() -> None:
    found = send(service(), slice_of((POD, "node-1")))
    assert goal(found) == f"{POD}:8080" and found.packet.is_marked


def test_endpoints_are_counted_once_and_kept_in_order() -> None:
    found = endpoints_of([TWO, TWO], {"name": "http"})
    assert found == [Endpoint("10.244.1.2", 8080, "node-1"), Endpoint("10.244.2.2", 8080, "node-2")]
    assert endpoints_of([TWO], {"name": "other"}) == []
    assert targets(found, "node-2").here == (found[1],)
