"""Faults: active ones, what one would do, ordering and removing them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clusterlab.api.past_views import REV
from clusterlab.api.reading import ReadingView, revision_of
from clusterlab.api.views import ClusterAPIView, actor_of, checked
from clusterlab.labs import faults
from clusterlab.labs.authors import names_of
from clusterlab.labs.forking import state_at
from clusterlab.labs.models import Role
from clusterlab.reading.blast import blast
from clusterlab.reading.library import Library
from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import POD
from simcore.cluster.faults import KINDS, fault_of
from simcore.explain.past import Past
from simcore.kubelet.images import InvalidImageName, parse
from simcore.kubelet.world import FAULTS

MOST_PODS = 2_000
"""Whose images are looked at."""


class FaultIn(serializers.Serializer):
    kind = serializers.ChoiceField(KINDS)
    targets = serializers.ListField(
        child=serializers.CharField(max_length=300), max_length=faults.MOST_TARGETS, required=False
    )
    duration_s = serializers.FloatField(
        required=False, allow_null=True, help_text="Simulated seconds; without it, until it is removed."
    )


class FaultOut(serializers.Serializer):
    id = serializers.CharField()
    kind = serializers.ChoiceField(KINDS)
    targets = serializers.ListField(child=serializers.CharField())
    since_ms = serializers.IntegerField()
    until_ms = serializers.IntegerField(allow_null=True)
    rev = serializers.IntegerField(help_text="The revision that ordered it.")
    author = serializers.CharField()


class FaultsOut(serializers.Serializer):
    faults = FaultOut(many=True)


class RegistriesOut(serializers.Serializer):
    registries = serializers.ListField(child=serializers.CharField())


class Faults(ReadingView):
    @extend_schema(parameters=[REV], responses=FaultsOut)
    def get(self, request: Request, cluster_id: str) -> Response:
        """Those that are active, the newest first."""
        _, _, library = self.open(cluster_id)
        past = library.past(revision_of(request))
        found = sorted(_told(library, past), key=lambda fault: -fault["rev"])
        names = names_of(cluster_id, [fault["author"] for fault in found])
        for fault in found:
            fault["author"] = names.get(fault["author"], fault["author"].removeprefix("user:"))
        return Response({"faults": found})

    @extend_schema(request=FaultIn, responses={201: FaultOut})
    def post(self, request: Request, cluster_id: str) -> Response:
        """Breaks something, for a time or until it is removed."""
        access = self.access(cluster_id, Role.OPERATE)
        fault = faults.order(self.resident(access), actor_of(access), **_wish(request))
        return Response({**fault.document, "id": fault.id}, status=201)


class OneFault(ClusterAPIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, cluster_id: str, fault_id: str) -> Response:
        """Ends it now."""
        access = self.access(cluster_id, Role.OPERATE)
        faults.remove(self.resident(access), fault_id, actor_of(access))
        return Response(status=204)


class Registries(ReadingView):
    @extend_schema(responses=RegistriesOut)
    def get(self, request: Request, cluster_id: str) -> Response:
        """Where the pods' images come from: what can fail to answer."""
        _, _, library = self.open(cluster_id)
        return Response({"registries": _hosts(library.past(None))})


class FaultPreview(ClusterAPIView):
    @extend_schema(request=FaultIn, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, cluster_id: str) -> Response:
        """What it would do, tried on a copy of the cluster; nothing happens to the cluster itself."""
        resident = self.resident(self.access(cluster_id))
        fault = faults.wished(resident, **_wish(request))
        return Response(blast(state_at(resident), fault.since_ms, fault))


def _wish(request: Request) -> dict[str, Any]:
    return {"targets": [], **checked(FaultIn, request)}


def _told(library: Library, past: Past) -> Iterator[dict[str, Any]]:
    for kv in past.named(FAULTS):
        fault = fault_of(kv.key, decode(kv.value))
        with library.lock:
            entries = library.chronicle.writes(kv.create_revision)
        author = next((entry.origin.actor for entry in entries if entry.key == kv.key), "")
        yield {**fault.document, "id": fault.id, "rev": kv.create_revision, "author": author}


def _hosts(past: Past) -> list[str]:
    """Of the images that pods name."""
    found = set()
    for kv in past.stored(POD)[:MOST_PODS]:
        for container in decode(kv.value)["spec"]["containers"]:
            try:
                found.add(parse(container["image"]).repository.partition("/")[0])
            except (InvalidImageName, KeyError):
                continue  # nothing is pulled for it
    return sorted(found)
