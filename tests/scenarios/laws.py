"""What holds for every change of every history, whatever happens in it; and what holds when a cluster has come to rest.

`python -m tests.scenarios.laws 100 [FIRST]` plays a hundred generated scenarios and prints every breach of a law.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import (
    DAEMON_SET,
    DEPLOYMENT,
    ENDPOINT_SLICE,
    JOB,
    NODE,
    POD,
    REPLICA_SET,
    SERVICE,
    STATEFUL_SET,
    Kind,
)
from simcore.apimachinery.meta import Obj, controller_of, is_terminating
from simcore.apimachinery.quantity import milli
from simcore.cluster.cluster import Cluster
from simcore.sim.timestamps import parse_time

OVER = ("Succeeded", "Failed")
ORDER = {"": 0, "Pending": 1, "Running": 2, "Succeeded": 3, "Failed": 3}
NEWS_MS = {"instant": 2, "realistic": 120}
"""How long a Service may go on offering a pod that is not ready any more."""
REST_MS = 3_000
"""In which nothing was written: longer than controllers take news together."""

Law = Callable[[Obj, Obj], Iterator[str]]
"""(before, after) of one object: what is broken, each in a sentence."""


def status_of(obj: Obj) -> Obj:
    return obj.get("status") or {}


def conditions(obj: Obj) -> dict[str, Obj]:
    return {c["type"]: c for c in status_of(obj).get("conditions") or ()}


def containers(pod: Obj) -> dict[str, Obj]:
    lists = (status_of(pod).get(name) or () for name in ("initContainerStatuses", "containerStatuses"))
    return {c["name"]: c for c in chain.from_iterable(lists)}


def is_ready(pod: Obj) -> bool:
    return conditions(pod).get("Ready", {}).get("status") == "True"


def is_active(pod: Obj) -> bool:
    return not is_terminating(pod) and status_of(pod).get("phase") not in OVER


def identity(old: Obj, new: Obj) -> Iterator[str]:
    was, is_ = old["metadata"], new["metadata"]
    for name in ("uid", "creationTimestamp", "name", "namespace"):
        if was.get(name) != is_.get(name):
            yield f"{name} changed"
    if sum(bool(ref.get("controller")) for ref in is_.get("ownerReferences") or ()) > 1:
        yield "two controllers"


def deletion(old: Obj, new: Obj) -> Iterator[str]:
    was, is_ = old["metadata"], new["metadata"]
    if is_terminating(old):
        if not is_terminating(new):
            yield "a deletion was taken back"
        if (is_.get("deletionGracePeriodSeconds") or 0) > (was.get("deletionGracePeriodSeconds") or 0):
            yield "the grace became longer"
        if set(is_.get("finalizers") or ()) - set(was.get("finalizers") or ()):
            yield "a finalizer came after the deletion"


def generation(old: Obj, new: Obj) -> Iterator[str]:
    was, is_ = (o["metadata"].get("generation", 0) for o in (old, new))
    if not is_:
        return
    differs = _wish(old) != _wish(new) or is_terminating(old) != is_terminating(new)
    if is_ - was != (1 if differs else 0):
        yield f"generation went from {was} to {is_}, the spec {'changed' if differs else 'did not change'}"
    if status_of(new).get("observedGeneration", 0) > is_:
        yield "a generation was observed that is not there yet"
    if status_of(new).get("observedGeneration", 0) < status_of(old).get("observedGeneration", 0):
        yield "an older generation was observed"


def _wish(obj: Obj) -> Obj:
    """All that a generation counts; to bind a pod is no change of it."""
    told = {name: value for name, value in obj.items() if name not in ("metadata", "status")}
    if obj["kind"] == "Pod":
        told["spec"] = {name: value for name, value in obj["spec"].items() if name != "nodeName"}
    return told


def transitions(old: Obj, new: Obj) -> Iterator[str]:
    before = conditions(old)
    for name, condition in conditions(new).items():
        was = before.get(name)
        times = (was or {}).get("lastTransitionTime"), condition.get("lastTransitionTime")
        if was is None or not all(times):
            continue
        if (
            was["status"] == condition["status"]
            and times[0] != times[1]
            and new["kind"] != "PodDisruptionBudget"
        ):
            yield f"{name} stayed {was['status']} and its time changed"
        if parse_time(times[1]) < parse_time(times[0]):
            yield f"{name} changed before it had changed"


def pod_life(old: Obj, new: Obj) -> Iterator[str]:
    if new["kind"] != "Pod":
        return
    phases = status_of(old).get("phase", ""), status_of(new).get("phase", "")
    if ORDER[phases[1]] < ORDER[phases[0]] or (phases[0] in OVER and phases[1] != phases[0]):
        yield f"from {phases[0]} to {phases[1]}"
    if (node := old["spec"].get("nodeName")) and new["spec"].get("nodeName") != node:
        yield f"left {node}"
    for name in ("startTime", "qosClass"):
        if name in status_of(old) and status_of(old)[name] != status_of(new).get(name):
            yield f"{name} changed"
    for name, was in containers(old).items():
        restarts = was["restartCount"], containers(new).get(name, was)["restartCount"]
        if not restarts[0] <= restarts[1] <= restarts[0] + 1:
            yield f"{name} had {restarts[0]} restarts and has {restarts[1]}"
    if is_ready(new) and not (phases[1] == "Running" and all(c["ready"] for c in containers(new).values())):
        yield "ready, but not all of its containers are"
    for name, c in containers(new).items():
        ended = (c.get("state") or {}).get("terminated") or {}
        if ended.get("startedAt") and parse_time(ended["finishedAt"]) < parse_time(ended["startedAt"]):
            yield f"{name} ended before it began"


def workloads(old: Obj, new: Obj) -> Iterator[str]:
    status = status_of(new)
    if new["kind"] in ("Deployment", "ReplicaSet", "StatefulSet"):
        numbers = [status.get(name, 0) for name in ("availableReplicas", "readyReplicas", "replicas")]
        if sorted(numbers) != numbers:
            yield f"available, ready and all are {numbers}"
    if new["kind"] == "Job":
        for name in ("succeeded", "failed"):
            if status.get(name, 0) < status_of(old).get(name, 0):
                yield f"{name} became fewer"
        if status.get("active", 0) > new["spec"].get("parallelism", 1) >= old["spec"].get("parallelism", 1):
            yield "more pods at once than may be"
        if {"Complete", "Failed"} <= {n for n, c in conditions(new).items() if c["status"] == "True"}:
            yield "complete and failed"


def once_for_all(old: Obj, new: Obj) -> Iterator[str]:
    """What is given is not given anew."""
    fields = {
        "PersistentVolumeClaim": "volumeName", "Service": "clusterIP", "Node": "podCIDR", "CronJob": "-",
    }  # fmt: skip
    name = fields.get(new["kind"], "-")
    if old.get("spec", {}).get(name) and old["spec"][name] != new["spec"].get(name):
        yield f"{name} changed"
    if new["kind"] == "CronJob":
        last = status_of(old).get("lastScheduleTime"), status_of(new).get("lastScheduleTime")
        if last[0] and (not last[1] or parse_time(last[1]) < parse_time(last[0])):
            yield "it was scheduled before it had been"
    if new["kind"] == "Event" and new.get("count", 1) < old.get("count", 1):
        yield "an event happened less often than before"


LAWS: tuple[Law, ...] = (
    identity, deletion, generation, transitions, pod_life, workloads, once_for_all,
)  # fmt: skip


@dataclass
class Watchman:
    """Follows a history, change by change."""

    here: dict[str, Obj] = field(default_factory=dict)
    on_node: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    unwell_since: dict[str, int] = field(default_factory=dict)

    def breaches(self, cluster: Cluster, after: int = 0) -> Iterator[str]:
        longest_ms, at = NEWS_MS[cluster.world_record["latency"]], 0
        for entry in cluster.store.entries_since(after):
            if entry.origin.at > at:
                yield from self._of_services(at, longest_ms)
            at = entry.origin.at
            if not entry.key.startswith("/registry/"):
                continue
            where = f"revision {entry.revision}, {entry.origin.at} ms, {entry.key} by {entry.origin.actor}"
            old = self.here.pop(entry.key, None)
            if entry.key.startswith(POD.prefix):
                self._note(entry.key, decode(entry.value) if entry.value else None, at)
            if entry.value is None:
                if entry.key.startswith(POD.prefix) and old is not None:
                    self.on_node[old["spec"].get("nodeName", "")].discard(entry.key)
                continue
            if not entry.value.startswith(b'{"apiVersion"'):
                continue  # an allocated port
            new: Obj = decode(entry.value)
            self.here[entry.key] = new
            told = chain.from_iterable(law(old, new) for law in LAWS) if old is not None else iter(())
            for what in chain(told, self._of_nodes(entry.key, new)):
                yield f"{where}: {what}"

    def _note(self, path: str, pod: Obj | None, at: int) -> None:
        if pod is not None and is_ready(pod) and not is_terminating(pod):
            self.unwell_since.pop(path, None)
        else:
            self.unwell_since.setdefault(path, at)

    def _of_services(self, at: int, longest_ms: int) -> Iterator[str]:
        """At the end of an instant no Service offers what has not been ready for longer than news take."""
        for path, obj in self.here.items():
            for point in obj.get("endpoints") or () if path.startswith(ENDPOINT_SLICE.prefix) else ():
                target = point.get("targetRef") or {}
                pod = f"{POD.prefix}{target.get('namespace')}/{target.get('name')}"
                unwell_ms = at - self.unwell_since.get(pod, at)
                if target.get("kind") == "Pod" and point["conditions"]["ready"] and unwell_ms > longest_ms:
                    yield f"{at} ms: {path} offers {target['name']}, unwell for {unwell_ms} ms"

    def _of_nodes(self, path: str, pod: Obj) -> Iterator[str]:
        """What is on a machine at once."""
        if pod["kind"] != "Pod" or not (name := pod["spec"].get("nodeName")):
            return
        self.on_node[name].add(path)
        others = [
            self.here[p]
            for p in sorted(self.on_node[name])
            if status_of(self.here[p]).get("phase") not in OVER
        ]
        node = self.here.get(NODE.prefix + name)
        if node is not None:
            asked = sum(map(requested_millis, others))
            if asked > milli(node["status"]["allocatable"]["cpu"]):
                yield f"{name} is overbooked: {asked}m"
        ips = [status_of(p).get("podIP") for p in others if not p["spec"].get("hostNetwork")]
        given = [ip for ip in ips if ip]
        if len(given) != len(set(given)):
            yield f"two pods on {name} have one address"


def requested_millis(pod: Obj) -> int:
    asked = (
        ((c.get("resources") or {}).get("requests") or {}).get("cpu", "0") for c in pod["spec"]["containers"]
    )
    return sum(map(milli, asked))


def at_rest(cluster: Cluster) -> Iterator[str]:
    """What statuses must say when nothing has happened for a while."""
    api = cluster.client("test")
    pods = api.list(POD)

    def all_of(owner: Obj) -> list[Obj]:
        return [p for p in pods if (controller_of(p) or {}).get("uid") == owner["metadata"]["uid"]]

    def owned(owner: Obj) -> list[Obj]:
        return [p for p in all_of(owner) if is_active(p)]

    for obj in api.list(REPLICA_SET):
        yield from _counts(REPLICA_SET, obj, owned(obj))
    for obj in api.list(STATEFUL_SET):
        yield from _counts(STATEFUL_SET, obj, all_of(obj))  # it counts those that end, too
    for obj in api.list(DEPLOYMENT):
        uid = obj["metadata"]["uid"]
        sets = [rs for rs in api.list(REPLICA_SET) if (controller_of(rs) or {}).get("uid") == uid]
        yield from _counts(DEPLOYMENT, obj, [pod for rs in sets for pod in owned(rs)])
    for obj in api.list(DAEMON_SET):
        status = obj["status"]  # a pod that may stay where none would be put is counted apart
        if not status["numberMisscheduled"] and status["numberReady"] != sum(map(is_ready, owned(obj))):
            yield f"DaemonSet {obj['metadata']['name']} counts its ready pods wrongly"
    for obj in api.list(JOB):
        if status_of(obj).get("active", 0) != len(owned(obj)):
            yield f"Job {obj['metadata']['name']} counts its pods wrongly"
    for service in api.list(SERVICE):
        yield from _endpoints(service, pods, api.list(ENDPOINT_SLICE, service["metadata"]["namespace"]))


def _counts(kind: Kind, obj: Obj, pods: list[Obj]) -> Iterator[str]:
    status, name = status_of(obj), f"{kind.kind} {obj['metadata']['name']}"
    told = status.get("replicas", 0), status.get("readyReplicas", 0)
    have = len(pods), sum(map(is_ready, pods))
    if told != have:
        yield f"{name} tells of {told[0]} pods, {told[1]} of them ready, and has {have[0]}, {have[1]} of them ready"
    if status.get("observedGeneration") != obj["metadata"]["generation"]:
        yield f"{name} has not observed its generation"


def _endpoints(service: Obj, pods: list[Obj], slices: list[Obj]) -> Iterator[str]:
    selector, meta = service["spec"].get("selector"), service["metadata"]
    if not selector:
        return
    chosen = [
        p for p in pods
        if p["metadata"]["namespace"] == meta["namespace"] and is_ready(p) and not is_terminating(p)
        and selector.items() <= (p["metadata"].get("labels") or {}).items()
    ]  # fmt: skip
    offered = sorted(
        e["targetRef"]["name"] for s in slices for e in s.get("endpoints") or ()
        if s["metadata"]["labels"].get("kubernetes.io/service-name") == meta["name"] and e["conditions"]["ready"]
    )  # fmt: skip
    if offered != sorted(p["metadata"]["name"] for p in chosen):
        yield f"Service {meta['name']} offers {offered}"


def breaches_of(cluster: Cluster) -> list[str]:
    cluster.settle(quiet_ms=REST_MS)
    return [*Watchman().breaches(cluster), *at_rest(cluster)]


def main(count: int, first: int = 0) -> int:
    from tests.scenarios.generated import played

    broken: dict[str, Any] = {}
    for seed in range(first, first + count):
        found = breaches_of(played(seed))
        for text in found[:8]:
            print(f"seed {seed}: {text}", flush=True)
        if found:
            broken[str(seed)] = found
    print(f"{count} seeds, {len(broken)} with breaches")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
