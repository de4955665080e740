"""Defaults of Services and of the kinds that list their endpoints.

Models: kubernetes v1.36 pkg/apis/core/v1/defaults.go (SetDefaults_Service, _Endpoints), pkg/apis/discovery/v1.
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.defaulting.fill import change, each, fill, fill_zero

AFFINITY_TIMEOUT_S = 10_800


def default_service(obj: Obj) -> Obj:
    spec = fill_zero(obj.get("spec") or {}, {"sessionAffinity": "None", "type": "ClusterIP"})
    spec = change(_affinity(spec), "ports", each(_port))
    if is_externally_accessible(spec):
        spec = fill_zero(spec, {"externalTrafficPolicy": "Cluster"})
    if spec["type"] in ("ClusterIP", "NodePort", "LoadBalancer"):
        spec = fill(spec, {"internalTrafficPolicy": "Cluster"})
    status = fill(obj.get("status") or {}, {"loadBalancer": {}})
    if spec["type"] == "LoadBalancer":
        spec = fill(spec, {"allocateLoadBalancerNodePorts": True})
        status = change(status, "loadBalancer", lambda lb: change(lb, "ingress", each(_ingress)))
    return {**obj, "spec": spec, "status": status}


def is_externally_accessible(spec: Obj) -> bool:
    """Whether traffic may come from outside the cluster."""
    return spec.get("type") in ("LoadBalancer", "NodePort") or bool(
        spec.get("type") == "ClusterIP" and spec.get("externalIPs")
    )


def default_endpoints(obj: Obj) -> Obj:
    protocol = each(lambda port: fill_zero(port, {"protocol": "TCP"}))
    return change(obj, "subsets", each(lambda subset: change(subset, "ports", protocol)))


def default_endpoint_slice(obj: Obj) -> Obj:
    port = each(lambda port: fill(port, {"name": "", "protocol": "TCP"}))
    done = change(obj, "ports", port)
    done = change(done, "endpoints", each(lambda endpoint: fill(endpoint, {"conditions": {}})))
    empty = [name for name in ("endpoints", "ports") if not done.get(name) and done.get(name, 0) is not None]
    return {**done, **dict.fromkeys(empty)} if empty else done


def _affinity(spec: Obj) -> Obj:
    config = spec.get("sessionAffinityConfig")
    if spec["sessionAffinity"] == "None":
        return {k: v for k, v in spec.items() if k != "sessionAffinityConfig"} if config else spec
    client_ip = (config or {}).get("clientIP") or {}
    if spec["sessionAffinity"] != "ClientIP" or client_ip.get("timeoutSeconds") is not None:
        return spec
    return {**spec, "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": AFFINITY_TIMEOUT_S}}}


def _port(port: Obj) -> Obj:
    return fill_zero(port, {"protocol": "TCP", "targetPort": port.get("port")})


def _ingress(ingress: Obj) -> Obj:
    return fill(ingress, {"ipMode": "VIP"}) if ingress.get("ip") else ingress
