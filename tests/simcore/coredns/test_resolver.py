"""Names of services and pods, and the search for them."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.coredns.resolver import candidates, records_of, resolve


def endpoint(address: str, hostname: str = "", *, ready: bool = True) -> Obj:
    return {"addresses": [address], "conditions": {"ready": ready}} | (
        {"hostname": hostname} if hostname else {}
    )


class Zone:
    """Three services: web with an address, db without, away with another name."""

    def __init__(self) -> None:
        port = {"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}
        self.services = {
            ("default", "web"): {"clusterIP": "10.96.0.7", "ports": [port]},
            ("prod", "db"): {"clusterIP": "None", "ports": [{**port, "name": "sql"}]},
            ("default", "away"): {"type": "ExternalName", "externalName": "db.prod.svc.cluster.local"},
            ("default", "far"): {"type": "ExternalName", "externalName": "example.com."},
            ("default", "circle"): {
                "type": "ExternalName",
                "externalName": "circle.default.svc.cluster.local",
            },
        }
        self.endpoints = [
            endpoint("10.244.1.2", "db-0"),
            endpoint("10.244.2.2", "db-1"),
            endpoint("10.244.3.2", ready=False),
        ]

    def service(self, namespace: str, name: str) -> Obj | None:
        spec = self.services.get((namespace, name))
        return {"metadata": {"namespace": namespace, "name": name}, "spec": spec} if spec else None

    def service_at(self, address: str) -> Obj | None:
        return self.service("default", "web") if address == "10.96.0.7" else None

    def slices(self, service: Obj) -> list[Obj]:
        return [{"endpoints": self.endpoints}] if service["metadata"]["name"] == "db" else []


def pod(**spec: Any) -> Obj:
    return {"metadata": {"namespace": "default", "name": "asker"}, "spec": spec}


def values(name: str, kind: str = "A") -> list[str]:
    return [record.value for record in records_of(Zone(), name, kind)]


@pytest.mark.parametrize(
    ("name", "kind", "found"),
    [
        ("web.default.svc.cluster.local", "A", ["10.96.0.7"]),
        ("web.prod.svc.cluster.local", "A", []),
        ("x.web.default.svc.cluster.local", "A", []),
        ("db.prod.svc.cluster.local", "A", ["10.244.1.2", "10.244.2.2"]),
        ("db-1.db.prod.svc.cluster.local", "A", ["10.244.2.2"]),
        ("10-244-1-2.db.prod.svc.cluster.local", "A", ["10.244.1.2"]),
        ("away.default.svc.cluster.local", "A", ["db.prod.svc.cluster.local", "10.244.1.2", "10.244.2.2"]),
        ("away.default.svc.cluster.local", "CNAME", ["db.prod.svc.cluster.local"]),
        ("10-244-1-2.default.pod.cluster.local", "A", ["10.244.1.2"]),
        ("_http._tcp.web.default.svc.cluster.local", "SRV", ["0 100 80 web.default.svc.cluster.local."]),
        ("_ftp._tcp.web.default.svc.cluster.local", "SRV", []),
        ("_sql._tcp.db.prod.svc.cluster.local", "SRV", [
            "0 50 8080 db-0.db.prod.svc.cluster.local.", "0 50 8080 db-1.db.prod.svc.cluster.local.",
        ]),
        ("cluster.local", "A", []),
        ("no such name", "A", []),
        ("web", "A", []),
        ("host.internal", "A", []),
    ],
)  # fmt: skip
def test_answers(name: str, kind: str, found: list[str]) -> None:
    assert values(name, kind) == found


def test_a_circle_of_names_comes_to_an_end() -> None:
    assert set(values("circle.default.svc.cluster.local")) == {"circle.default.svc.cluster.local"}


def test_names_outside_have_an_address_for_documentation_and_always_the_same() -> None:
    assert values("kubernetes.io") == values("KUBERNETES.io")
    assert values("kubernetes.io")[0].startswith("203.0.113.")
    assert values("far.default.svc.cluster.local")[0] == "example.com"


def test_an_address_is_looked_up_backwards() -> None:
    (query,) = resolve(Zone(), "10.96.0.7", "A", pod())
    assert (query.name, query.records[0].value) == (
        "7.0.96.10.in-addr.arpa",
        "web.default.svc.cluster.local.",
    )
    assert resolve(Zone(), "10.96.0.8", "A", pod())[0].records == ()


def test_search_domains_come_before_names_with_few_dots() -> None:
    assert candidates("web", pod()) == [
        "web.default.svc.cluster.local", "web.svc.cluster.local", "web.cluster.local", "web"
    ]  # fmt: skip
    assert candidates("a.b.c.d.e.f", pod())[0] == "a.b.c.d.e.f"
    assert candidates("web.default.svc.cluster.local.", pod()) == ["web.default.svc.cluster.local"]


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        ({"dnsPolicy": "Default"}, ["web"]),
        ({"hostNetwork": True}, ["web"]),
        ({"hostNetwork": True, "dnsPolicy": "ClusterFirstWithHostNet"}, ["web.default.svc.cluster.local"]),
        ({"dnsPolicy": "None", "dnsConfig": {"searches": ["my.org"]}}, ["web.my.org", "web"]),
        (
            {"dnsConfig": {"options": [{"name": "ndots", "value": "0"}]}},
            ["web", "web.default.svc.cluster.local"],
        ),
    ],
    ids=["default", "host network", "host network with cluster names", "own", "ndots"],
)
def test_the_pod_s_policy_decides_where_is_searched(spec: Obj, found: list[str]) -> None:
    assert candidates("web", pod(**spec))[: len(found)] == found


def test_the_search_stops_at_the_first_answer() -> None:
    queries = resolve(Zone(), "db.prod", "A", pod())
    assert [(query.name, bool(query.records)) for query in queries] == [
        ("db.prod.default.svc.cluster.local", False),
        ("db.prod.svc.cluster.local", True),
    ]
    assert queries[0].text("A") == "db.prod.default.svc.cluster.local A -> NXDOMAIN"


@pytest.mark.parametrize("name", ["10.96.0.7", "7.0.96.10.in-addr.arpa", "7.0.96.10.in-addr.arpa."])
def test_a_reverse_name_is_its_address(name: str) -> None:
    (query,) = resolve(Zone(), name, "PTR", {"metadata": {"namespace": "default"}, "spec": {}})
    assert [str(record) for record in query.records] == [
        "7.0.96.10.in-addr.arpa PTR web.default.svc.cluster.local."
    ]
