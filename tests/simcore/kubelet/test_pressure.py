"""A node that runs short of memory, and ports of a node that are taken."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kubelet.admission import clashes
from tests.simcore.kubelet.conftest import MACHINE, Site

MESSAGE = (
    "The node was low on resource: memory. Threshold quantity: 100Mi, available: {}. "
    "Container main was using {}, request is {}, has larger consumption of memory. "
)


def eat(site: Site, name: str, size: str, request: str = "", **spec: Any) -> Obj:
    """A pod that takes so much memory a second after its start."""
    resources = {"requests": {"memory": request}} if request else {}
    args = ["--vm", "1", "--vm-bytes", size, "--vm-hang", "1"]
    return site.run(name, image="polinux/stress", command=["stress"], args=args, resources=resources, **spec)


def phases(site: Site, *names: str) -> list[str]:
    return [site.pod(name)["status"]["phase"] for name in names]


def pressure(site: Site) -> str:
    found: str = next(
        c["status"] for c in site.node()["status"]["conditions"] if c["type"] == "MemoryPressure"
    )
    return found


def test_who_takes_more_than_was_asked_for_goes_first(site: Site) -> None:
    eat(site, "modest", "4G", request="4Gi")
    eat(site, "greedy", "4G", request="1Gi")
    site.advance(1_000)
    assert phases(site, "modest", "greedy") == ["Running", "Failed"]
    status = site.pod("greedy")["status"]
    assert (status["reason"], status["message"]) == ("Evicted", MESSAGE.format("0", "4Gi", "1Gi"))
    assert ("Evicted", status["message"]) in site.events("greedy")
    target = next(c for c in status["conditions"] if c["type"] == "DisruptionTarget")
    assert (target["status"], target["reason"]) == ("True", "TerminationByKubelet")


def test_of_two_greedy_pods_the_less_important_goes(site: Site) -> None:
    site.plane.given(
        {
            "apiVersion": "scheduling.k8s.io/v1",
            "kind": "PriorityClass",
            "metadata": {"name": "high"},
            "value": 1000,
        }
    )
    eat(site, "important", "5G", priorityClassName="high")
    eat(site, "other", "3G")
    site.advance(1_000)
    assert phases(site, "important", "other") == ["Running", "Failed"]


def test_nothing_is_evicted_while_enough_is_left(site: Site) -> None:
    eat(site, "half", "4G")
    site.advance(60_000)
    assert (phases(site, "half"), pressure(site)) == (["Running"], "False")


def test_the_node_says_that_it_is_short_for_five_minutes_more(site: Site) -> None:
    eat(site, "greedy", "9G")
    site.advance(1_000)
    assert pressure(site) == "True"
    site.advance(299_999)
    assert pressure(site) == "True"
    site.advance(1)
    assert pressure(site) == "False"


def test_meanwhile_it_takes_no_pod_without_requests(site: Site) -> None:
    eat(site, "greedy", "9G")
    site.advance(1_000)
    site.run("late")
    status = site.pod("late")["status"]
    assert (status["phase"], status["reason"]) == ("Failed", "Evicted")
    assert status["message"] == "Pod was rejected: The node had condition: [MemoryPressure]. "
    site.run("guaranteed", resources={"requests": {"memory": "1Gi"}})
    assert phases(site, "guaranteed") == ["Running"]


def test_another_process_knows_of_the_pressure_and_of_its_end(site: Site) -> None:
    eat(site, "greedy", "9G")
    site.advance(100_000)
    later = site.again()
    later.advance(0)
    assert pressure(later) == "True" and phases(later, "greedy") == ["Failed"]
    later.advance(201_000)
    assert pressure(later) == "False"


def test_a_port_of_the_node_is_for_one_pod_only(site: Site) -> None:
    ports = [{"containerPort": 80, "hostPort": 8080}]
    site.run("first", ports=ports)
    site.run("second", ports=ports)
    status = site.pod("second")["status"]
    assert (status["phase"], status["reason"]) == ("Failed", "NodePorts")
    assert status["message"] == (
        "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports"
    )


def test_a_port_is_free_again_when_its_pod_is_gone() -> None:
    site, ports = Site(nodes=2), [{"containerPort": 80, "hostPort": 8080}]
    site.run("first", ports=ports)
    site.run("elsewhere", ports=ports, node="node-2")
    site.delete("first", grace_s=0)
    site.run("second", ports=ports)
    assert phases(site, "elsewhere", "second") == ["Running", "Running"]


@pytest.mark.parametrize(
    ("left", "right", "clash"),
    [
        (("TCP", "0.0.0.0", 80), ("TCP", "0.0.0.0", 80), True),
        (("TCP", "0.0.0.0", 80), ("TCP", "127.0.0.1", 80), True),
        (("TCP", "10.0.0.1", 80), ("TCP", "127.0.0.1", 80), False),
        (("TCP", "0.0.0.0", 80), ("UDP", "0.0.0.0", 80), False),
        (("TCP", "0.0.0.0", 80), ("TCP", "0.0.0.0", 81), False),
    ],
)
def test_ports_clash_by_protocol_address_and_number(
    left: tuple[str, str, int], right: tuple[str, str, int], clash: bool
) -> None:
    assert clashes(frozenset({left}), frozenset({right})) == clash


def test_the_machine_of_these_tests_has_eight_gibibytes() -> None:
    assert MACHINE["memory"] == "8Gi"
