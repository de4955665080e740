"""What goes on in a cluster: Events, logs, measurements, services."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clusterlab.api import reading_serializers as shapes
from clusterlab.api.past_views import GONE, REV
from clusterlab.api.reading import ReadingView, object_path, revision_of, whole
from clusterlab.reading.events import MOST_ROWS, EventBoard
from clusterlab.reading.meters import Meters, ScopedMeters
from clusterlab.reading.pod_lines import lines_of
from clusterlab.reading.scope import Scope
from clusterlab.reading.services import services
from simcore.apimachinery.meta import Key

MOST_WORDS = 10
LONGEST_WINDOW_S = 7 * 24 * 3600


class Events(ReadingView):
    @extend_schema(
        parameters=[
            OpenApiParameter("limit", int),
            OpenApiParameter("q", str, description="Words; each has to stand somewhere in the row."),
        ],
        responses=shapes.EventsOut,
    )
    def get(self, request: Request, cluster_id: str) -> Response:
        """The newest first."""
        _, resident, _ = self.open(cluster_id)
        words = request.query_params.get("q", "").lower().split()[:MOST_WORDS]
        limit = whole(request, "limit", 500, least=1, most=MOST_ROWS)
        return Response({"events": resident.shared(EventBoard).newest(limit, words)})


class Logs(ReadingView):
    @extend_schema(
        parameters=[
            OpenApiParameter("container", str, description="Without it, the pod's default container."),
            OpenApiParameter("previous", bool, description="Of the run before the current one."),
            OpenApiParameter("tail", int),
            OpenApiParameter(
                "follow_from", int, description="Simulated milliseconds: `next` of an answer before."
            ),
        ],
        responses=shapes.LogOut,
    )
    def get(self, request: Request, cluster_id: str, namespace: str, pod: str) -> Response:
        """What a container has printed."""
        _, resident, _ = self.open(cluster_id)
        told = lines_of(
            resident,
            Key(namespace, pod),
            request.query_params.get("container", ""),
            previous=request.query_params.get("previous", "").lower() in ("true", "1"),
            tail=whole(request, "tail", 500),
            follow_from=whole(request, "follow_from") if request.query_params.get("follow_from") else None,
        )
        return Response(told)


class Metrics(ReadingView):
    @extend_schema(
        parameters=[
            OpenApiParameter("window", int, description="Simulated seconds."),
            OpenApiParameter("until", int, description="Simulated milliseconds; without it, up to now."),
            OpenApiParameter(
                "path", str, description="One object only: `nodes/_/node-1`, `pods/shop/web-1`."
            ),
        ],
        responses=shapes.MetricsOut,
    )
    def get(self, request: Request, cluster_id: str) -> Response:
        """Requested, allocatable and simulated use of CPU and memory, and pods by state."""
        _, resident, library = self.open(cluster_id)
        window = whole(request, "window", 600, least=10, most=LONGEST_WINDOW_S)
        until = whole(request, "until") if request.query_params.get("until") else None
        meters = resident.shared(Meters)
        if request.query_params.get("path"):
            meters = resident.shared(ScopedMeters).of(Scope(*object_path(request, library)))
        return Response(meters.read(window * 1000, until))


class Net(ReadingView):
    @extend_schema(parameters=[REV], responses={200: shapes.NetOut, 410: GONE})
    def get(self, request: Request, cluster_id: str) -> Response:
        """Services with their endpoints."""
        _, _, library = self.open(cluster_id)
        past = library.past(revision_of(request))
        found = library.answer(("net", past.revision), lambda: services(library, past.revision))
        return Response({"services": found})
