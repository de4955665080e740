"""What jobs may say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import edited, faults, minimal

JOBS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "fewer than none": (
        {"spec.parallelism": -1, "spec.completions": -1},
        [
            "spec.parallelism: Invalid value: -1: must be greater than or equal to 0",
            "spec.completions: Invalid value: -1: must be greater than or equal to 0",
        ],
    ),
    "no time": (
        {"spec.activeDeadlineSeconds": -1, "spec.ttlSecondsAfterFinished": -1},
        [
            "spec.activeDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0",
            "spec.ttlSecondsAfterFinished: Invalid value: -1: must be greater than or equal to 0",
        ],
    ),
    "a selector of its own": (
        {"spec.selector": {"matchLabels": {"a": "b"}}},
        [
            (
                'spec.selector: Invalid value: {"matchLabels":{"a":"b","batch.kubernetes.'
                'io/controller-uid":"0c9d3e0c-0000-4000-8000-000000000000"}}: `selector` not '
                "auto-generated"
            ),
            (
                'spec.template.metadata.labels: Invalid value: {"batch.kubernetes.'
                'io/controller-uid":"0c9d3e0c-0000-4000-8000-000000000000","batch.kubernetes.'
                'io/job-name":"x","controller-uid":"0c9d3e0c-0000-4000-8000-000000000000",'
                '"job-name":"x"}: `selector` does not match template `labels`'
            ),
        ],
    ),
    "pods that never end": (
        {"spec.template.spec.restartPolicy": "Always"},
        ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ),
    "pods that end in odd ways": (
        {"spec.template.spec.restartPolicy": "Maybe"},
        [
            (
                'spec.template.spec.restartPolicy: Unsupported value: "Maybe": supported values: '
                '"Always", "OnFailure", "Never"'
            ),
            (
                'spec.template.spec.restartPolicy: Unsupported value: "Maybe": supported values: '
                '"OnFailure", "Never"'
            ),
        ],
    ),
    "an unknown mode": (
        {"spec.completionMode": "Mixed"},
        [('spec.completionMode: Unsupported value: "Mixed": supported values: "NonIndexed", "Indexed"')],
    ),
    "indexes without a number": ({"spec.completionMode": "Indexed"}, []),
    "too many indexes at once": (
        {"spec.completionMode": "Indexed", "spec.completions": 200000, "spec.parallelism": 100001},
        [
            (
                "spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when "
                "completion mode is Indexed"
            )
        ],
    ),
    "failures by index without indexes": (
        {"spec.backoffLimitPerIndex": 1},
        ["spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode"],
    ),
    "failed indexes without failures": (
        {"spec.completionMode": "Indexed", "spec.completions": 3, "spec.maxFailedIndexes": 1},
        ["spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified"],
    ),
    "a manager without a domain": (
        {"spec.managedBy": "me"},
        [('spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")')],
    ),
    "a manager": ({"spec.managedBy": "example.com/me"}, []),
    "an unknown replacement": (
        {"spec.podReplacementPolicy": "Soon"},
        [
            (
                'spec.podReplacementPolicy: Unsupported value: "Soon": supported values: "Failed", '
                '"TerminatingOrFailed"'
            )
        ],
    ),
    "a replacement that failures forbid": (
        {
            "spec.podFailurePolicy": {
                "rules": [{"action": "FailJob", "onExitCodes": {"operator": "In", "values": [1]}}]
            },
            "spec.podReplacementPolicy": "TerminatingOrFailed",
        },
        [('spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"')],
    ),
    "restarts that failures forbid": (
        {
            "spec.podFailurePolicy": {
                "rules": [{"action": "FailJob", "onExitCodes": {"operator": "In", "values": [1]}}]
            },
            "spec.template.spec.restartPolicy": "OnFailure",
        },
        [
            (
                'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is '
                "supported when podFailurePolicy is specified"
            )
        ],
    ),
    "no action": (
        {
            "spec.podFailurePolicy": {
                "rules": [{"action": "", "onExitCodes": {"operator": "In", "values": [1]}}]
            }
        },
        [
            (
                'spec.podFailurePolicy.rules[0].action: Required value: valid values: ["Count" '
                '"FailIndex" "FailJob" "Ignore"]'
            )
        ],
    ),
    "an unknown action": (
        {
            "spec.podFailurePolicy": {
                "rules": [{"action": "Cry", "onExitCodes": {"operator": "In", "values": [1]}}]
            }
        },
        [
            (
                'spec.podFailurePolicy.rules[0].action: Unsupported value: "Cry": supported values: '
                '"Count", "FailIndex", "FailJob", "Ignore"'
            )
        ],
    ),
    "an index that fails without": (
        {
            "spec.podFailurePolicy": {
                "rules": [{"action": "FailIndex", "onExitCodes": {"operator": "In", "values": [1]}}]
            }
        },
        [
            (
                'spec.podFailurePolicy.rules[0].action: Invalid value: "FailIndex": requires the '
                "backoffLimitPerIndex to be set"
            )
        ],
    ),
    "a rule of nothing": (
        {"spec.podFailurePolicy": {"rules": [{"action": "FailJob"}]}},
        [
            (
                "spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and "
                "OnPodConditions is required"
            )
        ],
    ),
    "a rule of two things": (
        {
            "spec.podFailurePolicy": {
                "rules": [
                    {
                        "action": "FailJob",
                        "onExitCodes": {"operator": "In", "values": [1]},
                        "onPodConditions": [{"type": "A", "status": "True"}],
                    }
                ]
            }
        },
        [
            (
                "spec.podFailurePolicy.rules[0]: Invalid value: specifying both OnExitCodes and "
                "OnPodConditions is not supported"
            )
        ],
    ),
    "an unknown operator": (
        {
            "spec.podFailurePolicy": {
                "rules": [{"action": "FailJob", "onExitCodes": {"operator": "Like", "values": [1]}}]
            }
        },
        [
            (
                'spec.podFailurePolicy.rules[0].onExitCodes.operator: Unsupported value: "Like": '
                'supported values: "In", "NotIn"'
            )
        ],
    ),
    "no operator": (
        {
            "spec.podFailurePolicy": {
                "rules": [{"action": "FailJob", "onExitCodes": {"operator": "", "values": [1]}}]
            }
        },
        [
            (
                "spec.podFailurePolicy.rules[0].onExitCodes.operator: Required value: valid values: "
                '["In" "NotIn"]'
            )
        ],
    ),
    "an unknown container": (
        {
            "spec.podFailurePolicy": {
                "rules": [
                    {
                        "action": "FailJob",
                        "onExitCodes": {"operator": "In", "values": [1], "containerName": "z"},
                    }
                ]
            }
        },
        [
            (
                'spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "z": must '
                "be one of the container or initContainer names in the pod template"
            )
        ],
    ),
    "no codes": (
        {
            "spec.podFailurePolicy": {
                "rules": [{"action": "FailJob", "onExitCodes": {"operator": "In", "values": []}}]
            }
        },
        [
            (
                "spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: []: at least one "
                "value is required"
            )
        ],
    ),
    "success as a failure": (
        {
            "spec.podFailurePolicy": {
                "rules": [{"action": "FailJob", "onExitCodes": {"operator": "In", "values": [0]}}]
            }
        },
        [
            (
                "spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be "
                "0 for the In operator"
            )
        ],
    ),
    "codes twice": (
        {
            "spec.podFailurePolicy": {
                "rules": [{"action": "FailJob", "onExitCodes": {"operator": "In", "values": [1, 1]}}]
            }
        },
        ["spec.podFailurePolicy.rules[0].onExitCodes.values[1]: Duplicate value: 1"],
    ),
    "codes in disorder": (
        {
            "spec.podFailurePolicy": {
                "rules": [{"action": "FailJob", "onExitCodes": {"operator": "In", "values": [3, 1]}}]
            }
        },
        ["spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [3,1]: must be ordered"],
    ),
    "too many codes": (
        {
            "spec.podFailurePolicy": {
                "rules": [
                    {"action": "FailJob", "onExitCodes": {"operator": "In", "values": list(range(1, 257))}}
                ]
            }
        },
        [("spec.podFailurePolicy.rules[0].onExitCodes.values: Too many: 256: must have at most 255 items")],
    ),
    "a condition of an unknown state": (
        {
            "spec.podFailurePolicy": {
                "rules": [{"action": "FailJob", "onPodConditions": [{"type": "A", "status": "Maybe"}]}]
            }
        },
        [
            (
                "spec.podFailurePolicy.rules[0].onPodConditions[0].status: Unsupported value: "
                '"Maybe": supported values: "False", "True", "Unknown"'
            )
        ],
    ),
    "a condition without a name": (
        {
            "spec.podFailurePolicy": {
                "rules": [{"action": "FailJob", "onPodConditions": [{"status": "True"}]}]
            }
        },
        [
            (
                'spec.podFailurePolicy.rules[0].onPodConditions[0].type: Invalid value: "": name '
                "part must be non-empty"
            ),
            (
                'spec.podFailurePolicy.rules[0].onPodConditions[0].type: Invalid value: "": name '
                "part must consist of alphanumeric characters, '-', '_' or '.', and must start and "
                "end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', "
                "regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            ),
        ],
    ),
    "too many rules": (
        {
            "spec.podFailurePolicy": {
                "rules": [{"action": "Ignore", "onPodConditions": [{"type": "A", "status": "True"}]}] * 21
            }
        },
        ["spec.podFailurePolicy.rules: Too many: 21: must have at most 20 items"],
    ),
    "a success without indexes": (
        {"spec.successPolicy": {"rules": [{"succeededCount": 1}]}},
        [
            (
                'spec.successPolicy: Invalid value: {"Rules":[{"SucceededIndexes":null,'
                '"SucceededCount":1}]}: requires indexed completion mode'
            )
        ],
    ),
    "a success without rules": (
        {
            "spec.completionMode": "Indexed",
            "spec.completions": 5,
            "spec.parallelism": 5,
            "spec.successPolicy": {"rules": []},
        },
        [
            (
                "spec.successPolicy.rules: Required value: at least one rules must be specified when "
                "the successPolicy is specified"
            )
        ],
    ),
    "a success of nothing": (
        {
            "spec.completionMode": "Indexed",
            "spec.completions": 5,
            "spec.parallelism": 5,
            "spec.successPolicy": {"rules": [{}]},
        },
        [
            (
                "spec.successPolicy.rules[0]: Required value: at least one of succeededCount or "
                "succeededIndexes must be specified"
            )
        ],
    ),
    "a success of none": (
        {
            "spec.completionMode": "Indexed",
            "spec.completions": 5,
            "spec.parallelism": 5,
            "spec.successPolicy": {"rules": [{"succeededCount": 0}]},
        },
        [
            (
                "spec.successPolicy.rules[0].succeededCount: Invalid value: 0: must be greater than "
                "or equal to 1"
            )
        ],
    ),
    "a success of more than all": (
        {
            "spec.completionMode": "Indexed",
            "spec.completions": 5,
            "spec.parallelism": 5,
            "spec.successPolicy": {"rules": [{"succeededCount": 6}]},
        },
        [
            (
                "spec.successPolicy.rules[0].succeededCount: Invalid value: 6: must be less than or "
                "equal to 5 (the number of specified completions)"
            )
        ],
    ),
    "a success of more than are named": (
        {
            "spec.completionMode": "Indexed",
            "spec.completions": 5,
            "spec.parallelism": 5,
            "spec.successPolicy": {"rules": [{"succeededCount": 3, "succeededIndexes": "0-1"}]},
        },
        [
            (
                "spec.successPolicy.rules[0].succeededCount: Invalid value: 3: must be less than or "
                "equal to 2 (the number of indexes in the specified succeededIndexes field)"
            )
        ],
    ),
    "an index that isn't one": (
        {
            "spec.completionMode": "Indexed",
            "spec.completions": 5,
            "spec.parallelism": 5,
            "spec.successPolicy": {"rules": [{"succeededIndexes": "a"}]},
        },
        [
            (
                'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "a": error parsing '
                'succeededIndexes: cannot convert string to integer for index: "a"'
            )
        ],
    ),
    "an index too far": (
        {
            "spec.completionMode": "Indexed",
            "spec.completions": 5,
            "spec.parallelism": 5,
            "spec.successPolicy": {"rules": [{"succeededIndexes": "0,5"}]},
        },
        [
            (
                'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "0,5": error parsing '
                'succeededIndexes: too large index: "5"'
            )
        ],
    ),
    "indexes in disorder": (
        {
            "spec.completionMode": "Indexed",
            "spec.completions": 5,
            "spec.parallelism": 5,
            "spec.successPolicy": {"rules": [{"succeededIndexes": "3,1"}]},
        },
        [
            (
                'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "3,1": error parsing '
                "succeededIndexes: non-increasing order, previous: 3, current: 1"
            )
        ],
    ),
    "a success": (
        {
            "spec.completionMode": "Indexed",
            "spec.completions": 5,
            "spec.parallelism": 5,
            "spec.successPolicy": {"rules": [{"succeededCount": 2, "succeededIndexes": "0,2-4"}]},
        },
        [],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), JOBS.values(), ids=JOBS)
def test_what_a_job_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Job"), changes)) == expected
