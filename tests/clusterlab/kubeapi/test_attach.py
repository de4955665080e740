"""`kubectl attach` on the wire: what a program prints, a shell that is typed into, and how its container ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from channels.testing import WebsocketCommunicator

from clusterlab.asgi import application
from clusterlab.hub import hub
from clusterlab.kubeapi.channel import CLOSE, ERROR, STDIN, STDOUT
from clusterlab.labs import services
from clusterlab.labs.access import Access
from clusterlab.labs.models import Cluster, Role
from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.local import LocalClient
from simcore.kubelet.world import EXITS
from tests.clusterlab.conftest import Browser, Owner
from tests.kit.loop import on_a_loop
from tests.kit.manifests import pod

pytestmark = pytest.mark.django_db(transaction=True)
V5 = "v5.channel.k8s.io"


def container(name: str, *command: str, **more: Any) -> Obj:
    made = pod(name, image="busybox:1.36", restartPolicy="Never")
    made["spec"]["containers"][0] |= {"command": [*command], **more}
    return made


class Site:
    """A cluster with a shell that waits, a shell with a terminal, and a program that says something."""

    def __init__(self, owner_of: Callable[[str], Owner]) -> None:
        self.cluster_id = Browser().new_cluster(nodes=1)
        user = LocalClient(hub.get(self.cluster_id).server, "user:dana")
        user.create(POD, container("waits", "sh", stdin=True))
        user.create(POD, container("terminal", "sh", stdin=True, tty=True))
        user.create(POD, container("talks", "sh", "-c", "echo before; sleep 999; exit 2"))
        owner_of(self.cluster_id).advance(30_000)
        cluster = Cluster.objects.get(pk=self.cluster_id)
        self.token = services.new_kube_token(Access(cluster, Role.OWNER))

    def wire(self, name: str, **query: str) -> WebsocketCommunicator:
        words = urlencode({"stdout": "true", "container": "main"} | query)
        path = f"/clusters/{self.cluster_id}/api/v1/namespaces/default/pods/{name}/attach?{words}"
        headers = [(b"authorization", f"Bearer {self.token}".encode())]
        return WebsocketCommunicator(application, path, headers, [V5])

    def exits(self) -> list[Obj]:
        """What kubelets are to see."""
        resident = hub.get(self.cluster_id)
        resident.sync()
        return [*resident.world.list(EXITS).values()]


@pytest.fixture
def site(transactional_db: None, client_of_redis: Any, owner_of: Callable[[str], Owner]) -> Site:
    return Site(owner_of)


async def heard(wire: WebsocketCommunicator) -> tuple[str, Any]:
    """What was printed until the end, and the Status."""
    printed = ""
    while (data := await wire.receive_from(timeout=10))[0] != ERROR:
        printed += data[1:].decode()
    return printed, json.loads(data[1:])


@on_a_loop
async def test_what_comes_in_is_run_and_the_container_ends(site: Site) -> None:
    wire = site.wire("waits", stdin="true")
    assert await wire.connect(timeout=10) == (True, V5)
    await wire.send_to(bytes_data=bytes([STDIN]) + b"echo hi\nexit 3\n")
    await wire.send_to(bytes_data=bytes([CLOSE, STDIN]))
    assert await heard(wire) == ("hi\n", {"metadata": {}, "status": "Success"})
    (told,) = site.exits()
    assert (told["name"], told["container"], told["run"], told["code"]) == ("waits", "main", 0, 3)


@on_a_loop
async def test_a_terminal_is_the_programs_own(site: Site) -> None:
    wire = site.wire("terminal", stdin="true", tty="true")
    await wire.connect(timeout=10)
    await wire.send_to(bytes_data=bytes([STDIN]) + b"hostname\rexit 4\r")
    printed, status = await heard(wire)
    assert (printed, status["status"]) == ("/ # hostname\r\nterminal\r\n/ # exit 4\r\n", "Success")
    assert [told["code"] for told in site.exits()] == [4]


@on_a_loop
async def test_others_are_only_listened_to(site: Site) -> None:
    wire = site.wire("talks", stdin="true")
    await wire.connect(timeout=10)
    assert await wire.receive_from(timeout=10) == bytes([STDOUT]) + b"before\n"
    await wire.disconnect(timeout=10)
    assert site.exits() == []


@on_a_loop
async def test_what_was_said_long_ago_is_left_to_the_log(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clusterlab.kubeapi.attach.RECENT_MS", -3_600_000)
    wire = site.wire("talks")
    await wire.connect(timeout=10)
    assert await wire.receive_nothing(timeout=1)
    await wire.disconnect(timeout=10)


@on_a_loop
async def test_a_pod_that_is_not_there_is_told(site: Site) -> None:
    wire = site.wire("gone")
    await wire.connect(timeout=10)
    assert (await heard(wire))[1]["message"] == 'pods "gone" not found'
