"""Carries a proven fix out on the live cluster: on the node, or where the pod comes from."""

from __future__ import annotations

from typing import Any

from clusterlab.hub import Resident
from clusterlab.labs import machines
from clusterlab.labs.models import Cluster
from clusterlab.scheduling.desk import view_now
from simcore.apimachinery.kinds import (
    DAEMON_SET,
    DEPLOYMENT,
    NODE,
    POD,
    REPLICA_SET,
    REPLICATION_CONTROLLER,
    STATEFUL_SET,
)
from simcore.apimachinery.meta import Key, Obj, controller_of, key_of
from simcore.kube_apiserver.local import LocalClient
from simcore.kube_scheduler.explanation.fixes import NEW_NODE, Change, fixes_of

TEMPLATED = {
    kind.kind: kind for kind in (REPLICA_SET, DEPLOYMENT, STATEFUL_SET, DAEMON_SET, REPLICATION_CONTROLLER)
}
FIELDS = ("nodeSelector", "affinity", "topologySpreadConstraints")
SERVER_SET = ("resourceVersion", "uid", "creationTimestamp", "generation", "managedFields")


class NoSuchFix(LookupError):
    """It is none, or no more: the cluster has changed."""


class CannotTake(ValueError):
    """The pod comes from something whose template cannot be changed."""


def take_fix(cluster: Cluster, resident: Resident, pod: Obj, name: str, actor: str) -> str:
    """What was changed. Raises: NoSuchFix, CannotTake, ApiError, BadSpec, StoreError."""
    found = next((fix for fix in fixes_of(view_now(resident), pod) if fix.change.name == name), None)
    if found is None:
        raise NoSuchFix(name)
    client, change = LocalClient(resident.server, actor), found.change
    if change.spec is not None:
        told = _change_origin(client, pod, change.spec)
    else:
        told = _change_node(cluster, resident, client, change, actor)
    resident.used(wrote=True)
    return told


def _change_node(
    cluster: Cluster, resident: Resident, client: LocalClient, change: Change, actor: str
) -> str:
    assert change.node is not None
    name = change.node["metadata"]["name"]
    if name == NEW_NODE:
        return f"Node {machines.add(cluster, resident, 1, actor)[0]}"
    client.update(NODE, change.node)
    return f"Node {name}"


def _change_origin(client: LocalClient, pod: Obj, spec: Obj) -> str:
    """The template that the pod was made from; a pod of nobody's is made anew."""
    owner = controller_of(pod)
    if owner is None:
        meta = {name: value for name, value in pod["metadata"].items() if name not in SERVER_SET}
        client.delete(POD, key_of(pod), uid=pod["metadata"]["uid"], grace_s=0)
        client.create(POD, {**pod, "metadata": meta, "spec": spec, "status": {}})
        return f"Pod {meta['name']}, made anew"
    kind, found = TEMPLATED.get(owner["kind"]), None
    while kind is not None and owner is not None:
        found = client.get(kind, Key(pod["metadata"]["namespace"], owner["name"]))
        owner = controller_of(found)
        kind = TEMPLATED.get(owner["kind"]) if owner else kind
    if kind is None or found is None:
        assert owner is not None
        raise CannotTake(f"The template of {owner['kind']} {owner['name']} cannot be changed.")
    template = found["spec"]["template"]
    changed = {**template, "spec": changed_template(template["spec"], pod["spec"], spec)}
    client.update(kind, {**found, "spec": {**found["spec"], "template": changed}})
    return f"{kind.kind} {found['metadata']['name']}"


def changed_template(template: Obj, old: Obj, new: Obj) -> Obj:
    """What differs between the pod's old spec and its new one, done to the spec that it was made from."""
    changed: dict[str, Any] = dict(template)
    more = [each for each in new.get("tolerations") or () if each not in (old.get("tolerations") or ())]
    if more:
        changed["tolerations"] = [*(template.get("tolerations") or ()), *more]
    for field in FIELDS:
        if new.get(field) != old.get(field):
            changed[field] = new.get(field)
    wanted = {container["name"]: container for container in new["containers"]}
    changed["containers"] = [_container(each, wanted[each["name"]]) for each in template["containers"]]
    return changed


def _container(template: Obj, wanted: Obj) -> Obj:
    taken: Obj = {field: wanted[field] for field in ("resources", "ports") if field in wanted}
    return {**template, **taken}
