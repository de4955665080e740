"""What Kubernetes' conformance tests expect of names and services, asked from inside a pod."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import POD, SERVICE
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.cluster import Cluster
from simcore.cluster.execution import Execution
from simcore.cluster.view import listed_view
from tests.kit.conformance import AGNHOST, case, cluster_with

LABELS = {"app": "hosts"}


def service(name: str, selector: dict[str, str] | None = None, **spec: Any) -> Obj:
    ports = [{"name": "http", "port": 80, "targetPort": 9376}]
    body = {"selector": selector or LABELS, "ports": ports} | spec
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": body}


def servers() -> Obj:
    container = {"name": "c", "image": AGNHOST, "args": ["serve-hostname"]}
    template = {"metadata": {"labels": LABELS}, "spec": {"containers": [container]}}
    spec = {"replicas": 3, "selector": LABELS, "template": template}
    return {"apiVersion": "v1", "kind": "ReplicationController", "metadata": {"name": "hosts"}, "spec": spec}


def member(name: str) -> Obj:
    """A pod with a name of its own in the service `named`."""
    made = case(
        name, run=["test-webserver"], image=AGNHOST, hostname=f"own-{name}", subdomain="named"
    ).manifest
    made["metadata"]["labels"] = {"dns": "true"}
    return made


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    named = {"dns": "true"}
    made = cluster_with(
        servers(),
        service("plain"),
        service("faithful", sessionAffinity="ClientIP"),
        service("open", type="NodePort", sessionAffinity="ClientIP"),
        service("named", named, clusterIP="None", ports=[{"name": "http", "port": 80}]),
        service("balanced", named, ports=[{"name": "http", "port": 80}]),
        service("elsewhere", type="ExternalName", externalName="foo.example.com"),
        member("querier"),
        case("client", run=["pause"], image=AGNHOST, restartPolicy="Always").manifest,
    )
    made.advance(30_000)
    return made


def said(cluster: Cluster, command: str, pod: str = "client") -> list[str]:
    """What a command in a pod prints."""
    api = cluster.client("user:test")
    view = listed_view(api, cluster.world)
    execution = Execution(view, cluster.clock, api.get(POD, Key("default", pod)))
    return [line.text for line in execution.run(("sh", "-c", command)).printed]


def who_answers(cluster: Cluster, where: str) -> int:
    """How many servers answer sixteen requests."""
    loop = f"for i in $(seq 0 15); do curl -q -s --connect-timeout 2 http://{where}/; done"
    answers = said(cluster, loop)
    assert len(answers) == 16 and all(name.startswith("hosts-") for name in answers)
    return len(set(answers))


def change(cluster: Cluster, name: str, **spec: Any) -> Obj:
    found = cluster.client("user:test").patch(SERVICE, Key("default", name), {"spec": spec})
    cluster.advance(3_000)
    return found


def test_each_server_gets_its_share_unless_the_service_is_faithful(cluster: Cluster) -> None:
    assert who_answers(cluster, "plain:80") == 3
    assert who_answers(cluster, "faithful:80") == 1
    change(cluster, "faithful", sessionAffinity="None")
    assert who_answers(cluster, "faithful:80") == 3
    change(cluster, "faithful", sessionAffinity="ClientIP")
    assert who_answers(cluster, "faithful:80") == 1


def test_a_node_port_is_open_on_every_node(cluster: Cluster) -> None:
    api = cluster.client("user:test")
    port = api.get(SERVICE, Key("default", "open"))["spec"]["ports"][0]["nodePort"]
    nodes = {p["status"]["hostIP"] for p in api.list(POD, "default")}
    assert len(nodes) > 1
    assert {who_answers(cluster, f"{ip}:{port}") for ip in sorted(nodes)} == {1}


@pytest.mark.parametrize(
    ("name", "kind", "answer"),
    [
        ("named", "A", "10.244."),
        ("named.default.svc", "A", "10.244."),
        ("_http._tcp.named.default.svc", "SRV", "0 100 80 own-querier.named.default.svc.cluster.local."),
        ("_http._tcp.balanced.default.svc", "SRV", "0 100 80 balanced.default.svc.cluster.local."),
        ("own-querier.named.default.svc.cluster.local", "A", "10.244."),
        ("kubernetes.default", "A", "10.96.0.1"),
        ("elsewhere.default.svc.cluster.local", "CNAME", "foo.example.com"),
    ],
)
def test_names_have_their_records(cluster: Cluster, name: str, kind: str, answer: str) -> None:
    for protocol in ("+notcp", "+tcp"):
        (line,) = said(cluster, f"dig {protocol} +noall +answer +search {name} {kind}")
        assert line.split("\t")[3] == kind and answer in line.split("\t")[4]


def test_an_address_has_its_name_back(cluster: Cluster) -> None:
    ip = cluster.client("user:test").get(SERVICE, Key("default", "balanced"))["spec"]["clusterIP"]
    reverse = ".".join(reversed(ip.split("."))) + ".in-addr.arpa."
    told = said(cluster, f"dig +noall +answer {reverse} PTR; dig +short -x {ip}")
    assert [line.rsplit("\t", 1)[-1] for line in told] == ["balanced.default.svc.cluster.local."] * 2


def test_a_pod_finds_itself_in_its_hosts(cluster: Cluster) -> None:
    full = "own-querier.named.default.svc.cluster.local"
    command = f'test -n "$(getent hosts {full})" && getent hosts own-querier | wc -l'
    assert said(cluster, command, "querier") == ["1"]


def test_a_service_may_become_another_kind_and_back(cluster: Cluster) -> None:
    change(cluster, "elsewhere", externalName="bar.example.com")
    name = "elsewhere.default.svc.cluster.local"
    assert said(cluster, f"dig +short {name} CNAME") == ["bar.example.com"]
    ports = [{"port": 80, "targetPort": 9376}]
    found = change(cluster, "elsewhere", type="ClusterIP", externalName=None, ports=ports, selector=LABELS)
    assert said(cluster, f"dig +short {name} A") == [found["spec"]["clusterIP"]]
    assert who_answers(cluster, "elsewhere:80") == 3
    found = change(cluster, "elsewhere", type="ExternalName", externalName="baz.example.com")
    assert "clusterIP" not in found["spec"]
    assert said(cluster, f"dig +short {name} CNAME") == ["baz.example.com"]
