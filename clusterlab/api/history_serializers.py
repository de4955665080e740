"""The shapes of answers about the past and its causes, for the schema."""

from __future__ import annotations

from rest_framework import serializers


class Failure(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField()
    details = serializers.DictField()


class Refusal(serializers.Serializer):
    error = Failure()


class BucketOut(serializers.Serializer):
    to = serializers.IntegerField()
    at_from = serializers.IntegerField()
    at_to = serializers.IntegerField()
    changes = serializers.IntegerField()
    bad = serializers.IntegerField()

    def get_fields(self) -> dict[str, serializers.Field]:
        """`from` is no name that Python takes."""
        return {"from": serializers.IntegerField(), **super().get_fields()}


class MarkerOut(serializers.Serializer):
    rev = serializers.IntegerField()
    at = serializers.IntegerField()
    kind = serializers.ChoiceField(["apply", "fault", "scale", "failure", "leader", "pace", "delete"])
    text = serializers.CharField()
    author = serializers.CharField()


class TimelineOut(serializers.Serializer):
    kept_from = serializers.IntegerField()
    rev = serializers.IntegerField()
    at = serializers.IntegerField()
    buckets = BucketOut(many=True)
    markers = MarkerOut(many=True)


class PictureOut(serializers.Serializer):
    rev = serializers.IntegerField()
    at = serializers.IntegerField()
    epoch = serializers.IntegerField()
    nodes = serializers.ListField(child=serializers.DictField())
    pods = serializers.ListField(child=serializers.DictField())


class ObjectOut(serializers.Serializer):
    revision = serializers.IntegerField()
    object = serializers.DictField(allow_null=True)
    deleted = serializers.BooleanField()
    created_rev = serializers.IntegerField(allow_null=True)
    last_rev = serializers.IntegerField(allow_null=True)


class ObjectRevision(serializers.Serializer):
    rev = serializers.IntegerField()
    at = serializers.IntegerField()
    actor = serializers.CharField()
    author = serializers.CharField(allow_null=True, help_text="The name of a person who did it.")
    cause = serializers.IntegerField(allow_null=True)
    change = serializers.ChoiceField(["created", "changed", "deleted"])

    def get_fields(self) -> dict[str, serializers.Field]:
        """`fields` is a property of every serializer."""
        return {**super().get_fields(), "fields": serializers.ListField(child=serializers.CharField())}


class HistoryOut(serializers.Serializer):
    revisions = ObjectRevision(many=True)


class FieldChangeOut(serializers.Serializer):
    path = serializers.CharField()
    old = serializers.JSONField(required=False)
    new = serializers.JSONField(required=False)


class ObjectChange(serializers.Serializer):
    key = serializers.CharField()
    kind = serializers.CharField()
    namespace = serializers.CharField()
    name = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field]:
        """`fields` is a property of every serializer."""
        return {**super().get_fields(), "fields": FieldChangeOut(many=True)}


class KindDifference(serializers.Serializer):
    kind = serializers.CharField()
    resource = serializers.CharField()
    added = serializers.IntegerField()
    removed = serializers.IntegerField()
    changed = serializers.IntegerField()


class DifferenceOut(serializers.Serializer):
    added = serializers.ListField(child=serializers.CharField())
    removed = serializers.ListField(child=serializers.CharField())
    changed = ObjectChange(many=True)
    kinds = KindDifference(many=True, help_text="Of all, also of those beyond what is told one by one.")
    truncated = serializers.BooleanField()


class ComparisonOut(DifferenceOut):
    rev = serializers.IntegerField()
    with_rev = serializers.IntegerField()
    parts_at = serializers.IntegerField(
        allow_null=True,
        help_text="The first revision that is not the same; null: one goes on where the other ends.",
    )


class StepOut(serializers.Serializer):
    rev = serializers.IntegerField()
    cause = serializers.IntegerField(allow_null=True)
    at = serializers.IntegerField()
    lane = serializers.CharField()
    actor = serializers.CharField()
    author = serializers.CharField(allow_null=True, help_text="The name of a person who did it.")
    verb = serializers.CharField(help_text="created, changed or deleted")
    key = serializers.CharField()
    kind = serializers.CharField()
    namespace = serializers.CharField()
    name = serializers.CharField()
    summary = serializers.CharField()
    count = serializers.IntegerField()
    revs = serializers.ListField(child=serializers.IntegerField())


class TraceOut(serializers.Serializer):
    steps = StepOut(many=True)
    truncated = serializers.BooleanField()
    critical = serializers.ListField(child=serializers.IntegerField())

    def get_fields(self) -> dict[str, serializers.Field]:
        """`root` is a property of every serializer."""
        return {"root": serializers.IntegerField(), **super().get_fields()}


class ProofOut(serializers.Serializer):
    rev = serializers.IntegerField()
    text = serializers.CharField()


class ReasonOut(serializers.Serializer):
    sentence = serializers.CharField()
    proofs = ProofOut(many=True)


class WhyOut(ReasonOut):
    state = serializers.ChoiceField(["ok", "wait", "bad"])
    exists = ReasonOut()
    here = ReasonOut(allow_null=True)
