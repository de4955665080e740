"""Says how many pods of a PodDisruptionBudget may go.

Models: kubernetes v1.36 pkg/controller/disruption/disruption.go.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import (
    DEPLOYMENT,
    POD,
    POD_DISRUPTION_BUDGET,
    REPLICA_SET,
    REPLICATION_CONTROLLER,
    STATEFUL_SET,
)
from simcore.apimachinery.meta import Key, Obj, controller_of, is_terminating, key_of, labels_of, uid_of
from simcore.apimachinery.selectors import matches
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch
from simcore.kube_controller_manager.pods import condition_of, is_finished, is_ready
from simcore.sim.timestamps import parse_time

DISRUPTION_MS = 120_000
"""How long an eviction may take until it counts as failed."""
_SCALED = {kind.kind: kind for kind in (REPLICA_SET, REPLICATION_CONTROLLER, STATEFUL_SET)}


class Uncountable(Exception):
    """How many pods there should be can't be told; the message is the one that users see."""


class Expected(NamedTuple):
    pods: int
    healthy: int
    """So many must stay."""


class DisruptionController:
    name = "disruption-controller"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client, self._clock = ctx.client, ctx.clock
        self._recorder = ctx.recorder("controllermanager")
        self._budgets, self._pods = ctx.informers.informer(POD_DISRUPTION_BUDGET), ctx.informers.informer(POD)
        self._owners = {name: ctx.informers.informer(kind) for name, kind in _SCALED.items()}
        self._deployments = ctx.informers.informer(DEPLOYMENT)
        self.watches: Sequence[Watch] = (Watch(POD_DISRUPTION_BUDGET, _changed), Watch(POD, self._of_pod))

    def reconcile(self, key: Key) -> Result:
        budget = self._budgets.get(key)
        if budget is None or is_terminating(budget):
            return DONE
        selector = budget["spec"].get("selector")
        pods = [
            p
            for p in self._pods.list(key.namespace)
            if selector is not None and matches(selector, labels_of(p))
        ]
        if not pods:
            self._recorder.event(budget, "Normal", "NoPods", "No matching pods found")
        disrupted, wait_ms = self._disrupted(budget, pods)
        try:
            expected = self._expected(budget, pods)
        except Uncountable as trouble:
            message = f"Failed to calculate the number of expected pods: {trouble}"
            self._recorder.event(budget, "Warning", "CalculateExpectedPodCountFailed", message)
            self._write(budget, {**(budget.get("status") or {}), "disruptionsAllowed": 0}, str(trouble))
            return Result(wait_ms)
        healthy = sum(
            is_ready(pod) and not is_terminating(pod) and pod["metadata"]["name"] not in disrupted
            for pod in pods
        )
        spare = max(healthy - expected.healthy, 0) if expected.pods else 0
        status: Obj = {
            "currentHealthy": healthy, "desiredHealthy": expected.healthy, "expectedPods": expected.pods,
            "disruptionsAllowed": spare, "conditions": (budget.get("status") or {}).get("conditions") or [],
        }  # fmt: skip
        self._write(budget, status | ({"disruptedPods": disrupted} if disrupted else {}), "")
        return Result(wait_ms)

    def _expected(self, budget: Obj, pods: list[Obj]) -> Expected:
        """Raises: Uncountable."""
        least, most = budget["spec"].get("minAvailable"), budget["spec"].get("maxUnavailable")
        if isinstance(least, int):
            return Expected(len(pods), least)
        if least is None and most is None:
            return Expected(0, 0)
        scale = self._scale_of_owners(budget, pods)
        if most is not None:
            return Expected(scale, max(scale - _scaled(most, scale), 0))
        return Expected(scale, _scaled(least, scale))

    def _scale_of_owners(self, budget: Obj, pods: list[Obj]) -> int:
        """What the pods' controllers want altogether. Raises: Uncountable."""
        scales: dict[str, int] = {}
        unmanaged = False
        for pod in pods:
            ref = controller_of(pod)
            if ref is None:
                unmanaged = True
            elif ref["uid"] not in scales:
                uid, scale = self._scale_of(pod, ref)
                scales[uid] = scale
        if unmanaged:
            self._recorder.event(budget, "Warning", "UnmanagedPods", _unmanaged(budget))
        return sum(scales.values())

    def _scale_of(self, pod: Obj, ref: Obj) -> tuple[str, int]:
        """The uid and the wanted pods of the controller, or of the Deployment above it. Raises: Uncountable."""
        namespace = pod["metadata"]["namespace"]
        informer = self._owners.get(ref["kind"])
        if informer is None:
            group = ref["apiVersion"].rpartition("/")[0]
            resource = f"{ref['kind'].lower()}s.{group}" if group else f"{ref['kind'].lower()}s"
            raise Uncountable(f"{resource} does not implement the scale subresource")
        owner = informer.get(Key(namespace, ref["name"]))
        if owner is None or uid_of(owner) != ref["uid"]:
            raise Uncountable(f'found no controllers for pod "{pod["metadata"]["name"]}"')
        above = controller_of(owner)
        if above is not None and above["kind"] == DEPLOYMENT.kind:
            deployment = self._deployments.get(Key(namespace, above["name"]))
            if deployment is not None and uid_of(deployment) == above["uid"]:
                owner = deployment
        return uid_of(owner), owner["spec"]["replicas"]

    def _disrupted(self, budget: Obj, pods: list[Obj]) -> tuple[dict[str, str], int | None]:
        """The pods whose eviction was allowed and that are still there, and when the first is overdue."""
        present = {pod["metadata"]["name"]: pod for pod in pods}
        found: dict[str, str] = {}
        waits: list[int] = []
        for name, since in ((budget.get("status") or {}).get("disruptedPods") or {}).items():
            pod = present.get(name)
            if pod is None or is_terminating(pod):
                continue
            wait_ms = parse_time(since) + DISRUPTION_MS - self._clock.unix_ms()
            if wait_ms > 0:
                found[name] = since
                waits.append(wait_ms)
            else:
                message = f"Pod was expected by PDB {key_of(budget)} to be deleted but it wasn't"
                self._recorder.event(pod, "Warning", "NotDeleted", message)
        return found, min(waits, default=None)

    def _write(self, budget: Obj, status: Obj, trouble: str) -> None:
        generation = budget["metadata"].get("generation", 0)
        status = {**status, "observedGeneration": generation} if not trouble else status
        status["conditions"] = self._conditions(budget, status, trouble, generation)
        if status != budget.get("status"):
            try:
                self._client.update_status(POD_DISRUPTION_BUDGET, {**budget, "status": status})
            except NotFound:
                return  # gone

    def _conditions(self, budget: Obj, status: Obj, trouble: str, generation: int) -> list[Obj]:
        allowed = status["disruptionsAllowed"] > 0
        reason = "SyncFailed" if trouble else "SufficientPods" if allowed else "InsufficientPods"
        standing = condition_of(budget, "DisruptionAllowed")
        new = {
            "type": "DisruptionAllowed", "status": "True" if allowed else "False", "reason": reason,
            "message": trouble, "observedGeneration": generation,
        }  # fmt: skip
        same = standing is not None and standing["status"] == new["status"]
        since = standing["lastTransitionTime"] if standing is not None and same else self._clock.timestamp()
        others = [c for c in status.get("conditions") or () if c["type"] != "DisruptionAllowed"]
        return [*others, {**new, "lastTransitionTime": since}]

    def _of_pod(self, old: Obj | None, new: Obj | None) -> list[Key]:
        """Hot: most pods have no budget, and most changes are none to it."""
        pod = new if new is not None else old
        assert pod is not None
        budgets = self._budgets.list(pod["metadata"]["namespace"])
        if not budgets or (old is not None and new is not None and _facts(old) == _facts(new)):
            return []
        sets = [labels_of(obj) for obj in (old, new) if obj is not None]
        return sorted(
            key_of(budget)
            for budget in budgets
            if any(matches(budget["spec"].get("selector"), labels) for labels in sets)
        )


