"""The flow schemas and priority levels of a new cluster, as `kubectl get` shows them."""

from __future__ import annotations

import pytest

from simcore.kube_apiserver.authorization.bootstrap import write_default_policy
from tests.simcore.kube_apiserver.http.door import Door

GROUP = "/apis/flowcontrol.apiserver.k8s.io/v1"


@pytest.fixture
def door(door: Door) -> Door:
    write_default_policy(door.server)
    return door


def rows(door: Door, plural: str) -> list[list[object]]:
    """Without the age."""
    table = door.table(f"{GROUP}/{plural}")
    age = [c["name"] for c in table["columnDefinitions"]].index("Age")
    return [[cell for i, cell in enumerate(row["cells"]) if i != age] for row in table["rows"]]


def test_the_schemas_come_in_the_order_in_which_they_are_tried(door: Door):
    assert rows(door, "flowschemas") == [
        ["exempt", "exempt", 1, "<none>", "False"],
        ["probes", "exempt", 2, "<none>", "False"],
        ["system-leader-election", "leader-election", 100, "ByUser", "False"],
        ["endpoint-controller", "workload-high", 150, "ByUser", "False"],
        ["workload-leader-election", "leader-election", 200, "ByUser", "False"],
        ["system-node-high", "node-high", 400, "ByUser", "False"],
        ["system-nodes", "system", 500, "ByUser", "False"],
        ["kube-controller-manager", "workload-high", 800, "ByNamespace", "False"],
        ["kube-scheduler", "workload-high", 800, "ByNamespace", "False"],
        ["kube-system-service-accounts", "workload-high", 900, "ByNamespace", "False"],
        ["service-accounts", "workload-low", 9000, "ByUser", "False"],
        ["global-default", "global-default", 9900, "ByUser", "False"],
        ["catch-all", "catch-all", 10000, "ByUser", "False"],
    ]


def test_the_levels(door: Door):
    assert rows(door, "prioritylevelconfigurations") == [
        ["catch-all", "Limited", 5, "<none>", "<none>", "<none>"],
        ["exempt", "Exempt", "<none>", "<none>", "<none>", "<none>"],
        ["global-default", "Limited", 20, 128, 6, 50],
        ["leader-election", "Limited", 10, 16, 4, 50],
        ["node-high", "Limited", 40, 64, 6, 50],
        ["system", "Limited", 30, 64, 6, 50],
        ["workload-high", "Limited", 40, 128, 6, 50],
        ["workload-low", "Limited", 100, 128, 6, 50],
    ]


@pytest.mark.parametrize("plural", ["flowschemas", "prioritylevelconfigurations"])
def test_they_can_be_applied_as_they_are(door: Door, plural: str):
    """Nothing in them is refused or changed by the server's own rules."""
    for obj in door.get(f"{GROUP}/{plural}")[1]["items"]:
        name = obj["metadata"]["name"]
        kind = {"flowschemas": "FlowSchema"}.get(plural, "PriorityLevelConfiguration")
        status, stored = door.put(
            f"{GROUP}/{plural}/{name}", {**obj, "apiVersion": "flowcontrol.apiserver.k8s.io/v1", "kind": kind}
        )
        assert status == 200
        assert stored["metadata"]["resourceVersion"] == obj["metadata"]["resourceVersion"], name


def test_every_schema_names_a_level_that_exists(door: Door):
    levels = {obj["metadata"]["name"] for obj in door.get(f"{GROUP}/prioritylevelconfigurations")[1]["items"]}
    for schema in door.get(f"{GROUP}/flowschemas")[1]["items"]:
        assert schema["spec"]["priorityLevelConfiguration"]["name"] in levels
        (condition,) = schema["status"]["conditions"]
        assert condition["message"].endswith("and it exists")
