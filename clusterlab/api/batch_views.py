"""Several writes of the Kubernetes API in one request: what the dashboard does to whatever somebody has selected."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clusterlab.api.views import ClusterAPIView, actor_of, checked
from clusterlab.labs.access import Access
from clusterlab.labs.models import Role
from simcore.apimachinery.encoding import decode, encode
from simcore.kube_apiserver.http.message import HttpRequest, HttpResponse, Stream
from simcore.kube_apiserver.users import ADMIN, User

MOST = 200
CONTENT_TYPES = {"PATCH": "application/merge-patch+json"}


class OneRequest(serializers.Serializer):
    method = serializers.ChoiceField(["POST", "PUT", "PATCH", "DELETE"])
    path = serializers.RegexField(r"^/apis?/", max_length=1000, help_text="Below the cluster's API.")
    body = serializers.JSONField(required=False, help_text="A PATCH is a JSON merge patch.")


class BatchIn(serializers.Serializer):
    requests = serializers.ListField(child=OneRequest(), allow_empty=False, max_length=MOST)


class OneAnswer(serializers.Serializer):
    status = serializers.IntegerField(help_text="The API server's HTTP status.")
    message = serializers.CharField(help_text="Why not; empty when it was done.")


class BatchOut(serializers.Serializer):
    answers = OneAnswer(many=True)


class Batch(ClusterAPIView):
    @extend_schema(request=BatchIn, responses=BatchOut)
    def post(self, request: Request, cluster_id: str) -> Response:
        """One after the other, each for itself: what is refused stops nothing. The answers are in the same order."""
        access = self.access(cluster_id, Role.OPERATE)
        asked = checked(BatchIn, request)["requests"]
        resident, user = self.resident(access), _user(access)
        resident.sync()
        answers = [_answer(resident.http.serve(_request(each, user))) for each in asked]
        resident.used(wrote=True)
        return Response({"answers": answers})


def _user(access: Access) -> User:
    """With the name that the log signs the member's writes with."""
    name = actor_of(access).removeprefix("user:")
    return User(name, ADMIN.groups, "owner") if access.role is Role.OWNER else User(name, role="operate")


def _request(asked: dict[str, Any], user: User) -> HttpRequest:
    method, path = asked["method"], asked["path"]
    headers = {"content-type": CONTENT_TYPES.get(method, "application/json"), "accept": "application/json"}
    body = encode(asked["body"]) if "body" in asked else b""
    return HttpRequest(method, path, headers=headers, body=body, user=user)


def _answer(answer: HttpResponse | Stream) -> dict[str, Any]:
    if not isinstance(answer, HttpResponse):
        answer.cancel()
        return {"status": 400, "message": "A stream can't be part of a batch."}
    is_done = answer.status < 400
    return {"status": answer.status, "message": "" if is_done else _message(answer.body)}


def _message(body: bytes) -> str:
    """Of a Status; other answers are text."""
    if not body.startswith(b"{"):
        return body.decode(errors="replace").strip()
    return str(decode(body).get("message", ""))
