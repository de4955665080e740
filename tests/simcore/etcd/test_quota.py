"""A store has a bound, says so as etcd does, and a cluster lives on in a full one."""

from __future__ import annotations

import pytest

from simcore.apimachinery.errors import ApiError
from simcore.apimachinery.kinds import CONFIG_MAP, POD
from simcore.apimachinery.meta import Key
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.interface import Compare, Delete, NoSpace, Op, Put, Unavailable
from simcore.etcd.memory_store import MemoryStore
from simcore.etcd.quota import Quota
from simcore.sim.trace import Origin
from tests.kit.manifests import config_map, deployment

ORIGIN = Origin("user:ada", 0, 1_000)
A, B, C = "/registry/maps/a", "/registry/maps/b", "/registry/maps/c"
FULL = "^etcdserver: mvcc: database space exceeded$"


def store_of(*ops: Op, **quota: int) -> MemoryStore:
    store = MemoryStore(quota=Quota(**quota))
    for op in ops:
        store.txn([], [op], origin=ORIGIN)
    return store


def size(store: MemoryStore) -> int:
    return sum(len(kv.key) + len(kv.value) for kv in store.range("/").kvs)


def test_a_store_knows_its_size_whatever_happens_in_it():
    store = store_of()
    for ops in (
        [Put(A, b"12345")], [Put(A, b"1")], [Put(B, b"")], [Delete(A), Put(C, b"xyz")], [Delete(A)], [Put(A, b"9")],
    ):  # fmt: skip
        store.txn([], ops, origin=ORIGIN)
        assert store.stored_bytes == size(store)
    store.compact(store.revision)
    assert store.stored_bytes == size(store)
    copy = MemoryStore()
    copy.load(store.range("/").kvs, store.revision)
    assert copy.stored_bytes == size(store)


@pytest.mark.parametrize(
    ("ops", "is_let_in"),
    [
        ([Put(C, b"x" * 4)], True),
        ([Put(C, b"x" * 5)], False),
        ([Put(A, b"y" * 4)], True),
        ([Put(A, b"y" * 5)], False),
        ([Put(C, b""), Put(A, b"")], False),
        ([Delete(A), Delete(B)], True),
        ([Delete("/registry/maps/none")], True),
        ([Delete(A), Put(C, b"x" * 5)], False),
        ([Put("/sim/nodes/a", b"z" * 100)], True),
        ([Put("/simulated", b"z" * 100)], False),
    ],
    ids=["fits", "a byte too many", "update", "update too large", "two", "deletions", "nothing",
         "a deletion at the same time makes no room", "world", "no world"],
)  # fmt: skip
def test_bytes_are_bounded_to_the_byte(ops: list[Op], is_let_in: bool):
    key = len(A)
    store = store_of(Put(A, b"1234"), Put(B, b"1234"), most_bytes=3 * key + 12)
    before = store.range("/")
    if is_let_in:
        store.txn([], ops, origin=ORIGIN)
        return
    with pytest.raises(NoSpace, match=FULL):
        store.txn([], ops, origin=ORIGIN)
    assert store.range("/") == before, "nothing of it was written"


def test_keys_are_bounded_and_deletions_make_room():
    store = store_of(Put(A, b""), Put(B, b""), most_keys=2)
    with pytest.raises(NoSpace, match=FULL):
        store.txn([], [Put(C, b"")], origin=ORIGIN)
    store.txn([], [Put(A, b"an update is no new key")], origin=ORIGIN)
    store.txn([], [Delete(B)], origin=ORIGIN)
    assert store.txn([], [Put(C, b"")], origin=ORIGIN).revision == 5


def test_the_branch_that_is_taken_counts():
    store = store_of(Put(A, b""), most_keys=1)
    absent = Compare(A, "mod", "==", 0)
    assert not store.txn([absent], [Put(B, b"")], [Put(A, b"2")], origin=ORIGIN).succeeded
    with pytest.raises(NoSpace):
        store.txn([absent], [], [Put(B, b"")], origin=ORIGIN)


def test_a_full_store_is_a_kind_of_unavailable():
    assert issubclass(NoSpace, Unavailable)
    assert str(NoSpace()) == "etcdserver: mvcc: database space exceeded"
    assert str(NoSpace("no disk")) == "etcdserver: no disk"


@pytest.fixture
def cluster() -> Cluster:
    store = MemoryStore()
    found(store, ClusterSpec(seed=3, epoch_ms=0, nodes=2))
    made = Cluster(store)
    made.settle()
    return made


def fill(cluster: Cluster, *, left: int) -> None:
    """Leaves room for so many keys."""
    keys = cluster.store.range("/").total  # type: ignore[attr-defined]
    cluster.store._quota = Quota(most_keys=keys + left)  # type: ignore[attr-defined]


def running(cluster: Cluster) -> int:
    return sum(p["status"].get("phase") == "Running" for p in cluster.client("test").list(POD, "default"))


def test_a_user_of_a_full_cluster_is_told_so(cluster: Cluster):
    fill(cluster, left=0)
    with pytest.raises(ApiError) as refused:
        cluster.client("user:ada").create(CONFIG_MAP, config_map("a"))
    assert refused.value.status() == {
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": "InternalError",
        "message": "etcdserver: mvcc: database space exceeded", "code": 500,
    }  # fmt: skip


@pytest.mark.parametrize("left", [1, 2, 3, 5, 8, 13, 21, 34])
def test_components_live_on_in_a_full_cluster_and_go_on_when_there_is_room(cluster: Cluster, left: int):
    fill(cluster, left=left)
    cluster.given(deployment("web", 6))
    cluster.run_until(cluster.clock.now() + 120_000)
    assert cluster.client("test").get(CONFIG_MAP, Key("kube-system", "kube-root-ca.crt"))
    cluster.store._quota = Quota()  # type: ignore[attr-defined]
    cluster.run_until(cluster.clock.now() + 400_000)
    assert running(cluster) == 6
