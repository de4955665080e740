"""The shapes of Events, logs, measurements and services, for the schema."""

from __future__ import annotations

from rest_framework import serializers


class EventRow(serializers.Serializer):
    rev = serializers.IntegerField()
    at = serializers.IntegerField()
    type = serializers.CharField()
    reason = serializers.CharField()
    namespace = serializers.CharField()
    kind = serializers.CharField()
    name = serializers.CharField()
    message = serializers.CharField()
    count = serializers.IntegerField()

    def get_fields(self) -> dict[str, serializers.Field]:
        """`source` is a property of every field."""
        return {**super().get_fields(), "source": serializers.CharField()}


class EventsOut(serializers.Serializer):
    events = EventRow(many=True)


class LogLineOut(serializers.Serializer):
    at = serializers.IntegerField()
    text = serializers.CharField()


class LogOut(serializers.Serializer):
    lines = LogLineOut(many=True)
    next = serializers.IntegerField(help_text="Ask with follow_from=<next> for what comes after.")


class SeriesOut(serializers.Serializer):
    name = serializers.CharField()
    unit = serializers.CharField()
    values = serializers.ListField(child=serializers.FloatField())


class MetricsOut(serializers.Serializer):
    at = serializers.ListField(child=serializers.IntegerField())
    series = SeriesOut(many=True)


class EndpointOut(serializers.Serializer):
    pod = serializers.CharField(allow_null=True)
    ip = serializers.CharField()
    ready = serializers.BooleanField()
    node = serializers.CharField()


class ServiceOut(serializers.Serializer):
    key = serializers.CharField()
    type = serializers.CharField()
    clusterIP = serializers.CharField()  # noqa: N815  Kubernetes' own name
    ports = serializers.ListField(child=serializers.DictField())
    slices = serializers.ListField(child=serializers.CharField())
    endpoints = EndpointOut(many=True)


class NetOut(serializers.Serializer):
    services = ServiceOut(many=True)
