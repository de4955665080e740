"""Fixtures of the web application: clusters in the run's Redis, visitors with cookies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from django.test import Client

from clusterlab import redis_clients
from clusterlab.engine import hints
from clusterlab.engine.lease import Lease
from clusterlab.engine.steps import Replica
from clusterlab.hub import Resident, hub
from clusterlab.labs.founding import found_cluster
from clusterlab.labs.spec import LabSpec
from clusterlab.labs.tokens import new_id
from simcore.apimachinery.kinds import CONFIG_MAP
from simcore.apimachinery.meta import Key, Obj
from simcore.etcd.interface import Revision
from simcore.kube_apiserver.local import LocalClient
from tests.kit.manifests import config_map

Found = Callable[..., str]


@pytest.fixture(autouse=True)
def nobody_waits_for_the_log_with_the_guard_in_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread may be reading for all, and needs the guard to take over what it has read."""
    plain = Resident.sync

    def sync(resident: Resident) -> Revision:
        assert not resident.guard._is_owned(), "sync() while holding the guard"  # type: ignore[attr-defined]
        return plain(resident)

    monkeypatch.setattr(Resident, "sync", sync)


@pytest.fixture
def client_of_redis(redis_url: str) -> Iterator[redis.Redis]:
    """The run's Redis through this process's own connections."""
    client = redis_clients.shared_client()
    yield client
    client.delete(hints.WAKE_UPS)


@pytest.fixture
def found(client_of_redis: redis.Redis) -> Iterator[Found]:
    """Makes clusters without a database row; they are gone after the test."""
    made: list[str] = []

    def make(*manifests: Obj, **settings: Any) -> str:
        spec = LabSpec(**{"nodes": 2, "seed": 7, "latency": "instant", "bare": True, **settings}).checked()
        made.append(new_id())
        found_cluster(client_of_redis, made[-1], spec, list(manifests))
        return made[-1]

    yield make
    for cluster_id in made:
        hub.drop_id(cluster_id)
        redis_clients.new_log(cluster_id).destroy()


@pytest.fixture
def resident(found: Found) -> Resident:
    """A cluster of two nodes in this process's hub."""
    return hub.get(found())


class Browser(Client):
    """A visitor: keeps cookies, and proves with each call that our own page made it."""

    def __init__(self) -> None:
        super().__init__(enforce_csrf_checks=True)
        self.get("/")

    def send(self, method: str, path: str, document: Any = None) -> Any:
        headers = {"X-CSRFToken": self.cookies["csrftoken"].value}
        return self.generic(
            method, path, data=_json(document), content_type="application/json", headers=headers
        )

    def post_json(self, path: str, document: Any) -> Any:
        return self.send("POST", path, document)

    def new_cluster(self, **wish: Any) -> str:
        answer = self.post_json("/api/clusters/", {"nodes": 2, "latency": "instant", "bare": True, **wish})
        assert answer.status_code == 201, answer.content
        cluster_id: str = answer.json()["id"]
        return cluster_id


@pytest.fixture
def browser(db: None, client_of_redis: redis.Redis) -> Browser:
    return Browser()


@pytest.fixture
def stranger(db: None, client_of_redis: redis.Redis) -> Browser:
    """Another browser, with a session of its own."""
    other = Browser()
    other.new_cluster()
    return other


class Own:
    """A browser's own cluster, and a user who writes to it: the ConfigMap `notes`."""

    def __init__(self, browser: Browser, **wish: Any) -> None:
        self.browser, self.id = browser, browser.new_cluster(**wish)
        self.resident = hub.get(self.id)
        self.user = LocalClient(self.resident.server, "user:dana")

    def get(self, path: str, status: int = 200) -> Any:
        """The answer's document."""
        answer = self.browser.get(f"/api/clusters/{self.id}/{path}")
        assert answer.status_code == status, answer.content
        return answer.json()

    def put(self, **data: str) -> int:
        """Creates or changes the ConfigMap; the revision."""
        is_new = self.resident.store.get(CONFIG_MAP.path(Key("default", "notes"))) is None
        (self.user.create if is_new else self.user.update)(CONFIG_MAP, config_map("notes", **data))
        return self.resident.store.revision


@pytest.fixture
def own(browser: Browser) -> Own:
    return Own(browser)


class Owner:
    """An engine's hold on a cluster, stepped by hand."""

    def __init__(self, client: redis.Redis, cluster_id: str) -> None:
        self.lease = Lease(client, cluster_id)
        assert self.lease.acquire()
        self.replica = Replica(cluster_id)

    def advance(self, delay_ms: int) -> None:
        """Steps until everything due in that time has happened and is committed."""
        target = self.replica.now + delay_ms
        for _ in range(1000):
            done = self.replica.step(self.lease.token, target)
            if done.took_turn and not done.is_behind:
                return
        raise AssertionError("the cluster never comes to rest")


@pytest.fixture
def owner_of(client_of_redis: redis.Redis) -> Callable[[str], Owner]:
    return lambda cluster_id: Owner(client_of_redis, cluster_id)


def _json(document: Any) -> bytes:
    import json

    return b"" if document is None else json.dumps(document).encode()
