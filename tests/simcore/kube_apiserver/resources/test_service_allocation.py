"""Addresses and node ports of services: who gets which, and what becomes of them."""

from ipaddress import IPv4Address, IPv4Network

import pytest

from simcore.apimachinery.encoding import decode
from simcore.apimachinery.errors import Invalid
from simcore.apimachinery.meta import Obj
from tests.simcore.kube_apiserver.minimal import UNSET, context, created, edited, minimal, strategy_of

PORTS = [{"name": "a", "port": 80}, {"name": "b", "port": 81, "protocol": "UDP"}]


def service(name: str = "x", **spec: object) -> Obj:
    return minimal(
        "Service", metadata__name=name, **{f"spec__{field}": value for field, value in spec.items()}
    )


def updated(old: Obj, changes: dict[str, object]) -> tuple[Obj, list[str], list[str]]:
    """The new object, the paths it claims and those it gives back."""
    strategy, ctx = strategy_of(old), context()
    new = strategy.prepare_update(strategy.default(edited(old, changes)), old, ctx)
    assert strategy.validate_update(new, old) == []
    return new, [path for path, _ in ctx.claims], ctx.releases


def test_a_service_gets_an_address_of_the_cluster() -> None:
    spec = created(service())["spec"]
    assert IPv4Address(spec["clusterIP"]) in IPv4Network("10.96.1.0/16", strict=False)
    assert spec["clusterIPs"] == [spec["clusterIP"]]
    assert (spec["ipFamilies"], spec["ipFamilyPolicy"]) == (["IPv4"], "SingleStack")


def test_the_same_service_gets_the_same_address_again() -> None:
    assert created(service())["spec"]["clusterIP"] == created(service())["spec"]["clusterIP"]


def test_an_address_that_another_service_has_is_left_to_it() -> None:
    first = created(service("first"))
    second = created(service("second"), context((first,)))
    assert first["spec"]["clusterIP"] != second["spec"]["clusterIP"]


def test_another_attempt_draws_another_address() -> None:
    again = created(service(), context(attempt=1))
    assert created(service())["spec"]["clusterIP"] != again["spec"]["clusterIP"]


def test_the_address_is_claimed_as_an_object_of_its_own() -> None:
    ctx = context()
    address = created(service(), ctx)["spec"]["clusterIP"]
    [(path, value)] = ctx.claims
    assert path == f"/registry/ipaddresses/{address}"
    claim = decode(value)
    assert (claim["kind"], claim["metadata"]["name"]) == ("IPAddress", address)
    assert claim["spec"]["parentRef"] == {"group": "", "resource": "services", "namespace": "ns", "name": "x"}


def test_a_wanted_address_is_taken() -> None:
    assert created(service(clusterIP="10.96.200.200"))["spec"]["clusterIPs"] == ["10.96.200.200"]


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("10.96.200.200", "provided IP is already allocated"),
        (
            "192.0.2.1",
            "the provided IP (192.0.2.1) is not in the valid range. The range of valid IPs is 10.96.0.0/16",
        ),
    ],
)
def test_an_address_that_can_not_be_had_is_refused(address: str, why: str) -> None:
    other = created(service("other", clusterIP="10.96.200.200"))
    with pytest.raises(Invalid) as refused:
        created(service(clusterIP=address), context((other,)))
    assert refused.value.message == (
        f'Service "x" is invalid: spec.clusterIPs: Invalid value: ["{address}"]: failed to allocate IP {address}: {why}'
    )


def test_a_headless_service_claims_nothing() -> None:
    ctx = context()
    assert created(service(clusterIP="None", selector={"a": "b"}), ctx)["spec"]["clusterIPs"] == ["None"]
    assert ctx.claims == []


def test_a_headless_service_without_selector_may_have_both_families() -> None:
    spec = created(service(clusterIP="None"))["spec"]
    assert (spec["ipFamilies"], spec["ipFamilyPolicy"]) == (["IPv4", "IPv6"], "RequireDualStack")


def test_each_port_gets_a_port_of_the_nodes() -> None:
    ports = created(service(type="NodePort", ports=PORTS))["spec"]["ports"]
    numbers = [port["nodePort"] for port in ports]
    assert len(set(numbers)) == 2
    assert all(30_000 <= number <= 32_767 for number in numbers)


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (31999, "provided port is already allocated"),
        (80, "provided port is not in the valid range. The range of valid ports is 30000-32767"),
    ],
)
def test_a_node_port_that_can_not_be_had_is_refused(number: int, why: str) -> None:
    other = created(service("other", type="NodePort", ports=[{"port": 80, "nodePort": 31999}]))
    with pytest.raises(Invalid) as refused:
        created(service(type="NodePort", ports=[{"port": 80, "nodePort": number}]), context((other,)))
    assert refused.value.message == (
        f'Service "x" is invalid: spec.ports[0].nodePort: Invalid value: {number}: {why}'
    )


