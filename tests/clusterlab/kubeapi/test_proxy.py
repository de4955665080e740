"""Pods and services through the API server's proxy: pages, ports, what cannot be reached, and rights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clusterlab.asgi import application
from clusterlab.hub import hub
from clusterlab.labs import services
from clusterlab.labs.access import Access
from clusterlab.labs.models import Cluster, Role
from simcore.apimachinery.kinds import POD, SERVICE
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.local import LocalClient
from tests.clusterlab.conftest import Browser, Owner
from tests.kit.asgi import Answer, ask
from tests.kit.loop import on_a_loop
from tests.kit.manifests import pod

pytestmark = pytest.mark.django_db(transaction=True)
PODS, SERVICES = "/api/v1/namespaces/default/pods", "/api/v1/namespaces/default/services"


def service(name: str, *ports: Obj, app: str = "web") -> Obj:
    meta = {"name": name, "namespace": "default"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": meta,
        "spec": {"selector": {"app": app}, "ports": [*ports]},
    }


class Site:
    """An nginx and an agnhost in one pod, behind three services; one of them selects nobody."""

    def __init__(self, owner_of: Callable[[str], Owner]) -> None:
        self.cluster_id = Browser().new_cluster(nodes=1)
        user = LocalClient(hub.get(self.cluster_id).server, "user:dana")
        made = pod("web")
        made["metadata"]["labels"] = {"app": "web"}
        image = "registry.k8s.io/e2e-test-images/agnhost:2.53"
        made["spec"]["containers"].append({"name": "net", "image": image, "args": ["netexec"]})
        user.create(POD, made)
        user.create(POD, pod("waits", nodeSelector={"no": "where"}))
        user.create(SERVICE, service("one", {"port": 80}))
        user.create(
            SERVICE,
            service("two", {"name": "web", "port": 80}, {"name": "net", "port": 81, "targetPort": 8080}),
        )
        user.create(SERVICE, service("none", {"port": 80}, app="nobody"))
        owner_of(self.cluster_id).advance(30_000)
        cluster = Cluster.objects.get(pk=self.cluster_id)
        self.tokens = {role: services.new_kube_token(Access(cluster, role)) for role in Role}

    async def ask(self, path: str, method: str = "GET", role: Role = Role.OWNER) -> Answer:
        headers = {"authorization": f"Bearer {self.tokens[role]}"}
        return await ask(application, method, f"/clusters/{self.cluster_id}{path}", headers=headers)


@pytest.fixture
def site(transactional_db: None, client_of_redis: Any, owner_of: Callable[[str], Owner]) -> Site:
    return Site(owner_of)


@on_a_loop
async def test_a_request_reaches_the_server(site: Site) -> None:
    for path, status, text in [
        (f"{PODS}/web/proxy/", 200, b"Welcome to nginx!"),
        (f"{PODS}/http:web:8080/proxy/hostname", 200, b"web\n"),
        (f"{PODS}/web:8080/proxy/echo?msg=hi&code=418", 418, b"hi\n"),
        (f"{PODS}/web/proxy/none", 404, b"404 Not Found"),
        (f"{SERVICES}/one/proxy/", 200, b"Welcome to nginx!"),
        (f"{SERVICES}/two:net/proxy/hostname", 200, b"web\n"),
        (f"{SERVICES}/two:81/proxy/clientip", 200, b"172.18.0.1:0\n"),
    ]:
        answer = await site.ask(path)
        assert (answer.status, text in answer.body) == (status, True), (path, answer.body)
    page = await site.ask(f"{SERVICES}/one/proxy/")
    assert page.headers[b"content-type"] == b"text/html"
    assert (
        b"default-src 'none'" in page.headers[b"content-security-policy"]
    )  # it is nobody's to run scripts here


@on_a_loop
async def test_without_its_last_stroke_a_path_is_redirected(site: Site) -> None:
    answer = await site.ask(f"{SERVICES}/one/proxy")
    assert (answer.status, answer.headers[b"location"].decode()) == (
        301,
        f"/clusters/{site.cluster_id}{SERVICES}/one/proxy/",
    )


@on_a_loop
async def test_what_cannot_be_reached_is_told(site: Site) -> None:
    for path, status, message in [
        (f"{SERVICES}/none/proxy/", 503, 'no endpoints available for service "none"'),
        (f"{SERVICES}/two/proxy/", 503, 'no service port "" found for service "two"'),
        (f"{SERVICES}/two:x/proxy/", 503, 'no service port "x" found for service "two"'),
        (f"{SERVICES}/gone/proxy/", 404, 'services "gone" not found'),
        (f"{PODS}/a:b:c:d/proxy/", 400, 'invalid service request "a:b:c:d"'),
        (f"{PODS}/web:http/proxy/", 400, 'invalid port "http"'),
        (f"{PODS}/waits/proxy/", 400, "address not allowed"),
    ]:
        answer = await site.ask(path)
        assert (answer.status, answer.json["message"]) == (status, message), path
    refused = (await site.ask(f"{PODS}/web:81/proxy/")).json["message"]
    assert refused.startswith("error trying to reach service: dial tcp 10.244.")
    assert refused.endswith(":81: connect: connection refused")


@on_a_loop
async def test_who_may_only_look_may_not_post(site: Site) -> None:
    answer = await site.ask(f"{PODS}/web/proxy/", "POST", Role.VIEW)
    assert (answer.status, answer.json["reason"]) == (403, "Forbidden")
    assert (await site.ask(f"{PODS}/web/proxy/", "POST")).status == 200
