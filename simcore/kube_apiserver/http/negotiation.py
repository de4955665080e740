"""Which form of the answer the client wants, of those that there are.

Models: kubernetes v1.36 apiserver/pkg/endpoints/handlers/negotiation.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from simcore.apimachinery.errors import NotAcceptable, UnsupportedMediaType
from simcore.kube_apiserver.http.message import JSON, YAML
from simcore.kube_apiserver.http.protobuf import PROTOBUF

OFFERED = (JSON, YAML)
BODIES = (JSON, YAML, PROTOBUF)
DISCOVERY_GROUP, META_GROUP = "apidiscovery.k8s.io", "meta.k8s.io"


class Accepted(NamedTuple):
    media_type: str
    as_kind: str = ""
    """`Table`, `PartialObjectMetadata`, `APIGroupDiscoveryList`, ... or '' for the object itself."""
    version: str = ""
    group: str = ""


@lru_cache(maxsize=512)
def accepted(header: str, transforms: tuple[tuple[str, str, str], ...] = ()) -> Accepted:
    """The first wish that can be met; `transforms` are the (kind, version, group) on offer. Raises: NotAcceptable."""
    for media_range, parameters in _ranges(header or "*/*"):
        media_type = _matching(media_range)
        wish = (parameters.get("as", ""), parameters.get("v", ""), parameters.get("g", ""))
        if media_type and (not wish[0] or wish in transforms):
            return Accepted(media_type, *wish) if wish[0] else Accepted(media_type)
    raise NotAcceptable(f"only the following media types are accepted: {', '.join(OFFERED)}")


def body_type(header: str, allowed: Sequence[str] = BODIES) -> str:
    """The media type of a body; JSON when nothing is said. Raises: UnsupportedMediaType."""
    media_type = header.partition(";")[0].strip().lower()
    if not media_type:
        return JSON
    if media_type not in allowed:
        raise UnsupportedMediaType(
            "the body of the request was in an unknown format - accepted media types include: "
            + ", ".join(allowed)
        )
    return media_type


def _ranges(header: str) -> list[tuple[str, dict[str, str]]]:
    """The wishes, the best liked first; those equally liked in the order in which they stand."""
    found = []
    for clause in header.split(",")[:64]:
        media_range, *settings = (part.strip() for part in clause.split(";"))
        parameters = dict(_setting(setting) for setting in settings if "=" in setting)
        found.append((_quality(parameters), media_range.lower(), parameters))
    found.sort(key=lambda wish: -wish[0])
    return [(media_range, parameters) for quality, media_range, parameters in found if quality > 0]


def _setting(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip().strip('"')


def _quality(parameters: dict[str, str]) -> float:
    try:
        return float(parameters.get("q", "1"))
    except ValueError:
        return 1.0


def _matching(media_range: str) -> str:
    if media_range in OFFERED:
        return media_range
    return JSON if media_range in ("*/*", "application/*", "") else ""
