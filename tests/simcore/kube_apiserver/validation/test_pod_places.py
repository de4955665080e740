"""What a pod may say of its place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import LABEL, SUBDOMAIN, edited, faults, minimal

PLACES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no terms": (
        {"spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms": []},
        [
            (
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
                "nodeSelectorTerms: Required value: must have at least one node selector term"
            )
        ],
    ),
    "in nothing": (
        {
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms": [
                {"matchExpressions": [{"key": "a", "operator": "In"}]}
            ]
        },
        [
            (
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
                "nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified "
                "when `operator` is 'In' or 'NotIn'"
            )
        ],
    ),
    "there, with values": (
        {
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms": [
                {"matchExpressions": [{"key": "a", "operator": "Exists", "values": ["x"]}]}
            ]
        },
        [
            (
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
                "nodeSelectorTerms[0].matchExpressions[0].values: Forbidden: may not be specified "
                "when `operator` is 'Exists' or 'DoesNotExist'"
            )
        ],
    ),
    "bigger than two": (
        {
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms": [
                {"matchExpressions": [{"key": "a", "operator": "Gt", "values": ["1", "2"]}]}
            ]
        },
        [
            (
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
                "nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified "
                "single value when `operator` is 'Lt' or 'Gt'"
            )
        ],
    ),
    "smaller than nothing": (
        {
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms": [
                {"matchExpressions": [{"key": "a", "operator": "Lt"}]}
            ]
        },
        [
            (
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
                "nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified "
                "single value when `operator` is 'Lt' or 'Gt'"
            )
        ],
    ),
    "an unknown operator": (
        {
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms": [
                {"matchExpressions": [{"key": "a", "operator": "Near", "values": ["x"]}]}
            ]
        },
        [
            (
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
                'nodeSelectorTerms[0].matchExpressions[0].operator: Invalid value: "Near": not a '
                "valid selector operator"
            )
        ],
    ),
    "a field by an unknown operator": (
        {
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms": [
                {"matchFields": [{"key": "metadata.name", "operator": "Exists"}]}
            ]
        },
        [
            (
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
                'nodeSelectorTerms[0].matchFields[0].operator: Invalid value: "Exists": not a valid '
                "selector operator"
            )
        ],
    ),
    "a field with two values": (
        {
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms": [
                {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["a", "b"]}]}
            ]
        },
        [
            (
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
                "nodeSelectorTerms[0].matchFields[0].values: Required value: must be only one value "
                "when `operator` is 'In' or 'NotIn' for node field selector"
            )
        ],
    ),
    "a name that no node has": (
        {
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms": [
                {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["A"]}]}
            ]
        },
        [
            (
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
                f'nodeSelectorTerms[0].matchFields[0].values[0]: Invalid value: "A": {SUBDOMAIN}'
            )
        ],
    ),
    "a weight of nothing": (
        {
            "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 0, "preference": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}}
            ]
        },
        [
            (
                "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]."
                "weight: Invalid value: 0: must be in the range 1-100"
            )
        ],
    ),
    "too much weight": (
        {
            "spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 101, "podAffinityTerm": {"topologyKey": "zone"}}
            ]
        },
        [
            (
                "spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]."
                "weight: Invalid value: 101: must be in the range 1-100"
            )
        ],
    ),
    "far from nothing in particular": (
        {
            "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution": [
                {"labelSelector": {}}
            ]
        },
        [
            (
                "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]."
                "topologyKey: Required value: can not be empty"
            ),
            (
                "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]."
                'topologyKey: Invalid value: "": name part must be non-empty'
            ),
            (
                "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]."
                'topologyKey: Invalid value: "": name part must consist of alphanumeric characters, '
                "'-', '_' or '.', and must start and end with an alphanumeric character (e.g. "
                "'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
                "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            ),
        ],
    ),
    "far from pods in a bad namespace": (
        {
            "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution": [
                {"labelSelector": {}, "namespaces": ["A"], "topologyKey": "zone"}
            ]
        },
        [
            (
                "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]."
                f'namespace: Invalid value: "A": {LABEL}'
            )
        ],
    ),
    "far from pods by a bad selector": (
        {
            "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution": [
                {
                    "labelSelector": {"matchExpressions": [{"key": "a", "operator": "In"}]},
                    "topologyKey": "zone",
                }
            ]
        },
        [
            (
                "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]."
                "labelSelector.matchExpressions[0].values: Required value: must be specified when "
                "`operator` is 'In' or 'NotIn'"
            )
        ],
    ),
    "far from pods by keys alone": (
        {
            "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution": [
                {"matchLabelKeys": ["a"], "topologyKey": "zone"}
            ]
        },
        [
            (
                "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]."
                "matchLabelKeys: Forbidden: must not be specified when labelSelector is not set"
            )
        ],
    ),
    "far from pods by keys both ways": (
        {
            "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution": [
                {
                    "labelSelector": {},
                    "matchLabelKeys": ["a"],
                    "mismatchLabelKeys": ["a"],
                    "topologyKey": "zone",
                }
            ]
        },
        [
            (
                "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]."
                'matchLabelKeys[0]: Invalid value: "a": exists in both matchLabelKeys and '
                "mismatchLabelKeys"
            )
        ],
    ),
    "spread without a skew": (
        {
            "spec.topologySpreadConstraints": [
                {
                    "maxSkew": 0,
                    "topologyKey": "zone",
                    "whenUnsatisfiable": "DoNotSchedule",
                    "labelSelector": {},
                }
            ]
        },
        ["spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero"],
    ),
    "spread over nothing": (
        {
            "spec.topologySpreadConstraints": [
                {"maxSkew": 1, "topologyKey": "", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {}}
            ]
        },
        ["spec.topologySpreadConstraints[0].topologyKey: Required value: can not be empty"],
    ),
    "spread in an unknown way": (
        {
            "spec.topologySpreadConstraints": [
                {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "Cry", "labelSelector": {}}
            ]
        },
        [
            (
                'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "Cry": '
                'supported values: "DoNotSchedule", "ScheduleAnyway"'
            )
        ],
    ),
    "spread over no domains": (
        {
            "spec.topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "zone",
                    "whenUnsatisfiable": "DoNotSchedule",
                    "labelSelector": {},
                    "minDomains": 0,
                }
            ]
        },
        [("spec.topologySpreadConstraints[0].minDomains: Invalid value: 0: must be greater than zero")],
    ),
    "spread over domains if it pleases": (
        {
            "spec.topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "zone",
                    "whenUnsatisfiable": "ScheduleAnyway",
                    "labelSelector": {},
                    "minDomains": 2,
                }
            ]
        },
        [
            (
                "spec.topologySpreadConstraints[0].minDomains: Invalid value: 2: can only use "
                "minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway"
            )
        ],
    ),
    "spread with unknown policies": (
        {
            "spec.topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "zone",
                    "whenUnsatisfiable": "DoNotSchedule",
                    "labelSelector": {},
                    "nodeAffinityPolicy": "Maybe",
                    "nodeTaintsPolicy": "No",
                }
            ]
        },
        [
            (
                'spec.topologySpreadConstraints[0].nodeAffinityPolicy: Unsupported value: "Maybe": '
                'supported values: "Honor", "Ignore"'
            ),
            (
                'spec.topologySpreadConstraints[0].nodeTaintsPolicy: Unsupported value: "No": '
                'supported values: "Honor", "Ignore"'
            ),
        ],
    ),
    "spread by keys alone": (
        {
            "spec.topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "zone",
                    "whenUnsatisfiable": "DoNotSchedule",
                    "labelSelector": None,
                    "matchLabelKeys": ["a"],
                }
            ]
        },
        [
            (
                "spec.topologySpreadConstraints[0].matchLabelKeys: Forbidden: must not be specified "
                "when labelSelector is not set"
            )
        ],
    ),
    "spread by keys of the selector": (
        {
            "spec.topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "zone",
                    "whenUnsatisfiable": "DoNotSchedule",
                    "labelSelector": {"matchLabels": {"a": "b"}},
                    "matchLabelKeys": ["a"],
                }
            ]
        },
        [
            (
                'spec.topologySpreadConstraints[0].matchLabelKeys[0]: Invalid value: "a": exists in '
                "both matchLabelKeys and labelSelector"
            )
        ],
    ),
    "spread twice": (
        {
            "spec.topologySpreadConstraints": [
                {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"},
                {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"},
            ]
        },
        [
            (
                "spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate "
                'value: "{zone, DoNotSchedule}"'
            )
        ],
    ),
    "tolerating everything by accident": (
        {"spec.tolerations": [{"value": "x"}]},
        [
            (
                'spec.tolerations[0].operator: Invalid value: "": operator must be Exists when `key` '
                'is empty, which means "match all values and all keys"'
            )
        ],
    ),
    "tolerating what is there by its value": (
        {"spec.tolerations": [{"key": "a", "operator": "Exists", "value": "x"}]},
        [
            (
                'spec.tolerations[0].operator: Invalid value: "x": value must be empty when '
                "`operator` is 'Exists'"
            )
        ],
    ),
    "tolerating in an unknown way": (
        {"spec.tolerations": [{"key": "a", "operator": "Likes"}]},
        [('spec.tolerations[0].operator: Unsupported value: "Likes": supported values: "Equal", "Exists"')],
    ),
    "tolerating an unknown effect": (
        {"spec.tolerations": [{"key": "a", "effect": "Shove"}]},
        [
            (
                'spec.tolerations[0].effect: Unsupported value: "Shove": supported values: '
                '"NoSchedule", "PreferNoSchedule", "NoExecute"'
            )
        ],
    ),
    "tolerating for a while what does not evict": (
        {"spec.tolerations": [{"key": "a", "effect": "NoSchedule", "tolerationSeconds": 5}]},
        [
            (
                "spec.tolerations[0].effect: Invalid value: \"NoSchedule\": effect must be 'NoExecute' "
                "when `tolerationSeconds` is set"
            )
        ],
    ),
    "tolerating a bad value": (
        {"spec.tolerations": [{"key": "a", "value": "b c"}]},
        [
            (
                'spec.tolerations[0].operator: Invalid value: "b c": a valid label must be an empty '
                "string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
                "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', "
                "regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
            )
        ],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), PLACES.values(), ids=PLACES)
def test_where_a_pod_may_be(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Pod"), changes)) == expected
