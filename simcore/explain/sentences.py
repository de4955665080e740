"""One write in a short sentence: what changed, as somebody who watches would say it."""

from __future__ import annotations

from collections.abc import Iterator

from simcore.apimachinery.meta import Obj
from simcore.cluster.difference import FieldChange, field_changes
from simcore.cluster.faults import told_begin, told_end
from simcore.kube_apiserver.tables.pod import summary as pod_summary

UNTOLD = ("metadata.managedFields", "metadata.generation", "metadata.resourceVersion")
"""Fields that change with others and say nothing by themselves."""
MOST_NAMED = 2
"""Fields that a sentence names."""


def told_changes(old: Obj | None, new: Obj | None) -> Iterator[FieldChange]:
    """Field by field, without what nobody asked for."""
    for change in field_changes(old or {}, new or {}):
        if not change.path.startswith(UNTOLD):
            yield change


def sentence(kind: str, old: Obj | None, new: Obj | None) -> str:
    """`old` None: created; `new` None: deleted. Without the object's name, so that repeats can be folded."""
    if new is None:
        return f"{kind} deleted" if kind else "deleted"
    if old is None:
        return _created(kind, new)
    if "deletionTimestamp" in new["metadata"] and "deletionTimestamp" not in old["metadata"]:
        return f"{kind} told to stop" if kind == "Pod" else f"{kind} marked for deletion"
    if new.get("spec") == old.get("spec") and new.get("status") != old.get("status"):
        told = _STATUS.get(kind, _scaled_status)(old, new)
        if told:
            return told
    told = _SPEC.get(kind, _replicas)(old, new)
    return told or _fields(old, new)


_CUT = {
    "kubelet": "its kubelet stopped",
    "network": "cut off from the network",
    "": "its kubelet is heard again",
}


def of_record(path: str, old: Obj | None, new: Obj | None) -> str:
    """A record of the simulated world."""
    if path == "/sim/clock" and new is not None:
        return "paused" if new.get("paused") else f"speed {float(new.get('speed', 1.0)):g}x"
    if path.startswith("/sim/nodes/"):
        if new is None:
            return "machine removed"
        if old is None:
            return "machine added"
        if old.get("power") != new.get("power"):
            return "switched off" if new.get("power") == "off" else "switched on"
        if old.get("cut") != new.get("cut"):
            return _CUT[new.get("cut", "")]
    if path.startswith("/sim/faults/"):
        return told_begin(new) if new is not None else told_end(old or {})
    if path.startswith("/sim/runtime/"):
        return "containers gone" if new is None else "containers changed"
    return "record removed" if new is None else "record written"


def _created(kind: str, new: Obj) -> str:
    replicas = (new.get("spec") or {}).get("replicas")
    if kind == "Event":
        return f"{new.get('reason', '')}: {new.get('message') or new.get('note', '')}"
    if kind == "EndpointSlice":
        return f"EndpointSlice created with {_endpoints(new)}"
    return f"{kind} created" + (f", {replicas} wanted" if isinstance(replicas, int) else "")


def _pod_spec(old: Obj, new: Obj) -> str:
    node = new["spec"].get("nodeName")
    if node and not old["spec"].get("nodeName"):
        return f"placed on {node}"
    return ""


def _pod_status(old: Obj, new: Obj) -> str:
    if not _is(old, "Ready") and _is(new, "Ready"):
        return "is ready"
    before, now = pod_summary(old), pod_summary(new)
    had = failing_containers(old)
    for name, state in failing_containers(new).items():
        if state != had.get(name):
            return f"container {name}: {state}"
    if before.reason != now.reason:
        return now.reason if "deletionTimestamp" not in new["metadata"] else "is stopping"
    if now.ready > before.ready:
        return "a container is ready"
    if _is(old, "Ready") and not _is(new, "Ready"):
        return "is no longer ready"
    scheduled = _condition(new, "PodScheduled")
    if scheduled.get("reason") == "Unschedulable" and scheduled != _condition(old, "PodScheduled"):
        return "no node fits"
    if new["status"].get("podIP") and not (old.get("status") or {}).get("podIP"):
        return "has an address"
    if len(_images(new)) > len(_images(old)):
        return "image is there"
    return ""


def _images(pod: Obj) -> list[str]:
    """Of containers whose image the node has."""
    statuses = (pod.get("status") or {}).get("containerStatuses") or ()
    return [container["imageID"] for container in statuses if container.get("imageID")]


def failing_containers(pod: Obj) -> dict[str, str]:
    """Why they wait or how they ended, by name; those that run, are being started or ended well are not in it."""
    fine = ("running", "Completed", "ContainerCreating", "PodInitializing", "waiting")
    return {name: state for name, state in _states(pod) if state not in fine}


