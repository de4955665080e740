"""Where a pod wants to run: affinity, tolerations, spreading."""

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import faults, minimal

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
NODES = f"spec.affinity.nodeAffinity.{REQUIRED}.nodeSelectorTerms"
KEY = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)


def node_affinity(*terms: Any) -> dict[str, Any]:
    return {"spec__affinity": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": list(terms)}}}}


def expression(**fields: Any) -> dict[str, Any]:
    return {"matchExpressions": [fields]}


def spread(**fields: Any) -> dict[str, Any]:
    base = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}
    return {"spec__topologySpreadConstraints": [{**base, **fields}]}


CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no term of node affinity": (
        node_affinity(),
        [f"{NODES}: Required value: must have at least one node selector term"],
    ),
    "an operator that nodes don't know": (
        node_affinity(expression(key="a", operator="Near")),
        [f'{NODES}[0].matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator'],
    ),
    "no values for In": (
        node_affinity(expression(key="a", operator="In")),
        [
            f"{NODES}[0].matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or "
            "'NotIn'"
        ],
    ),
    "values for Exists": (
        node_affinity(expression(key="a", operator="Exists", values=["b"])),
        [
            f"{NODES}[0].matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or "
            "'DoesNotExist'"
        ],
    ),
    "two values for Gt": (
        node_affinity(expression(key="a", operator="Gt", values=["1", "2"])),
        [
            f"{NODES}[0].matchExpressions[0].values: Required value: must be specified single value when `operator` "
            "is 'Lt' or 'Gt'"
        ],
    ),
    "a field that is not the name": (
        node_affinity({"matchFields": [{"key": "spec.x", "operator": "In", "values": ["a"]}]}),
        [f'{NODES}[0].matchFields[0].key: Invalid value: "spec.x": not a valid field selector key'],
    ),
    "a weight of zero": (
        {"spec__affinity": {"nodeAffinity": {PREFERRED: [{"weight": 0, "preference": {}}]}}},
        [f"spec.affinity.nodeAffinity.{PREFERRED}[0].weight: Invalid value: 0: must be in the range 1-100"],
    ),
    "pod affinity without topology": (
        {"spec__affinity": {"podAffinity": {REQUIRED: [{"labelSelector": {}}]}}},
        [
            f"spec.affinity.podAffinity.{REQUIRED}[0].topologyKey: Required value: can not be empty",
            f'spec.affinity.podAffinity.{REQUIRED}[0].topologyKey: Invalid value: "": name part must be non-empty',
            f'spec.affinity.podAffinity.{REQUIRED}[0].topologyKey: Invalid value: "": {KEY}',
        ],
    ),
    "a namespace with capitals": (
        {"spec__affinity": {"podAntiAffinity": {REQUIRED: [{"topologyKey": "z", "namespaces": ["a.b"]}]}}},
        [
            f'spec.affinity.podAntiAffinity.{REQUIRED}[0].namespace: Invalid value: "a.b": must not contain dots'
        ],
    ),
    "label keys without a selector": (
        {"spec__affinity": {"podAffinity": {REQUIRED: [{"topologyKey": "z", "matchLabelKeys": ["a"]}]}}},
        [
            f"spec.affinity.podAffinity.{REQUIRED}[0].matchLabelKeys: Forbidden: must not be specified when "
            "labelSelector is not set"
        ],
    ),
    "a toleration of everything that isn't Exists": (
        {"spec__tolerations": [{"operator": "Equal"}]},
        [
            'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which '
            'means "match all values and all keys"'
        ],
    ),
    "a toleration of a value that exists": (
        {"spec__tolerations": [{"key": "a", "operator": "Exists", "value": "b"}]},
        [
            "spec.tolerations[0].operator: Invalid value: \"b\": value must be empty when `operator` is 'Exists'"
        ],
    ),
    "seconds for an effect that does not evict": (
        {
            "spec__tolerations": [
                {"key": "a", "operator": "Exists", "effect": "NoSchedule", "tolerationSeconds": 5}
            ]
        },
        [
            "spec.tolerations[0].effect: Invalid value: \"NoSchedule\": effect must be 'NoExecute' when "
            "`tolerationSeconds` is set"
        ],
    ),
    "an unknown effect": (
        {"spec__tolerations": [{"key": "a", "operator": "Exists", "effect": "Never"}]},
        [
            'spec.tolerations[0].effect: Unsupported value: "Never": supported values: "NoSchedule", '
            '"PreferNoSchedule", "NoExecute"'
        ],
    ),
    "an unknown operator of a toleration": (
        {"spec__tolerations": [{"key": "a", "operator": "Like"}]},
        ['spec.tolerations[0].operator: Unsupported value: "Like": supported values: "Equal", "Exists"'],
    ),
    "a skew of zero": (
        spread(maxSkew=0),
        ["spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero"],
    ),
    "no topology to spread over": (
        spread(topologyKey=""),
        ["spec.topologySpreadConstraints[0].topologyKey: Required value: can not be empty"],
    ),
    "an unknown way to be unsatisfiable": (
        spread(whenUnsatisfiable="Wait"),
        [
            'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "Wait": supported values: '
            '"DoNotSchedule", "ScheduleAnyway"'
        ],
    ),
    "the same constraint twice": (
        {"spec__topologySpreadConstraints": spread()["spec__topologySpreadConstraints"] * 2},
        [
            "spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "
            '"{zone, DoNotSchedule}"'
        ],
    ),
    "a number of domains that nothing enforces": (
        spread(whenUnsatisfiable="ScheduleAnyway", minDomains=2),
        [
            "spec.topologySpreadConstraints[0].minDomains: Invalid value: 2: can only use minDomains if "
            "whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway"
        ],
    ),
    "a policy for nodes that does not exist": (
        spread(nodeTaintsPolicy="Maybe"),
        [
            'spec.topologySpreadConstraints[0].nodeTaintsPolicy: Unsupported value: "Maybe": supported values: '
            '"Honor", "Ignore"'
        ],
    ),
    "a key in the selector and in the keys": (
        spread(labelSelector={"matchLabels": {"a": "b"}}, matchLabelKeys=["a"]),
        [
            'spec.topologySpreadConstraints[0].matchLabelKeys[0]: Invalid value: "a": exists in both matchLabelKeys '
            "and labelSelector"
        ],
    ),
}


@pytest.mark.parametrize(("changes", "told"), CASES.values(), ids=CASES)
def test_a_pod_is_refused_for(changes: dict[str, Any], told: list[str]) -> None:
    assert faults(minimal("Pod", **changes)) == told


def test_preferred_terms_may_have_values_that_no_label_can_have() -> None:
    term = {"weight": 1, "preference": expression(key="a", operator="In", values=["not a label"])}
    assert faults(minimal("Pod", spec__affinity={"nodeAffinity": {PREFERRED: [term]}})) == []


def test_a_toleration_of_everything_is_valid() -> None:
    assert faults(minimal("Pod", spec__tolerations=[{"operator": "Exists"}])) == []
