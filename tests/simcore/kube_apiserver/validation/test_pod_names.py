"""What a pod may say of its names, its time and its claims."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import LABEL, SUBDOMAIN, edited, faults, minimal

NAMES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no way to resolve": (
        {"spec.dnsPolicy": "None"},
        ["spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"],
    ),
    "no server": (
        {"spec.dnsPolicy": "None", "spec.dnsConfig": {"searches": ["a"]}},
        [
            (
                "spec.dnsConfig.nameservers: Required value: must provide at least one DNS "
                "nameserver when `dnsPolicy` is None"
            )
        ],
    ),
    "a server": ({"spec.dnsPolicy": "None", "spec.dnsConfig": {"nameservers": ["10.0.0.1"]}}, []),
    "four servers": (
        {"spec.dnsConfig": {"nameservers": ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"]}},
        [
            (
                'spec.dnsConfig.nameservers: Invalid value: ["10.0.0.1","10.0.0.2","10.0.0.3","10.0.'
                '0.4"]: must not have more than 3 nameservers'
            )
        ],
    ),
    "a server without address": (
        {"spec.dnsConfig": {"nameservers": ["dns"]}},
        [
            (
                'spec.dnsConfig.nameservers[0]: Invalid value: "dns": must be a valid IP address, (e.'
                "g. 10.9.8.7 or 2001:db8::ffff)"
            )
        ],
    ),
    "an odd search": (
        {"spec.dnsConfig": {"searches": ["a_b", "-a", ".", "a.b."]}},
        [
            (
                'spec.dnsConfig.searches[1]: Invalid value: "-a": a lowercase RFC 1123 subdomain '
                "must consist of lower case alphanumeric characters, '_', '-' or '.', and must start "
                "and end with an alphanumeric character (e.g. 'example.com', regex used for "
                "validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\."
                "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')"
            )
        ],
    ),
    "an option of nothing": (
        {"spec.dnsConfig": {"options": [{"value": "1"}]}},
        ["spec.dnsConfig.options[0]: Required value: must not be empty"],
    ),
    "an unknown policy": (
        {"spec.dnsPolicy": "Magic"},
        [
            (
                'spec.dnsPolicy: Unsupported value: "Magic": supported values: '
                '"ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"'
            )
        ],
    ),
    "a name for nothing": (
        {"spec.hostAliases": [{"hostnames": ["a"]}]},
        [
            (
                'spec.hostAliases[0].ip: Invalid value: "": must be a valid IP address, (e.g. 10.9.8.'
                "7 or 2001:db8::ffff)"
            )
        ],
    ),
    "a bad name for an address": (
        {"spec.hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a_b"]}]},
        [f'spec.hostAliases[0].hostnames[0]: Invalid value: "a_b": {SUBDOMAIN}'],
    ),
    "a host name with dots": (
        {"spec.hostname": "a.b"},
        ['spec.hostname: Invalid value: "a.b": must not contain dots'],
    ),
    "a subdomain in capitals": ({"spec.subdomain": "A"}, [f'spec.subdomain: Invalid value: "A": {LABEL}']),
    "an account's name": (
        {"spec.serviceAccountName": "a_b"},
        [f'spec.serviceAccountName: Invalid value: "a_b": {SUBDOMAIN}'],
    ),
    "a class's name": (
        {"spec.priorityClassName": "A"},
        [f'spec.priorityClassName: Invalid value: "A": {SUBDOMAIN}'],
    ),
    "a runtime's name": (
        {"spec.runtimeClassName": "A"},
        [f'spec.runtimeClassName: Invalid value: "A": {SUBDOMAIN}'],
    ),
    "a node's name": ({"spec.nodeName": "A"}, [f'spec.nodeName: Invalid value: "A": {SUBDOMAIN}']),
}


@pytest.mark.parametrize(("changes", "expected"), NAMES.values(), ids=NAMES)
def test_how_a_pod_resolves_and_has_names(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Pod"), changes)) == expected


REST: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no time to run": (
        {"spec.activeDeadlineSeconds": 0},
        [("spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive")],
    ),
    "too long to run": (
        {"spec.activeDeadlineSeconds": 2147483648},
        [
            (
                "spec.activeDeadlineSeconds: Invalid value: 2147483648: must be between 1 and "
                "2147483647, inclusive"
            )
        ],
    ),
    "an unknown preemption": (
        {"spec.preemptionPolicy": "Push"},
        [
            (
                'spec.preemptionPolicy: Unsupported value: "Push": supported values: '
                '"PreemptLowerPriority", "Never"'
            )
        ],
    ),
    "an overhead of what containers can't have": (
        {"spec.overhead": {"pods": "1"}},
        ['spec.overhead.limits[pods]: Invalid value: "pods": must be a standard resource for containers'],
    ),
    "a negative overhead": (
        {"spec.overhead": {"cpu": "-1"}},
        ['spec.overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
    ),
    "a system without a name": ({"spec.os": {}}, ["spec.os.name: Required value: cannot be empty"]),
    "an unknown system": (
        {"spec.os": {"name": "plan9"}},
        ['spec.os: Unsupported value: "plan9": supported values: "linux", "windows"'],
    ),
    "a gate for readiness without a name": (
        {"spec.readinessGates": [{}]},
        [
            'spec.readinessGates[0].conditionType: Invalid value: "": name part must be non-empty',
            (
                'spec.readinessGates[0].conditionType: Invalid value: "": name part must consist of '
                "alphanumeric characters, '-', '_' or '.', and must start and end with an "
                "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
                "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            ),
        ],
    ),
    "a gate for scheduling twice": (
        {"spec.schedulingGates": [{"name": "a"}, {"name": "a"}]},
        ['spec.schedulingGates[1]: Duplicate value: "a"'],
    ),
    "a node behind a gate": (
        {"spec.nodeName": "n", "spec.schedulingGates": [{"name": "a"}]},
        ["spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared"],
    ),
    "resources of the pod": ({"spec.resources": {"limits": {"cpu": "1"}}}, []),
    "resources of the pod that only containers have": (
        {"spec.resources": {"limits": {"ephemeral-storage": "1Gi"}}},
        [
            'spec.resources.limits[ephemeral-storage]: Unsupported value: "ephemeral-storage": supported values: '
            '"cpu", "hugepages-", "memory"'
        ],
    ),
    "a claim of devices without a name": (
        {"spec.resourceClaims": [{"resourceClaimName": "c"}]},
        ["spec.resourceClaims[0].name: Required value"],
    ),
    "a claim of devices twice": (
        {
            "spec.resourceClaims": [
                {"name": "a", "resourceClaimName": "c"},
                {"name": "a", "resourceClaimName": "c"},
            ]
        },
        ['spec.resourceClaims[1].name: Duplicate value: "a"'],
    ),
    "a claim of devices without a source": (
        {"spec.resourceClaims": [{"name": "a"}]},
        [
            (
                'spec.resourceClaims[0]: Invalid value: {"Name":"a","ResourceClaimName":null,'
                '"ResourceClaimTemplateName":null}: must specify one of: `resourceClaimName`, '
                "`resourceClaimTemplateName`"
            )
        ],
    ),
    "a claim of devices with two sources": (
        {"spec.resourceClaims": [{"name": "a", "resourceClaimName": "c", "resourceClaimTemplateName": "t"}]},
        [
            (
                'spec.resourceClaims[0]: Invalid value: {"Name":"a","ResourceClaimName":"c",'
                '"ResourceClaimTemplateName":"t"}: at most one of `resourceClaimName` or '
                "`resourceClaimTemplateName` may be specified"
            )
        ],
    ),
    "a claim of devices with a bad source": (
        {"spec.resourceClaims": [{"name": "A", "resourceClaimName": "C"}]},
        [
            f'spec.resourceClaims[0].name: Invalid value: "A": {LABEL}',
            f'spec.resourceClaims[0].resourceClaimName: Invalid value: "C": {SUBDOMAIN}',
        ],
    ),
    "a selector of nodes with a bad label": (
        {"spec.nodeSelector": {"a b": "c"}},
        [
            (
                'spec.nodeSelector: Invalid value: "a b": name part must consist of alphanumeric '
                "characters, '-', '_' or '.', and must start and end with an alphanumeric character "
                "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
                "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            )
        ],
    ),
    "a token without an account": (
        {
            "spec.serviceAccountName": "",
            "spec.volumes": [
                {"name": "t", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}}
            ],
        },
        [
            (
                "spec.volumes[0].projected.sources[0].serviceAccountToken: Forbidden: must not be "
                "specified when serviceAccountName is not set"
            )
        ],
    ),
    "negative grace": ({"spec.terminationGracePeriodSeconds": -1}, []),
}


@pytest.mark.parametrize(("changes", "expected"), REST.values(), ids=REST)
def test_the_rest_of_a_pod(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Pod"), changes)) == expected
