"""Gives Services of type LoadBalancer an address, and takes it back.

Models: kubernetes v1.36 staging/src/k8s.io/cloud-provider/controllers/service/controller.go (syncLoadBalancerIfNeeded).
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

from simcore.apimachinery.errors import NotFound
from simcore.apimachinery.kinds import SERVICE
from simcore.apimachinery.meta import Key, Obj, is_terminating, uid_of
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, own_key

CLEANUP = "service.kubernetes.io/load-balancer-cleanup"
_BLOCKS = ("203.0.113.", "198.51.100.", "192.0.2.")
"""Nobody's: kept for documentation."""
COUNT = 254 * len(_BLOCKS)


class NoAddressLeft(Exception):
    """Every address belongs to a Service."""


class ServiceController:
    name = "service-controller"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client, self._rng = ctx.client, ctx.rng
        self._recorder = ctx.recorder(self.name)
        self._services = ctx.informers.informer(SERVICE)
        self.watches: Sequence[Watch] = (Watch(SERVICE, own_key),)

    def reconcile(self, key: Key) -> Result:
        service = self._services.get(key)
        if service is None or service["spec"].get("loadBalancerClass"):
            return DONE  # a class is another controller's
        wants = service["spec"].get("type") == "LoadBalancer" and not is_terminating(service)
        if wants:
            self._ensure(service)
        elif CLEANUP in (service["metadata"].get("finalizers") or ()):
            self._give_back(service)
        return DONE

    def _ensure(self, service: Obj) -> None:
        if CLEANUP not in (service["metadata"].get("finalizers") or ()):
            finalizers = [*(service["metadata"].get("finalizers") or ()), CLEANUP]
            service = self._patch(service, {"metadata": {"finalizers": finalizers}})
        wanted = service["spec"].get("loadBalancerIP")
        present = next(iter(_addresses(service)), "")
        if present and wanted in (None, "", present):
            return
        self._recorder.event(service, "Normal", "EnsuringLoadBalancer", "Ensuring load balancer")
        try:
            address = wanted or self._free_address(service)
        except NoAddressLeft as trouble:
            message = f"Error syncing load balancer: failed to ensure load balancer: {trouble}"
            self._recorder.event(service, "Warning", "SyncLoadBalancerFailed", message)
            return
        status = {"loadBalancer": {"ingress": [{"ip": address, "ipMode": "VIP"}]}}
        self._patch(service, {"status": status}, subresource="status")
        self._recorder.event(service, "Normal", "EnsuredLoadBalancer", "Ensured load balancer")

    def _give_back(self, service: Obj) -> None:
        self._recorder.event(service, "Normal", "DeletingLoadBalancer", "Deleting load balancer")
        try:
            if _addresses(service):
                service = self._patch(service, {"status": {"loadBalancer": None}}, subresource="status")
            kept = [f for f in service["metadata"]["finalizers"] if f != CLEANUP]
            self._patch(service, {"metadata": {"finalizers": kept or None}})
        except NotFound:
            return  # it was the last thing that held the Service
        self._recorder.event(service, "Normal", "DeletedLoadBalancer", "Deleted load balancer")

    def _free_address(self, service: Obj) -> str:
        """Drawn by the Service's uid, so that a successor comes to the same. Raises: NoAddressLeft.

        Asks the API server: the informer may not show yet what was given to others a moment ago.
        """
        taken = {address for other in self._client.list(SERVICE) for address in _addresses(other)}
        start = self._rng.below(COUNT, "load balancer", uid_of(service))
        for step in range(COUNT):
            address = _nth((start + step) % COUNT)
            if address not in taken:
                return address
        raise NoAddressLeft("no address is left")

    def _patch(self, service: Obj, patch: Obj, *, subresource: str = "") -> Obj:
        meta = service["metadata"]
        guard = {"resourceVersion": meta["resourceVersion"], **(patch.get("metadata") or {})}
        key = Key(meta["namespace"], meta["name"])
        return self._client.patch(SERVICE, key, {**patch, "metadata": guard}, subresource=subresource)


def _addresses(service: Obj) -> list[str]:
    ingress = ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
    return [str(ip_address(place["ip"])) for place in ingress if place.get("ip")]


def _nth(number: int) -> str:
    return f"{_BLOCKS[number // 254]}{number % 254 + 1}"
