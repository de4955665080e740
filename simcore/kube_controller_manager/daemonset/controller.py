"""Keeps a DaemonSet's pods on the nodes that want them, and brings them to the newest template.

Models: kubernetes v1.36 pkg/controller/daemon/daemon_controller.go.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.errors import ApiError
from simcore.apimachinery.kinds import DAEMON_SET, NODE, POD
from simcore.apimachinery.meta import Key, Obj, is_terminating, key_of, labels_of, uid_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, controller_key, own_key
from simcore.kube_controller_manager.daemonset.backoff import FailedDaemons
from simcore.kube_controller_manager.daemonset.placement import node_of, pod_for
from simcore.kube_controller_manager.daemonset.roster import COUNTS, Roster
from simcore.kube_controller_manager.daemonset.update import bounds_of, next_step
from simcore.kube_controller_manager.node_lifecycle.taints import taints_of
from simcore.kube_controller_manager.owned_pods import OwnedPods
from simcore.kube_controller_manager.ownership import (
    Claims,
    adopters,
    index_by_controller,
    orphans_in,
)
from simcore.kube_controller_manager.pending_writes import PendingWrites
from simcore.kube_controller_manager.pod_control import PodControl
from simcore.kube_controller_manager.pods import namespace_is_terminating, phase_of
from simcore.kube_controller_manager.revisions import HASH_LABEL, Revisions

BURST = 50
"""How many pods one reconcile creates at most (upstream: 250): nothing else happens meanwhile."""

_controlling = controller_key(DAEMON_SET)


class DaemonSetController:
    name = "daemonset-controller"

    def __init__(self, ctx: ComponentContext, owned_pods: OwnedPods) -> None:
        self._client, self._clock, self._owned = ctx.client, ctx.clock, owned_pods
        self._recorder = ctx.recorder(self.name)
        self._sets, self._nodes = ctx.informers.informer(DAEMON_SET), ctx.informers.informer(NODE)
        self._pods = ctx.informers.informer(POD)
        self._pending, self._revisions = PendingWrites(self._pods), Revisions(ctx)
        self._claims = Claims(self._client, DAEMON_SET, POD)
        self._rosters: dict[Key, Roster] = {}  # goes with the DaemonSet
        self._failed: dict[Key, FailedDaemons] = {}  # goes with the DaemonSet
        self._pod_control = PodControl(ctx.client, self._recorder, self._pending)
        index_by_controller(self._pods)
        self.watches: Sequence[Watch] = (
            Watch(DAEMON_SET, own_key),
            Watch(POD, self._of_pod, owner=DAEMON_SET),
            Watch(NODE, self._of_node),
        )

    def reconcile(self, key: Key) -> Result:
        ds = self._sets.get(key)
        if ds is None or is_terminating(ds):
            self._pending.forget(key)
            self._rosters.pop(key, None)
            self._failed.pop(key, None)
            return DONE
        for orphan in self._claims.adopt(ds, orphans_in(self._pods, key.namespace)):
            self._pending.wrote(key, orphan)
        revision = self._revisions.current(ds)
        template_hash = labels_of(revision)[HASH_LABEL]
        roster = self._rosters.setdefault(key, Roster(self._pods, self._nodes))
        roster.refresh(ds, template_hash, self._clock.unix_ms())
        failure: ApiError | None = None
        waits_ms: list[int] = []
        if self._pending.are_seen(key):
            failure = self._place(key, ds, roster, template_hash, waits_ms)
            if failure is None and self._pending.are_seen(key):
                failure = self._update(key, ds, roster, template_hash)
            self._forget_revisions(ds, revision)
        self._write_status(ds, roster)
        if failure is not None and not namespace_is_terminating(failure.details):
            raise failure
        if (due_ms := roster.next_due_ms()) is not None:
            waits_ms.append(due_ms - self._clock.unix_ms())
        return Result(min(waits_ms, default=None))

    # --- pods on nodes

    def _place(
        self, key: Key, ds: Obj, roster: Roster, template_hash: str, waits_ms: list[int]
    ) -> ApiError | None:
        """Pods where they are wanted, none where they are not, one where there are several.

        Adds to `waits_ms` how long failed daemons have to stay.
        """
        unwanted = []
        for node in sorted(roster.crowded):
            for pod in roster.post(node).unwanted:
                if wait_ms := self._backs_off(key, ds, node, pod):
                    waits_ms.append(wait_ms)
                    continue
                unwanted.append(pod)
                self._tell_of_end(ds, pod)
        return self._write(key, ds, unwanted, sorted(roster.missing), template_hash)

    def _backs_off(self, key: Key, ds: Obj, node: str, pod: Obj) -> int:
        """How long a pod that has failed on the node has to stay there yet."""
        if phase_of(pod) != "Failed":
            return 0
        place = ds["metadata"].get("generation", 0), node
        return self._failed.setdefault(key, FailedDaemons()).replace(place, self._clock.unix_ms())

    def _update(self, key: Key, ds: Obj, roster: Roster, template_hash: str) -> ApiError | None:
        if (ds["spec"].get("updateStrategy") or {}).get("type") == "OnDelete" or not roster.outdated:
            return None
        step = next_step(roster, bounds_of(ds, roster.totals[0]))
        return self._write(key, ds, step.delete, step.create, template_hash)

    def _write(
        self, key: Key, ds: Obj, unwanted: list[Obj], missing: list[str], template_hash: str
    ) -> ApiError | None:
        wanted = (pod_for(ds, node, template_hash) for node in missing[:BURST])
        failure = self._pod_control.create(key, ds, wanted)
        return self._pod_control.delete(key, ds, unwanted) or failure

    def _tell_of_end(self, ds: Obj, pod: Obj) -> None:
        """Daemons don't end; one that has makes room for the next."""
        where = f"daemon pod {key_of(pod)} on node {pod['spec'].get('nodeName', '')}"
        if phase_of(pod) == "Failed":
            news = f"Found failed {where}, will try to kill it"
            self._recorder.event(ds, "Warning", "FailedDaemonPod", news)
        elif phase_of(pod) == "Succeeded":
            news = f"Found succeeded {where}, will try to delete it"
            self._recorder.event(ds, "Normal", "SucceededDaemonPod", news)

    # --- looking

    def _of_pod(self, old: Obj | None, new: Obj | None) -> list[Key]:
        keys = _controlling(old, new)
        for key in keys:
            if key in self._rosters:
                for pod in (old, new):
                    if pod is not None:
                        self._rosters[key].note(node_of(pod))
        return keys or adopters(self._sets, old, new)

    def _of_node(self, old: Obj | None, new: Obj | None) -> list[Key]:
        if old is not None and new is not None and _placing(old) == _placing(new):
            return []
        node = new if new is not None else old
        assert node is not None
        for roster in self._rosters.values():
            roster.note(node["metadata"]["name"])
        return sorted(map(key_of, self._sets.list()))

    # --- telling

    def _forget_revisions(self, ds: Obj, current: Obj) -> None:
        groups = self._owned.groups(uid_of(ds))
        hashes = {dict(g.labels).get(HASH_LABEL) for g in groups if g.state in ("ready", "unready")}
        live = {
            r["metadata"]["name"] for r in self._revisions.of(ds) if labels_of(r).get(HASH_LABEL) in hashes
        }
        self._revisions.forget_old(ds, live | {current["metadata"]["name"]})

    def _write_status(self, ds: Obj, roster: Roster) -> None:
        counts = dict(zip(COUNTS, roster.totals, strict=True))
        counts["numberUnavailable"] = counts["desiredNumberScheduled"] - counts["numberAvailable"]
        present = ds.get("status") or {}
        kept = {name: present[name] for name in ("collisionCount", "conditions") if name in present}
        status = {name: n for name, n in counts.items() if n or name in _ALWAYS} | kept
        status["observedGeneration"] = ds["metadata"].get("generation", 0)
        if status != present:
            self._client.update_status(DAEMON_SET, {**ds, "status": status})


_ALWAYS = ("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady")


def _placing(node: Obj) -> tuple[object, ...]:
    """All of a node that placement looks at."""
    taints = [(t["key"], t.get("value"), t["effect"]) for t in taints_of(node)]
    return labels_of(node), taints
