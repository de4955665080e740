"""Services: types, ports, addresses, and what may change."""

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import (
    LABEL,
    UNSET,
    created,
    edited,
    faults,
    minimal,
    strategy_of,
    update_faults,
)

PORT = "must be between 1 and 65535, inclusive"
BALANCER = "may only be used when `type` is 'LoadBalancer'"

CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no ports": ({"spec__ports": []}, ["spec.ports: Required value"]),
    "a port of zero": (
        {"spec__ports__0__port": 0},
        [
            f"spec.ports[0].port: Invalid value: 0: {PORT}",
            f"spec.ports[0].targetPort: Invalid value: 0: {PORT}",
        ],
    ),
    "two ports without names": (
        {"spec__ports": [{"port": 80}, {"port": 81}]},
        ["spec.ports[0].name: Required value", "spec.ports[1].name: Required value"],
    ),
    "two ports of one name": (
        {"spec__ports": [{"name": "a", "port": 80}, {"name": "a", "port": 81}]},
        ['spec.ports[1].name: Duplicate value: "a"'],
    ),
    "one port twice": (
        {"spec__ports": [{"name": "a", "port": 80}, {"name": "b", "port": 80}]},
        [
            'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,'
            '"NodePort":0}'
        ],
    ),
    "a port name with capitals": (
        {"spec__ports__0__name": "Web"},
        [f'spec.ports[0].name: Invalid value: "Web": {LABEL}'],
    ),
    "a target that is no port name": (
        {"spec__ports__0__targetPort": "a-name-that-is-too-long"},
        [
            'spec.ports[0].targetPort: Invalid value: "a-name-that-is-too-long": must be no more than 15 characters'
        ],
    ),
    "an unknown protocol": (
        {"spec__ports__0__protocol": "ICMP"},
        ['spec.ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"'],
    ),
    "an unknown type": (
        {"spec__type": "Magic"},
        [
            'spec.type: Unsupported value: "Magic": supported values: "ClusterIP", "ExternalName", "LoadBalancer", '
            '"NodePort"'
        ],
    ),
    "a node port without nodes": (
        {"spec__ports__0__nodePort": 30080},
        ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    ),
    "a headless balancer": (
        {"spec__type": "LoadBalancer", "spec__clusterIP": "None"},
        ["spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for LoadBalancer services"],
    ),
    "a name that leads nowhere": (
        {"spec__type": "ExternalName", "spec__ports": UNSET},
        ["spec.externalName: Required value"],
    ),
    "an address of a name": (
        {"spec__type": "ExternalName", "spec__externalName": "a.example.com", "spec__clusterIP": "10.96.0.9"},
        ["spec.clusterIPs: Forbidden: may not be set for ExternalName services"],
    ),
    "an address that is none": (
        {"spec__clusterIP": "10.96.0"},
        [
            'spec.clusterIPs[0]: Invalid value: "10.96.0": must be a valid IP address, (e.g. 10.9.8.7 or '
            "2001:db8::ffff)"
        ],
    ),
    "two addresses that differ": (
        {"spec__clusterIP": "10.96.0.9", "spec__clusterIPs": ["10.96.0.8"]},
        ['spec.clusterIP: Invalid value: "10.96.0.9": must be equal to `clusterIPs[0]`'],
    ),
    "a family that the cluster lacks": (
        {"spec__ipFamilies": ["IPv6"]},
        ['spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'],
    ),
    "two families that the cluster lacks": (
        {"spec__ipFamilyPolicy": "RequireDualStack"},
        [
            'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack '
            "services"
        ],
    ),
    "an external address of this host": (
        {"spec__externalIPs": ["127.0.0.1"]},
        [
            'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)'
        ],
    ),
    "an unknown affinity": (
        {"spec__sessionAffinity": "Cookie"},
        ['spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None"'],
    ),
    "an affinity of two days": (
        {
            "spec__sessionAffinity": "ClientIP",
            "spec__sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 86401}},
        },
        [
            "spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less "
            "than 86400"
        ],
    ),
    "ranges without a balancer": (
        {"spec__loadBalancerSourceRanges": ["10.0.0.0/8"]},
        [f"spec.LoadBalancerSourceRanges: Forbidden: {BALANCER}"],
    ),
    "a class without a balancer": (
        {"spec__loadBalancerClass": "example.com/a"},
        [f"spec.loadBalancerClass: Forbidden: {BALANCER}"],
    ),
    "a policy for traffic that never comes": (
        {"spec__externalTrafficPolicy": "Local"},
        [
            'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services'
        ],
    ),
    "an unknown inner policy": (
        {"spec__internalTrafficPolicy": "Near"},
        ['spec.internalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"'],
    ),
}


@pytest.mark.parametrize(("changes", "told"), CASES.values(), ids=CASES)
def test_a_service_is_refused_for(changes: dict[str, Any], told: list[str]) -> None:
    assert faults(minimal("Service", **changes)) == told


def test_one_port_number_serves_two_protocols() -> None:
    ports = [{"name": "tcp", "port": 53}, {"name": "udp", "port": 53, "protocol": "UDP"}]
    assert faults(minimal("Service", spec__ports=ports)) == []


def test_an_address_stays_for_life() -> None:
    service = created(minimal("Service"))
    changes = {"spec.clusterIP": "10.96.9.9", "spec.clusterIPs": ["10.96.9.9"]}
    told = strategy_of(service).validate_update(edited(service, changes), service)
    assert [(f.path, f.message) for f in told] == [
        ("spec.clusterIPs[0]", 'Invalid value: ["10.96.9.9"]: may not change once set')
    ]


def test_a_balancers_class_stays_for_life() -> None:
    service = minimal("Service", spec__type="LoadBalancer", spec__loadBalancerClass="example.com/a")
    assert update_faults(service, {"spec.loadBalancerClass": "example.com/b"}) == [
        'spec.loadBalancerClass: Invalid value: "example.com/b": may not change once set'
    ]
