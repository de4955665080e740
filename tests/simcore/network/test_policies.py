"""NetworkPolicies: which connection they let through, and which rule is said to decide."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.selectors import matches
from simcore.network.policies import Connection, End, Verdict, judge, reachable

WEB = End("10.244.1.5", "shop", {"app": "web"}, {"team": "a"}, {"http": 8080})
DB = End("10.244.2.5", "shop", {"app": "db"}, {"team": "a"}, {"pg": 5432})
STRANGER = End("10.244.3.5", "other", {"app": "web"}, {"team": "b"})
OUTSIDE = End("198.51.100.7")


def policy(name: str = "p", namespace: str = "shop", select: Any = None, **spec: Any) -> dict[str, Any]:
    body = {"podSelector": {"matchLabels": select} if select else {}, **spec}
    return {"metadata": {"name": name, "namespace": namespace}, "spec": body}


def labels(**wanted: str) -> dict[str, Any]:
    return {"matchLabels": wanted}


def allowed(source: End, target: End, port: int, *policies: Any, protocol: str = "TCP") -> bool:
    verdicts = judge(Connection(source, target, port, protocol), policies, matches)
    return all(verdict.is_allowed for verdict in verdicts)


DENY_IN = policy("deny", policyTypes=["Ingress"])
DENY_OUT = policy("shut", policyTypes=["Egress"])


def test_without_a_policy_everything_is_open() -> None:
    assert allowed(STRANGER, DB, 5432) and allowed(OUTSIDE, DB, 5432) and allowed(DB, OUTSIDE, 443)


@pytest.mark.parametrize(
    ("source", "target", "policies", "holds"),
    [
        (WEB, DB, [DENY_IN], False),
        (OUTSIDE, DB, [DENY_IN], False),
        (DB, STRANGER, [DENY_IN], True),
        (DB, STRANGER, [DENY_OUT], False),
        (STRANGER, DB, [DENY_OUT], True),
        (WEB, DB, [policy("far", "other", policyTypes=["Ingress"])], True),
        (WEB, DB, [policy(select={"app": "web"}, policyTypes=["Ingress"])], True),
        (WEB, DB, [policy(egress=[])], False),
    ],
    ids=[
        "denied in", "from outside too", "out is open", "denied out", "in is open", "another namespace's",
        "another pod's", "types follow from the rules",
    ],
)  # fmt: skip
def test_a_selected_pod_is_closed_in_the_policys_direction_alone(
    source: End, target: End, policies: list[Any], holds: bool
) -> None:
    assert allowed(source, target, 5432, *policies) is holds


@pytest.mark.parametrize(
    ("peer", "source", "holds"),
    [
        ({"podSelector": labels(app="web")}, WEB, True),
        ({"podSelector": labels(app="web")}, STRANGER, False),
        ({"podSelector": {}}, OUTSIDE, False),
        ({"namespaceSelector": labels(team="b")}, STRANGER, True),
        ({"namespaceSelector": labels(team="b")}, WEB, False),
        ({"namespaceSelector": {}}, STRANGER, True),
        ({"namespaceSelector": labels(team="b"), "podSelector": labels(app="db")}, STRANGER, False),
        ({"namespaceSelector": labels(team="b"), "podSelector": labels(app="web")}, STRANGER, True),
        ({"ipBlock": {"cidr": "198.51.100.0/24"}}, OUTSIDE, True),
        ({"ipBlock": {"cidr": "198.51.100.0/24", "except": ["198.51.100.0/28"]}}, OUTSIDE, False),
        ({"ipBlock": {"cidr": "10.244.0.0/16"}}, WEB, True),
    ],
)
def test_a_peer_is_a_pod_a_namespace_both_or_a_range(peer: dict[str, Any], source: End, holds: bool) -> None:
    assert allowed(source, DB, 5432, policy(ingress=[{"from": [peer]}])) is holds


@pytest.mark.parametrize(
    ("port", "asked", "protocol", "holds"),
    [
        ({"port": 5432}, 5432, "TCP", True),
        ({"port": 5432}, 5433, "TCP", False),
        ({"port": 5432}, 5432, "UDP", False),
        ({"port": 53, "protocol": "UDP"}, 53, "UDP", True),
        ({"port": "pg"}, 5432, "TCP", True),
        ({"port": "pg"}, 5433, "TCP", False),
        ({"port": "nothing"}, 5432, "TCP", False),
        ({"port": 5000, "endPort": 6000}, 5432, "TCP", True),
        ({"port": 5000, "endPort": 5400}, 5432, "TCP", False),
        ({}, 9999, "TCP", True),
        ({"protocol": "UDP"}, 9999, "TCP", False),
    ],
)
def test_a_port_is_a_number_a_name_or_a_span(
    port: dict[str, Any], asked: int, protocol: str, holds: bool
) -> None:
    assert allowed(WEB, DB, asked, policy(ingress=[{"ports": [port]}]), protocol=protocol) is holds


def test_a_peer_and_a_port_of_one_rule_must_both_fit() -> None:
    rules = [
        {"from": [{"podSelector": labels(app="web")}], "ports": [{"port": 80}]},
        {"from": [{"namespaceSelector": labels(team="b")}], "ports": [{"port": 5432}]},
    ]
    assert not allowed(WEB, DB, 5432, policy(ingress=rules))
    assert allowed(STRANGER, DB, 5432, policy(ingress=rules))


def test_policies_add_up() -> None:
    opening = policy("open", ingress=[{"from": [{"podSelector": labels(app="web")}]}])
    assert allowed(WEB, DB, 5432, DENY_IN, opening)


def test_a_rule_without_peers_or_ports_allows_everything() -> None:
    assert allowed(OUTSIDE, DB, 1, DENY_IN, policy("all", ingress=[{}]))


def test_the_rule_that_decides_is_named() -> None:
    rules = [{"ports": [{"port": 80}]}, {"from": [{"podSelector": {}}]}]
    out, into = judge(Connection(WEB, DB, 5432), [policy("mixed", ingress=rules)], matches)
    assert out == Verdict(True, "no NetworkPolicy selects the pod for egress")
    assert into == Verdict(True, "NetworkPolicy shop/mixed allows it by ingress rule 2", "shop/mixed")


def test_a_denial_names_all_that_bind_the_pod_and_ends_it() -> None:
    verdicts = judge(
        Connection(WEB, DB, 5432), [DENY_OUT, DENY_IN, policy("more", policyTypes=["Egress"])], matches
    )
    assert verdicts == [
        Verdict(False, "no egress rule of NetworkPolicy shop/shut, shop/more allows it", "shop/shut")
    ]


def test_a_matrix_has_every_ordered_pair() -> None:
    ends = {"web": WEB, "db": DB, "stranger": STRANGER}
    found = {
        (source, target): verdict.is_allowed
        for source, target, verdict in reachable(
            ends,
            {"db": 5432, "web": 8080},
            [policy(select={"app": "db"}, ingress=[{"from": [{"podSelector": {}}]}])],
            matches,
        )
    }
    assert found == {
        ("web", "db"): True, ("stranger", "db"): False, ("db", "web"): True, ("stranger", "web"): True,
    }  # fmt: skip
