"""Which flow schema an answer names."""

from __future__ import annotations

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.authorization.bootstrap import write_default_policy
from simcore.kube_apiserver.http.message import HttpRequest
from simcore.kube_apiserver.users import ADMIN, ANONYMOUS, User, service_account
from tests.simcore.kube_apiserver.http.door import CONFIG_MAPS, PODS, Door

GROUP = "/apis/flowcontrol.apiserver.k8s.io/v1"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases"
NODE = User("system:node:node-1", ("system:nodes", "system:authenticated"), "user")
MANAGER = User("system:kube-controller-manager", ("system:authenticated",), "user")
JANE = User("jane", ("system:authenticated",), "user")


@pytest.fixture
def door(door: Door) -> Door:
    write_default_policy(door.server)
    return door


def named(door: Door, user: User, path: str, method: str = "GET") -> tuple[str, str]:
    """The names of the schema and the level in the answer's headers."""
    answer = door.api.serve(HttpRequest(method, path, user=user))
    headers = dict(answer.headers)
    uids = (
        headers.get("X-Kubernetes-PF-FlowSchema-UID", ""),
        headers.get("X-Kubernetes-PF-PriorityLevel-UID", ""),
    )
    found = []
    for plural, uid in zip(("flowschemas", "prioritylevelconfigurations"), uids, strict=True):
        items = door.get(f"{GROUP}/{plural}")[1]["items"]
        found.append(next((obj["metadata"]["name"] for obj in items if obj["metadata"]["uid"] == uid), ""))
    return found[0], found[1]


@pytest.mark.parametrize(
    ("user", "path", "named_schema", "level"),
    [
        pytest.param(ADMIN, PODS, "exempt", "exempt", id="masters"),
        pytest.param(ANONYMOUS, "/healthz", "probes", "exempt", id="a probe"),
        pytest.param(JANE, "/livez", "probes", "exempt", id="somebody's probe"),
        pytest.param(JANE, "/version", "global-default", "global-default", id="another path"),
        pytest.param(JANE, CONFIG_MAPS, "global-default", "global-default", id="somebody"),
        pytest.param(NODE, "/api/v1/nodes/node-1", "system-node-high", "node-high", id="a node about itself"),
        pytest.param(NODE, PODS, "system-nodes", "system", id="a node about pods"),
        pytest.param(MANAGER, f"{LEASES}/x", "system-leader-election", "leader-election", id="an election"),
        pytest.param(
            MANAGER,
            "/api/v1/namespaces/default/endpoints/x",
            "endpoint-controller",
            "workload-high",
            id="endpoints",
        ),
        pytest.param(MANAGER, PODS, "kube-controller-manager", "workload-high", id="the manager"),
        pytest.param(
            service_account("kube-system", "dns"),
            PODS,
            "kube-system-service-accounts",
            "workload-high",
            id="an add-on",
        ),
        pytest.param(
            service_account("kube-system", "dns"),
            f"{LEASES}/x",
            "system-leader-election",
            "leader-election",
            id="its election",
        ),
        pytest.param(
            service_account("default", "robot"), PODS, "service-accounts", "workload-low", id="an account"
        ),
    ],
)
def test_answers_name_schema_and_level(door: Door, user: User, path: str, named_schema: str, level: str):
    assert named(door, user, path) == (named_schema, level)


def test_a_schema_of_ones_own_goes_first_from_its_creation_on(door: Door):
    assert named(door, JANE, PODS)[0] == "global-default"
    rule = {
        "subjects": [{"kind": "User", "user": {"name": "jane"}}],
        "resourceRules": [
            {"verbs": ["list"], "apiGroups": [""], "resources": ["pods"], "namespaces": ["default"]}
        ],
    }
    spec = {"priorityLevelConfiguration": {"name": "workload-low"}, "matchingPrecedence": 50, "rules": [rule]}
    schema: Obj = {"kind": "FlowSchema", "metadata": {"name": "janes"}, "spec": spec}
    status, _ = door.post(f"{GROUP}/flowschemas", {"apiVersion": "flowcontrol.apiserver.k8s.io/v1", **schema})
    assert status == 201
    assert named(door, JANE, PODS) == ("janes", "workload-low")
    assert named(door, JANE, f"{PODS}/x")[0] == "global-default"
    assert named(door, JANE, "/api/v1/namespaces/other/pods")[0] == "global-default"
    assert named(door, JANE, "/api/v1/pods")[0] == "global-default"
    door.delete(f"{GROUP}/flowschemas/janes")
    assert named(door, JANE, PODS)[0] == "global-default"


def test_a_schema_without_its_level_names_none(door: Door):
    door.delete(f"{GROUP}/prioritylevelconfigurations/global-default")
    assert named(door, JANE, PODS) == ("global-default", "")


def test_refusals_and_streams_are_named_too(door: Door):
    assert named(door, JANE, PODS, "DELETE")[0] == "global-default"
    answer = door.api.serve(HttpRequest("GET", PODS, "watch=true", user=ADMIN))
    assert "X-Kubernetes-PF-FlowSchema-UID" in dict(answer.headers)


def test_without_such_objects_there_are_no_headers(door: Door):
    door.delete(f"{GROUP}/flowschemas")
    answer = door.api.serve(HttpRequest("GET", PODS, user=ADMIN))
    assert not any(name.startswith("X-Kubernetes-PF") for name, _ in answer.headers)
