"""Looks at each autoscaler every 15 s: measures its target's pods, decides, scales, and says why.

Models: kubernetes v1.36 pkg/controller/podautoscaler/horizontal.go (reconcileAutoscaler).
Left out: see docs/deviations.md, kube_controller_manager.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from simcore.apimachinery.errors import ApiError, Conflict, NotFound
from simcore.apimachinery.kinds import (
    DEPLOYMENT,
    HORIZONTAL_POD_AUTOSCALER,
    POD,
    REPLICA_SET,
    REPLICATION_CONTROLLER,
    STATEFUL_SET,
)
from simcore.apimachinery.meta import Key, Obj, key_of, labels_of
from simcore.apimachinery.selectors import matches
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, own_key
from simcore.kube_controller_manager.horizontal.limits import Decision, History, decide
from simcore.kube_controller_manager.horizontal.metrics import (
    MetricFault,
    PodMetrics,
    Proposal,
    Target,
    propose,
)
from simcore.sim.timestamps import format_seconds

SYNC_MS = 15_000
_SCALABLE = {
    (kind.api_version, kind.kind): kind
    for kind in (DEPLOYMENT, REPLICA_SET, STATEFUL_SET, REPLICATION_CONTROLLER)
}


class _Findings(NamedTuple):
    """What the metrics together say."""

    replicas: int
    metric: str
    statuses: list[Obj]


class HorizontalController:
    name = "horizontal-pod-autoscaler"

    def __init__(self, ctx: ComponentContext, metrics: PodMetrics | None) -> None:
        """Without `metrics` nobody serves the resource metrics API."""
        self._client, self._clock, self._metrics = ctx.client, ctx.clock, metrics
        self._recorder = ctx.recorder("horizontal-pod-autoscaler")
        self._scalers = ctx.informers.informer(HORIZONTAL_POD_AUTOSCALER)
        self._pods = ctx.informers.informer(POD)
        self._histories: dict[Key, History] = {}  # an entry goes with its autoscaler
        self.watches: Sequence[Watch] = (Watch(HORIZONTAL_POD_AUTOSCALER, own_key, delay_ms=SYNC_MS),)

    def reconcile(self, key: Key) -> Result:
        scaler = self._scalers.get(key)
        if scaler is None:
            self._histories.pop(key, None)
            return DONE
        _Look(self, scaler, self._histories.setdefault(key, History())).run()
        return Result(SYNC_MS)


class _Look:
    """One look at one autoscaler."""

    def __init__(self, of: HorizontalController, scaler: Obj, history: History) -> None:
        self._client, self._pods, self._metrics = of._client, of._pods, of._metrics
        self._recorder, self._clock, self._history = of._recorder, of._clock, history
        self._scaler, self._spec = scaler, scaler["spec"]
        self._conditions: list[Obj] = [*((scaler.get("status") or {}).get("conditions") or ())]

    def run(self) -> None:
        ref = self._spec["scaleTargetRef"]
        try:
            target = self._target(ref)
        except ApiError as error:
            self._say("Warning", "FailedGetScale", error.message)
            text = f"the HPA controller was unable to get the target's current scale: {error.message}"
            self._set("AbleToScale", "False", "FailedGetScale", text)
            self._write()
            return
        text = "the HPA controller was able to get the target's current scale"
        self._set("AbleToScale", "True", "SucceededGetScale", text)
        current = target["spec"].get("replicas", 1)
        try:
            self._scale(target, current)
        except MetricFault as fault:
            self._say("Warning", "FailedComputeMetricsReplicas", fault.message)
            self._write(currentReplicas=current)

    def _target(self, ref: Obj) -> Obj:
        """Raises: ApiError."""
        kind = _SCALABLE.get((ref.get("apiVersion", "v1"), ref["kind"]))
        if kind is None:
            group = ref.get("apiVersion", "").rpartition("/")[0]
            raise NotFound(f'no matches for kind "{ref["kind"]}" in group "{group}"')
        return self._client.get(kind, Key(self._scaler["metadata"]["namespace"], ref["name"]))

    def _scale(self, target: Obj, current: int) -> None:
        least, most = self._spec.get("minReplicas", 1), self._spec["maxReplicas"]
        findings, reason = _Findings(current, "", []), ""
        if current == 0 and least != 0:
            text = "scaling is disabled since the replica count of the target is zero"
            self._set("ScalingActive", "False", "ScalingDisabled", text)
            self._write(currentReplicas=current, desiredReplicas=0, currentMetrics=[])
            return
        if current > most:
            desired, reason = most, "Current number of replicas above Spec.MaxReplicas"
        elif current < least:
            desired, reason = least, "Current number of replicas below Spec.MinReplicas"
        else:
            findings = self._measured(target, current)
            decision = decide(self._spec, self._history, current, findings.replicas, self._clock.unix_ms())
            desired, reason = decision.replicas, self._explained(findings, current, decision)
        scaled = self._rescale(target, current, desired, reason) if desired != current else False
        self._write(
            currentReplicas=current,
            desiredReplicas=desired,
            currentMetrics=findings.statuses,
            **({"lastScaleTime": format_seconds(self._clock.unix_ms())} if scaled else {}),
        )

    def _explained(self, findings: _Findings, current: int, decision: Decision) -> str:
        self._set("AbleToScale", "True", *decision.able)
        is_limited = decision.limited[0] != "DesiredWithinRange"
        self._set("ScalingLimited", "True" if is_limited else "False", *decision.limited)
        if findings.replicas > current:
            return f"{findings.metric} above target"
        return "All metrics below target" if findings.replicas < current else ""

    def _measured(self, target: Obj, current: int) -> _Findings:
        """Raises: MetricFault, when nothing safe can be said."""
        namespace = self._scaler["metadata"]["namespace"]
        selector = target["spec"].get("selector") or {}
        if "matchLabels" not in selector and "matchExpressions" not in selector:
            selector = {"matchLabels": selector}  # a ReplicationController's
        pods = [pod for pod in self._pods.list(namespace) if matches(selector, labels_of(pod))]
        proposals: list[Proposal] = []
        faults: list[MetricFault] = []
        specs, now_ms = self._spec.get("metrics") or (), self._clock.unix_ms()
        for metric in specs:
            try:
                behavior = self._spec.get("behavior")
                proposals.append(propose(metric, Target(current, pods), self._metrics, now_ms, behavior))
            except MetricFault as fault:
                self._say("Warning", fault.reason, fault.message)
                faults.append(fault)
        best = max(proposals, key=lambda proposal: proposal.replicas, default=None)
        if best is None or (faults and best.replicas < current):
            text = f"the HPA was unable to compute the replica count: {faults[0].message}"
            self._set("ScalingActive", "False", faults[0].reason, text)
            count = f"{len(faults)} invalid out of {len(specs)}"
            raise MetricFault("", f"invalid metrics ({count}), first error is: {faults[0].message}")
        text = f"the HPA was able to successfully calculate a replica count from {best.metric}"
        self._set("ScalingActive", "True", "ValidMetricFound", text)
        return _Findings(best.replicas, best.metric, [proposal.status for proposal in proposals])

    def _rescale(self, target: Obj, current: int, desired: int, reason: str) -> bool:
        kind = _SCALABLE[target["apiVersion"], target["kind"]]
        try:
            self._client.patch(kind, key_of(target), {"spec": {"replicas": desired}})
        except ApiError as error:
            self._say(
                "Warning", "FailedRescale", f"New size: {desired}; reason: {reason}; error: {error.message}"
            )
            text = f"the HPA controller was unable to update the target scale: {error.message}"
            self._set("AbleToScale", "False", "FailedUpdateScale", text)
            return False
        text = f"the HPA controller was able to update the target scale to {desired}"
        self._set("AbleToScale", "True", "SucceededRescale", text)
        self._say("Normal", "SuccessfulRescale", f"New size: {desired}; reason: {reason}")
        self._history.note_scaled(self._clock.unix_ms(), desired - current)
        return True

    def _set(self, name: str, status: str, reason: str, message: str) -> None:
        now = format_seconds(self._clock.unix_ms())
        before = next((c for c in self._conditions if c["type"] == name), None)
        since = before["lastTransitionTime"] if before and before["status"] == status else now
        made = {
            "type": name, "status": status, "lastTransitionTime": since, "reason": reason, "message": message,
        }  # fmt: skip
        if before is None:
            self._conditions.append(made)
        else:
            self._conditions = [made if c["type"] == name else c for c in self._conditions]

    def _say(self, level: Literal["Normal", "Warning"], reason: str, message: str) -> None:
        self._recorder.event(self._scaler, level, reason, message)

    def _write(self, **fields: object) -> None:
        before = self._scaler.get("status") or {}
        status = {
            "desiredReplicas": 0,
            "currentMetrics": None,
            **before,
            **fields,
            "conditions": self._conditions,
        }
        if status != before:
            try:
                self._client.update_status(HORIZONTAL_POD_AUTOSCALER, {**self._scaler, "status": status})
            except (Conflict, NotFound):
                return  # changed or deleted meanwhile: the next look sees it
