"""Every kind's address with every sort of credential that is not good for it: nothing but a refusal comes back."""

from __future__ import annotations

import json

import pytest
from asgiref.sync import sync_to_async

from clusterlab.labs.models import KubeToken, Role
from simcore.apimachinery.kinds import SERVED, Kind
from tests.clusterlab.conftest import Browser
from tests.clusterlab.kubeapi.test_application import MAPS, Kube
from tests.kit.asgi import Answer
from tests.kit.loop import on_a_loop
from tests.kit.manifests import config_map

pytestmark = pytest.mark.django_db(transaction=True)
MARK = "nobody-else-may-read-this"
PUBLIC = ("/healthz", "/livez", "/readyz", "/version")


@pytest.fixture
def kube(transactional_db: None, client_of_redis: object, monkeypatch: pytest.MonkeyPatch) -> Kube:
    """A cluster with something to find in it; what the database says counts at once."""
    monkeypatch.setattr("clusterlab.kubeapi.authentication.FRESH_S", 0.0)
    return Kube(Browser())


def address(kind: Kind) -> str:
    root = f"/apis/{kind.group}/{kind.version}" if kind.group else f"/api/{kind.version}"
    return f"{root}/namespaces/default/{kind.plural}" if kind.namespaced else f"{root}/{kind.plural}"


async def answers(kube: Kube, headers: dict[str, str]) -> list[Answer]:
    """Of a list and a creation of every kind, and of a watch."""
    found = []
    for kind in SERVED:
        found.append(await kube.ask("GET", address(kind), headers=headers))
        found.append(await kube.ask("POST", address(kind), {}, headers=headers))
    found.append(await kube.ask("GET", f"{MAPS}?watch=true&timeoutSeconds=1", headers=headers))
    return found


def tells_nothing(found: list[Answer], *codes: int) -> None:
    assert {answer.status for answer in found} <= set(codes)
    for answer in found:
        assert MARK.encode() not in answer.body
        assert json.loads(answer.body)["kind"] == "Status"


@on_a_loop
async def test_a_wrong_token_and_another_clusters_token_open_nothing(kube: Kube) -> None:
    await kube.ask("POST", MAPS, config_map(MARK))
    other = await sync_to_async(Kube)(await sync_to_async(Browser)())
    tells_nothing(await answers(kube, other.headers), 401)
    tells_nothing(await answers(kube, {"authorization": "Bearer wrong"}), 401)


@on_a_loop
async def test_a_revoked_token_opens_nothing(kube: Kube) -> None:
    await kube.ask("POST", MAPS, config_map(MARK))
    assert MARK.encode() in (await kube.ask("GET", MAPS)).body
    await KubeToken.objects.aupdate(revoked_at=kube.cluster.created_at)
    tells_nothing(await answers(kube, kube.headers), 401)


@on_a_loop
async def test_whoever_brings_nothing_is_anonymous_and_may_nothing(kube: Kube) -> None:
    await kube.ask("POST", MAPS, config_map(MARK))
    tells_nothing(await answers(kube, {}), 401, 403)
    for path in PUBLIC:
        assert (await kube.ask("GET", path, headers={})).status in (200, 401)


@on_a_loop
async def test_a_strangers_session_finds_no_cluster(kube: Kube) -> None:
    await kube.ask("POST", MAPS, config_map(MARK))
    stranger = await sync_to_async(Kube)(await sync_to_async(Browser)())
    tells_nothing(await answers(kube, stranger.cookie), 401, 404)


@on_a_loop
async def test_a_viewers_token_creates_nothing_of_any_kind(kube: Kube) -> None:
    viewer = await sync_to_async(kube.as_role)(Role.VIEW)
    for kind in SERVED:
        if kind.is_stored:
            answer = await kube.ask("POST", address(kind), {}, headers=viewer)
            assert answer.status == 403, (address(kind), answer.body)
