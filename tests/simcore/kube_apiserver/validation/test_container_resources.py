"""What containers may ask for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import LABEL, edited, faults, minimal

AMOUNTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a resource nobody knows": (
        {"spec.containers.0.resources": {"limits": {"gpus": "1"}}},
        [
            (
                'spec.containers[0].resources.limits[gpus]: Invalid value: "gpus": must be a '
                "standard resource type or fully qualified"
            ),
            (
                'spec.containers[0].resources.limits[gpus]: Invalid value: "gpus": must be a '
                "standard resource for containers"
            ),
            (
                'spec.containers[0].resources.requests[gpus]: Invalid value: "gpus": must be a '
                "standard resource type or fully qualified"
            ),
            (
                'spec.containers[0].resources.requests[gpus]: Invalid value: "gpus": must be a '
                "standard resource for containers"
            ),
        ],
    ),
    "a resource of the cluster": (
        {"spec.containers.0.resources": {"limits": {"pods": "1"}}},
        [
            (
                'spec.containers[0].resources.limits[pods]: Invalid value: "pods": must be a '
                "standard resource for containers"
            ),
            (
                'spec.containers[0].resources.requests[pods]: Invalid value: "pods": must be a '
                "standard resource for containers"
            ),
        ],
    ),
    "storage of claims": (
        {"spec.containers.0.resources": {"requests": {"storage": "1Gi"}}},
        [
            (
                'spec.containers[0].resources.requests[storage]: Invalid value: "storage": must be a '
                "standard resource for containers"
            )
        ],
    ),
    "an extended resource": ({"spec.containers.0.resources": {"limits": {"example.com/gpu": "1"}}}, []),
    "a part of an extended resource": (
        {"spec.containers.0.resources": {"limits": {"example.com/gpu": "500m"}}},
        [
            (
                'spec.containers[0].resources.limits[example.com/gpu]: Invalid value: "500m": must '
                "be an integer"
            ),
            (
                'spec.containers[0].resources.requests[example.com/gpu]: Invalid value: "500m": must '
                "be an integer"
            ),
        ],
    ),
    "more extended resources than allowed": (
        {
            "spec.containers.0.resources": {
                "limits": {"example.com/gpu": "1"},
                "requests": {"example.com/gpu": "2"},
            }
        },
        [
            (
                'spec.containers[0].resources.requests: Invalid value: "2": must be equal to example.'
                "com/gpu limit of 1"
            )
        ],
    ),
    "an extended resource without limit": (
        {"spec.containers.0.resources": {"requests": {"example.com/gpu": "1"}}},
        [
            (
                "spec.containers[0].resources.limits: Required value: Limit must be set for non "
                "overcommitable resources"
            )
        ],
    ),
    "a name that isn't one": (
        {"spec.containers.0.resources": {"limits": {"-a": "1"}}},
        [
            (
                'spec.containers[0].resources.limits[-a]: Invalid value: "-a": name part must '
                "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
                "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
                "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            ),
            (
                'spec.containers[0].resources.limits[-a]: Invalid value: "-a": must be a standard '
                "resource for containers"
            ),
            (
                'spec.containers[0].resources.requests[-a]: Invalid value: "-a": name part must '
                "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
                "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
                "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            ),
            (
                'spec.containers[0].resources.requests[-a]: Invalid value: "-a": must be a standard '
                "resource for containers"
            ),
        ],
    ),
    "requests of an extended resource by its quota's name": (
        {"spec.containers.0.resources": {"limits": {"requests.example.com/gpu": "1"}}},
        [
            (
                "spec.containers[0].resources.limits[requests.example.com/gpu]: Invalid value: "
                '"requests.example.com/gpu": doesn\'t follow extended resource name standard'
            ),
            (
                "spec.containers[0].resources.requests[requests.example.com/gpu]: Invalid value: "
                '"requests.example.com/gpu": doesn\'t follow extended resource name standard'
            ),
        ],
    ),
    "a negative amount": (
        {"spec.containers.0.resources": {"limits": {"cpu": "-1"}}},
        [
            (
                'spec.containers[0].resources.limits[cpu]: Invalid value: "-1": must be greater than '
                "or equal to 0"
            ),
            (
                'spec.containers[0].resources.requests[cpu]: Invalid value: "-1": must be greater '
                "than or equal to 0"
            ),
        ],
    ),
    "more than the limit": (
        {"spec.containers.0.resources": {"limits": {"memory": "1Gi"}, "requests": {"memory": "1025Mi"}}},
        [
            (
                'spec.containers[0].resources.requests: Invalid value: "1025Mi": must be less than '
                "or equal to memory limit of 1Gi"
            )
        ],
    ),
    "the limit in other words": (
        {"spec.containers.0.resources": {"limits": {"memory": "1Gi"}, "requests": {"memory": "1024Mi"}}},
        [],
    ),
    "huge pages alone": (
        {"spec.containers.0.resources": {"limits": {"hugepages-2Mi": "4Mi"}}},
        ["spec.containers[0].resources: Forbidden: HugePages require cpu or memory"],
    ),
    "huge pages": (
        {"spec.containers.0.resources": {"limits": {"hugepages-2Mi": "4Mi", "memory": "1Gi"}}},
        [],
    ),
    "a part of a huge page": (
        {"spec.containers.0.resources": {"limits": {"hugepages-2Mi": "3Mi", "cpu": "1"}}},
        [
            (
                'spec.containers[0].resources.limits[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is '
                "not positive integer multiple of hugepages-2Mi"
            ),
            (
                'spec.containers[0].resources.requests[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is '
                "not positive integer multiple of hugepages-2Mi"
            ),
        ],
    ),
    "fewer huge pages than the limit": (
        {
            "spec.containers.0.resources": {
                "limits": {"hugepages-2Mi": "4Mi", "cpu": "1"},
                "requests": {"hugepages-2Mi": "2Mi"},
            }
        },
        [
            (
                'spec.containers[0].resources.requests: Invalid value: "2Mi": must be equal to '
                "hugepages-2Mi limit of 4Mi"
            )
        ],
    ),
    "devices that nobody claimed": (
        {"spec.containers.0.resources": {"claims": [{"name": "gpu"}]}},
        [
            (
                'spec.containers[0].resources.claims[0]: Not found: "gpu": must be one of the names '
                "in pod.spec.resourceClaims which is empty"
            )
        ],
    ),
    "devices": (
        {
            "spec.resourceClaims": [{"name": "gpu", "resourceClaimName": "c"}],
            "spec.containers.0.resources": {"claims": [{"name": "gpu", "request": "one"}]},
        },
        [],
    ),
    "devices among others": (
        {
            "spec.resourceClaims": [
                {"name": "gpu", "resourceClaimName": "c"},
                {"name": "net", "resourceClaimName": "d"},
            ],
            "spec.containers.0.resources": {"claims": [{"name": "fpga"}]},
        },
        [
            (
                'spec.containers[0].resources.claims[0]: Not found: "fpga": must be one of the names '
                "in pod.spec.resourceClaims: gpu, net"
            )
        ],
    ),
    "devices without a name": (
        {"spec.containers.0.resources": {"claims": [{}]}},
        ["spec.containers[0].resources.claims[0]: Required value"],
    ),
    "devices twice": (
        {
            "spec.resourceClaims": [{"name": "gpu", "resourceClaimName": "c"}],
            "spec.containers.0.resources": {"claims": [{"name": "gpu"}, {"name": "gpu"}]},
        },
        ['spec.containers[0].resources.claims[1]: Duplicate value: "gpu"'],
    ),
    "a bad request": (
        {
            "spec.resourceClaims": [{"name": "gpu", "resourceClaimName": "c"}],
            "spec.containers.0.resources": {"claims": [{"name": "gpu", "request": "A"}]},
        },
        [f'spec.containers[0].resources.claims[0].request: Invalid value: "A": {LABEL}'],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), AMOUNTS.values(), ids=AMOUNTS)
def test_resources_of_a_container(changes: dict[str, Any], expected: list[str]) -> None:
    assert faults(edited(minimal("Pod"), changes)) == expected
