"""What an object uses up of a ResourceQuota, and which quotas it concerns.

Models: kubernetes v1.36 pkg/quota/v1/evaluator/core (pods.go, services.go, persistent_volume_claims.go).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from simcore.apimachinery.kinds import PERSISTENT_VOLUME_CLAIM, POD, SERVICE, Kind
from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import Quantity, of, parse
from simcore.sim.timestamps import parse_time

Usage = dict[str, Quantity]
"""Amounts by the names that `spec.hard` has for them."""

ZERO = of(0)
_COMPUTE = ("cpu", "memory", "ephemeral-storage")
_MUST_BE_GIVEN = tuple(
    f"{prefix}{name}" for prefix in ("", "requests.", "limits.") for name in ("cpu", "memory")
)
_BY_BARE_NAME = (
    "configmaps",
    "persistentvolumeclaims",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
)
_STORAGE_CLASS = ".storageclass.storage.k8s.io/"


def usage_of(kind: Kind, obj: Obj, now_ms: int) -> Usage:
    """Everything of an object that a quota may limit; a pod that has ended counts as an object only."""
    used = {f"count/{kind.resource}": of(1)}
    if not kind.group and kind.plural in _BY_BARE_NAME:
        used[kind.plural] = of(1)
    if kind == POD and not _has_ended(obj, now_ms):
        used |= {"pods": of(1)} | compute_of(
            pod_amounts(obj["spec"], "requests"), pod_amounts(obj["spec"], "limits")
        )
    elif kind == SERVICE:
        used |= _service(obj["spec"])
    elif kind == PERSISTENT_VOLUME_CLAIM:
        used |= _claim(obj)
    return used


def is_limited(kind: Kind, name: str) -> bool:
    """Whether objects of the kind may use up what `spec.hard` calls `name`."""
    if name == f"count/{kind.resource}" or (not kind.group and name in (kind.plural, f"count/{kind.plural}")):
        return True
    if kind == POD:
        return name == "pods" or (
            _is_compute(name) and _STORAGE_CLASS not in name and name != "requests.storage"
        )
    if kind == SERVICE:
        return name in ("services.nodeports", "services.loadbalancers")
    return kind == PERSISTENT_VOLUME_CLAIM and (name == "requests.storage" or _STORAGE_CLASS in name)


def is_in_scope(quota: Obj, kind: Kind, obj: Obj) -> bool:
    """Whether the quota's scopes, all of them, take the object in."""
    spec = quota["spec"]
    terms = [{"scopeName": scope, "operator": "Exists"} for scope in spec.get("scopes") or ()]
    terms += (spec.get("scopeSelector") or {}).get("matchExpressions") or ()
    return not terms or all(_fits(term, kind, obj) for term in terms)


def missing_amounts(pod: Obj, hard: Iterable[str]) -> dict[str, list[str]]:
    """By limited resource, the containers that don't say how much of it they want."""
    wanted = sorted(name for name in hard if name in _MUST_BE_GIVEN)
    found: dict[str, list[str]] = {}
    spec = pod["spec"]
    for container in (*spec["containers"], *(spec.get("initContainers") or ())):
        resources = container.get("resources") or {}
        given = compute_of(
            *({n: parse(q) for n, q in (resources.get(f) or {}).items()} for f in ("requests", "limits"))
        )
        for name in wanted:
            if name not in given:
                found.setdefault(name, []).append(container["name"])
    return {name: sorted(found[name]) for name in sorted(found)}


def added(some: Mapping[str, Quantity], others: Mapping[str, Quantity]) -> Usage:
    return {**some, **{name: some.get(name, ZERO).plus(amount) for name, amount in others.items()}}


def compute_of(requests: Mapping[str, Quantity], limits: Mapping[str, Quantity]) -> Usage:
    used: Usage = {}
    for name, amount in requests.items():
        if name in _COMPUTE or name.startswith("hugepages-"):
            used[name] = amount
        used[f"requests.{name}"] = amount
    return used | {f"limits.{name}": amount for name, amount in limits.items() if name in _COMPUTE}


def pod_amounts(spec: Obj, field: str) -> Usage:
    """`requests` or `limits` of a whole pod: its containers', or more if an init container wants more, and overhead."""
    running: Usage = {}
    most: Usage = {}
    for container in spec.get("initContainers") or ():
        own = _amounts(container, field)
        if container.get("restartPolicy") == "Always":
            running = added(running, own)
            own = running
        else:
            own = added(running, own)
        most = _larger(most, own)
    for container in spec["containers"]:
        running = added(running, _amounts(container, field))
    total = _larger(running, most) | _amounts(spec, field)
    overhead = {name: parse(amount) for name, amount in (spec.get("overhead") or {}).items()}
    counted = overhead if field == "requests" else {n: amount for n, amount in overhead.items() if n in total}
    return added(total, counted)


