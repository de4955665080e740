"""`kubectl exec` on the wire: frames, streams, rights, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator

from clusterlab.asgi import application
from clusterlab.hub import hub
from clusterlab.kubeapi.channel import CLOSE, ERROR, STDERR, STDIN, STDOUT, Typist
from clusterlab.labs import services
from clusterlab.labs.access import Access
from clusterlab.labs.models import Cluster, Role
from simcore.apimachinery.kinds import POD
from simcore.kube_apiserver.local import LocalClient
from simcore.kubelet.world import WRITES
from tests.clusterlab.conftest import Browser, Owner
from tests.kit.loop import on_a_loop
from tests.kit.manifests import pod

pytestmark = pytest.mark.django_db(transaction=True)
V5 = "v5.channel.k8s.io"


class Box:
    """A cluster with one busybox that runs."""

    def __init__(self, owner_of: Callable[[str], Owner]) -> None:
        self.cluster_id = Browser().new_cluster(nodes=1)
        self.cluster = Cluster.objects.get(pk=self.cluster_id)
        user = LocalClient(hub.get(self.cluster_id).server, "user:dana")
        user.create(POD, pod("box", image="busybox"))
        owner_of(self.cluster_id).advance(20_000)
        self.token = self.token_of(Role.OWNER)

    def token_of(self, role: Role) -> str:
        return services.new_kube_token(Access(self.cluster, role))

    def wire(
        self,
        *command: str,
        token: str | None = None,
        protocols: tuple[str, ...] = (V5,),
        name: str = "box",
        **query: str,
    ) -> WebsocketCommunicator:
        words = [("command", word) for word in command] + [
            *({"stdout": "true", "stderr": "true"} | query).items()
        ]
        path = f"/clusters/{self.cluster_id}/api/v1/namespaces/default/pods/{name}/exec?{urlencode(words)}"
        headers = [(b"authorization", f"Bearer {self.token if token is None else token}".encode())]
        return WebsocketCommunicator(application, path, headers, [*protocols])


@pytest.fixture
def box(transactional_db: None, client_of_redis: Any, owner_of: Callable[[str], Owner]) -> Box:
    return Box(owner_of)


async def heard(wire: WebsocketCommunicator) -> tuple[dict[int, str], dict[str, Any]]:
    """What came on each stream until the end, and the Status."""
    streams: dict[int, str] = {}
    while ERROR not in streams:
        data = await wire.receive_from(timeout=10)
        streams[data[0]] = streams.get(data[0], "") + data[1:].decode()
    return streams, json.loads(streams.pop(ERROR))


@on_a_loop
async def test_output_comes_on_its_streams_and_then_the_status(box: Box) -> None:
    wire = box.wire("sh", "-c", "echo out; echo err >&2; exit 3")
    assert await wire.connect(timeout=10) == (True, V5)
    streams, status = await heard(wire)
    assert streams == {STDOUT: "out\n", STDERR: "err\n"}
    assert (status["reason"], status["details"]["causes"]) == (
        "NonZeroExitCode",
        [{"reason": "ExitCode", "message": "3"}],
    )
    assert (await wire.receive_output(timeout=10))["type"] == "websocket.close"


@on_a_loop
async def test_success_is_told_too_and_the_older_protocol_is_spoken(box: Box) -> None:
    wire = box.wire("true", protocols=("v4.channel.k8s.io",))
    assert await wire.connect(timeout=10) == (True, "v4.channel.k8s.io")
    assert (await heard(wire))[1] == {"metadata": {}, "status": "Success"}


@on_a_loop
async def test_who_speaks_none_of_the_protocols_is_turned_away(box: Box) -> None:
    connected, _ = await box.wire("true", protocols=("base64.channel.k8s.io",)).connect(timeout=10)
    assert not connected


@on_a_loop
async def test_input_is_read_until_its_stream_is_closed(box: Box) -> None:
    wire = box.wire("cat", stdin="true")
    await wire.connect(timeout=10)
    for text in ("one\n", "two\n"):
        await wire.send_to(bytes_data=bytes([STDIN]) + text.encode())
    await wire.send_to(bytes_data=bytes([CLOSE, STDIN]))
    assert (await heard(wire))[0] == {STDOUT: "one\ntwo\n"}


@on_a_loop
async def test_a_terminal_echoes_runs_lines_and_ends_with_exit(box: Box) -> None:
    wire = box.wire("sh", stdin="true", tty="true")
    await wire.connect(timeout=10)
    for text in ("x=7\r", "echo $xy\x7f\r", "\x03", "exit 4\r"):
        await wire.send_to(bytes_data=bytes([STDIN]) + text.encode())
    streams, status = await heard(wire)
    assert streams[STDOUT].startswith("/ # x=7\r\n/ # echo $xy\b \b\r\n7\r\n/ # ^C\r\n")
    assert status["details"]["causes"][0]["message"] == "4"


@pytest.mark.parametrize(
    ("how", "reason", "message"),
    [
        ({"name": "gone"}, "NotFound", 'pods "gone" not found'),
        ({"container": "other"}, "BadRequest", "container other is not valid for pod box"),
        ({"token": "wrong"}, "Unauthorized", "Unauthorized"),
        ({"role": Role.VIEW}, "Forbidden", 'cannot create resource "pods/exec"'),
        ({"command": ()}, "BadRequest", "you must specify at least 1 command for the container"),
    ],
    ids=["no pod", "no container", "no token", "a viewer", "no command"],
)
@on_a_loop
async def test_a_refusal_is_a_status(box: Box, how: dict[str, Any], reason: str, message: str) -> None:
    role, command = how.pop("role", None), how.pop("command", ("true",))
    if role is not None:
        how["token"] = await sync_to_async(box.token_of)(role)
    wire = box.wire(*command, **how)
    await wire.connect(timeout=10)
    _, status = await heard(wire)
    assert status["reason"] == reason and message in status["message"]


@pytest.mark.parametrize(
    ("keys", "shown", "entered"),
    [
        ("ls\r", "ls\r\n", "ls"),
        ("lx\x7fs\n", "lx\b \bs\r\n", "ls"),
        ("\x7f", "", None),
        ("\x04", "", "exit"),
        ("a\x04", "a", None),
        ("abc\x03", "abc^C\r\n", ""),
        ("\x1b[A", "[A", None),
    ],
    ids=[
        "a line",
        "a correction",
        "nothing to correct",
        "end of input",
        "not the end",
        "broken off",
        "control keys",
    ],
)
def test_keys_become_lines(keys: str, shown: str, entered: str | None) -> None:
    typist = Typist()
    assert "".join(map(typist.press, keys)) == shown
    assert typist.entered == entered


@on_a_loop
async def test_what_is_written_is_told_to_the_kubelet(box: Box) -> None:
    wire = box.wire("sh", "-c", "echo on > /tmp/switch")
    await wire.connect(timeout=10)
    assert (await heard(wire))[1]["status"] == "Success"
    resident = hub.get(box.cluster_id)
    await sync_to_async(resident.sync)()
    (told,) = resident.world.list(WRITES).values()
    assert (told["name"], told["files"]) == ("box", [["/tmp/switch", "on\n"]])
