"""Objects that are worked out when somebody reads them, and stored nowhere: what an aggregated API would serve."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.http.info import RequestInfo
from simcore.kube_apiserver.http.message import HttpResponse, respond
from simcore.kube_apiserver.http.selection import Selection


class Computed(Protocol):
    """Answers for some kinds, which can be read alone."""

    @property
    def kinds(self) -> tuple[Kind, ...]: ...

    def objects(self, kind: Kind, namespace: str | None) -> Iterable[Obj]:
        """In order; of all namespaces without one."""
        ...


def serve_computed(source: Computed, kind: Kind, info: RequestInfo, selection: Selection) -> HttpResponse:
    """One object, or the list of those that are selected. Raises: NotFound."""
    found = source.objects(kind, info.namespace or None)
    if info.name:
        one = next((obj for obj in found if obj["metadata"]["name"] == info.name), None)
        if one is None:
            raise NotFound.named(kind, info.name)
        return respond(encode(one))
    items = [obj for obj in found if selection.holds(obj)]
    head = {"kind": kind.list_kind, "apiVersion": kind.api_version}
    return respond(encode({**head, "metadata": {}, "items": items}))
