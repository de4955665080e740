"""What budgets, priorities and autoscalers may say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import UNSET, edited, faults, minimal, update_faults

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
                "greater than or equal to zero"
            )
        ],
    ),
    "a negative tolerance": (
        {
            "spec.behavior": {
                "scaleDown": {
                    "policies": [{"type": "Pods", "value": 1, "periodSeconds": 15}],
                    "tolerance": "-100m",
                }
            }
        },
        ['spec.behavior.scaleDown.tolerance: Invalid value: "-100m": must be greater than or equal to 0'],
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
