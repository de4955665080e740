"""Roles, bindings, budgets, priorities, autoscalers, quotas and limits."""

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import UNSET, faults, minimal, update_faults

GROUP = "rbac.authorization.k8s.io"


def metric(kind: str, **fields: Any) -> dict[str, Any]:
    return {"spec__metrics": [{"type": kind, **fields}]}


def limits(**fields: Any) -> dict[str, Any]:
    return {"spec__limits": [{"type": "Container", **fields}]}


CASES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "a rule without verbs": (
        "Role",
        {"rules__0__verbs": []},
        ["rules[0].verbs: Required value: verbs must contain at least one value"],
    ),
    "a rule without groups and resources": (
        "Role",
        {"rules": [{"verbs": ["get"]}]},
        [
            "rules[0].apiGroups: Required value: resource rules must supply at least one api group",
            "rules[0].resources: Required value: resource rules must supply at least one resource",
        ],
    ),
    "a namespaced rule for a path": (
        "Role",
        {"rules": [{"verbs": ["get"], "nonResourceURLs": ["/metrics"]}]},
        [
            'rules[0].nonResourceURLs: Invalid value: ["/metrics"]: namespaced rules cannot apply to non-resource URLs'
        ],
    ),
    "a rule for a path and for resources": (
        "ClusterRole",
        {"rules__0__nonResourceURLs": ["/metrics"]},
        [
            'rules[0].nonResourceURLs: Invalid value: ["/metrics"]: rules cannot apply to both regular resources and '
            "non-resource URLs"
        ],
    ),
    "aggregation of nothing": (
        "ClusterRole",
        {"aggregationRule": {}},
        [
            "aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if "
            "aggregationRule is non-nil"
        ],
    ),
    "a binding to a pod": (
        "RoleBinding",
        {"roleRef__kind": "Pod"},
        ['roleRef.kind: Unsupported value: "Pod": supported values: "Role", "ClusterRole"'],
    ),
    "a cluster-wide binding to a role of a namespace": (
        "ClusterRoleBinding",
        {"roleRef__kind": "Role"},
        ['roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"'],
    ),
    "an account of no namespace": (
        "ClusterRoleBinding",
        {"subjects": [{"kind": "ServiceAccount", "name": "a"}]},
        ["subjects[0].namespace: Required value"],
    ),
    "a user of another group": (
        "RoleBinding",
        {"subjects__0__apiGroup": "example.com"},
        [f'subjects[0].apiGroup: Unsupported value: "example.com": supported values: "{GROUP}"'],
    ),
    "an unknown kind of subject": (
        "RoleBinding",
        {"subjects": [{"kind": "Robot", "name": "r"}]},
        ['subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"'],
    ),
    "both limits of a budget": (
        "PodDisruptionBudget",
        {"spec": {"minAvailable": 1, "maxUnavailable": 1}},
        [
            'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,'
            '"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set'
        ],
    ),
    "more than all pods": (
        "PodDisruptionBudget",
        {"spec__minAvailable": "200%"},
        ['spec.minAvailable: Invalid value: "200%": must not be greater than 100%'],
    ),
    "a priority that only the system has": (
        "PriorityClass",
        {"value": 1_000_000_001},
        ["value: Forbidden: maximum allowed value of a user defined priority is 1000000000"],
    ),
    "a name that only the system has": (
        "PriorityClass",
        {"metadata__name": "system-mine"},
        [
            "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. "
            "error: system-mine is not a known system priority class"
        ],
    ),
    "no pods at most": (
        "HorizontalPodAutoscaler",
        {"spec__maxReplicas": 0},
        [
            "spec.maxReplicas: Invalid value: 0: must be greater than 0",
            "spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`",
        ],
    ),
    "fewer than one pod": (
        "HorizontalPodAutoscaler",
        {"spec__minReplicas": 0},
        ["spec.minReplicas: Invalid value: 0: must be greater than or equal to 1"],
    ),
    "nothing to scale": (
        "HorizontalPodAutoscaler",
        {"spec__scaleTargetRef": {}},
        ["spec.scaleTargetRef.kind: Required value", "spec.scaleTargetRef.name: Required value"],
    ),
    "an unknown metric": (
        "HorizontalPodAutoscaler",
        metric("Mood"),
        [
            'spec.metrics[0].type: Unsupported value: "Mood": supported values: "ContainerResource", "External", '
            '"Object", "Pods", "Resource"'
        ],
    ),
    "a metric without its source": (
        "HorizontalPodAutoscaler",
        metric("Pods"),
        ["spec.metrics[0].pods: Required value: must populate the given metric source"],
    ),
    "a resource without a target": (
        "HorizontalPodAutoscaler",
        metric("Resource", resource={"name": "cpu", "target": {"type": "Utilization"}}),
        [
            "spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or "
            "a target utilization"
        ],
    ),
    "a window of more than an hour": (
        "HorizontalPodAutoscaler",
        {"spec__behavior": {"scaleUp": {"stabilizationWindowSeconds": 3601}}},
        [
            "spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600"
        ],
    ),
    "a policy of zero": (
        "HorizontalPodAutoscaler",
        {
            "spec__behavior": {
                "scaleDown": {"policies": [{"type": "Pods", "value": 0, "periodSeconds": 1801}]}
            }
        },
        [
            "spec.behavior.scaleDown.policies[0].value: Invalid value: 0: must be greater than zero",
            "spec.behavior.scaleDown.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to "
            "1800",
        ],
    ),
    "a quota of an unknown thing": (
        "ResourceQuota",
        {"spec__hard": {"cows": "2"}},
        [
            'spec.hard[cows]: Invalid value: "cows": must be a standard resource type or fully qualified',
            'spec.hard[cows]: Invalid value: "cows": must be a standard resource for quota',
        ],
    ),
    "half a pod of quota": (
        "ResourceQuota",
        {"spec__hard": {"pods": "500m"}},
        ['spec.hard[pods]: Invalid value: "500m": must be an integer'],
    ),
    "scopes that contradict each other": (
        "ResourceQuota",
        {"spec__scopes": ["Terminating", "NotTerminating"]},
        ['spec.scopes: Invalid value: ["Terminating","NotTerminating"]: conflicting scopes'],
    ),
    "a scope that can't count it": (
        "ResourceQuota",
        {"spec__scopes": ["BestEffort"], "spec__hard": {"cpu": "1"}},
        ['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource'],
    ),
    "limits of a kind that has none": (
        "LimitRange",
        {"spec__limits__0__type": "Node"},
        ['spec.limits[0].type: Invalid value: "Node": must be a standard limit type or fully qualified'],
    ),
    "a least that exceeds the most": (
        "LimitRange",
        limits(min={"cpu": "2"}, max={"cpu": "1"}, default={"cpu": "1"}, defaultRequest={"cpu": "1"}),
        [
            'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
            'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value '
            "1",
            'spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1',
        ],
    ),
    "a ratio below one": (
        "LimitRange",
        limits(maxLimitRequestRatio={"cpu": "500m"}),
        ['spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1'],
    ),
    "defaults of a whole pod": (
        "LimitRange",
        {"spec__limits": [{"type": "Pod", "default": {"cpu": "1"}}]},
        ["spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'"],
    ),
}


