"""Packets walk through chains as the kernel lets them."""

from __future__ import annotations

import pytest

from simcore.network.iptables import Chains, EndlessWalk, Rule, Walked, save, walk
from simcore.network.packet import Packet

PACKET = Packet("10.244.1.2", "10.96.0.7", 80)


def way(chains: Chains, packet: Packet = PACKET, draw: float = 0.0) -> Walked:
    return walk(
        chains, "START", packet, node="node-1", addresses=frozenset({"172.18.0.2"}), draw=lambda text: draw
    )


def test_without_a_rule_a_packet_goes_where_it_was_sent() -> None:
    assert way({}) == Walked(PACKET, "ACCEPT", [])


def test_the_first_rule_that_fits_decides() -> None:
    found = way(
        {
            "START": [
                Rule("DROP", port=443, protocol="TCP"),
                Rule("REJECT", port=80, protocol="TCP"),
                Rule("DROP"),
            ]
        }
    )
    assert found.verdict == "REJECT"
    assert [hop.text for hop in found.hops] == [
        "-A START -p tcp -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable"
    ]


def test_at_the_end_of_a_chain_the_walk_goes_on_behind_the_jump() -> None:
    found = way({"START": [Rule("SUB"), Rule("DROP")], "SUB": [Rule("ACCEPT", port=443)]})
    assert found.verdict == "DROP"
    assert [hop.where for hop in found.hops] == ["START", "START"]


def test_return_leaves_a_chain_early() -> None:
    chains = {"START": [Rule("SUB"), Rule("ACCEPT")], "SUB": [Rule("RETURN"), Rule("DROP")]}
    assert way(chains).verdict == "ACCEPT"


def test_a_new_destination_ends_the_walk_and_a_mark_does_not() -> None:
    found = way({"START": [Rule("MARK"), Rule("DNAT", to="10.244.2.9:8080")]})
    assert found.verdict == "DNAT"
    assert found.packet == Packet("10.244.1.2", "10.244.2.9", 8080, "TCP", is_marked=True)


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        (Rule("DROP", destination="10.96.0.0/16"), True),
        (Rule("DROP", destination="10.97.0.1"), False),
        (Rule("DROP", source="10.244.0.0/16"), True),
        (Rule("DROP", source="!10.244.0.0/16"), False),
        (Rule("DROP", source="!10.0.0.1"), True),
        (Rule("DROP", protocol="UDP"), False),
        (Rule("DROP", to_node=True), False),
        (Rule("DROP", from_node=True), False),
        (Rule("DROP", probability=0.5), True),
    ],
    ids=str,
)
def test_every_condition_must_hold(rule: Rule, fits: bool) -> None:
    assert way({"START": [rule]}).verdict == ("DROP" if fits else "ACCEPT")


def test_chance_decides_by_the_draw() -> None:
    assert way({"START": [Rule("DROP", probability=0.5)]}, draw=0.5).verdict == "ACCEPT"


def test_traffic_of_the_node_itself_is_known_by_its_address() -> None:
    own = Packet("172.18.0.2", "172.18.0.2", 30080)
    chains = {"START": [Rule("DROP", from_node=True, to_node=True)]}
    assert way(chains, own).verdict == "DROP"


def test_a_circle_of_chains_has_a_name() -> None:
    with pytest.raises(EndlessWalk):
        way({"START": [Rule("START")]})


def test_rules_can_be_read_as_iptables_saves_them() -> None:
    rule = Rule("KUBE-SEP-A", "default/web -> 10.244.1.2:80", probability=1 / 3)
    assert save({"KUBE-SVC-B": [rule]}) == [
        "*nat",
        ":KUBE-SVC-B - [0:0]",
        '-A KUBE-SVC-B -m comment --comment "default/web -> 10.244.1.2:80" -m statistic --mode random '
        "--probability 0.33333333333 -j KUBE-SEP-A",
        "COMMIT",
    ]
