"""Workloads, services, ingresses, policies and classes.

Models: kubernetes v1.36 WarningsOnCreate and WarningsOnUpdate of pkg/registry/{apps,batch,core,networking,discovery,
node,storage}/*/strategy.go, pkg/api/service/warnings.go, pkg/api/job/warnings.go, pkg/api/storage/util.go.
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj, annotations_of
from simcore.kube_apiserver.validation.field import quoted
from simcore.kube_apiserver.warnings import node_labels
from simcore.kube_apiserver.warnings.addresses import of_address, of_addresses, of_cidr
from simcore.kube_apiserver.warnings.pod import of_name, of_template
from simcore.kube_apiserver.warnings.volumes import of_claim_spec

_MOST_COMPLETIONS, _MOST_PARALLEL = 100_000, 10_000
_TOO_MANY_INDEXES = (
    "In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, "
    "Kubernetes might not be able to track completedIndexes when a big number of indexes fail"
)
_CRON_PAGE = "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/"
_ZONE_IN_SCHEDULE = (
    f"cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see {_CRON_PAGE} for more details"
)
_INGRESS_CLASS = "kubernetes.io/ingress.class"
_HINTS, _MODE = "service.kubernetes.io/topology-aware-hints", "service.kubernetes.io/topology-mode"


def of_workload(obj: Obj, old: Obj | None) -> list[str]:
    """For what makes pods with its own name in theirs."""
    if old is None:
        return of_name(obj) + of_template("spec.template", _template(obj))
    return of_nameless_workload(obj, old)


def of_nameless_workload(obj: Obj, old: Obj | None) -> list[str]:
    """For what makes pods; of an update only when the spec changed."""
    is_changed = old is None or obj["spec"] != old["spec"]
    return of_template("spec.template", _template(obj)) if is_changed else []


def of_stateful_set(obj: Obj, old: Obj | None) -> list[str]:
    told = of_nameless_workload(obj, old)
    if old is None or obj["spec"] != old["spec"]:
        for i, claim in enumerate(obj["spec"].get("volumeClaimTemplates") or ()):
            told += of_claim_spec(f"spec.volumeClaimTemplates[{i}]", claim.get("spec") or {})
    return told


def of_pod_template(obj: Obj, old: Obj | None) -> list[str]:
    return of_template("template", obj.get("template") or {})


def of_job(obj: Obj, old: Obj | None) -> list[str]:
    if old is None:
        return of_name(obj) + _of_job_spec("spec", obj["spec"])
    return _of_job_spec("spec", obj["spec"]) if obj["spec"] != old["spec"] else []


def of_cron_job(obj: Obj, old: Obj | None) -> list[str]:
    spec = obj["spec"]
    told = of_name(obj) if old is None else []
    if old is None or spec != old["spec"]:
        told += _of_job_spec("spec.jobTemplate.spec", spec["jobTemplate"]["spec"])
    if old is not None and "TZ" in spec["schedule"]:
        told.append(_ZONE_IN_SCHEDULE)
    return told


def of_service(obj: Obj, old: Obj | None) -> list[str]:
    spec, told = obj["spec"], []
    kind, outside = spec.get("type"), spec.get("externalIPs") or ()
    is_headless = kind == "ClusterIP" and spec.get("clusterIP") == "None"
    if _HINTS in annotations_of(obj):
        told.append(f"annotation {_HINTS} is deprecated, please use {_MODE} instead")
    if spec.get("clusterIP") not in (None, "", "None"):
        told += of_addresses("spec.clusterIPs", spec.get("clusterIPs") or ())
    if is_headless:
        affinity = spec.get("sessionAffinity") != "None"
        ignored = (
            ("loadBalancerIP", spec.get("loadBalancerIP")),
            ("externalIPs", outside),
            ("SessionAffinity", affinity),
        )
        told += [f"spec.{field} is ignored for headless services" for field, value in ignored if value]
    told += of_addresses("spec.externalIPs", outside)
    if outside and not is_headless and kind != "ExternalName":
        told.append("spec.externalIPs is deprecated and may no longer be implemented in some clusters")
    told += of_address("spec.loadBalancerIP", spec.get("loadBalancerIP") or "")
    for i, block in enumerate(spec.get("loadBalancerSourceRanges") or ()):
        told += of_cidr(f"spec.loadBalancerSourceRanges[{i}]", block.strip())
    if kind == "ExternalName" and outside:
        told.append('spec.externalIPs is ignored when spec.type is "ExternalName"')
    if kind != "ExternalName" and spec.get("externalName"):
        told.append('spec.externalName is ignored when spec.type is not "ExternalName"')
    if spec.get("trafficDistribution") == "PreferClose":
        told.append('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
    return told


def of_ingress(obj: Obj, old: Obj | None) -> list[str]:
    if old is not None or _INGRESS_CLASS not in annotations_of(obj) or obj["spec"].get("ingressClassName"):
        return []
    return [f"annotation {quoted(_INGRESS_CLASS)} is deprecated, please use 'spec.ingressClassName' instead"]


def of_network_policy(obj: Obj, old: Obj | None) -> list[str]:
    told = []
    for side, peers in (("ingress", "from"), ("egress", "to")):
        for i, rule in enumerate((obj.get("spec") or {}).get(side) or ()):
            for j, peer in enumerate(rule.get(peers) or ()):
                block, at = peer.get("ipBlock"), f"spec.{side}[{i}].{peers}[{j}].ipBlock"
                if block:
                    told += of_cidr(f"{at}.cidr", block.get("cidr", ""))
                    for k, hole in enumerate(block.get("except") or ()):
                        told += of_cidr(f"{at}.except[{k}]", hole)
    return told


def of_endpoints(obj: Obj, old: Obj | None) -> list[str]:
    told = []
    for i, subset in enumerate(obj.get("subsets") or ()):
        for side in ("addresses", "notReadyAddresses"):
            for j, address in enumerate(subset.get(side) or ()):
                told += of_address(f"subsets[{i}].{side}[{j}].ip", address.get("ip", ""))
    return told


def of_endpoint_slice(obj: Obj, old: Obj | None) -> list[str]:
    if obj.get("addressType") == "FQDN":
        return []
    endpoints = enumerate(obj.get("endpoints") or ())
    return [
        t for i, e in endpoints for t in of_addresses(f"endpoints[{i}].addresses", e.get("addresses") or ())
    ]


def of_runtime_class(obj: Obj, old: Obj | None) -> list[str]:
    labels = (obj.get("scheduling") or {}).get("nodeSelector") or {}
    at = "scheduling.nodeSelector"
    return [f"{at}: {node_labels.DEPRECATED[k]}" for k in sorted(labels) if k in node_labels.DEPRECATED]


def of_storage_class(obj: Obj, old: Obj | None) -> list[str]:
    return [
        f"allowedTopologies[{i}].matchLabelExpressions[{j}]: {node_labels.DEPRECATED[key]}"
        for i, topology in enumerate(obj.get("allowedTopologies") or ())
        for j, expression in enumerate(topology.get("matchLabelExpressions") or ())
        if (key := expression.get("key")) in node_labels.DEPRECATED
    ]


def _template(obj: Obj) -> Obj:
    template: Obj = obj["spec"].get("template") or {}
    return template


def _of_job_spec(path: str, spec: Obj) -> list[str]:
    is_indexed = spec.get("completionMode") == "Indexed"
    is_large = (spec.get("completions") or 0) > _MOST_COMPLETIONS
    is_wide = (spec.get("parallelism") or 0) > _MOST_PARALLEL
    told = [f"{path}: {_TOO_MANY_INDEXES}"] if is_indexed and is_large and is_wide else []
    return told + of_template(f"{path}.template", spec.get("template") or {})
