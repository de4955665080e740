"""The roles and bindings that every cluster has: whole, consistent, and letting the usual users do the usual things."""

from __future__ import annotations

import pytest

from simcore.apimachinery.kinds import CLUSTER_ROLE, CLUSTER_ROLE_BINDING, ROLE, ROLE_BINDING
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.authorization.bootstrap import default_objects, write_default_policy
from simcore.kube_apiserver.authorization.modes import ByFlags
from simcore.kube_apiserver.authorization.role_notation import parsed
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.users import ANONYMOUS, User, service_account
from tests.kit.control_plane import ControlPlane

RBAC = "rbac.authorization.k8s.io"
JANE = User("jane", ("system:authenticated",), "user")
OBJECTS = [(kind, obj["metadata"]["name"], obj) for kind, obj in default_objects()]
ROLE_NAMES = {(kind.kind, name) for kind, name, _ in OBJECTS}


@pytest.fixture(scope="module")
def plane() -> ControlPlane:
    made = ControlPlane()
    write_default_policy(made.server)
    for name in ("view", "edit", "admin"):
        ref = {"apiGroup": RBAC, "kind": "ClusterRole", "name": name}
        subjects = [{"kind": "User", "apiGroup": RBAC, "name": f"{name}er"}]
        meta = {"name": name, "namespace": "default"}
        made.api.create(ROLE_BINDING, {"metadata": meta, "roleRef": ref, "subjects": subjects})
    return made


BOUND = [(name, obj) for kind, name, obj in OBJECTS if kind in (CLUSTER_ROLE_BINDING, ROLE_BINDING)]


@pytest.mark.parametrize("obj", [obj for _, obj in BOUND], ids=[name for name, _ in BOUND])
def test_each_binding_names_a_role_that_there_is(obj: Obj):
    ref = obj["roleRef"]
    assert (ref["kind"], ref["name"]) in ROLE_NAMES


def test_names_are_unique_in_their_place():
    places = [(kind.kind, obj["metadata"].get("namespace", ""), name) for kind, name, obj in OBJECTS]
    assert len(places) == len(set(places))


def test_all_are_marked_as_the_servers_own():
    for _, _, obj in OBJECTS:
        assert obj["metadata"]["labels"]["kubernetes.io/bootstrapping"] == "rbac-defaults"
        assert obj["metadata"]["annotations"] == {"rbac.authorization.kubernetes.io/autoupdate": "true"}


def test_rules_are_whole():
    for kind, name, obj in OBJECTS:
        for rule in obj.get("rules") or ():
            assert kind in (CLUSTER_ROLE, ROLE)
            assert rule["verbs"], name
            assert ("nonResourceURLs" in rule) != ("resources" in rule and "apiGroups" in rule), name


def test_aggregated_roles_hold_each_other():
    rules = {name: obj["rules"] for kind, name, obj in OBJECTS if kind is CLUSTER_ROLE}
    for smaller, larger in (("view", "edit"), ("edit", "admin")):
        assert all(rule in rules[larger] for rule in rules[smaller])
    assert rules["view"] == rules["system:aggregate-to-view"]


ALLOWED = {True: "may", False: "may not"}
MATRIX: list[tuple[str, str, str, str, bool]] = [
    # user, verb, group, resource, allowed in the namespace `default`
    ("viewer", "list", "", "pods", True),
    ("viewer", "get", "apps", "deployments", True),
    ("viewer", "get", "", "secrets", False),
    ("viewer", "create", "", "pods", False),
    ("viewer", "get", "", "pods/log", True),
    ("viewer", "create", "", "pods/exec", False),
    ("viewer", "list", RBAC, "roles", False),
    ("editer", "create", "", "pods", True),
    ("editer", "create", "", "pods/exec", True),
    ("editer", "get", "", "secrets", True),
    ("editer", "impersonate", "", "serviceaccounts", True),
    ("editer", "create", RBAC, "rolebindings", False),
    ("editer", "create", "", "resourcequotas", False),
    ("editer", "delete", "batch", "jobs", True),
    ("editer", "patch", "networking.k8s.io", "ingresses", True),
    ("adminer", "create", RBAC, "rolebindings", True),
    ("adminer", "create", "authorization.k8s.io", "localsubjectaccessreviews", True),
    ("adminer", "create", "", "resourcequotas", False),
    ("adminer", "escalate", RBAC, "roles", False),
    ("jane", "get", "", "pods", False),
    ("jane", "create", "authorization.k8s.io", "selfsubjectaccessreviews", True),
    ("jane", "create", "authorization.k8s.io", "selfsubjectrulesreviews", True),
    ("jane", "create", "authentication.k8s.io", "selfsubjectreviews", True),
    ("jane", "create", "authorization.k8s.io", "subjectaccessreviews", False),
    ("system:kube-scheduler", "create", "", "pods/binding", True),
    ("system:kube-scheduler", "update", "", "pods", False),
    ("system:kube-controller-manager", "list", "apps", "deployments", True),
    ("system:kube-controller-manager", "create", "", "pods", False),
    ("system:kube-proxy", "list", "discovery.k8s.io", "endpointslices", True),
    ("system:kube-proxy", "list", "", "secrets", False),
]


