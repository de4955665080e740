"""A node's runtime: addresses, images and pulls, taken up again from records."""

from __future__ import annotations

from dataclasses import replace

from simcore.apimachinery.meta import Obj
from simcore.kubelet.images import Registries, parse
from simcore.kubelet.node_host import LONGEST_PULL_MS, NodeHost
from simcore.kubelet.records import ContainerRecord, Machine, PodRecord, Sandbox
from simcore.sim.latency import INSTANT, REALISTIC, LatencyProfile, Range
from simcore.sim.rng import Rng

POD: Obj = {"metadata": {"uid": "u1"}, "spec": {}}


def host(latency: LatencyProfile = INSTANT, machine: Machine | None = None) -> NodeHost:
    made = NodeHost(
        "node-1",
        machine or Machine(),
        rng=Rng(1),
        latency=latency,
        epoch_ms=0,
        registries=lambda: Registries(("404",)),
    )
    made.number = 1
    return made


def record(ip: str, **containers: ContainerRecord) -> PodRecord:
    return PodRecord("default", "web", 1, 0, sandbox=Sandbox(0, 0, ip, used=True), containers=containers)


def test_addresses_of_records_are_not_given_out_again() -> None:
    node = host()
    node.remember(record("10.244.1.2"))
    node.remember(record("10.244.1.4"))
    assert [node.take_ip(POD) for _ in range(3)] == ["10.244.1.3", "10.244.1.5", "10.244.1.6"]


def test_a_pod_that_is_gone_gives_its_address_back() -> None:
    node = host()
    node.take_ip(POD)
    node.take_ip(POD)
    node.forget(record("10.244.1.2"))
    assert node.take_ip(POD) == "10.244.1.2"


def test_the_node_s_own_address_is_never_given_back() -> None:
    node = host()
    node.forget(record(node.ip))
    assert node.take_ip(POD) == "10.244.1.2"


def test_without_latency_a_pull_takes_no_time() -> None:
    assert host().pull(parse("nginx"), POD, 5000, 0) == (5000, 0)


def test_pulls_queue_up_behind_each_other() -> None:
    node = host(replace(INSTANT, image_pull=Range(700, 700)))
    first, second = (node.pull(parse(name), POD, 0, 0) for name in ("nginx", "httpd"))
    assert (first.done_at, first.took_ms) == (720, 720)
    assert (second.done_at, second.took_ms) == (720 + 590, 590)


def test_a_pull_that_was_under_way_holds_up_the_next_after_a_take_over() -> None:
    node = host(replace(INSTANT, image_pull=Range(700, 700)))
    node.remember(record("10.244.1.2", main=ContainerRecord("pulling", due=3000)))
    assert node.pull(parse("nginx"), POD, 1000, 0).done_at == 3720


def test_comparing_digests_is_quicker_than_a_pull() -> None:
    node = host(replace(INSTANT, image_pull=Range(1000, 1000)))
    node.keep_image(parse("nginx"))
    assert node.pull(parse("nginx"), POD, 0, 0).took_ms == 250


def test_the_largest_image_takes_a_minute_at_most() -> None:
    node = host(replace(INSTANT, image_pull=Range(50_000, 50_000)))
    assert node.pull(parse("mysql"), POD, 0, 0).took_ms == LONGEST_PULL_MS


def test_an_image_is_known_by_its_full_name() -> None:
    node = host()
    node.keep_image(parse("nginx"))
    assert node.has_image(parse("docker.io/library/nginx:latest"))
    assert not node.has_image(parse("nginx:1.27"))
    assert node.machine.images == ["docker.io/library/nginx:latest"]


def test_only_a_new_image_changes_the_machine_s_memory() -> None:
    node = host(machine=Machine(images=["docker.io/library/nginx:latest"]))
    node.keep_image(parse("nginx"))
    assert not node.images_changed
    node.keep_image(parse("httpd"))
    assert node.images_changed


def test_an_unknown_image_has_one_size_for_ever() -> None:
    sizes = {host().image_bytes(parse("team/shop:1")) for _ in range(3)}
    assert len(sizes) == 1
    assert 20_000_000 <= sizes.pop() < 200_000_000


def test_latencies_are_drawn_for_the_pod_and_the_run_not_in_turn() -> None:
    one, two = host(REALISTIC), host(REALISTIC)
    two.sandbox_ms({"metadata": {"uid": "another"}}, 0)
    assert one.sandbox_ms(POD, 0) == two.sandbox_ms(POD, 0)
    assert one.start_ms(POD, "main", 0) == two.start_ms(POD, "main", 0)
    assert {one.start_ms(POD, "main", run) for run in range(8)} != {one.start_ms(POD, "main", 0)}
