"""Jobs, CronJobs and their schedules."""

from typing import Any

import pytest

from simcore.kube_apiserver.validation.schedule import schedule_fault, time_zone_fault
from tests.simcore.kube_apiserver.minimal import (
    UID,
    UNSET,
    created,
    edited,
    faults,
    minimal,
    strategy_of,
    update_faults,
)

POLICY = "spec.podFailurePolicy.rules[0]"
INDEXED = {"spec__completionMode": "Indexed", "spec__completions": 5}


def failing(**rule: Any) -> dict[str, Any]:
    return {"spec__podFailurePolicy": {"rules": [rule]}}


def exits(*values: int, operator: str = "In", **fields: Any) -> dict[str, Any]:
    return failing(action="FailJob", onExitCodes={"operator": operator, "values": list(values), **fields})


def succeeding(**rule: Any) -> dict[str, Any]:
    return {**INDEXED, "spec__successPolicy": {"rules": [rule]}}


JOBS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "pods that always restart": (
        {"spec__template__spec__restartPolicy": "Always"},
        ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ),
    "retries below zero": (
        {"spec__backoffLimit": -1},
        ["spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0"],
    ),
    "an unknown mode": (
        {"spec__completionMode": "Sorted"},
        ['spec.completionMode: Unsupported value: "Sorted": supported values: "NonIndexed", "Indexed"'],
    ),
    "indexes without an end": (
        {"spec__completionMode": "Indexed", "spec__parallelism": 2},
        ["spec.completions: Required value: when completion mode is Indexed"],
    ),
    "retries by index without indexes": (
        {"spec__backoffLimitPerIndex": 1},
        ["spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode"],
    ),
    "failed indexes without retries": (
        {**INDEXED, "spec__maxFailedIndexes": 1},
        ["spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified"],
    ),
    "a name that is too long for its pods": (
        {**INDEXED, "metadata__name": "a" * 62},
        [
            f'metadata.name: Invalid value: "{"a" * 62}": will not able to create pod with invalid DNS label: '
            f"{'a' * 62}-4"
        ],
    ),
    "a manager without a domain": (
        {"spec__managedBy": "me"},
        ['spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")'],
    ),
    "a selector of its own": (
        {"spec__selector": {"matchLabels": {"a": "b"}}},
        [
            'spec.selector: Invalid value: {"matchLabels":{"a":"b","batch.kubernetes.io/controller-uid":"'
            f'{UID}"}}}}: `selector` not auto-generated',
            'spec.template.metadata.labels: Invalid value: {"batch.kubernetes.io/controller-uid":"'
            f'{UID}","batch.kubernetes.io/job-name":"x","controller-uid":"{UID}","job-name":"x"}}: `selector` does not '
            "match template `labels`",
        ],
    ),
    "a selector by hand that fits no pod": (
        {"spec__manualSelector": True, "spec__selector": {"matchLabels": {"a": "b"}}},
        ["spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`"],
    ),
    "a rule without a reason": (
        failing(action="Ignore"),
        [f"{POLICY}: Invalid value: specifying one of OnExitCodes and OnPodConditions is required"],
    ),
    "a rule with two reasons": (
        failing(
            action="Ignore",
            onExitCodes={"operator": "In", "values": [1]},
            onPodConditions=[{"type": "DisruptionTarget"}],
        ),
        [f"{POLICY}: Invalid value: specifying both OnExitCodes and OnPodConditions is not supported"],
    ),
    "an unknown action": (
        failing(action="Explode", onExitCodes={"operator": "In", "values": [1]}),
        [
            f'{POLICY}.action: Unsupported value: "Explode": supported values: "Count", "FailIndex", "FailJob", '
            '"Ignore"'
        ],
    ),
    "a failed index without indexes": (
        failing(action="FailIndex", onExitCodes={"operator": "In", "values": [1]}),
        [f'{POLICY}.action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set'],
    ),
    "success as a failure": (
        exits(0),
        [f"{POLICY}.onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator"],
    ),
    "codes without order": (
        exits(3, 1, 1),
        [
            f"{POLICY}.onExitCodes.values[2]: Duplicate value: 1",
            f"{POLICY}.onExitCodes.values: Invalid value: [3,1,1]: must be ordered",
        ],
    ),
    "no codes": (
        exits(operator="Like"),
        [
            f'{POLICY}.onExitCodes.operator: Unsupported value: "Like": supported values: "In", "NotIn"',
            f"{POLICY}.onExitCodes.values: Invalid value: []: at least one value is required",
        ],
    ),
    "codes of no container": (
        exits(1, containerName="z"),
        [
            f'{POLICY}.onExitCodes.containerName: Invalid value: "z": must be one of the container or initContainer '
            "names in the pod template"
        ],
    ),
    "a failure policy for pods that restart": (
        {**exits(1), "spec__template__spec__restartPolicy": "OnFailure"},
        [
            'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when '
            "podFailurePolicy is specified"
        ],
    ),
    "replacing pods that still end": (
        {**exits(1), "spec__podReplacementPolicy": "TerminatingOrFailed"},
        ['spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"'],
    ),
    "success without indexes": (
        {"spec__successPolicy": {"rules": [{"succeededCount": 1}]}},
        [
            'spec.successPolicy: Invalid value: {"Rules":[{"SucceededIndexes":null,"SucceededCount":1}]}: requires '
            "indexed completion mode"
        ],
    ),
    "success without a rule": (
        {**INDEXED, "spec__successPolicy": {}},
        [
            "spec.successPolicy.rules: Required value: at least one rules must be specified when the successPolicy is "
            "specified"
        ],
    ),
    "success of more than all": (
        succeeding(succeededCount=6),
        [
            "spec.successPolicy.rules[0].succeededCount: Invalid value: 6: must be less than or equal to 5 (the number "
            "of specified completions)"
        ],
    ),
    "success of indexes that don't exist": (
        succeeding(succeededIndexes="1,7"),
        [
            'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "1,7": error parsing succeededIndexes: too '
            'large index: "7"'
        ],
    ),
}


