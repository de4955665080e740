"""REST about scheduling: the queue, one pod, fixes, the configuration, what-if, capacity, drain."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clusterlab.api.views import ClusterAPIView, actor_of, checked
from clusterlab.hub import Resident
from clusterlab.labs.models import Role
from clusterlab.scheduling import actions, documents
from clusterlab.scheduling.asking import BadQuestion
from clusterlab.scheduling.desk import view_now
from clusterlab.scheduling.taking import CannotTake, NoSuchFix, take_fix
from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Key, Obj
from simcore.kube_apiserver.local import LocalClient
from simcore.kube_scheduler.explanation.capacity import MOST_PODS

ANSWER = OpenApiTypes.OBJECT


class ConfigurationIn(serializers.Serializer):
    configuration = serializers.JSONField(
        help_text="YAML text or an object; null for the defaults.", allow_null=True
    )


class WhatIfIn(serializers.Serializer):
    configuration = serializers.JSONField(required=False)
    manifests = serializers.JSONField(required=False, help_text="YAML text or a list of objects.")
    reschedule = serializers.BooleanField(default=False)


class CapacityIn(serializers.Serializer):
    pod = serializers.JSONField(help_text="YAML text or an object: a Pod or a workload.")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MOST_PODS)


class FixIn(serializers.Serializer):
    take = serializers.CharField(
        required=False, max_length=500, help_text="The `change` of the fix to carry out."
    )


class SchedulingView(ClusterAPIView):
    def handle_exception(self, exc: Exception) -> Response:
        match exc:
            case BadQuestion():
                exc = exceptions.ValidationError(exc.faults)
            case NoSuchFix():
                exc = exceptions.NotFound("There is no such fix any more; the cluster has changed.")
            case CannotTake():
                exc = exceptions.ValidationError({"take": [str(exc)]})
            case actions.NoSuchNode():
                exc = exceptions.NotFound(f"There is no node {exc}.")
        return super().handle_exception(exc)

    def synced(self, cluster_id: str, role: Role = Role.VIEW) -> Resident:
        resident = self.resident(self.access(cluster_id, role))
        resident.sync()
        return resident

    def pod(self, resident: Resident, namespace: str, name: str) -> Obj:
        """Raises: NotFound."""
        with resident.guard:
            try:
                return LocalClient(resident.server, "kube-scheduler").get(POD, Key(namespace, name))
            except NotFound:
                raise exceptions.NotFound(f"There is no pod {namespace}/{name}.") from None


class Overview(SchedulingView):
    @extend_schema(operation_id="scheduling_overview", responses=ANSWER)
    def get(self, request: Request, cluster_id: str) -> Response:
        """The profiles, the queue, and why each waiting pod waits."""
        return Response(documents.overview(self.synced(cluster_id)))


class OnePod(SchedulingView):
    @extend_schema(
        responses=ANSWER, parameters=[OpenApiParameter("attempt", int), OpenApiParameter("start", int)]
    )
    def get(self, request: Request, cluster_id: str, namespace: str, name: str) -> Response:
        """Its kept attempts, and the node x plugin matrix of one of them, computed again from its revision.

        Of a matrix with more than 500 rows, those from number `start` on are sent.
        """
        resident = self.synced(cluster_id)
        attempt, start = _number(request, "attempt"), _number(request, "start")
        pod = self.pod(resident, namespace, name)
        return Response(documents.one_pod(resident, pod, attempt, start or 0))


class Fixes(SchedulingView):
    @extend_schema(request=FixIn, responses=ANSWER)
    def post(self, request: Request, cluster_id: str, namespace: str, name: str) -> Response:
        """The cheapest changes that let the pod fit, each tried on a copy; or, with `take`, one of them done."""
        wanted = checked(FixIn, request).get("take")
        access = self.access(cluster_id, Role.OPERATE if wanted else Role.VIEW)
        resident = self.synced(cluster_id)
        pod = self.pod(resident, namespace, name)
        if wanted is None:
            return Response({"fixes": documents.fixes(resident, pod)})
        return Response({"changed": take_fix(access.cluster, resident, pod, wanted, actor_of(access))})


class SchedulerConfiguration(SchedulingView):
    @extend_schema(responses=ANSWER)
    def get(self, request: Request, cluster_id: str) -> Response:
        return Response(actions.configuration_document(self.synced(cluster_id)))

    @extend_schema(request=ConfigurationIn, responses=ANSWER)
    def put(self, request: Request, cluster_id: str) -> Response:
        """Takes effect at once. 400 names every fault by its field."""
        access = self.access(cluster_id, Role.OPERATE)
        given = checked(ConfigurationIn, request)["configuration"]
        resident = self.synced(cluster_id)
        actions.configure(resident, given, actor_of(access))
        return Response(actions.configuration_document(resident))


class WhatIf(SchedulingView):
    @extend_schema(request=WhatIfIn, responses=ANSWER)
    def post(self, request: Request, cluster_id: str) -> Response:
        """The difference that a configuration or manifests would make, tried on a fork."""
        return Response(actions.what_if_document(self.synced(cluster_id), **_given(WhatIfIn, request)))


class CapacityView(SchedulingView):
    @extend_schema(request=CapacityIn, responses=ANSWER)
    def post(self, request: Request, cluster_id: str) -> Response:
        """How many more of a pod fit, where, and what stops the next."""
        return Response(actions.capacity(self.synced(cluster_id), **_given(CapacityIn, request)))


class DrainView(SchedulingView):
    @extend_schema(responses=ANSWER)
    def get(self, request: Request, cluster_id: str, name: str) -> Response:
        """Who would go, who holds it up, and where those who go fit."""
        resident = self.synced(cluster_id)
        return Response(actions.drain(resident, view_now(resident), name))


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "")
    if text and not (text.isdecimal() and len(text) < 10):
        raise exceptions.ValidationError({name: ["A whole number is needed."]})
    return int(text) if text else None


def _given(serializer: type[Any], request: Request) -> dict[str, Any]:
    return dict(checked(serializer, request))
