"""The Kubernetes API by HTTP: who may, what is too much, and streams that end when they should."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from clusterlab.asgi import application
from clusterlab.engine import pace
from clusterlab.hub import hub
from clusterlab.kubeapi import streaming
from clusterlab.labs import services
from clusterlab.labs.access import Access
from clusterlab.labs.models import Cluster, KubeToken, Role
from clusterlab.redis_clients import shared_client
from simcore.etcd.interface import Unavailable
from simcore.kube_apiserver.http.message import MAX_BODY_BYTES
from tests.clusterlab.conftest import Browser, Owner
from tests.kit.asgi import Answer, Connection, ask
from tests.kit.loop import on_a_loop
from tests.kit.manifests import config_map, pod

pytestmark = pytest.mark.django_db(transaction=True)
MAPS = "/api/v1/namespaces/default/configmaps"


class Kube:
    """kubectl's side of one cluster."""

    def __init__(self, browser: Browser) -> None:
        self.browser, self.cluster_id = browser, browser.new_cluster()
        self.cluster = Cluster.objects.get(pk=self.cluster_id)
        self.base = f"/k8s/clusters/{self.cluster_id}"
        self.token = services.new_kube_token(Access(self.cluster, Role.OWNER))

    def as_role(self, role: Role) -> dict[str, str]:
        return {"authorization": f"Bearer {services.new_kube_token(Access(self.cluster, role))}"}

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    @property
    def cookie(self) -> dict[str, str]:
        return {"cookie": f"sessionid={self.browser.cookies['sessionid'].value}"}

    async def ask(self, method: str, path: str, document: Any = None, *, headers: Any = None) -> Answer:
        body = b"" if document is None else json.dumps(document).encode()
        sent = {"content-type": "application/json", **(self.headers if headers is None else headers)}
        return await ask(application, method, self.base + path, headers=sent, body=body)

    async def watch_from_now(self, path: str, **query: Any) -> Connection:
        now = (await self.ask("GET", path)).json["metadata"]["resourceVersion"]
        return self.watch(path, resourceVersion=now, **query)

    def watch(self, path: str, **query: Any) -> Connection:
        text = "&".join(f"{name}={value}" for name, value in {"watch": "true", **query}.items())
        return Connection(application, "GET", f"{self.base}{path}?{text}", headers=self.headers)


@pytest.fixture
def kube(transactional_db: None, client_of_redis: Any) -> Kube:
    return Kube(Browser())


def status(answer: Answer) -> tuple[int, str, str]:
    document = answer.json
    assert (document["kind"], document["status"]) == ("Status", "Failure")
    assert document["code"] == answer.status
    return answer.status, document["reason"], document["message"]


@on_a_loop
async def test_what_is_created_can_be_read(kube: Kube) -> None:
    made = await kube.ask("POST", MAPS, config_map("a", x="1"))
    assert made.status == 201
    got = await kube.ask("GET", f"{MAPS}/a")
    assert got.json == made.json
    assert got.headers[b"content-length"] == str(len(got.body)).encode()
    assert got.headers[b"x-content-type-options"] == b"nosniff"


@on_a_loop
async def test_discovery_and_version_answer(kube: Kube) -> None:
    assert (await kube.ask("GET", "/version")).json["gitVersion"].startswith("v1.36")
    assert (await kube.ask("GET", "/apis")).json["kind"] == "APIGroupList"
    assert (await kube.ask("GET", "")).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"authorization": "Basic eDp5"}, id="a password where there is no file of them"),
        pytest.param({"authorization": "Bearer "}, id="an empty token"),
        pytest.param({"x-remote-user": "admin", "x-remote-group": "system:masters"}, id="a proxy's headers"),
    ],
)
def test_who_shows_nothing_is_anonymous(kube: Kube, headers: dict[str, str]) -> None:
    @on_a_loop
    async def attempt() -> None:
        answer = await kube.ask("GET", "/api/v1/pods", headers=headers)
        assert status(answer) == (
            403,
            "Forbidden",
            'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" '
            "at the cluster scope",
        )
        assert (await kube.ask("GET", "/healthz", headers=headers)).body == b"ok"
        assert (await kube.ask("GET", "/apis", headers=headers)).status == 403

    attempt()


@on_a_loop
async def test_a_wrong_token_is_unauthorized_even_for_what_everybody_may(kube: Kube) -> None:
    for path in ("/api/v1/pods", "/healthz", "/version"):
        answer = await kube.ask("GET", path, headers={"authorization": "Bearer wrong"})
        assert status(answer) == (401, "Unauthorized", "Unauthorized")


