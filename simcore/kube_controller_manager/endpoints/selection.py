"""Which pods stand behind a Service, and on which ports.

Models: kubernetes v1.36 pkg/controller/endpointslice, staging/src/k8s.io/endpointslice/utils.go.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from simcore.apimachinery.kinds import POD, SERVICE
from simcore.apimachinery.meta import Key, Obj, is_terminating, key_of, labels_of
from simcore.apimachinery.selectors import matches_all
from simcore.client.context import ComponentContext
from simcore.kube_controller_manager.pods import is_finished, is_ready


class Port(NamedTuple):
    """A port of an endpoint."""

    name: str
    port: int
    protocol: str
    app_protocol: str = ""


class Selection:
    """Pods by Service and Services by pod."""

    def __init__(self, ctx: ComponentContext) -> None:
        self._services, self._pods = ctx.informers.informer(SERVICE), ctx.informers.informer(POD)
        self._pods.add_index("label", _label_pairs)
        self._services.add_index("selecting", _where_it_selects)

    def pods_of(self, service: Obj) -> list[Obj]:
        """Those that have an address and have not ended, in the order of their names."""
        selector, namespace = service["spec"]["selector"], service["metadata"]["namespace"]
        name, value = min(selector.items())
        found = self._pods.by_index("label", (namespace, name, value))
        return sorted((p for p in found if _counts(p) and matches_all(selector, labels_of(p))), key=key_of)

    def services_of(self, old: Obj | None, new: Obj | None) -> list[Key]:
        """Those whose endpoints a pod's change may concern. Most changes of a pod concern none."""
        pod = new if new is not None else old
        assert pod is not None
        if not self._services.count("selecting", pod["metadata"]["namespace"]):
            return []
        if old is not None and new is not None and _facts(old) == _facts(new):
            return []
        found: dict[Key, None] = {}
        for state in (old, new):
            if state is not None and (state.get("status") or {}).get("podIP"):
                for service in self._services.by_index("selecting", pod["metadata"]["namespace"]):
                    if matches_all(service["spec"]["selector"], labels_of(state)):
                        found[key_of(service)] = None
        return sorted(found)


def has_selector(service: Obj) -> bool:
    return bool(service["spec"].get("selector")) and service["spec"].get("type") != "ExternalName"


def _where_it_selects(service: Obj) -> tuple[str, ...]:
    return (service["metadata"]["namespace"],) if has_selector(service) else ()


def is_headless(service: Obj) -> bool:
    return bool(service["spec"].get("clusterIP") == "None")


def ports_for(service: Obj, pod: Obj) -> tuple[Port, ...]:
    """The Service's ports as this pod serves them; a named one that the pod doesn't have is left out."""
    found = []
    for port in service["spec"].get("ports") or ():
        number = _target(port, pod)
        if number:
            protocol = port.get("protocol") or "TCP"
            found.append(Port(port.get("name") or "", number, protocol, port.get("appProtocol") or ""))
    return tuple(found)


def host_name(service: Obj, pod: Obj) -> str:
    """The pod's own name in the Service's domain."""
    spec = pod["spec"]
    own = spec.get("subdomain") == service["metadata"]["name"]
    return (spec.get("hostname") or "") if own else ""


def pod_reference(pod: Obj) -> Obj:
    meta = pod["metadata"]
    return {"kind": "Pod", "namespace": meta["namespace"], "name": meta["name"], "uid": meta["uid"]}


def _target(port: Obj, pod: Obj) -> int:
    target = port.get("targetPort") or port["port"]
    if isinstance(target, int):
        return target
    return next((p["containerPort"] for p in _container_ports(pod) if _is_called(p, target, port)), 0)


def _container_ports(pod: Obj) -> Iterable[Obj]:
    sidecars = [c for c in pod["spec"].get("initContainers") or () if c.get("restartPolicy") == "Always"]
    for container in (*pod["spec"]["containers"], *sidecars):
        yield from container.get("ports") or ()


def _is_called(container_port: Obj, name: str, port: Obj) -> bool:
    same_protocol = (container_port.get("protocol") or "TCP") == (port.get("protocol") or "TCP")
    return bool(container_port.get("name") == name and same_protocol)


def _counts(pod: Obj) -> bool:
    return bool((pod.get("status") or {}).get("podIP")) and not is_finished(pod)


def _facts(pod: Obj) -> tuple[object, ...]:
    """All that an endpoint is made of."""
    status, meta = pod.get("status") or {}, pod["metadata"]
    state = (status.get("podIP"), is_ready(pod), is_terminating(pod), is_finished(pod))
    return (*state, meta.get("labels"), meta["uid"])


def _label_pairs(pod: Obj) -> list[tuple[str, str, str]]:
    namespace = pod["metadata"].get("namespace", "")
    return [(namespace, name, value) for name, value in labels_of(pod).items()]
