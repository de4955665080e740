"""What there is in a cluster that a request can meet: services, endpoints, pods, nodes. Two ways to see it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Protocol

from simcore.apimachinery.kinds import ENDPOINT_SLICE, NAMESPACE, NETWORK_POLICY, NODE, POD, SERVICE, Kind
from simcore.apimachinery.meta import Key, Obj, key_of, labels_of
from simcore.client.informer import InformerFactory
from simcore.client.interfaces import ApiClient
from simcore.kube_proxy.endpoints import SERVICE_NAME
from simcore.kubelet.records import PodRecord, pod_record
from simcore.kubelet.world import NODES, OUTAGES, answers, record_path, runtime_uid

Values = Callable[[Obj], Sequence[Hashable]]


class Records(Protocol):
    def get(self, path: str) -> Obj | None: ...


class View:
    """Objects by what requests know of them, found by `get(kind, key)` and `find(kind, index, value)`."""

    def __init__(
        self,
        get: Callable[[Kind, Key], Obj | None],
        find: Callable[[Kind, str, Hashable], list[Obj]],
        world: Records,
    ) -> None:
        self._get, self._find, self._world = get, find, world

    def service(self, namespace: str, name: str) -> Obj | None:
        return self._get(SERVICE, Key(namespace, name))

    def service_at(self, address: str) -> Obj | None:
        """By its cluster address."""
        found = self._find(SERVICE, "address", address)
        return next((s for s in found if address in _cluster_addresses(s)), None)

    def services_for(self, address: str, port: int) -> list[Obj]:
        """Those that may answer there: by any of their addresses, or by a node port."""
        found = self._find(SERVICE, "address", address)
        if not found and self.node_at(address) is not None:
            found = self._find(SERVICE, "node port", port)
        return sorted(found, key=key_of)

    def services(self, namespace: str) -> list[Obj]:
        """Those of which a pod of the namespace is told in its variables, in the order of their names."""
        found = {s["metadata"]["name"]: s for s in self._find(SERVICE, "namespace", namespace)}
        if (kubernetes := self.service("default", "kubernetes")) is not None:
            found.setdefault("kubernetes", kubernetes)
        return [found[name] for name in sorted(found)]

    def slices(self, service: Obj) -> list[Obj]:
        return sorted(self._find(ENDPOINT_SLICE, "service", key_of(service)), key=key_of)

    def pod_at(self, address: str) -> Obj | None:
        """A pod with an address of its own."""
        return self._one(POD, "address", address)

    def pods_on(self, node: str) -> list[Obj]:
        """Those in the node's own network."""
        return sorted(self._find(POD, "host network", node), key=key_of)

    def node_at(self, address: str) -> Obj | None:
        return self._one(NODE, "address", address)

    def node(self, name: str) -> Obj | None:
        return self._get(NODE, Key("", name))

    def is_on(self, node: str) -> bool:
        """Whether the machine can be reached; a node without a machine cannot."""
        return answers(self._world.get(NODES + node))

    @property
    def has_dns(self) -> bool:
        """False while somebody has broken it."""
        return not (self._world.get(OUTAGES) or {}).get("dns")

    def record(self, pod: Obj) -> PodRecord | None:
        doc = self._world.get(record_path(pod["spec"].get("nodeName", ""), runtime_uid(pod)))
        return pod_record(doc) if doc is not None else None

    def policies(self, namespaces: Iterable[str]) -> list[Obj]:
        """The NetworkPolicies of some namespaces, each once."""
        return [
            policy
            for name in sorted(set(namespaces))
            for policy in sorted(self._find(NETWORK_POLICY, "namespace", name), key=key_of)
        ]

    def namespace(self, name: str) -> Obj | None:
        return self._get(NAMESPACE, Key("", name))

    def pod(self, key: Key) -> Obj | None:
        return self._get(POD, key)

    def _one(self, kind: Kind, index: str, value: Hashable) -> Obj | None:
        return next(iter(self._find(kind, index, value)), None)


def informed_view(informers: InformerFactory, world: Records) -> View:
    """What a component sees, as far as its informers know."""
    for (kind, name), values in _INDEXES.items():
        informers.informer(kind).add_index(f"view {name}", values)
    return View(
        lambda kind, key: informers.informer(kind).get(key),
        lambda kind, name, value: informers.informer(kind).by_index(f"view {name}", value),
        world,
    )


def listed_view(client: ApiClient, world: Records) -> View:
    """What is there now, listed once."""
    buckets: dict[tuple[Kind, str, Hashable], list[Obj]] = {}
    kinds = (SERVICE, ENDPOINT_SLICE, POD, NODE, NETWORK_POLICY, NAMESPACE)
    there = {kind: {key_of(obj): obj for obj in client.list(kind)} for kind in kinds}
    for (kind, name), values in _INDEXES.items():
        for obj in there[kind].values():
            for value in values(obj):
                buckets.setdefault((kind, name, value), []).append(obj)
    return View(
        lambda kind, key: there[kind].get(key),
        lambda kind, name, value: buckets.get((kind, name, value), []),
        world,
    )


def addresses_of(service: Obj) -> list[str]:
    """All addresses by which a service is reached, node ports aside."""
    spec = service["spec"]
    balancers = ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
    every = [
        *_cluster_addresses(service),
        *(spec.get("externalIPs") or ()),
        *(b["ip"] for b in balancers if b.get("ip")),
    ]
    return [address for address in every if address not in ("", "None", None)]


def _cluster_addresses(service: Obj) -> list[str]:
    spec = service["spec"]
    return spec.get("clusterIPs") or [spec.get("clusterIP", "")]


def _node_ports(service: Obj) -> list[int]:
    return [port["nodePort"] for port in service["spec"].get("ports") or () if port.get("nodePort")]


def _service_of(slice_: Obj) -> list[Key]:
    name = labels_of(slice_).get(SERVICE_NAME)
    return [Key(slice_["metadata"]["namespace"], name)] if name else []


def _pod_address(pod: Obj) -> list[str]:
    status = pod.get("status") or {}
    alive = status.get("phase") not in ("Succeeded", "Failed")
    return [status["podIP"]] if alive and status.get("podIP") and not pod["spec"].get("hostNetwork") else []


def _host_network(pod: Obj) -> list[str]:
    return [pod["spec"]["nodeName"]] if pod["spec"].get("hostNetwork") and pod["spec"].get("nodeName") else []


def _node_addresses(node: Obj) -> list[str]:
    return [
        a["address"] for a in (node.get("status") or {}).get("addresses") or () if a["type"] == "InternalIP"
    ]


_INDEXES: dict[tuple[Kind, str], Values] = {
    (SERVICE, "address"): addresses_of,
    (SERVICE, "node port"): _node_ports,
    (SERVICE, "namespace"): lambda obj: [obj["metadata"]["namespace"]],
    (ENDPOINT_SLICE, "service"): _service_of,
    (POD, "address"): _pod_address,
    (POD, "host network"): _host_network,
    (NETWORK_POLICY, "namespace"): lambda obj: [obj["metadata"]["namespace"]],
    (NODE, "address"): _node_addresses,
}
