"""The kinds that run pods."""

from typing import Any

import pytest

from simcore.apimachinery.errors import FieldError
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

NEGATIVE = "must be greater than or equal to 0"
PERCENT = (
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for "
    "validation is '[0-9]+%')"
)
MISMATCH = "`selector` does not match template `labels`"

CASES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "fewer than no pods": (
        "Deployment",
        {"spec__replicas": -1},
        [f"spec.replicas: Invalid value: -1: {NEGATIVE}"],
    ),
    "no selector": (
        "Deployment",
        {"spec__selector": UNSET},
        [
            "spec.selector: Required value",
            f'spec.template.metadata.labels: Invalid value: {{"app":"a"}}: {MISMATCH}',
        ],
    ),
    "an empty selector": (
        "Deployment",
        {"spec__selector": {}},
        ["spec.selector: Invalid value: {}: empty selector is invalid for deployment"],
    ),
    "a selector with a new operator": (
        "ReplicaSet",
        {"spec__selector": {"matchExpressions": [{"key": "app", "operator": "Has", "values": ["a"]}]}},
        [
            'spec.selector.matchExpressions[0].operator: Invalid value: "Has": not a valid selector operator',
            'spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"Has","values":["a"]}]}: '
            "invalid label selector",
        ],
    ),
    "a selector that asks for nothing in a list": (
        "ReplicaSet",
        {"spec__selector": {"matchExpressions": [{"key": "app", "operator": "In"}]}},
        [
            "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or "
            "'NotIn'",
            'spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"In"}]}: '
            "invalid label selector",
        ],
    ),
    "other labels": (
        "ReplicaSet",
        {"spec__template__metadata__labels": {"app": "b"}},
        [f'spec.template.metadata.labels: Invalid value: {{"app":"b"}}: {MISMATCH}'],
    ),
    "no template": (
        "Deployment",
        {"spec__template": UNSET},
        [
            f"spec.template.metadata.labels: Invalid value: null: {MISMATCH}",
            "spec.template.spec.containers: Required value",
        ],
    ),
    "pods that end": (
        "Deployment",
        {
            "spec__template__spec__restartPolicy": "OnFailure",
            "spec__template__spec__activeDeadlineSeconds": 5,
        },
        [
            'spec.template.spec.restartPolicy: Unsupported value: "OnFailure": supported values: "Always"',
            "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported",
        ],
    ),
    "a strategy of its own": (
        "Deployment",
        {"spec__strategy": {"type": "Canary", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": "10%"}}},
        [
            'spec.strategy: Unsupported value: {"Type":"Canary","RollingUpdate":{"MaxUnavailable":"10%","MaxSurge":1}}'
            ': supported values: "Recreate", "RollingUpdate"'
        ],
    ),
    "limits for a strategy that has none": (
        "Deployment",
        {"spec__strategy": {"type": "Recreate", "rollingUpdate": {}}},
        ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
    ),
    "a rollout that can't move": (
        "Deployment",
        {"spec__strategy": {"rollingUpdate": {"maxSurge": "0%", "maxUnavailable": 0}}},
        ["spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0"],
    ),
    "a share without its sign": (
        "Deployment",
        {"spec__strategy": {"rollingUpdate": {"maxSurge": "ten"}}},
        [f'spec.strategy.rollingUpdate.maxSurge: Invalid value: "ten": {PERCENT}'],
    ),
    "more than all": (
        "Deployment",
        {"spec__strategy": {"rollingUpdate": {"maxUnavailable": "101%"}}},
        ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%'],
    ),
    "a deadline before readiness": (
        "Deployment",
        {"spec__minReadySeconds": 60, "spec__progressDeadlineSeconds": 60},
        ["spec.progressDeadlineSeconds: Invalid value: 60: must be greater than minReadySeconds"],
    ),
    "a controller without labels": (
        "ReplicationController",
        {"spec__template__metadata": {}},
        ["spec.selector: Required value"],
    ),
    "a controller of other pods": (
        "ReplicationController",
        {"spec__selector": {"app": "z"}},
        [f'spec.template.metadata.labels: Invalid value: {{"app":"a"}}: {MISMATCH}'],
    ),
    "an order that is none": (
        "StatefulSet",
        {"spec__podManagementPolicy": "Random"},
        ["spec.podManagementPolicy: Invalid value: \"Random\": must be 'OrderedReady' or 'Parallel'"],
    ),
    "a strategy that stateful sets don't have": (
        "StatefulSet",
        {"spec__updateStrategy": {"type": "Recreate"}},
        [
            'spec.updateStrategy: Invalid value: {"Type":"Recreate","RollingUpdate":null}: '
            "must be 'RollingUpdate' or 'OnDelete'"
        ],
    ),
    "a partition below zero": (
        "StatefulSet",
        {"spec__updateStrategy": {"rollingUpdate": {"partition": -1}}},
        [f"spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: {NEGATIVE}"],
    ),
    "limits of an update that waits for deletions": (
        "StatefulSet",
        {"spec__updateStrategy": {"type": "OnDelete", "rollingUpdate": {"partition": 1}}},
        [
            'spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: only allowed '
            "for updateStrategy 'RollingUpdate'"
        ],
    ),
    "a first number below zero": (
        "StatefulSet",
        {"spec__ordinals": {"start": -1}},
        [f"spec.ordinals.start: Invalid value: -1: {NEGATIVE}"],
    ),
    "a service with capitals": (
        "StatefulSet",
        {"spec__serviceName": "Svc"},
        [f'spec.serviceName: Invalid value: "Svc": {LABEL}'],
    ),
    "an unknown fate of claims": (
        "StatefulSet",
        {"spec__persistentVolumeClaimRetentionPolicy": {"whenScaled": "Maybe"}},
        [
            'spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: "Maybe": supported values: '
            '"Retain", "Delete"'
        ],
    ),
    "a strategy that daemon sets don't have": (
        "DaemonSet",
        {"spec__updateStrategy": {"type": "Recreate"}},
        [
            'spec.updateStrategy: Unsupported value: {"Type":"Recreate","RollingUpdate":null}: supported values: '
            '"RollingUpdate", "OnDelete"'
        ],
    ),
    "surge and unavailability at once": (
        "DaemonSet",
        {"spec__updateStrategy": {"rollingUpdate": {"maxSurge": "10%", "maxUnavailable": 1}}},
        [
            'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: "10%": may not be set when maxUnavailable is '
            "non-zero"
        ],
    ),
    "neither surge nor unavailability": (
        "DaemonSet",
        {"spec__updateStrategy": {"rollingUpdate": {"maxUnavailable": 0}}},
        ["spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0"],
    ),
    "an empty selector of a daemon set": (
        "DaemonSet",
        {"spec__selector": {}},
        ["spec.selector: Invalid value: {}: empty selector is invalid for daemonset"],
    ),
    "a bad label of the template": (
        "DaemonSet",
        {"spec__template__metadata__labels": {"app": "a", "b": "-"}},
        [
            'spec.template.labels: Invalid value: "-": a valid label must be an empty string or consist of '
            "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. "
            "'MyValue',  or 'my_value',  or '12345', regex used for validation is "
            "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
        ],
    ),
}


@pytest.mark.parametrize(("kind", "changes", "told"), CASES.values(), ids=CASES)
def test_a_workload_is_refused_for(kind: str, changes: dict[str, Any], told: list[str]) -> None:
    assert faults(minimal(kind, **changes)) == told


def test_faults_come_in_the_order_of_the_document() -> None:
    deployment = minimal("Deployment", metadata__name="BAD", spec__replicas=-3)
    deployment["spec"]["template"]["spec"]["containers"][0]["image"] = ""
    assert [told.partition(":")[0] for told in faults(deployment)] == [
        "metadata.name",
        "spec.replicas",
        "spec.template.spec.containers[0].image",
    ]


@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet", "DaemonSet"])
def test_a_selector_never_changes(kind: str) -> None:
    labels = {"app": "a", "b": "c"}
    changes = {"spec.selector": {"matchLabels": labels}, "spec.template.metadata.labels": labels}
    assert update_faults(minimal(kind), changes) == [
        'spec.selector: Invalid value: {"matchLabels":{"app":"a","b":"c"}}: field is immutable'
    ]


def test_a_stateful_set_keeps_its_service() -> None:
    assert update_faults(minimal("StatefulSet"), {"spec.serviceName": "other"}) == [
        "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
        "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are "
        "forbidden"
    ]


def test_a_stateful_set_may_scale_and_change_its_template() -> None:
    changes = {"spec.replicas": 3, "spec.template.spec.containers.0.image": "b:2", "spec.minReadySeconds": 5}
    assert update_faults(minimal("StatefulSet"), changes) == []


def test_a_revision_never_changes_what_it_holds() -> None:
    assert update_faults(minimal("ControllerRevision"), {"data": {"spec": {"a": 1}}}) == [
        'data: Invalid value: {"spec":{"a":1}}: field is immutable'
    ]


def status_faults(
    status: dict[str, Any], before: dict[str, Any], kind: str = "Deployment"
) -> list[FieldError]:
    old = edited(created(minimal(kind)), {"status": before})
    return strategy_of(old).validate_status(edited(old, {"status": status}), old)


def test_a_status_counts_no_more_ready_pods_than_there_are() -> None:
    told = status_faults({"replicas": 1, "readyReplicas": 2, "availableReplicas": -1}, {})
    assert [(f.path, f.message) for f in told] == [
        ("status.availableReplicas", f"Invalid value: -1: {NEGATIVE}"),
        ("status.readyReplicas", "Invalid value: 2: cannot be greater than status.replicas"),
    ]


def test_collisions_are_never_forgotten() -> None:
    told = status_faults({}, {"collisionCount": 1})
    assert [(f.path, f.message) for f in told] == [
        ("status.collisionCount", "Invalid value: 0: cannot be decremented")
    ]


MORE = "cannot be greater than status.replicas"


@pytest.mark.parametrize(
    ("kind", "status", "faults"),
    [
        (
            "Deployment",
            {"replicas": -1},
            [
                f"status.replicas: Invalid value: -1: {NEGATIVE}",
                f"status.updatedReplicas: Invalid value: 0: {MORE}",
                f"status.readyReplicas: Invalid value: 0: {MORE}",
                f"status.availableReplicas: Invalid value: 0: {MORE}",
            ],
        ),
        (
            "ReplicaSet",
            {"replicas": 1, "fullyLabeledReplicas": 2, "availableReplicas": 1},
            [
                f"status.fullyLabeledReplicas: Invalid value: 2: {MORE}",
                "status.availableReplicas: Invalid value: 1: cannot be greater than readyReplicas",
            ],
        ),
        (
            "StatefulSet",
            {"replicas": 1, "currentReplicas": 2, "availableReplicas": 1},
            [
                f"status.currentReplicas: Invalid value: 2: {MORE}",
                "status.availableReplicas: Invalid value: 1: cannot be greater than status.readyReplicas",
            ],
        ),
        ("DaemonSet", {"numberReady": -1}, [f"status.numberReady: Invalid value: -1: {NEGATIVE}"]),
        ("HorizontalPodAutoscaler", {"desiredReplicas": -1},
         [f"status.desiredReplicas: Invalid value: -1: {NEGATIVE}"]),
        ("PodDisruptionBudget", {"expectedPods": -1}, [f"status.expectedPods: Invalid value: -1: {NEGATIVE}"]),
    ],
)  # fmt: skip
def test_the_counts_of_a_status(kind: str, status: dict[str, Any], faults: list[str]) -> None:
    assert [f"{f.path}: {f.message}" for f in status_faults(status, {}, kind)] == faults
