"""Who may do what in a cluster, why, and why not."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clusterlab.api.views import ClusterAPIView
from clusterlab.hub import Resident
from clusterlab.kubeapi.authentication import user_of
from clusterlab.labs.access import Access
from clusterlab.labs.models import Role
from simcore.apimachinery.kinds import CLUSTER_ROLE_BINDING, ROLE_BINDING, SERVICE_ACCOUNT
from simcore.kube_apiserver.authorization.explain import explanation
from simcore.kube_apiserver.authorization.modes import ByFlags
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.users import (
    ADMIN,
    ANONYMOUS,
    AUTHENTICATED,
    SERVICE_ACCOUNT_USER,
    User,
    service_account,
)

NODE_USER, NODES = "system:node:", "system:nodes"
LINKS = {f"@{role.value}": role for role in (Role.OWNER, Role.OPERATE, Role.VIEW)}
"""How members of the cluster are named here, who have no name in it."""
MOST_SUBJECTS = 500
LONGEST = 500
_WHAT = ("namespace", "name", "path")


class MissOut(serializers.Serializer):
    differs = serializers.CharField()
    binding = serializers.DictField()
    roleRef = serializers.DictField()  # noqa: N815  the API's own spelling
    rule = serializers.DictField()
    text = serializers.CharField()


class AuthorizerOut(serializers.Serializer):
    name = serializers.CharField()
    verdict = serializers.ChoiceField(["allow", "deny", "no opinion"])
    reason = serializers.CharField()


class AuthWhyOut(serializers.Serializer):
    allowed = serializers.BooleanField()
    user = serializers.CharField()
    groups = serializers.ListField(child=serializers.CharField())
    asked = serializers.DictField(child=serializers.CharField())
    sentence = serializers.CharField()
    authorizers = AuthorizerOut(many=True)
    nearMisses = MissOut(many=True)  # noqa: N815


class SubjectsOut(serializers.Serializer):
    subjects = serializers.ListField(child=serializers.CharField(), help_text="As `user` takes them.")


class AuthWhy(ClusterAPIView):
    @extend_schema(
        parameters=[
            OpenApiParameter(
                "user",
                str,
                description="A name, a service account's, @owner, @operate or @view; you, if left out.",
            ),
            OpenApiParameter("groups", str, description="With commas between them."),
            OpenApiParameter("verb", str, required=True),
            OpenApiParameter("resource", str, description="`deployments.apps`, `pods/log`"),
            *(OpenApiParameter(name, str) for name in _WHAT),
        ],
        responses=AuthWhyOut,
    )
    def get(self, request: Request, cluster_id: str) -> Response:
        """What each authorizer says, and for a refusal what is nearest to allowing it."""
        access = self.access(cluster_id)
        resident = self.resident(access)
        user, asked = _user(request, access), _asked(request)
        resident.sync()
        with resident.guard:
            storage = resident.server.storage
            return Response(explanation(ByFlags(storage).authorizers, storage, user, asked))


class Subjects(ClusterAPIView):
    @extend_schema(responses=SubjectsOut)
    def get(self, request: Request, cluster_id: str) -> Response:
        """Who is bound to a role, and service accounts: whom one may want to ask about."""
        resident = self.resident(self.access(cluster_id))
        resident.sync()
        with resident.guard:
            return Response({"subjects": [*LINKS, *sorted(_subjects(resident))[:MOST_SUBJECTS]]})


def _subjects(resident: Resident) -> set[str]:
    storage, found = resident.server.storage, set[str]()
    for kind in (CLUSTER_ROLE_BINDING, ROLE_BINDING):
        for binding in storage.all(kind):
            found |= {s["name"] for s in binding.get("subjects") or () if s["kind"] == "User"}
    for account in storage.all(SERVICE_ACCOUNT):
        meta = account["metadata"]
        found.add(f"{SERVICE_ACCOUNT_USER}{meta['namespace']}:{meta['name']}")
    return found


def _user(request: Request, access: Access) -> User:
    name = _said(request, "user")
    groups = tuple(group for group in _said(request, "groups").split(",") if group)
    if not name and not groups:
        return user_of(access)
    if name in LINKS:
        return user_of(Access(access.cluster, LINKS[name]))
    if name.startswith(SERVICE_ACCOUNT_USER) and name.count(":") == 3:
        namespace, _, account = name.removeprefix(SERVICE_ACCOUNT_USER).partition(":")
        return service_account(namespace, account)
    known = {user.name: user for user in (ADMIN, ANONYMOUS)}
    if name in known and not groups:
        return known[name]
    more = (NODES,) if name.startswith(NODE_USER) else ()
    return User(name, tuple(dict.fromkeys((*groups, *more, AUTHENTICATED))), "user")


def _asked(request: Request) -> Attributes:
    """Raises: ValidationError."""
    verb, resource = _said(request, "verb"), _said(request, "resource")
    more: dict[str, Any] = {name: _said(request, name) for name in _WHAT}
    if not verb:
        raise exceptions.ValidationError({"verb": ["A verb is needed."]})
    if bool(resource) == bool(more["path"]):
        raise exceptions.ValidationError({"resource": ["Either a resource or a path is needed."]})
    resource, _, subresource = resource.partition("/")
    plural, _, group = resource.partition(".")
    return Attributes(verb, group, plural, subresource, **more)


def _said(request: Request, name: str) -> str:
    return request.query_params.get(name, "")[:LONGEST].strip()
