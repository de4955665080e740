"""Requests of pods through a whole cluster: names, rules, the wire and the servers behind."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import POD, SERVICE
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.cluster.view import listed_view
from simcore.cluster.wires import Way, Wires
from simcore.etcd.memory_store import MemoryStore
from simcore.kubelet.logs import ContainerLogs
from simcore.kubelet.runtime.replies import Question

AGNHOST = "registry.k8s.io/e2e-test-images/agnhost:2.53"


def service(name: str = "web", **spec: Any) -> Obj:
    ports = [{"port": 80, "targetPort": 8080}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": {"app": "web"}, "ports": ports, **spec},
    }


def pod(name: str, script: str = "", **spec: Any) -> Obj:
    """With a script one that asks, without one a server."""
    main = {"name": "main", "image": "busybox:1.36", "command": ["sh", "-c", script]}
    server = {"name": "main", "image": AGNHOST, "args": ["netexec"]}
    meta = {"name": name, "labels": {} if script else {"app": "web"}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta,
        "spec": {"containers": [main if script else server], **spec},
    }


class Town:
    """A cluster of three nodes with two servers behind the Service web."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        found(self.store, ClusterSpec(seed=3, epoch_ms=1_767_225_600_000, latency="instant", bare=True))
        self.cluster = Cluster(self.store)
        self.given(service(), pod("server-1"), pod("server-2"))

    def given(self, *manifests: Obj) -> None:
        self.cluster.given(*manifests)
        self.cluster.advance(3_000)

    def again(self) -> None:
        """The same cluster in another process."""
        self.cluster = Cluster(self.store, now=self.cluster.clock.now())

    def pod(self, name: str) -> Obj:
        return self.cluster.client("user:test").get(POD, Key("default", name))

    def remove(self, name: str) -> None:
        self.cluster.client("user:test").delete(POD, Key("default", name), grace_s=0)
        self.cluster.advance(1_000)

    def printed(self, name: str) -> list[str]:
        logs = ContainerLogs(self.cluster.world, self.cluster.clock)
        return [line.text for line in logs.lines(self.pod(name), "main")]

    def says(self, script: str, **spec: Any) -> list[str]:
        """What a pod prints that runs the script once."""
        self.given(pod("asker", script, restartPolicy="Never", **spec))
        lines = self.printed("asker")
        self.remove("asker")
        return lines

    def walk(self, question: Question, turn: int = 0) -> Way:
        view = listed_view(self.cluster.client("user:test"), self.cluster.world)
        return Wires(view, self.cluster.clock).walk(question, self.pod("server-1"), turn=turn)


@pytest.fixture
def town() -> Town:
    return Town()


def test_requests_are_spread_over_the_endpoints(town: Town) -> None:
    lines = town.says("for i in $(seq 1 30); do wget -qO- http://web/hostname; done")
    assert set(lines) == {"server-1", "server-2"} and len(lines) == 30


def test_one_request_can_be_walked_hop_by_hop(town: Town) -> None:
    way = town.walk(Question("http", "web", 80, "/hostname"))
    assert [hop.kind for hop in way.hops] == [
        "dns",
        "chain",
        "chain",
        "chain",
        "dnat",
        "route",
        "server",
    ] or way.reply.source == "server-1"
    assert way.reply.code == 200 and way.reply.lines == (way.reply.source,)
    assert way.destination.endswith(":8080")
    assert way == town.walk(Question("http", "web", 80, "/hostname"))


def test_different_requests_of_a_pod_take_different_ways(town: Town) -> None:
    goals = {town.walk(Question("tcp", "web", 80), turn).destination for turn in range(10)}
    assert len(goals) == 2


def test_who_waits_for_a_name_goes_on_when_the_service_is_made(town: Town) -> None:
    town.given(pod("waits", "until nslookup later; do sleep 2; done; echo found", restartPolicy="Never"))
    town.cluster.advance(1_200_000)
    assert town.pod("waits")["status"]["phase"] == "Running"
    town.given(service("later"))
    assert town.pod("waits")["status"]["phase"] == "Succeeded" and town.printed("waits")[-1] == "found"


def test_a_client_sees_servers_come_and_go(town: Town) -> None:
    town.given(pod("client", "while true; do wget -qO- -T 1 http://web/hostname || echo none; sleep 1; done"))
    town.cluster.advance(10_000)
    town.remove("server-1")
    mark = len(town.printed("client"))
    town.cluster.advance(10_000)
    assert set(town.printed("client")[mark + 2 :]) == {"server-2"}
    town.remove("server-2")
    town.cluster.advance(10_000)
    assert town.printed("client")[-1] == "none"


