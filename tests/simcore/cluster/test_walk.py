"""Requests walked hop by hop, through names, rules, policies and servers."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import NETWORK_POLICY, POD
from simcore.apimachinery.meta import Key, Obj, key_of
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.cluster.view import listed_view
from simcore.cluster.walk import BadWalk, reachability, walk
from simcore.etcd.memory_store import MemoryStore
from simcore.kubelet.logs import ContainerLogs


def pod(
    name: str, image: str = "nginx", *command: str, namespace: str = "default", node: str = "node-1"
) -> Obj:
    container: Obj = {"name": "main", "image": image}
    if command:
        container["command"] = [*command]
    else:
        container["ports"] = [{"containerPort": 80, "name": "http"}]
    meta = {"name": name, "namespace": namespace, "labels": {"app": name.rstrip("0123456789-")}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta,
        "spec": {"containers": [container], "nodeName": node},
    }


def policy(name: str, **spec: Any) -> Obj:
    meta = {"name": name, "namespace": "default"}
    body = {"podSelector": {}, **spec}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta, "spec": body}


@pytest.fixture
def cluster() -> Cluster:
    store = MemoryStore()
    found(store, ClusterSpec(seed=1, epoch_ms=1_767_225_600_000, nodes=2, latency="instant"))
    cluster = Cluster(store)
    cluster.advance(0)
    ports = [{"port": 80, "nodePort": 30080}]
    spec = {"type": "NodePort", "selector": {"app": "web"}, "ports": ports}
    cluster.given({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec})
    cluster.given(pod("web-1"), pod("web-2", node="node-2"), pod("client", "busybox", "sleep", "999"))
    cluster.advance(10_000)
    return cluster


def walked(cluster: Cluster, to: str, *, source: str = "pod/default/client", **how: Any) -> Obj:
    view = listed_view(cluster.client("user:test"), cluster.world)
    return walk(view, cluster.clock, source, to, **how)


def kinds(found: Obj) -> list[str]:
    return [hop["kind"] for hop in found["hops"]]


def test_a_service_is_reached_by_name_rule_and_route(cluster: Cluster) -> None:
    found = walked(cluster, "svc/default/web:80")
    assert (found["answered"], found["code"]) == (True, 200)
    assert kinds(found)[0] == "dns" and kinds(found)[-2:] == ["route", "server"]
    chains = [hop["where"] for hop in found["hops"] if hop["kind"] in ("chain", "dnat")]
    assert chains[0] == "PREROUTING" and chains[1] == "KUBE-SERVICES"
    assert chains[2].startswith("KUBE-SVC-") and chains[-1].startswith("KUBE-SEP-")
    assert found["by"] in ("web-1", "web-2")


def test_turns_are_shared_among_the_endpoints(cluster: Cluster) -> None:
    assert {walked(cluster, "svc/default/web:80", turn=turn)["by"] for turn in range(20)} == {
        "web-1",
        "web-2",
    }


@pytest.mark.parametrize(
    ("to", "path", "answered", "last"),
    [
        ("pod/default/web-1:80", "/", True, "200 <!DOCTYPE html>"),
        ("pod/default/web-1", "/", True, "200 <!DOCTYPE html>"),
        ("pod/default/web-1:80", "/gone", True, "404 <html><body><h1>404 Not Found</h1></body></html>"),
        ("pod/default/web-1:81", "/", False, "Connection refused"),
        ("node/node-2:30080", "/", True, "200 <!DOCTYPE html>"),
        ("node/node-2:30081", "/", False, "Connection refused"),
        ("web:80", "/", True, "200 <!DOCTYPE html>"),
        ("web.other:80", "/", False, "web.other A -> NXDOMAIN"),
        ("svc/default/web:81", "/", False, "Connection timed out"),
    ],
)
def test_every_walk_has_an_end_that_says_what_came_of_it(
    cluster: Cluster, to: str, path: str, answered: bool, last: str
) -> None:
    found = walked(cluster, to, path=path)
    assert found["answered"] is answered
    assert found["hops"][-1]["text"] == last


@pytest.mark.parametrize(
    ("source", "to", "said"),
    [
        ("pod/default/nobody", "web:80", "there is no Pod default/nobody"),
        ("client", "web:80", "client is no pod/<namespace>/<name>"),
        ("pod/default/client", "svc/default/gone:80", "there is no Service default/gone"),
        ("pod/default/client", "pod/default/gone:80", "there is no Pod default/gone"),
        ("pod/default/client", "node/node-9:80", "there is no Node node-9, or it has no address"),
        ("pod/default/client", "web:0", "web:0: '0' is no port from 1 to 65535"),
        ("pod/default/client", "web:http", "web:http: 'http' is no port from 1 to 65535"),
        ("pod/default/client", "deploy/default/web:80", "deploy/default/web:80 is none of pod/<namespace>/<name>, "),
    ],
)  # fmt: skip
def test_an_end_that_is_not_there_is_named(cluster: Cluster, source: str, to: str, said: str) -> None:
    with pytest.raises(BadWalk) as caught:
        walked(cluster, to, source=source)
    assert str(caught.value).startswith(said)


def test_a_pod_that_waits_has_no_address_to_walk_from(cluster: Cluster) -> None:
    cluster.given(pod("waits", "busybox", "sleep", "1") | {"spec": {"containers": [{"name": "c", "image": "x"}],
                  "nodeSelector": {"no": "where"}}})  # fmt: skip
    with pytest.raises(BadWalk, match="pod/default/waits has no address"):
        walked(cluster, "web:80", source="pod/default/waits")


def test_a_policy_that_denies_ends_the_walk_and_is_named(cluster: Cluster) -> None:
    cluster.given(policy("closed", policyTypes=["Ingress"]))
    found = walked(cluster, "svc/default/web:80")
    assert not found["answered"]
    assert kinds(found)[-2:] == ["policy", "verdict"]
    assert found["hops"][-2]["text"] == "no ingress rule of NetworkPolicy default/closed allows it"


def test_a_policy_that_allows_is_named_on_the_way(cluster: Cluster) -> None:
    rules = [{"from": [{"podSelector": {"matchLabels": {"app": "client"}}}], "ports": [{"port": "http"}]}]
    cluster.given(policy("closed", policyTypes=["Ingress"]), policy("open", ingress=rules))
    found = walked(cluster, "svc/default/web:80")
    assert found["answered"]
    (hop,) = [hop for hop in found["hops"] if hop["kind"] == "policy"]
    assert (hop["where"], hop["text"]) == (
        "default/open",
        "NetworkPolicy default/open allows it by ingress rule 1",
    )
    assert not walked(cluster, "pod/default/web-1:80", source="pod/default/web-2")["answered"]


def test_programs_feel_a_policy_when_it_comes_and_goes(cluster: Cluster) -> None:
    script = "while true; do wget -qT1 -O- web >/dev/null && echo yes || echo no; sleep 5; done"
    cluster.given(pod("asks", "busybox", "sh", "-c", script))
    cluster.advance(12_000)
    cluster.given(policy("closed", policyTypes=["Ingress"]))
    cluster.advance(30_000)
    cluster.client("user:test").delete(NETWORK_POLICY, Key("default", "closed"))
    cluster.advance(30_000)
    found = cluster.client("user:test").get(POD, Key("default", "asks"))
    lines = [line.text for line in ContainerLogs(cluster.world, cluster.clock).lines(found, "main")]
    said = [text for text in lines if text in ("yes", "no")]
    assert (said[0], said[-1]) == ("yes", "yes") and "no" in said


def test_closing_the_way_out_closes_the_way_to_dns() -> None:
    store = MemoryStore()
    found(
        store, ClusterSpec(seed=1, epoch_ms=1_767_225_600_000, nodes=1, latency="instant", control_plane=True)
    )
    cluster = Cluster(store)
    cluster.advance(5_000)
    cluster.given(pod("client", "busybox", "sleep", "999"), policy("shut", policyTypes=["Egress"]))
    cluster.advance(5_000)
    answer = walked(cluster, "kubernetes:443")
    assert answer["hops"][0]["text"] == ";; connection timed out; no servers could be reached"


def test_who_reaches_whom_is_a_matrix(cluster: Cluster) -> None:
    cluster.given(policy("db-only", podSelector={"matchLabels": {"app": "web"}}, ingress=[
        {"from": [{"podSelector": {"matchLabels": {"app": "client"}}}]}
    ]))  # fmt: skip
    api = cluster.client("user:test")
    pods = sorted(api.list(POD, "default"), key=key_of)
    found = reachability(listed_view(api, cluster.world), cluster.clock, pods)
    reached = {(row["from"], cell["to"]): cell["reached"] for row in found["rows"] for cell in row["to"]}
    assert reached["pod/default/client", "pod/default/web-1"]
    assert not reached["pod/default/web-2", "pod/default/web-1"]
    assert reached["pod/default/web-1", "pod/default/web-1"], "a pod always reaches itself"
    (why,) = {cell["why"] for row in found["rows"] for cell in row["to"] if not cell["reached"]}
    assert why == "no ingress rule of NetworkPolicy default/db-only allows it"
