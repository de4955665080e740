"""What quotas and ranges may say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import edited, faults, minimal, update_faults

QUOTAS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a resource nobody counts": (
        {"spec.hard": {"pets": "1"}},
        [
            ('spec.hard[pets]: Invalid value: "pets": must be a standard resource type or fully qualified'),
            'spec.hard[pets]: Invalid value: "pets": must be a standard resource for quota',
        ],
    ),
    "a resource of a claim": (
        {"spec.hard": {"storage": "1Gi"}},
        ['spec.hard[storage]: Invalid value: "storage": must be a standard resource for quota'],
    ),
    "a count of any kind": ({"spec.hard": {"count/deployments.apps": "2"}}, []),
    "huge pages": ({"spec.hard": {"hugepages-2Mi": "2Mi", "requests.hugepages-2Mi": "2Mi"}}, []),
    "a part of a pod": (
        {"spec.hard": {"pods": "1500m"}},
        ['spec.hard[pods]: Invalid value: "1500m": must be an integer'],
    ),
    "less than nothing": (
        {"spec.hard": {"cpu": "-1"}},
        ['spec.hard[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
    ),
    "an unknown scope": (
        {"spec.hard": {"pods": "1"}, "spec.scopes": ["Nice"]},
        ['spec.scopes: Invalid value: ["Nice"]: unsupported scope'],
    ),
    "scopes that exclude each other": (
        {"spec.hard": {"pods": "1"}, "spec.scopes": ["BestEffort", "NotBestEffort"]},
        ['spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes'],
    ),
    "times that exclude each other": (
        {"spec.hard": {"pods": "1"}, "spec.scopes": ["Terminating", "NotTerminating"]},
        ['spec.scopes: Invalid value: ["Terminating","NotTerminating"]: conflicting scopes'],
    ),
    "requests of those without": (
        {"spec.hard": {"cpu": "1"}, "spec.scopes": ["BestEffort"]},
        ['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource'],
    ),
    "secrets of those that end": (
        {"spec.hard": {"secrets": "1"}, "spec.scopes": ["Terminating"]},
        ['spec.scopes: Invalid value: ["Terminating"]: unsupported scope applied to resource'],
    ),
    "memory of those that end": ({"spec.hard": {"limits.memory": "1Gi"}, "spec.scopes": ["Terminating"]}, []),
}


@pytest.mark.parametrize(("changes", "expected"), QUOTAS.values(), ids=QUOTAS)
def test_what_a_quota_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("ResourceQuota"), changes)) == expected


SELECTED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a priority": (
        {
            "spec.hard": {"pods": "1"},
            "spec.scopeSelector": {
                "matchExpressions": [{"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}]
            },
        },
        [],
    ),
    "an unknown scope": (
        {
            "spec.hard": {"pods": "1"},
            "spec.scopeSelector": {"matchExpressions": [{"scopeName": "Nice", "operator": "Exists"}]},
        },
        ['spec.scopeSelector.matchExpressions.scopeName: Invalid value: "Nice": unsupported scope'],
    ),
    "a scope that is or isn't, by value": (
        {
            "spec.hard": {"pods": "1"},
            "spec.scopeSelector": {
                "matchExpressions": [{"scopeName": "Terminating", "operator": "In", "values": ["a"]}]
            },
        },
        [
            (
                "spec.scopeSelector.matchExpressions.operator: Invalid value: \"In\": must be 'Exists' "
                "when scope is any of ResourceQuotaScopeTerminating, "
                "ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, "
                "ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
            )
        ],
    ),
    "one of none": (
        {
            "spec.hard": {"pods": "1"},
            "spec.scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "In"}]},
        },
        [
            (
                "spec.scopeSelector.matchExpressions.values: Required value: must be at least one "
                "value when `operator` is 'In' or 'NotIn' for scope selector"
            )
        ],
    ),
    "there, with a value": (
        {
            "spec.hard": {"pods": "1"},
            "spec.scopeSelector": {
                "matchExpressions": [{"scopeName": "PriorityClass", "operator": "Exists", "values": ["a"]}]
            },
        },
        [
            (
                'spec.scopeSelector.matchExpressions.values: Invalid value: ["a"]: must be no value '
                "when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
            )
        ],
    ),
    "an unknown operator": (
        {
            "spec.hard": {"pods": "1"},
            "spec.scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "Like"}]},
        },
        [
            (
                'spec.scopeSelector.matchExpressions.operator: Invalid value: "Like": not a valid '
                "selector operator"
            )
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), SELECTED.values(), ids=SELECTED)
def test_whom_a_quota_may_select(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("ResourceQuota"), changes)) == expected


QUOTA_CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "other amounts": ({"spec.hard": {"pods": "9"}}, []),
    "a scope": (
        {"spec.scopes": ["Terminating"]},
        ['spec.scopes: Invalid value: ["Terminating"]: field is immutable'],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), QUOTA_CHANGES.values(), ids=QUOTA_CHANGES)
def test_what_may_change_in_a_quota(changes: dict[str, Any], expected: list[str]) -> None:
    assert update_faults(minimal("ResourceQuota"), changes) == expected


RANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "an unknown type": (
        {"spec.limits": [{"type": "Box"}]},
        [('spec.limits[0].type: Invalid value: "Box": must be a standard limit type or fully qualified')],
    ),
    "no type": (
        {"spec.limits": [{"type": ""}]},
        [
            'spec.limits[0].type: Invalid value: "": name part must be non-empty',
            (
                'spec.limits[0].type: Invalid value: "": name part must consist of alphanumeric '
                "characters, '-', '_' or '.', and must start and end with an alphanumeric character "
                "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
                "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            ),
        ],
    ),
    "somebody's type": ({"spec.limits": [{"type": "example.com/box"}]}, []),
    "a type twice": (
        {"spec.limits": [{"type": "Pod", "max": {"cpu": "1"}}, {"type": "Pod", "min": {"cpu": "1"}}]},
        ['spec.limits[1].type: Duplicate value: "Pod"'],
    ),
    "a default for pods": (
        {"spec.limits": [{"type": "Pod", "default": {"cpu": "1"}, "defaultRequest": {"cpu": "1"}}]},
        [
            "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'",
            "spec.limits[0].defaultRequest: Forbidden: may not be specified when `type` is 'Pod'",
        ],
    ),
    "a resource that containers don't have": (
        {"spec.limits": [{"type": "Container", "max": {"pods": "1"}}]},
        [
            ('spec.limits[0].max[pods]: Invalid value: "pods": must be a standard resource for containers'),
            (
                'spec.limits[0].default[pods]: Invalid value: "pods": must be a standard resource '
                "for containers"
            ),
            (
                'spec.limits[0].defaultRequest[pods]: Invalid value: "pods": must be a standard '
                "resource for containers"
            ),
        ],
    ),
    "claims without storage": (
        {"spec.limits": [{"type": "PersistentVolumeClaim", "max": {"cpu": "1"}}]},
        [
            (
                "spec.limits[0].limits: Required value: either minimum or maximum storage value is "
                "required, but neither was provided"
            )
        ],
    ),
    "claims": ({"spec.limits": [{"type": "PersistentVolumeClaim", "min": {"storage": "1Gi"}}]}, []),
    "the least above the most": (
        {"spec.limits": [{"type": "Container", "min": {"cpu": "2"}, "max": {"cpu": "1"}}]},
        [
            'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
            (
                'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than '
                "default request value 1"
            ),
            ('spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1'),
        ],
    ),
    "a request below the least": (
        {"spec.limits": [{"type": "Container", "min": {"cpu": "2"}, "defaultRequest": {"cpu": "1"}}]},
        [
            (
                'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than '
                "default request value 1"
            )
        ],
    ),
    "a request above the most": (
        {"spec.limits": [{"type": "Container", "max": {"cpu": "1"}, "defaultRequest": {"cpu": "2"}}]},
        [
            (
                'spec.limits[0].defaultRequest[cpu]: Invalid value: "2": default request value 2 is '
                "greater than max value 1"
            ),
            (
                'spec.limits[0].defaultRequest[cpu]: Invalid value: "2": default request value 2 is '
                "greater than default limit value 1"
            ),
        ],
    ),
    "a request above the limit": (
        {"spec.limits": [{"type": "Container", "default": {"cpu": "1"}, "defaultRequest": {"cpu": "2"}}]},
        [
            (
                'spec.limits[0].defaultRequest[cpu]: Invalid value: "2": default request value 2 is '
                "greater than default limit value 1"
            )
        ],
    ),
    "a limit below the least": (
        {"spec.limits": [{"type": "Container", "min": {"cpu": "2"}, "default": {"cpu": "1"}}]},
        [
            (
                'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than '
                "default request value 1"
            ),
            ('spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1'),
        ],
    ),
    "a limit above the most": (
        {"spec.limits": [{"type": "Container", "max": {"cpu": "1"}, "default": {"cpu": "2"}}]},
        [
            (
                'spec.limits[0].defaultRequest[cpu]: Invalid value: "2": default request value 2 is '
                "greater than max value 1"
            ),
            ('spec.limits[0].default[cpu]: Invalid value: "1": default value 2 is greater than max value 1'),
        ],
    ),
    "a ratio below one": (
        {"spec.limits": [{"type": "Container", "maxLimitRequestRatio": {"cpu": "800m"}}]},
        [('spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "800m": ratio 800m is less than 1')],
    ),
    "a ratio that nobody reaches": (
        {
            "spec.limits": [
                {
                    "type": "Container",
                    "min": {"cpu": "1"},
                    "max": {"cpu": "2"},
                    "maxLimitRequestRatio": {"cpu": "10"},
                }
            ]
        },
        [
            (
                'spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "10": ratio 10 is greater '
                "than max/min = 2.000000"
            )
        ],
    ),
    "two amounts of what can't be shared": (
        {
            "spec.limits": [
                {
                    "type": "Container",
                    "default": {"example.com/gpu": "2"},
                    "defaultRequest": {"example.com/gpu": "1"},
                }
            ]
        },
        [
            (
                'spec.limits[0].defaultRequest[example.com/gpu]: Invalid value: "1": default value 2 '
                "must equal to defaultRequest value 1 in example.com/gpu"
            )
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), RANGES.values(), ids=RANGES)
def test_what_a_range_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("LimitRange"), changes)) == expected
