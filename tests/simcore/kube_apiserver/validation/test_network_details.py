"""What services, ingresses, network policies and endpoints may say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import (
    LABEL,
    SUBDOMAIN,
    UNSET,
    edited,
    faults,
    minimal,
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
    "a port of nodes twice": (
        {
            "spec.type": "NodePort",
            "spec.ports": [
                {"port": 80, "name": "a", "nodePort": 30080},
                {"port": 81, "name": "b", "nodePort": 30080},
            ],
        },
        ["spec.ports[1].nodePort: Duplicate value: 30080"],
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
            'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
            'spec.ipFamilies[0]: Invalid value: ["IPv6"]: may not change once set',
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


INGRESSES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": (
        {"spec.defaultBackend": UNSET},
        ["spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"],
    ),
    "a host that is an address": (
        {"spec.rules": [{"host": "10.0.0.1"}]},
        ['spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address'],
    ),
    "a host with a star inside": (
        {"spec.rules": [{"host": "a.*.b"}]},
        [
            (
                'spec.rules[0].host: Invalid value: "a.*.b": a wildcard DNS-1123 subdomain must '
                "start with '*.', followed by a valid DNS subdomain, which must consist of lower "
                "case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e."
                "g. '*.example.com', regex used for validation is '\\*\\."
                "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
            )
        ],
    ),
    "a host in capitals": (
        {"spec.rules": [{"host": "A.b"}]},
        [f'spec.rules[0].host: Invalid value: "A.b": {SUBDOMAIN}'],
    ),
    "no paths": ({"spec.rules": [{"http": {"paths": []}}]}, ["spec.rules[0].http.paths: Required value"]),
    "a path of no type": (
        {
            "spec.rules": [
                {
                    "http": {
                        "paths": [
                            {
                                "path": "/",
                                "pathType": None,
                                "backend": {"service": {"name": "s", "port": {"number": 80}}},
                            }
                        ]
                    }
                }
            ]
        },
        ["spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified"],
    ),
    "a path of an unknown type": (
        {
            "spec.rules": [
                {
                    "http": {
                        "paths": [
                            {
                                "path": "/",
                                "pathType": "Regex",
                                "backend": {"service": {"name": "s", "port": {"number": 80}}},
                            }
                        ]
                    }
                }
            ]
        },
        [
            (
                'spec.rules[0].http.paths[0].pathType: Unsupported value: "Regex": supported values: '
                '"Exact", "ImplementationSpecific", "Prefix"'
            )
        ],
    ),
    "a path that isn't absolute": (
        {
            "spec.rules": [
                {
                    "http": {
                        "paths": [
                            {
                                "path": "a",
                                "pathType": "Prefix",
                                "backend": {"service": {"name": "s", "port": {"number": 80}}},
                            }
                        ]
                    }
                }
            ]
        },
        ['spec.rules[0].http.paths[0].path: Invalid value: "a": must be an absolute path'],
    ),
    "a path with steps": (
        {
            "spec.rules": [
                {
                    "http": {
                        "paths": [
                            {
                                "path": "/a/../b//c",
                                "pathType": "Prefix",
                                "backend": {"service": {"name": "s", "port": {"number": 80}}},
                            }
                        ]
                    }
                }
            ]
        },
        [
            "spec.rules[0].http.paths[0].path: Invalid value: \"/a/../b//c\": must not contain '//'",
            "spec.rules[0].http.paths[0].path: Invalid value: \"/a/../b//c\": must not contain '/../'",
        ],
    ),
    "a path that ends in a step": (
        {
            "spec.rules": [
                {
                    "http": {
                        "paths": [
                            {
                                "path": "/a/..",
                                "pathType": "Prefix",
                                "backend": {"service": {"name": "s", "port": {"number": 80}}},
                            }
                        ]
                    }
                }
            ]
        },
        ["spec.rules[0].http.paths[0].path: Invalid value: \"/a/..\": cannot end with '/..'"],
    ),
    "a path with a hidden slash": (
        {
            "spec.rules": [
                {
                    "http": {
                        "paths": [
                            {
                                "path": "/a%2fb",
                                "pathType": "Prefix",
                                "backend": {"service": {"name": "s", "port": {"number": 80}}},
                            }
                        ]
                    }
                }
            ]
        },
        ["spec.rules[0].http.paths[0].path: Invalid value: \"/a%2fb\": must not contain '%2f'"],
    ),
    "a path of anybody's type": (
        {
            "spec.rules": [
                {
                    "http": {
                        "paths": [
                            {
                                "path": "a",
                                "pathType": "ImplementationSpecific",
                                "backend": {"service": {"name": "s", "port": {"number": 80}}},
                            }
                        ]
                    }
                }
            ]
        },
        ['spec.rules[0].http.paths[0].path: Invalid value: "a": must be an absolute path'],
    ),
    "no path of anybody's type": (
        {
            "spec.rules": [
                {
                    "http": {
                        "paths": [
                            {
                                "path": "",
                                "pathType": "ImplementationSpecific",
                                "backend": {"service": {"name": "s", "port": {"number": 80}}},
                            }
                        ]
                    }
                }
            ]
        },
        [],
    ),
    "nobody behind": (
        {"spec.defaultBackend": {}},
        ['spec.defaultBackend: Invalid value: "": resource or service backend is required'],
    ),
    "two behind": (
        {
            "spec.defaultBackend": {
                "service": {"name": "s", "port": {"number": 80}},
                "resource": {"kind": "A", "name": "a"},
            }
        },
        ['spec.defaultBackend: Invalid value: "": cannot set both resource and service backends'],
    ),
    "a resource without kind or name": (
        {"spec.defaultBackend": {"resource": {}}},
        [
            "spec.defaultBackend.resource.kind: Required value: kind is required",
            "spec.defaultBackend.resource.name: Required value: name is required",
        ],
    ),
    "a resource of a bad group": (
        {"spec.defaultBackend": {"resource": {"apiGroup": "A", "kind": "a/b", "name": ".."}}},
        [
            f'spec.defaultBackend.resource.apiGroup: Invalid value: "A": {SUBDOMAIN}',
            "spec.defaultBackend.resource.kind: Invalid value: \"a/b\": may not contain '/'",
            "spec.defaultBackend.resource.name: Invalid value: \"..\": may not be '..'",
        ],
    ),
    "a service without a name": (
        {"spec.defaultBackend": {"service": {"port": {"number": 80}}}},
        ["spec.defaultBackend.service.name: Required value"],
    ),
    "a service with a bad name": (
        {"spec.defaultBackend": {"service": {"name": "A", "port": {"number": 80}}}},
        [f'spec.defaultBackend.service.name: Invalid value: "A": {LABEL}'],
    ),
    "a service without a port": (
        {"spec.defaultBackend": {"service": {"name": "s"}}},
        ["spec.defaultBackend: Required value: port name or number is required"],
    ),
    "a service with two ports": (
        {"spec.defaultBackend": {"service": {"name": "s", "port": {"number": 80, "name": "web"}}}},
        ['spec.defaultBackend: Invalid value: "": cannot set both port name & port number'],
    ),
    "a service with a port out of range": (
        {"spec.defaultBackend": {"service": {"name": "s", "port": {"number": 65536}}}},
        [
            (
                "spec.defaultBackend.service.port.number: Invalid value: 65536: must be between 1 "
                "and 65535, inclusive"
            )
        ],
    ),
    "a service with a port's bad name": (
        {"spec.defaultBackend": {"service": {"name": "s", "port": {"name": "--"}}}},
        [
            (
                'spec.defaultBackend.service.port.name: Invalid value: "--": must contain at least '
                "one letter (a-z)"
            ),
            (
                'spec.defaultBackend.service.port.name: Invalid value: "--": must not contain '
                "consecutive hyphens"
            ),
            (
                'spec.defaultBackend.service.port.name: Invalid value: "--": must not begin or end '
                "with a hyphen"
            ),
        ],
    ),
    "a secret host": (
        {"spec.tls": [{"hosts": ["*.a.b", "A"], "secretName": "S"}]},
        [
            f'spec.tls[0].hosts[1]: Invalid value: "A": {SUBDOMAIN}',
            f'spec.tls[0].secretName: Invalid value: "S": {SUBDOMAIN}',
        ],
    ),
    "a class in capitals": (
        {"spec.ingressClassName": "A"},
        [f'spec.ingressClassName: Invalid value: "A": {SUBDOMAIN}'],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), INGRESSES.values(), ids=INGRESSES)
def test_what_an_ingress_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Ingress"), changes)) == expected


CLASSES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "parameters of the cluster": ({"spec.parameters": {"kind": "A", "name": "a"}}, []),
    "parameters of the cluster in a namespace": (
        {"spec.parameters": {"kind": "A", "name": "a", "scope": "Cluster", "namespace": "a"}},
        ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"],
    ),
    "parameters of a namespace nobody names": (
        {"spec.parameters": {"kind": "A", "name": "a", "scope": "Namespace"}},
        ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"],
    ),
    "parameters of a bad namespace": (
        {"spec.parameters": {"kind": "A", "name": "a", "scope": "Namespace", "namespace": "A"}},
        [f'spec.parameters.namespace: Invalid value: "A": {LABEL}'],
    ),
    "parameters of an unknown scope": (
        {"spec.parameters": {"kind": "A", "name": "a", "scope": "World"}},
        [('spec.parameters.scope: Unsupported value: "World": supported values: "Cluster", "Namespace"')],
    ),
    "parameters without a kind": (
        {"spec.parameters": {"name": "a"}},
        ["spec.parameters.kind: Required value: kind is required"],
    ),
    "no controller": ({"spec.controller": ""}, ["spec.controller: Required value"]),
    "a controller without a domain": (
        {"spec.controller": "nginx"},
        [('spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")')],
    ),
    "a controller that is too long": (
        {"spec.controller": "example.com/" + "a" * 250},
        ["spec.controller: Too long: may not be more than 250 bytes"],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), CLASSES.values(), ids=CLASSES)
def test_what_a_class_of_ingresses_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("IngressClass"), changes)) == expected


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


ENDPOINTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nobody": (
        {"subsets": [{"addresses": [], "ports": [{"port": 80}]}]},
        ["subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`"],
    ),
    "an address that isn't one": (
        {"subsets": [{"addresses": [{"ip": "x"}], "ports": [{"port": 80}]}]},
        [
            (
                'subsets[0].addresses[0].ip: Invalid value: "x": must be a valid IP address, (e.g. '
                "10.9.8.7 or 2001:db8::ffff)"
            )
        ],
    ),
    "an address of this host": (
        {"subsets": [{"addresses": [{"ip": "127.0.0.1"}], "ports": [{"port": 80}]}]},
        [
            (
                'subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback '
                "range (127.0.0.0/8, ::1/128)"
            )
        ],
    ),
    "an address of this host, not ready": (
        {
            "subsets": [
                {
                    "addresses": [{"ip": "10.1.2.3"}],
                    "ports": [{"port": 80}],
                    "notReadyAddresses": [{"ip": "::1"}],
                }
            ]
        },
        [
            (
                'subsets[0].notReadyAddresses[0].ip: Invalid value: "::1": may not be in the '
                "loopback range (127.0.0.0/8, ::1/128)"
            )
        ],
    ),
    "a host with dots": (
        {"subsets": [{"addresses": [{"ip": "10.1.2.3", "hostname": "a.b"}], "ports": [{"port": 80}]}]},
        ['subsets[0].addresses[0].hostname: Invalid value: "a.b": must not contain dots'],
    ),
    "a node in capitals": (
        {"subsets": [{"addresses": [{"ip": "10.1.2.3", "nodeName": "A"}], "ports": [{"port": 80}]}]},
        [f'subsets[0].addresses[0].nodeName: Invalid value: "A": {SUBDOMAIN}'],
    ),
    "a port without a name among others": (
        {
            "subsets": [
                {"addresses": [{"ip": "10.1.2.3"}], "ports": [{"port": 80}, {"port": 81, "name": "a"}]}
            ]
        },
        ["subsets[0].ports[0].name: Required value"],
    ),
    "a port out of range": (
        {"subsets": [{"addresses": [{"ip": "10.1.2.3"}], "ports": [{"port": 0}]}]},
        ["subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive"],
    ),
    "a port in capitals": (
        {"subsets": [{"addresses": [{"ip": "10.1.2.3"}], "ports": [{"port": 80, "name": "A"}]}]},
        [f'subsets[0].ports[0].name: Invalid value: "A": {LABEL}'],
    ),
    "an unknown protocol": (
        {"subsets": [{"addresses": [{"ip": "10.1.2.3"}], "ports": [{"port": 80, "protocol": "ICMP"}]}]},
        [('subsets[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"')],
    ),
    "an application's protocol": (
        {"subsets": [{"addresses": [{"ip": "10.1.2.3"}], "ports": [{"port": 80, "appProtocol": "a b"}]}]},
        [
            (
                'subsets[0].ports[0].appProtocol: Invalid value: "a b": name part must consist of '
                "alphanumeric characters, '-', '_' or '.', and must start and end with an "
                "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
                "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            )
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), ENDPOINTS.values(), ids=ENDPOINTS)
def test_what_endpoints_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Endpoints"), changes)) == expected


SLICES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no type": ({"addressType": ""}, ["addressType: Required value"]),
    "an unknown type": (
        {"addressType": "IPX"},
        ['addressType: Unsupported value: "IPX": supported values: "FQDN", "IPv4", "IPv6"'],
    ),
    "no addresses": (
        {"endpoints": [{"addresses": []}]},
        ["endpoints[0].addresses: Required value: must contain at least 1 address"],
    ),
    "an address of the other family": (
        {"endpoints": [{"addresses": ["fd00::1"]}]},
        ['endpoints[0].addresses[0]: Invalid value: "fd00::1": must be an IPv4 address'],
    ),
    "an address that isn't one": (
        {"endpoints": [{"addresses": ["a.b"]}]},
        [
            (
                'endpoints[0].addresses[0]: Invalid value: "a.b": must be a valid IP address, (e.g. '
                "10.9.8.7 or 2001:db8::ffff)"
            )
        ],
    ),
    "an address of this host": (
        {"endpoints": [{"addresses": ["127.0.0.1"]}]},
        [
            (
                'endpoints[0].addresses[0]: Invalid value: "127.0.0.1": may not be in the loopback '
                "range (127.0.0.0/8, ::1/128)"
            )
        ],
    ),
    "a name": ({"addressType": "FQDN", "endpoints": [{"addresses": ["a.b"]}]}, []),
    "a bad name": (
        {"addressType": "FQDN", "endpoints": [{"addresses": ["a_b"]}]},
        [f'endpoints[0].addresses[0]: Invalid value: "a_b": {SUBDOMAIN}'],
    ),
    "a name without a domain": (
        {"addressType": "FQDN", "endpoints": [{"addresses": ["a"]}]},
        [
            (
                'endpoints[0].addresses[0]: Invalid value: "a": should be a domain with at least two '
                "segments separated by dots"
            )
        ],
    ),
    "a name with a dot behind": ({"addressType": "FQDN", "endpoints": [{"addresses": ["a.b."]}]}, []),
    "a node in capitals": (
        {"endpoints": [{"addresses": ["10.1.2.3"], "nodeName": "A"}]},
        [f'endpoints[0].nodeName: Invalid value: "A": {SUBDOMAIN}'],
    ),
    "a host with dots": (
        {"endpoints": [{"addresses": ["10.1.2.3"], "hostname": "a.b"}]},
        ['endpoints[0].hostname: Invalid value: "a.b": must not contain dots'],
    ),
    "a port in capitals": (
        {"ports": [{"port": 80, "name": "A"}]},
        [f'ports[0].name: Invalid value: "A": {LABEL}'],
    ),
    "a port's name twice": (
        {"ports": [{"port": 80, "name": "a"}, {"port": 81, "name": "a"}]},
        ['ports[1].name: Duplicate value: "a"'],
    ),
    "an unknown protocol": (
        {"ports": [{"port": 80, "protocol": "ICMP"}]},
        ['ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"'],
    ),
    "an application's protocol": (
        {"ports": [{"port": 80, "appProtocol": "a b"}]},
        [
            (
                'ports[0].appProtocol: Invalid value: "a b": name part must consist of alphanumeric '
                "characters, '-', '_' or '.', and must start and end with an alphanumeric character "
                "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
                "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            )
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), SLICES.values(), ids=SLICES)
def test_what_a_slice_of_endpoints_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("EndpointSlice"), changes)) == expected


SLICE_CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "another type": ({"addressType": "FQDN"}, ['addressType: Invalid value: "FQDN": field is immutable']),
    "other endpoints": ({"endpoints": []}, []),
}


@pytest.mark.parametrize(("changes", "expected"), SLICE_CHANGES.values(), ids=SLICE_CHANGES)
def test_what_may_change_in_a_slice(changes: dict[str, Any], expected: list[str]) -> None:
    assert update_faults(minimal("EndpointSlice"), changes) == expected
