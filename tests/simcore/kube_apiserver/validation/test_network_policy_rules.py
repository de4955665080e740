"""What network policies may say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import edited, faults, minimal

POLICIES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a bad selector": (
        {"spec.podSelector": {"matchLabels": {"a b": "c"}}},
        [
            (
                'spec.podSelector.matchLabels: Invalid value: "a b": name part must consist of '
                "alphanumeric characters, '-', '_' or '.', and must start and end with an "
                "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
                "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            )
        ],
    ),
    "an unknown protocol": (
        {"spec.ingress": [{"ports": [{"protocol": "ICMP"}]}]},
        [
            (
                'spec.ingress[0].ports[0].protocol: Unsupported value: "ICMP": supported values: '
                '"SCTP", "TCP", "UDP"'
            )
        ],
    ),
    "a port out of range": (
        {"spec.ingress": [{"ports": [{"port": 65536}]}]},
        [("spec.ingress[0].ports[0].port: Invalid value: 65536: must be between 1 and 65535, inclusive")],
    ),
    "a port's bad name": (
        {"spec.ingress": [{"ports": [{"port": "A"}]}]},
        [
            (
                'spec.ingress[0].ports[0].port: Invalid value: "A": must contain only alpha-numeric '
                "characters (a-z, 0-9), and hyphens (-)"
            ),
            ('spec.ingress[0].ports[0].port: Invalid value: "A": must contain at least one letter (a-z)'),
        ],
    ),
    "an end without a beginning": (
        {"spec.ingress": [{"ports": [{"endPort": 80}]}]},
        [("spec.ingress[0].ports[0].port: Required value: must be specified when `endPort` is specified")],
    ),
    "an end before the beginning": (
        {"spec.ingress": [{"ports": [{"port": 80, "endPort": 79}]}]},
        [("spec.ingress[0].ports[0].endPort: Invalid value: 79: must be greater than or equal to `port`")],
    ),
    "an end of a name": (
        {"spec.ingress": [{"ports": [{"port": "web", "endPort": 80}]}]},
        [("spec.ingress[0].ports[0].endPort: Forbidden: may not be specified when `port` is non-numeric")],
    ),
    "an end out of range": (
        {"spec.ingress": [{"ports": [{"port": 80, "endPort": 70000}]}]},
        [("spec.ingress[0].ports[0].endPort: Invalid value: 70000: must be between 1 and 65535, inclusive")],
    ),
    "nobody": (
        {"spec.ingress": [{"from": [{}]}]},
        ["spec.ingress[0].from[0]: Required value: must specify a peer"],
    ),
    "pods at addresses": (
        {"spec.ingress": [{"from": [{"podSelector": {}, "ipBlock": {"cidr": "10.0.0.0/8"}}]}]},
        ["spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer"],
    ),
    "a block of nothing": (
        {"spec.ingress": [{"from": [{"ipBlock": {}}]}]},
        ["spec.ingress[0].from[0].ipBlock.cidr: Required value"],
    ),
    "a block that isn't one": (
        {"spec.ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0"}}]}]},
        [
            (
                'spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "10.0.0.0": must be a valid '
                "CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
            )
        ],
    ),
    "an exception that isn't one": (
        {"spec.ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["x"]}}]}]},
        [
            (
                'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "x": must be a valid CIDR '
                "value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
            )
        ],
    ),
    "an exception outside": (
        {"spec.ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["11.0.0.0/16"]}}]}]},
        [
            (
                'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a '
                "strict subset of `cidr`"
            )
        ],
    ),
    "an exception of everything": (
        {"spec.ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.0.0.0/8"]}}]}]},
        [
            (
                'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "10.0.0.0/8": must be a '
                "strict subset of `cidr`"
            )
        ],
    ),
    "pods by a bad selector": (
        {
            "spec.ingress": [
                {"from": [{"podSelector": {"matchExpressions": [{"key": "a", "operator": "Is"}]}}]}
            ]
        },
        [
            (
                "spec.ingress[0].from[0].podSelector.matchExpressions[0].operator: Invalid value: "
                '"Is": not a valid selector operator'
            )
        ],
    ),
    "an unknown direction": (
        {"spec.policyTypes": ["Up"]},
        ['spec.policyTypes[0]: Unsupported value: "Up": supported values: "Egress", "Ingress"'],
    ),
    "three directions": (
        {"spec.policyTypes": ["Ingress", "Egress", "Ingress"]},
        [
            (
                'spec.policyTypes: Invalid value: ["Ingress","Egress","Ingress"]: may not specify '
                "more than two policyTypes"
            )
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), POLICIES.values(), ids=POLICIES)
def test_what_a_network_policy_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("NetworkPolicy"), changes)) == expected
