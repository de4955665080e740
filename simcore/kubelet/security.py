"""Who a container's processes run as, and the settings of the kernel that they see.

Models: kubernetes v1.36 pkg/kubelet/kuberuntime/security_context.go (verifyRunAsNonRoot) and pkg/kubelet/sysctl.
"""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.meta import Obj
from simcore.kubelet.happenings import pod_text
from simcore.kubelet.images import parse
from simcore.kubelet.runtime.catalogue import CATALOGUE
from simcore.kubelet.runtime.identity import ROOT, Identity

SAFE_SETTINGS = frozenset(
    ("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
     "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time",
     "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem",
     "net.ipv4.tcp_wmem")
)  # fmt: skip
"""Those that concern nobody but the pod; any other has to be allowed to the kubelet."""
USUAL_SETTINGS = {
    "kernel.shm_rmid_forced": "0", "net.ipv4.ip_local_port_range": "32768\t60999", "net.ipv4.tcp_syncookies": "1",
    "net.ipv4.ping_group_range": "0\t2147483647", "net.ipv4.ip_unprivileged_port_start": "0",
    "net.ipv4.ip_local_reserved_ports": "", "net.ipv4.tcp_keepalive_time": "7200", "net.ipv4.tcp_fin_timeout": "60",
    "net.ipv4.tcp_keepalive_intvl": "75", "net.ipv4.tcp_keepalive_probes": "9", "net.core.somaxconn": "4096",
    "net.ipv4.tcp_rmem": "4096\t131072\t6291456", "net.ipv4.tcp_wmem": "4096\t16384\t4194304",
    "kernel.msgmax": "8192", "vm.max_map_count": "262144", "fs.file-max": "9223372036854775807",
}  # fmt: skip


def setting(pod: Obj, spec: Obj, field: str) -> Any:
    """A field of the container's security context, or else of the pod's."""
    found = (spec.get("securityContext") or {}).get(field)
    return found if found is not None else (pod["spec"].get("securityContext") or {}).get(field)


def user_fault(pod: Obj, spec: Obj) -> str:
    """Why the container may not run as the user that it would have; empty when it may."""
    if not setting(pod, spec, "runAsNonRoot"):
        return ""
    user = setting(pod, spec, "runAsUser")
    about = f'(pod: "{pod_text(pod)}", container: {spec["name"]})'
    if user == 0:
        return f"container's runAsUser breaks non-root policy {about}"
    if user is None and parse(spec["image"]).name in CATALOGUE:
        return f"container has runAsNonRoot and image will run as root {about}"
    return ""


def identity_of(pod: Obj, spec: Obj) -> Identity:
    """Whom the container's processes run as; the image's own user is root."""
    if not spec.get("securityContext") and not pod["spec"].get("securityContext"):
        return ROOT
    of_pod, of_container = pod["spec"].get("securityContext") or {}, spec.get("securityContext") or {}
    user, group = setting(pod, spec, "runAsUser") or 0, setting(pod, spec, "runAsGroup") or 0
    fs_group = of_pod.get("fsGroup")
    more = (*(of_pod.get("supplementalGroups") or ()), *([] if fs_group is None else [fs_group]))
    added = (of_container.get("capabilities") or {}).get("add") or ()
    rules = bool(of_container.get("privileged")) or not {"NET_ADMIN", "ALL"}.isdisjoint(added)
    return Identity(user, group, tuple(sorted({group, *more})), fs_group, rules)


def linux_user(pod: Obj, spec: Obj) -> Obj:
    """The user as a container's status shows it."""
    found = identity_of(pod, spec)
    return {"linux": {"gid": found.gid, "supplementalGroups": [*found.groups], "uid": found.uid}}


def kernel_settings(pod: Obj) -> dict[str, str]:
    """What `sysctl` shows in the pod's containers."""
    wanted = (pod["spec"].get("securityContext") or {}).get("sysctls") or ()
    return USUAL_SETTINGS | {entry["name"].replace("/", "."): entry.get("value", "") for entry in wanted}


def setting_fault(pod: Obj) -> str:
    """Why the kubelet does not take a pod with such kernel settings; empty when it does."""
    wanted = (pod["spec"].get("securityContext") or {}).get("sysctls") or ()
    names = (entry["name"].replace("/", ".") for entry in wanted)
    unsafe = next((name for name in names if name not in SAFE_SETTINGS), None)
    return "" if unsafe is None else f'forbidden sysctl: "{unsafe}" not allowlisted'
