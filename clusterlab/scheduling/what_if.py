"""What a changed configuration or manifests would do: tried on a fork, run until it comes to rest, and compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

from clusterlab.scheduling.replacing import placed_anew
from simcore.apimachinery.encoding import decode, encode
from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import EVENT, NODE, POD
from simcore.apimachinery.meta import Key, Obj, controller_of, key_of
from simcore.apimachinery.patches import merge_patch
from simcore.client.interfaces import ApiClient
from simcore.cluster.cluster import Cluster
from simcore.cluster.world import CLUSTER
from simcore.etcd.interface import Put
from simcore.etcd.memory_store import MemoryStore
from simcore.kube_apiserver.builder import build_api_server
from simcore.kube_apiserver.local import LocalClient
from simcore.kube_scheduler.configuration.reading import read
from simcore.kube_scheduler.explanation.still import still_context
from simcore.kube_scheduler.explanation.view import View, is_finished
from simcore.kube_scheduler.resources import CPU, MEMORY, amounts_of, pod_requests
from simcore.kube_scheduler.world import CONFIG, configuration_of
from simcore.sim.clock import SimClock, SimTime
from simcore.sim.rng import Rng
from simcore.sim.trace import Origin

ACTOR = "user:what-if"
QUIET_MS = 5_000
LIMIT_MS = 300_000
MOST_FIRINGS = 400_000
MOST_SHOWN = 200


@dataclass(frozen=True)
class Question:
    """What is to be different."""

    configuration: Obj | None = None
    manifests: Sequence[Obj] = ()
    reschedule: bool = False
    """Every pod that a controller would make again is placed anew, in the order of the queue."""


@dataclass(frozen=True)
class Balance:
    """How evenly a resource is requested over the nodes, in percent of what they have."""

    least: float
    mean: float
    most: float
    deviation: float


@dataclass(frozen=True)
class Situation:
    """Where everything is."""

    placed: Counter[tuple[str, str]]
    """Pods by (workload, node)."""
    pending: dict[str, str]
    """Pods without a node and why."""
    uids: dict[str, str]
    """uid -> namespace/name of the pods that live."""
    balance: dict[str, Balance] = field(default_factory=dict)
    """By resource."""


@dataclass(frozen=True)
class Outcome:
    before: Situation
    after: Situation
    evicted: list[str]
    """Pods that made room for others."""
    rested: bool
    """False: the fork was still busy when the search for rest ended."""
    took_ms: SimTime


def what_if(fork: MemoryStore, now: SimTime, question: Question) -> Outcome:
    """The fork is used up. Raises: BadConfiguration, ApiError (a manifest that is refused)."""
    if question.configuration is not None:
        read(question.configuration)
        record = encode({"configuration": question.configuration})
        fork.txn((), (Put(CONFIG, record),), origin=Origin(ACTOR, 0, now))
    if question.reschedule and not question.manifests:
        return _replaced(fork, now)
    cluster = Cluster(fork, now=now)
    client = cluster.client(ACTOR)
    before = situation(client.list(NODE), client.list(POD))
    for manifest in question.manifests:
        _apply(cluster, client, manifest)
    rested = _rest(cluster)
    if question.reschedule:
        after = _replaced(fork, cluster.clock.now()).after
    else:
        after = situation(client.list(NODE), client.list(POD))
    return Outcome(before, after, _evicted(client, before), rested, cluster.clock.now() - now)


def _replaced(fork: MemoryStore, now: SimTime) -> Outcome:
    """Of the fork as it is, all pods placed anew."""
    record, config = fork.get(CLUSTER), fork.get(CONFIG)
    assert record is not None, "the cluster has not been founded"
    world = decode(record.value)
    clock, rng = SimClock(epoch_ms=world["epoch_ms"], start=now), Rng(world["seed"])
    client = LocalClient(build_api_server(fork, clock=clock, rng=rng), "kube-scheduler")
    configuration = configuration_of(decode(config.value) if config else None)
    nodes, pods = client.list(NODE), client.list(POD)
    view = View(still_context(client, clock, rng), configuration)
    return Outcome(situation(nodes, pods), situation(nodes, list(placed_anew(view))), [], True, 0)


def situation(nodes: Sequence[Obj], pods: Sequence[Obj]) -> Situation:
    placed: Counter[tuple[str, str]] = Counter()
    pending: dict[str, str] = {}
    uids: dict[str, str] = {}
    requested: dict[str, Counter[str]] = {CPU: Counter(), MEMORY: Counter()}
    for pod in pods:
        if is_finished(pod):
            continue
        name, node = str(key_of(pod)), pod["spec"].get("nodeName") or ""
        uids[pod["metadata"]["uid"]] = name
        if not node:
            pending[name] = _why(pod)
            continue
        placed[workload_of(pod), node] += 1
        for resource, amount in pod_requests(pod["spec"]).items():
            if resource in requested:
                requested[resource][node] += amount
    by_name = {node["metadata"]["name"]: node for node in nodes}
    balance = {resource: _balance(by_name, resource, requested[resource]) for resource in requested}
    return Situation(placed, pending, uids, balance)


def workload_of(pod: Obj) -> str:
    """namespace/Kind/name of what makes the pod; a ReplicaSet stands without the hash of its template."""
    owner, meta = controller_of(pod), pod["metadata"]
    if owner is None:
        return f"{meta['namespace']}/Pod/{meta['name']}"
    name, suffix = owner["name"], (meta.get("labels") or {}).get("pod-template-hash", "")
    if suffix and name.endswith(f"-{suffix}"):
        return f"{meta['namespace']}/Deployment/{name.removesuffix(f'-{suffix}')}"
    return f"{meta['namespace']}/{owner['kind']}/{name}"


def document(outcome: Outcome) -> dict[str, Any]:
    """As JSON."""
    before, after = outcome.before, outcome.after
    changed = sorted(
        (workload, node)
        for workload, node in {*before.placed, *after.placed}
        if before.placed[workload, node] != after.placed[workload, node]
    )
    moved = [
        {"workload": w, "node": n, "before": before.placed[w, n], "after": after.placed[w, n]}
        for w, n in changed[:MOST_SHOWN]
    ]
    return {
        "placed": {"before": before.placed.total(), "after": after.placed.total()},
        "pending": {"before": _few(before.pending), "after": _few(after.pending)},
        "pending_total": {"before": len(before.pending), "after": len(after.pending)},
        "placement": moved,
        "placement_total": len(changed),
        "balance": {
            resource: {"before": vars(before.balance[resource]), "after": vars(after.balance[resource])}
            for resource in before.balance
        },
        "evicted": outcome.evicted[:MOST_SHOWN],
        "rested": outcome.rested,
        "took_ms": outcome.took_ms,
    }


def _apply(cluster: Cluster, client: ApiClient, manifest: Obj) -> None:
    kind = cluster.api_server.kinds.by_kind(
        str(manifest.get("apiVersion", "")), str(manifest.get("kind", ""))
    )
    if kind is None:
        raise NotFound(
            f'no matches for kind "{manifest.get("kind")}" in version "{manifest.get("apiVersion")}"'
        )
    meta = manifest["metadata"]
    if kind.namespaced and "namespace" not in meta:
        manifest = {**manifest, "metadata": {**meta, "namespace": "default"}}
    name = meta.get("name", "")
    try:
        found = client.get(kind, Key(manifest["metadata"].get("namespace", ""), name))
    except NotFound:
        client.create(kind, manifest)
    else:
        client.update(kind, merge_patch(found, manifest))


def _rest(cluster: Cluster) -> bool:
    """Runs until nothing is written for a while. False when it does not come to that in time."""
    clock, store = cluster.clock, cluster.store
    end, since, last = clock.now() + LIMIT_MS, clock.now(), store.revision
    for _ in range(MOST_FIRINGS):
        due = clock.next_due()
        if due is None or due > since + QUIET_MS:
            return True
        if due > end:
            return False
        clock.fire_next()
        if store.revision != last:
            last, since = store.revision, clock.now()
    return False


def _evicted(client: ApiClient, before: Situation) -> list[str]:
    """Pods from before that were told to make room."""
    told = {
        event["involvedObject"].get("uid")
        for event in client.list(EVENT)
        if event.get("reason") == "Preempted"
    }
    living = {pod["metadata"]["uid"] for pod in client.list(POD)}
    return sorted(name for uid, name in before.uids.items() if uid in told and uid not in living)


def _balance(nodes: dict[str, Obj], resource: str, requested: Counter[str]) -> Balance:
    shares = []
    for name, node in nodes.items():
        has = amounts_of((node.get("status") or {}).get("allocatable")).get(resource, 0)
        if has:
            shares.append(100 * requested[name] / has)
    if not shares:
        return Balance(0, 0, 0, 0)
    mean = sum(shares) / len(shares)
    deviation = sqrt(sum((share - mean) ** 2 for share in shares) / len(shares))
    return Balance(*(round(value, 2) for value in (min(shares), mean, max(shares), deviation)))


def _why(pod: Obj) -> str:
    conditions: Iterable[Obj] = (pod.get("status") or {}).get("conditions") or ()
    return next((c.get("message", "") for c in conditions if c["type"] == "PodScheduled"), "")


def _few(pending: dict[str, str]) -> list[dict[str, str]]:
    return [{"pod": pod, "message": message} for pod, message in list(pending.items())[:MOST_SHOWN]]
