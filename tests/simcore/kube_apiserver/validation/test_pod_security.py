"""What a pod may say of its security."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import edited, faults, minimal

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
