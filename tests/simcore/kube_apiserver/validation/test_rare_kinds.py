"""Flow control, storage drivers, ranges of addresses, parts of the API and what a node and a quota may say of them."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from tests.simcore.kube_apiserver.minimal import (
    LABEL,
    SUBDOMAIN,
    UNSET,
    created,
    edited,
    faults,
    minimal,
    strategy_of,
)

_RULE = {
    "subjects": [{"kind": "User", "user": {"name": "u"}}],
    "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"], "namespaces": ["*"]}],
}
_QUEUES = {"type": "Queue", "queuing": {"queues": 64, "handSize": 8, "queueLengthLimit": 50}}
_DRIVER = {"name": "example.com", "nodeID": "n"}
_BODIES: dict[str, tuple[str, Obj]] = {
    "FlowSchema": (
        "flowcontrol.apiserver.k8s.io/v1",
        {"spec": {"priorityLevelConfiguration": {"name": "l"}, "rules": [_RULE]}},
    ),
    "PriorityLevelConfiguration": (
        "flowcontrol.apiserver.k8s.io/v1",
        {"spec": {"type": "Limited", "limited": {"limitResponse": _QUEUES}}},
    ),
    "CSIDriver": ("storage.k8s.io/v1", {"spec": {}}),
    "CSINode": ("storage.k8s.io/v1", {"spec": {"drivers": [_DRIVER]}}),
    "VolumeAttachment": (
        "storage.k8s.io/v1",
        {"spec": {"attacher": "example.com", "nodeName": "n", "source": {"persistentVolumeName": "v"}}},
    ),
    "CSIStorageCapacity": ("storage.k8s.io/v1", {"storageClassName": "c"}),
    "IPAddress": (
        "networking.k8s.io/v1",
        {"spec": {"parentRef": {"resource": "services", "namespace": "a", "name": "b"}}},
    ),
    "ServiceCIDR": ("networking.k8s.io/v1", {"spec": {"cidrs": ["10.0.0.0/24"]}}),
    "APIService": (
        "apiregistration.k8s.io/v1",
        {"spec": {"group": "g.io", "version": "v1", "groupPriorityMinimum": 1, "versionPriority": 1}},
    ),
}
_NAMES = {"IPAddress": "10.0.0.9", "APIService": "v1.g.io"}


def whole(kind: str) -> Obj:
    if kind not in _BODIES:
        return minimal(kind)
    api_version, body = _BODIES[kind]
    meta = {"name": _NAMES.get(kind, "x")} | ({"namespace": "ns"} if kind == "CSIStorageCapacity" else {})
    return edited({"apiVersion": api_version, "kind": kind, "metadata": meta, **body}, {})


R, Q = "spec.rules[0]", "spec.limited.limitResponse"
CASES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "a schema before all": (
        "FlowSchema",
        {"spec.matchingPrecedence": 1},
        [
            "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have "
            "matchingPrecedence 1"
        ],
    ),
    "a schema after all": (
        "FlowSchema",
        {"spec.matchingPrecedence": 10_001, "spec.distinguisherMethod": {"type": "ByDay"}},
        [
            "spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000",
            'spec.distinguisherMethod.type: Unsupported value: {"Type":"ByDay"}: supported values: "ByNamespace", '
            '"ByUser"',
        ],
    ),
    "a schema of nothing": (
        "FlowSchema",
        {"spec.priorityLevelConfiguration": UNSET, "spec.rules": [{}]},
        [
            "spec.priorityLevelConfiguration.name: Required value: must reference a priority level",
            f"{R}.subjects: Required value: subjects must contain at least one value",
            f"{R}: Required value: at least one of resourceRules and nonResourceRules has to be non-empty",
        ],
    ),
    "a subject of two kinds": (
        "FlowSchema",
        {
            f"spec.rules.0.subjects.{i}": subject
            for i, subject in enumerate(
                (
                    {"kind": "Group", "user": {"name": "u"}},
                    {"kind": "ServiceAccount", "serviceAccount": {"name": "A_b"}},
                    {"kind": "Robot"},
                )
            )
        },
        [
            f"{R}.subjects[0].group: Required value: group is required when subject kind is 'Group'",
            f"{R}.subjects[0].user: Forbidden: user is forbidden when subject kind is not 'User'",
            f'{R}.subjects[1].serviceAccount.name: Invalid value: "A_b": {SUBDOMAIN}',
            f"{R}.subjects[1].serviceAccount.namespace: Required value: must specify namespace for service account",
            f'{R}.subjects[2].kind: Unsupported value: "Robot": supported values: "Group", "ServiceAccount", "User"',
        ],
    ),
    "rules with a star among others": (
        "FlowSchema",
        {
            "spec.rules.0.resourceRules.0": {"verbs": ["*", "get"], "apiGroups": [], "resources": ["*", "a"]},
            "spec.rules.0.nonResourceRules": [{"verbs": ["sing"], "nonResourceURLs": ["x", "/a b", "/a*"]}],
        },
        [
            f'{R}.resourceRules[0].verbs: Invalid value: ["*","get"]: if \'*\' is present, must not specify '
            "other verbs",
            f"{R}.resourceRules[0].apiGroups: Required value: resource rules must supply at least one api group",
            f'{R}.resourceRules[0].resources: Invalid value: ["*","a"]: if \'*\' is present, must not specify '
            "other resources",
            f"{R}.resourceRules[0].namespaces: Required value: resource rules that are not cluster scoped must "
            "supply at least one namespace",
            f'{R}.nonResourceRules[0].verbs: Unsupported value: ["sing"]: supported values: "create", "delete", '
            '"deletecollection", "get", "list", "patch", "proxy", "update", "watch"',
            f'{R}.nonResourceRules[0].nonResourceURLs[0]: Invalid value: "x": must start with slash',
            f'{R}.nonResourceRules[0].nonResourceURLs[1]: Invalid value: "/a b": must not contain white-space',
            f'{R}.nonResourceRules[0].nonResourceURLs[2]: Invalid value: "/a*": wildcard can only do suffix matching',
        ],
    ),
    "a namespace that can be none": (
        "FlowSchema",
        {"spec.rules.0.resourceRules.0.namespaces": ["A_b"]},
        [
            f'{R}.resourceRules[0].namespaces[0]: Invalid value: "A_b": each member of this list must be '
            f"'*' or a DNS-1123 label; {LABEL}"
        ],
    ),
    "a level of another kind": (
        "PriorityLevelConfiguration",
        {"spec.type": "Exempt"},
        [
            "spec.type: Invalid value: \"Exempt\": type must be 'Exempt' if and only if name is 'exempt'",
            "spec.limited: Forbidden: must be nil if the type is not Limited",
        ],
    ),
    "a level without limits": (
        "PriorityLevelConfiguration",
        {"spec.limited": UNSET},
        ["spec.limited: Required value: must not be empty when type is Limited"],
    ),
    "less than nothing to lend": (
        "PriorityLevelConfiguration",
        {
            "spec.limited.nominalConcurrencyShares": -1,
            "spec.limited.lendablePercent": 101,
            "spec.limited.borrowingLimitPercent": -1,
            "spec.limited.limitResponse": {"type": "Wait"},
        },
        [
            "spec.limited.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer",
            f'{Q}.type: Unsupported value: "Wait": supported values: "Queue", "Reject"',
            "spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive",
            "spec.limited.borrowingLimitPercent: Invalid value: -1: if specified, must be a non-negative integer",
        ],
    ),
    "queues that refuse": (
        "PriorityLevelConfiguration",
        {"spec.limited.limitResponse.type": "Reject"},
        [f"{Q}.queuing: Forbidden: must be nil if limited.limitResponse.type is not Limited"],
    ),
    "a hand larger than the deck": (
        "PriorityLevelConfiguration",
        {"spec.limited.limitResponse.queuing": {"queues": 4, "handSize": 5, "queueLengthLimit": -1}},
        [
            f"{Q}.queuing.queueLengthLimit: Invalid value: -1: must be positive",
            f"{Q}.queuing.handSize: Invalid value: 5: should not be greater than queues (4)",
        ],
    ),
    "too many hands": (
        "PriorityLevelConfiguration",
        {"spec.limited.limitResponse.queuing": {"queues": 512, "handSize": 8, "queueLengthLimit": 1}},
        [
            f"{Q}.queuing.handSize: Invalid value: 8: required entropy bits of deckSize 512 and handSize 8 should "
            "not be greater than 60"
        ],
    ),
    "a driver that is too quick": (
        "CSIDriver",
        {"spec.nodeAllocatableUpdatePeriodSeconds": 9, "spec.volumeLifecycleModes": ["Eternal"]},
        [
            'spec.volumeLifecycleModes: Unsupported value: "Eternal": supported values: "Ephemeral", "Persistent"',
            "spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 9: must be greater than or equal to 10 seconds",
        ],
    ),
    "a driver twice": (
        "CSINode",
        {"spec.drivers.1": {"name": "example.com", "topologyKeys": ["z", "z"], "allocatable": {"count": -1}}},
        [
            "spec.drivers[1].nodeID: Required value",
            "spec.drivers[1].allocatable.count: Invalid value: -1: must be greater than or equal to 0",
            'spec.drivers[1].name: Duplicate value: "example.com"',
            'spec.drivers[1]: Duplicate value: "z"',
        ],
    ),
    "an attachment of nothing": (
        "VolumeAttachment",
        {"spec.attacher": "", "spec.source": {}, "spec.nodeName": "A_b"},
        [
            "spec.attacher: Required value",
            "spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName",
            f'spec.nodeName: Invalid value: "A_b": {SUBDOMAIN}',
            "spec.attacher: Required value",
            f'spec.attacher: Invalid value: "": {SUBDOMAIN}',
        ],
    ),
    "less than no room": (
        "CSIStorageCapacity",
        {"capacity": "-1", "storageClassName": "A_b"},
        [
            f'storageClassName: Invalid value: "A_b": {SUBDOMAIN}',
            'capacity: Invalid value: "-1": must be greater than or equal to 0',
        ],
    ),
    "an address with zeros": (
        "IPAddress",
        {"metadata.name": "010.0.0.9", "spec.parentRef": UNSET},
        [
            'metadata.name: Invalid value: "010.0.0.9": must not have leading 0s',
            "spec.parentRef: Required value",
        ],
    ),
    "an address in another form": (
        "IPAddress",
        {"metadata.name": "0:0::1", "spec.parentRef": {"group": "a/b", "name": "a/b"}},
        [
            'metadata.name: Invalid value: "0:0::1": must be in canonical form ("::1")',
            f'spec.parentRef.group: Invalid value: "a/b": {SUBDOMAIN}',
            "spec.parentRef.resource: Required value",
            "spec.parentRef.name: Invalid value: \"a/b\": may not contain '/'",
        ],
    ),
    "an old address in a new one": (
        "IPAddress",
        {"metadata.name": "::ffff:10.0.0.1"},
        ['metadata.name: Invalid value: "::ffff:10.0.0.1": must not be an IPv4-mapped IPv6 address'],
    ),
    "a range with an address": (
        "ServiceCIDR",
        {"spec.cidrs": ["10.0.0.1/24", "2001:DB8::/64"]},
        [
            'spec.cidrs[0]: Invalid value: "10.0.0.1/24": must not have bits set beyond the prefix length',
            'spec.cidrs[1]: Invalid value: "2001:DB8::/64": must be in canonical form ("2001:db8::/64")',
        ],
    ),
    "two ranges alike": (
        "ServiceCIDR",
        {"spec.cidrs": ["10.0.0.0/24", "10.1.0.0/24"]},
        [
            'spec.cidrs: Invalid value: ["10.0.0.0/24","10.1.0.0/24"]: may specify no more than one IP for each IP '
            "family, i.e 192.168.0.0/24 and 2001:db8::/64"
        ],
    ),
    "three ranges": (
        "ServiceCIDR",
        {"spec.cidrs": ["a", "b", "c"]},
        ['spec.cidrs: Invalid value: {"CIDRs":["a","b","c"]}: may only hold up to 2 values'],
    ),
    "a part of the API by another name": (
        "APIService",
        {"metadata.name": "x", "spec.groupPriorityMinimum": 20_001, "spec.versionPriority": 0},
        [
            'metadata.name: Invalid value: "x": must be `spec.version+"."+spec.group`: "v1.g.io"',
            "spec.groupPriorityMinimum: Invalid value: 20001: must be positive and less than 20000",
            "spec.versionPriority: Invalid value: 0: must be positive and less than 1000",
        ],
    ),
    "a local part with a bundle": (
        "APIService",
        {"spec.caBundle": "YWI=", "spec.insecureSkipTLSVerify": True},
        [
            'spec.caBundle: Invalid value: "2 bytes": local APIServices may not have a caBundle',
            "spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify",
        ],
    ),
    "a part served by nobody": (
        "APIService",
        {"spec.service": {}, "spec.caBundle": "YWI=", "spec.insecureSkipTLSVerify": True},
        [
            "spec.service.namespace: Required value",
            "spec.service.name: Required value",
            "spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present",
        ],
    ),
    "a revision of nothing": (
        "ControllerRevision",
        {"data": UNSET, "revision": -1},
        [
            "data: Required value: data is mandatory",
            "revision: Invalid value: -1: must be greater than or equal to 0",
        ],
    ),
    "a node's range": (
        "Node",
        {"spec.podCIDR": "foo"},
        [
            'spec.podCIDRs[0]: Invalid value: "foo": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'
        ],
    ),
    "a node's ranges": (
        "Node",
        {"spec.podCIDRs": ["10.0.0.0/24", "10.1.0.0/24"]},
        [
            'spec.podCIDRs: Invalid value: ["10.0.0.0/24","10.1.0.0/24"]: may specify no more than one CIDR for each '
            "IP family"
        ],
    ),
    "scopes that exclude each other": (
        "ResourceQuota",
        {
            "spec.hard": {"cpu": "1"},
            "spec.scopeSelector.matchExpressions": [
                {"scopeName": name, "operator": "Exists"} for name in ("BestEffort", "NotBestEffort")
            ],
        },
        [
            'spec.scopeSelector.matchExpressions: Invalid value: {"MatchExpressions":[{"ScopeName":"BestEffort",'
            '"Operator":"Exists","Values":null},{"ScopeName":"NotBestEffort","Operator":"Exists","Values":null}]}: '
            "unsupported scope applied to resource",
            "spec.scopeSelector.matchExpressions: Invalid value: null: conflicting scopes",
        ],
    ),
    "an empty key": (
        "Secret",
        {"type": "kubernetes.io/ssh-auth", "data": {"ssh-privatekey": ""}},
        ["data[ssh-privatekey]: Required value"],
    ),
}


@pytest.mark.parametrize(("kind", "changes", "told"), CASES.values(), ids=CASES)
def test_an_object_is_refused_for(kind: str, changes: dict[str, Any], told: list[str]) -> None:
    assert faults(edited(whole(kind), changes)) == told


@pytest.mark.parametrize("kind", _BODIES)
def test_a_whole_object_has_no_fault(kind: str) -> None:
    assert faults(whole(kind)) == []


FIXED: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "how a driver attaches": (
        "CSIDriver",
        {"spec.attachRequired": False},
        ["spec.attachedRequired: Invalid value: false: field is immutable"],
    ),
    "a driver's node": (
        "CSINode",
        {"spec.drivers.0.nodeID": "m"},
        [
            'spec.drivers: Invalid value: {"Name":"example.com","NodeID":"m","TopologyKeys":null,"Allocatable":null}'
            ": field is immutable"
        ],
    ),
    "a driver's room": ("CSINode", {"spec.drivers.0.allocatable": {"count": 5}}, []),
    "room of a class": (
        "CSIStorageCapacity",
        {"storageClassName": "d"},
        ['storageClassName: Invalid value: "d": field is immutable'],
    ),
    "whose an address is": (
        "IPAddress",
        {"spec.parentRef.name": "c"},
        [
            'spec.parentRef: Invalid value: {"Group":"","Resource":"services","Namespace":"a","Name":"c"}: field is '
            "immutable"
        ],
    ),
    "a second family": ("ServiceCIDR", {"spec.cidrs": ["10.0.0.0/24", "2001:db8::/64"]}, []),
    "another range": (
        "ServiceCIDR",
        {"spec.cidrs": ["10.1.0.0/24"]},
        ['spec.cidrs[0]: Invalid value: "10.1.0.0/24": field is immutable'],
    ),
}


@pytest.mark.parametrize(("kind", "changes", "told"), FIXED.values(), ids=FIXED)
def test_what_stays(kind: str, changes: dict[str, Any], told: list[str]) -> None:
    old = created(whole(kind))
    found = strategy_of(old).validate_update(edited(old, changes), old)
    assert [f"{fault.path}: {fault.message}" for fault in found] == told
