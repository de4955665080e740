"""Takes a StatefulSet's steps one after the other and says how far it has come.

Models: kubernetes v1.36 pkg/controller/statefulset/stateful_set.go, stateful_pod_control.go.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.errors import AlreadyExists, ApiError, NotFound
from simcore.apimachinery.kinds import PERSISTENT_VOLUME_CLAIM, POD, STATEFUL_SET
from simcore.apimachinery.meta import Key, Obj, is_terminating, key_of, uid_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, own_key
from simcore.client.recorder import EventLevel
from simcore.kube_controller_manager.owned_pods import OwnedPods
from simcore.kube_controller_manager.ownership import (
    Claims,
    index_by_controller,
    orphans_in,
    owners_keys,
)
from simcore.kube_controller_manager.pending_writes import PendingWrites
from simcore.kube_controller_manager.pods import is_available, is_ready, phase_of, ready_since_ms
from simcore.kube_controller_manager.revisions import Revisions
from simcore.kube_controller_manager.statefulset.identity import (
    claims_for,
    first_updated,
    ordinal_of,
    own_labels,
    pod_for,
    revision_of,
    with_owner,
)
from simcore.kube_controller_manager.statefulset.steps import Step, next_steps


class StatefulSetController:
    name = "statefulset-controller"

    def __init__(self, ctx: ComponentContext, owned_pods: OwnedPods) -> None:
        self._client, self._clock, self._owned = ctx.client, ctx.clock, owned_pods
        self._recorder = ctx.recorder(self.name)
        self._sets, self._pods = ctx.informers.informer(STATEFUL_SET), ctx.informers.informer(POD)
        self._volume_claims = ctx.informers.informer(PERSISTENT_VOLUME_CLAIM)
        self._pending, self._revisions = PendingWrites(self._pods), Revisions(ctx)
        self._claims = Claims(self._client, STATEFUL_SET, POD)
        index_by_controller(self._pods)
        self.watches: Sequence[Watch] = (
            Watch(STATEFUL_SET, own_key),
            Watch(POD, owners_keys(STATEFUL_SET, self._sets), owner=STATEFUL_SET),
        )

    def reconcile(self, key: Key) -> Result:
        sts = self._sets.get(key)
        if sts is None or is_terminating(sts):
            self._pending.forget(key)
            return DONE
        orphans = [pod for pod in orphans_in(self._pods, key.namespace) if ordinal_of(sts, pod) >= 0]
        for orphan in self._claims.adopt(sts, orphans):
            self._pending.wrote(key, orphan)
        update = self._revisions.current(sts)
        current = self._current(sts, update)
        pods = self._pods_by_ordinal(sts)
        failure = None
        if self._pending.are_seen(key):
            failure = self._take_steps(key, sts, pods, current, update)
        self._write_status(sts, pods, current, update)
        self._forget_revisions(sts, pods, current, update)
        if failure is not None:
            raise failure
        return Result(self._next_available_ms(sts, pods))

    def _current(self, sts: Obj, update: Obj) -> Obj:
        """The revision that pods below the partition have."""
        name = (sts.get("status") or {}).get("currentRevision")
        return next((r for r in self._revisions.of(sts) if r["metadata"]["name"] == name), update)

    def _take_steps(
        self, key: Key, sts: Obj, pods: dict[int, Obj], current: Obj, update: Obj
    ) -> ApiError | None:
        self._own_claims(sts, pods)
        for step in next_steps(sts, pods, update["metadata"]["name"], lambda pod: self._is_healthy(sts, pod)):
            try:
                if step.verb == "create":
                    revision = current if step.ordinal < first_updated(sts) else update
                    self._create(key, sts, step.ordinal, revision)
                elif step.verb == "repair":
                    self._repair(key, sts, pods[step.ordinal])
                else:
                    self._delete(key, sts, pods[step.ordinal], step)
            except ApiError as error:
                return error
        return None

    def _create(self, key: Key, sts: Obj, ordinal: int, revision: Obj) -> None:
        wanted = pod_for(sts, ordinal, revision)
        what = f"Create Pod {wanted['metadata']['name']} in StatefulSet {key.name}"
        try:
            self._make_claims(sts, ordinal)
            self._pending.wrote(key, self._client.create(POD, wanted))
        except ApiError as error:
            self._recorder.event(sts, "Warning", "FailedCreate", f"{what} failed error: {error.message}")
            raise
        self._recorder.event(sts, "Normal", "SuccessfulCreate", f"{what} successful")

    def _make_claims(self, sts: Obj, ordinal: int) -> None:
        for claim in claims_for(sts, ordinal):
            if self._volume_claims.get(key_of(claim)) is not None:
                continue
            what = f"Create Claim {claim['metadata']['name']} Pod {sts['metadata']['name']}-{ordinal}"
            try:
                self._client.create(PERSISTENT_VOLUME_CLAIM, claim)
            except AlreadyExists:
                continue
            message = f"{what} in StatefulSet {sts['metadata']['name']} success"
            self._recorder.event(sts, "Normal", "SuccessfulCreate", message)

    def _delete(self, key: Key, sts: Obj, pod: Obj, step: Step) -> None:
        name = pod["metadata"]["name"]
        if step.verb == "replace":
            kind = "Failed" if phase_of(pod) == "Failed" else "Terminated"
            news = f"StatefulSet {key} is recreating {kind.lower()} Pod {name}"
            level: EventLevel = "Warning" if kind == "Failed" else "Normal"
            self._recorder.event(sts, level, f"Recreating{kind}Pod", news)
        try:
            self._client.delete(POD, key_of(pod), uid=uid_of(pod))
        except NotFound:
            pass  # what we wanted
        else:
            message = f"Delete Pod {name} in StatefulSet {key.name} successful"
            self._recorder.event(sts, "Normal", "SuccessfulDelete", message)
        self._pending.deleted(key, pod)

    def _repair(self, key: Key, sts: Obj, pod: Obj) -> None:
        """Somebody has taken the labels by which the pod is known."""
        patch = {"metadata": {"labels": own_labels(pod)}}
        self._pending.wrote(key, self._client.patch(POD, key_of(pod), patch))
        what = f"Update Pod {pod['metadata']['name']} in StatefulSet {key.name} successful"
        self._recorder.event(sts, "Normal", "SuccessfulUpdate", what)

    def _own_claims(self, sts: Obj, pods: dict[int, Obj]) -> None:
        """Claims go with whom the retention policy says: the garbage collector takes them."""
        for ordinal, pod in pods.items() if sts["spec"].get("volumeClaimTemplates") else ():
            for template in claims_for(sts, ordinal):
                claim = self._volume_claims.get(key_of(template))
                if claim is None or is_terminating(claim):
                    continue
                owners = with_owner(sts, pod, claim)
                if owners != (claim["metadata"].get("ownerReferences") or []):
                    patch = {"metadata": {"ownerReferences": owners or None}}
                    self._client.patch(PERSISTENT_VOLUME_CLAIM, key_of(claim), patch)

    def _pods_by_ordinal(self, sts: Obj) -> dict[int, Obj]:
        owned = (pod for pods in self._owned.groups(uid_of(sts)).values() for pod in pods.values())
        found = {ordinal_of(sts, pod): pod for pod in owned}
        return {ordinal: found[ordinal] for ordinal in sorted(found) if ordinal >= 0}

    def _is_healthy(self, sts: Obj, pod: Obj) -> bool:
        return is_available(pod, sts["spec"].get("minReadySeconds") or 0, self._clock.unix_ms())

    def _write_status(self, sts: Obj, pods: dict[int, Obj], current: Obj, update: Obj) -> None:
        alive = [pod for pod in pods.values() if not is_terminating(pod)]
        running = [pod for pod in pods.values() if phase_of(pod) == "Running" and is_ready(pod)]
        names = [revision_of(pod) for pod in alive]
        new, old = update["metadata"]["name"], current["metadata"]["name"]
        wanted = sts["spec"]["replicas"]
        is_rolling = (sts["spec"].get("updateStrategy") or {}).get("type") != "OnDelete"
        if is_rolling and names.count(new) == len(pods) == len(running) == wanted:
            old = new
        numbers = {
            "replicas": len(pods),
            "readyReplicas": len(running),
            "availableReplicas": sum(self._is_healthy(sts, pod) for pod in running),
            "currentReplicas": names.count(old),
            "updatedReplicas": names.count(new),
            "observedGeneration": sts["metadata"].get("generation", 0),
        }
        always = ("replicas", "availableReplicas")
        present = sts.get("status") or {}
        status: Obj = {name: number for name, number in numbers.items() if number or name in always}
        status |= {
            "currentRevision": old,
            "updateRevision": new,
            "collisionCount": present.get("collisionCount", 0),
        }
        if "conditions" in present:
            status["conditions"] = present["conditions"]
        if status != present:
            self._client.update_status(STATEFUL_SET, {**sts, "status": status})

    def _forget_revisions(self, sts: Obj, pods: dict[int, Obj], current: Obj, update: Obj) -> None:
        live = {revision_of(pod) for pod in pods.values()}
        self._revisions.forget_old(sts, live | {current["metadata"]["name"], update["metadata"]["name"]})

    def _next_available_ms(self, sts: Obj, pods: dict[int, Obj]) -> int | None:
        min_ready_ms = (sts["spec"].get("minReadySeconds") or 0) * 1000
        since = [ready_since_ms(pod) for pod in pods.values()] if min_ready_ms else []
        waits = [
            ready_ms + min_ready_ms - self._clock.unix_ms() for ready_ms in since if ready_ms is not None
        ]
        return min((wait for wait in waits if wait > 0), default=None)
