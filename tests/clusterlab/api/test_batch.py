"""Several writes in one request: each is answered for itself, and signed by whoever sent them."""

from __future__ import annotations

from typing import Any

import pytest

from clusterlab.api.batch_views import MOST
from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import CONFIG_MAP, DEPLOYMENT, NODE, POD, POD_DISRUPTION_BUDGET
from simcore.apimachinery.meta import Key, Obj
from tests.clusterlab.conftest import Browser, Own
from tests.kit.manifests import config_map, deployment, pod

NOTES = "/api/v1/namespaces/default/configmaps"


def send(own: Own, *requests: Obj, status: int = 200, browser: Browser | None = None) -> Any:
    answer = (browser or own.browser).post_json(
        f"/api/clusters/{own.id}/batch/", {"requests": list(requests)}
    )
    assert answer.status_code == status, answer.content
    document = answer.json()
    return document["answers"] if status == 200 else document["error"]


def test_each_request_is_answered_for_itself_and_in_order(own: Own) -> None:
    own.user.create(CONFIG_MAP, config_map("a"))
    answers = send(
        own,
        {"method": "DELETE", "path": f"{NOTES}/a"},
        {"method": "DELETE", "path": f"{NOTES}/nothing"},
        {"method": "POST", "path": NOTES, "body": config_map("b", text="é")},
        {"method": "POST", "path": NOTES, "body": {"kind": "Pod", "apiVersion": "v1"}},
    )
    assert [answer["status"] for answer in answers] == [200, 404, 201, 400]
    assert [bool(answer["message"]) for answer in answers] == [False, True, False, True]
    assert answers[1]["message"] == 'configmaps "nothing" not found'
    with pytest.raises(NotFound):
        own.user.get(CONFIG_MAP, Key("default", "a"))
    assert own.user.get(CONFIG_MAP, Key("default", "b"))["data"] == {"text": "é"}


def test_a_patch_is_a_merge_patch_and_a_scale_goes_to_its_subresource(own: Own) -> None:
    own.user.create(DEPLOYMENT, deployment("web", 2))
    path = "/apis/apps/v1/namespaces/default/deployments/web"
    template = {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z"}}}
    answers = send(
        own,
        {"method": "PATCH", "path": path, "body": {"spec": {"template": template}}},
        {"method": "PATCH", "path": f"{path}/scale", "body": {"spec": {"replicas": 5}}},
        {"method": "PATCH", "path": f"{path}/scale", "body": {"spec": {"replicas": -1}}},
        {"method": "PATCH", "path": "/api/v1/nodes/node-1", "body": {"spec": {"unschedulable": True}}},
    )
    assert [answer["status"] for answer in answers] == [200, 200, 422, 200]
    web = own.user.get(DEPLOYMENT, Key("default", "web"))
    assert (web["spec"]["replicas"], web["metadata"]["generation"]) == (5, 3)
    assert web["spec"]["template"]["metadata"]["annotations"] == template["metadata"]["annotations"]
    assert own.user.get(NODE, Key("", "node-1"))["spec"]["unschedulable"] is True


def test_a_disruption_budget_refuses_one_eviction_and_not_the_other(own: Own) -> None:
    ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    for name, app in (("guarded", "web"), ("free", "other")):
        made = pod(name)
        made["metadata"]["labels"] = {"app": app}
        own.user.create(POD, made)
        stored = own.user.get(POD, Key("default", name))
        own.user.update_status(POD, {**stored, "status": {**stored["status"], **ready}})
    budget: Obj = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "keep", "namespace": "default"},
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}},
    }
    own.user.create(POD_DISRUPTION_BUDGET, budget)

    def eviction(name: str) -> Obj:
        meta = {"name": name, "namespace": "default"}
        body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": meta}
        return {"method": "POST", "path": f"/api/v1/namespaces/default/pods/{name}/eviction", "body": body}

    refused, done = send(own, eviction("guarded"), eviction("free"))
    assert (refused["status"], done["status"]) == (429, 201)
    assert refused["message"].startswith("Cannot evict pod as it would violate the pod's disruption budget.")


def test_the_log_signs_with_the_member_not_with_the_administrator(own: Own) -> None:
    send(own, {"method": "POST", "path": NOTES, "body": config_map("mine")})
    found = own.get("object-history/?path=configmaps/default/mine")["revisions"]
    assert [each["actor"].rpartition("-")[0] for each in found] == ["user:owner"]


@pytest.mark.parametrize(
    ("role", "status"),
    [pytest.param("view", 403, id="a viewer"), pytest.param("operate", 200, id="an operator")],
)
def test_only_those_who_may_change_the_cluster_write(
    own: Own, stranger: Browser, role: str, status: int
) -> None:
    wish = {"role": role, "expires_in": "1h"}
    link = own.browser.post_json(f"/api/clusters/{own.id}/shares/", wish).json()["url"]
    own.user.create(CONFIG_MAP, config_map("a"))
    request: Obj = {"method": "DELETE", "path": f"{NOTES}/a"}
    assert send(own, request, status=404, browser=stranger)["code"] == "cluster_not_found"
    stranger.get(link)
    answers = send(own, request, status=status, browser=stranger)
    if status == 200:
        assert answers == [{"status": 200, "message": ""}]
    else:
        assert own.user.get(CONFIG_MAP, Key("default", "a"))


def test_an_operator_is_refused_what_only_owners_may(own: Own, stranger: Browser) -> None:
    wish = {"role": "operate", "expires_in": "1h"}
    stranger.get(own.browser.post_json(f"/api/clusters/{own.id}/shares/", wish).json()["url"])
    subject = {"kind": "User", "name": "me", "apiGroup": "rbac.authorization.k8s.io"}
    role = {"kind": "ClusterRole", "name": "cluster-admin", "apiGroup": "rbac.authorization.k8s.io"}
    binding: Obj = {"metadata": {"name": "mine"}, "subjects": [subject], "roleRef": role}
    path = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"
    (answer,) = send(own, {"method": "POST", "path": path, "body": binding}, browser=stranger)
    assert answer["status"] in (403, 404)
    assert answer["message"]


@pytest.mark.parametrize(
    "requests",
    [
        pytest.param([], id="none"),
        pytest.param([{"method": "DELETE", "path": f"{NOTES}/a"}] * (MOST + 1), id="too many"),
        pytest.param([{"method": "GET", "path": NOTES}], id="a read"),
        pytest.param([{"method": "DELETE", "path": "/healthz"}], id="no path of the API"),
        pytest.param([{"method": "DELETE"}], id="no path"),
    ],
)
def test_what_is_no_batch_is_refused_whole(own: Own, requests: list[Obj]) -> None:
    own.user.create(CONFIG_MAP, config_map("a"))
    assert send(own, *requests, status=400)["code"] == "invalid"
    assert own.user.get(CONFIG_MAP, Key("default", "a"))


def test_a_request_that_would_stream_is_no_part_of_a_batch(own: Own) -> None:
    own.user.create(POD, pod("web", nodeName="node-1"))
    path = "/api/v1/namespaces/default/pods/web/exec"
    (answer,) = send(own, {"method": "POST", "path": path})
    assert answer["status"] >= 400
    assert answer["message"]
