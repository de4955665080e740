"""Uploads of manifests: files or texts, tried as a whole and applied as a whole."""

from __future__ import annotations

import re

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from clusterlab.api import serializers
from clusterlab.api.errors import TooLarge
from clusterlab.api.views import ClusterAPIView, checked
from clusterlab.kubeapi.authentication import user_of
from clusterlab.labs.access import Access
from clusterlab.labs.authors import actor_of
from clusterlab.labs.models import ManifestUpload, Role
from clusterlab.manifests import archives
from clusterlab.manifests.applying import Options, upload
from clusterlab.manifests.jobs import Job, untold
from clusterlab.redis_clients import shared_client
from simcore.apimachinery.documents import MAX_BYTES

_JOB_NAME = re.compile(r"[A-Za-z0-9-]{8,40}")
_FLAGS = [
    OpenApiParameter("dry_run", bool, description="Try only; the cluster stays as it is."),
    OpenApiParameter("partial", bool, description="Apply what can be applied although something else can't."),
    OpenApiParameter("namespace", str, description="For objects that name none; `default` without it."),
    OpenApiParameter("job", str, description="A name of one's own, to ask at uploads/<job>/ how far it is."),
]


class UploadView(ClusterAPIView):
    def job(self, access: Access, name: str) -> Job:
        """Raises: ValidationError."""
        if not _JOB_NAME.fullmatch(name):
            raise exceptions.ValidationError(
                {"job": ["Eight to forty letters, digits and hyphens are needed."]}
            )
        return Job(shared_client(), access.cluster.id, access.membership.pk if access.membership else 0, name)


class OneUpload(UploadView):
    @extend_schema(responses=serializers.UploadJobOut)
    def get(self, request: Request, cluster_id: str, job: str) -> Response:
        """How far an upload of one's own is that was sent with this name; for ten minutes."""
        found = self.job(self.access(cluster_id, Role.OPERATE), job).state()
        if found is None:
            raise exceptions.NotFound("There is no upload of yours under this name.")
        return Response(found)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, cluster_id: str, job: str) -> Response:
        """Calls it off: unless its changes are being written already, nothing is applied and it answers 409."""
        self.job(self.access(cluster_id, Role.OPERATE), job).cancel()
        return Response(status=204)


class Uploads(UploadView):
    @extend_schema(
        parameters=_FLAGS,
        request={
            "application/json": serializers.UploadIn,
            "multipart/form-data": {
                "type": "object",
                "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
            },
        },
        responses={200: serializers.UploadOut, 422: serializers.UploadOut},
    )
    def post(self, request: Request, cluster_id: str) -> Response:
        """422 when something can't be applied; nothing is applied then, unless `partial`."""
        access = self.access(cluster_id, Role.OPERATE)
        if int(request.META.get("CONTENT_LENGTH") or 0) > 2 * MAX_BYTES:
            raise TooLarge
        files = self._files(request)
        options = Options(
            namespace=request.query_params.get("namespace") or "default",
            dry_run=_flag(request, "dry_run"),
            partial=_flag(request, "partial"),
            actor=actor_of(access),
        )
        name = request.query_params.get("job", "")
        tell = self.job(access, name).tell if name else untold
        outcome = upload(self.resident(access), user_of(access), files, options, tell)
        answer = outcome.document()
        ManifestUpload.objects.create(
            cluster=access.cluster,
            membership=access.membership,
            files=[{"name": name, "size": len(data)} for name, data in files],
            applied=outcome.applied,
            results=answer["results"],
            errors=answer["errors"],
        )
        return Response(answer, status=422 if outcome.errors and not outcome.applied else 200)

    def _files(self, request: Request) -> list[tuple[str, bytes]]:
        """Raises: TooLarge before files are read, ValidationError."""
        if request.content_type.startswith("multipart/"):
            sent = request.FILES.getlist("files")
            if sum(file.size for file in sent) > MAX_BYTES:
                raise TooLarge
            files = self._unpacked([(file.name, file.read()) for file in sent])
        else:
            documents = checked(serializers.UploadIn, request)["documents"]
            files = [(d["name"], d["text"].encode(errors="surrogatepass")) for d in documents]
            if sum(len(data) for _, data in files) > MAX_BYTES:
                raise TooLarge
        if not files:
            raise exceptions.ValidationError({"files": ["There is no file in the request."]})
        return files

    def _unpacked(self, files: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        """Raises: ValidationError, TooLarge."""
        try:
            found = archives.unpacked(files)
        except archives.BadArchive as error:
            raise exceptions.ValidationError({"files": [f"{error}."]}) from None
        if sum(len(data) for _, data in found) > MAX_BYTES:
            raise TooLarge
        return found


def _flag(request: Request, name: str) -> bool:
    return request.query_params.get(name, "").lower() in ("true", "1")
