"""Writes the default roles, bindings, flow schemas and priority levels into a new cluster's store, all at once.

Models: kubernetes v1.36 pkg/registry/rbac/rest/storage_rbac.go (PolicyData).
"""

from __future__ import annotations

from collections.abc import Iterable

from simcore.apimachinery.encoding import encode
from simcore.apimachinery.kinds import CLUSTER_ROLE, CLUSTER_ROLE_BINDING, ROLE, ROLE_BINDING, Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.etcd.interface import Put
from simcore.kube_apiserver.authorization.controller_roles import CONTROLLER_ROLES
from simcore.kube_apiserver.authorization.default_roles import (
    AGGREGATED,
    BINDINGS,
    CLUSTER_ROLES,
    ROLE_BINDINGS,
    ROLES,
)
from simcore.kube_apiserver.authorization.role_notation import parsed
from simcore.kube_apiserver.flowcontrol import defaults as flowcontrol
from simcore.kube_apiserver.server import ApiServer
from simcore.sim.trace import Origin

RBAC = "rbac.authorization.k8s.io"
LABELS = {"kubernetes.io/bootstrapping": "rbac-defaults"}
ANNOTATIONS = {"rbac.authorization.kubernetes.io/autoupdate": "true"}


def write_default_policy(server: ApiServer) -> None:
    """Nothing is checked or admitted: these objects are the server's own."""
    store, now = server.storage.store, server.clock.timestamp()
    ops = []
    for kind, obj in (*default_objects(), *flowcontrol.default_objects(now)):
        key = Key(obj["metadata"].get("namespace", ""), obj["metadata"]["name"])
        path = kind.path(key)
        own = {"uid": server.rng.uid(path, store.revision + 1), "creationTimestamp": now}
        stored = {"apiVersion": kind.api_version, "kind": kind.kind, **obj, "metadata": obj["metadata"] | own}
        ops.append(Put(path, encode(stored)))
    store.txn((), ops, origin=Origin("kube-apiserver", 0, server.clock.now()))
    for op in ops:
        server.storage.wake(op.key)


def default_objects() -> Iterable[tuple[Kind, Obj]]:
    roles = {name: parsed(text) for name, text in CLUSTER_ROLES.items()}
    roles |= {f"system:controller:{name}": parsed(text) for name, text in CONTROLLER_ROLES.items()}
    for name, rules in roles.items():
        part_of = name.removeprefix("system:aggregate-to-") if name.startswith("system:aggregate-to-") else ""
        yield CLUSTER_ROLE, {"metadata": _meta(name, part_of=part_of), "rules": rules}
    yield from _aggregated(roles)
    subjects = BINDINGS | {
        f"system:controller:{name}": (f"ServiceAccount:{name}",) for name in CONTROLLER_ROLES
    }
    for name, bound in subjects.items():
        yield CLUSTER_ROLE_BINDING, _binding(_meta(name), "ClusterRole", name, bound)
    for (namespace, name), text in ROLES.items():
        yield ROLE, {"metadata": _meta(name, namespace), "rules": parsed(text)}
    for (namespace, name), (role, bound) in ROLE_BINDINGS.items():
        yield ROLE_BINDING, _binding(_meta(name, namespace), "Role", role, bound)


def _aggregated(roles: dict[str, list[Obj]]) -> Iterable[tuple[Kind, Obj]]:
    """With the rules that the controller would put together, in its order."""
    own = {name: roles[f"system:aggregate-to-{name}"] for name in AGGREGATED}
    view, edit = own["view"], own["edit"] + own["view"]
    rules = {"view": view, "edit": edit, "admin": edit + own["admin"]}
    for name, part_of in AGGREGATED.items():
        selector = {"matchLabels": {f"{RBAC}/aggregate-to-{name}": "true"}}
        aggregation = {"clusterRoleSelectors": [selector]}
        meta = _meta(name, part_of=part_of)
        yield CLUSTER_ROLE, {"metadata": meta, "aggregationRule": aggregation, "rules": rules[name]}


def _meta(name: str, namespace: str = "", *, part_of: str = "") -> Obj:
    labels = LABELS | ({f"{RBAC}/aggregate-to-{part_of}": "true"} if part_of else {})
    meta: Obj = {"name": name} | ({"namespace": namespace} if namespace else {})
    return meta | {"labels": labels, "annotations": ANNOTATIONS}


def _binding(meta: Obj, kind: str, role: str, bound: Iterable[str]) -> Obj:
    made: Obj = {"metadata": meta, "roleRef": {"apiGroup": RBAC, "kind": kind, "name": role}}
    subjects = [_subject(*subject.split(":", 1)) for subject in bound]
    return made | ({"subjects": subjects} if subjects else {})


def _subject(kind: str, name: str) -> Obj:
    if kind == "ServiceAccount":
        return {"kind": kind, "name": name, "namespace": "kube-system"}
    return {"kind": kind, "apiGroup": RBAC, "name": name}
