"""Warnings about kinds that are on their way out: every answer about one says so, errors included.

Models: kubernetes v1.36 apiserver/pkg/endpoints/installer.go (AddWarningsHandler),
apiserver/pkg/endpoints/deprecation/deprecation.go.
"""

from __future__ import annotations

from collections.abc import Callable

from simcore.apimachinery.errors import ApiError
from simcore.apimachinery.kinds import Kind
from simcore.kube_apiserver.http.message import HttpResponse, Stream, error_response, warning, with_headers

DEPRECATED = {
    "componentstatuses": "v1 ComponentStatus is deprecated in v1.19+",
    "endpoints": "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
}
"""By `Kind.resource`, of those that are served by default."""


def told(kind: Kind, serve: Callable[[], HttpResponse | Stream]) -> HttpResponse | Stream:
    """The answer of `serve` with the kind's warning, if it has one. Raises: ApiError, of other kinds."""
    text = DEPRECATED.get(kind.resource) if kind.structure is None else kind.structure.warning
    if not text:
        return serve()
    try:
        answer = serve()
    except ApiError as error:
        answer = error_response(error)
    return with_headers(answer, (warning(text),))
