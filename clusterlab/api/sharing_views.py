"""Share links: make, list, revoke."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from clusterlab.api import serializers
from clusterlab.api.views import ClusterAPIView, checked
from clusterlab.labs import services
from clusterlab.labs.models import Role


class Shares(ClusterAPIView):
    @extend_schema(responses=serializers.ShareOut(many=True))
    def get(self, request: Request, cluster_id: str) -> Response:
        """Those that were not revoked; an expired one is listed with its time."""
        links = self.access(cluster_id, Role.OWNER).cluster.shares.filter(revoked_at=None)
        return Response([serializers.share_out(link) for link in links])

    @extend_schema(request=serializers.ShareIn, responses={201: serializers.ShareOut})
    def post(self, request: Request, cluster_id: str) -> Response:
        """The token is in this answer's `url` and nowhere else."""
        access = self.access(cluster_id, Role.OWNER)
        values = checked(serializers.ShareIn, request)
        made = services.share(
            access.cluster, Role(values["role"]), values["expires_in"], revision=values.get("rev")
        )
        url = request.build_absolute_uri(f"/s/{made.token}")
        return Response(serializers.share_out(made.link, url), status=201)


class OneShare(ClusterAPIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, cluster_id: str, share_id: int) -> Response:
        link = self.access(cluster_id, Role.OWNER).cluster.shares.filter(pk=share_id).first()
        if link is None:
            raise exceptions.NotFound("There is no such link.")
        services.revoke(link)
        return Response(status=204)
