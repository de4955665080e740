"""What the API server knows of its own work: requests under the x-ray, the audit log, and the store's keys."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from clusterlab.api import request_serializers as shapes
from clusterlab.api.past_views import GONE, REV
from clusterlab.api.reading import ReadingView, revision_of, whole
from clusterlab.api.views import actor_of, checked
from clusterlab.hub import Resident
from clusterlab.kubeapi.audit_policy import AUDIT_POLICY
from clusterlab.labs.access import Access
from clusterlab.labs.models import Role
from simcore.apimachinery.encoding import decode, encode
from simcore.etcd.interface import KeyValue, Put
from simcore.kube_apiserver.keys import MOST_KEYS, KeySpace, text_of
from simcore.kube_apiserver.observing import requests
from simcore.kube_apiserver.observing.audit_policy import DEFAULT_POLICY, Policy, PolicyError
from simcore.sim.trace import Origin

MOST_OUTLINES = 500
KEY = OpenApiParameter("key", str, required=True)


class NoRequest(exceptions.NotFound):
    default_detail = "This request is not, or no longer, kept."
    default_code = "request_not_found"


class ApiView(ReadingView):
    """A view of one cluster's API server."""

    def here(self, cluster_id: str, role: Role = Role.VIEW) -> tuple[Access, Resident]:
        """Raises: NoCluster, PermissionDenied, StoreError."""
        access = self.access(cluster_id, role)
        resident = self.resident(access)
        resident.sync()
        return access, resident

    def keys(self, access: Access, resident: Resident) -> KeySpace:
        return KeySpace(resident.server, reads_secrets=self.may_read_secrets(access))

    def origin(self, access: Access, resident: Resident) -> Origin:
        return Origin(actor_of(access), 0, resident.clock.now())


class Requests(ApiView):
    @extend_schema(
        parameters=[
            OpenApiParameter("limit", int),
            OpenApiParameter("verb", str, description="`create`, `list` ..."),
        ],
        responses=shapes.RequestOut(many=True),
    )
    def get(self, request: Request, cluster_id: str) -> Response:
        """The newest first: stages with verdicts and times. Of this process alone; reads push no change out."""
        _, resident = self.here(cluster_id)
        limit = whole(request, "limit", 200, least=1, most=MOST_OUTLINES)
        verb = request.query_params.get("verb", "")
        kept = resident.http.observer.requests.newest()
        return Response([requests.outline(one) for one in kept if not verb or one.verb == verb][:limit])


class OneRequest(ApiView):
    @extend_schema(responses=shapes.OneRequestOut)
    def get(self, request: Request, cluster_id: str, number: int) -> Response:
        """With what was sent, and each object before and after, as far as history is kept."""
        access, resident = self.here(cluster_id)
        kept = resident.http.observer.requests.get(number)
        if kept is None:
            raise NoRequest
        keys = self.keys(access, resident)
        objects = []
        for written in kept.written:
            before, after = requests.states(resident.store, written)
            hidden = not keys.may_read(written.path)
            objects.append(
                {"key": written.path, "before_rev": written.before, "rev": written.after, "hidden": hidden}
                | {
                    "before": None if hidden else _document(before),
                    "after": None if hidden else _document(after),
                }
            )
        first: dict[str, Any] = objects[0] if objects else {}
        shows_sent = self.may_read_secrets(access)
        return Response(
            requests.outline(kept)
            | {"before": first.get("before"), "after": first.get("after"), "objects": objects}
            | {"sent": text_of(kept.sent) if shows_sent else ""}
        )


class Audit(ApiView):
    @extend_schema(parameters=[OpenApiParameter("limit", int)], responses=shapes.AuditOut)
    def get(self, request: Request, cluster_id: str) -> Response:
        """audit.k8s.io/v1 Events, the newest first. For members who may change things."""
        _, resident = self.here(cluster_id, Role.OPERATE)
        limit = whole(request, "limit", 200, least=1, most=MOST_OUTLINES)
        return Response({"events": resident.http.observer.audit.newest(limit)})


