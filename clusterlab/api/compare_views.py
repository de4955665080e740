"""Two clusters, or one at two revisions, side by side."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from clusterlab.api import history_serializers as shapes
from clusterlab.api.past_views import GONE, REV
from clusterlab.api.reading import ReadingView, revision_of
from clusterlab.reading.comparison import comparison


class Comparison(ReadingView):
    @extend_schema(
        parameters=[
            REV,
            OpenApiParameter("with", str, required=True, description="The other cluster's id."),
            OpenApiParameter("with_rev", int, description="A kept revision of the other; without it, now."),
        ],
        responses={200: shapes.ComparisonOut, 410: GONE},
    )
    def get(self, request: Request, cluster_id: str) -> Response:
        """API objects that the other cluster has more, fewer or different ones of, and where the histories part."""
        access, _, library = self.open(cluster_id)
        other_id = request.query_params.get("with", "")
        if not other_id:
            raise exceptions.ValidationError({"with": ["A cluster's id is needed."]})
        other_access, _, other = self.open(other_id)
        may = self.may_read_secrets(access) and self.may_read_secrets(other_access)
        revisions = revision_of(request), revision_of(request, "with_rev")
        return Response(comparison(library, other, *revisions, may_read_secrets=may))
