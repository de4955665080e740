"""Many kubelets in one process: each has its own pods, its own name on what it writes, and no timer while idle."""

from __future__ import annotations

from simcore.apimachinery.kinds import EVENT, POD
from simcore.apimachinery.meta import Key
from tests.simcore.kubelet.conftest import Site


def test_each_node_runs_its_own_pods() -> None:
    site = Site(nodes=30)
    for number in range(1, 31):
        site.run(f"web-{number}", node=f"node-{number}")
    addresses = [site.pod(f"web-{n}")["status"]["podIP"] for n in range(1, 31)]
    assert addresses == [f"10.244.{n}.2" for n in range(1, 31)]
    assert site.plane.clock.next_due() is None


def test_writes_carry_the_kubelet_of_the_node_and_what_made_it_act() -> None:
    site = Site(nodes=2)
    pod = site.run(node="node-2")
    created = site.store.get(POD.path(Key("default", "web")))
    assert created is not None
    entries = [e for e in site.history() if e.key == POD.path(Key("default", "web"))]
    assert [e.origin.actor for e in entries] == ["user:kubernetes-admin", "kubelet/node-2"]
    assert entries[1].origin.cause == entries[0].revision
    record = next(e for e in site.history() if e.key.endswith(pod["metadata"]["uid"]))
    assert (record.origin.actor, record.origin.cause) == ("kubelet/node-2", entries[0].revision)


def test_events_name_the_kubelet_of_the_node_and_the_container() -> None:
    site = Site(nodes=2)
    site.run(node="node-2")
    event = next(e for e in site.plane.api.list(EVENT, "default") if e["reason"] == "Started")
    assert event["source"] == {"component": "kubelet", "host": "node-2"}
    assert event["involvedObject"]["fieldPath"] == "spec.containers{main}"


def test_a_power_cut_touches_its_own_node_alone() -> None:
    site = Site(nodes=2)
    site.run("one", node="node-1")
    site.run("two", node="node-2")
    before = site.pod("two")
    site.power("off", "node-1")
    site.advance(1000)
    site.power("on", "node-1")
    assert site.pod("two") == before
    assert site.container("one")["restartCount"] == 1


def test_the_same_image_is_pulled_once_on_each_node() -> None:
    site = Site(nodes=2)
    for number in (1, 2, 3, 4):
        site.run(f"web-{number}", node=f"node-{1 + number % 2}")
    pulled = [name for name in ("web-1", "web-2", "web-3", "web-4") if site.event_counts(name).get("Pulling")]
    assert pulled == ["web-1", "web-2"]


def test_a_later_write_is_caused_by_the_status_before_it() -> None:
    site = Site()
    site.run(image="busybox", command=["sh", "-c", "sleep 5; exit 1"])
    site.advance(5000)
    entries = [e for e in site.history() if e.key == POD.path(Key("default", "web"))]
    assert entries[2].origin.cause == entries[1].revision
