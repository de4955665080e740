"""How a connection to a pod is opened: its path, who may, and what is seen of the pod then."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from clusterlab.hub import NoSuchCluster, Resident, hub
from clusterlab.kubeapi.authentication import Authenticator, Credentials, credentials, user_of
from simcore.apimachinery.errors import ApiError, BadRequest, Forbidden, NotFound
from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.view import View, listed_view
from simcore.etcd.interface import StoreError
from simcore.kube_apiserver.authorization.authorizer import authorize
from simcore.kube_apiserver.local import LocalClient
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.users import User

_PATH = re.compile(
    r"/(?:k8s/)?clusters/([^/]+)/api/v1/namespaces/([^/]+)/pods/([^/]+)/(exec|attach|portforward)"
)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Place(NamedTuple):
    cluster_id: str
    pod: Key
    subresource: str


class Opened(NamedTuple):
    """A pod at the moment when somebody connects to it."""

    resident: Resident
    pod: Obj
    view: View


class Gone(Exception):
    """The client has closed the connection."""


def place_of(scope: dict[str, Any]) -> Place | None:
    """None when the path is none of a connection to a pod."""
    found = _PATH.fullmatch(scope["path"])
    if found is None:
        return None
    cluster_id, namespace, name, subresource = found.groups()
    return Place(cluster_id, Key(namespace, name), subresource)


def query_of(scope: dict[str, Any]) -> dict[str, list[str]]:
    return parse_qs(scope["query_string"].decode("latin-1"))


async def opened(scope: dict[str, Any], place: Place, authenticator: Authenticator, pool: Executor) -> Opened:
    """Raises: ApiError."""
    headers = {n.decode("latin-1").lower(): v.decode("latin-1") for n, v in scope["headers"]}
    asked = credentials(place.cluster_id, headers, scope)
    access = await authenticator.access(asked)
    if access is not None and asked.session_key:
        raise Forbidden("a session reads only: use a kubeconfig's token")
    user = None if access is None else user_of(access)
    try:
        return await asyncio.get_running_loop().run_in_executor(pool, _open, asked, user, place)
    except (NoSuchCluster, StoreError) as error:
        raise NotFound(f"the cluster is not available: {error}") from None


def failure(error: Exception) -> dict[str, Any]:
    """The Status that tells it."""
    if isinstance(error, ApiError):
        return error.status()
    assert isinstance(error, TimeoutError), error
    return BadRequest("the session is over").status()


def _open(asked: Credentials, user: User | None, place: Place) -> Opened:
    """Raises: ApiError, NoSuchCluster, StoreError."""
    resident: Resident = hub.get(asked.cluster_id)
    resident.sync()
    user = user or resident.front_door.user(asked.presented)
    attributes = Attributes("create", "", "pods", place.subresource, place.pod.namespace, place.pod.name)
    authorize(resident.server.authorizer, user, attributes)
    resident.used()
    client = LocalClient(resident.server, f"user:{user.name}")
    with resident.guard:
        pod = client.get(POD, place.pod)
        return Opened(resident, pod, listed_view(client, resident.world))
