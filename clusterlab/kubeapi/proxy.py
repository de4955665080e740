"""The `proxy` of pods and services: an HTTP request to a simulated server, through the API server.

Models: kubernetes v1.36 pkg/registry/core/{pod,service}/rest (ResourceLocation) and
staging/src/k8s.io/apimachinery/pkg/util/proxy.
"""

from __future__ import annotations

import re
from zlib import crc32

from clusterlab.hub import Resident
from simcore.apimachinery.errors import BadRequest, ServiceUnavailable
from simcore.apimachinery.kinds import POD, SERVICE
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.view import View, listed_view
from simcore.kube_apiserver.authorization.authorizer import authorize
from simcore.kube_apiserver.http.message import HttpRequest, HttpResponse
from simcore.kube_apiserver.local import LocalClient
from simcore.kube_apiserver.request import Attributes
from simcore.kube_proxy.endpoints import endpoints_of, targets
from simcore.kubelet import serving
from simcore.kubelet.runtime.replies import Reply

SERVER = "172.18.0.1"
"""Where the request seems to come from."""
_PATH = re.compile(r"/api/v1/namespaces/([^/]+)/(pods|services)/([^/]+)/proxy(/.*)?")
_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
Address = tuple[str, int]


def proxied(resident: Resident, request: HttpRequest) -> HttpResponse | None:
    """None when the path is no proxy's. Raises: ApiError."""
    found = _PATH.fullmatch(request.path)
    if found is None:
        return None
    namespace, plural, named, path = found.groups()
    if path is None and request.method in ("GET", "HEAD"):
        where = f"{request.base}{request.path}/" + (f"?{request.query}" if request.query else "")
        return HttpResponse(301, (("Location", where),), b"")
    name, port = _parts(named)
    user = request.user
    assert user is not None, request.path
    attributes = Attributes(_VERBS.get(request.method, "get"), "", plural, "proxy", namespace, name)
    authorize(resident.server.authorizer, user, attributes)
    client = LocalClient(resident.server, f"user:{user.name}")
    with resident.guard:
        obj = client.get(POD if plural == "pods" else SERVICE, Key(namespace, name))
        view = listed_view(client, resident.world)
        ip, number = _of_pod(obj, port) if plural == "pods" else _of_service(view, obj, port, request.path)
        asked = (path or "/") + (f"?{request.query}" if request.query else "")
        return _answer(_asked(resident, view, (ip, number), asked), (ip, number))


def _parts(named: str) -> tuple[str, str]:
    """`name`, `name:port` or `scheme:name:port`. Raises: BadRequest."""
    words = named.split(":")
    if len(words) > 3 or (len(words) == 3 and words[0] not in ("http", "https", "")):
        raise BadRequest(f'invalid service request "{named}"')
    return (words[1], words[2]) if len(words) == 3 else (words[0], words[1] if len(words) == 2 else "")


def _of_pod(pod: Obj, port: str) -> Address:
    """The port that is asked for, or the first that the pod declares. Raises: BadRequest."""
    ip = (pod.get("status") or {}).get("podIP")
    if not ip:
        raise BadRequest("address not allowed")
    declared = [p["containerPort"] for c in pod["spec"]["containers"] for p in c.get("ports") or ()]
    if not port:
        return ip, declared[0] if declared else 80
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise BadRequest(f'invalid port "{port}"')
    return ip, int(port)


def _of_service(view: View, service: Obj, wanted: str, turn: str) -> Address:
    """One of its endpoints. Raises: ServiceUnavailable."""
    name, ports = service["metadata"]["name"], service["spec"].get("ports") or []
    fitting = [p for p in ports if wanted in (p.get("name") or "", str(p["port"]))] if wanted else ports[:1]
    if not fitting or (not wanted and len(ports) != 1):
        raise ServiceUnavailable(f'no service port "{wanted}" found for service "{name}"')
    usable = targets(endpoints_of(view.slices(service), fitting[0]), "").everywhere
    if not usable:
        raise ServiceUnavailable(f'no endpoints available for service "{name}"')
    chosen = usable[crc32(turn.encode()) % len(usable)]
    return chosen.address, chosen.port


def _asked(resident: Resident, view: View, address: Address, path: str) -> Reply | None:
    """None: nobody answers there."""
    ip, port = address
    pod = view.pod_at(ip)
    record = view.record(pod) if pod is not None else None
    if pod is None or record is None or not view.is_on(pod["spec"].get("nodeName", "")):
        return None
    clock = resident.clock
    reply = serving.get(pod, record, port, path, SERVER, clock.now(), clock.unix_ms() - clock.now())
    return reply if reply.is_answer else None


def _answer(reply: Reply | None, address: Address) -> HttpResponse:
    """Raises: ServiceUnavailable."""
    if reply is None:
        where = f"{address[0]}:{address[1]}"
        raise ServiceUnavailable(
            f"error trying to reach service: dial tcp {where}: connect: connection refused"
        )
    body = "".join(f"{line}\n" for line in reply.lines).encode()
    kind = "text/html" if body.startswith(b"<") else "text/plain; charset=utf-8"
    return HttpResponse(reply.code, (("Content-Type", kind),), body)
