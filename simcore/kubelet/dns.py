"""The files by which a container resolves names: /etc/resolv.conf and /etc/hosts.

Models: kubernetes v1.36 pkg/kubelet/network/dns/dns.go and pkg/kubelet/kubelet_pods.go (managedHostsFileContent).
"""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.kubelet.facts import ZONE, full_name, host_name, short_name

CLUSTER_DNS, NODE_DNS = "10.96.0.10", "172.18.0.1"
_LOCAL = (
    "127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback", "fe00::0\tip6-localnet",
    "fe00::0\tip6-mcastprefix", "fe00::1\tip6-allnodes", "fe00::2\tip6-allrouters",
)  # fmt: skip
RESOLV_CONF, HOSTS = "/etc/resolv.conf", "/etc/hosts"


def resolv_conf(pod: Obj) -> tuple[str, ...]:
    """The lines of the file."""
    spec, namespace = pod["spec"], pod["metadata"]["namespace"]
    policy, config = spec.get("dnsPolicy", "ClusterFirst"), spec.get("dnsConfig") or {}
    if spec.get("hostNetwork") and policy == "ClusterFirst":
        policy = "Default"
    servers, searches, options = [NODE_DNS], [], {}
    if policy == "None":
        servers = []
    elif policy != "Default":
        servers, options = [CLUSTER_DNS], {"ndots": "5"}
        searches = [f"{namespace}.svc.{ZONE}", f"svc.{ZONE}", ZONE]
    servers = [*dict.fromkeys([*servers, *(config.get("nameservers") or ())])]
    searches = [*dict.fromkeys([*searches, *(config.get("searches") or ())])]
    options |= {option["name"]: option.get("value") or "" for option in config.get("options") or ()}
    lines = [f"search {' '.join(searches)}"] if searches else []
    lines += [f"nameserver {server}" for server in servers]
    if options:
        lines.append("options " + " ".join(f"{n}:{value}" if value else n for n, value in options.items()))
    return tuple(lines)


def hosts(pod: Obj, ip: str) -> tuple[str, ...]:
    """The lines of the file."""
    spec, name, full = pod["spec"], short_name(pod), full_name(pod)
    if spec.get("hostNetwork"):
        return (
            "# Kubernetes-managed hosts file (host network).",
            *_LOCAL,
            f"{ip}\t{spec.get('nodeName', '')}",
            *_aliases(spec),
        )
    own = f"{ip}\t{full}\t{name}" if full != name else f"{ip}\t{name}"
    if spec.get("hostnameOverride"):
        own = f"{ip}\t{host_name(pod)}"
    return ("# Kubernetes-managed hosts file.", *_LOCAL, own, *_aliases(spec))


def _aliases(spec: Obj) -> list[str]:
    aliases = spec.get("hostAliases") or ()
    lines = [f"{alias['ip']}\t" + "\t".join(alias.get("hostnames") or ()) for alias in aliases]
    return ["", "# Entries added by HostAliases.", *lines] if lines else []
