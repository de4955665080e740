"""Keeps each Service's EndpointSlices: at most a hundred endpoints in each, and as few changes as possible.

Models: kubernetes v1.36 staging/src/k8s.io/endpointslice/reconciler.go.
"""

from __future__ import annotations

from collections.abc import Sequence

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import ENDPOINT_SLICE, NODE, POD, SERVICE
from simcore.apimachinery.meta import (
    Key,
    Obj,
    controller_ref,
    is_terminating,
    key_of,
    labels_of,
    uid_of,
)
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, own_key
from simcore.kube_controller_manager.endpoints.selection import (
    Port,
    Selection,
    has_selector,
    host_name,
    is_headless,
    pod_reference,
    ports_for,
)
from simcore.kube_controller_manager.endpoints.trigger_times import TriggerTimes, annotated
from simcore.kube_controller_manager.pending_writes import PendingWrites
from simcore.kube_controller_manager.pods import is_ready

MOST = 100
"""Endpoints in one slice: --max-endpoints-per-slice."""
MANAGED_BY, MANAGER = "endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io"
SERVICE_NAME, HEADLESS = "kubernetes.io/service-name", "service.kubernetes.io/headless"
ZONE = "topology.kubernetes.io/zone"

Wanted = dict[tuple[Port, ...], dict[str, Obj]]
"""Endpoints by their ports and the uid of their pod."""


class EndpointSliceController:
    name = "endpointslice-controller"

    def __init__(self, ctx: ComponentContext, selection: Selection) -> None:
        self._client, self._selection = ctx.client, selection
        self._services, self._nodes = ctx.informers.informer(SERVICE), ctx.informers.informer(NODE)
        self._slices = ctx.informers.informer(ENDPOINT_SLICE)
        self._slices.add_index("service", _service_of)
        self._pending, self._triggers = PendingWrites(self._slices), TriggerTimes()
        self.watches: Sequence[Watch] = (
            Watch(SERVICE, own_key),
            Watch(POD, selection.services_of),
            Watch(
                ENDPOINT_SLICE,
                lambda old, new: [key for obj in (new, old) if obj for key in _service_of(obj)][:1],
            ),
        )

    def reconcile(self, key: Key) -> Result:
        service = self._services.get(key)
        if service is None or is_terminating(service):
            self._pending.forget(key)
            self._triggers.forget(key)
            return DONE
        if not has_selector(service) or not self._pending.are_seen(key):
            return DONE
        present = sorted(self._slices.by_index("service", key), key=key_of)
        pods = self._selection.pods_of(service)
        contents, why = self._fill(service, pods, present), self._triggers.last_change(service, pods)
        free = [s for s in present if s["metadata"]["name"] not in contents.kept]
        for made in contents.new:
            self._put(key, service, free.pop() if free else None, made, why)
        for superfluous in free:
            self._remove(key, superfluous)
        for old in present:
            if old["metadata"]["name"] in contents.kept:
                self._put(key, service, old, contents.kept[old["metadata"]["name"]], why)
        return DONE

    def _fill(self, service: Obj, pods: list[Obj], present: list[Obj]) -> Contents:
        contents = Contents()
        for ports, wanted in self._wanted(service, pods).items():
            fitting = [s for s in present if _ports_of(s) == ports]
            contents.spread(ports, wanted, fitting)
        if not contents.kept and not contents.new:
            contents.new.append(((), []))
        return contents

    def _wanted(self, service: Obj, pods: list[Obj]) -> Wanted:
        found: Wanted = {}
        for pod in pods:
            found.setdefault(ports_for(service, pod), {})[uid_of(pod)] = self._endpoint(service, pod)
        return found

    def _endpoint(self, service: Obj, pod: Obj) -> Obj:
        ready, ending = is_ready(pod), is_terminating(pod)
        published = bool(service["spec"].get("publishNotReadyAddresses"))
        node = pod["spec"].get("nodeName", "")
        machine = self._nodes.get(Key("", node))
        endpoint = {
            "addresses": [pod["status"]["podIP"]],
            "conditions": {
                "ready": published or (ready and not ending),
                "serving": ready,
                "terminating": ending,
            },
            "hostname": host_name(service, pod),
            "nodeName": node,
            "targetRef": pod_reference(pod),
            "zone": labels_of(machine).get(ZONE, "") if machine else "",
        }
        return {name: value for name, value in endpoint.items() if value}

    def _put(self, key: Key, service: Obj, old: Obj | None, content: Content, why: str) -> None:
        """`why`: the time of what has made the change."""
        labels, (ports, endpoints) = _labels(service), content
        body = {"endpoints": endpoints or None, "ports": [_port(port) for port in ports] or None}
        if old is not None:
            if {name: old.get(name) for name in body} == body and labels_of(old) == labels:
                return
            meta = annotated({**old["metadata"], "labels": labels}, why)
            self._pending.wrote(key, self._client.update(ENDPOINT_SLICE, {**old, "metadata": meta, **body}))
            return
        meta = {"generateName": f"{key.name}-", "namespace": key.namespace, "labels": labels}
        head = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": _family(service)}
        owned = annotated({**meta, "ownerReferences": [controller_ref(service)]}, why)
        self._pending.wrote(key, self._client.create(ENDPOINT_SLICE, {**head, "metadata": owned, **body}))

    def _remove(self, key: Key, old: Obj) -> None:
        try:
            self._client.delete(ENDPOINT_SLICE, key_of(old), uid=uid_of(old))
        except NotFound:
            return  # somebody was faster
        self._pending.deleted(key, old)