def test_a_balancer_may_do_without_node_ports() -> None:
    spec = created(service(type="LoadBalancer", allocateLoadBalancerNodePorts=False))["spec"]
    assert "nodePort" not in spec["ports"][0]


def test_local_traffic_gets_a_port_for_health_checks() -> None:
    spec = created(service(type="LoadBalancer", externalTrafficPolicy="Local"))["spec"]
    assert 30_000 <= spec["healthCheckNodePort"] <= 32_767
    assert spec["healthCheckNodePort"] != spec["ports"][0]["nodePort"]


def test_nothing_is_claimed_for_a_service_whose_addresses_are_none() -> None:
    ctx = context()
    created(service(clusterIP="10.96.0.1", clusterIPs=["10.96.0.2"]), ctx)
    assert ctx.claims == []


def test_one_port_with_two_protocols_has_one_node_port() -> None:
    ports = [{"name": "a", "port": 53}, {"name": "b", "port": 53, "protocol": "UDP"}]
    first, second = created(service(type="NodePort", ports=ports))["spec"]["ports"]
    assert first["nodePort"] == second["nodePort"]


def test_two_ports_cannot_share_a_node_port() -> None:
    ports = [{"name": "a", "port": 80, "nodePort": 30080}, {"name": "b", "port": 81, "nodePort": 30080}]
    with pytest.raises(Invalid, match=r"ports\[1\].nodePort: Invalid value: 30080: provided port is already"):
        created(service(type="NodePort", ports=ports))


def test_a_port_keeps_its_node_port_by_its_name() -> None:
    old = created(service(type="NodePort", ports=PORTS))
    numbers = [port["nodePort"] for port in old["spec"]["ports"]]
    swapped = [{"name": "b", "port": 90}, {"name": "a", "port": 91}]
    new, claims, _ = updated(old, {"spec.ports": swapped})
    assert [port["nodePort"] for port in new["spec"]["ports"]] == numbers[::-1]
    assert claims == []


def test_an_update_keeps_what_the_writer_left_out() -> None:
    old = created(service(type="NodePort"))
    bare = {
        "spec.clusterIP": UNSET,
        "spec.clusterIPs": UNSET,
        "spec.ports.0.nodePort": UNSET,
        "spec.ipFamilies": UNSET,
    }
    new, claims, releases = updated(old, bare)
    assert new["spec"] == old["spec"]
    assert claims == releases == []


def test_a_new_type_brings_node_ports_and_keeps_the_address() -> None:
    old = created(service())
    new, claims, releases = updated(old, {"spec.type": "NodePort"})
    assert new["spec"]["clusterIP"] == old["spec"]["clusterIP"]
    assert new["spec"]["externalTrafficPolicy"] == "Cluster"
    assert claims == [f"/registry/ranges/servicenodeports/{new['spec']['ports'][0]['nodePort']}"]
    assert releases == []


def test_a_type_without_node_ports_gives_them_back() -> None:
    old = created(service(type="NodePort"))
    new, claims, releases = updated(old, {"spec.type": "ClusterIP"})
    assert "nodePort" not in new["spec"]["ports"][0]
    assert "externalTrafficPolicy" not in new["spec"]
    assert releases == [f"/registry/ranges/servicenodeports/{old['spec']['ports'][0]['nodePort']}"]
    assert claims == []


def test_a_name_instead_of_an_address_gives_the_address_back() -> None:
    old = created(service())
    new, _, releases = updated(old, {"spec.type": "ExternalName", "spec.externalName": "a.example.com"})
    assert set(new["spec"]) == {"externalName", "ports", "sessionAffinity", "type"}
    assert releases == [f"/registry/ipaddresses/{old['spec']['clusterIP']}"]


def test_a_name_that_becomes_a_service_gets_an_address() -> None:
    old = created(service(type="ExternalName", externalName="a.example.com"))
    new, claims, _ = updated(old, {"spec.type": "ClusterIP", "spec.externalName": UNSET})
    assert claims == [f"/registry/ipaddresses/{new['spec']['clusterIP']}"]


def test_a_deleted_service_gives_everything_back() -> None:
    made, ctx = created(service(type="NodePort")), context()
    strategy_of(made).release(made, ctx)
    port = made["spec"]["ports"][0]["nodePort"]
    assert ctx.releases == [
        f"/registry/ipaddresses/{made['spec']['clusterIP']}",
        f"/registry/ranges/servicenodeports/{port}",
    ]


def test_external_addresses_are_warned_of() -> None:
    made = created(service(externalIPs=["192.0.2.10"]))
    assert strategy_of(made).warnings(made, None) == [
        "spec.externalIPs is deprecated and may no longer be implemented in some clusters"
    ]
