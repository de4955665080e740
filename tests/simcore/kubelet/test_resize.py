"""Running pods that are given other resources."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Key, Obj
from simcore.kubelet.admission import Amounts
from simcore.kubelet.resize import Pending, judge, must_restart
from tests.simcore.kubelet.conftest import Site


def needs(cpu: str = "1", memory: str = "1Gi") -> Obj:
    return {"requests": {"cpu": cpu, "memory": memory}}


def ask(site: Site, resources: Obj, name: str = "web", **container: Any) -> None:
    """As `kubectl patch --subresource resize` does."""
    before = site.pod(name)["spec"]["containers"][0]
    spec = {"containers": [{**before, "resources": resources, **container}]}
    site.plane.api.patch(POD, Key("default", name), {"spec": spec}, subresource="resize")
    site.advance(0)


def has(site: Site, name: str = "web") -> Obj:
    status = site.container(name)
    assert status.get("allocatedResources") == status["resources"].get("requests")
    resources: Obj = status["resources"]
    return resources


def pending(site: Site, name: str = "web") -> tuple[str, str] | None:
    found = [c for c in site.pod(name)["status"]["conditions"] if c["type"] == "PodResizePending"]
    return (found[0]["reason"], found[0]["message"]) if found else None


def test_a_pod_that_fits_gets_what_it_asks_for_without_a_restart(site: Site) -> None:
    site.run(resources=needs())
    ask(site, needs("2", "2Gi"))
    assert has(site) == needs("2", "2Gi")
    assert (site.container()["restartCount"], pending(site)) == (0, None)
    assert site.pod()["status"]["observedGeneration"] == site.pod()["metadata"]["generation"] == 2
    reasons = [reason for reason, _ in site.events()]
    assert reasons[-2:] == ["ResizeStarted", "ResizeCompleted"]


def test_the_event_says_what_the_containers_get(site: Site) -> None:
    site.run(resources=needs())
    ask(site, needs("2"))
    assert site.events()[-1][1] == (
        'Pod resize completed: {"containers":[{"name":"main","resources":{"requests":{"cpu":"2","memory":"1Gi"}}}],'
        '"generation":2}'
    )


def test_what_no_node_of_this_size_can_give_is_infeasible(site: Site) -> None:
    site.run(resources=needs())
    ask(site, needs("5"))
    assert pending(site) == (
        "Infeasible",
        "Node didn't have enough capacity: cpu, requested: 5000, capacity: 4000",
    )
    assert has(site) == needs()
    assert site.events()[-1][0] == "ResizeInfeasible"


def test_what_others_hold_is_waited_for(site: Site) -> None:
    site.run(resources=needs())
    site.run("other", resources=needs("2"))
    ask(site, needs("3"))
    assert pending(site) == (
        "Deferred",
        "Node didn't have enough resource: cpu, requested: 3000, used: 2000, capacity: 4000",
    )
    assert has(site) == needs()
    site.delete("other", grace_s=0)
    assert (has(site), pending(site)) == (needs("3"), None)


def test_a_wish_that_is_taken_back_is_forgotten(site: Site) -> None:
    site.run(resources=needs())
    ask(site, needs("5"))
    ask(site, needs())
    assert (has(site), pending(site)) == (needs(), None)


def test_a_wish_outlives_the_process_that_heard_it(site: Site) -> None:
    site.run(resources=needs())
    site.run("other", resources=needs("2"))
    ask(site, needs("3"))
    later = site.again()
    assert pending(later) is not None and has(later) == needs()
    before = later.writes()
    later.advance(60_000)
    assert later.writes() == before


def test_a_smaller_pod_makes_room(site: Site) -> None:
    site.run(resources=needs("3"))
    ask(site, needs("1"))
    site.run("other", resources=needs("3"))
    assert site.pod("other")["status"]["phase"] == "Running"


def test_a_container_that_asks_for_it_is_restarted(site: Site) -> None:
    policy = [{"resourceName": "memory", "restartPolicy": "RestartContainer"}]
    site.run(containers=[{"name": "main", "image": "nginx", "resources": needs(), "resizePolicy": policy}])
    site.advance(20_000)
    ask(site, needs("2"))
    site.advance(20_000)
    assert site.container()["restartCount"] == 0
    ask(site, needs("2", "2Gi"))
    site.advance(20_000)
    assert site.container()["restartCount"] == 1
    assert ("Killing", "Container main resize requires restart") in site.events()


def test_a_higher_limit_comes_in_time_for_a_program_that_grows(site: Site) -> None:
    command = ["stress", "--vm", "1", "--vm-bytes", "300M"]
    small, large = ({**needs(memory="100Mi"), "limits": {"memory": limit}} for limit in ("200Mi", "400Mi"))
    site.run("grows", image="polinux/stress", command=command, resources=small)
    site.advance(500)
    ask(site, large, "grows")
    site.advance(5_000)
    assert site.container("grows")["restartCount"] == 0


@pytest.mark.parametrize(
    ("wanted", "used", "expected"),
    [
        ((1000, 10), (2000, 10), None),
        ((4000, 10), (0, 0), None),
        ((4001, 10), (0, 0), "Infeasible"),
        ((10, 101), (0, 0), "Infeasible"),
        ((2000, 10), (2001, 0), "Deferred"),
        ((10, 60), (0, 50), "Deferred"),
    ],
)
def test_room_is_what_others_leave_of_the_node(
    wanted: tuple[int, int], used: tuple[int, int], expected: str | None
) -> None:
    found = judge(Amounts(*wanted, 0, 1), Amounts(*used, 0, 0), Amounts(4000, 100, 0, 110))
    assert (found.reason if found else None) == expected
    assert found is None or isinstance(found, Pending)


@pytest.mark.parametrize(
    ("policy", "before", "after", "restarts"),
    [
        ([], needs(), needs("2"), False),
        ([("cpu", "NotRequired")], needs(), needs("2"), False),
        ([("cpu", "RestartContainer")], needs(), needs("2"), True),
        ([("memory", "RestartContainer")], needs(), needs("2"), False),
        ([("memory", "RestartContainer")], needs(), needs(memory="2Gi"), True),
        ([("cpu", "RestartContainer")], needs(cpu="1"), {**needs(cpu="1"), "limits": {"cpu": "2"}}, True),
    ],
)
def test_policies_name_the_resource_whose_change_needs_a_restart(
    policy: list[tuple[str, str]], before: Obj, after: Obj, restarts: bool
) -> None:
    spec = {"resizePolicy": [{"resourceName": r, "restartPolicy": p} for r, p in policy], "resources": after}
    assert must_restart(spec, before) is restarts


def test_wishes_that_follow_each_other_are_held_against_what_the_container_has(site: Site) -> None:
    site.run(resources=needs())
    site.run("other", resources=needs("2"))
    for cpu in ("5", "3"):
        ask(site, needs(cpu))
        assert has(site) == needs()
    site.delete("other", grace_s=0)
    assert has(site) == needs("3")
