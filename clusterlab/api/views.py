"""Clusters: list, make, change, pace, delete."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clusterlab.api import serializers
from clusterlab.api.errors import NoCluster
from clusterlab.hub import Resident, hub
from clusterlab.labs import creating, services
from clusterlab.labs.access import Access, Visitor, access_of
from clusterlab.labs.authors import actor_of as actor_of
from clusterlab.labs.examples import catalogue
from clusterlab.labs.forking import fork_cluster
from clusterlab.labs.kubeconfig import kubeconfig
from clusterlab.labs.models import Role
from clusterlab.labs.spec import LabSpec
from simcore.cluster.world import CLOCK

SPEC_FIELDS = ("nodes", "zones", "cpu", "memory", "seed", "latency", "speed", "bare")
PACE_WAIT_S = 0.3


def checked(serializer: type[Any], request: Request) -> dict[str, Any]:
    """Raises: ValidationError."""
    reading = serializer(data=request.data)
    reading.is_valid(raise_exception=True)
    values: dict[str, Any] = reading.validated_data
    return values


class ClusterAPIView(APIView):
    """A view below one cluster. A cluster that one is no member of is not there."""

    def visitor(self) -> Visitor:
        return Visitor.of(self.request.session, self.request.user)

    def access(self, cluster_id: str, role: Role = Role.VIEW) -> Access:
        """Raises: NoCluster, PermissionDenied."""
        access = access_of(self.visitor(), cluster_id)
        if access is None:
            raise NoCluster
        if not access.includes(role):
            raise exceptions.PermissionDenied(f"Your role here is {access.role}; this needs {role}.")
        return access

    def resident(self, access: Access) -> Resident:
        """The cluster in memory; whoever asks for it keeps it awake."""
        resident = hub.get(access.cluster.id)
        resident.used()
        return resident


class Examples(APIView):
    @extend_schema(responses=serializers.ExampleOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(
            [
                {
                    "slug": example.slug,
                    "title": example.title,
                    "summary": example.summary,
                    "nodes": example.settings["nodes"],
                    "pods": example.pods,
                    "steps": list(example.steps),
                }
                for example in catalogue().values()
            ]
        )


class ExampleFiles(APIView):
    """What an example is made of, for those who want to change it."""

    @extend_schema(operation_id="examples_files", responses=serializers.FileOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        if slug not in catalogue():
            raise exceptions.NotFound(f"There is no example {slug}.")
        return Response([{"name": name, "text": text} for name, text in catalogue()[slug].files.items()])


class Clusters(ClusterAPIView):
    @extend_schema(
        parameters=[OpenApiParameter("archived", bool, description="Those that were put away instead.")],
        responses=serializers.ClusterOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """The clusters that are mine or were shared with me, the newest first."""
        put_away = request.query_params.get("archived", "").lower() in ("true", "1")
        found_now = self.visitor().memberships().filter(cluster__archived_at__isnull=not put_away)
        ids = found_now.order_by("-cluster__created_at").values_list("cluster_id", flat=True)
        found = (access_of(self.visitor(), cluster_id) for cluster_id in dict.fromkeys(ids))
        return Response([serializers.cluster_out(access) for access in found if access])

    @extend_schema(request=serializers.ClusterIn, responses={201: serializers.ClusterOut})
    def post(self, request: Request) -> Response:
        values = checked(serializers.ClusterIn, request)
        example = values.get("example", "")
        spec = creating.spec_of_example(example) if example else LabSpec()
        spec = replace(spec, **{name: values[name] for name in SPEC_FIELDS if name in values})
        name = values.get("name") or (catalogue()[example].title if example else "my cluster")
        visitor = Visitor.settled(request.session, request.user)
        access = creating.create_cluster(name, spec, visitor=visitor, example=example)
        return Response(serializers.cluster_out(access), status=201)


class OneCluster(ClusterAPIView):
    @extend_schema(responses=serializers.ClusterOut)
    def get(self, request: Request, cluster_id: str) -> Response:
        return Response(serializers.cluster_out(self.access(cluster_id)))

    @extend_schema(request=serializers.ClusterChange, responses=serializers.ClusterOut)
    def patch(self, request: Request, cluster_id: str) -> Response:
        access = self.access(cluster_id, Role.OWNER)
        values = checked(serializers.ClusterChange, request)
        services.change_cluster(access.cluster, **values)
        return Response(serializers.cluster_out(access))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, cluster_id: str) -> Response:
        services.delete_cluster(self.access(cluster_id, Role.OWNER).cluster)
        return Response(status=204)


class Clock(ClusterAPIView):
    @extend_schema(responses=serializers.ClockOut)
    def get(self, request: Request, cluster_id: str) -> Response:
        """The clock, and what it runs, or last ran, until."""
        resident = self.resident(self.access(cluster_id))
        resident.sync()
        goal = (resident.record(CLOCK) or {}).get("goal")
        return Response(serializers.clock_out(resident.clock.refresh()) | {"goal": goal})

    @extend_schema(
        request=serializers.ClockIn, responses={200: serializers.ClusterOut, 202: serializers.GoalOut}
    )
    def post(self, request: Request, cluster_id: str) -> Response:
        """Pauses, resumes, sets the speed (0: as fast as it can), fires single timers, or runs until something is true.

        The answer has the clock as the engine will have it in a moment; with `until` it is 202 and has the goal.
        """
        access = self.access(cluster_id, Role.OPERATE)
        values = checked(serializers.ClockIn, request)
        steps = values.pop("step", None)
        record = services.set_clock(self.resident(access), actor_of(access), steps=steps, **values)
        if "until" in values:
            return Response({"goal": record["goal"]}, status=202)
        answer, paused = serializers.cluster_out(access), record["paused"]
        state = "paused" if paused else "running"
        answer["clock"] |= {"speed": record["speed"], "paused": paused, "state": state}
        return Response(answer)


class Fork(ClusterAPIView):
    @extend_schema(request=serializers.ForkIn, responses={201: serializers.ClusterOut})
    def post(self, request: Request, cluster_id: str) -> Response:
        """A cluster of one's own that was the same up to a kept revision; whoever may look may fork."""
        access = self.access(cluster_id)
        values = checked(serializers.ForkIn, request)
        visitor = Visitor.settled(request.session, request.user)
        forked = fork_cluster(
            access.cluster,
            self.resident(access),
            visitor=visitor,
            revision=values.get("rev"),
            name=values.get("name", ""),
        )
        return Response(serializers.cluster_out(forked), status=201)


class Kubeconfig(ClusterAPIView):
    @extend_schema(responses={(200, "application/yaml"): OpenApiResponse(str)})
    def get(self, request: Request, cluster_id: str) -> HttpResponse:
        """Each download holds a token of its own."""
        access = self.access(cluster_id)
        text = kubeconfig(access.cluster, services.new_kube_token(access))
        name = f'attachment; filename="clusterlab-{cluster_id}.yaml"'
        headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
        return HttpResponse(text, content_type="application/yaml", headers=headers)
