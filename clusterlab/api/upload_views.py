"""Uploads of manifests: files or texts, tried as a whole and applied as a whole."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from clusterlab.api import serializers
from clusterlab.api.errors import TooLarge
from clusterlab.api.views import ClusterAPIView, checked
from clusterlab.kubeapi.authentication import user_of
from clusterlab.labs.models import ManifestUpload, Role
from clusterlab.manifests import archives
from clusterlab.manifests.applying import Options, upload
from clusterlab.manifests.documents import MAX_BYTES

_FLAGS = [
    OpenApiParameter("dry_run", bool, description="Try only; the cluster stays as it is."),
    OpenApiParameter("partial", bool, description="Apply what can be applied although something else can't."),
    OpenApiParameter("namespace", str, description="For objects that name none; `default` without it."),
]


class Uploads(ClusterAPIView):
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
        )
        outcome = upload(self.resident(access), user_of(access), files, options)
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
