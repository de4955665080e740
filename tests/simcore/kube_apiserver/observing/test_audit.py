"""The audit log: which requests a policy tells of, how much, and how long it is kept."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.http.info import RequestInfo
from simcore.kube_apiserver.http.message import HttpRequest
from simcore.kube_apiserver.observing import audit
from simcore.kube_apiserver.observing.audit_policy import DEFAULT_POLICY, Policy, PolicyError
from simcore.kube_apiserver.observing.observer import Observer
from simcore.kube_apiserver.users import ADMIN, User, service_account
from tests.simcore.kube_apiserver.http.door import CONFIG_MAPS, MERGE, PODS, Door, config_map

JANE = User("jane", ("developers", "system:authenticated"), "user")
PODS_INFO = RequestInfo("create", "", "v1", "pods", "", "shop", "web")


def policy(*rules: Obj) -> Policy:
    return Policy({"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": list(rules)})


def audited(door: Door, *rules: Obj) -> None:
    wanted = policy(*rules)
    door.api.observer = Observer(door.server, audit_policy=lambda: wanted)


def events(door: Door) -> list[Obj]:
    return door.api.observer.audit.newest()


@pytest.mark.parametrize(
    ("rule", "is_told"),
    [
        pytest.param({}, True, id="everything"),
        pytest.param({"users": ["jane"]}, True, id="user"),
        pytest.param({"users": ["john"]}, False, id="another user"),
        pytest.param({"userGroups": ["developers"]}, True, id="group"),
        pytest.param({"userGroups": ["admins"]}, False, id="another group"),
        pytest.param({"verbs": ["create", "delete"]}, True, id="verb"),
        pytest.param({"verbs": ["get"]}, False, id="another verb"),
        pytest.param({"namespaces": ["shop"]}, True, id="namespace"),
        pytest.param({"namespaces": ["default"]}, False, id="another namespace"),
        pytest.param({"resources": [{"group": ""}]}, True, id="group of resources"),
        pytest.param({"resources": [{"group": "apps"}]}, False, id="another group of resources"),
        pytest.param({"resources": [{"resources": ["pods"]}]}, True, id="resource"),
        pytest.param({"resources": [{"resources": ["*"]}]}, True, id="any resource"),
        pytest.param({"resources": [{"resources": ["pods/log"]}]}, False, id="its subresource"),
        pytest.param({"resources": [{"resources": ["pods"], "resourceNames": ["web"]}]}, True, id="name"),
        pytest.param(
            {"resources": [{"resources": ["pods"], "resourceNames": ["db"]}]}, False, id="another name"
        ),
        pytest.param({"nonResourceURLs": ["/api*"]}, False, id="paths are of no resource"),
        pytest.param({"users": ["jane"], "verbs": ["get"]}, False, id="one of two conditions"),
    ],
)
def test_a_rule_matches_when_all_it_says_does(rule: Obj, is_told: bool):
    level = policy({"level": "Metadata", **rule}).level(JANE, "create", PODS_INFO, "/api/v1/x")
    assert level == ("Metadata" if is_told else "None")


@pytest.mark.parametrize(
    ("wanted", "is_told"),
    [
        ("pods/log", True),
        ("pods/*", True),
        ("*/log", True),
        ("*", True),
        ("pods", False),
        ("pods/exec", False),
    ],
)
def test_subresources_have_names_of_their_own(wanted: str, is_told: bool):
    info = RequestInfo("get", "", "v1", "pods", "log", "shop", "web")
    level = policy({"level": "Request", "resources": [{"resources": [wanted]}]}).level(JANE, "get", info, "")
    assert level == ("Request" if is_told else "None")


@pytest.mark.parametrize(
    ("pattern", "is_told"), [("/healthz", True), ("/health*", True), ("*", True), ("/livez", False)]
)
def test_paths_of_no_resource(pattern: str, is_told: bool):
    rule = {"level": "Metadata", "nonResourceURLs": [pattern]}
    assert policy(rule).level(JANE, "get", None, "/healthz") == ("Metadata" if is_told else "None")


def test_rules_about_resources_say_nothing_of_other_paths():
    assert (
        policy({"level": "Metadata", "namespaces": ["shop"]}).level(JANE, "get", None, "/healthz") == "None"
    )


def test_the_first_rule_that_matches_decides():
    rules = policy({"level": "None", "users": ["jane"]}, {"level": "Request"})
    assert rules.level(JANE, "create", PODS_INFO, "") == "None"
    assert rules.level(ADMIN, "create", PODS_INFO, "") == "Request"
    assert rules.level(None, "create", PODS_INFO, "") == "Request"


@pytest.mark.parametrize(
    ("document", "why"),
    [
        pytest.param([], "kind must be Policy", id="a list"),
        pytest.param({"kind": "Pod"}, "kind must be Policy", id="another kind"),
        pytest.param(
            {"kind": "Policy", "apiVersion": "v1"}, "apiVersion must be audit.k8s.io/v1", id="version"
        ),
        pytest.param({"rules": []}, "rules must be a list of 1 to 200 rules", id="no rules"),
        pytest.param({"rules": [{}] * 201}, "rules must be a list of 1 to 200 rules", id="too many"),
        pytest.param({"rules": ["x"]}, "rules[0] must be an object", id="a text"),
        pytest.param(
            {"rules": [{"level": "All"}]},
            "rules[0].level must be one of None, Metadata, Request, RequestResponse",
            id="level",
        ),
        pytest.param(
            {"rules": [{"level": "None", "users": "jane"}]},
            "rules[0].users must be a list of texts",
            id="users",
        ),
        pytest.param(
            {"rules": [{"level": "None", "verbs": [1]}]}, "rules[0].verbs must be a list of texts", id="verbs"
        ),
        pytest.param(
            {"rules": [{"level": "None", "resources": {}}]},
            "rules[0].resources must be a list",
            id="resources",
        ),
        pytest.param(
            {"rules": [{"level": "None", "resources": [{"resources": "pods"}]}]},
            "rules[0].resources[0] must have a group, resources and resourceNames",
            id="a resource",
        ),
        pytest.param(
            {"rules": [{"level": "None", "nonResourceURLs": ["/x"], "namespaces": ["a"]}]},
            "rules[0].nonResourceURLs: rules cannot apply to both regular resources and non-resource URLs",
            id="both",
        ),
    ],
)
def test_what_is_no_policy_is_refused(document: Any, why: str):
    if isinstance(document, dict) and "rules" in document:
        document = {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", **document}
    with pytest.raises(PolicyError) as refusal:
        Policy(document)
    assert str(refusal.value) == why


def test_by_default_the_log_tells_who_changed_what(door: Door):
    door.post(CONFIG_MAPS, config_map("a", x="1"))
    door.get(CONFIG_MAPS)
    review = {"kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1"}
    door.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", review)
    (event,) = events(door)
    uid = event.pop("auditID")
    assert len(uid) == 36
    assert event == {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": "Metadata",
        "stage": "ResponseComplete",
        "requestURI": CONFIG_MAPS,
        "verb": "create",
        "user": {"username": "kubernetes-admin", "groups": ["system:masters", "system:authenticated"]},
        "sourceIPs": ["127.0.0.1"],
        "userAgent": "",
        "objectRef": {"resource": "configmaps", "namespace": "default", "apiVersion": "v1"},
        "responseStatus": {"metadata": {}, "code": 201},
        "requestReceivedTimestamp": "2026-01-01T00:00:00.000000Z",
        "stageTimestamp": "2026-01-01T00:00:00.000000Z",
        "annotations": {"authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": ""},
    }


@pytest.mark.parametrize(
    ("level", "has_sent", "has_answered"),
    [("Metadata", False, False), ("Request", True, False), ("RequestResponse", True, True)],
)
def test_levels_add_documents(door: Door, level: str, has_sent: bool, has_answered: bool):
    audited(door, {"level": level})
    door.post(CONFIG_MAPS, config_map("a", x="1"))
    (event,) = events(door)
    assert ("requestObject" in event, "responseObject" in event) == (has_sent, has_answered)
    if has_sent:
        assert event["requestObject"]["data"] == {"x": "1"}
    if has_answered:
        assert event["responseObject"]["metadata"]["resourceVersion"] == str(door.store.revision)


def test_a_refusal_says_why(door: Door):
    audited(door, {"level": "Metadata"})
    door.user = JANE
    door.delete(f"{CONFIG_MAPS}/a")
    (event,) = events(door)
    assert event["responseStatus"]["code"] == 403
    assert event["responseStatus"]["reason"] == "Forbidden"
    assert event["responseStatus"]["message"].startswith(
        'configmaps "a" is forbidden: User "jane" cannot delete'
    )
    assert event["annotations"]["authorization.k8s.io/decision"] == "forbid"
    assert event["objectRef"]["name"] == "a"


def test_an_impersonated_user_stands_beside_who_it_was(door: Door):
    audited(door, {"level": "Metadata"})
    door.api.serve(
        HttpRequest("GET", PODS, "", {"impersonate-user": "jane", "user-agent": "curl"}, b"", ADMIN)
    )
    (event,) = events(door)
    assert event["user"]["username"] == "kubernetes-admin"
    assert event["impersonatedUser"]["username"] == "jane"
    assert event["userAgent"] == "curl"


def test_accounts_have_uid_and_extra(door: Door):
    audited(door, {"level": "Metadata"})
    door.user = service_account("default", "robot", "u-1", (("pod", ("p",)),))
    door.get(CONFIG_MAPS)
    (event,) = events(door)
    assert (event["user"]["uid"], event["user"]["extra"]) == ("u-1", {"pod": ["p"]})


def test_what_is_no_object_is_no_document(door: Door):
    audited(door, {"level": "RequestResponse"})
    door.post(CONFIG_MAPS, b"[1]")
    door.get("/healthz")
    healthz, post = events(door)
    assert "requestObject" not in post
    assert "responseObject" not in healthz
    assert "objectRef" not in healthz


def test_the_log_keeps_the_newest_events_only(door: Door, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(audit, "MOST_EVENTS", 3)
    audited(door, {"level": "Metadata"})
    for name in "abcde":
        door.get(f"{CONFIG_MAPS}/{name}")
    assert [event["objectRef"]["name"] for event in events(door)] == ["e", "d", "c"]
    assert len({event["auditID"] for event in events(door)}) == 3


def test_the_log_is_bounded_in_bytes(door: Door, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(audit, "MOST_BYTES", 5_000)
    audited(door, {"level": "Request", "verbs": ["patch"]})
    door.post(CONFIG_MAPS, config_map("a"))
    for size in (2_000, 2_000, 2_000):
        door.patch(f"{CONFIG_MAPS}/a", {"data": {"x": "1" * size}}, MERGE)
    assert len(events(door)) == 2


def test_the_default_policy_is_one():
    assert Policy(DEFAULT_POLICY).level(JANE, "patch", PODS_INFO, "") == "Metadata"
    assert Policy(DEFAULT_POLICY).level(JANE, "watch", PODS_INFO, "") == "None"