def _changed(old: Obj | None, new: Obj | None) -> tuple[Key, ...]:
    return (key_of(new),) if new is not None else ()


def _facts(pod: Obj) -> tuple[object, ...]:
    return is_ready(pod), is_terminating(pod), is_finished(pod), labels_of(pod)


def _scaled(bound: int | str, total: int) -> int:
    """Percentages are rounded up."""
    return bound if isinstance(bound, int) else ceil(Fraction(int(bound.rstrip("%")) * total, 100))


def _unmanaged(budget: Obj) -> str:
    selector = _go_selector(budget["spec"]["selector"])
    return (
        f"Pods selected by this PodDisruptionBudget (selector: {selector}) were found to be unmanaged. As a result, "
        "the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for "
        'these pods please set ".spec.minAvailable" field of the PDB to an integer value.'
    )


def _go_selector(selector: Obj) -> str:
    """As Go prints a label selector."""
    labels = "".join(
        f"{name}: {value}," for name, value in sorted((selector.get("matchLabels") or {}).items())
    )
    terms = "".join(map(_go_requirement, selector.get("matchExpressions") or ()))
    wanted = (
        f"MatchLabels:map[string]string{{{labels}}},MatchExpressions:[]LabelSelectorRequirement{{{terms}}},"
    )
    return f"&LabelSelector{{{wanted}}}"


def _go_requirement(term: Obj) -> str:
    values = " ".join(term.get("values") or ())
    return f"LabelSelectorRequirement{{Key:{term['key']},Operator:{term['operator']},Values:[{values}],}},"
