"""One look at one Deployment: what its ReplicaSets are, and the next step of its rollout.

Models: kubernetes v1.36 pkg/controller/deployment/sync.go, rolling.go, recreate.go.
"""

from __future__ import annotations

from typing import NamedTuple

from simcore.apimachinery.errors import AlreadyExists, ApiError, NotFound
from simcore.apimachinery.kinds import DEPLOYMENT, REPLICA_SET
from simcore.apimachinery.meta import Key, Obj, annotations_of, controller_of, key_of, uid_of
from simcore.client.interfaces import ApiClient
from simcore.client.recorder import EventRecorder
from simcore.kube_controller_manager.deployment import replica_sets, sizes, status
from simcore.kube_controller_manager.owned_pods import OwnedPods
from simcore.kube_controller_manager.pods import condition_of, namespace_is_terminating
from simcore.sim.clock import Clock


class Tools(NamedTuple):
    """What a rollout works with."""

    client: ApiClient
    clock: Clock
    recorder: EventRecorder
    owned_pods: OwnedPods


class Rollout:
    """Lives for one reconcile. Objects in it are replaced by what its own writes returned."""

    def __init__(self, tools: Tools, deployment: Obj, sets: list[Obj]) -> None:
        self._client, self._clock, self._recorder, self._pods = tools
        self.deployment = deployment
        self._new, self._old = replica_sets.split(deployment, sets)

    @property
    def _all(self) -> list[Obj]:
        return self._old if self._new is None else [*self._old, self._new]

    @property
    def _wanted(self) -> int:
        wanted: int = self.deployment["spec"]["replicas"]
        return wanted

    def step(self) -> None:
        """Does what is next; the writes' own events lead to the step after it."""
        self._note_pause()
        if self.deployment["spec"].get("paused"):
            self._keep_scale()
            self._clean_up()
            self.write_counts()
        elif self._is_resized():
            self._keep_scale()
            self.write_counts()
        elif sizes.is_rolling(self.deployment):
            self._roll()
        else:
            self._recreate()

    def write_counts(self) -> None:
        """Brings the status up to date without judging progress."""
        self._write_status(status.counts(self.deployment, self._all, self._new, self._clock))

    # --- strategies

    def _roll(self) -> None:
        self._ensure_new()
        if not self._grow_new() and not self._shrink_old():
            self._clean_up_if_complete()
        self._write_rolled()

    def _recreate(self) -> None:
        """All old pods must be gone before the first new one is made."""
        self._renew()
        running = [rs for rs in self._old if rs["spec"]["replicas"]]
        for rs in running:
            self._scale(rs, 0)
        if not running and not self._old_pods_run():
            self._ensure_new()
            assert self._new is not None
            self._scale(self._new, self._wanted)
            self._clean_up_if_complete()
        self._write_rolled()

    def _grow_new(self) -> bool:
        new = self._new
        assert new is not None
        if new["spec"]["replicas"] > self._wanted:
            return self._scale(new, self._wanted)
        return self._scale(new, sizes.size_of_new(self.deployment, self._all, new))

    def _shrink_old(self) -> bool:
        """Unhealthy pods go first, they are missed by nobody; then as many as availability allows."""
        assert self._new is not None
        least = self._wanted - sizes.max_unavailable(self.deployment)
        starting = self._new["spec"]["replicas"] - sizes.counted([self._new], "availableReplicas")
        spare = sizes.wanted_pods(self._all) - least - starting
        if spare <= 0 or not sizes.wanted_pods(self._old):
            return False
        before = sizes.wanted_pods(self._old)
        self._drop_unhealthy(spare)
        self._drop_healthy(sizes.lasting(self._all) - least)
        return sizes.wanted_pods(self._old) < before

    def _drop_unhealthy(self, spare: int) -> None:
        for rs in list(self._old):
            size = rs["spec"]["replicas"]
            unhealthy = max(size - sizes.counted([rs], "availableReplicas"), 0)
            drop = min(spare, unhealthy)
            self._scale(rs, size - drop)
            spare -= drop

    def _drop_healthy(self, spare: int) -> None:
        for rs in list(self._old):
            drop = min(max(spare, 0), rs["spec"]["replicas"])
            self._scale(rs, rs["spec"]["replicas"] - drop)
            spare -= drop

    def _old_pods_run(self) -> bool:
        if sizes.counted(self._old, "replicas"):
            return True
        return any(self._pods.count(uid_of(rs), "ready", "unready", "terminating") for rs in self._old)

    # --- scaling outside a rollout's own steps

    def _is_resized(self) -> bool:
        """Whether spec.replicas was changed since the ReplicaSets got their sizes."""
        desired = (annotations_of(rs).get(sizes.DESIRED) for rs in self._all if rs["spec"]["replicas"])
        return any(text is not None and text != str(self._wanted) for text in desired)

    def _keep_scale(self) -> None:
        self._renew()
        active = [rs for rs in self._all if rs["spec"]["replicas"]]
        if len(active) <= 1:
            only = active or ([self._new] if self._new else self._old[-1:])
            for rs in only:
                self._scale(rs, self._wanted)
        elif sizes.is_saturated(self.deployment, self._new):
            for rs in active:
                if rs is not self._new:
                    self._scale(rs, 0)
        elif sizes.is_rolling(self.deployment):
            for rs, size in sizes.proportions(self.deployment, active):
                self._scale(rs, size, annotate=True)

    def _scale(self, rs: Obj, size: int, *, annotate: bool = False) -> bool:
        """Gives a ReplicaSet a size; `annotate`: also when the size stays but what was wanted has changed."""
        before, name = rs["spec"]["replicas"], rs["metadata"]["name"]
        annotations = annotations_of(rs) | replica_sets.scale_annotations(self.deployment)
        if size == before and not (annotate and annotations != annotations_of(rs)):
            return False
        meta = {**rs["metadata"], "annotations": annotations}
        wanted = {**rs, "metadata": meta, "spec": {**rs["spec"], "replicas": size}}
        self._replace(rs, self._client.update(REPLICA_SET, wanted))
        if size == before:
            return False
        direction = "up" if size > before else "down"
        self._say_scaled(direction, name, before, size)
        return True

    # --- the new ReplicaSet

    def _renew(self) -> None:
        """Brings the annotations and revision of an existing new ReplicaSet up to date."""
        new = self._new
        if new is None:
            return
        revision = max(map(replica_sets.revision_number, self._old), default=0) + 1
        annotations = replica_sets.renewed_annotations(self.deployment, new, revision)
        min_ready_s = self.deployment["spec"].get("minReadySeconds") or 0
        if annotations != annotations_of(new) or min_ready_s != (new["spec"].get("minReadySeconds") or 0):
            meta = {**new["metadata"], "annotations": annotations}
            wanted = {**new, "metadata": meta, "spec": {**new["spec"], "minReadySeconds": min_ready_s}}
            self._new = new = self._client.update(REPLICA_SET, wanted)
        self._take_revision(annotations_of(new)[replica_sets.REVISION])
        if condition_of(self.deployment, "Progressing") is None:
            self._note_progress(
                "True", "FoundNewReplicaSet", f'Found new replica set "{new["metadata"]["name"]}"'
            )

    def _ensure_new(self) -> None:
        self._renew()
        if self._new is not None:
            return
        revision = max(map(replica_sets.revision_number, self._old), default=0) + 1
        wanted = replica_sets.made_new(self.deployment, revision)
        size = sizes.size_of_new(self.deployment, self._old, wanted)
        wanted["spec"]["replicas"] = size
        name = wanted["metadata"]["name"]
        try:
            self._new = self._client.create(REPLICA_SET, wanted)
        except AlreadyExists:
            self._new = self._ours(Key(wanted["metadata"]["namespace"], name))
            self._take_revision(str(revision))
            return
        except ApiError as error:
            if not namespace_is_terminating(error.details):
                message = f'Failed to create new replica set "{name}": {error.message}'
                self._note_progress("False", "ReplicaSetCreateError", message)
            raise
        if size:
            self._say_scaled("up", name, 0, size)
        self._take_revision(str(revision))
        self._note_progress("True", "NewReplicaSetCreated", f'Created new replica set "{name}"')

    def _ours(self, key: Key) -> Obj:
        """The ReplicaSet that stands where the new one should.

        Raises: AlreadyExists when it is not ours, or has another template: the next try uses another hash.
        """
        found = self._client.get(REPLICA_SET, key)
        owner = controller_of(found)
        if (
            owner
            and owner["uid"] == uid_of(self.deployment)
            and replica_sets.has_template(found, self.deployment)
        ):
            return found
        present = self.deployment.get("status") or {}
        self._write_status({**present, "collisionCount": present.get("collisionCount", 0) + 1})
        raise AlreadyExists.named(REPLICA_SET, key.name)

    def _take_revision(self, revision: str) -> None:
        if annotations_of(self.deployment).get(replica_sets.REVISION) != revision:
            patch = {"metadata": {"annotations": {replica_sets.REVISION: revision}}}
            self.deployment = self._client.patch(
                DEPLOYMENT, key_of(self.deployment), patch, subresource="status"
            )

    # --- the end

    def _clean_up_if_complete(self) -> None:
        if status.is_complete(self.deployment, self.deployment.get("status") or {}):
            self._clean_up()

    def _clean_up(self) -> None:
        for rs in replica_sets.superfluous(self.deployment, self._old):
            try:
                self._client.delete(REPLICA_SET, key_of(rs), uid=uid_of(rs))
            except NotFound:
                continue  # somebody was faster
            self._old = [other for other in self._old if other is not rs]

    # --- writing

    def _note_pause(self) -> None:
        """Neither a pause nor a resumption overwrites the news that the deadline has passed."""
        progress, paused = condition_of(self.deployment, "Progressing"), self.deployment["spec"].get("paused")
        reason = progress["reason"] if progress else ""
        if not status.has_deadline(self.deployment) or reason == status.TIMED_OUT:
            return
        if paused and reason != status.PAUSED:
            self._note_progress("Unknown", status.PAUSED, "Deployment is paused")
        elif not paused and reason == status.PAUSED:
            self._note_progress("Unknown", status.RESUMED, "Deployment is resumed")

    def _note_progress(self, state: str, reason: str, message: str) -> None:
        if status.has_deadline(self.deployment):
            news = status.condition("Progressing", state, reason, message, self._clock)
            self._write_status(status.with_condition(self.deployment.get("status") or {}, news))

    def _write_rolled(self) -> None:
        self._write_status(status.rolled(self.deployment, self._all, self._new, self._clock))

    def _write_status(self, new: Obj) -> None:
        if new != self.deployment.get("status"):
            self.deployment = self._client.update_status(DEPLOYMENT, {**self.deployment, "status": new})

    def _replace(self, old: Obj, new: Obj) -> None:
        if old is self._new:
            self._new = new
        self._old = [new if rs is old else rs for rs in self._old]

    def _say_scaled(self, direction: str, name: str, before: int, size: int) -> None:
        message = f"Scaled {direction} replica set {name} from {before} to {size}"
        self._recorder.event(self.deployment, "Normal", "ScalingReplicaSet", message)