@on_a_loop
async def test_a_token_of_one_cluster_is_nothing_in_another(kube: Kube) -> None:
    other = await sync_to_async(Kube)(kube.browser)
    assert (await other.ask("GET", "/api/v1/pods", headers=kube.headers)).status == 401


@on_a_loop
async def test_a_session_reads_and_never_writes(kube: Kube) -> None:
    assert (await kube.ask("GET", "/api/v1/nodes", headers=kube.cookie)).status == 200
    answer = await kube.ask("POST", MAPS, config_map("a"), headers=kube.cookie)
    assert answer.status == 403
    assert status(answer)[1] == "Forbidden"


@on_a_loop
async def test_a_session_without_membership_finds_nothing(kube: Kube) -> None:
    stranger = await sync_to_async(Kube)(await sync_to_async(Browser)())
    answer = await kube.ask("GET", "/api/v1/nodes", headers=stranger.cookie)
    assert status(answer) == (404, "NotFound", "the server could not find the requested resource")


@on_a_loop
async def test_a_viewer_reads_and_is_told_what_is_forbidden(kube: Kube) -> None:
    viewer = await sync_to_async(kube.as_role)(Role.VIEW)
    assert (await kube.ask("GET", "/api/v1/pods", headers=viewer)).status == 200
    answer = await kube.ask("POST", MAPS, config_map("a"), headers=viewer)
    assert status(answer) == (
        403,
        "Forbidden",
        'configmaps is forbidden: User "view-0" cannot create resource "configmaps" in API group ""'
        ' in the namespace "default"',
    )


@on_a_loop
async def test_an_operator_writes(kube: Kube) -> None:
    operator = await sync_to_async(kube.as_role)(Role.OPERATE)
    assert (await kube.ask("POST", MAPS, config_map("a"), headers=operator)).status == 201


