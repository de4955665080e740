"""Keeps a DaemonSet's pods on the nodes that want them, and brings them to the newest template.

Models: kubernetes v1.36 pkg/controller/daemon/daemon_controller.go.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from simcore.apimachinery.errors import ApiError, NotFound
from simcore.apimachinery.kinds import DAEMON_SET, NODE, POD
from simcore.apimachinery.meta import Key, Obj, is_terminating, key_of, labels_of, uid_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, controller_key, own_key
from simcore.kube_controller_manager.daemonset.placement import Verdict, judge, node_of, pod_for
from simcore.kube_controller_manager.daemonset.update import Pair, bounds_of, next_step, pair_of
from simcore.kube_controller_manager.node_lifecycle.taints import taints_of
from simcore.kube_controller_manager.owned_pods import OwnedPods
from simcore.kube_controller_manager.ownership import (
    Claims,
    adopters,
    index_by_controller,
    orphans_in,
)
from simcore.kube_controller_manager.pending_writes import PendingWrites
from simcore.kube_controller_manager.pods import (
    is_available,
    is_ready,
    namespace_is_terminating,
    phase_of,
    ready_since_ms,
)
from simcore.kube_controller_manager.revisions import HASH_LABEL, Revisions

BURST = 250
"""How many pods one reconcile creates at most."""

_controlling = controller_key(DAEMON_SET)


class _Judged(NamedTuple):
    when: tuple[str, int, int]
    verdicts: dict[str, Verdict]


class DaemonSetController:
    name = "daemonset-controller"

    def __init__(self, ctx: ComponentContext, owned_pods: OwnedPods) -> None:
        self._client, self._clock, self._owned = ctx.client, ctx.clock, owned_pods
        self._recorder = ctx.recorder(self.name)
        self._sets, self._nodes = ctx.informers.informer(DAEMON_SET), ctx.informers.informer(NODE)
        self._pods = ctx.informers.informer(POD)
        self._pending, self._revisions = PendingWrites(self._pods), Revisions(ctx)
        self._claims = Claims(self._client, DAEMON_SET, POD)
        self._epoch = 0  # counts changes of nodes that placement looks at
        self._judged: dict[Key, _Judged] = {}  # of the current epoch and generation; goes with the DaemonSet
        index_by_controller(self._pods)
        self.watches: Sequence[Watch] = (
            Watch(DAEMON_SET, own_key),
            Watch(POD, lambda old, new: _controlling(old, new) or adopters(self._sets, old, new)),
            Watch(NODE, self._of_node),
        )

    def reconcile(self, key: Key) -> Result:
        ds = self._sets.get(key)
        if ds is None or is_terminating(ds):
            self._pending.forget(key)
            self._judged.pop(key, None)
            return DONE
        for orphan in self._claims.adopt(ds, orphans_in(self._pods, key.namespace)):
            self._pending.wrote(key, orphan)
        revision = self._revisions.current(ds)
        template_hash = labels_of(revision)[HASH_LABEL]
        pods, verdicts = self._pods_by_node(ds), self._verdicts(ds)
        failure: ApiError | None = None
        if self._pending.are_seen(key):
            failure = self._place(key, ds, pods, verdicts, template_hash)
            if failure is None and self._pending.are_seen(key):
                failure = self._update(key, ds, pods, verdicts, template_hash)
            self._forget_revisions(ds, revision)
        self._write_status(ds, pods, verdicts, template_hash)
        if failure is not None and not namespace_is_terminating(failure.details):
            raise failure
        return Result(self._next_available_ms(ds, pods))

    # --- pods on nodes

    def _place(
        self, key: Key, ds: Obj, pods: dict[str, list[Obj]], verdicts: dict[str, Verdict], template_hash: str
    ) -> ApiError | None:
        """Pods where they are wanted, none where they are not, one where there are several."""
        missing: list[str] = []
        unwanted: list[Obj] = []
        for node, verdict in verdicts.items():
            present = pods.get(node) or []
            if verdict.wants and not present:
                missing.append(node)
            elif not verdict.keeps:
                unwanted += present
            else:
                unwanted += self._ended(ds, present) + _doubled(present, template_hash)
        for node in sorted(pods.keys() - verdicts.keys()):
            unwanted += [pod for pod in pods[node] if not pod["spec"].get("nodeName")]
        return self._write(key, ds, [p for p in unwanted if not is_terminating(p)], missing, template_hash)

    def _update(
        self, key: Key, ds: Obj, pods: dict[str, list[Obj]], verdicts: dict[str, Verdict], template_hash: str
    ) -> ApiError | None:
        if (ds["spec"].get("updateStrategy") or {}).get("type") == "OnDelete":
            return None
        wanting = [node for node, verdict in verdicts.items() if verdict.wants]
        pairs: dict[str, Pair] = {node: pair_of(pods.get(node) or (), template_hash) for node in wanting}
        min_ready_s = ds["spec"].get("minReadySeconds") or 0
        step = next_step(pairs, bounds_of(ds, len(wanting)), min_ready_s, self._clock.unix_ms())
        return self._write(key, ds, step.delete, step.create, template_hash)

    def _write(
        self, key: Key, ds: Obj, unwanted: list[Obj], missing: list[str], template_hash: str
    ) -> ApiError | None:
        failure: ApiError | None = None
        for node in missing[:BURST]:
            failure = self._create(key, ds, pod_for(ds, node, template_hash))
            if failure is not None:
                break
        for pod in unwanted:
            failure = self._delete(key, ds, pod) or failure
        return failure

    def _create(self, key: Key, ds: Obj, wanted: Obj) -> ApiError | None:
        try:
            pod = self._client.create(POD, wanted)
        except ApiError as error:
            if not namespace_is_terminating(error.details):
                self._recorder.event(ds, "Warning", "FailedCreate", f"Error creating: {error.message}")
            return error
        self._pending.wrote(key, pod)
        self._recorder.event(ds, "Normal", "SuccessfulCreate", f"Created pod: {pod['metadata']['name']}")
        return None

    def _delete(self, key: Key, ds: Obj, pod: Obj) -> ApiError | None:
        try:
            self._client.delete(POD, key_of(pod), uid=uid_of(pod))
        except NotFound:
            pass
        except ApiError as error:
            self._recorder.event(ds, "Warning", "FailedDelete", f"Error deleting: {error.message}")
            return error
        else:
            name = pod["metadata"]["name"]
            self._recorder.event(ds, "Normal", "SuccessfulDelete", f"Deleted pod: {name}")
        self._pending.deleted(key, pod)
        return None

    def _ended(self, ds: Obj, pods: list[Obj]) -> list[Obj]:
        """Daemons don't end; one that has makes room for the next."""
        ended = [pod for pod in pods if phase_of(pod) in ("Failed", "Succeeded") and not is_terminating(pod)]
        for pod in ended:
            where = f"daemon pod {key_of(pod)} on node {pod['spec'].get('nodeName', '')}"
            if phase_of(pod) == "Failed":
                self._recorder.event(
                    ds, "Warning", "FailedDaemonPod", f"Found failed {where}, will try to kill it"
                )
            else:
                news = f"Found succeeded {where}, will try to delete it"
                self._recorder.event(ds, "Normal", "SucceededDaemonPod", news)
        return ended

    # --- looking

    def _pods_by_node(self, ds: Obj) -> dict[str, list[Obj]]:
        found: dict[str, list[Obj]] = {}
        owned = [pod for pods in self._owned.groups(uid_of(ds)).values() for pod in pods.values()]
        for pod in sorted(owned, key=key_of):
            found.setdefault(node_of(pod), []).append(pod)
        return found

    def _verdicts(self, ds: Obj) -> dict[str, Verdict]:
        """In the order of the nodes' names."""
        now = (uid_of(ds), ds["metadata"].get("generation", 0), self._epoch)
        judged = self._judged.get(key_of(ds))
        if judged is None or judged.when != now:
            nodes = sorted(self._nodes.list(), key=key_of)
            judged = _Judged(now, {node["metadata"]["name"]: judge(ds, node) for node in nodes})
            self._judged[key_of(ds)] = judged
        return judged.verdicts

    def _of_node(self, old: Obj | None, new: Obj | None) -> list[Key]:
        if old is not None and new is not None and _placing(old) == _placing(new):
            return []
        self._epoch += 1
        return sorted(map(key_of, self._sets.list()))

    # --- telling

    def _forget_revisions(self, ds: Obj, current: Obj) -> None:
        hashes = {labels_of(p).get(HASH_LABEL) for p in self._owned.active(uid_of(ds))}
        live = {
            r["metadata"]["name"] for r in self._revisions.of(ds) if labels_of(r).get(HASH_LABEL) in hashes
        }
        self._revisions.forget_old(ds, live | {current["metadata"]["name"]})

    def _write_status(
        self, ds: Obj, pods: dict[str, list[Obj]], verdicts: dict[str, Verdict], template_hash: str
    ) -> None:
        counts = dict.fromkeys(_COUNTS, 0)
        min_ready_s, now_ms = ds["spec"].get("minReadySeconds") or 0, self._clock.unix_ms()
        for node, verdict in verdicts.items():
            present = [p for p in pods.get(node) or () if not is_terminating(p)]
            if not verdict.wants:
                counts["numberMisscheduled"] += bool(present)
                continue
            counts["desiredNumberScheduled"] += 1
            counts["currentNumberScheduled"] += bool(present)
            pod = min(
                present, key=lambda p: (not is_ready(p), p["metadata"]["creationTimestamp"]), default=None
            )
            if pod is not None:
                counts["numberReady"] += is_ready(pod)
                counts["numberAvailable"] += is_available(pod, min_ready_s, now_ms)
                counts["updatedNumberScheduled"] += labels_of(pod).get(HASH_LABEL) == template_hash
        counts["numberUnavailable"] = counts["desiredNumberScheduled"] - counts["numberAvailable"]
        present_status = ds.get("status") or {}
        kept = {
            name: present_status[name] for name in ("collisionCount", "conditions") if name in present_status
        }
        status = {name: n for name, n in counts.items() if n or name in _ALWAYS} | kept
        status["observedGeneration"] = ds["metadata"].get("generation", 0)
        if status != present_status:
            self._client.update_status(DAEMON_SET, {**ds, "status": status})

    def _next_available_ms(self, ds: Obj, pods: dict[str, list[Obj]]) -> int | None:
        min_ready_ms = (ds["spec"].get("minReadySeconds") or 0) * 1000
        if not min_ready_ms:
            return None
        ready = [ready_since_ms(pod) for present in pods.values() for pod in present]
        waits = [since + min_ready_ms - self._clock.unix_ms() for since in ready if since is not None]
        return min((wait for wait in waits if wait > 0), default=None)


_ALWAYS = ("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady")
_COUNTS = (*_ALWAYS, "updatedNumberScheduled", "numberAvailable", "numberUnavailable")


def _doubled(pods: list[Obj], template_hash: str) -> list[Obj]:
    """All but the oldest pod of each template: during a surge there may be one of the new and one of the old."""
    alive = [pod for pod in pods if not is_terminating(pod) and phase_of(pod) not in ("Failed", "Succeeded")]
    kept = [pod for pod in pair_of(alive, template_hash) if pod is not None]
    return [pod for pod in alive if all(pod is not other for other in kept)]


def _placing(node: Obj) -> tuple[object, ...]:
    """All of a node that placement looks at."""
    taints = [(t["key"], t.get("value"), t["effect"]) for t in taints_of(node)]
    return labels_of(node), taints