@pytest.mark.parametrize(("changes", "told"), JOBS.values(), ids=JOBS)
def test_a_job_is_refused_for(changes: dict[str, Any], told: list[str]) -> None:
    assert faults(minimal("Job", **changes)) == told


CRON_JOBS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no schedule": ({"spec__schedule": ""}, ["spec.schedule: Required value"]),
    "a zone in the schedule": (
        {"spec__schedule": "CRON_TZ=UTC 0 * * * *"},
        [
            'spec.schedule: Invalid value: "CRON_TZ=UTC 0 * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone '
            "field instead"
        ],
    ),
    "an unknown zone": (
        {"spec__timeZone": "Mars/Base"},
        ['spec.timeZone: Invalid value: "Mars/Base": unknown time zone Mars/Base'],
    ),
    "an unknown way to overlap": (
        {"spec__concurrencyPolicy": "Maybe"},
        [
            'spec.concurrencyPolicy: Unsupported value: "Maybe": supported values: "Allow", "Forbid", "Replace"'
        ],
    ),
    "less than no history": (
        {"spec__failedJobsHistoryLimit": -1},
        ["spec.failedJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0"],
    ),
    "a name without room for a time": (
        {"metadata__name": "a" * 53},
        [f'metadata.name: Invalid value: "{"a" * 53}": must be no more than 52 characters'],
    ),
    "pods that always restart": (
        {"spec__jobTemplate__spec__template__spec__restartPolicy": UNSET},
        [
            'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'
        ],
    ),
    "a selector by hand": (
        {"spec__jobTemplate__spec__manualSelector": True},
        ['spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"'],
    ),
}


@pytest.mark.parametrize(("changes", "told"), CRON_JOBS.values(), ids=CRON_JOBS)
def test_a_cron_job_is_refused_for(changes: dict[str, Any], told: list[str]) -> None:
    assert faults(minimal("CronJob", **changes)) == told