def _states(pod: Obj) -> Iterator[tuple[str, str]]:
    """(container, `running` or why it waits or has ended)."""
    status = pod.get("status") or {}
    for container in (*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())):
        state = container.get("state") or {}
        ended, waiting = state.get("terminated"), state.get("waiting")
        if ended is not None:
            code = ended.get("exitCode", 0)
            yield container["name"], f"exit code {code}" if code else ended.get("reason", "Completed")
        elif waiting is not None:
            yield container["name"], waiting.get("reason", "waiting")
        else:
            yield container["name"], "running"


def _replicas(old: Obj, new: Obj) -> str:
    before, now = (old.get("spec") or {}).get("replicas"), (new.get("spec") or {}).get("replicas")
    if isinstance(now, int) and before != now:
        return f"scaled from {before or 0} to {now}"
    return ""


def _scaled_status(old: Obj, new: Obj) -> str:
    before, now = old.get("status") or {}, new["status"]
    wanted = (new.get("spec") or {}).get("replicas", now.get("replicas", 0))
    for field, word in (("availableReplicas", "available"), ("readyReplicas", "ready")):
        if before.get(field, 0) != now.get(field, 0):
            return f"{now.get(field, 0)} of {wanted} {word}"
    if before.get("replicas", 0) != now.get("replicas", 0):
        return f"{now.get('replicas', 0)} of {wanted} made"
    for condition in now.get("conditions") or ():
        if condition["status"] != _condition(old, condition["type"]).get("status"):
            return f"{condition['type']}: {condition.get('reason') or condition['status']}"
    if before.get("observedGeneration") != now.get("observedGeneration"):
        return "newest spec seen"
    return "status counted again"


def _job_status(old: Obj, new: Obj) -> str:
    before, now = old.get("status") or {}, new["status"]
    for condition in now.get("conditions") or ():
        if condition["status"] == "True" and not _is(old, condition["type"]):
            return f"Job {condition['type'].lower()}"
    for field in ("failed", "succeeded", "active"):
        if before.get(field, 0) != now.get(field, 0):
            return f"{now.get(field, 0)} {field}"
    return ""


def _node_spec(old: Obj, new: Obj) -> str:
    before, now = old.get("spec") or {}, new.get("spec") or {}
    if bool(before.get("unschedulable")) != bool(now.get("unschedulable")):
        return "cordoned" if now.get("unschedulable") else "uncordoned"
    taints = {f"{t['key']}:{t['effect']}" for t in now.get("taints") or ()}
    had = {f"{t['key']}:{t['effect']}" for t in before.get("taints") or ()}
    if taints - had:
        return f"tainted {sorted(taints - had)[0]}"
    return f"no longer tainted {sorted(had - taints)[0]}" if had - taints else ""


def _node_status(old: Obj, new: Obj) -> str:
    before, now = _condition(old, "Ready").get("status"), _condition(new, "Ready").get("status")
    if before != now:
        return {"True": "is ready", "False": "is not ready"}.get(now or "", "stopped answering")
    return ""


def _endpoint_slice(old: Obj, new: Obj) -> str:
    return f"{_endpoints(new)}" if old.get("endpoints") != new.get("endpoints") else ""


def _endpoints(obj: Obj) -> str:
    found = obj.get("endpoints") or ()
    ready = sum((e.get("conditions") or {}).get("ready") is not False for e in found)
    return f"{ready} of {len(found)} endpoints ready"


def _subsets(old: Obj, new: Obj) -> str:
    subsets = new.get("subsets") or ()
    ready = sum(len(subset.get("addresses") or ()) for subset in subsets)
    total = ready + sum(len(subset.get("notReadyAddresses") or ()) for subset in subsets)
    return f"{ready} of {total} endpoints ready" if old.get("subsets") != new.get("subsets") else ""


def _event(old: Obj, new: Obj) -> str:
    return f"{new.get('reason', '')} again ({new.get('count', 1)}x)"


_STATUS = {"Pod": _pod_status, "Node": _node_status, "Job": _job_status}
_SPEC = {
    "Pod": _pod_spec, "Node": _node_spec, "EndpointSlice": _endpoint_slice, "Endpoints": _subsets, "Event": _event,
}  # fmt: skip


def _fields(old: Obj, new: Obj) -> str:
    paths = list(dict.fromkeys(change.path for change in told_changes(old, new)))
    named = ", ".join(paths[:MOST_NAMED])
    more = f" and {len(paths) - MOST_NAMED} more" if len(paths) > MOST_NAMED else ""
    return f"changed {named}{more}" if paths else "written again"


def _condition(obj: Obj, kind: str) -> Obj:
    conditions = (obj.get("status") or {}).get("conditions") or ()
    found: Obj = next((c for c in conditions if c["type"] == kind), {})
    return found


def _is(obj: Obj, kind: str) -> bool:
    return _condition(obj, kind).get("status") == "True"
