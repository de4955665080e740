"""The shapes of answers about requests, the audit log and keys, for the schema."""

from __future__ import annotations

from rest_framework import serializers


class StageOut(serializers.Serializer):
    name = serializers.CharField()
    verdict = serializers.ChoiceField(["passed", "refused"])
    us = serializers.IntegerField()
    detail = serializers.CharField()


class RequestOut(serializers.Serializer):
    n = serializers.IntegerField()
    at = serializers.IntegerField(help_text="Simulated milliseconds.")
    rev = serializers.IntegerField()
    user = serializers.CharField()
    verb = serializers.CharField()
    path = serializers.CharField()
    code = serializers.IntegerField()
    message = serializers.CharField()
    ms = serializers.FloatField(help_text="Of real time.")
    stages = StageOut(many=True)


class WrittenOut(serializers.Serializer):
    key = serializers.CharField()
    before_rev = serializers.IntegerField()
    rev = serializers.IntegerField()
    hidden = serializers.BooleanField()
    before = serializers.DictField(allow_null=True)
    after = serializers.DictField(allow_null=True)


class OneRequestOut(RequestOut):
    before = serializers.DictField(allow_null=True)
    after = serializers.DictField(allow_null=True)
    objects = WrittenOut(many=True)
    sent = serializers.CharField()


class AuditOut(serializers.Serializer):
    events = serializers.ListField(child=serializers.DictField())


class PolicyOut(serializers.Serializer):
    policy = serializers.DictField()


class KeyOut(serializers.Serializer):
    key = serializers.CharField()
    create_rev = serializers.IntegerField()
    mod_rev = serializers.IntegerField()
    version = serializers.IntegerField()
    lease = serializers.IntegerField()
    bytes = serializers.IntegerField()


class KeysOut(serializers.Serializer):
    rev = serializers.IntegerField()
    total = serializers.IntegerField()
    more = serializers.BooleanField()
    keys = KeyOut(many=True)


class KeyValueOut(KeyOut):
    value = serializers.CharField()


class ValueIn(serializers.Serializer):
    value = serializers.CharField(allow_blank=True, trim_whitespace=False, max_length=2_000_000)


class DeletedKeysOut(serializers.Serializer):
    deleted = serializers.ListField(child=serializers.CharField())
