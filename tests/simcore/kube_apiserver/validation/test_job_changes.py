"""What may change in jobs, and what cron jobs may say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import edited, faults, minimal, update_faults

JOB_CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "its speed": ({"spec.parallelism": 3}, []),
    "its end": ({"spec.completions": 3}, ["spec.completions: Invalid value: 3: field is immutable"]),
    "its mode": (
        {"spec.completionMode": "Indexed"},
        ['spec.completionMode: Invalid value: "Indexed": field is immutable'],
    ),
    "its manager": (
        {"spec.managedBy": "example.com/me"},
        ['spec.managedBy: Invalid value: "example.com/me": field is immutable'],
    ),
    "its limits": (
        {"spec.backoffLimit": 1, "spec.activeDeadlineSeconds": 9, "spec.ttlSecondsAfterFinished": 3},
        [],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), JOB_CHANGES.values(), ids=JOB_CHANGES)
def test_what_may_change_in_a_job(changes: dict[str, Any], expected: list[str]) -> None:
    assert update_faults(minimal("Job"), changes) == expected


SUSPENDED_CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "elsewhere": ({"spec.suspend": True, "spec.template.spec.nodeSelector": {"zone": "a"}}, []),
    "tolerated": ({"spec.suspend": True, "spec.template.spec.tolerations": [{"operator": "Exists"}]}, []),
    "behind gates": ({"spec.suspend": True, "spec.template.spec.schedulingGates": [{"name": "a"}]}, []),
    "near nodes": (
        {
            "spec.suspend": True,
            "spec.template.spec.affinity": {
                "nodeAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": {
                        "nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "Exists"}]}]
                    }
                }
            },
        },
        [],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), SUSPENDED_CHANGES.values(), ids=SUSPENDED_CHANGES)
def test_how_pods_of_a_job_that_never_ran_may_be_scheduled(
    changes: dict[str, Any], expected: list[str]
) -> None:
    assert update_faults(minimal("Job", spec__suspend=True), changes) == expected


CRON_JOBS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no schedule": ({"spec.schedule": ""}, ["spec.schedule: Required value"]),
    "a zone in the schedule": (
        {"spec.schedule": "TZ=UTC 0 0 * * *"},
        [
            (
                'spec.schedule: Invalid value: "TZ=UTC 0 0 * * *": cannot use TZ or CRON_TZ in '
                "schedule, use timeZone field instead"
            )
        ],
    ),
    "a schedule of four": (
        {"spec.schedule": "* * * *"},
        ['spec.schedule: Invalid value: "* * * *": expected exactly 5 fields, found 4: [* * * *]'],
    ),
    "a minute too late": (
        {"spec.schedule": "60 * * * *"},
        ['spec.schedule: Invalid value: "60 * * * *": end of range (60) above maximum (59): 60'],
    ),
    "an unknown name": (
        {"spec.schedule": "@often"},
        ['spec.schedule: Invalid value: "@often": unrecognized descriptor: @often'],
    ),
    "an unknown zone": (
        {"spec.timeZone": "Mars/Olympus"},
        ['spec.timeZone: Invalid value: "Mars/Olympus": unknown time zone Mars/Olympus'],
    ),
    "no zone": (
        {"spec.timeZone": ""},
        ['spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string'],
    ),
    "the zone of this machine": (
        {"spec.timeZone": "Local"},
        [
            (
                'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as '
                "defined in https://www.iana.org/time-zones"
            )
        ],
    ),
    "a start before now": (
        {"spec.startingDeadlineSeconds": -1},
        ["spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0"],
    ),
    "an unknown policy": (
        {"spec.concurrencyPolicy": "Queue"},
        [
            (
                'spec.concurrencyPolicy: Unsupported value: "Queue": supported values: "Allow", '
                '"Forbid", "Replace"'
            )
        ],
    ),
    "a selector of its own": (
        {"spec.jobTemplate.spec.manualSelector": True},
        [('spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"')],
    ),
    "a history of less than nothing": (
        {"spec.successfulJobsHistoryLimit": -1, "spec.failedJobsHistoryLimit": -1},
        [
            "spec.successfulJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0",
            "spec.failedJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0",
        ],
    ),
    "a name that is too long": (
        {"metadata.name": "x" * 53},
        [
            (
                "metadata.name: Invalid value: "
                '"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx": must be no more than 52 '
                "characters"
            )
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), CRON_JOBS.values(), ids=CRON_JOBS)
def test_what_a_cron_job_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("CronJob"), changes)) == expected


NEAR_PODS = {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "zone", "labelSelector": {}}]}


@pytest.mark.parametrize(
    "changes",
    [
        {"spec.template.spec.serviceAccountName": "other"},
        {"spec.template.spec.affinity": {"podAffinity": NEAR_PODS}},
        {"spec.template.spec.containers.0.image": "busybox:2"},
    ],
    ids=["of another account", "near other pods", "of another image"],
)
def test_what_else_may_not_change_in_a_job_that_never_ran(changes: dict[str, Any]) -> None:
    found = update_faults(minimal("Job", spec__suspend=True), changes)
    assert [fault.partition(":")[0] for fault in found] == ["spec.template"]
    assert found[0].endswith("field is immutable")