@pytest.mark.parametrize(("kind", "changes", "told"), CASES.values(), ids=CASES)
def test_it_is_refused_for(kind: str, changes: dict[str, Any], told: list[str]) -> None:
    assert faults(minimal(kind, **changes)) == told


def test_a_binding_keeps_its_role() -> None:
    assert update_faults(minimal("RoleBinding"), {"roleRef.name": "other"}) == [
        f'roleRef: Invalid value: {{"APIGroup":"{GROUP}","Kind":"Role","Name":"other"}}: cannot change roleRef'
    ]


def test_a_priority_never_changes() -> None:
    assert update_faults(minimal("PriorityClass"), {"value": 11}) == [
        "value: Forbidden: may not be changed in an update."
    ]


def test_a_quota_keeps_its_scopes_but_may_count_them_in_another_order() -> None:
    quota = minimal("ResourceQuota", spec__scopes=["Terminating", "NotBestEffort"])
    assert update_faults(quota, {"spec.scopes": ["NotBestEffort", "Terminating"]}) == []
    assert update_faults(quota, {"spec.scopes": UNSET}) == [
        "spec.scopes: Invalid value: []: field is immutable"
    ]


def test_a_budget_has_one_limit():
    budget = minimal("PodDisruptionBudget", spec__maxUnavailable="50%")
    assert faults(budget) == [
        'spec: Invalid value: {"MinAvailable":1,"Selector":{"matchLabels":{"app":"a"}},"MaxUnavailable":"50%",'
        '"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set'
    ]
