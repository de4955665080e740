"""Rows of services, endpoints and ingresses in states that are rare or half-made."""

from __future__ import annotations

import pytest

from simcore.apimachinery import kinds
from simcore.apimachinery.meta import Obj
from tests.simcore.kube_apiserver.tables.rows import row

ADDRESSES = [{"ip": f"10.0.0.{i}"} for i in range(1, 7)]


ENDPOINTS: dict[str, tuple[list[Obj], str]] = {
    "no subset": ([], "<none>"),
    "one": ([{"addresses": ADDRESSES[:1], "ports": [{"port": 80}]}], "10.0.0.1:80"),
    "three": (
        [{"addresses": ADDRESSES[:3], "ports": [{"port": 80}]}],
        "10.0.0.1:80,10.0.0.2:80,10.0.0.3:80",
    ),
    "six": (
        [{"addresses": ADDRESSES, "ports": [{"port": 80}]}],
        "10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 3 more...",
    ),
    "two ports": (
        [{"addresses": ADDRESSES[:2], "ports": [{"port": 80}, {"port": 443}]}],
        "10.0.0.1:80,10.0.0.2:80,10.0.0.1:443 + 1 more...",
    ),
    "two subsets": (
        [
            {"addresses": ADDRESSES[:1], "ports": [{"port": 80}]},
            {"addresses": ADDRESSES[1:2], "ports": [{"port": 81}]},
        ],
        "10.0.0.1:80,10.0.0.2:81",
    ),
    "the new addresses": ([{"addresses": [{"ip": "fd00::1"}], "ports": [{"port": 80}]}], "[fd00::1]:80"),
    "nobody ready": ([{"notReadyAddresses": ADDRESSES, "ports": [{"port": 80}]}], ""),
    "a service without ports": ([{"addresses": ADDRESSES[:2]}], "10.0.0.1,10.0.0.2"),
    "many of a service without ports": (
        [{"addresses": ADDRESSES}],
        "10.0.0.1,10.0.0.2,10.0.0.3 + 3 more...",
    ),
}


@pytest.mark.parametrize(("subsets", "text"), ENDPOINTS.values(), ids=ENDPOINTS)
def test_addresses_of_endpoints(subsets: list[Obj], text: str) -> None:
    assert row(kinds.ENDPOINTS, subsets=subsets)["Endpoints"] == text


SLICES: dict[str, tuple[list[Obj], list[list[str]], tuple[str, str]]] = {
    "nothing": ([], [], ("<unset>", "<unset>")),
    "any port": ([{"name": "all"}], [["10.0.0.1"]], ("*", "10.0.0.1")),
    "four ports": (
        [{"port": n} for n in (1, 2, 3, 4)],
        [["10.0.0.1"], ["10.0.0.2"]],
        ("1,2,3 + 1 more...", "10.0.0.1,10.0.0.2"),
    ),
    "five addresses": (
        [{"port": 80}],
        [["a", "b"], ["c", "d", "e"]],
        ("80", "a,b,c + 2 more..."),
    ),
}


@pytest.mark.parametrize(("ports", "addresses", "expected"), SLICES.values(), ids=SLICES)
def test_ports_and_addresses_of_a_slice(
    ports: list[Obj], addresses: list[list[str]], expected: tuple[str, str]
) -> None:
    endpoints = [{"addresses": listed} for listed in addresses]
    shown = row(kinds.ENDPOINT_SLICE, addressType="FQDN", ports=ports, endpoints=endpoints)
    assert (shown["AddressType"], shown["Ports"], shown["Endpoints"]) == ("FQDN", *expected)


HOSTS: dict[str, tuple[list[str], str]] = {
    "no rules": ([], "*"),
    "a rule for every host": ([""], "*"),
    "one": (["a.b"], "a.b"),
    "three": (["a.b", "b.b", "c.b"], "a.b,b.b,c.b"),
    "five": (["a.b", "b.b", "c.b", "d.b", "e.b"], "a.b,b.b,c.b + 2 more..."),
    "a rule for every host among others": (["", "a.b", "b.b", "c.b"], "a.b,b.b,c.b"),
    "a rule for every host behind three": (["a.b", "b.b", "c.b", ""], "a.b,b.b,c.b + 1 more..."),
    "a rule for every host between": (["a.b", "", "b.b"], "a.b,b.b"),
    "more rules without hosts than are shown": (["", "", "", "", "a.b"], "a.b"),
}


@pytest.mark.parametrize(("hosts", "text"), HOSTS.values(), ids=HOSTS)
def test_hosts_of_an_ingress(hosts: list[str], text: str) -> None:
    rules = [{"host": host} if host else {} for host in hosts]
    assert row(kinds.INGRESS, spec={"rules": rules})["Hosts"] == text


def test_an_ingress_shows_class_ports_and_sorted_addresses() -> None:
    ingress = [{"hostname": "b.example.com"}, {"ip": "192.0.2.9"}, {"ip": "192.0.2.1"}, {"ip": "192.0.2.9"}]
    shown = row(
        kinds.INGRESS,
        spec={"ingressClassName": "web", "tls": [{"hosts": ["a.b"]}]},
        status={"loadBalancer": {"ingress": ingress}},
    )
    assert list(shown.values()) == ["x", "web", "*", "192.0.2.1,192.0.2.9,b.example.com", "80, 443", "60m"]


EXTERNAL: dict[str, tuple[Obj, list[Obj], str]] = {
    "inside": ({"type": "ClusterIP"}, [], "<none>"),
    "inside with an address": (
        {"type": "ClusterIP", "externalIPs": ["192.0.2.1", "192.0.2.2"]},
        [],
        "192.0.2.1,192.0.2.2",
    ),
    "on nodes": ({"type": "NodePort"}, [], "<none>"),
    "on nodes with an address": ({"type": "NodePort", "externalIPs": ["192.0.2.1"]}, [], "192.0.2.1"),
    "balanced but not yet": ({"type": "LoadBalancer"}, [], "<pending>"),
    "balanced": ({"type": "LoadBalancer"}, [{"ip": "192.0.2.5"}], "192.0.2.5"),
    "balanced by name": ({"type": "LoadBalancer"}, [{"hostname": "lb.example.com"}], "lb.example.com"),
    "not yet, but with an address": (
        {"type": "LoadBalancer", "externalIPs": ["192.0.2.1"]},
        [],
        "192.0.2.1",
    ),
    "balanced with an address": (
        {"type": "LoadBalancer", "externalIPs": ["192.0.2.1"]},
        [{"ip": "192.0.2.5"}],
        "192.0.2.5,192.0.2.1",
    ),
    "somewhere else": ({"type": "ExternalName", "externalName": "db.example.com"}, [], "db.example.com"),
    "of no type": ({"type": "Magic"}, [], "<unknown>"),
}


@pytest.mark.parametrize(("spec", "ingress", "text"), EXTERNAL.values(), ids=EXTERNAL)
def test_where_others_reach_a_service(spec: Obj, ingress: list[Obj], text: str) -> None:
    shown = row(kinds.SERVICE, spec=spec, status={"loadBalancer": {"ingress": ingress}})
    assert (shown["Type"], shown["Cluster-IP"], shown["External-IP"]) == (spec["type"], "<none>", text)


def test_ports_of_a_service() -> None:
    ports = [{"port": 80, "protocol": "TCP"}, {"port": 53, "protocol": "UDP", "nodePort": 30053}]
    shown = row(kinds.SERVICE, spec={"type": "NodePort", "clusterIPs": ["None"], "ports": ports})
    assert (shown["Cluster-IP"], shown["Port(s)"]) == ("None", "80/TCP,53:30053/UDP")
