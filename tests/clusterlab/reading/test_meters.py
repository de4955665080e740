"""Sums over simulated time: what nodes have, what pods ask for and use, and how many are in which state."""

from __future__ import annotations

from typing import Any

import pytest

from clusterlab.hub import Resident
from clusterlab.reading import meters
from clusterlab.reading.library import Library
from clusterlab.reading.meters import MOST_POINTS, MOST_SCOPES, Meters, ScopedMeters
from clusterlab.reading.scope import Scope
from simcore.apimachinery.kinds import DEPLOYMENT, NODE, POD, REPLICA_SET, STATEFUL_SET, Kind
from simcore.apimachinery.meta import Key
from simcore.kube_apiserver.local import LocalClient
from tests.clusterlab.conftest import Found
from tests.kit.manifests import pod

MIB = 1024 * 1024


@pytest.fixture
def user(resident: Resident) -> LocalClient:
    return LocalClient(resident.server, "user:test")


def read(resident: Resident, window_s: int = 600) -> dict[str, Any]:
    resident.shared(Library).advance()
    return resident.shared(Meters).read(window_s * 1000)


def now(resident: Resident) -> dict[str, float]:
    return {series["name"]: series["values"][-1] for series in read(resident)["series"]}


def asking(name: str, cpu: str, memory: str, node: str = "") -> Any:
    made = pod(name, **({"nodeName": node} if node else {}))
    made["spec"]["containers"][0]["resources"] = {"requests": {"cpu": cpu, "memory": memory}}
    return made


def test_a_bare_beginning_has_its_nodes_and_nothing_else(found: Found) -> None:
    from clusterlab.hub import hub

    told = now(hub.get(found(bare=True, nodes=3, cpu="4", memory="8Gi")))
    assert (told["cpu allocatable"], told["memory allocatable"]) == (12.0, 3 * 8 * 1024 * MIB)
    assert (told["cpu requested"], told["memory requested"], told["pods running"]) == (0, 0, 0)


def test_what_a_pod_asks_for_counts_from_when_it_has_a_node(resident: Resident, user: LocalClient) -> None:
    before = now(resident)
    user.create(POD, asking("waits", "250m", "64Mi"))
    waiting = now(resident)
    assert waiting["cpu requested"] == before["cpu requested"]
    assert waiting["pods pending"] == before["pods pending"] + 1
    user.create(POD, asking("placed", "250m", "64Mi", "node-1"))
    placed = now(resident)
    assert placed["cpu requested"] - before["cpu requested"] == pytest.approx(0.25)
    assert placed["memory requested"] - before["memory requested"] == 64 * MIB


def test_what_is_gone_takes_nothing(resident: Resident, user: LocalClient) -> None:
    before = now(resident)
    user.create(POD, asking("short", "1", "1Gi", "node-1"))
    assert now(resident) != before
    user.delete(POD, Key("default", "short"), grace_s=0)
    after = now(resident)
    assert after == pytest.approx(before)


def test_a_pod_that_has_ended_takes_nothing(resident: Resident, user: LocalClient) -> None:
    before = now(resident)["cpu requested"]
    user.create(POD, asking("once", "1", "1Gi", "node-1"))
    user.patch(POD, Key("default", "once"), {"status": {"phase": "Succeeded"}}, subresource="status")
    assert now(resident)["cpu requested"] == pytest.approx(before)


def test_series_have_a_value_for_every_time(resident: Resident) -> None:
    told = read(resident)
    assert {len(series["values"]) for series in told["series"]} == {len(told["at"])}
    assert told["at"] == sorted(told["at"])
    assert {series["unit"] for series in told["series"]} == {"cores", "bytes", "pods"}
    names = [series["name"] for series in told["series"]]
    assert len(set(names)) == len(names) == 9


@pytest.mark.parametrize("window_s", [10, 600, 7 * 24 * 3600])
def test_however_long_the_window_is_the_points_are_bounded(resident: Resident, window_s: int) -> None:
    told = read(resident, window_s)
    assert len(told["at"]) <= MOST_POINTS + 2
    assert told["at"][-1] - told["at"][0] <= window_s * 1000


def test_samples_of_one_second_are_one(resident: Resident, user: LocalClient) -> None:
    read(resident)
    kept = resident.shared(Meters)._samples
    count = len(kept)
    for number in range(20):
        user.create(POD, asking(f"p{number}", "1m", "1Mi", "node-1"))
    read(resident)
    assert len(kept) <= count + 2