@pytest.mark.parametrize(
    ("name", "verb", "group", "resource", "allowed"),
    MATRIX,
    ids=[f"{name} {ALLOWED[allowed]} {verb} {resource}" for name, verb, _, resource, allowed in MATRIX],
)
def test_default_roles_decide(
    plane: ControlPlane, name: str, verb: str, group: str, resource: str, allowed: bool
):
    kind, _, part = resource.partition("/")
    user = User(name, ("system:authenticated",), "user")
    asked = Attributes(verb, group, kind, part, "default")
    assert ByFlags(plane.server.storage).decide(user, asked).allowed is allowed


def test_a_namespaced_grant_ends_at_its_namespace(plane: ControlPlane):
    asked = Attributes("list", "", "pods", namespace="kube-system")
    viewer = User("viewer", ("system:authenticated",), "user")
    assert not ByFlags(plane.server.storage).decide(viewer, asked).allowed


PATHS: list[tuple[str, User, bool]] = [
    ("/healthz", ANONYMOUS, True),
    ("/livez", ANONYMOUS, True),
    ("/readyz", ANONYMOUS, True),
    ("/version", ANONYMOUS, True),
    ("/version/", ANONYMOUS, True),
    ("/healthz/etcd", ANONYMOUS, False),
    ("/metrics", ANONYMOUS, False),
    ("/api", ANONYMOUS, False),
    ("/apis/apps/v1", ANONYMOUS, False),
    ("/openapi/v3", ANONYMOUS, False),
    ("/api", JANE, True),
    ("/apis/apps/v1", JANE, True),
    ("/openapi/v3/apis/apps/v1", JANE, True),
    ("/metrics", JANE, False),
    ("/logs", JANE, False),
    ("/metrics", User("m", ("system:monitoring",), "user"), True),
]


@pytest.mark.parametrize(
    ("path", "user", "allowed"),
    PATHS,
    ids=[f"{user.name} {ALLOWED[allowed]} see {path}" for path, user, allowed in PATHS],
)
def test_paths_are_for(plane: ControlPlane, path: str, user: User, allowed: bool):
    asked = Attributes("get", "", "", path=path)
    assert ByFlags(plane.server.storage).decide(user, asked).allowed is allowed


@pytest.mark.parametrize(
    ("name", "verb", "group", "resource"),
    [
        ("deployment-controller", "create", "apps", "replicasets"),
        ("replicaset-controller", "create", "", "pods"),
        ("job-controller", "delete", "", "pods"),
        ("endpointslice-controller", "create", "discovery.k8s.io", "endpointslices"),
        ("certificate-controller", "update", "certificates.k8s.io", "certificatesigningrequests/approval"),
        ("clusterrole-aggregation-controller", "escalate", RBAC, "clusterroles"),
    ],
)
def test_controllers_have_accounts_of_their_own(
    plane: ControlPlane, name: str, verb: str, group: str, resource: str
):
    kind, _, part = resource.partition("/")
    user, asked = service_account("kube-system", name), Attributes(verb, group, kind, part, "default")
    decision = ByFlags(plane.server.storage).decide(user, asked)
    assert decision.allowed, decision
    assert f'to ServiceAccount "{name}/kube-system"' in decision.reason
    other = service_account("default", name)
    assert not ByFlags(plane.server.storage).decide(other, asked).allowed


def test_the_notation_is_read():
    text = """
        R | core | pods,pods/log
        create,delete | apps,batch | *
        get | core | configmaps | one,two
        get | /healthz,/version
        * | /*
        E"""
    assert parsed(text) == [
        {"verbs": ["get", "list", "watch"], "apiGroups": [""], "resources": ["pods", "pods/log"]},
        {"verbs": ["create", "delete"], "apiGroups": ["apps", "batch"], "resources": ["*"]},
        {"verbs": ["get"], "apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["one", "two"]},
        {"verbs": ["get"], "nonResourceURLs": ["/healthz", "/version"]},
        {"verbs": ["*"], "nonResourceURLs": ["*"]},
        {"verbs": ["create", "patch", "update"], "apiGroups": ["", "events.k8s.io"], "resources": ["events"]},
    ]
