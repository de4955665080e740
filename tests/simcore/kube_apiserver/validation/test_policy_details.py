"""What quotas, ranges, budgets, priorities and autoscalers may say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import UNSET, edited, faults, minimal, update_faults

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


BUDGETS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "both bounds": (
        {"spec.maxUnavailable": "20%"},
        [
            (
                'spec: Invalid value: {"MinAvailable":1,"Selector":{"matchLabels":{"app":"a"}},'
                '"MaxUnavailable":"20%","UnhealthyPodEvictionPolicy":null}: minAvailable and '
                "maxUnavailable cannot be both set"
            )
        ],
    ),
    "less than nothing": (
        {"spec.minAvailable": -1},
        ["spec.minAvailable: Invalid value: -1: must be greater than or equal to 0"],
    ),
    "more than all": (
        {"spec.minAvailable": "101%"},
        ['spec.minAvailable: Invalid value: "101%": must not be greater than 100%'],
    ),
    "half a percent": (
        {"spec.minAvailable": "1.5%"},
        [
            (
                'spec.minAvailable: Invalid value: "1.5%": a valid percent string must be a numeric '
                "string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation "
                "is '[0-9]+%')"
            )
        ],
    ),
    "an odd word": (
        {"spec.minAvailable": UNSET, "spec.maxUnavailable": "most"},
        [
            (
                'spec.maxUnavailable: Invalid value: "most": a valid percent string must be a '
                "numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for "
                "validation is '[0-9]+%')"
            )
        ],
    ),
    "a bad selector": (
        {"spec.selector": {"matchExpressions": [{"key": "a", "operator": "In"}]}},
        [
            (
                "spec.selector.matchExpressions[0].values: Required value: must be specified when "
                "`operator` is 'In' or 'NotIn'"
            )
        ],
    ),
    "an unknown policy": (
        {"spec.unhealthyPodEvictionPolicy": "Never"},
        [
            (
                'spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: '
                '"AlwaysAllow", "IfHealthyBudget"'
            )
        ],
    ),
    "a policy": ({"spec.unhealthyPodEvictionPolicy": "AlwaysAllow"}, []),
}


@pytest.mark.parametrize(("changes", "expected"), BUDGETS.values(), ids=BUDGETS)
def test_what_a_budget_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("PodDisruptionBudget"), changes)) == expected


PRIORITIES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a system's name": (
        {"metadata.name": "system-mine"},
        [
            (
                "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved "
                "for system use only. error: system-mine is not a known system priority class"
            )
        ],
    ),
    "a system's name of another value": (
        {"metadata.name": "system-node-critical"},
        [
            (
                "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved "
                "for system use only. error: value of system-node-critical PriorityClass must be "
                "2000001000"
            )
        ],
    ),
    "the system's own": ({"metadata.name": "system-cluster-critical", "value": 2000000000}, []),
    "a value of the system's": (
        {"value": 1000000001},
        ["value: Forbidden: maximum allowed value of a user defined priority is 1000000000"],
    ),
    "the highest value": ({"value": 1000000000}, []),
    "an unknown policy": (
        {"preemptionPolicy": "Maybe"},
        [('preemptionPolicy: Unsupported value: "Maybe": supported values: "PreemptLowerPriority", "Never"')],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), PRIORITIES.values(), ids=PRIORITIES)
def test_what_a_priority_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("PriorityClass"), changes)) == expected


PRIORITY_CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "another value": ({"value": 11}, ["value: Forbidden: may not be changed in an update."]),
    "another policy": (
        {"preemptionPolicy": "Never"},
        ['preemptionPolicy: Invalid value: "Never": field is immutable'],
    ),
    "words": ({"description": "d"}, []),
}


@pytest.mark.parametrize(("changes", "expected"), PRIORITY_CHANGES.values(), ids=PRIORITY_CHANGES)
def test_what_may_change_in_a_priority(changes: dict[str, Any], expected: list[str]) -> None:
    assert update_faults(minimal("PriorityClass"), changes) == expected


SCALERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "fewer than none": (
        {"spec.minReplicas": 0},
        ["spec.minReplicas: Invalid value: 0: must be greater than or equal to 1"],
    ),
    "at most none": (
        {"spec.maxReplicas": 0},
        [
            "spec.maxReplicas: Invalid value: 0: must be greater than 0",
            "spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`",
        ],
    ),
    "at most fewer than at least": (
        {"spec.minReplicas": 5, "spec.maxReplicas": 3},
        ["spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`"],
    ),
    "nothing to scale": (
        {"spec.scaleTargetRef": {}},
        ["spec.scaleTargetRef.kind: Required value", "spec.scaleTargetRef.name: Required value"],
    ),
    "something odd to scale": (
        {"spec.scaleTargetRef": {"kind": "a/b", "name": ".."}},
        [
            "spec.scaleTargetRef.kind: Invalid value: \"a/b\": may not contain '/'",
            "spec.scaleTargetRef.name: Invalid value: \"..\": may not be '..'",
        ],
    ),
    "a metric of no type": (
        {"spec.metrics": [{}]},
        ["spec.metrics[0].type: Required value: must specify a metric source type"],
    ),
    "a metric of an unknown type": (
        {"spec.metrics": [{"type": "Stars"}]},
        [
            (
                'spec.metrics[0].type: Unsupported value: "Stars": supported values: '
                '"ContainerResource", "External", "Object", "Pods", "Resource"'
            )
        ],
    ),
    "a metric without a source": (
        {"spec.metrics": [{"type": "Resource"}]},
        ["spec.metrics[0].resource: Required value: must populate the given metric source"],
    ),
    "a metric with two sources": (
        {
            "spec.metrics": [
                {
                    "type": "Resource",
                    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
                    "pods": {
                        "metric": {"name": "x"},
                        "target": {"type": "Utilization", "averageUtilization": 80},
                    },
                }
            ]
        },
        ["spec.metrics[0].pods: Forbidden: must populate the given metric source only"],
    ),
    "a resource without a name": (
        {
            "spec.metrics": [
                {
                    "type": "Resource",
                    "resource": {"target": {"type": "Utilization", "averageUtilization": 80}},
                }
            ]
        },
        ["spec.metrics[0].resource.name: Required value: must specify a resource name"],
    ),
    "a container's resource without container": (
        {
            "spec.metrics": [
                {
                    "type": "ContainerResource",
                    "containerResource": {
                        "name": "cpu",
                        "target": {"type": "Utilization", "averageUtilization": 80},
                    },
                }
            ]
        },
        ["spec.metrics[0].containerResource.container: Required value: must specify a container"],
    ),
    "a resource without a target": (
        {"spec.metrics": [{"type": "Resource", "resource": {"name": "cpu"}}]},
        [
            "spec.metrics[0].resource.target.type: Required value: must specify a metric target type",
            (
                "spec.metrics[0].resource.target.averageUtilization: Required value: must set either "
                "a target raw value or a target utilization"
            ),
        ],
    ),
    "a resource with two targets": (
        {
            "spec.metrics": [
                {
                    "type": "Resource",
                    "resource": {
                        "name": "cpu",
                        "target": {"type": "Utilization", "averageUtilization": 80, "averageValue": "1"},
                    },
                }
            ]
        },
        [
            (
                "spec.metrics[0].resource.target.averageValue: Forbidden: may not set both a target "
                "raw value and a target utilization"
            )
        ],
    ),
    "an unknown target": (
        {
            "spec.metrics": [
                {
                    "type": "Resource",
                    "resource": {"name": "cpu", "target": {"type": "Some", "averageUtilization": 80}},
                }
            ]
        },
        [
            (
                'spec.metrics[0].resource.target.type: Invalid value: "Some": must be either '
                "Utilization, Value, or AverageValue"
            )
        ],
    ),
    "a target of nothing": (
        {
            "spec.metrics": [
                {
                    "type": "Resource",
                    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 0}},
                }
            ]
        },
        [("spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0")],
    ),
    "an amount of nothing": (
        {
            "spec.metrics": [
                {
                    "type": "Resource",
                    "resource": {"name": "cpu", "target": {"type": "AverageValue", "averageValue": "0"}},
                }
            ]
        },
        ['spec.metrics[0].resource.target.averageValue: Invalid value: "0": must be positive'],
    ),
    "pods without a metric": (
        {
            "spec.metrics": [
                {"type": "Pods", "pods": {"target": {"type": "AverageValue", "averageValue": "1"}}}
            ]
        },
        ["spec.metrics[0].pods.metric.name: Required value: must specify a metric name"],
    ),
    "pods without an average": (
        {
            "spec.metrics": [
                {"type": "Pods", "pods": {"metric": {"name": "x"}, "target": {"type": "Value", "value": "1"}}}
            ]
        },
        [
            (
                "spec.metrics[0].pods.target.averageValue: Required value: must specify a positive "
                "target averageValue"
            )
        ],
    ),
    "an object nobody names": (
        {
            "spec.metrics": [
                {
                    "type": "Object",
                    "object": {"metric": {"name": "x"}, "target": {"type": "Value", "value": "1"}},
                }
            ]
        },
        [
            "spec.metrics[0].object.describedObject.kind: Required value",
            "spec.metrics[0].object.describedObject.name: Required value",
        ],
    ),
    "an object without a target": (
        {
            "spec.metrics": [
                {
                    "type": "Object",
                    "object": {
                        "metric": {"name": "x"},
                        "describedObject": {"kind": "A", "name": "a"},
                        "target": {"type": "Value"},
                    },
                }
            ]
        },
        [
            (
                "spec.metrics[0].object.target.averageValue: Required value: must set either a "
                "target value for metric or a per-pod target"
            )
        ],
    ),
    "outside with two targets": (
        {
            "spec.metrics": [
                {
                    "type": "External",
                    "external": {
                        "metric": {"name": "x"},
                        "target": {"type": "Value", "value": "1", "averageValue": "1"},
                    },
                }
            ]
        },
        [
            (
                "spec.metrics[0].external.target.value: Forbidden: may not set both a target value "
                "for metric and a per-pod target"
            )
        ],
    ),
    "a look back before now": (
        {
            "spec.behavior": {
                "scaleUp": {
                    "policies": [{"type": "Pods", "value": 1, "periodSeconds": 15}],
                    "stabilizationWindowSeconds": -1,
                }
            }
        },
        [
            (
                "spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: -1: must be "
                "greater than or equal to 0"
            )
        ],
    ),
    "a look too far back": (
        {
            "spec.behavior": {
                "scaleUp": {
                    "policies": [{"type": "Pods", "value": 1, "periodSeconds": 15}],
                    "stabilizationWindowSeconds": 3601,
                }
            }
        },
        [
            (
                "spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less "
                "than or equal to 3600"
            )
        ],
    ),
    "an unknown choice": (
        {
            "spec.behavior": {
                "scaleUp": {
                    "policies": [{"type": "Pods", "value": 1, "periodSeconds": 15}],
                    "selectPolicy": "Both",
                }
            }
        },
        [
            (
                'spec.behavior.scaleUp.selectPolicy: Unsupported value: "Both": supported values: '
                '"Disabled", "Max", "Min"'
            )
        ],
    ),
    "no policies": ({"spec.behavior": {"scaleUp": {"policies": []}}}, []),
    "a policy of nothing": (
        {"spec.behavior": {"scaleUp": {"policies": [{}]}}},
        [
            (
                'spec.behavior.scaleUp.policies[0].type: Unsupported value: "": supported values: '
                '"Percent", "Pods"'
            ),
            "spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero",
            ("spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 0: must be greater than zero"),
        ],
    ),
    "a policy for too long": (
        {
            "spec.behavior": {
                "scaleUp": {"policies": [{"type": "Percent", "value": 10, "periodSeconds": 1801}]}
            }
        },
        [
            (
                "spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less "
                "than or equal to 1800"
            )
        ],
    ),
    "a policy of an unknown type": (
        {"spec.behavior": {"scaleUp": {"policies": [{"type": "Half", "value": 10, "periodSeconds": 10}]}}},
        [
            (
                'spec.behavior.scaleUp.policies[0].type: Unsupported value: "Half": supported '
                'values: "Percent", "Pods"'
            )
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), SCALERS.values(), ids=SCALERS)
def test_what_an_autoscaler_may_say(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("HorizontalPodAutoscaler"), changes)) == expected