@on_a_loop
async def test_a_revoked_token_is_refused_within_a_moment(
    kube: Kube, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clusterlab.kubeapi.authentication.FRESH_S", 0.0)
    assert (await kube.ask("GET", "/api/v1/pods")).status == 200
    await KubeToken.objects.aupdate(revoked_at=kube.cluster.created_at)
    assert (await kube.ask("GET", "/api/v1/pods")).status == 401


@on_a_loop
async def test_a_large_body_is_refused_before_it_is_read(kube: Kube) -> None:
    sizes = {**kube.headers, "content-length": str(MAX_BODY_BYTES + 1)}
    answer = await ask(application, "POST", kube.base + MAPS, headers=sizes, body=b"")
    assert status(answer) == (413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728")
    unannounced = await ask(
        application, "POST", kube.base + MAPS, headers=kube.headers, body=b" " * (MAX_BODY_BYTES + 1)
    )
    assert unannounced.status == 413


@on_a_loop
async def test_a_store_that_does_not_answer_is_a_503(kube: Kube, monkeypatch: pytest.MonkeyPatch) -> None:
    resident = await sync_to_async(hub.get)(kube.cluster_id)

    def fail() -> int:
        raise Unavailable("Redis: gone")

    monkeypatch.setattr(resident, "sync", fail)
    answer = await kube.ask("GET", "/api/v1/pods")
    assert status(answer)[:2] == (503, "ServiceUnavailable")


@on_a_loop
async def test_a_large_answer_comes_in_pieces_between_which_others_have_their_turn(kube: Kube) -> None:
    for name in "abc":
        assert (await kube.ask("POST", MAPS, config_map(name, text=name * 300_000))).status == 201
    answer = await kube.ask("GET", MAPS)
    assert answer.headers[b"content-length"] == str(len(answer.body)).encode()
    assert [len(m["data"].get("text", "")) for m in answer.json["items"]][:3] == [300_000] * 3
    assert max(answer.pieces) <= streaming.CHUNK_BYTES
    assert len(answer.pieces) == -(-len(answer.body) // streaming.CHUNK_BYTES)
    assert len((await kube.ask("GET", "/version")).pieces) == 1


@on_a_loop
async def test_head_has_no_body(kube: Kube) -> None:
    answer = await kube.ask("HEAD", "/api/v1/namespaces")
    assert (answer.status, answer.body) == (200, b"")


@on_a_loop
async def test_a_watch_begins_at_once_and_tells_of_changes(kube: Kube) -> None:
    async with await kube.watch_from_now(MAPS) as answer:
        assert (answer.status, answer.body) == (200, b"")
        await kube.ask("POST", MAPS, config_map("a"))
        await answer.until(lambda a: len(a.lines) == 1)
        await kube.ask("DELETE", f"{MAPS}/a")
        await answer.until(lambda a: len(a.lines) == 2)
        assert [(e["type"], e["object"]["metadata"]["name"]) for e in answer.lines] == [
            ("ADDED", "a"),
            ("DELETED", "a"),
        ]
        assert not answer.is_over


@on_a_loop
async def test_a_watch_goes_on_from_a_revision(kube: Kube) -> None:
    first = (await kube.ask("POST", MAPS, config_map("a"))).json["metadata"]["resourceVersion"]
    await kube.ask("POST", MAPS, config_map("b"))
    async with kube.watch(MAPS, resourceVersion=first) as answer:
        await answer.until(lambda a: len(a.lines) == 1)
        assert answer.lines[0]["object"]["metadata"]["name"] == "b"


@on_a_loop
async def test_a_watch_ends_when_its_time_is_over(kube: Kube) -> None:
    async with kube.watch(MAPS, timeoutSeconds=1) as answer:
        await answer.until(lambda a: a.is_over)


@on_a_loop
async def test_a_watch_ends_with_the_right_to_watch(kube: Kube, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clusterlab.kubeapi.authentication.FRESH_S", 0.0)
    monkeypatch.setattr(streaming, "CHECK_S", 0.05)
    async with kube.watch(MAPS) as answer:
        await KubeToken.objects.aupdate(revoked_at=kube.cluster.created_at)
        await answer.until(lambda a: a.is_over)


@on_a_loop
async def test_a_watcher_is_told_how_far_it_has_come(kube: Kube, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "BOOKMARK_S", 0.0)
    monkeypatch.setattr(streaming, "CHECK_S", 0.05)
    async with await kube.watch_from_now(MAPS, allowWatchBookmarks="true") as answer:
        await answer.until(lambda a: a.lines)
        assert answer.lines[0]["type"] == "BOOKMARK"


@on_a_loop
async def test_a_watch_of_a_deleted_cluster_ends(kube: Kube) -> None:
    async with kube.watch(MAPS) as answer:
        await sync_to_async(services.delete_cluster)(kube.cluster)
        await answer.until(lambda a: a.is_over)


@on_a_loop
async def test_a_writer_wakes_the_engine(kube: Kube, monkeypatch: pytest.MonkeyPatch) -> None:
    resident, told = await sync_to_async(hub.get)(kube.cluster_id), []
    monkeypatch.setattr(resident, "used", lambda wrote=False: told.append(wrote))
    await kube.ask("GET", MAPS)
    await kube.ask("POST", MAPS, config_map("a"))
    assert told == [False, True]


@on_a_loop
async def test_logs_are_what_the_container_printed(kube: Kube) -> None:
    talking = pod("talking", image="busybox:1.36")
    talking["spec"]["containers"][0]["command"] = ["sh", "-c", "echo one; echo two; sleep 3600"]
    await kube.ask("POST", "/api/v1/namespaces/default/pods", talking)
    await sync_to_async(advance)(kube.cluster_id, 20_000)
    whole = await kube.ask("GET", "/api/v1/namespaces/default/pods/talking/log")
    assert (whole.status, whole.body) == (200, b"one\ntwo\n")
    last = await kube.ask("GET", "/api/v1/namespaces/default/pods/talking/log?tailLines=1")
    assert last.body == b"two\n"


def advance(cluster_id: str, delay_ms: int) -> None:
    """An engine runs the cluster for that time; the pace follows, so that the web side knows."""
    client = shared_client()
    owner = Owner(client, cluster_id)
    owner.advance(delay_ms)
    pace.write(client, cluster_id, pace.Pace(pace.wall_ms(), owner.replica.now, 1.0, "running"))
    hub.get(cluster_id).clock.refresh()


@pytest.mark.parametrize("prefix", ["/clusters", "/k8s/clusters"])
def test_both_addresses_of_a_cluster_serve_it(kube: Kube, prefix: str) -> None:
    @on_a_loop
    async def read() -> None:
        kube.base = f"{prefix}/{kube.cluster_id}"
        assert (await kube.ask("GET", "/version")).json["major"] == "1"
        index = (await kube.ask("GET", "/openapi/v3")).json["paths"]["api/v1"]["serverRelativeURL"]
        assert index.startswith(f"{kube.base}/openapi/v3/api/v1?hash=")

    read()


@on_a_loop
async def test_without_a_prefix_a_token_tells_its_cluster(kube: Kube) -> None:
    answer = await ask(application, "GET", "/openapi/v3", headers=kube.headers)
    url = answer.json["paths"]["api/v1"]["serverRelativeURL"]
    assert url.startswith(f"/clusters/{kube.cluster_id}/openapi/v3/")
