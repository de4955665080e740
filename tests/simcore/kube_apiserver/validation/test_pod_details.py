"""What a pod may say of its security, its names, its place and its volumes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import LABEL, SUBDOMAIN, edited, faults, minimal

SECURITY: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a user below nothing": (
        {"spec.securityContext.runAsUser": -1},
        [("spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 4294967295, inclusive")],
    ),
    "a group that is too big": (
        {"spec.securityContext.fsGroup": 4294967296},
        [
            (
                "spec.securityContext.fsGroup: Invalid value: 4294967296: must be between 0 and "
                "4294967295, inclusive"
            )
        ],
    ),
    "a supplemental group": (
        {"spec.securityContext.supplementalGroups": [1, -2]},
        [
            (
                "spec.securityContext.supplementalGroups[1]: Invalid value: -2: must be between 0 "
                "and 4294967295, inclusive"
            )
        ],
    ),
    "one view of processes too many": (
        {"spec.shareProcessNamespace": True, "spec.hostPID": True, "spec.securityContext": {"runAsUser": 1}},
        [
            (
                "spec.securityContext.shareProcessNamespace: Invalid value: true: "
                "ShareProcessNamespace and HostPID cannot both be enabled"
            )
        ],
    ),
    "an unnamed setting": (
        {"spec.securityContext.sysctls": [{"value": "1"}]},
        ["spec.securityContext.sysctls[0].name: Required value"],
    ),
    "a setting in capitals": (
        {"spec.securityContext.sysctls": [{"name": "NET.a", "value": "1"}]},
        [
            (
                'spec.securityContext.sysctls[0].name: Invalid value: "NET.a": must have at most 253 '
                "characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\."
                "/])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"
            )
        ],
    ),
    "a setting twice": (
        {"spec.securityContext.sysctls": [{"name": "net.a", "value": "1"}, {"name": "net.a", "value": "2"}]},
        ['spec.securityContext.sysctls[1].name: Duplicate value: "net.a"'],
    ),
    "a setting of the host's network": (
        {"spec.hostNetwork": True, "spec.securityContext.sysctls": [{"name": "net/a", "value": "1"}]},
        [
            (
                'spec.securityContext.sysctls[0].name: Invalid value: "net/a": may not be specified '
                "when 'hostNetwork' is true"
            )
        ],
    ),
    "a setting of the host's messages": (
        {"spec.hostIPC": True, "spec.securityContext.sysctls": [{"name": "kernel.msgmax", "value": "1"}]},
        [
            (
                'spec.securityContext.sysctls[0].name: Invalid value: "kernel.msgmax": may not be '
                "specified when 'hostIPC' is true"
            )
        ],
    ),
    "when the group changes": (
        {"spec.securityContext.fsGroupChangePolicy": "Never"},
        [
            (
                'spec.securityContext.fsGroupChangePolicy: Unsupported value: "Never": supported '
                'values: "Always", "OnRootMismatch"'
            )
        ],
    ),
    "how groups add up": (
        {"spec.securityContext.supplementalGroupsPolicy": "Mix"},
        [
            (
                'spec.securityContext.supplementalGroupsPolicy: Unsupported value: "Mix": supported '
                'values: "Merge", "Strict"'
            )
        ],
    ),
    "how labels change": (
        {"spec.securityContext.seLinuxChangePolicy": "Copy"},
        [
            (
                'spec.securityContext.seLinuxChangePolicy: Unsupported value: "Copy": supported '
                'values: "MountOption", "Recursive"'
            )
        ],
    ),
    "a profile without a type": (
        {"spec.securityContext.seccompProfile": {}},
        [
            (
                "spec.securityContext.seccompProfile.type: Required value: type is required when "
                "seccompProfile is set"
            )
        ],
    ),
    "an unknown profile": (
        {"spec.securityContext.seccompProfile": {"type": "Mine"}},
        [
            (
                'spec.securityContext.seccompProfile.type: Unsupported value: "Mine": supported '
                'values: "Localhost", "RuntimeDefault", "Unconfined"'
            )
        ],
    ),
    "a local profile without a name": (
        {"spec.securityContext.seccompProfile": {"type": "Localhost"}},
        [
            (
                "spec.securityContext.seccompProfile.localhostProfile: Required value: must be set "
                "when seccomp type is Localhost"
            )
        ],
    ),
    "a local profile outside": (
        {"spec.securityContext.seccompProfile": {"type": "Localhost", "localhostProfile": "../x"}},
        [
            (
                'spec.securityContext.seccompProfile.localhostProfile: Invalid value: "../x": must '
                "not contain '..'"
            )
        ],
    ),
    "a name for a profile that has none": (
        {"spec.securityContext.seccompProfile": {"type": "RuntimeDefault", "localhostProfile": "x"}},
        [
            (
                "spec.securityContext.seccompProfile.localhostProfile: Invalid value: "
                '{"Type":"RuntimeDefault","LocalhostProfile":"x"}: can only be set when seccomp type '
                "is Localhost"
            )
        ],
    ),
    "an armour without a type": (
        {"spec.securityContext.appArmorProfile": {}},
        [
            (
                "spec.securityContext.appArmorProfile.type: Required value: type is required when "
                "appArmorProfile is set"
            )
        ],
    ),
    "an unknown armour": (
        {"spec.securityContext.appArmorProfile": {"type": "Steel"}},
        [
            (
                'spec.securityContext.appArmorProfile.type: Unsupported value: "Steel": supported '
                'values: "Localhost", "RuntimeDefault", "Unconfined"'
            )
        ],
    ),
    "a local armour without a name": (
        {"spec.securityContext.appArmorProfile": {"type": "Localhost"}},
        [
            (
                "spec.securityContext.appArmorProfile.localhostProfile: Required value: must be set "
                "when AppArmor type is Localhost"
            )
        ],
    ),
    "a padded armour": (
        {"spec.securityContext.appArmorProfile": {"type": "Localhost", "localhostProfile": " x "}},
        [
            (
                'spec.securityContext.appArmorProfile.localhostProfile: Invalid value: " x ": must '
                "not be padded with whitespace"
            )
        ],
    ),
    "an armour whose name is too long": (
        {"spec.securityContext.appArmorProfile": {"type": "Localhost", "localhostProfile": "x" * 4096}},
        [
            (
                "spec.securityContext.appArmorProfile.localhostProfile: Too long: may not be more "
                "than 4095 bytes"
            )
        ],
    ),
    "a name for an armour that has none": (
        {"spec.securityContext.appArmorProfile": {"type": "Unconfined", "localhostProfile": "x"}},
        [
            (
                'spec.securityContext.appArmorProfile.localhostProfile: Invalid value: "x": can only '
                "be set when AppArmor type is Localhost"
            )
        ],
    ),
    "users of its own on the host's network": (
        {"spec.hostUsers": False, "spec.hostNetwork": True},
        ["spec.hostNetwork: Forbidden: when `pod.Spec.HostUsers` is false"],
    ),
    "users of its own among the host's processes": (
        {"spec.hostUsers": False, "spec.hostPID": True, "spec.hostIPC": True},
        [
            "spec.HostPID: Forbidden: when `pod.Spec.HostUsers` is false",
            "spec.HostIPC: Forbidden: when `pod.Spec.HostUsers` is false",
        ],
    ),
    "a process file system of its own": (
        {"spec.containers.0.securityContext": {"procMount": "Unmasked"}},
        [
            (
                'spec.containers[0].securityContext.procMount: Invalid value: "Unmasked": '
                "`hostUsers` must be false to use `Unmasked`"
            )
        ],
    ),
    "a process file system of its own with users of its own": (
        {"spec.hostUsers": False, "spec.containers.0.securityContext": {"procMount": "Unmasked"}},
        [],
    ),
    "an unknown process file system": (
        {"spec.containers.0.securityContext": {"procMount": "Naked"}},
        [
            (
                'spec.containers[0].securityContext.procMount: Unsupported value: "Naked": supported '
                'values: "Default", "Unmasked"'
            )
        ],
    ),
    "privileges without escalation": (
        {"spec.containers.0.securityContext": {"privileged": True, "allowPrivilegeEscalation": False}},
        [
            (
                'spec.containers[0].securityContext: Invalid value: {"Capabilities":null,'
                '"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,'
                '"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,'
                '"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,'
                '"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and '
                "`privileged` to true"
            )
        ],
    ),
    "administration without escalation": (
        {
            "spec.containers.0.securityContext": {
                "allowPrivilegeEscalation": False,
                "capabilities": {"add": ["CAP_SYS_ADMIN"]},
            }
        },
        [
            (
                "spec.containers[0].securityContext: Invalid value: "
                '{"Capabilities":{"Add":["CAP_SYS_ADMIN"],"Drop":null},"Privileged":null,'
                '"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,'
                '"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,'
                '"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set '
                "`allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"
            )
        ],
    ),
    "a container's user below nothing": (
        {"spec.containers.0.securityContext": {"runAsUser": -1, "runAsGroup": -2}},
        [
            (
                "spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 "
                "and 4294967295, inclusive"
            ),
            (
                "spec.containers[0].securityContext.runAsGroup: Invalid value: -2: must be between 0 "
                "and 4294967295, inclusive"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), SECURITY.values(), ids=SECURITY)
def test_the_security_of_a_pod(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Pod"), changes)) == expected


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
        ['spec.overhead[pods]: Invalid value: "pods": must be a standard resource for containers'],
    ),
    "a negative overhead": (
        {"spec.overhead": {"cpu": "-1"}},
        ['spec.overhead[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
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
        [],
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


PLACES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no terms": (
        {"spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms": []},
        [
            (
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
                "nodeSelectorTerms: Required value: must have at least one node selector term"
            )
        ],
    ),
    "in nothing": (
        {
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms": [
                {"matchExpressions": [{"key": "a", "operator": "In"}]}
            ]
        },
        [
            (
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
                "nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified "
                "when `operator` is 'In' or 'NotIn'"
            )
        ],
    ),
    "there, with values": (
        {
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms": [
                {"matchExpressions": [{"key": "a", "operator": "Exists", "values": ["x"]}]}
            ]
        },
        [
            (
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
                "nodeSelectorTerms[0].matchExpressions[0].values: Forbidden: may not be specified "
                "when `operator` is 'Exists' or 'DoesNotExist'"
            )
        ],
    ),
    "bigger than two": (
        {
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms": [
                {"matchExpressions": [{"key": "a", "operator": "Gt", "values": ["1", "2"]}]}
            ]
        },
        [
            (
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
                "nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified "
                "single value when `operator` is 'Lt' or 'Gt'"
            )
        ],
    ),
    "smaller than nothing": (
        {
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms": [
                {"matchExpressions": [{"key": "a", "operator": "Lt"}]}
            ]
        },
        [
            (
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
                "nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified "
                "single value when `operator` is 'Lt' or 'Gt'"
            )
        ],
    ),
    "an unknown operator": (
        {
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms": [
                {"matchExpressions": [{"key": "a", "operator": "Near", "values": ["x"]}]}
            ]
        },
        [
            (
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
                'nodeSelectorTerms[0].matchExpressions[0].operator: Invalid value: "Near": not a '
                "valid selector operator"
            )
        ],
    ),
    "a field by an unknown operator": (
        {
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms": [
                {"matchFields": [{"key": "metadata.name", "operator": "Exists"}]}
            ]
        },
        [
            (
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
                'nodeSelectorTerms[0].matchFields[0].operator: Invalid value: "Exists": not a valid '
                "selector operator"
            )
        ],
    ),
    "a field with two values": (
        {
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms": [
                {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["a", "b"]}]}
            ]
        },
        [
            (
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
                "nodeSelectorTerms[0].matchFields[0].values: Required value: must be only one value "
                "when `operator` is 'In' or 'NotIn' for node field selector"
            )
        ],
    ),
    "a name that no node has": (
        {
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms": [
                {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["A"]}]}
            ]
        },
        [
            (
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
                f'nodeSelectorTerms[0].matchFields[0].values[0]: Invalid value: "A": {SUBDOMAIN}'
            )
        ],
    ),
    "a weight of nothing": (
        {
            "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 0, "preference": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}}
            ]
        },
        [
            (
                "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]."
                "weight: Invalid value: 0: must be in the range 1-100"
            )
        ],
    ),
    "too much weight": (
        {
            "spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 101, "podAffinityTerm": {"topologyKey": "zone"}}
            ]
        },
        [
            (
                "spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]."
                "weight: Invalid value: 101: must be in the range 1-100"
            )
        ],
    ),
    "far from nothing in particular": (
        {
            "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution": [
                {"labelSelector": {}}
            ]
        },
        [
            (
                "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]."
                "topologyKey: Required value: can not be empty"
            ),
            (
                "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]."
                'topologyKey: Invalid value: "": name part must be non-empty'
            ),
            (
                "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]."
                'topologyKey: Invalid value: "": name part must consist of alphanumeric characters, '
                "'-', '_' or '.', and must start and end with an alphanumeric character (e.g. "
                "'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
                "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            ),
        ],
    ),
    "far from pods in a bad namespace": (
        {
            "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution": [
                {"labelSelector": {}, "namespaces": ["A"], "topologyKey": "zone"}
            ]
        },
        [
            (
                "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]."
                f'namespace: Invalid value: "A": {LABEL}'
            )
        ],
    ),
    "far from pods by a bad selector": (
        {
            "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution": [
                {
                    "labelSelector": {"matchExpressions": [{"key": "a", "operator": "In"}]},
                    "topologyKey": "zone",
                }
            ]
        },
        [
            (
                "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]."
                "labelSelector.matchExpressions[0].values: Required value: must be specified when "
                "`operator` is 'In' or 'NotIn'"
            )
        ],
    ),
    "far from pods by keys alone": (
        {
            "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution": [
                {"matchLabelKeys": ["a"], "topologyKey": "zone"}
            ]
        },
        [
            (
                "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]."
                "matchLabelKeys: Forbidden: must not be specified when labelSelector is not set"
            )
        ],
    ),
    "far from pods by keys both ways": (
        {
            "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution": [
                {
                    "labelSelector": {},
                    "matchLabelKeys": ["a"],
                    "mismatchLabelKeys": ["a"],
                    "topologyKey": "zone",
                }
            ]
        },
        [
            (
                "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]."
                'matchLabelKeys[0]: Invalid value: "a": exists in both matchLabelKeys and '
                "mismatchLabelKeys"
            )
        ],
    ),
    "spread without a skew": (
        {
            "spec.topologySpreadConstraints": [
                {
                    "maxSkew": 0,
                    "topologyKey": "zone",
                    "whenUnsatisfiable": "DoNotSchedule",
                    "labelSelector": {},
                }
            ]
        },
        ["spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero"],
    ),
    "spread over nothing": (
        {
            "spec.topologySpreadConstraints": [
                {"maxSkew": 1, "topologyKey": "", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {}}
            ]
        },
        ["spec.topologySpreadConstraints[0].topologyKey: Required value: can not be empty"],
    ),
    "spread in an unknown way": (
        {
            "spec.topologySpreadConstraints": [
                {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "Cry", "labelSelector": {}}
            ]
        },
        [
            (
                'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "Cry": '
                'supported values: "DoNotSchedule", "ScheduleAnyway"'
            )
        ],
    ),
    "spread over no domains": (
        {
            "spec.topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "zone",
                    "whenUnsatisfiable": "DoNotSchedule",
                    "labelSelector": {},
                    "minDomains": 0,
                }
            ]
        },
        [("spec.topologySpreadConstraints[0].minDomains: Invalid value: 0: must be greater than zero")],
    ),
    "spread over domains if it pleases": (
        {
            "spec.topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "zone",
                    "whenUnsatisfiable": "ScheduleAnyway",
                    "labelSelector": {},
                    "minDomains": 2,
                }
            ]
        },
        [
            (
                "spec.topologySpreadConstraints[0].minDomains: Invalid value: 2: can only use "
                "minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway"
            )
        ],
    ),
    "spread with unknown policies": (
        {
            "spec.topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "zone",
                    "whenUnsatisfiable": "DoNotSchedule",
                    "labelSelector": {},
                    "nodeAffinityPolicy": "Maybe",
                    "nodeTaintsPolicy": "No",
                }
            ]
        },
        [
            (
                'spec.topologySpreadConstraints[0].nodeAffinityPolicy: Unsupported value: "Maybe": '
                'supported values: "Honor", "Ignore"'
            ),
            (
                'spec.topologySpreadConstraints[0].nodeTaintsPolicy: Unsupported value: "No": '
                'supported values: "Honor", "Ignore"'
            ),
        ],
    ),
    "spread by keys alone": (
        {
            "spec.topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "zone",
                    "whenUnsatisfiable": "DoNotSchedule",
                    "labelSelector": None,
                    "matchLabelKeys": ["a"],
                }
            ]
        },
        [
            (
                "spec.topologySpreadConstraints[0].matchLabelKeys: Forbidden: must not be specified "
                "when labelSelector is not set"
            )
        ],
    ),
    "spread by keys of the selector": (
        {
            "spec.topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "zone",
                    "whenUnsatisfiable": "DoNotSchedule",
                    "labelSelector": {"matchLabels": {"a": "b"}},
                    "matchLabelKeys": ["a"],
                }
            ]
        },
        [
            (
                'spec.topologySpreadConstraints[0].matchLabelKeys[0]: Invalid value: "a": exists in '
                "both matchLabelKeys and labelSelector"
            )
        ],
    ),
    "spread twice": (
        {
            "spec.topologySpreadConstraints": [
                {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"},
                {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"},
            ]
        },
        [
            (
                "spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate "
                'value: "{zone, DoNotSchedule}"'
            )
        ],
    ),
    "tolerating everything by accident": (
        {"spec.tolerations": [{"value": "x"}]},
        [
            (
                'spec.tolerations[0].operator: Invalid value: "": operator must be Exists when `key` '
                'is empty, which means "match all values and all keys"'
            )
        ],
    ),
    "tolerating what is there by its value": (
        {"spec.tolerations": [{"key": "a", "operator": "Exists", "value": "x"}]},
        [
            (
                'spec.tolerations[0].operator: Invalid value: "x": value must be empty when '
                "`operator` is 'Exists'"
            )
        ],
    ),
    "tolerating in an unknown way": (
        {"spec.tolerations": [{"key": "a", "operator": "Likes"}]},
        [('spec.tolerations[0].operator: Unsupported value: "Likes": supported values: "Equal", "Exists"')],
    ),
    "tolerating an unknown effect": (
        {"spec.tolerations": [{"key": "a", "effect": "Shove"}]},
        [
            (
                'spec.tolerations[0].effect: Unsupported value: "Shove": supported values: '
                '"NoSchedule", "PreferNoSchedule", "NoExecute"'
            )
        ],
    ),
    "tolerating for a while what does not evict": (
        {"spec.tolerations": [{"key": "a", "effect": "NoSchedule", "tolerationSeconds": 5}]},
        [
            (
                "spec.tolerations[0].effect: Invalid value: \"NoSchedule\": effect must be 'NoExecute' "
                "when `tolerationSeconds` is set"
            )
        ],
    ),
    "tolerating a bad value": (
        {"spec.tolerations": [{"key": "a", "value": "b c"}]},
        [
            (
                'spec.tolerations[0].operator: Invalid value: "b c": a valid label must be an empty '
                "string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
                "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', "
                "regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
            )
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), PLACES.values(), ids=PLACES)
def test_where_a_pod_may_be(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Pod"), changes)) == expected


VOLUMES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": ({"spec.volumes": [{"name": "v"}]}, []),
    "two things": (
        {"spec.volumes": [{"name": "v", "emptyDir": {}, "hostPath": {"path": "/x"}}]},
        ["spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type"],
    ),
    "less than nothing": (
        {"spec.volumes": [{"name": "v", "emptyDir": {"sizeLimit": "-1"}}]},
        [
            (
                "spec.volumes[0].emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid "
                "resource quantity"
            )
        ],
    ),
    "the host": (
        {"spec.volumes": [{"name": "v", "hostPath": {}}]},
        ["spec.volumes[0].hostPath.path: Required value"],
    ),
    "the host, steps back": (
        {"spec.volumes": [{"name": "v", "hostPath": {"path": "/a/../b"}}]},
        ["spec.volumes[0].hostPath.path: Invalid value: \"/a/../b\": must not contain '..'"],
    ),
    "the host, of an unknown type": (
        {"spec.volumes": [{"name": "v", "hostPath": {"path": "/a", "type": "Door"}}]},
        [
            (
                'spec.volumes[0].hostPath.type: Unsupported value: "Door": supported values: "", '
                '"BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", '
                '"FileOrCreate", "Socket"'
            )
        ],
    ),
    "a repository outside": (
        {"spec.volumes": [{"name": "v", "gitRepo": {"repository": "r", "directory": "../x"}}]},
        ["spec.volumes[0].gitRepo.directory: Invalid value: \"../x\": must not contain '..'"],
    ),
    "a secret without a name": (
        {"spec.volumes": [{"name": "v", "secret": {}}]},
        ["spec.volumes[0].secret.secretName: Required value"],
    ),
    "files that nobody may read": (
        {"spec.volumes": [{"name": "v", "configMap": {"name": "c", "defaultMode": 512}}]},
        [
            (
                "spec.volumes[0].configMap.defaultMode: Invalid value: 512: must be a number between "
                "0 and 0777 (octal), both inclusive"
            )
        ],
    ),
    "a file without a key": (
        {"spec.volumes": [{"name": "v", "configMap": {"name": "c", "items": [{"path": "p"}]}}]},
        ["spec.volumes[0].configMap.items[0].key: Required value"],
    ),
    "a file in a bad place": (
        {"spec.volumes": [{"name": "v", "configMap": {"name": "c", "items": [{"key": "k", "path": "/p"}]}}]},
        ['spec.volumes[0].configMap.items[0].path: Invalid value: "/p": must be a relative path'],
    ),
    "a file in a reserved place": (
        {"spec.volumes": [{"name": "v", "configMap": {"name": "c", "items": [{"key": "k", "path": "..p"}]}}]},
        ["spec.volumes[0].configMap.items[0].path: Invalid value: \"..p\": must not start with '..'"],
    ),
    "a file nobody may read": (
        {
            "spec.volumes": [
                {"name": "v", "secret": {"secretName": "s", "items": [{"key": "k", "path": "p", "mode": -1}]}}
            ]
        },
        [
            (
                "spec.volumes[0].secret.items[0].mode: Invalid value: -1: must be a number between 0 "
                "and 0777 (octal), both inclusive"
            )
        ],
    ),
    "a share without a server": (
        {"spec.volumes": [{"name": "v", "nfs": {"path": "x"}}]},
        [
            "spec.volumes[0].nfs.server: Required value",
            'spec.volumes[0].nfs.path: Invalid value: "x": must be an absolute path',
        ],
    ),
    "a target with a bad name": (
        {"spec.volumes": [{"name": "v", "iscsi": {"targetPortal": "p", "iqn": "xyz", "lun": 1}}]},
        [
            (
                'spec.volumes[0].iscsi.iqn: Invalid value: "xyz": must be valid format starting with '
                "iqn, eui, or naa"
            )
        ],
    ),
    "a target with an odd name": (
        {"spec.volumes": [{"name": "v", "iscsi": {"targetPortal": "p", "iqn": "iqn.x", "lun": 256}}]},
        [
            'spec.volumes[0].iscsi.iqn: Invalid value: "iqn.x": must be valid format',
            "spec.volumes[0].iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive",
        ],
    ),
    "a target with passwords nobody gave": (
        {
            "spec.volumes": [
                {
                    "name": "v",
                    "iscsi": {
                        "targetPortal": "p",
                        "iqn": "iqn.2001-04.com.example:storage.x",
                        "chapAuthSession": True,
                    },
                }
            ]
        },
        ["spec.volumes[0].iscsi.secretRef: Required value"],
    ),
    "a claim without a name": (
        {"spec.volumes": [{"name": "v", "persistentVolumeClaim": {}}]},
        ["spec.volumes[0].persistentVolumeClaim.claimName: Required value"],
    ),
    "a pod's file about nothing": (
        {"spec.volumes": [{"name": "v", "downwardAPI": {"items": [{"path": "p"}]}}]},
        [("spec.volumes[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required")],
    ),
    "a pod's file about two things": (
        {
            "spec.volumes": [
                {
                    "name": "v",
                    "downwardAPI": {
                        "items": [
                            {
                                "path": "p",
                                "fieldRef": {"fieldPath": "metadata.name", "apiVersion": "v1"},
                                "resourceFieldRef": {"resource": "limits.cpu", "containerName": "c"},
                            }
                        ]
                    },
                }
            ]
        },
        [
            (
                'spec.volumes[0].downwardAPI: Invalid value: "resource": fieldRef and '
                "resourceFieldRef can not be specified simultaneously"
            )
        ],
    ),
    "a pod's file about no container": (
        {
            "spec.volumes": [
                {
                    "name": "v",
                    "downwardAPI": {"items": [{"path": "p", "resourceFieldRef": {"resource": "limits.cpu"}}]},
                }
            ]
        },
        ["spec.volumes[0].downwardAPI.resourceFieldRef.containerName: Required value"],
    ),
    "a pod's file about what files can't show": (
        {
            "spec.volumes": [
                {
                    "name": "v",
                    "downwardAPI": {
                        "items": [
                            {"path": "p", "fieldRef": {"fieldPath": "status.podIP", "apiVersion": "v1"}}
                        ]
                    },
                }
            ]
        },
        [
            (
                'spec.volumes[0].downwardAPI.fieldRef.fieldPath: Unsupported value: "status.podIP": '
                'supported values: "metadata.annotations", "metadata.labels", "metadata.name", '
                '"metadata.namespace", "metadata.uid"'
            )
        ],
    ),
    "two kinds of files from one source": (
        {
            "spec.volumes": [
                {
                    "name": "v",
                    "projected": {"sources": [{"secret": {"name": "s"}, "configMap": {"name": "c"}}]},
                }
            ]
        },
        [
            (
                "spec.volumes[0].projected.sources[0]: Forbidden: may not specify more than 1 volume "
                "type per source"
            )
        ],
    ),
    "files in one place": (
        {
            "spec.volumes": [
                {
                    "name": "v",
                    "projected": {
                        "sources": [
                            {"secret": {"name": "s", "items": [{"key": "k", "path": "p"}]}},
                            {"configMap": {"name": "c", "items": [{"key": "k", "path": "p"}]}},
                        ]
                    },
                }
            ]
        },
        ['spec.volumes[0].projected: Invalid value: "c": conflicting duplicate paths'],
    ),
    "a token for a minute": (
        {
            "spec.serviceAccountName": "a",
            "spec.volumes": [
                {
                    "name": "v",
                    "projected": {
                        "sources": [{"serviceAccountToken": {"path": "t", "expirationSeconds": 60}}]
                    },
                }
            ],
        },
        [
            (
                "spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid "
                "value: 60: may not specify a duration less than 10 minutes"
            )
        ],
    ),
    "a token for ever": (
        {
            "spec.serviceAccountName": "a",
            "spec.volumes": [
                {
                    "name": "v",
                    "projected": {
                        "sources": [{"serviceAccountToken": {"path": "t", "expirationSeconds": 8589934592}}]
                    },
                }
            ],
        },
        [
            (
                "spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid "
                "value: 8589934592: may not specify a duration larger than 2^32 seconds"
            )
        ],
    ),
    "a token nowhere": (
        {
            "spec.serviceAccountName": "a",
            "spec.volumes": [{"name": "v", "projected": {"sources": [{"serviceAccountToken": {}}]}}],
        },
        ["spec.volumes[0].projected.sources[0].serviceAccountToken.path: Required value"],
    ),
    "a driver without a name": (
        {"spec.volumes": [{"name": "v", "csi": {}}]},
        ["spec.volumes[0].csi.driver: Required value"],
    ),
    "a driver whose name is too long": (
        {"spec.volumes": [{"name": "v", "csi": {"driver": "d" * 64}}]},
        ["spec.volumes[0].csi.driver: Too long: may not be more than 63 bytes"],
    ),
    "a driver with nobody's secret": (
        {"spec.volumes": [{"name": "v", "csi": {"driver": "d", "nodePublishSecretRef": {}}}]},
        ["spec.volumes[0].csi.nodePublishSecretRef.name: Required value"],
    ),
    "a claim of its own without a template": (
        {"spec.volumes": [{"name": "v", "ephemeral": {}}]},
        ["spec.volumes[0].ephemeral.volumeClaimTemplate: Required value"],
    ),
    "a claim of its own without modes": (
        {
            "spec.volumes": [
                {
                    "name": "v",
                    "ephemeral": {
                        "volumeClaimTemplate": {"spec": {"resources": {"requests": {"storage": "1Gi"}}}}
                    },
                }
            ]
        },
        [
            (
                "spec.volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes: Required value: at "
                "least 1 access mode is required"
            )
        ],
    ),
    "an image nobody knows": (
        {"spec.volumes": [{"name": "v", "image": {"pullPolicy": "Sometimes"}}]},
        [
            "spec.volumes[0].image.reference: Required value",
            (
                'spec.volumes[0].image.pullPolicy: Unsupported value: "Sometimes": supported values: '
                '"Always", "IfNotPresent", "Never"'
            ),
        ],
    ),
    "glusterfs": (
        {"spec.volumes": [{"name": "v", "glusterfs": {}}]},
        [
            "spec.volumes[0].glusterfs.endpoints: Required value",
            "spec.volumes[0].glusterfs.path: Required value",
        ],
    ),
    "a block device": (
        {"spec.volumes": [{"name": "v", "rbd": {}}]},
        ["spec.volumes[0].rbd.monitors: Required value", "spec.volumes[0].rbd.image: Required value"],
    ),
    "quobyte": (
        {"spec.volumes": [{"name": "v", "quobyte": {}}]},
        [
            "spec.volumes[0].quobyte.registry: Required value",
            "spec.volumes[0].quobyte.volume: Required value",
        ],
    ),
    "azure": (
        {"spec.volumes": [{"name": "v", "azureDisk": {}}]},
        [
            "spec.volumes[0].azureDisk.diskName: Required value",
            "spec.volumes[0].azureDisk.diskURI: Required value",
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), VOLUMES.values(), ids=VOLUMES)
def test_what_volumes_are_made_of(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Pod"), changes)) == expected
