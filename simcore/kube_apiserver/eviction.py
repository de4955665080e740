"""Evicting a pod: a deletion that asks its PodDisruptionBudget first.

Models: kubernetes v1.36 pkg/registry/core/pod/storage/eviction.go.
"""

from __future__ import annotations

from simcore.apimachinery.errors import ApiError, Forbidden, TooManyRequests
from simcore.apimachinery.kinds import POD, POD_DISRUPTION_BUDGET
from simcore.apimachinery.meta import Key, Obj, is_terminating, key_of, labels_of
from simcore.apimachinery.selectors import matches
from simcore.kube_apiserver.request import Request
from simcore.kube_apiserver.server import ApiServer, Deleted
from simcore.kube_apiserver.strategy import DeleteOptions, RequestContext
from simcore.kube_apiserver.users import component

MOST_DISRUPTED = 2000
UNGUARDED_PHASES = ("Pending", "Succeeded", "Failed")
VIOLATES = "Cannot evict pod as it would violate the pod's disruption budget."


class ManyBudgets(ApiError):
    """Upstream calls it an error of the server, without a reason."""

    code, reason = 400, ""


def evict(server: ApiServer, key: Key, request: Request, options: DeleteOptions) -> Deleted:
    """Raises: NotFound, Conflict (preconditions), TooManyRequests when the budget has nothing left."""
    pod = server.get(POD, key, request)
    budget = None if _is_unguarded(pod) else _budget_of(server, pod)
    if budget is not None and not _is_free(pod, budget):
        _charge(server, key_of(budget), pod, request)
    return server.delete(POD, key, request, options)


def _is_unguarded(pod: Obj) -> bool:
    return is_terminating(pod) or (pod.get("status") or {}).get("phase") in UNGUARDED_PHASES


def _budget_of(server: ApiServer, pod: Obj) -> Obj | None:
    """Raises: ManyBudgets."""
    labels = labels_of(pod)
    budgets = [
        budget
        for budget in server.storage.all(POD_DISRUPTION_BUDGET, pod["metadata"]["namespace"])
        if (selector := budget["spec"].get("selector")) is not None and matches(selector, labels)
    ]
    if len(budgets) > 1:
        raise ManyBudgets(
            "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
        )
    return budgets[0] if budgets else None


def _is_free(pod: Obj, budget: Obj) -> bool:
    """Whether the eviction of a pod that isn't ready costs nothing."""
    conditions = (pod.get("status") or {}).get("conditions") or ()
    if any(c["type"] == "Ready" and c["status"] == "True" for c in conditions):
        return False
    if budget["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow":
        return True
    status = budget.get("status") or {}
    desired = status.get("desiredHealthy", 0)
    return bool(0 < desired <= status.get("currentHealthy", 0))


def _charge(server: ApiServer, key: Key, pod: Obj, request: Request) -> None:
    """Takes one disruption off the budget. Raises: TooManyRequests, Forbidden."""

    def charged(budget: Obj, ctx: RequestContext) -> Obj:
        status = budget.get("status") or {}
        _check(budget, status)
        disrupted = {**(status.get("disruptedPods") or {}), pod["metadata"]["name"]: ctx.clock.timestamp()}
        left = status["disruptionsAllowed"] - 1
        return {**budget, "status": {**status, "disruptionsAllowed": left, "disruptedPods": disrupted}}

    own = Request(component("kube-apiserver"), request.actor, request.cause, request.dry_run)
    server.change(POD_DISRUPTION_BUDGET, key, charged, own, subresource="status")


def _check(budget: Obj, status: Obj) -> None:
    meta = budget["metadata"]
    named = f'poddisruptionbudgets.policy "{meta["name"]}" is forbidden'
    if status.get("observedGeneration", 0) < meta.get("generation", 0):
        why = f"The disruption budget {meta['name']} is still being processed by the server."
        raise _too_many(why, retry_after_s=10)
    if status.get("disruptionsAllowed", 0) < 0:
        raise Forbidden(f"{named}: pdb disruptions allowed is negative")
    if len(status.get("disruptedPods") or ()) > MOST_DISRUPTED:
        raise Forbidden(
            f"{named}: DisruptedPods map too big - too many evictions not confirmed by PDB controller"
        )
    if not status.get("disruptionsAllowed"):
        raise _too_many(
            f"The disruption budget {meta['name']} needs {status.get('desiredHealthy', 0)} healthy pods and has "
            f"{status.get('currentHealthy', 0)} currently"
        )


def _too_many(why: str, *, retry_after_s: int = 0) -> TooManyRequests:
    details: Obj = {"causes": [{"reason": "DisruptionBudget", "message": why}]}
    return TooManyRequests(
        VIOLATES, details=details | ({"retryAfterSeconds": retry_after_s} if retry_after_s else {})
    )
