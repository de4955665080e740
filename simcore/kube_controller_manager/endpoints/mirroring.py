"""Copies Endpoints that somebody keeps by hand into EndpointSlices, which is what everybody reads.

Models: kubernetes v1.36 pkg/controller/endpointslicemirroring.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import ENDPOINT_SLICE, ENDPOINTS, SERVICE
from simcore.apimachinery.meta import (
    Key,
    Obj,
    annotations_of,
    controller_ref,
    is_terminating,
    key_of,
    labels_of,
    uid_of,
)
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, own_key
from simcore.kube_controller_manager.endpoints.selection import has_selector
from simcore.kube_controller_manager.endpoints.slices import MANAGED_BY, SERVICE_NAME
from simcore.kube_controller_manager.pending_writes import PendingWrites

MIRROR = "endpointslicemirroring-controller.k8s.io"
SKIP = "endpointslice.kubernetes.io/skip-mirror"
MOST = 1000
_NOT_COPIED = ("control-plane.alpha.kubernetes.io/leader", "kubectl.kubernetes.io/last-applied-configuration")


class MirroringController:
    name = "endpointslicemirroring-controller"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client = ctx.client
        self._services, self._endpoints = ctx.informers.informer(SERVICE), ctx.informers.informer(ENDPOINTS)
        self._slices = ctx.informers.informer(ENDPOINT_SLICE)
        self._slices.add_index("mirror", _mirrored)
        self._pending = PendingWrites(self._slices)
        self.watches: Sequence[Watch] = (
            Watch(SERVICE, own_key),
            Watch(ENDPOINTS, own_key),
            Watch(
                ENDPOINT_SLICE, lambda old, new: [k for obj in (new, old) if obj for k in _mirrored(obj)][:1]
            ),
        )

    def reconcile(self, key: Key) -> Result:
        if not self._pending.are_seen(key):
            return DONE
        source, service = self._endpoints.get(key), self._services.get(key)
        wanted = _slices_of(source) if source is not None and _is_mirrored(source, service) else []
        present = sorted(self._slices.by_index("mirror", key), key=key_of)
        left = [old for old in present if not self._is_wanted(old, wanted)]
        for missing in wanted:
            if left:
                old = next((o for o in left if o["addressType"] == missing["addressType"]), None)
                if old is not None:
                    left.remove(old)
                    self._rewrite(key, old, missing)
                    continue
            self._pending.wrote(key, self._client.create(ENDPOINT_SLICE, missing))
        for superfluous in left:
            self._remove(key, superfluous)
        return DONE

    def _is_wanted(self, old: Obj, wanted: list[Obj]) -> bool:
        """Takes the slice off the wanted ones when it stands already."""
        for slice_ in wanted:
            if _content(slice_) == _content(old):
                wanted.remove(slice_)
                return True
        return False

    def _rewrite(self, key: Key, old: Obj, wanted: Obj) -> None:
        meta = {**old["metadata"], **{f: wanted["metadata"].get(f, {}) for f in ("labels", "annotations")}}
        body = {name: wanted[name] for name in ("endpoints", "ports")}
        self._pending.wrote(key, self._client.update(ENDPOINT_SLICE, {**old, "metadata": meta, **body}))

    def _remove(self, key: Key, old: Obj) -> None:
        try:
            self._client.delete(ENDPOINT_SLICE, key_of(old), uid=uid_of(old))
        except NotFound:
            return  # somebody was faster
        self._pending.deleted(key, old)


def _is_mirrored(source: Obj, service: Obj | None) -> bool:
    """Endpoints of a Service with a selector are the other controller's."""
    if service is None or has_selector(service) or is_terminating(source):
        return False
    marked = labels_of(source).get(SKIP) == "true" or _NOT_COPIED[0] in annotations_of(source)
    return not marked


def _mirrored(slice_: Obj) -> list[Key]:
    labels = labels_of(slice_)
    if labels.get(MANAGED_BY) != MIRROR or SERVICE_NAME not in labels:
        return []
    return [Key(slice_["metadata"]["namespace"], labels[SERVICE_NAME])]


def _slices_of(source: Obj) -> list[Obj]:
    """One for each subset and family of addresses."""
    meta = source["metadata"]
    head: Obj = {
        "generateName": f"{meta['name']}-",
        "namespace": meta["namespace"],
        "labels": labels_of(source) | {MANAGED_BY: MIRROR, SERVICE_NAME: meta["name"]},
        "ownerReferences": [controller_ref(source)],
    }
    copied = {name: text for name, text in annotations_of(source).items() if name not in _NOT_COPIED}
    if copied:
        head["annotations"] = copied
    found = []
    for subset in source.get("subsets") or ():
        endpoints = [_endpoint(a, is_ready=True) for a in subset.get("addresses") or ()]
        endpoints += [_endpoint(a, is_ready=False) for a in subset.get("notReadyAddresses") or ()]
        for family in ("IPv4", "IPv6"):
            members = [e for e in endpoints if _family(e["addresses"][0]) == family][:MOST]
            if members:
                kind = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": family}
                found.append(
                    {**kind, "metadata": head, "endpoints": members, "ports": _ports(subset) or None}
                )
    return found


def _endpoint(address: Obj, *, is_ready: bool) -> Obj:
    endpoint = {"addresses": [address["ip"]], "conditions": {"ready": is_ready}}
    others = {name: address[name] for name in ("hostname", "nodeName", "targetRef") if address.get(name)}
    return endpoint | others


def _ports(subset: Obj) -> list[Obj]:
    """With the defaults that the API server would fill in."""
    return [{"name": port.get("name", ""), **port} for port in subset.get("ports") or ()]


def _family(address: str) -> str:
    return f"IPv{ip_address(address).version}"


def _content(slice_: Obj) -> tuple[object, ...]:
    meta = slice_["metadata"]
    return (
        slice_["addressType"], slice_.get("endpoints"), slice_.get("ports"), meta.get("labels"),
        meta.get("annotations") or {},
    )  # fmt: skip