def test_what_was_told_is_the_same_after_a_take_over(town: Town) -> None:
    town.given(pod("client", "while true; do wget -qO- http://web/hostname; sleep 1; done"))
    town.cluster.advance(5_000)
    before, revision = town.printed("client"), town.store.revision
    town.again()
    town.cluster.advance(0)
    assert (town.printed("client"), town.store.revision) == (before, revision)


def test_an_address_without_endpoints_refuses(town: Town) -> None:
    town.given(service("empty", selector={"app": "none"}))
    (line,) = town.says("wget -qO- http://empty")
    assert line.startswith("wget: can't connect to remote host") and line.endswith("Connection refused")


def test_an_unknown_name_is_a_bad_address(town: Town) -> None:
    assert town.says("wget -qO- http://nobody || echo failed") == ["wget: bad address 'nobody'", "failed"]


def test_a_headless_name_gives_all_pods(town: Town) -> None:
    town.given(service("all", clusterIP="None"))
    lines = town.says("nslookup all | grep Address: | tail -n 2")
    assert {line.split()[1] for line in lines} == {
        town.pod(name)["status"]["podIP"] for name in ("server-1", "server-2")
    }


def test_a_pod_is_reached_by_its_address_from_anywhere(town: Town) -> None:
    ip = town.pod("server-1")["status"]["podIP"]
    assert town.says(f"wget -qO- http://{ip}:8080/hostname; nc -z {ip} 81 || echo closed") == [
        "server-1", f"nc: {ip} ({ip}:81): Connection refused", "closed"
    ]  # fmt: skip


def test_an_address_of_nobody_does_not_answer(town: Town) -> None:
    assert town.says("wget -qO- -T 2 http://10.244.9.99")[0].startswith("wget: can't connect to remote host")


def test_node_ports_are_open_on_all_nodes(town: Town) -> None:
    town.given(service("open", type="NodePort"))
    port = town.cluster.client("user:test").get(SERVICE, Key("default", "open"))["spec"]["ports"][0][
        "nodePort"
    ]
    lines = town.says(f"for n in 2 3 4; do wget -qO- http://172.18.0.$n:{port}/hostname; done")
    assert len(lines) == 3 and set(lines) <= {"server-1", "server-2"}


def test_a_client_with_affinity_stays_with_its_server(town: Town) -> None:
    town.given(service("sticky", sessionAffinity="ClientIP"))
    assert len(set(town.says("for i in $(seq 1 20); do wget -qO- http://sticky/hostname; done"))) == 1


def test_another_name_for_a_service_leads_to_it(town: Town) -> None:
    alias = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "alias"},
             "spec": {"type": "ExternalName", "externalName": "web.default.svc.cluster.local"}}  # fmt: skip
    town.given(alias)
    assert town.says("wget -qO- http://alias/hostname")[0] in ("server-1", "server-2")


def test_a_machine_without_power_does_not_answer(town: Town) -> None:
    node = town.pod("server-1")["spec"]["nodeName"]
    ip = town.pod("server-1")["status"]["podIP"]
    path = f"/sim/nodes/{node}"
    town.cluster.world.put(
        path,
        {**(town.cluster.world.get(path) or {}), "power": "off", "since_ms": town.cluster.clock.now()},
        actor="user:test",
    )
    town.cluster.advance(1_000)
    away = {
        "nodeSelector": {
            "kubernetes.io/hostname": next(f"node-{n}" for n in (1, 2, 3) if f"node-{n}" != node)
        }
    }
    assert town.says(f"wget -qO- -T 1 http://{ip}:8080/ || echo none", **away) == [
        "wget: download timed out",
        "none",
    ]


def test_containers_of_a_pod_meet_on_localhost(town: Town) -> None:
    side = {"name": "server", "image": "nginx", "ports": [{"containerPort": 80}]}
    main = {
        "name": "main",
        "image": "busybox",
        "command": ["sh", "-c", "sleep 1; wget -qO- http://localhost | grep title"],
    }
    town.given(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "both"},
            "spec": {"containers": [side, main], "restartPolicy": "Never"},
        }
    )
    assert town.printed("both") == ["<title>Welcome to nginx!</title>"]


def test_a_server_that_is_not_ready_gets_nothing(town: Town) -> None:
    probe = {"exec": {"command": ["false"]}}
    unready = pod("server-3")
    unready["spec"]["containers"][0]["readinessProbe"] = probe
    town.given(unready)
    assert "server-3" not in town.says("for i in $(seq 1 40); do wget -qO- http://web/hostname; done")