Content = tuple[tuple[Port, ...], list[Obj]]


class Contents:
    """What the slices of one Service shall hold: those that stay, by name, and new ones."""

    def __init__(self) -> None:
        self.kept: dict[str, Content] = {}
        self.new: list[Content] = []

    def spread(self, ports: tuple[Port, ...], wanted: dict[str, Obj], present: list[Obj]) -> None:
        """An endpoint stays in its slice; new ones go where something changes anyway, or into the fullest slice."""
        left = dict(wanted)
        for old in present:
            uids = [endpoint["targetRef"]["uid"] for endpoint in old.get("endpoints") or ()]
            staying = [left.pop(uid) for uid in uids if uid in left]
            if staying:
                self.kept[old["metadata"]["name"]] = (ports, staying)
        names = [old["metadata"]["name"] for old in present if old["metadata"]["name"] in self.kept]
        rest = list(left.values())
        for name in sorted(names, key=lambda name: -len(self.kept[name][1])):
            room = MOST - len(self.kept[name][1])
            self.kept[name][1].extend(rest[:room])
            rest = rest[room:]
        self.new += [(ports, rest[start : start + MOST]) for start in range(0, len(rest), MOST)]


def _labels(service: Obj) -> dict[str, str]:
    own = {MANAGED_BY: MANAGER, SERVICE_NAME: service["metadata"]["name"]}
    return labels_of(service) | own | ({HEADLESS: ""} if is_headless(service) else {})


def _service_of(slice_: Obj) -> list[Key]:
    labels = labels_of(slice_)
    if labels.get(MANAGED_BY) != MANAGER or SERVICE_NAME not in labels:
        return []
    return [Key(slice_["metadata"]["namespace"], labels[SERVICE_NAME])]


def _port(port: Port) -> Obj:
    doc = {"name": port.name, "port": port.port, "protocol": port.protocol}
    return doc | ({"appProtocol": port.app_protocol} if port.app_protocol else {})


def _ports_of(slice_: Obj) -> tuple[Port, ...]:
    ports = slice_.get("ports") or ()
    return tuple(
        Port(p.get("name") or "", p["port"], p.get("protocol", "TCP"), p.get("appProtocol", ""))
        for p in ports
    )


def _family(service: Obj) -> str:
    families: list[str] = service["spec"].get("ipFamilies") or ["IPv4"]
    return families[0]
