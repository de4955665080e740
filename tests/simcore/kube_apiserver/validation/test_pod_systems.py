"""Pods for Windows, annotations that pods obey, resources of whole pods, and restarts of single containers."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.kube_apiserver.validation.windows import validate_windows_options
from tests.simcore.kube_apiserver.minimal import (
    SUBDOMAIN,
    created,
    edited,
    faults,
    minimal,
    strategy_of,
)

C = "spec.containers[0]"
NOT_THERE = "Forbidden: cannot be set for a windows pod"
CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a user of Linux on Windows": (
        {
            "spec.os": {"name": "windows"},
            "spec.hostPID": True,
            "spec.securityContext": {"runAsUser": 1, "fsGroup": 2},
            "spec.containers.0.securityContext": {"privileged": False, "capabilities": {}},
        },
        [
            f"spec.securityContext.fsGroup: {NOT_THERE}",
            f"spec.securityContext.runAsUser: {NOT_THERE}",
            f"spec.hostPID: {NOT_THERE}",
            f"{C}.securityContext.capabilities: {NOT_THERE}",
            f"{C}.securityContext.privileged: {NOT_THERE}",
        ],
    ),
    "options of Windows on Linux": (
        {"spec.os": {"name": "linux"}, "spec.containers.0.securityContext": {"windowsOptions": {}}},
        [f"{C}.securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod"],
    ),
    "a process of the host in a network of its own": (
        {"spec.securityContext": {"windowsOptions": {"hostProcess": True}}},
        [
            "spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess "
            "containers"
        ],
    ),
    "half a process of the host": (
        {
            "spec.hostNetwork": True,
            "spec.securityContext": {"windowsOptions": {"hostProcess": True}},
            "spec.containers.0.securityContext": {"windowsOptions": {"hostProcess": False}},
            "spec.containers.1": {"name": "d", "image": "i"},
        },
        [
            f"{C}.securityContext.windowsOptions.hostProcess: Invalid value: false: pod hostProcess value must be "
            "identical if both are specified, was true",
            'spec: Invalid value: "": If pod contains any hostProcess containers then all containers must be '
            "HostProcess containers",
        ],
    ),
    "a mirror without a node": (
        {"metadata.annotations": {"kubernetes.io/config.mirror": "x"}},
        [
            'metadata.annotations[kubernetes.io/config.mirror]: Invalid value: "x": must set spec.nodeName if '
            "mirror pod annotation is set"
        ],
    ),
    "a cost that is no number": (
        {"metadata.annotations": {"controller.kubernetes.io/pod-deletion-cost": "+1"}},
        [
            'metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "+1": must be a '
            "32bit integer"
        ],
    ),
    "profiles that are none": (
        {
            "metadata.annotations": {
                "container.apparmor.security.beta.kubernetes.io/z": "odd",
                "container.seccomp.security.alpha.kubernetes.io/c": "localhost/../up",
                "seccomp.security.alpha.kubernetes.io/pod": "odd",
            }
        },
        [
            'metadata.annotations.seccomp.security.alpha.kubernetes.io/pod: Invalid value: "odd": must be a valid '
            "seccomp profile",
            'metadata.annotations.container.seccomp.security.alpha.kubernetes.io/c: Invalid value: "../up": must '
            "not contain '..'",
            'metadata.annotations[container.apparmor.security.beta.kubernetes.io/z]: Invalid value: "z": container '
            "not found",
            'metadata.annotations[container.apparmor.security.beta.kubernetes.io/z]: Invalid value: "odd": invalid '
            'AppArmor profile name: "odd"',
        ],
    ),
    "profiles that contradict their fields": (
        {
            "metadata.annotations": {
                "container.apparmor.security.beta.kubernetes.io/c": "localhost/a",
                "container.seccomp.security.alpha.kubernetes.io/c": "unconfined",
                "seccomp.security.alpha.kubernetes.io/pod": "docker/default",
            },
            "spec.securityContext": {
                "seccompProfile": {"type": "RuntimeDefault"},
                "appArmorProfile": {"type": "Localhost", "localhostProfile": "b"},
            },
            "spec.containers.0.securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
        },
        [
            f"{C}.securityContext.seccompProfile.type: Forbidden: seccomp type in annotation and field must match",
            f"{C}.securityContext.appArmorProfile.localhostProfile: Forbidden: apparmor profile in annotation and "
            "field must match",
        ],
    ),
    "a whole smaller than its parts": (
        {
            "spec.resources": {"requests": {"cpu": "1"}, "limits": {"memory": "1Gi"}},
            "spec.containers.0.resources": {"requests": {"cpu": "2"}, "limits": {"memory": "2Gi"}},
        },
        [
            'spec.resources.requests: Invalid value: "2Gi": must be less than or equal to memory limit of 1Gi',
            'spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container '
            "requests of 2",
            'spec.resources.containers[0][memory].limits: Invalid value: "2Gi": must be less than or equal to pod '
            "limits of 1Gi",
        ],
    ),
    "claims of a whole": (
        {"spec.resources": {"claims": []}},
        ["spec.resources.claims: Forbidden: claims may not be set for Resources at pod-level"],
    ),
    "rules without a policy": (
        {"spec.containers.0.restartPolicyRules": [{"action": "Restart", "exitCodes": {"operator": "In"}}]},
        [f"{C}.restartPolicy: Required value: must specify restartPolicy when restart rules are used"],
    ),
    "rules of all sorts": (
        {
            "spec.initContainers": [
                {
                    "name": "i",
                    "image": "i",
                    "restartPolicy": "Never",
                    "restartPolicyRules": [{"action": "Stop", "exitCodes": {"operator": "Is"}}, {}],
                }
            ]
        },
        [
            f"spec.initContainers[0].restartPolicyRules[{i}].{fault}"
            for i, fault in (
                (0, 'action: Unsupported value: "Stop": supported values: "Restart"'),
                (0, 'exitCodes.operator: Unsupported value: "Is": supported values: "In", "NotIn"'),
                (1, 'action: Unsupported value: "": supported values: "Restart"'),
                (1, "exitCodes: Required value: must be specified"),
            )
        ],
    ),
    "a name of the host's choice": (
        {"spec.hostnameOverride": "A_b", "spec.setHostnameAsFQDN": True},
        [
            "spec.hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN is true",
            f'spec.hostnameOverride: Invalid value: "A_b": {SUBDOMAIN}',
        ],
    ),
    "processes shared with the host": (
        {"spec.shareProcessNamespace": True, "spec.hostPID": True},
        [
            "spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID "
            "cannot both be enabled"
        ],
    ),
}


@pytest.mark.parametrize(("changes", "told"), CASES.values(), ids=CASES)
def test_a_pod_is_refused_for(changes: dict[str, Any], told: list[str]) -> None:
    assert faults(edited(minimal("Pod"), changes)) == told


USERS = {
    "": " cannot be an empty string",
    "a\x01": " cannot contain control characters",
    "a\\b\\c": " cannot contain more than one backslash",
    "..\\user": "'s Domain doesn't match the NetBios nor the DNS format",
    "domain\\": "'s User cannot be empty",
    "u" * 105: "'s User length must not be longer than 104 characters",
    ". .": "'s User cannot contain only periods or spaces",
    "a@b": "'s User cannot contain the following characters: \"/\\:;|=,+*?<>@[]",
    "NT AUTHORITY\\SYSTEM": "",
    "example.com\\user": "",
}


@pytest.mark.parametrize("name", USERS)
def test_users_of_windows_have_names_such_as(name: str) -> None:
    told = [fault.message for fault in validate_windows_options("o", {"runAsUserName": name})]
    assert [message.split(": runAsUserName", 1)[1] for message in told] == (
        [USERS[name]] if USERS[name] else []
    )


def test_an_account_of_windows_is_a_resources_name() -> None:
    told = validate_windows_options("o", {"gmsaCredentialSpecName": "A_b", "gmsaCredentialSpec": ""})
    assert [f"{fault.path}: {fault.message}" for fault in told] == [
        f'o.gmsaCredentialSpecName: Invalid value: "A_b": {SUBDOMAIN}',
        'o.gmsaCredentialSpec: Invalid value: "": gmsaCredentialSpec cannot be an empty string',
    ]


def test_a_pod_keeps_the_annotations_that_made_it() -> None:
    armor, mirror = "container.apparmor.security.beta.kubernetes.io/c", "kubernetes.io/config.mirror"
    old = created(minimal("Pod", spec__nodeName="n", metadata__annotations={armor: "unconfined"}))
    new = edited(old, {"metadata.annotations": {mirror: "x", "mine": "y"}})
    assert [f"{f.path}: {f.message}" for f in strategy_of(old).validate_update(new, old)] == [
        f"metadata.annotations[{armor}]: Forbidden: may not remove or update AppArmor annotations",
        f"metadata.annotations[{mirror}]: Forbidden: may not add mirror pod annotation",
    ]
