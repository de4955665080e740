"""What deployments, stateful sets and daemon sets may say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import LABEL, UNSET, edited, faults, minimal, update_faults

DEPLOYMENTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "fewer than none": (
        {"spec.replicas": -1},
        ["spec.replicas: Invalid value: -1: must be greater than or equal to 0"],
    ),
    "no selector": (
        {"spec.selector": UNSET},
        [
            "spec.selector: Required value",
            (
                'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not '
                "match template `labels`"
            ),
        ],
    ),
    "an empty selector": (
        {"spec.selector": {}},
        ["spec.selector: Invalid value: {}: empty selector is invalid for deployment"],
    ),
    "a selector of others": (
        {"spec.selector": {"matchLabels": {"app": "b"}}},
        [
            (
                'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not '
                "match template `labels`"
            )
        ],
    ),
    "a bad selector": (
        {"spec.selector": {"matchExpressions": [{"key": "app", "operator": "In"}]}},
        [
            (
                "spec.selector.matchExpressions[0].values: Required value: must be specified when "
                "`operator` is 'In' or 'NotIn'"
            ),
            (
                'spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"In"}]}: '
                "invalid label selector"
            ),
        ],
    ),
    "pods that end": (
        {"spec.template.spec.restartPolicy": "Never"},
        ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ),
    "pods with a deadline": (
        {"spec.template.spec.activeDeadlineSeconds": 5},
        [
            (
                "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in "
                "ReplicaSet is not Supported"
            )
        ],
    ),
    "a debugging container": (
        {"spec.template.spec.ephemeralContainers": [{"name": "e", "image": "i"}]},
        [
            (
                "spec.template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed "
                "in pod template"
            )
        ],
    ),
    "an unknown strategy": (
        {"spec.strategy": {"type": "Slowly"}},
        [
            (
                'spec.strategy: Unsupported value: {"Type":"Slowly","RollingUpdate":null}: supported '
                'values: "Recreate", "RollingUpdate"'
            )
        ],
    ),
    "settings of a strategy without": (
        {"spec.strategy": {"type": "Recreate", "rollingUpdate": {}}},
        [("spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'")],
    ),
    "no way forward": (
        {
            "spec.strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxUnavailable": 0, "maxSurge": "0%"},
            }
        },
        [("spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0")],
    ),
    "more than all": (
        {"spec.strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "101%"}}},
        [
            (
                'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be '
                "greater than 100%"
            )
        ],
    ),
    "less than nothing": (
        {"spec.strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": -1}}},
        [("spec.strategy.rollingUpdate.maxSurge: Invalid value: -1: must be greater than or equal to 0")],
    ),
    "a deadline before they are ready": (
        {"spec.minReadySeconds": 10, "spec.progressDeadlineSeconds": 10},
        ["spec.progressDeadlineSeconds: Invalid value: 10: must be greater than minReadySeconds"],
    ),
    "a history of less than nothing": (
        {"spec.revisionHistoryLimit": -1},
        ["spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0"],
    ),
    "labels that aren't": (
        {"spec.template.metadata.labels": {"app": "a", "a b": "c"}},
        [
            (
                'spec.template.labels: Invalid value: "a b": name part must consist of alphanumeric '
                "characters, '-', '_' or '.', and must start and end with an alphanumeric character "
                "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
                "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            )
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), DEPLOYMENTS.values(), ids=DEPLOYMENTS)
def test_what_a_deployment_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Deployment"), changes)) == expected


STATEFUL: dict[str, tuple[dict[str, Any], list[str]]] = {
    "an unknown order": (
        {"spec.podManagementPolicy": "Chaos"},
        ["spec.podManagementPolicy: Invalid value: \"Chaos\": must be 'OrderedReady' or 'Parallel'"],
    ),
    "an unknown strategy": (
        {"spec.updateStrategy": {"type": "Slowly"}},
        [
            (
                'spec.updateStrategy: Invalid value: {"Type":"Slowly","RollingUpdate":null}: must be '
                "'RollingUpdate' or 'OnDelete'"
            )
        ],
    ),
    "settings of a strategy without": (
        {"spec.updateStrategy": {"type": "OnDelete", "rollingUpdate": {"partition": 1}}},
        [
            (
                'spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,'
                "\"MaxUnavailable\":null}: only allowed for updateStrategy 'RollingUpdate'"
            )
        ],
    ),
    "a partition below nothing": (
        {"spec.updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": -1}}},
        [
            (
                "spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater "
                "than or equal to 0"
            )
        ],
    ),
    "a retention nobody knows": (
        {"spec.persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Keep", "whenScaled": "Delete"}},
        [
            (
                'spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "Keep": '
                'supported values: "Retain", "Delete"'
            )
        ],
    ),
    "a start below nothing": (
        {"spec.ordinals": {"start": -1}},
        ["spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0"],
    ),
    "an empty selector": (
        {"spec.selector": {}},
        ["spec.selector: Invalid value: {}: empty selector is invalid for statefulset"],
    ),
    "a service in capitals": ({"spec.serviceName": "A"}, [f'spec.serviceName: Invalid value: "A": {LABEL}']),
    "pods that end": (
        {"spec.template.spec.restartPolicy": "OnFailure"},
        [('spec.template.spec.restartPolicy: Unsupported value: "OnFailure": supported values: "Always"')],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), STATEFUL.values(), ids=STATEFUL)
def test_what_a_stateful_set_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("StatefulSet"), changes)) == expected


STATEFUL_CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "more pods": ({"spec.replicas": 5}, []),
    "another service": (
        {"spec.serviceName": "other"},
        [
            (
                "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', "
                "'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
                "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
            )
        ],
    ),
    "another order": (
        {"spec.podManagementPolicy": "Parallel"},
        [
            (
                "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', "
                "'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
                "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
            )
        ],
    ),
    "another template": ({"spec.template.spec.containers": [{"name": "c", "image": "busybox:2"}]}, []),
    "another selector": (
        {"spec.selector": {"matchLabels": {"app": "b"}}},
        [
            (
                'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not '
                "match template `labels`"
            ),
            (
                "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', "
                "'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
                "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), STATEFUL_CHANGES.values(), ids=STATEFUL_CHANGES)
def test_what_may_change_in_a_stateful_set(changes: dict[str, Any], expected: list[str]) -> None:
    assert update_faults(minimal("StatefulSet"), changes) == expected


DAEMONS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "an empty selector": (
        {"spec.selector": {}},
        ["spec.selector: Invalid value: {}: empty selector is invalid for daemonset"],
    ),
    "a selector of others": (
        {"spec.selector": {"matchLabels": {"app": "b"}}},
        [
            (
                'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not '
                "match template `labels`"
            )
        ],
    ),
    "an unknown strategy": (
        {"spec.updateStrategy": {"type": "Slowly"}},
        [
            (
                'spec.updateStrategy: Unsupported value: {"Type":"Slowly","RollingUpdate":null}: '
                'supported values: "RollingUpdate", "OnDelete"'
            )
        ],
    ),
    "both ways": (
        {
            "spec.updateStrategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 1},
            }
        },
        [
            (
                "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when "
                "maxUnavailable is non-zero"
            )
        ],
    ),
    "no way": (
        {
            "spec.updateStrategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 0},
            }
        },
        [
            (
                "spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when "
                "maxSurge is 0"
            )
        ],
    ),
    "more than all": (
        {"spec.updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "150%"}}},
        [
            (
                'spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: "150%": must not '
                "be greater than 100%"
            )
        ],
    ),
    "when they are deleted": ({"spec.updateStrategy": {"type": "OnDelete"}}, []),
    "pods that end": (
        {"spec.template.spec.restartPolicy": "Never"},
        ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ),
    "ready before now": (
        {"spec.minReadySeconds": -1},
        ["spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0"],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), DAEMONS.values(), ids=DAEMONS)
def test_what_a_daemon_set_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("DaemonSet"), changes)) == expected


CONTROLLERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no template": (
        {"spec.template": UNSET},
        ["spec.selector: Required value", "spec.template: Required value"],
    ),
    "a selector of others": (
        {"spec.selector": {"app": "b"}},
        [
            (
                'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not '
                "match template `labels`"
            )
        ],
    ),
    "fewer than none": (
        {"spec.replicas": -1},
        ["spec.replicas: Invalid value: -1: must be greater than or equal to 0"],
    ),
    "pods that end": (
        {"spec.template.spec.restartPolicy": "Never"},
        ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), CONTROLLERS.values(), ids=CONTROLLERS)
def test_what_a_replication_controller_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("ReplicationController"), changes)) == expected
