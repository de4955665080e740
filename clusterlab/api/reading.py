"""What views share that read a cluster's history: the library, revisions and object paths in the query."""

from __future__ import annotations

from rest_framework import exceptions
from rest_framework.request import Request

from clusterlab.api.views import ClusterAPIView
from clusterlab.hub import Resident
from clusterlab.labs.access import Access
from clusterlab.labs.models import Role
from clusterlab.reading.library import Library
from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Key
from simcore.etcd.interface import Revision


class ReadingView(ClusterAPIView):
    """A view that only reads. What it reads is as new as the request."""

    def open(self, cluster_id: str) -> tuple[Access, Resident, Library]:
        """Raises: NoCluster, StoreError."""
        access = self.access(cluster_id)
        resident = self.resident(access)
        resident.sync()
        library = resident.shared(Library)
        library.advance()
        return access, resident, library

    def may_read_secrets(self, access: Access) -> bool:
        """As for kubectl: whoever only looks does not see what is in a Secret."""
        return access.includes(Role.OPERATE)


def whole(
    request: Request, name: str, default: int | None = None, *, least: int = 0, most: int = 2**53
) -> int:
    """A number in the query, kept within bounds. Raises: ValidationError."""
    text = request.query_params.get(name, "")
    if not text and default is not None:
        return default
    if not text.isdecimal() or len(text) > 16:
        raise exceptions.ValidationError({name: ["A whole number is needed."]})
    return min(max(int(text), least), most)


def revision_of(request: Request, name: str = "rev") -> Revision | None:
    """None when the query names none: now. Raises: ValidationError."""
    return whole(request, name) if request.query_params.get(name) else None


def object_path(request: Request, library: Library) -> tuple[Kind, Key]:
    """`path=<plural[.group]>/<namespace or _>/<name>`. Raises: ValidationError."""
    found = library.subjects.find(request.query_params.get("path", ""))
    if found is None:
        message = "This is no <plural[.group]>/<namespace or _>/<name> of a kind that is served."
        raise exceptions.ValidationError({"path": [message]})
    return found
