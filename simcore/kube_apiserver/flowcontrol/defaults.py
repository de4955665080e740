"""The flow schemas and priority levels that every API server writes when it starts.

Models: kubernetes v1.36 apiserver/pkg/apis/flowcontrol/bootstrap/default.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simcore.apimachinery.kinds import FLOW_SCHEMA, PRIORITY_LEVEL_CONFIGURATION, Kind
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.flowcontrol.dangling import dangling
from simcore.kube_apiserver.users import AUTHENTICATED, MASTERS, SERVICE_ACCOUNTS, UNAUTHENTICATED

_ANNOTATIONS = {"apf.kubernetes.io/autoupdate-spec": "true"}
_LEVELS: dict[str, tuple[int, int, tuple[int, int, int] | None]] = {
    "catch-all": (5, 0, None),
    "global-default": (20, 50, (128, 6, 50)),
    "leader-election": (10, 0, (16, 4, 50)),
    "node-high": (40, 25, (64, 6, 50)),
    "system": (30, 33, (64, 6, 50)),
    "workload-high": (40, 50, (128, 6, 50)),
    "workload-low": (100, 90, (128, 6, 50)),
}
"""Shares, what of them may be lent in percent, and (queues, hand size, longest queue) or None: refuse at once."""
_EVERYBODY = (UNAUTHENTICATED, AUTHENTICATED)
_MANAGER, _SCHEDULER, _NODES = "system:kube-controller-manager", "system:kube-scheduler", "system:nodes"
_ON_LEASES = ("get", "create", "update")


def default_objects(now: str) -> Iterator[tuple[Kind, Obj]]:
    """Levels before the schemas that name them; `now` is for the conditions."""
    yield PRIORITY_LEVEL_CONFIGURATION, _level("exempt", {"type": "Exempt", "exempt": _EXEMPT})
    for name, (shares, lendable, queues) in _LEVELS.items():
        limited = {
            "nominalConcurrencyShares": shares,
            "limitResponse": _response(queues),
            "lendablePercent": lendable,
        }
        yield PRIORITY_LEVEL_CONFIGURATION, _level(name, {"type": "Limited", "limited": limited})
    for name, level, precedence, flows, rule in _schemas():
        yield FLOW_SCHEMA, _schema(name, level, precedence, flows, rule, now)


_EXEMPT = {"nominalConcurrencyShares": 0, "lendablePercent": 0}


def _schemas() -> Iterator[tuple[str, str, int, str, Obj]]:
    """(name, level, precedence, what tells flows apart, rule)."""
    accounts = _account("*")
    endpoint_writers = (
        _user(_MANAGER),
        _account("endpoint-controller"),
        _account("endpointslicemirroring-controller"),
    )
    health = {"verbs": ["get"], "nonResourceURLs": ["/healthz", "/readyz", "/livez"]}
    yield "exempt", "exempt", 1, "", _everything(_group(MASTERS))
    yield "probes", "exempt", 2, "", {"subjects": [*map(_group, _EVERYBODY)], "nonResourceRules": [health]}
    leaders = (_user(_MANAGER), _user(_SCHEDULER), accounts)
    yield "system-leader-election", "leader-election", 100, "ByUser", _only(leaders, _leases(_ON_LEASES))
    of_endpoints = _resources(_ON_LEASES, "", ["endpoints"])
    yield "endpoint-controller", "workload-high", 150, "ByUser", _only(endpoint_writers, of_endpoints)
    yield (
        "workload-leader-election",
        "leader-election",
        200,
        "ByUser",
        _only((accounts,), _leases(_ON_LEASES)),
    )
    heartbeats = (_resources(["*"], "", ["nodes", "nodes/status"], cluster=True), _leases(["*"]))
    yield "system-node-high", "node-high", 400, "ByUser", _only((_group(_NODES),), *heartbeats)
    yield "system-nodes", "system", 500, "ByUser", _everything(_group(_NODES))
    yield "kube-controller-manager", "workload-high", 800, "ByNamespace", _everything(_user(_MANAGER))
    yield "kube-scheduler", "workload-high", 800, "ByNamespace", _everything(_user(_SCHEDULER))
    yield "kube-system-service-accounts", "workload-high", 900, "ByNamespace", _everything(accounts)
    yield "service-accounts", "workload-low", 9000, "ByUser", _everything(_group(SERVICE_ACCOUNTS))
    yield "global-default", "global-default", 9900, "ByUser", _everything(*map(_group, _EVERYBODY))
    yield "catch-all", "catch-all", 10000, "ByUser", _everything(*map(_group, _EVERYBODY))


def _level(name: str, spec: Obj) -> Obj:
    return {"metadata": _meta(name), "spec": spec, "status": {}}


def _schema(name: str, level: str, precedence: int, flows: str, rule: Obj, now: str) -> Obj:
    spec: Obj = {"priorityLevelConfiguration": {"name": level}, "matchingPrecedence": precedence}
    if flows:
        spec["distinguisherMethod"] = {"type": flows}
    condition = dangling(level, now, exists=True)
    return {"metadata": _meta(name), "spec": {**spec, "rules": [rule]}, "status": {"conditions": [condition]}}


def _meta(name: str) -> Obj:
    return {"name": name, "generation": 1, "annotations": _ANNOTATIONS}


def _response(queues: tuple[int, int, int] | None) -> Obj:
    if queues is None:
        return {"type": "Reject"}
    names = ("queues", "handSize", "queueLengthLimit")
    return {"type": "Queue", "queuing": dict(zip(names, queues, strict=True))}


def _everything(*subjects: Obj) -> Obj:
    anything = _resources(["*"], "*", ["*"], cluster=True)
    return {**_only(subjects, anything), "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}]}


def _only(subjects: Sequence[Obj], *rules: Obj) -> Obj:
    return {"subjects": list(subjects), "resourceRules": list(rules)}


def _leases(verbs: Sequence[str]) -> Obj:
    return _resources(verbs, "coordination.k8s.io", ["leases"])


def _resources(verbs: Sequence[str], group: str, resources: Sequence[str], *, cluster: bool = False) -> Obj:
    rule: Obj = {"verbs": list(verbs), "apiGroups": [group], "resources": list(resources)}
    return {**rule, **({"clusterScope": True} if cluster else {}), "namespaces": ["*"]}


def _group(name: str) -> Obj:
    return {"kind": "Group", "group": {"name": name}}


def _user(name: str) -> Obj:
    return {"kind": "User", "user": {"name": name}}


def _account(name: str) -> Obj:
    return {"kind": "ServiceAccount", "serviceAccount": {"namespace": "kube-system", "name": name}}
