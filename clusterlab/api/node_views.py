"""Machines: add, remove, switch off and on."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clusterlab.api import serializers
from clusterlab.api.views import ClusterAPIView, actor_of, checked
from clusterlab.labs import machines
from clusterlab.labs.models import Role


class Nodes(ClusterAPIView):
    @extend_schema(request=serializers.NodesIn, responses={201: serializers.NodesOut})
    def post(self, request: Request, cluster_id: str) -> Response:
        access = self.access(cluster_id, Role.OPERATE)
        count = checked(serializers.NodesIn, request)["add"]
        names = machines.add(access.cluster, self.resident(access), count, actor_of(access))
        return Response({"added": names}, status=201)


class OneNode(ClusterAPIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, cluster_id: str, name: str) -> Response:
        access = self.access(cluster_id, Role.OPERATE)
        machines.remove(access.cluster, self.resident(access), name, actor_of(access))
        return Response(status=204)


class NodeFault(ClusterAPIView):
    @extend_schema(request=serializers.NodePowerIn, responses={204: None})
    def post(self, request: Request, cluster_id: str, name: str) -> Response:
        access = self.access(cluster_id, Role.OPERATE)
        action = checked(serializers.NodePowerIn, request)["action"]
        machines.switch(self.resident(access), name, actor_of(access), on=action == "restore")
        return Response(status=204)
