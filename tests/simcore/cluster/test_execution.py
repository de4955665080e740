"""Commands run in containers from outside."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.errors import BadRequest
from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.cluster import Cluster
from simcore.cluster.execution import Execution, Outcome, Printed, Session
from simcore.cluster.founding import ClusterSpec, found
from simcore.cluster.view import listed_view
from simcore.etcd.memory_store import MemoryStore


@pytest.fixture
def cluster() -> Cluster:
    store = MemoryStore()
    found(store, ClusterSpec(seed=1, epoch_ms=1_767_225_600_000, nodes=1, latency="instant"))
    cluster = Cluster(store)
    env = [{"name": "COLOUR", "value": "red"}]
    mount = {"name": "conf", "mountPath": "/conf"}
    cluster.given(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "conf"}, "data": {"a": "one"}}
    )
    given(cluster, "web", image="nginx", env=env, volumeMounts=[mount])
    given(cluster, "busy", image="busybox", command=["sh", "-c", "touch /tmp/up; sleep 9999"])
    given(cluster, "pause", image="registry.k8s.io/pause:3.10")
    given(cluster, "waits", image="busybox:missing")
    cluster.advance(10_000)
    return cluster


def given(cluster: Cluster, name: str, **container: Any) -> None:
    volumes = [{"name": "conf", "configMap": {"name": "conf"}}] if "volumeMounts" in container else []
    spec = {"containers": [{"name": "main", **container}], "volumes": volumes}
    cluster.given({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec})


def opened(cluster: Cluster, name: str, container: str = "") -> Execution:
    api = cluster.client("user:test")
    pod: Obj = api.get(POD, Key("default", name))
    return Execution(listed_view(api, cluster.world), cluster.clock, pod, container)


def lines(outcome: Outcome) -> list[str]:
    return [line.text for line in outcome.printed]


@pytest.mark.parametrize(
    ("pod", "argv", "printed", "code"),
    [
        ("web", ("echo", "hi"), ["hi"], 0),
        ("web", ("cat", "/conf/a"), ["one"], 0),
        ("web", ("sh", "-c", "echo $COLOUR; exit 3"), ["red"], 3),
        ("web", ("hostname",), ["web"], 0),
        ("web", ("cat", "/etc/resolv.conf"), [
            "search default.svc.cluster.local svc.cluster.local cluster.local", "nameserver 10.96.0.10",
            "options ndots:5"], 0),
        ("busy", ("ls", "/tmp"), ["up"], 0),
        ("busy", ("test", "-f", "/tmp/down"), [], 1),
        ("busy", ("kubectl",), ["sh: kubectl: not found"], 127),
        ("pause", ("ls",), None, 126),
    ],
    ids=["echo", "a volume", "variables", "its name", "dns", "what the program wrote", "a status", "not there",
         "no shell"],
)  # fmt: skip
def test_a_command_sees_the_container_as_it_is(
    cluster: Cluster, pod: str, argv: tuple[str, ...], printed: list[str] | None, code: int
) -> None:
    outcome = opened(cluster, pod).run(argv)
    assert outcome.code == code and outcome.ends
    assert printed is None or lines(outcome) == printed


def test_a_command_asks_the_network(cluster: Cluster) -> None:
    ip = cluster.client("user:test").get(POD, Key("default", "web"))["status"]["podIP"]
    outcome = opened(cluster, "busy").run(("wget", "-qO-", ip))
    assert "<title>Welcome to nginx!</title>" in lines(outcome)
    assert "Address: 10.96.0.1" in lines(opened(cluster, "busy").run(("nslookup", "kubernetes")))


def test_errors_go_another_way(cluster: Cluster) -> None:
    outcome = opened(cluster, "busy").run(("sh", "-c", "echo out; echo err >&2"))
    assert outcome.printed == (Printed("out", is_error=False), Printed("err", is_error=True))


@pytest.mark.parametrize(
    ("argv", "stdin", "printed"),
    [
        (("cat",), "a\nb\n", ["a", "b"]),
        (("sh",), "echo one; echo two\n", ["one", "two"]),
        (("wc", "-l"), "a\nb\nc\n", ["3"]),
        (("cat",), "it's 5$\n", ["it's 5$"]),
    ],
)
def test_what_comes_in_is_read(
    cluster: Cluster, argv: tuple[str, ...], stdin: str, printed: list[str]
) -> None:
    assert lines(opened(cluster, "busy").run(argv, stdin)) == printed


def test_a_command_that_does_not_end_says_so(cluster: Cluster) -> None:
    assert not opened(cluster, "busy").run(("sh", "-c", "while true; do :; done")).ends


def test_running_something_changes_nothing(cluster: Cluster) -> None:
    before = cluster.store.revision
    opened(cluster, "busy").run(("sh", "-c", "rm /tmp/up; touch /tmp/other"))
    assert cluster.store.revision == before
    assert lines(opened(cluster, "busy").run(("ls", "/tmp"))) == ["up"]


@pytest.mark.parametrize(
    ("pod", "container", "said"),
    [
        ("web", "other", "container other is not valid for pod web"),
        ("waits", "", 'unable to upgrade connection: container not found ("main")'),
    ],
)
def test_only_a_running_container_runs_commands(
    cluster: Cluster, pod: str, container: str, said: str
) -> None:
    with pytest.raises(BadRequest) as caught:
        opened(cluster, pod, container)
    assert caught.value.message == said


def test_a_machine_without_power_cannot_be_dialled(cluster: Cluster) -> None:
    machine = cluster.world.get("/sim/nodes/node-1")
    assert machine is not None
    cluster.world.put("/sim/nodes/node-1", {**machine, "power": "off", "since_ms": 0}, actor="user:test")
    with pytest.raises(BadRequest, match="no route to host"):
        opened(cluster, "web")


def test_a_session_remembers_what_was_done(cluster: Cluster) -> None:
    session = Session(opened(cluster, "busy"))
    assert session.enter("x=5; echo hello > /tmp/note") == ()
    assert [p.text for p in session.enter("cat /tmp/note; echo $x")] == ["hello", "5"]
    assert [p.text for p in session.enter("ls /tmp")] == ["note", "up"]


def test_a_line_that_never_ends_is_broken_off(cluster: Cluster) -> None:
    session = Session(opened(cluster, "busy"))
    session.enter("while true; do :; done")
    assert [p.text for p in session.enter("echo still here")] == ["still here"]


@pytest.mark.parametrize(("line", "code"), [("exit", 0), ("exit 4", 4), ("logout", 0), ("exit x", 0)])
def test_a_session_ends_with_exit(cluster: Cluster, line: str, code: int) -> None:
    session = Session(opened(cluster, "busy"))
    session.enter("true")
    session.enter(line)
    assert (session.is_over, session.code) == (True, code)


def test_the_last_status_is_the_sessions(cluster: Cluster) -> None:
    session = Session(opened(cluster, "busy"))
    session.enter("false")
    session.enter("exit")
    assert session.code == 1


def test_what_a_command_writes_is_told_and_a_server_shows_it_at_once(cluster: Cluster) -> None:
    execution = opened(cluster, "web")
    page = "/usr/share/nginx/html/index.html"
    outcome = execution.run(("sh", "-c", f"ls /usr/share/nginx/html; echo hello > {page}; curl -s localhost"))
    assert lines(outcome) == ["index.html", "hello"]
    told = execution.told(outcome.changes)
    assert (told["name"], told["container"], told["run"]) == ("web", "main", 0)
    assert told["files"] == [[page, "hello\n"]]
    assert lines(opened(cluster, "web").run(("curl", "-s", "localhost")))[-1] == "</html>"  # nobody was told


def test_a_session_tells_what_each_line_has_written(cluster: Cluster) -> None:
    session = Session(opened(cluster, "busy"))
    session.enter("echo one > /tmp/a")
    assert [change.path for change in session.changes][-1] == "/tmp/a"
    session.enter("echo nothing")
    assert session.changes == ()
    session.enter("rm /tmp/a")
    assert [(change.path, change.lines) for change in session.changes] == [("/tmp/a", None)]


def test_a_command_knows_the_date_and_the_services_that_were_there_first(cluster: Cluster) -> None:
    ports = {"ports": [{"port": 80}]}
    cluster.given({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "late"}, "spec": ports})
    cluster.advance(5_000)
    found = lines(opened(cluster, "web").run(("sh", "-c", "date; env")))
    assert found[0] == "Thu Jan  1 00:00:15 UTC 2026"
    assert "KUBERNETES_SERVICE_PORT=443" in found and "COLOUR=red" in found
    assert not any(line.startswith("LATE_") for line in found)


def test_processes_are_the_container_s_or_with_a_shared_namespace_the_pod_s(cluster: Cluster) -> None:
    assert [line.split()[0::3] for line in lines(opened(cluster, "busy").run(("ps", "aux")))] == [
        ["PID", "COMMAND"],
        ["1", "sh", "/tmp/up;"],
        ["2", "ps"],
    ]
    containers = [
        {"name": "a", "image": "nginx"},
        {"name": "b", "image": "busybox", "command": ["sleep", "99"]},
    ]
    spec = {"shareProcessNamespace": True, "containers": containers}
    cluster.given({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "shared"}, "spec": spec})
    cluster.advance(5_000)
    found = lines(opened(cluster, "shared", "b").run(("ps",)))
    assert [line[21:] for line in found] == ["COMMAND", "/pause", "nginx", "sleep 99", "ps"]


def test_what_nobody_knows_counts_as_done_and_the_script_goes_on(cluster: Cluster) -> None:
    outcome = opened(cluster, "web").run(("sh", "-c", "echo before; nginx -t; echo $?"))
    assert lines(outcome) == ["before", "0"]


def test_what_a_command_said_before_it_became_endless_is_shown(cluster: Cluster) -> None:
    outcome = opened(cluster, "busy").run(("sh", "-c", "echo before; tail -f /dev/null"))
    assert (lines(outcome), outcome.ends) == (["before"], False)
