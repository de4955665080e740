"""DefaultPreemption: when nothing fits, less important pods make room.

Models: kubernetes v1.36 pkg/scheduler/framework/plugins/defaultpreemption, framework/preemption.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from simcore.apimachinery.errors import ApiError, NotFound
from simcore.apimachinery.kinds import POD
from simcore.apimachinery.meta import Obj
from simcore.client.context import ComponentContext
from simcore.client.recorder import EventRecorder
from simcore.kube_scheduler.diagnosis import unavailable
from simcore.kube_scheduler.framework.interfaces import Cycle, Failure, Handle, PostFiltered, Rejection
from simcore.kube_scheduler.node_info import NodeInfo
from simcore.kube_scheduler.nominator import Nominator
from simcore.kube_scheduler.pod_info import PodInfo
from simcore.kube_scheduler.preemption.budgets import Budgets
from simcore.kube_scheduler.preemption.choice import Candidate, least_painful
from simcore.kube_scheduler.preemption.rehearsals import Rehearsals
from simcore.kube_scheduler.preemption.victims import NO_VICTIMS, DryRun

NOT_HELPFUL = "Preemption is not helpful for scheduling"
NEVER = "not eligible due to preemptionPolicy=Never."
VICTIM_LEAVES = "not eligible due to a terminating pod on the nominated node."


class PreemptionArgs(NamedTuple):
    """Of the nodes that a preemption might help on, how many are tried at least."""

    percent: int = 10
    absolute: int = 100


DEFAULT_ARGS = PreemptionArgs()


class DefaultPreemption:
    name = "DefaultPreemption"

    def __init__(
        self,
        ctx: ComponentContext,
        nominator: Nominator,
        recorder: EventRecorder,
        budgets: Budgets,
        args: PreemptionArgs = DEFAULT_ARGS,
    ) -> None:
        self._ctx, self._nominator = ctx, nominator
        self._recorder, self._budgets, self._args = recorder, budgets, args
        self._rehearsals = Rehearsals(nominator, budgets)

    def post_filter(self, handle: Handle, cycle: Cycle, pod: PodInfo, failure: Failure) -> PostFiltered:
        if why_not := self._ineligible(cycle, pod, failure):
            return PostFiltered(False, None, f"preemption: {why_not}")
        reasons: Counter[str] = Counter()
        candidates: list[Candidate] = []
        if failure.resolvable and not cycle.snapshot.has_pods_below(pod.shape.priority):
            reasons[NO_VICTIMS.reasons[0]] = failure.resolvable
        elif failure.resolvable:
            candidates = self._candidates(handle, cycle, pod, failure.helped(), reasons)
        if not candidates:
            if failure.nodes > failure.resolvable:
                reasons[NOT_HELPFUL] += failure.nodes - failure.resolvable
            return PostFiltered(False, "", f"preemption: {unavailable(failure.nodes, reasons)}")
        best = least_painful(candidates)
        try:
            self._evict(pod, best, cycle)
        except ApiError as error:
            return PostFiltered(False, None, f"preemption: {error.message}")
        return PostFiltered(True, best.node)

    def _ineligible(self, cycle: Cycle, pod: PodInfo, failure: Failure) -> str:
        if pod.pod["spec"].get("preemptionPolicy") == "Never":
            return NEVER
        promised = cycle.snapshot.get(self._nominator.node_of(pod.uid))
        if promised is None or _is_beyond_help(promised, failure):
            return ""
        if any(
            other.shape.priority < pod.shape.priority and _is_victim(other)
            for other in promised.pods.values()
        ):
            return VICTIM_LEAVES
        return ""

    def _candidates(
        self, handle: Handle, cycle: Cycle, pod: PodInfo, nodes: Sequence[NodeInfo], reasons: Counter[str]
    ) -> list[Candidate]:
        """Enough of them, from a drawn place on; `reasons` counts why other nodes are none."""
        handle.finish_pre_filter(cycle, pod)
        rehearse = self._rehearsals.of(DryRun(handle, self._nominator, self._budgets), cycle, pod)
        enough = min(max(len(nodes) * self._args.percent // 100, self._args.absolute), len(nodes))
        start = self._ctx.rng.below(len(nodes), "preemption", pod.uid, cycle.attempt)
        found: list[Candidate] = []
        breaks_none = False
        for node in chain(nodes[start:], nodes[:start]):
            outcome = rehearse(node)
            if isinstance(outcome, Rejection):
                reasons.update(outcome.reasons)
                continue
            found.append(outcome)
            breaks_none = breaks_none or not outcome.violations
            if breaks_none and len(found) >= enough:
                break
        return found

    def _evict(self, pod: PodInfo, chosen: Candidate, cycle: Cycle) -> None:
        """Raises: ApiError; what was evicted before stays so."""
        node = cycle.snapshot.get(chosen.node)
        assert node is not None, chosen
        for victim in [node.pods[each.uid] for each in chosen.victims]:
            if victim.is_terminating:
                continue
            try:
                self._mark(pod, victim)
                self._ctx.client.delete(POD, victim.key, uid=victim.uid)
            except NotFound:
                continue  # gone by itself
            note = f"Preempted by pod {pod.uid} on node {chosen.node}"
            self._recorder.event(victim.pod, "Normal", "Preempted", note, action="Preempting")
        for other in self._nominator.on(chosen.node):
            if other.shape.priority < pod.shape.priority:
                self._nominator.set(other, "")
                self._forget_promise(other)

    def _mark(self, pod: PodInfo, victim: PodInfo) -> None:
        scheduler = pod.pod["spec"].get("schedulerName") or "default-scheduler"
        condition = {
            "type": "DisruptionTarget", "status": "True", "lastProbeTime": None,
            "lastTransitionTime": self._ctx.clock.timestamp(), "reason": "PreemptionByScheduler",
            "message": f"{scheduler}: preempting to accommodate a higher priority pod",
        }  # fmt: skip
        generation = victim.pod["metadata"].get("generation")
        condition |= {"observedGeneration": generation} if generation else {}
        others = [c for c in _conditions(victim) if c["type"] != "DisruptionTarget"]
        patch = {"status": {"conditions": [*others, condition]}}
        self._ctx.client.patch(POD, victim.key, patch, subresource="status")

    def _forget_promise(self, other: PodInfo) -> None:
        patch: Obj = {"status": {"nominatedNodeName": None}}
        try:
            self._ctx.client.patch(POD, other.key, patch, subresource="status")
        except NotFound:
            return


def _is_beyond_help(node: NodeInfo, failure: Failure) -> bool:
    verdict = failure.verdicts().get(node.name)
    return verdict is not None and not verdict.rejection.resolvable


def _conditions(pod: PodInfo) -> list[Obj]:
    return (pod.pod.get("status") or {}).get("conditions") or []


def _is_victim(pod: PodInfo) -> bool:
    """Whether the pod is on its way out because of a preemption."""
    return pod.is_terminating and any(
        c["type"] == "DisruptionTarget"
        and c["status"] == "True"
        and c.get("reason") == "PreemptionByScheduler"
        for c in _conditions(pod)
    )
