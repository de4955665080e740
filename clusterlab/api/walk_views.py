"""A request walked through a cluster's network hop by hop, and who reaches whom; the cluster's images."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clusterlab.api.views import ClusterAPIView, actor_of, checked
from clusterlab.labs.models import Role
from clusterlab.labs.services import write_world
from clusterlab.labs.spec import BadSpec
from simcore.apimachinery.encoding import encode
from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import key_of
from simcore.cluster.view import listed_view
from simcore.cluster.walk import BadWalk, reachability, walk
from simcore.etcd.interface import Op, Put
from simcore.kube_apiserver.local import LocalClient
from simcore.kubelet.images import DEFAULT_MISSING
from simcore.kubelet.runtime.own_images import MOST_IMAGES, BadImage, read
from simcore.kubelet.world import IMAGES

MOST_PATTERNS = 200


class HopOut(serializers.Serializer):
    kind = serializers.CharField()
    where = serializers.CharField()
    text = serializers.CharField()


class WalkOut(serializers.Serializer):
    asked = serializers.CharField()
    hops = HopOut(many=True)
    destination = serializers.CharField()
    answered = serializers.BooleanField()
    code = serializers.IntegerField(allow_null=True)
    lines = serializers.ListField(child=serializers.CharField())
    by = serializers.CharField()


class ReachabilityOut(serializers.Serializer):
    rows = serializers.ListField(child=serializers.DictField())
    left_out = serializers.IntegerField()


class ImagesDoc(serializers.Serializer):
    """Patterns of images that registries lack, don't deliver, or give for a secret; and descriptions of images."""

    missing = serializers.ListField(
        child=serializers.CharField(max_length=300), max_length=MOST_PATTERNS, required=False
    )
    failing = serializers.ListField(
        child=serializers.CharField(max_length=300), max_length=MOST_PATTERNS, required=False
    )
    private = serializers.ListField(
        child=serializers.CharField(max_length=300), max_length=MOST_PATTERNS, required=False
    )
    own = serializers.DictField(child=serializers.DictField(), required=False)


_WALK = [
    OpenApiParameter("from", str, required=True, description="pod/<namespace>/<name>"),
    OpenApiParameter(
        "to",
        str,
        required=True,
        description="pod/<ns>/<name>:<port>, svc/<ns>/<name>:<port>, node/<name>:<port>, <host>:<port>",
    ),
    OpenApiParameter("path", str, description="of the request; / unless given"),
    OpenApiParameter("turn", int, description="of several endpoints another turn may choose another one"),
]


class Walk(ClusterAPIView):
    @extend_schema(parameters=_WALK, responses=WalkOut)
    def get(self, request: Request, cluster_id: str) -> Response:
        """Every name lookup, rule, rewrite, policy and server that one HTTP request meets."""
        query = request.query_params
        turn = query.get("turn", "0")
        if not turn.isdigit() or len(turn) > 9:
            raise BadSpec(f"turn={turn!r} is no number from 0 to 999999999")
        resident = self.resident(self.access(cluster_id))
        resident.sync()
        with resident.guard:
            view = listed_view(LocalClient(resident.server, "walk"), resident.world)
            try:
                found = walk(
                    view, resident.clock, query.get("from", ""), query.get("to", ""),
                    path=query.get("path", "/")[:1000], turn=int(turn),
                )  # fmt: skip
            except BadWalk as error:
                raise BadSpec(str(error)) from None
        return Response(found)


class Reachability(ClusterAPIView):
    @extend_schema(
        parameters=[OpenApiParameter("namespace", str, description="default unless given")],
        responses=ReachabilityOut,
    )
    def get(self, request: Request, cluster_id: str) -> Response:
        """Which pods of a namespace reach each other at the first port they declare."""
        namespace = request.query_params.get("namespace", "default")
        resident = self.resident(self.access(cluster_id))
        resident.sync()
        with resident.guard:
            client = LocalClient(resident.server, "walk")
            pods = sorted(client.list(POD, namespace), key=key_of)
            found = reachability(listed_view(client, resident.world), resident.clock, pods)
        return Response(found)


class Images(ClusterAPIView):
    @extend_schema(responses=ImagesDoc)
    def get(self, request: Request, cluster_id: str) -> Response:
        resident = self.resident(self.access(cluster_id))
        resident.sync()
        return Response(
            {
                "missing": [*DEFAULT_MISSING],
                "failing": [],
                "private": [],
                "own": {},
                **(resident.record(IMAGES) or {}),
            }
        )

    @extend_schema(request=ImagesDoc, responses=ImagesDoc)
    def put(self, request: Request, cluster_id: str) -> Response:
        """What is left out is as in a new cluster."""
        access = self.access(cluster_id, Role.OPERATE)
        doc = checked(ImagesDoc, request)
        own = doc.get("own", {})
        if len(own) > MOST_IMAGES:
            raise BadSpec(f"own describes {len(own)} images; {MOST_IMAGES} are the most")
        try:
            for name, entry in own.items():
                read(name, entry)
        except BadImage as error:
            raise BadSpec(str(error)) from None
        ops: list[Op] = [Put(IMAGES, encode({"missing": [*DEFAULT_MISSING], **doc}))]
        write_world(self.resident(access), ops, actor_of(access))
        return self.get(request, cluster_id)
