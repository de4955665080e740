"""What a container can learn about its pod: the downward API's field paths and their values.

Models: kubernetes v1.36 pkg/fieldpath/fieldpath.go and pkg/api/v1/resource/helpers.go (ExtractContainerResourceValue).
"""

from __future__ import annotations

from collections.abc import Mapping

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import milli, whole
from simcore.kubelet.records import PodRecord

ZONE = "cluster.local"


def downward(pod: Obj, record: PodRecord, host_ip: str) -> dict[str, str]:
    meta, spec, ip = pod["metadata"], pod["spec"], record.sandbox.ip if record.sandbox is not None else ""
    facts = {
        "metadata.name": meta["name"],
        "metadata.namespace": meta["namespace"],
        "metadata.uid": meta["uid"],
        "spec.nodeName": spec.get("nodeName", ""),
        "spec.serviceAccountName": spec.get("serviceAccountName", ""),
        "status.podIP": ip,
        "status.podIPs": ip,
        "status.hostIP": host_ip,
        "status.hostIPs": host_ip,
    }
    for kind in ("labels", "annotations"):
        facts |= {f"metadata.{kind}['{name}']": value for name, value in (meta.get(kind) or {}).items()}
    return facts


def whole_map(pod: Obj, path: str) -> str | None:
    """`metadata.labels` and `metadata.annotations`, which only files can hold: a line for each, in order."""
    kind = path.removeprefix("metadata.")
    if kind not in ("labels", "annotations"):
        return None
    entries = pod["metadata"].get(kind) or {}
    return "\n".join(f'{name}="{_escaped(entries[name])}"' for name in sorted(entries))


def resource_value(reference: Obj, container: Obj, allocatable: Mapping[str, str]) -> str:
    """`limits.cpu` and its like in units of the divisor, rounded up. A limit that isn't set is the node's."""
    section, _, resource = reference["resource"].partition(".")
    amounts = (container.get("resources") or {}).get(section) or {}
    text = amounts.get(resource) or (allocatable.get(resource, "0") if section == "limits" else "0")
    divisor = str(reference.get("divisor") or "1")
    divisor = "1" if divisor == "0" else divisor
    if resource == "cpu":
        return str(-(-milli(text) // milli(divisor)))
    return str(-(-whole(text) // max(whole(divisor), 1)))


def host_name(pod: Obj) -> str:
    """What the pod's containers take for their host's name."""
    spec = pod["spec"]
    if override := spec.get("hostnameOverride"):
        return str(override)
    return full_name(pod) if spec.get("setHostnameAsFQDN") else short_name(pod)


def short_name(pod: Obj) -> str:
    name: str = pod["spec"].get("hostname") or pod["metadata"]["name"]
    return name[:63].rstrip("-.")


def full_name(pod: Obj) -> str:
    """With the domain of the pod's service, if it names one."""
    domain = pod["spec"].get("subdomain")
    inside = f".{domain}.{pod['metadata']['namespace']}.svc.{ZONE}" if domain else ""
    return short_name(pod) + inside


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
