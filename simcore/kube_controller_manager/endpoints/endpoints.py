"""Keeps each Service's Endpoints, the older form of the same news.

Models: kubernetes v1.36 pkg/controller/endpoint/endpoints_controller.go.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import ENDPOINTS, POD, SERVICE
from simcore.apimachinery.meta import Key, Obj, annotations_of, is_terminating, labels_of, uid_of
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
from simcore.kube_controller_manager.pods import is_ready

MANAGED_BY, MANAGER = "endpoints.kubernetes.io/managed-by", "endpoint-controller"
HEADLESS = "service.kubernetes.io/headless"
OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity"
MOST = 1000


class EndpointsController:
    name = "endpoint-controller"

    def __init__(self, ctx: ComponentContext, selection: Selection) -> None:
        self._client, self._selection = ctx.client, selection
        self._triggers = TriggerTimes()
        self._services, self._endpoints = ctx.informers.informer(SERVICE), ctx.informers.informer(ENDPOINTS)
        self.watches: Sequence[Watch] = (
            Watch(SERVICE, own_key),
            Watch(POD, selection.services_of),
            Watch(ENDPOINTS, own_key),
        )

    def reconcile(self, key: Key) -> Result:
        service, present = self._services.get(key), self._endpoints.get(key)
        if service is None or is_terminating(service):
            self._triggers.forget(key)
            if present is not None and labels_of(present).get(MANAGED_BY) == MANAGER:
                self._remove(key, present)
            return DONE
        if not has_selector(service):
            return DONE
        pods = self._selection.pods_of(service)
        subsets, labels = _subsets(service, pods), _labels(service)
        body, cut = {"subsets": subsets} if subsets else {}, len(pods) > MOST
        bare: Obj = {"name": key.name, "namespace": key.namespace}
        meta = {**(bare if present is None else present["metadata"]), "labels": labels}
        meta = _marked(annotated(meta, self._triggers.last_change(service, pods)), cut=cut)
        if present is None:
            head = {"apiVersion": "v1", "kind": "Endpoints", "metadata": meta}
            self._client.create(ENDPOINTS, {**head, **body})
        elif (
            (present.get("subsets") or []) != subsets
            or labels_of(present) != labels
            or cut != (OVER_CAPACITY in annotations_of(present))
        ):
            rest = {name: value for name, value in present.items() if name != "subsets"}
            self._client.update(ENDPOINTS, {**rest, "metadata": meta, **body})
        return DONE

    def _remove(self, key: Key, present: Obj) -> None:
        try:
            self._client.delete(ENDPOINTS, key, uid=uid_of(present))
        except NotFound:
            return  # somebody was faster


def _subsets(service: Obj, pods: list[Obj]) -> list[Obj]:
    """One subset for each set of ports; more than a thousand addresses are cut off."""
    published = bool(service["spec"].get("publishNotReadyAddresses"))
    groups: dict[tuple[Port, ...], tuple[list[Obj], list[Obj]]] = {}
    counted = [p for p in pods if published or not is_terminating(p)]
    for pod in counted[:MOST]:
        ready, unready = groups.setdefault(ports_for(service, pod), ([], []))
        (ready if published or is_ready(pod) else unready).append(_address(service, pod))
    needs_ports = bool(service["spec"].get("ports"))
    return [_subset(ports, *groups[ports]) for ports in sorted(groups) if ports or not needs_ports]


def _marked(meta: Obj, *, cut: bool) -> Obj:
    """Metadata that says whether addresses are left out."""
    rest = {name: text for name, text in (meta.get("annotations") or {}).items() if name != OVER_CAPACITY}
    return {**meta, "annotations": rest | ({OVER_CAPACITY: "truncated"} if cut else {})}


def _labels(service: Obj) -> dict[str, str]:
    return labels_of(service) | {MANAGED_BY: MANAGER} | ({HEADLESS: ""} if is_headless(service) else {})


def _address(service: Obj, pod: Obj) -> Obj:
    found = {
        "ip": pod["status"]["podIP"], "hostname": host_name(service, pod), "nodeName": pod["spec"].get("nodeName"),
        "targetRef": pod_reference(pod),
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}


def _subset(ports: tuple[Port, ...], ready: list[Obj], unready: list[Obj]) -> Obj:
    lists = {
        "addresses": _by_ip(ready),
        "notReadyAddresses": _by_ip(unready),
        "ports": [_port(p) for p in ports],
    }
    return {name: value for name, value in lists.items() if value}


def _by_ip(addresses: list[Obj]) -> list[Obj]:
    return sorted(addresses, key=lambda address: int(ip_address(address["ip"])))


def _port(port: Port) -> Obj:
    found = {
        "name": port.name,
        "port": port.port,
        "protocol": port.protocol,
        "appProtocol": port.app_protocol,
    }
    return {name: value for name, value in found.items() if value}
