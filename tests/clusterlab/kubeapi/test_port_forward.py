"""`kubectl port-forward` on the wire: connections, requests in pieces, ports that nobody listens on, rights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator

from clusterlab.asgi import application
from clusterlab.hub import hub
from clusterlab.kubeapi.port_forward import PROTOCOL, Request, answer
from clusterlab.kubeapi.spdy import GOAWAY, PING, RST_STREAM, SYN_REPLY, SYN_STREAM, Frame, Framer
from clusterlab.labs import services
from clusterlab.labs.access import Access
from clusterlab.labs.models import Cluster, Role
from simcore.apimachinery.kinds import POD
from simcore.kube_apiserver.local import LocalClient
from simcore.kubelet.runtime.replies import Reply
from tests.clusterlab.conftest import Browser, Owner
from tests.kit.loop import on_a_loop
from tests.kit.manifests import pod

pytestmark = pytest.mark.django_db(transaction=True)
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Tunnel:
    """The client's side of one websocket."""

    def __init__(self, wire: WebsocketCommunicator) -> None:
        self.wire, self.framer = wire, Framer()
        self._next = 1

    async def connect(self, port: int | str, number: int = 0) -> tuple[int, int]:
        """The numbers of the error and the data stream."""
        found = []
        for kind in ("error", "data"):
            headers = (("streamtype", kind), ("port", str(port)), ("requestid", str(number)))
            found.append(self._next)
            await self.send(self.framer.opening(SYN_STREAM, self._next, headers))
            self._next += 2
        return found[0], found[1]

    async def send(self, data: bytes) -> None:
        await self.wire.send_to(bytes_data=data)

    async def hear(self, count: int) -> list[Frame]:
        """The next frames."""
        found: list[Frame] = []
        while len(found) < count:
            found += self.framer.take(await self.wire.receive_from(timeout=10))
        return found


class Site:
    """A cluster with an nginx and a redis in one pod."""

    def __init__(self, owner_of: Callable[[str], Owner]) -> None:
        self.cluster_id = Browser().new_cluster(nodes=1)
        made = pod("web")
        made["spec"]["containers"].append({"name": "cache", "image": "redis:7"})
        LocalClient(hub.get(self.cluster_id).server, "user:dana").create(POD, made)
        owner_of(self.cluster_id).advance(30_000)
        cluster = Cluster.objects.get(pk=self.cluster_id)
        self.tokens = {role: services.new_kube_token(Access(cluster, role)) for role in Role}

    def tunnel(self, *, role: Role = Role.OWNER, name: str = "web", protocol: str = PROTOCOL) -> Tunnel:
        path = f"/clusters/{self.cluster_id}/api/v1/namespaces/default/pods/{name}/portforward"
        headers = [(b"authorization", f"Bearer {self.tokens[role]}".encode())]
        return Tunnel(WebsocketCommunicator(application, path, headers, [protocol]))


@pytest.fixture
def site(transactional_db: None, client_of_redis: Any, owner_of: Callable[[str], Owner]) -> Site:
    return Site(owner_of)


@on_a_loop
async def test_a_connection_reaches_the_server_and_lasts(site: Site) -> None:
    tunnel = site.tunnel()
    assert await tunnel.wire.connect(timeout=10) == (True, PROTOCOL)
    _, data = await tunnel.connect(80)
    assert [frame.kind for frame in await tunnel.hear(2)] == [SYN_REPLY, SYN_REPLY]
    await tunnel.send(tunnel.framer.data(data, GET[:10]))
    await tunnel.send(tunnel.framer.data(data, GET[10:] + GET))
    first, second = await tunnel.hear(2)
    assert first.body.startswith(b"HTTP/1.1 200 OK\r\n") and b"Welcome to nginx!" in first.body
    assert first.body == second.body and not second.is_last
    await tunnel.send(tunnel.framer.control(PING, b"\0\0\0\1"))
    (ping,) = await tunnel.hear(1)
    assert (ping.kind, ping.body) == (PING, b"\0\0\0\1")
    await tunnel.send(tunnel.framer.data(data, b"GET /no HTTP/1.0\r\n\r\n"))
    found, over, silent = await tunnel.hear(3)
    assert found.body.startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert over.is_last and silent.is_last
    await tunnel.send(tunnel.framer.control(GOAWAY, bytes(8)))
    assert (await tunnel.wire.receive_output(timeout=10))["type"] == "websocket.close"


@on_a_loop
async def test_a_port_that_nobody_listens_on_is_told(site: Site) -> None:
    tunnel = site.tunnel()
    await tunnel.wire.connect(timeout=10)
    error, data = await tunnel.connect(81)
    *_, told, over = await tunnel.hear(4)
    assert (told.stream, over.stream, told.is_last, over.is_last) == (error, data, True, True)
    assert told.body.decode().startswith("error forwarding port 81 to pod web, uid ")
    assert told.body.decode().endswith("dial tcp4 127.0.0.1:81: connect: connection refused")


@on_a_loop
async def test_a_server_that_knows_no_http_closes_without_a_word(site: Site) -> None:
    tunnel = site.tunnel()
    await tunnel.wire.connect(timeout=10)
    _, data = await tunnel.connect(6379)
    await tunnel.hear(2)
    await tunnel.send(tunnel.framer.data(data, GET))
    assert [(frame.body, frame.is_last) for frame in await tunnel.hear(2)] == [(b"", True)] * 2


@on_a_loop
async def test_no_port_is_no_stream(site: Site) -> None:
    tunnel = site.tunnel()
    await tunnel.wire.connect(timeout=10)
    await tunnel.connect("http")
    assert [frame.kind for frame in await tunnel.hear(2)] == [RST_STREAM] * 2


@on_a_loop
@pytest.mark.parametrize(
    "how",
    [{"role": Role.VIEW}, {"name": "gone"}, {"protocol": "v5.channel.k8s.io"}],
    ids=["viewer", "no pod", "other protocol"],
)
async def test_who_may_not_gets_no_connection(site: Site, how: dict[str, Any]) -> None:
    assert (await site.tunnel(**how).wire.connect(timeout=10))[0] is False


def test_an_answer_has_its_length_and_kind() -> None:
    page = answer(Reply(200, ("<html>",)), Request("GET", "/", closes=True))
    assert page == (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 7\r\nConnection: close\r\n\r\n<html>\n"
    )
    assert answer(Reply(599, ("x",)), Request("HEAD", "/", closes=False)) == (
        b"HTTP/1.1 599 \r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 2\r\n\r\n"
    )
