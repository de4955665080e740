"""What goes in and out, for checking and for the schema."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from clusterlab.engine import pace
from clusterlab.engine.pace import wall_ms
from clusterlab.labs.access import Access
from clusterlab.labs.kubeconfig import server_url
from clusterlab.labs.models import Role, ShareLink
from clusterlab.labs.services import LIFETIMES
from clusterlab.manifests.jobs import PHASES
from clusterlab.redis_clients import shared_client


class Clock(serializers.Serializer):
    speed = serializers.FloatField()
    paused = serializers.BooleanField()
    state = serializers.ChoiceField(["running", "paused", "sleeping"])
    sim_ms = serializers.IntegerField()


class OriginOut(serializers.Serializer):
    id = serializers.CharField()
    rev = serializers.IntegerField()


class ClusterOut(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)
    example = serializers.CharField()
    created_at = serializers.DateTimeField()
    archived = serializers.BooleanField()
    nodes = serializers.IntegerField()
    kube_url = serializers.CharField()
    settings = serializers.DictField()
    origin = OriginOut(allow_null=True, help_text="What it was forked from.")
    clock = Clock()


class ClusterIn(serializers.Serializer):
    name = serializers.CharField(max_length=63, required=False, allow_blank=True)
    example = serializers.SlugField(required=False, allow_blank=True)
    nodes = serializers.IntegerField(required=False)
    zones = serializers.IntegerField(required=False)
    cpu = serializers.CharField(max_length=20, required=False)
    memory = serializers.CharField(max_length=20, required=False)
    seed = serializers.IntegerField(required=False, min_value=0, max_value=2**53)
    latency = serializers.ChoiceField(["realistic", "instant"], required=False)
    speed = serializers.FloatField(required=False)
    bare = serializers.BooleanField(required=False, help_text="without control plane nodes and add-ons")


class ClusterChange(serializers.Serializer):
    name = serializers.CharField(max_length=63, required=False)
    archived = serializers.BooleanField(required=False)


class ClockIn(serializers.Serializer):
    paused = serializers.BooleanField(required=False)
    speed = serializers.FloatField(required=False, help_text="0.1 to 1000; 0: as fast as it can")
    step = serializers.IntegerField(required=False, help_text="fires so many timers and pauses")
    until = serializers.CharField(required=False, max_length=200, help_text="as `deployment/web available`")
    limit_s = serializers.FloatField(required=False, help_text="simulated seconds until the goal is given up")


class Goal(serializers.Serializer):
    text = serializers.CharField()
    until_ms = serializers.IntegerField()
    state = serializers.ChoiceField(["running", "reached", "gave up"])
    at = serializers.IntegerField(required=False)
    message = serializers.CharField(required=False)


class GoalOut(serializers.Serializer):
    goal = Goal()


class ClockOut(Clock):
    goal = Goal(allow_null=True)


class ForkIn(serializers.Serializer):
    rev = serializers.IntegerField(required=False, min_value=1)
    name = serializers.CharField(required=False, max_length=63, allow_blank=True)


class ExampleOut(serializers.Serializer):
    slug = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    nodes = serializers.IntegerField()
    pods = serializers.IntegerField()
    steps = serializers.ListField(child=serializers.CharField())


class FileOut(serializers.Serializer):
    name = serializers.CharField()
    text = serializers.CharField()


class ShareIn(serializers.Serializer):
    role = serializers.ChoiceField([Role.OPERATE.value, Role.VIEW.value])
    expires_in = serializers.ChoiceField(list(LIFETIMES), default="7d")
    rev = serializers.IntegerField(
        min_value=1, max_value=2**53, required=False, allow_null=True, help_text="Open at this revision."
    )


class ShareOut(serializers.Serializer):
    id = serializers.CharField()
    role = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    token_hint = serializers.CharField()
    rev = serializers.IntegerField(source="revision", allow_null=True)
    url = serializers.CharField(required=False, help_text="Only in the answer that creates the link.")


class NodesIn(serializers.Serializer):
    add = serializers.IntegerField(min_value=1)


class NodesOut(serializers.Serializer):
    added = serializers.ListField(child=serializers.CharField())


class NodePowerIn(serializers.Serializer):
    action = serializers.ChoiceField(["kill", "restore"])


class TextDocument(serializers.Serializer):
    name = serializers.CharField(max_length=255)
    text = serializers.CharField(allow_blank=True, trim_whitespace=False)


class UploadIn(serializers.Serializer):
    documents = TextDocument(many=True)


class ObjectResult(serializers.Serializer):
    file = serializers.CharField()
    index = serializers.IntegerField()
    line = serializers.IntegerField()
    kind = serializers.CharField()
    namespace = serializers.CharField()
    name = serializers.CharField()
    action = serializers.CharField()
    message = serializers.CharField()


class Fault(serializers.Serializer):
    file = serializers.CharField()
    index = serializers.IntegerField()
    line = serializers.IntegerField()
    column = serializers.IntegerField()
    field = serializers.CharField()
    message = serializers.CharField()


class UploadOut(serializers.Serializer):
    applied = serializers.BooleanField()
    results = ObjectResult(many=True)
    errors = Fault(many=True)  # type: ignore[assignment]  # the member's name on the wire


class UploadJobOut(serializers.Serializer):
    phase = serializers.ChoiceField(PHASES)
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    rate = serializers.FloatField(help_text="A second.")
    cancelled = serializers.BooleanField()


def cluster_out(access: Access) -> dict[str, Any]:
    """The Cluster document; the clock is told from the pace, so no replica has to be loaded for it."""
    cluster, now = access.cluster, pace.read(shared_client(), access.cluster.id)
    return {
        "id": cluster.id,
        "name": cluster.name,
        "role": access.role.value,
        "example": cluster.example,
        "created_at": cluster.created_at.isoformat(),
        "archived": cluster.archived_at is not None,
        "nodes": cluster.nodes,
        "kube_url": server_url(cluster.id),
        "settings": cluster.settings,
        "origin": {"id": cluster.origin_id, "rev": cluster.origin_revision} if cluster.origin_id else None,
        "clock": clock_out(now),
    }


def clock_out(now: pace.Pace) -> dict[str, Any]:
    return {
        "speed": now.speed,
        "paused": now.state == "paused",
        "state": now.state,
        "sim_ms": now.sim_at(wall_ms()),
    }


def share_out(link: ShareLink, url: str | None = None) -> dict[str, Any]:
    return ShareOut(link).data | ({"url": url} if url else {})
