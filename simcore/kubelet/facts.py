"""What a container can learn about its pod: the downward API's field paths and their values."""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.kubelet.records import PodRecord


def downward(pod: Obj, record: PodRecord, host_ip: str) -> dict[str, str]:
    meta, ip = pod["metadata"], record.sandbox.ip if record.sandbox is not None else ""
    facts = {
        "metadata.name": meta["name"],
        "metadata.namespace": meta["namespace"],
        "metadata.uid": meta["uid"],
        "spec.nodeName": pod["spec"].get("nodeName", ""),
        "spec.serviceAccountName": pod["spec"].get("serviceAccountName", ""),
        "status.podIP": ip,
        "status.podIPs": ip,
        "status.hostIP": host_ip,
        "status.hostIPs": host_ip,
    }
    for kind in ("labels", "annotations"):
        facts |= {f"metadata.{kind}['{name}']": value for name, value in (meta.get(kind) or {}).items()}
    return facts