def test_samples_are_bounded(resident: Resident, user: LocalClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meters, "MOST_SAMPLES", 3)
    monkeypatch.setattr(meters, "EVERY_MS", 0)
    read(resident)
    for number in range(10):
        user.create(POD, asking(f"p{number}", "1m", "1Mi", "node-1"))
        read(resident)
    assert len(resident.shared(Meters)._samples) == 3


def test_meters_that_were_not_read_for_long_begin_again(resident: Resident, user: LocalClient) -> None:
    read(resident)
    user.create(POD, asking("a", "500m", "1Mi", "node-1"))
    expected = now(resident)
    with resident.guard:
        resident.store.replica.compact(resident.store.revision)
    resident.shared(Meters)._at = 0
    resident.shared(Library)._is_open = False
    assert now(resident)["cpu requested"] == pytest.approx(expected["cpu requested"])


def of(resident: Resident, kind: Kind, name: str, until: int | None = None) -> dict[str, float]:
    """The newest values of one object."""
    resident.shared(Library).advance()
    scope = Scope(kind, Key("default" if kind.namespaced else "", name))
    told = resident.shared(ScopedMeters).of(scope).read(600_000, until)
    return {series["name"]: series["values"][-1] for series in told["series"]}


def owned(name: str, kind: str, owner: str, node: str, labels: dict[str, str] | None = None) -> Any:
    made = asking(name, "100m", "64Mi", node)
    ref = {"apiVersion": "apps/v1", "kind": kind, "name": owner, "uid": f"{owner}-uid", "controller": True}
    made["metadata"] |= {"ownerReferences": [ref], "labels": labels or {}}
    return made


def test_a_node_is_measured_by_itself(resident: Resident, user: LocalClient) -> None:
    before = of(resident, NODE, "node-1")
    user.create(POD, asking("here", "500m", "64Mi", "node-1"))
    user.create(POD, asking("there", "1", "64Mi", "node-2"))
    after = of(resident, NODE, "node-1")
    assert after["cpu requested"] - before["cpu requested"] == pytest.approx(0.5)
    assert after["cpu allocatable"] == before["cpu allocatable"] == now(resident)["cpu allocatable"] / 2
    assert of(resident, NODE, "node-9")["cpu allocatable"] == 0


def test_a_pod_and_a_workload_are_measured_without_what_nodes_have(
    resident: Resident, user: LocalClient
) -> None:
    template = {"pod-template-hash": "abc"}
    user.create(POD, owned("web-abc-1", "ReplicaSet", "web-abc", "node-1", template))
    user.create(POD, owned("web-abc-2", "ReplicaSet", "web-abc", "node-2", template))
    user.create(POD, owned("db-0", "StatefulSet", "db", "node-2"))
    found = {
        (kind.kind, name): of(resident, kind, name)["cpu requested"]
        for kind, name in (
            (DEPLOYMENT, "web"), (REPLICA_SET, "web-abc"), (STATEFUL_SET, "db"), (POD, "web-abc-1"), (DEPLOYMENT, "no")
        )
    }  # fmt: skip
    assert found == pytest.approx(
        {
            ("Deployment", "web"): 0.2, ("ReplicaSet", "web-abc"): 0.2, ("StatefulSet", "db"): 0.1,
            ("Pod", "web-abc-1"): 0.1, ("Deployment", "no"): 0.0,
        }
    )  # fmt: skip
    assert "cpu allocatable" not in of(resident, POD, "db-0")


def test_the_past_is_measured_up_to_its_moment(resident: Resident, user: LocalClient) -> None:
    began = resident.clock.now()
    user.create(POD, asking("late", "1", "64Mi", "node-1"))
    told = resident.shared(Meters)
    resident.shared(Library).advance()
    assert told.read(600_000, began + 10_000_000)["at"][-1] <= resident.clock.now()
    assert told.read(600_000, 0)["at"][-1] <= began


def test_only_the_newest_questions_are_kept(resident: Resident) -> None:
    meters = resident.shared(ScopedMeters)
    first = meters.of(Scope(NODE, Key("", "node-1")))
    assert meters.of(Scope(NODE, Key("", "node-1"))) is first
    for number in range(MOST_SCOPES):
        meters.of(Scope(POD, Key("default", f"pod-{number}")))
    assert meters.of(Scope(NODE, Key("", "node-1"))) is not first
