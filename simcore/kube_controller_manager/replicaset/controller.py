"""Creates and deletes pods until a ReplicaSet, or a ReplicationController, has as many as it wants.

Models: kubernetes v1.36 pkg/controller/replicaset/replica_set.go; pkg/controller/replication wraps it, too.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.errors import ApiError
from simcore.apimachinery.kinds import POD, REPLICA_SET, REPLICATION_CONTROLLER, Kind
from simcore.apimachinery.meta import Key, Obj, controller_of, is_terminating, uid_of
from simcore.apimachinery.selectors import matches
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, own_key
from simcore.kube_controller_manager.owned_pods import OwnedPods
from simcore.kube_controller_manager.ownership import (
    Claims,
    index_by_controller,
    orphans_in,
    owned_by,
    owners_keys,
    selector_of,
)
from simcore.kube_controller_manager.pending_writes import PendingWrites
from simcore.kube_controller_manager.pod_control import PodControl
from simcore.kube_controller_manager.pods import namespace_is_terminating, pod_from_template
from simcore.kube_controller_manager.replicaset import status as replica_status
from simcore.kube_controller_manager.replicaset.deletion_order import choose

BURST = 50
"""How many pods one reconcile creates or deletes at most (upstream: 500): nothing else happens meanwhile."""

NAMES = {REPLICA_SET: "replicaset-controller", REPLICATION_CONTROLLER: "replication-controller"}


class ReplicaSetController:
    def __init__(self, ctx: ComponentContext, owned_pods: OwnedPods, kind: Kind = REPLICA_SET) -> None:
        self.name, self._kind = NAMES[kind], kind
        self._client, self._clock = ctx.client, ctx.clock
        self._sets, self._pods = ctx.informers.informer(kind), ctx.informers.informer(POD)
        self._owned = owned_pods
        self._pending = PendingWrites(self._pods)
        self._pod_control = PodControl(ctx.client, ctx.recorder(self.name), self._pending)
        self._claims = Claims(self._client, kind, POD)
        index_by_controller(self._sets)
        index_by_controller(self._pods)
        self.watches: Sequence[Watch] = (
            Watch(kind, own_key),
            Watch(POD, owners_keys(kind, self._sets), owner=kind),
        )

    def reconcile(self, key: Key) -> Result:
        rs = self._sets.get(key)
        if rs is None:
            self._pending.forget(key)
            return DONE
        self._claim(key, rs)
        failure: ApiError | None = None
        if self._pending.are_seen(key) and not is_terminating(rs):
            failure = self._scale(key, rs)
        status = replica_status.of(rs, self._owned.groups(uid_of(rs)), failure, self._clock)
        self._write_status(rs, status)
        if failure is not None and not namespace_is_terminating(failure.details):
            raise failure
        return Result(replica_status.next_available_ms(rs, self._owned.groups(uid_of(rs)), self._clock))

    def _claim(self, key: Key, rs: Obj) -> None:
        for orphan in self._claims.adopt(rs, orphans_in(self._pods, key.namespace)):
            self._pending.wrote(key, orphan)
        selector = selector_of(rs)
        for group, pods in list(self._owned.groups(uid_of(rs)).items()):
            if not matches(selector, dict(group.labels)):
                for released in self._claims.release(rs, list(pods.values())):
                    self._pending.wrote(key, released)

    def _scale(self, key: Key, rs: Obj) -> ApiError | None:
        """Takes one step towards spec.replicas; returns why it failed."""
        missing = rs["spec"]["replicas"] - self._owned.count(uid_of(rs), "ready", "unready")
        if missing > 0:
            return self._create(key, rs, min(missing, BURST))
        return self._delete(key, rs, min(-missing, BURST)) if missing < 0 else None

    def _create(self, key: Key, rs: Obj, count: int) -> ApiError | None:
        template = rs["spec"]["template"]
        return self._pod_control.create(key, rs, (pod_from_template(template, rs) for _ in range(count)))

    def _delete(self, key: Key, rs: Obj, count: int) -> ApiError | None:
        active = self._owned.active(uid_of(rs))
        if count < len(active):
            active = choose(active, count, self._pods_per_node(rs), self._clock.unix_ms())
        return self._pod_control.delete(key, rs, active)

    def _pods_per_node(self, rs: Obj) -> dict[str, int]:
        """Of all ReplicaSets with the same controller, so that a rollout's old pods leave crowded nodes first."""
        ref = controller_of(rs)
        related = owned_by(self._sets, ref["uid"]) if ref else [rs]
        counts: dict[str, int] = {}
        for other in related:
            for pod in self._owned.active(uid_of(other)):
                node = pod["spec"].get("nodeName", "")
                counts[node] = counts.get(node, 0) + 1
        return counts

    def _write_status(self, rs: Obj, status: Obj) -> None:
        if status != rs.get("status"):
            self._client.update_status(self._kind, {**rs, "status": status})