def _amounts(holder: Obj, field: str) -> Usage:
    amounts = (holder.get("resources") or {}).get(field) or {}
    return {name: parse(amount) for name, amount in amounts.items()}


def _larger(some: Usage, others: Usage) -> Usage:
    return {
        name: max(some.get(name, ZERO), others.get(name, ZERO), key=_nanos) for name in {**some, **others}
    }


def _nanos(amount: Quantity) -> int:
    return amount.nanos


def _is_compute(name: str) -> bool:
    bare = name.removeprefix("requests.").removeprefix("limits.")
    return bare in _COMPUTE or bare.startswith("hugepages-") or name.startswith("requests.")


def _has_ended(pod: Obj, now_ms: int) -> bool:
    if (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
        return True
    meta = pod["metadata"]
    told, grace_s = meta.get("deletionTimestamp"), meta.get("deletionGracePeriodSeconds")
    return told is not None and grace_s is not None and now_ms > parse_time(told) + grace_s * 1000


def _service(spec: Obj) -> Usage:
    used, ports = (
        {"services": of(1), "services.nodeports": ZERO, "services.loadbalancers": ZERO},
        spec.get("ports") or [],
    )
    if spec.get("type") == "NodePort":
        used["services.nodeports"] = of(len(ports))
    elif spec.get("type") == "LoadBalancer":
        used["services.loadbalancers"] = of(1)
        has_all = spec.get("allocateLoadBalancerNodePorts") is not False
        used["services.nodeports"] = of(sum(has_all or bool(port.get("nodePort")) for port in ports))
    return used


def _claim(claim: Obj) -> Usage:
    spec = claim["spec"]
    storage = parse(((spec.get("resources") or {}).get("requests") or {}).get("storage", "0"))
    held = ((claim.get("status") or {}).get("allocatedResources") or {}).get("storage")
    storage = max(storage, parse(held), key=_nanos) if held else storage
    used = {"requests.storage": storage}
    if name := spec.get("storageClassName"):
        used[f"{name}{_STORAGE_CLASS}requests.storage"] = storage
        used[f"{name}{_STORAGE_CLASS}persistentvolumeclaims"] = of(1)
    return used


def _fits(term: Obj, kind: Kind, obj: Obj) -> bool:
    scope = term["scopeName"]
    if scope == "VolumeAttributesClass" and kind == PERSISTENT_VOLUME_CLAIM:
        return _selects(term, obj["spec"].get("volumeAttributesClassName"))
    if kind != POD:
        return False
    if scope == "PriorityClass":
        return _selects(term, obj["spec"].get("priorityClassName"))
    return scope in _POD_SCOPES and _POD_SCOPES[scope](obj)


def _selects(term: Obj, name: str | None) -> bool:
    operator, values = term["operator"], term.get("values") or ()
    if operator == "Exists":
        return bool(name)
    if operator == "DoesNotExist":
        return not name
    return (name in values) if operator == "In" else (name not in values)


def _is_terminating(pod: Obj) -> bool:
    return (pod["spec"].get("activeDeadlineSeconds") or -1) >= 0


def _is_best_effort(pod: Obj) -> bool:
    qos = (pod.get("status") or {}).get("qosClass")
    if qos:
        return bool(qos == "BestEffort")
    return not pod_amounts(pod["spec"], "requests") and not pod_amounts(pod["spec"], "limits")


def _crosses_namespaces(pod: Obj) -> bool:
    affinity = pod["spec"].get("affinity") or {}
    for side in ("podAffinity", "podAntiAffinity"):
        rules = affinity.get(side) or {}
        terms = [*(rules.get("requiredDuringSchedulingIgnoredDuringExecution") or ())]
        preferred = rules.get("preferredDuringSchedulingIgnoredDuringExecution") or ()
        terms += [weighted["podAffinityTerm"] for weighted in preferred]
        if any(term.get("namespaces") or "namespaceSelector" in term for term in terms):
            return True
    return False


_POD_SCOPES: Mapping[str, Callable[[Obj], bool]] = {
    "Terminating": _is_terminating,
    "NotTerminating": lambda pod: not _is_terminating(pod),
    "BestEffort": _is_best_effort,
    "NotBestEffort": lambda pod: not _is_best_effort(pod),
    "CrossNamespacePodAffinity": _crosses_namespaces,
}