class AuditPolicy(ApiView):
    @extend_schema(responses=shapes.PolicyOut)
    def get(self, request: Request, cluster_id: str) -> Response:
        _, resident = self.here(cluster_id)
        return Response({"policy": resident.record(AUDIT_POLICY) or DEFAULT_POLICY})

    @extend_schema(request=shapes.PolicyOut, responses=shapes.PolicyOut)
    def put(self, request: Request, cluster_id: str) -> Response:
        """An audit.k8s.io/v1 Policy, for all that comes from now on. For the owner."""
        access, resident = self.here(cluster_id, Role.OWNER)
        try:
            policy = Policy(checked(shapes.PolicyOut, request)["policy"])
        except PolicyError as error:
            raise exceptions.ValidationError({"policy": [str(error)]}) from None
        ops = (Put(AUDIT_POLICY, encode(policy.document)),)
        resident.store.txn((), ops, origin=self.origin(access, resident))
        return Response({"policy": policy.document})


class Keys(ApiView):
    @extend_schema(
        parameters=[
            OpenApiParameter("prefix", str),
            OpenApiParameter("start", str, description="The key after which the page begins."),
            OpenApiParameter("limit", int),
            REV,
        ],
        responses={200: shapes.KeysOut, 410: GONE},
    )
    def get(self, request: Request, cluster_id: str) -> Response:
        """The keys below a prefix, without their values."""
        access, resident = self.here(cluster_id)
        page = self.keys(access, resident).range(
            request.query_params.get("prefix", ""),
            at=revision_of(request),
            start=request.query_params.get("start", ""),
            limit=whole(request, "limit", 200, least=1, most=MOST_KEYS),
        )
        rows = [_row(kv) for kv in page.kvs]
        return Response({"rev": page.revision, "total": page.total, "more": page.more, "keys": rows})

    @extend_schema(
        parameters=[KEY, OpenApiParameter("prefix", bool, description="All keys that begin so.")],
        responses=shapes.DeletedKeysOut,
    )
    def delete(self, request: Request, cluster_id: str) -> Response:
        """Removes keys past the API server. For the owner."""
        access, resident = self.here(cluster_id, Role.OWNER)
        is_prefix = request.query_params.get("prefix", "").lower() in ("true", "1")
        key = request.query_params.get("key", "")
        gone = self.keys(access, resident).delete(key, self.origin(access, resident), is_prefix=is_prefix)
        resident.used(wrote=True)
        return Response({"deleted": gone})


class KeyValueView(ApiView):
    @extend_schema(parameters=[KEY, REV], responses={200: shapes.KeyValueOut, 410: GONE})
    def get(self, request: Request, cluster_id: str) -> Response:
        """One key with its value."""
        access, resident = self.here(cluster_id)
        kv = self.keys(access, resident).get(request.query_params.get("key", ""), at=revision_of(request))
        return Response(_row(kv) | {"value": text_of(kv.value)})

    @extend_schema(
        parameters=[KEY],
        request=shapes.ValueIn,
        responses={200: shapes.KeyValueOut, 422: OpenApiResponse(description="The object is not valid.")},
    )
    def put(self, request: Request, cluster_id: str) -> Response:
        """Writes a value past the API server; below a kind's folder it has to be such an object. For the owner."""
        access, resident = self.here(cluster_id, Role.OWNER)
        keys, key = self.keys(access, resident), request.query_params.get("key", "")
        value = checked(shapes.ValueIn, request)["value"]
        keys.put(key, value.encode(), self.origin(access, resident))
        resident.used(wrote=True)
        kv = keys.get(key)
        return Response(_row(kv) | {"value": text_of(kv.value)})


def _row(kv: KeyValue) -> dict[str, Any]:
    counts = {"create_rev": kv.create_revision, "mod_rev": kv.mod_revision, "version": kv.version}
    return {"key": kv.key, **counts, "lease": kv.lease, "bytes": len(kv.value)}


def _document(stored: bytes | None) -> Any:
    return decode(stored) if stored is not None else None
