"""Empties terminating namespaces and lets them go.

Models: kubernetes v1.36 pkg/controller/namespace (deletion/namespaced_resources_deleter.go).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from simcore.apimachinery.errors import ApiError, NotFound
from simcore.apimachinery.kinds import NAMESPACE, POD, Kind
from simcore.apimachinery.meta import Key, Obj, is_terminating, key_of, uid_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, own_key
from simcore.kube_controller_manager.namespace import conditions
from simcore.sim.timestamps import parse_time

GRACE_MS = 5_000
"""Between the deletion and the first look, so that other API servers see it too; and between two looks."""
BURST = 500
"""How many objects one reconcile deletes at most."""
FINALIZER = "kubernetes"


class NamespaceController:
    name = "namespace-controller"

    def __init__(self, ctx: ComponentContext, kinds: Iterable[Kind]) -> None:
        """`kinds` are asked anew for each namespace, so that later definitions count."""
        self._client, self._clock, self._kinds = ctx.client, ctx.clock, kinds
        self._namespaces = ctx.informers.informer(NAMESPACE)
        self.watches: Sequence[Watch] = (Watch(NAMESPACE, own_key),)

    def reconcile(self, key: Key) -> Result:
        namespace = self._namespaces.get(key)
        if namespace is None or not is_terminating(namespace):
            return DONE
        if FINALIZER not in (namespace["spec"].get("finalizers") or ()):
            return DONE
        due_ms = parse_time(namespace["metadata"]["deletionTimestamp"]) + GRACE_MS
        if due_ms > self._clock.unix_ms():
            return Result(due_ms - self._clock.unix_ms())
        failures: list[str] = []
        left = self._emptied(key.name, failures)
        if len(left) > BURST and not failures:
            return Result(1)
        namespace = self._report(namespace, left, failures)
        if left:
            return Result(GRACE_MS)
        kept = [f for f in namespace["spec"]["finalizers"] if f != FINALIZER]
        self._client.patch(NAMESPACE, key, {"spec": {"finalizers": kept or None}}, subresource="finalize")
        return DONE

    def _emptied(self, namespace: str, failures: list[str]) -> list[tuple[Kind, Obj]]:
        """Deletes the contents, pods before all else; returns what is still there."""
        pods = self._delete_all(POD, namespace, failures)
        if pods:
            return pods
        left: list[tuple[Kind, Obj]] = []
        for kind in self._kinds:
            if kind.namespaced and kind is not POD and "delete" in kind.verbs:
                left += self._delete_all(kind, namespace, failures)
        return left

    def _delete_all(self, kind: Kind, namespace: str, failures: list[str]) -> list[tuple[Kind, Obj]]:
        present = self._client.list(kind, namespace)
        waiting = [obj for obj in present if not is_terminating(obj)]
        for obj in waiting[:BURST]:
            try:
                self._client.delete(kind, key_of(obj), uid=uid_of(obj), propagation="Background")
            except NotFound:
                continue
            except ApiError as error:
                failures.append(error.message)
        if len(waiting) <= BURST:
            present = self._client.list(kind, namespace)
        return [(kind, obj) for obj in present]

    def _report(self, namespace: Obj, left: list[tuple[Kind, Obj]], failures: list[str]) -> Obj:
        remaining = Counter(f"{kind.plural}.{kind.group}" for kind, _ in left)
        finalizers = Counter(f for _, obj in left for f in obj["metadata"].get("finalizers") or ())
        status = namespace.get("status") or {}
        present = status.get("conditions") or []
        news = conditions.updated(present, remaining, finalizers, failures, self._clock.timestamp())
        if news == present:
            return namespace
        return self._client.update_status(NAMESPACE, {**namespace, "status": {**status, "conditions": news}})
