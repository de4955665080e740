"""What services may say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import (
    LABEL,
    SUBDOMAIN,
    created,
    edited,
    faults,
    minimal,
    strategy_of,
    update_faults,
)

SERVICES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no ports": ({"spec.ports": []}, ["spec.ports: Required value"]),
    "no ports and no address": ({"spec.ports": [], "spec.clusterIP": "None"}, []),
    "a port without a name among others": (
        {"spec.ports": [{"port": 80, "name": "a"}, {"port": 81}]},
        ["spec.ports[1].name: Required value"],
    ),
    "a name twice": (
        {"spec.ports": [{"port": 80, "name": "a"}, {"port": 81, "name": "a"}]},
        ['spec.ports[1].name: Duplicate value: "a"'],
    ),
    "a name in capitals": (
        {"spec.ports": [{"port": 80, "name": "A"}]},
        [f'spec.ports[0].name: Invalid value: "A": {LABEL}'],
    ),
    "a port twice": (
        {"spec.ports": [{"port": 80, "name": "a"}, {"port": 80, "name": "b"}]},
        [
            (
                'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,'
                '"Port":80,"TargetPort":0,"NodePort":0}'
            )
        ],
    ),
    "a port for two protocols": (
        {"spec.ports": [{"port": 80, "name": "a"}, {"port": 80, "name": "b", "protocol": "UDP"}]},
        [],
    ),
    "an unknown protocol": (
        {"spec.ports": [{"port": 80, "protocol": "ICMP"}]},
        [('spec.ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"')],
    ),
    "a target with a bad name": (
        {"spec.ports": [{"port": 80, "targetPort": "A"}]},
        [
            (
                'spec.ports[0].targetPort: Invalid value: "A": must contain only alpha-numeric '
                "characters (a-z, 0-9), and hyphens (-)"
            ),
            'spec.ports[0].targetPort: Invalid value: "A": must contain at least one letter (a-z)',
        ],
    ),
    "a target out of range": (
        {"spec.ports": [{"port": 80, "targetPort": 70000}]},
        ["spec.ports[0].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive"],
    ),
    "an application's protocol": (
        {"spec.ports": [{"port": 80, "appProtocol": "a b"}]},
        [
            (
                'spec.ports[0].appProtocol: Invalid value: "a b": name part must consist of '
                "alphanumeric characters, '-', '_' or '.', and must start and end with an "
                "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
                "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            )
        ],
    ),
    "a port of nodes for a service inside": (
        {"spec.ports": [{"port": 80, "nodePort": 30080}]},
        ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    ),
    "a port of nodes for two protocols": (
        {
            "spec.type": "NodePort",
            "spec.ports": [
                {"port": 80, "name": "a", "nodePort": 30080},
                {"port": 80, "name": "b", "nodePort": 30080, "protocol": "UDP"},
            ],
        },
        [],
    ),
    "an unknown type": (
        {"spec.type": "Magic"},
        [
            (
                'spec.type: Unsupported value: "Magic": supported values: "ClusterIP", '
                '"ExternalName", "LoadBalancer", "NodePort"'
            )
        ],
    ),
    "a selector with a bad label": (
        {"spec.selector": {"a b": "c"}},
        [
            (
                'spec.selector: Invalid value: "a b": name part must consist of alphanumeric '
                "characters, '-', '_' or '.', and must start and end with an alphanumeric character "
                "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
                "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            )
        ],
    ),
    "an unknown affinity": (
        {"spec.sessionAffinity": "Often"},
        ['spec.sessionAffinity: Unsupported value: "Often": supported values: "ClientIP", "None"'],
    ),
    "settings of an affinity that isn't": (
        {"spec.sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 5}}},
        [],
    ),
    "an affinity of no time": (
        {
            "spec.sessionAffinity": "ClientIP",
            "spec.sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 0}},
        },
        [
            (
                "spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0: must be "
                "greater than 0 and less than 86400"
            )
        ],
    ),
    "an affinity for too long": (
        {
            "spec.sessionAffinity": "ClientIP",
            "spec.sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 86401}},
        },
        [
            (
                "spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be "
                "greater than 0 and less than 86400"
            )
        ],
    ),
    "an affinity": ({"spec.sessionAffinity": "ClientIP"}, []),
    "an address that isn't one": (
        {"spec.clusterIP": "x", "spec.clusterIPs": ["x"]},
        [
            (
                'spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 '
                "or 2001:db8::ffff)"
            )
        ],
    ),
    "two first addresses": (
        {"spec.clusterIP": "10.96.0.1", "spec.clusterIPs": ["10.96.0.2"]},
        ['spec.clusterIP: Invalid value: "10.96.0.1": must be equal to `clusterIPs[0]`'],
    ),
    "three addresses": (
        {"spec.clusterIP": "10.96.0.1", "spec.clusterIPs": ["10.96.0.1", "fd00::1", "10.96.0.2"]},
        [
            (
                'spec.clusterIPs: Invalid value: ["10.96.0.1","fd00::1","10.96.0.2"]: may only hold '
                "up to 2 values"
            )
        ],
    ),
    "no address among addresses": (
        {"spec.clusterIP": "10.96.0.1", "spec.clusterIPs": ["10.96.0.1", "None"]},
        ['spec.clusterIPs[1]: Invalid value: "None": must be empty or the only value'],
    ),
    "an address of the other family": (
        {"spec.clusterIP": "fd00::1", "spec.clusterIPs": ["fd00::1"], "spec.ipFamilies": ["IPv4"]},
        [
            (
                'spec.clusterIPs[0]: Invalid value: "fd00::1": expected an IPv4 value as indicated '
                "by `ipFamilies[0]`"
            )
        ],
    ),
    "an unknown family": (
        {"spec.ipFamilies": ["IPv5"]},
        ['spec.ipFamilies[0]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"'],
    ),
    "a family twice": (
        {"spec.ipFamilies": ["IPv4", "IPv4"]},
        ['spec.ipFamilies[1]: Duplicate value: "IPv4"'],
    ),
    "an unknown policy of families": (
        {"spec.ipFamilyPolicy": "Both"},
        [
            (
                'spec.ipFamilyPolicy: Unsupported value: "Both": supported values: "PreferDualStack",'
                ' "RequireDualStack", "SingleStack"'
            )
        ],
    ),
    "two families where there is one": (
        {"spec.ipFamilyPolicy": "RequireDualStack"},
        [
            (
                'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not '
                "configured for dual-stack services"
            )
        ],
    ),
    "the family that isn't there": (
        {"spec.ipFamilies": ["IPv6"]},
        ['spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'],
    ),
    "the family that isn't there, for nobody": (
        {"spec.ipFamilies": ["IPv6"], "spec.clusterIP": "None", "spec.clusterIPs": ["None"]},
        [],
    ),
    "an outer address of this host": (
        {"spec.externalIPs": ["127.0.0.1"]},
        [
            (
                'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range '
                "(127.0.0.0/8, ::1/128)"
            )
        ],
    ),
    "an outer address of nobody": (
        {"spec.externalIPs": ["0.0.0.0"]},
        ['spec.externalIPs[0]: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)'],
    ),
    "an outer address of the link": (
        {"spec.externalIPs": ["169.254.1.1"]},
        [
            (
                'spec.externalIPs[0]: Invalid value: "169.254.1.1": may not be in the link-local '
                "range (169.254.0.0/16, fe80::/10)"
            )
        ],
    ),
    "an outer address of many": (
        {"spec.externalIPs": ["224.0.0.1"]},
        [
            (
                'spec.externalIPs[0]: Invalid value: "224.0.0.1": may not be in the link-local '
                "multicast range (224.0.0.0/24, ff02::/10)"
            )
        ],
    ),
    "an outer address that isn't one": (
        {"spec.externalIPs": ["a.b"]},
        [
            (
                'spec.externalIPs[0]: Invalid value: "a.b": must be a valid IP address, (e.g. 10.9.8.'
                "7 or 2001:db8::ffff)"
            )
        ],
    ),
    "nodes without an address": (
        {"spec.type": "NodePort", "spec.clusterIP": "None", "spec.clusterIPs": ["None"]},
        [("spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort services")],
    ),
    "a balancer without an address": (
        {"spec.type": "LoadBalancer", "spec.clusterIP": "None", "spec.clusterIPs": ["None"]},
        [("spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for LoadBalancer services")],
    ),
    "a name without a name": (
        {"spec.type": "ExternalName", "spec.ports": []},
        ["spec.externalName: Required value"],
    ),
    "a name with an address": (
        {
            "spec.type": "ExternalName",
            "spec.externalName": "a.b",
            "spec.clusterIP": "10.96.0.1",
            "spec.clusterIPs": ["10.96.0.1"],
        },
        ["spec.clusterIPs: Forbidden: may not be set for ExternalName services"],
    ),
    "a name with a dot behind": ({"spec.type": "ExternalName", "spec.externalName": "a.b."}, []),
    "a bad name": (
        {"spec.type": "ExternalName", "spec.externalName": "a_b"},
        [f'spec.externalName: Invalid value: "a_b": {SUBDOMAIN}'],
    ),
    "sources for no balancer": (
        {"spec.loadBalancerSourceRanges": ["10.0.0.0/8"]},
        ["spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'"],
    ),
    "a source that is no range": (
        {
            "spec.type": "LoadBalancer",
            "spec.loadBalancerSourceRanges": ["10.0.0.0", " 10.0.0.0/8 ", "10.0.0.0/33"],
        },
        [
            (
                'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.0": must be a valid CIDR '
                "value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
            ),
            (
                'spec.LoadBalancerSourceRanges[2]: Invalid value: "10.0.0.0/33": must be a valid '
                "CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
            ),
        ],
    ),
    "a class for no balancer": (
        {"spec.loadBalancerClass": "example.com/a"},
        ["spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'"],
    ),
    "a class with a bad name": (
        {"spec.type": "LoadBalancer", "spec.loadBalancerClass": "a b"},
        [
            (
                'spec.loadBalancerClass: Invalid value: "a b": name part must consist of '
                "alphanumeric characters, '-', '_' or '.', and must start and end with an "
                "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
                "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            )
        ],
    ),
    "ports of nodes for no balancer": (
        {"spec.allocateLoadBalancerNodePorts": False},
        [("spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'")],
    ),
    "traffic from outside to a service inside": (
        {"spec.externalTrafficPolicy": "Local"},
        [
            (
                'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for '
                "externally-accessible services"
            )
        ],
    ),
    "an unknown way from outside": (
        {"spec.type": "NodePort", "spec.externalTrafficPolicy": "Near"},
        [('spec.externalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"')],
    ),
    "an unknown way inside": (
        {"spec.internalTrafficPolicy": "Near"},
        [('spec.internalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"')],
    ),
    "an unknown distribution": (
        {"spec.trafficDistribution": "PreferFar"},
        [
            (
                'spec.trafficDistribution: Unsupported value: "PreferFar": supported values: '
                '"PreferClose", "PreferSameZone", "PreferSameNode"'
            )
        ],
    ),
    "a distribution": ({"spec.trafficDistribution": "PreferSameNode"}, []),
    "a health port of no balancer": (
        {"spec.type": "NodePort", "spec.healthCheckNodePort": 30000},
        [
            (
                "spec.healthCheckNodePort: Invalid value: 30000: may only be set when `type` is "
                "'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
            )
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), SERVICES.values(), ids=SERVICES)
def test_what_a_service_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Service"), changes)) == expected


CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "another address": (
        {"spec.clusterIP": "10.96.0.9", "spec.clusterIPs": ["10.96.0.9"]},
        ['spec.clusterIPs[0]: Invalid value: ["10.96.0.9"]: may not change once set'],
    ),
    "another family": (
        {"spec.ipFamilies": ["IPv6"]},
        [
            (
                'spec.clusterIPs[0]: Invalid value: "10.96.0.1": expected an IPv6 value as indicated '
                "by `ipFamilies[0]`"
            ),
        ],
    ),
    "another type": ({"spec.type": "NodePort"}, []),
}


@pytest.mark.parametrize(("changes", "expected"), CHANGES.values(), ids=CHANGES)
def test_what_may_change_in_a_service(changes: dict[str, Any], expected: list[str]) -> None:
    assert (
        update_faults(
            minimal(
                "Service",
                spec__clusterIP="10.96.0.1",
                spec__clusterIPs=["10.96.0.1"],
                spec__ipFamilies=["IPv4"],
            ),
            changes,
        )
        == expected
    )


BALANCERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "another class": (
        {"spec.loadBalancerClass": "example.com/b"},
        ['spec.loadBalancerClass: Invalid value: "example.com/b": may not change once set'],
    ),
    "another port of health": (
        {"spec.healthCheckNodePort": 30002},
        ["spec.healthCheckNodePort: Forbidden: field is immutable"],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), BALANCERS.values(), ids=BALANCERS)
def test_what_may_change_in_a_balancer(changes: dict[str, Any], expected: list[str]) -> None:
    assert (
        update_faults(
            minimal(
                "Service",
                spec__type="LoadBalancer",
                spec__loadBalancerClass="example.com/a",
                spec__externalTrafficPolicy="Local",
                spec__healthCheckNodePort=30001,
            ),
            changes,
        )
        == expected
    )


STATUSES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "a cluster's address": (
        "Service",
        {"ip": "192.0.2.1"},
        ['status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is "LoadBalancer"'],
    ),
    "no address": (
        "LoadBalancer",
        {"ip": "x", "ipMode": "Odd", "hostname": "192.0.2.1"},
        [
            'status.loadBalancer.ingress[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or '
            "2001:db8::ffff)",
            'status.loadBalancer.ingress[0].ipMode: Unsupported value: "Odd": supported values: "Proxy", "VIP"',
            'status.loadBalancer.ingress[0].hostname: Invalid value: "192.0.2.1": must be a DNS name, not an IP '
            "address",
        ],
    ),
    "a mode of nothing": (
        "LoadBalancer",
        {"ipMode": "VIP"},
        ["status.loadBalancer.ingress[0].ipMode: Forbidden: may not be specified when `ip` is not set"],
    ),
    "an address without a mode": ("LoadBalancer", {"ip": "192.0.2.1"}, []),
    "an ingress' name": (
        "Ingress",
        {"ip": "192.0.2.1", "hostname": "a_b"},
        [f'status.loadBalancer.ingress[0].hostname: Invalid value: "a_b": {SUBDOMAIN}'],
    ),
}


@pytest.mark.parametrize(("kind", "ingress", "told"), STATUSES.values(), ids=STATUSES)
def test_where_a_balancer_may_stand(kind: str, ingress: dict[str, Any], told: list[str]) -> None:
    changes = {"spec__type": "LoadBalancer"} if kind == "LoadBalancer" else {}
    old = created(minimal("Service" if kind != "Ingress" else kind, **changes))
    strategy = strategy_of(old)
    new = strategy.default(edited(old, {"status.loadBalancer.ingress": [ingress]}))
    assert [f"{f.path}: {f.message}" for f in strategy.validate_status(new, old)] == told
