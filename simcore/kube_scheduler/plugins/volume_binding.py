"""VolumeBinding: a pod goes where its volumes are, or where they can be made, and waits until they are bound.

Models: kubernetes v1.36 pkg/scheduler/framework/plugins/volumebinding (volume_binding.go, binder.go).
Left out: docs/deviations.md, kube_scheduler.
"""

from __future__ import annotations

from typing import NamedTuple

from simcore.apimachinery.kinds import PERSISTENT_VOLUME, PERSISTENT_VOLUME_CLAIM
from simcore.apimachinery.meta import Key, Obj, annotations_of, key_of, uid_of
from simcore.client.interfaces import ApiClient
from simcore.kube_scheduler.framework.events import VOLUME_EVENTS, Change, ClusterEvent
from simcore.kube_scheduler.framework.interfaces import SKIP, Cycle, PreFiltered, Rejection
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.pod_info import PodInfo
from simcore.kube_scheduler.volumes import (
    BOUND_BY_US,
    NO_PROVISIONER,
    SELECTED_NODE,
    Volumes,
    allows,
    claim_keys,
    class_of,
    concerns,
    is_bound,
    reaches,
)

IMMEDIATE = "pod has unbound immediate PersistentVolumeClaims"
NODE_CONFLICT = "node(s) didn't match PersistentVolume's node affinity"
BIND_CONFLICT = "node(s) didn't find available persistent volumes to bind"
NO_VOLUME = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"


class Claims(NamedTuple):
    bound: list[Obj]
    delayed: list[Obj]
    """Unbound, and their class waits for the first consumer."""


class Plan(NamedTuple):
    """How the delayed claims are served on one node."""

    bindings: dict[str, Obj]
    """Volume -> claim."""
    provisions: list[Obj]


class VolumeBinding:
    name = "VolumeBinding"
    wakes_on = (*VOLUME_EVENTS, ClusterEvent.NODE_ADDED, ClusterEvent.NODE_LABELS_CHANGED)

    def __init__(self, volumes: Volumes, client: ApiClient, timeout_ms: int = 600_000) -> None:
        self._volumes, self._client = volumes, client
        self._timeout_ms = timeout_ms

    def pre_filter(self, cycle: Cycle, pod: PodInfo) -> PreFiltered | None:
        if not pod.shape.volumes or not (keys := claim_keys(pod)):
            return SKIP
        claims = Claims([], [])
        for key in keys:
            claim = self._volumes.claim(key)
            if claim is None or (why := _unusable(claim)):
                return _refused(_missing(pod, key.name) if claim is None else why)
            if is_bound(claim):
                claims.bound.append(claim)
            elif claim["spec"].get("volumeName") or not self._volumes.waits_for_consumer(claim):
                return _refused(IMMEDIATE)
            else:
                claims.delayed.append(claim)
        cycle.state[self.name] = claims
        return None

    def filter(self, cycle: Cycle, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        claims: Claims = cycle.state[self.name]
        volumes = [self._volumes.volume(claim["spec"]["volumeName"]) for claim in claims.bound]
        reasons = []
        if any(volume is not None and not reaches(volume, node) for volume in volumes):
            reasons.append(NODE_CONFLICT)
        if claims.delayed and self._plan(claims.delayed, node) is None:
            reasons.append(BIND_CONFLICT)
        if any(volume is None for volume in volumes):
            reasons.append(NO_VOLUME)
        return Rejection(tuple(reasons), resolvable=False) if reasons else None

    def reserve(self, cycle: Cycle, pod: PodInfo, node: str) -> Rejection | None:
        claims: Claims | None = cycle.state.get(self.name)
        info = cycle.snapshot.get(node)
        if claims is None or not claims.delayed or info is None:
            return None
        plan = self._plan(claims.delayed, info)
        if plan is None:
            return Rejection((BIND_CONFLICT,), resolvable=False)
        cycle.state[f"{self.name}/plan"] = plan
        self._volumes.promised |= {name: uid_of(claim) for name, claim in plan.bindings.items()}
        return None

    def unreserve(self, cycle: Cycle, pod: PodInfo, node: str) -> None:
        plan: Plan | None = cycle.state.get(f"{self.name}/plan")
        for name in plan.bindings if plan else ():
            self._volumes.promised.pop(name, None)

    def pre_bind(self, cycle: Cycle, pod: PodInfo, node: str) -> int | None:
        """Asks for the bindings, and is asked again until all claims are bound."""
        plan: Plan | None = cycle.state.pop(f"{self.name}/plan", None)
        if plan is not None:
            for name, claim in plan.bindings.items():
                self._client.patch(PERSISTENT_VOLUME, Key("", name), _claimed_by(claim))
                self._volumes.promised.pop(name, None)
            for claim in plan.provisions:
                patch = {"metadata": {"annotations": {SELECTED_NODE: node}}}
                self._client.patch(PERSISTENT_VOLUME_CLAIM, key_of(claim), patch)
        claims = [self._volumes.claim(key) for key in claim_keys(pod)] if self.name in cycle.state else []
        is_ready = all(claim is not None and is_bound(claim) for claim in claims)
        return None if is_ready else self._timeout_ms

    def is_woken_by(self, pod: PodInfo, change: Change) -> bool:
        return concerns(pod, change)

    def _plan(self, claims: list[Obj], node: NodeInfo) -> Plan | None:
        """None: some claim can't be served on the node."""
        plan = Plan({}, [])
        for claim in sorted(claims, key=lambda each: each["metadata"]["name"]):
            selected = annotations_of(claim).get(SELECTED_NODE)
            if selected and selected != node.name:
                return None
            found = [] if selected else self._volumes.candidates(claim)
            volume = next(
                (v for v in found if v["metadata"]["name"] not in plan.bindings and reaches(v, node)), None
            )
            if volume is not None:
                plan.bindings[volume["metadata"]["name"]] = claim
            elif self._can_be_made(claim, node):
                plan.provisions.append(claim)
            else:
                return None
        return plan

    def _can_be_made(self, claim: Obj, node: NodeInfo) -> bool:
        found = self._volumes.storage_class(class_of(claim))
        return found is not None and found.get("provisioner") != NO_PROVISIONER and allows(found, node)


def _missing(pod: PodInfo, name: str) -> str:
    named = {(volume.get("persistentVolumeClaim") or {}).get("claimName") for volume in pod.shape.volumes}
    if name in named:
        return f'persistentvolumeclaim "{name}" not found'
    return f'waiting for ephemeral volume controller to create the persistentvolumeclaim "{name}"'


def _refused(why: str) -> PreFiltered:
    return PreFiltered(rejection=Rejection((why,), resolvable=False))


def _unusable(claim: Obj) -> str:
    meta = claim["metadata"]
    if (claim.get("status") or {}).get("phase") == "Lost":
        volume = claim["spec"].get("volumeName", "")
        return f'persistentvolumeclaim "{meta["name"]}" bound to non-existent persistentvolume "{volume}"'
    return f'persistentvolumeclaim "{meta["name"]}" is being deleted' if "deletionTimestamp" in meta else ""


def _claimed_by(claim: Obj) -> Obj:
    meta = claim["metadata"]
    ref = {
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": meta["namespace"], "name": meta["name"],
        "uid": meta["uid"], "resourceVersion": meta.get("resourceVersion"),
    }  # fmt: skip
    return {"metadata": {"annotations": {BOUND_BY_US: "yes"}}, "spec": {"claimRef": ref}}
