"""A request as the pipeline sees it: who asks, what for, and what made them ask."""

from __future__ import annotations

from dataclasses import dataclass

from simcore.kube_apiserver.observing.xray import NO_XRAY, Xray
from simcore.kube_apiserver.users import User


@dataclass(frozen=True, slots=True)
class Request:
    """What every verb takes beside the object."""

    user: User
    actor: str
    """Stored with the write: a component's name or `user:<name>`."""
    cause: int = 0
    """The revision that made the actor act; 0 when nothing in the store did."""
    dry_run: bool = False
    is_authorized: bool = False
    """The HTTP door has asked already."""
    manager: str = ""
    """The field manager; '' when nobody is to be noted (a server-side apply has noted the managers already)."""
    xray: Xray = NO_XRAY
    """Is told of the stages that the request passes, and of what it writes."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What authorization decides on."""

    verb: str
    group: str
    resource: str
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""
    """Of a request for no resource, as `/metrics`; the other fields but the verb are '' then."""
    fields: tuple[tuple[str, str], ...] = ()
    """What a list or watch is narrowed to: (field, value) of a field selector's equalities."""
