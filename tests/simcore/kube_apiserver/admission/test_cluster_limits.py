"""What a whole cluster holds at most of the kinds that controllers make without end."""

from __future__ import annotations

import pytest

from simcore.apimachinery.errors import Forbidden
from simcore.apimachinery.kinds import CONFIG_MAP, JOB, NODE, POD, Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.etcd.interface import Op, Put
from simcore.kube_apiserver.admission.cluster_limits import LIMITS, ClusterLimits, Limit
from simcore.sim.trace import Origin
from tests.kit.control_plane import ControlPlane
from tests.kit.manifests import config_map, pod

LEFT = 2


def job(name: str) -> Obj:
    spec = {"containers": [{"name": "c", "image": "x"}], "restartPolicy": "Never"}
    meta = {"name": name, "namespace": "default"}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": {"template": {"spec": spec}}}


def made(kind: Kind, name: str) -> Obj:
    return pod(name) if kind is POD else job(name)


def fill(plane: ControlPlane, kind: Kind, number: int) -> None:
    """With keys alone: nobody looks at what they hold."""
    ops: list[Op] = [Put(f"{kind.prefix}full/o-{n}", b"{}") for n in range(number)]
    plane.store.txn((), ops, origin=Origin("test", 0, 0))


@pytest.fixture(params=[POD, JOB], ids=lambda kind: kind.plural)
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


@pytest.mark.parametrize("nodes", [0, 3])
def test_the_last_is_let_in_and_the_next_is_refused_by_the_numbers(kind: Kind, nodes: int):
    plane = ControlPlane()
    limit = LIMITS[kind].base + nodes * LIMITS[kind].per_node
    fill(plane, NODE, nodes)
    fill(plane, kind, limit - LEFT)
    for n in range(LEFT):
        plane.api.create(kind, made(kind, f"fits-{n}"))
    with pytest.raises(Forbidden) as refused:
        plane.api.create(kind, made(kind, "beyond"))
    assert refused.value.message == (
        f'{kind.resource} "beyond" is forbidden: exceeded cluster limit, '
        f"requested: {kind.plural}=1, used: {kind.plural}={limit}, limited: {kind.plural}={limit}"
    )


def test_what_goes_makes_room_at_once(kind: Kind):
    plane = ControlPlane()
    fill(plane, kind, LIMITS[kind].base - 1)
    plane.api.create(kind, made(kind, "last"))
    with pytest.raises(Forbidden):
        plane.api.create(kind, made(kind, "next"))
    plane.api.delete(kind, Key("default", "last"), grace_s=0)
    assert plane.api.create(kind, made(kind, "next"))["metadata"]["name"] == "next"


def test_nothing_but_new_objects_is_refused(kind: Kind):
    plane = ControlPlane()
    plane.api.create(kind, made(kind, "old"))
    fill(plane, kind, LIMITS[kind].base)
    labelled = plane.api.patch(kind, Key("default", "old"), {"metadata": {"labels": {"a": "b"}}})
    assert labelled["metadata"]["labels"]["a"] == "b"
    plane.api.create(CONFIG_MAP, config_map("other"))
    plane.api.delete(kind, Key("default", "old"))


@pytest.mark.parametrize(("nodes", "most"), [(0, 10), (1, 15), (17, 95), (18, 100), (5_000, 100)])
def test_a_limit_grows_with_the_nodes_up_to_an_end(nodes: int, most: int):
    assert Limit(base=10, per_node=5, most=100).with_nodes(nodes) == most


def test_only_what_is_made_without_end_is_counted():
    concerned = [kind.kind for kind in ControlPlane().server.kinds if ClusterLimits().concerns(kind)]
    assert concerned == ["Pod", "Job"]
