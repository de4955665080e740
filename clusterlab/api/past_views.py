"""The past: timeline, pictures, objects through time, differences."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from clusterlab.api import history_serializers as shapes
from clusterlab.api.reading import ReadingView, object_path, revision_of, whole
from clusterlab.labs.authors import names_of, signed
from clusterlab.reading import objects
from clusterlab.reading.pictures import Pictures

MOST_BUCKETS = 1_000
REV = OpenApiParameter("rev", int, description="A kept revision; without it, now.")
PATH = OpenApiParameter(
    "path", str, required=True, description="`deployments.apps/shop/web`, `nodes/_/node-1`."
)
GONE = OpenApiResponse(shapes.Refusal, description="The revision is no longer kept.")


class Timeline(ReadingView):
    @extend_schema(parameters=[OpenApiParameter("buckets", int)], responses=shapes.TimelineOut)
    def get(self, request: Request, cluster_id: str) -> Response:
        """Equal stretches of simulated time, and what to remember the history by."""
        _, resident, library = self.open(cluster_id)
        count = whole(request, "buckets", 240, least=1, most=MOST_BUCKETS)
        with library.lock:
            buckets, markers = library.density.buckets(count), list(library.markers.newest)
        names = ("from", "to", "at_from", "at_to", "changes", "bad")
        return Response(
            {
                "kept_from": library.kept_from,
                "rev": resident.store.revision,
                "at": resident.clock.now(),
                "buckets": [dict(zip(names, bucket, strict=True)) for bucket in buckets],
                "markers": [marker._asdict() for marker in signed(cluster_id, markers)],
            }
        )


class Picture(ReadingView):
    @extend_schema(parameters=[REV], responses={200: shapes.PictureOut, 410: GONE})
    def get(self, request: Request, cluster_id: str) -> HttpResponse:
        """What the live snapshot was at a revision."""
        _, resident, library = self.open(cluster_id)
        revision = revision_of(request)
        document = resident.shared(Pictures).at(library.past(revision).revision)
        return HttpResponse(document, content_type="application/json")


class ObjectAt(ReadingView):
    @extend_schema(parameters=[PATH, REV], responses={200: shapes.ObjectOut, 410: GONE})
    def get(self, request: Request, cluster_id: str) -> Response:
        access, _, library = self.open(cluster_id)
        kind, key = object_path(request, library)
        if kind.kind == objects.SECRET and not self.may_read_secrets(access):
            raise exceptions.PermissionDenied("Your role here does not read Secrets.")
        return Response(objects.object_at(library, kind, key, revision_of(request)))


class ObjectHistory(ReadingView):
    @extend_schema(parameters=[PATH, OpenApiParameter("limit", int)], responses=shapes.HistoryOut)
    def get(self, request: Request, cluster_id: str) -> Response:
        """The newest first; as far as it is kept."""
        _, _, library = self.open(cluster_id)
        kind, key = object_path(request, library)
        found = objects.history_of(library, kind, key, whole(request, "limit", 200))
        names = names_of(cluster_id, [line["actor"] for line in found])
        return Response({"revisions": [{**line, "author": names.get(line["actor"])} for line in found]})


class Difference(ReadingView):
    @extend_schema(
        parameters=[
            OpenApiParameter("from", int, required=True),
            OpenApiParameter("to", int, required=True),
            OpenApiParameter("path", str, description="One object only."),
        ],
        responses={200: shapes.DifferenceOut, 410: GONE},
    )
    def get(self, request: Request, cluster_id: str) -> Response:
        """Field by field; added, removed and changed API objects."""
        access, _, library = self.open(cluster_id)
        first, last = whole(request, "from"), whole(request, "to")
        only = object_path(request, library) if request.query_params.get("path") else None
        may = self.may_read_secrets(access)
        question = ("difference", first, last, only, may)
        return Response(
            library.answer(
                question, lambda: objects.difference(library, first, last, only, may_read_secrets=may)
            )
        )