@pytest.mark.parametrize(
    ("schedule", "fault"),
    [
        ("* * * * *", ""),
        ("*/5 0-12/3 1,15 jan-mar MON", ""),
        ("? * * * 0", ""),
        ("5/15 * * * *", ""),
        ("@daily", ""),
        ("@every 1h30m", ""),
        ("every day", "expected exactly 5 fields, found 2: [every day]"),
        ("* * * * * *", "expected exactly 5 fields, found 6: [* * * * * *]"),
        ("60 * * * *", "end of range (60) above maximum (59): 60"),
        ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
        ("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
        ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
        ("1/2/3 * * * *", "too many slashes: 1/2/3"),
        ("a * * * *", 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'),
        ("* * * * 7", "end of range (7) above maximum (6): 7"),
        ("@hourli", "unrecognized descriptor: @hourli"),
        ("@every soon", 'failed to parse duration @every soon: time: invalid duration "soon"'),
        ("TZ=Mars/Base * * * * *", "provided bad location Mars/Base: unknown time zone Mars/Base"),
    ],
)
def test_a_schedule_is_read_as_cron_reads_it(schedule: str, fault: str) -> None:
    assert schedule_fault(schedule) == fault


@pytest.mark.parametrize(
    ("zone", "fault"),
    [
        ("Etc/UTC", ""),
        ("Europe/Berlin", ""),
        ("", "timeZone must be nil or non-empty string"),
        ("local", "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"),
        ("../etc/passwd", "unknown time zone ../etc/passwd"),
    ],
)
def test_a_time_zone_is_one_that_the_world_knows(zone: str, fault: str) -> None:
    assert time_zone_fault(zone) == fault


def test_a_jobs_template_never_changes() -> None:
    told = update_faults(minimal("Job"), {"spec.template.spec.containers.0.image": "b:2"})
    assert len(told) == 1
    assert told[0].startswith("spec.template: Invalid value: {")
    assert told[0].endswith(": field is immutable")


def test_a_suspended_job_that_never_ran_may_be_placed_elsewhere() -> None:
    changes = {"spec.template.spec.nodeSelector": {"a": "b"}}
    assert update_faults(minimal("Job", spec__suspend=True), changes) == []
    assert len(update_faults(minimal("Job"), changes)) == 1


def test_completions_of_an_indexed_job_follow_its_parallelism() -> None:
    job = minimal("Job", **INDEXED)
    assert update_faults(job, {"spec.completions": 7, "spec.parallelism": 7}) == []
    assert update_faults(job, {"spec.completions": 7}) == [
        "spec.completions: Invalid value: 7: can only be modified in tandem with parallelism"
    ]
    assert update_faults(minimal("Job"), {"spec.completions": 7}) == [
        "spec.completions: Invalid value: 7: field is immutable"
    ]


def test_a_job_may_be_suspended_and_sped_up() -> None:
    assert (
        update_faults(minimal("Job"), {"spec.suspend": True, "spec.parallelism": 9, "spec.backoffLimit": 1})
        == []
    )


def test_a_jobs_own_label_picks_its_pods() -> None:
    job = created(minimal("Job", spec__template__metadata={"labels": {"mine": "too"}}))
    labels = {
        "mine": "too",
        "batch.kubernetes.io/controller-uid": UID,
        "batch.kubernetes.io/job-name": "x",
        "controller-uid": UID,
        "job-name": "x",
    }
    assert job["spec"]["selector"] == {"matchLabels": {"batch.kubernetes.io/controller-uid": UID}}
    assert job["spec"]["template"]["metadata"]["labels"] == labels
    assert job["metadata"]["labels"] == labels


def test_labels_that_a_job_was_given_stay_its_own() -> None:
    job = created(minimal("Job", metadata__labels={"own": "one"}))
    assert job["metadata"]["labels"] == {"own": "one"}


def test_jobs_can_be_selected_by_their_success() -> None:
    job = edited(created(minimal("Job")), {"status.succeeded": 2})
    assert strategy_of(job).field(job, "status.successful") == "2"
