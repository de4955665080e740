"""Who may do what."""

from __future__ import annotations

import pytest

from simcore.apimachinery.errors import Forbidden
from simcore.apimachinery.kinds import CONFIG_MAP, DEPLOYMENT, NODE, POD
from simcore.apimachinery.meta import Key
from simcore.kube_apiserver.authorization.share_roles import ShareRoleAuthorizer
from simcore.kube_apiserver.request import Attributes, Request
from simcore.kube_apiserver.users import Role, User
from tests.kit.control_plane import ControlPlane

VIEWER = Request(User("viewer", role="view"), "user:viewer")


@pytest.fixture
def plane() -> ControlPlane:
    return ControlPlane()


@pytest.mark.parametrize("verb", ["get", "list", "watch"])
@pytest.mark.parametrize("role", ["owner", "operate", "view"])
def test_every_role_reads(role: Role, verb: str):
    assert ShareRoleAuthorizer().decide(User("u", role=role), Attributes(verb, "", "pods")).allowed


@pytest.mark.parametrize("verb", ["create", "update", "patch", "delete", "deletecollection"])
def test_a_viewer_changes_nothing(verb: str):
    allowed = {
        role: ShareRoleAuthorizer().decide(User("u", role=role), Attributes(verb, "", "pods")).allowed
        for role in ("owner", "operate", "view")
    }
    assert allowed == {"owner": True, "operate": True, "view": False}


def test_a_refusal_names_who_what_and_where(plane: ControlPlane):
    with pytest.raises(Forbidden) as refused:
        plane.server.create(CONFIG_MAP, {"metadata": {"name": "a", "namespace": "default"}}, VIEWER)
    assert refused.value.message == (
        'configmaps is forbidden: User "viewer" cannot create resource "configmaps" in API group "" '
        'in the namespace "default"'
    )
    assert refused.value.status()["details"] == {"kind": "configmaps"}


def test_a_refusal_without_a_name_and_with_a_group(plane: ControlPlane):
    with pytest.raises(Forbidden) as refused:
        plane.server.create(DEPLOYMENT, {"metadata": {"namespace": "x"}}, VIEWER)
    assert refused.value.message == (
        'deployments.apps is forbidden: User "viewer" cannot create resource "deployments" in API group "apps" '
        'in the namespace "x"'
    )


def test_a_refusal_at_the_cluster_scope(plane: ControlPlane):
    with pytest.raises(Forbidden) as refused:
        plane.server.delete(NODE, Key("", "n"), VIEWER)
    assert refused.value.message == (
        'nodes "n" is forbidden: User "viewer" cannot delete resource "nodes" in API group "" at the cluster scope'
    )


def test_a_refusal_of_a_subresource(plane: ControlPlane):
    pod = {"metadata": {"name": "p", "namespace": "default"}}
    with pytest.raises(Forbidden) as refused:
        plane.server.update(POD, pod, VIEWER, subresource="status")
    assert refused.value.message == (
        'pods "p" is forbidden: User "viewer" cannot update resource "pods/status" in API group "" '
        'in the namespace "default"'
    )


def test_nothing_is_looked_up_for_who_may_not_know(plane: ControlPlane):
    with pytest.raises(Forbidden):
        plane.server.delete(POD, Key("default", "no such pod"), VIEWER)
