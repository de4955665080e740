"""What kubeadm installs into a new cluster beside the control plane: DNS, the proxies, and a default class of storage.

Models: kubernetes v1.36 cmd/kubeadm/app/phases/addons/{dns,proxy}/manifests.go.
"""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.kinds import (
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    CONFIG_MAP,
    DAEMON_SET,
    DEPLOYMENT,
    SERVICE,
    SERVICE_ACCOUNT,
    STORAGE_CLASS,
    Kind,
)
from simcore.apimachinery.meta import Obj
from simcore.client.interfaces import ApiClient
from simcore.cluster.control_plane import VERSION

DNS_ADDRESS = "10.96.0.10"
COREDNS = "registry.k8s.io/coredns/coredns:v1.13.1"
_COREFILE = """.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
"""
_PROXY_CONFIG = """apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clusterCIDR: 10.244.0.0/16
mode: iptables
"""
_LINUX = {"kubernetes.io/os": "linux"}
_RBAC = "rbac.authorization.k8s.io"


def install(api: ApiClient) -> None:
    """Writes them all; they are not there yet."""
    for kind, obj in objects():
        api.create(kind, {"apiVersion": kind.api_version, "kind": kind.kind, **obj})


def objects() -> list[tuple[Kind, Obj]]:
    return [
        (SERVICE_ACCOUNT, {"metadata": _meta("coredns")}),
        (SERVICE_ACCOUNT, {"metadata": _meta("kube-proxy")}),
        (CONFIG_MAP, {"metadata": _meta("coredns"), "data": {"Corefile": _COREFILE}}),
        (
            CONFIG_MAP,
            {"metadata": _meta("kube-proxy", app="kube-proxy"), "data": {"config.conf": _PROXY_CONFIG}},
        ),
        (CLUSTER_ROLE, {"metadata": {"name": "system:coredns"}, "rules": _dns_rules()}),
        (CLUSTER_ROLE_BINDING, _binding("system:coredns", "system:coredns", "coredns")),
        (CLUSTER_ROLE_BINDING, _binding("kubeadm:node-proxier", "system:node-proxier", "kube-proxy")),
        (SERVICE, _dns_service()),
        (DEPLOYMENT, _coredns()),
        (DAEMON_SET, _kube_proxy()),
        (STORAGE_CLASS, _standard_class()),
    ]


def _meta(name: str, **labels: str) -> Obj:
    return {"name": name, "namespace": "kube-system"} | ({"labels": labels} if labels else {})


def _dns_rules() -> list[Obj]:
    reads = ["list", "watch"]
    return [
        {"apiGroups": [""], "resources": ["endpoints", "services", "pods", "namespaces"], "verbs": reads},
        {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": reads},
    ]


def _binding(name: str, role: str, account: str) -> Obj:
    return {
        "metadata": {"name": name},
        "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": "kube-system"}],
    }


def _dns_service() -> Obj:
    labels = {
        "k8s-app": "kube-dns",
        "kubernetes.io/cluster-service": "true",
        "kubernetes.io/name": "CoreDNS",
    }
    annotations = {"prometheus.io/port": "9153", "prometheus.io/scrape": "true"}
    ports = [
        {"name": name, "port": port, "protocol": protocol, "targetPort": port}
        for name, port, protocol in (("dns", 53, "UDP"), ("dns-tcp", 53, "TCP"), ("metrics", 9153, "TCP"))
    ]
    return {
        "metadata": {**_meta("kube-dns"), "labels": labels, "annotations": annotations},
        "spec": {"clusterIP": DNS_ADDRESS, "selector": {"k8s-app": "kube-dns"}, "ports": ports},
    }


def _coredns() -> Obj:
    labels = {"k8s-app": "kube-dns"}
    apart = {
        "labelSelector": {"matchExpressions": [{"key": "k8s-app", "operator": "In", "values": ["kube-dns"]}]},
        "topologyKey": "kubernetes.io/hostname",
    }
    preferred = [{"weight": 100, "podAffinityTerm": apart}]
    pod = {
        "serviceAccountName": "coredns",
        "priorityClassName": "system-cluster-critical",
        "dnsPolicy": "Default",
        "nodeSelector": _LINUX,
        "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}},
        "tolerations": [
            {"key": "CriticalAddonsOnly", "operator": "Exists"},
            {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"},
        ],
        "containers": [_coredns_container()],
        "volumes": [_config("config-volume", "coredns", "Corefile")],
    }
    spec = {
        "replicas": 2,
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}},
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }
    return {"metadata": {**_meta("coredns"), "labels": labels}, "spec": spec}


def _coredns_container() -> Obj:
    return {
        "name": "coredns",
        "image": COREDNS,
        "args": ["-conf", "/etc/coredns/Corefile"],
        "resources": {"limits": {"memory": "170Mi"}, "requests": {"cpu": "100m", "memory": "70Mi"}},
        "ports": [
            {"containerPort": 53, "name": "dns", "protocol": "UDP"},
            {"containerPort": 53, "name": "dns-tcp", "protocol": "TCP"},
            {"containerPort": 9153, "name": "metrics", "protocol": "TCP"},
        ],
        "livenessProbe": _get("/health", 8080, initialDelaySeconds=60, timeoutSeconds=5, failureThreshold=5),
        "readinessProbe": _get("/ready", 8181),
        "volumeMounts": [{"name": "config-volume", "mountPath": "/etc/coredns", "readOnly": True}],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
    }


def _get(path: str, port: int, **times: Any) -> Obj:
    return {"httpGet": {"path": path, "port": port, "scheme": "HTTP"}, **times}


def _kube_proxy() -> Obj:
    labels = {"k8s-app": "kube-proxy"}
    container = {
        "name": "kube-proxy",
        "image": f"registry.k8s.io/kube-proxy:{VERSION}",
        "command": [
            "/usr/local/bin/kube-proxy",
            "--config=/var/lib/kube-proxy/config.conf",
            "--hostname-override=$(NODE_NAME)",
        ],
        "env": [{"name": "NODE_NAME", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
        "securityContext": {"privileged": True},
        "volumeMounts": [
            {"name": "kube-proxy", "mountPath": "/var/lib/kube-proxy"},
            {"name": "xtables-lock", "mountPath": "/run/xtables.lock"},
            {"name": "lib-modules", "mountPath": "/lib/modules", "readOnly": True},
        ],
    }
    pod = {
        "serviceAccountName": "kube-proxy",
        "priorityClassName": "system-node-critical",
        "hostNetwork": True,
        "nodeSelector": _LINUX,
        "tolerations": [{"operator": "Exists"}],
        "containers": [container],
        "volumes": [
            _config("kube-proxy", "kube-proxy"),
            {"name": "xtables-lock", "hostPath": {"path": "/run/xtables.lock", "type": "FileOrCreate"}},
            {"name": "lib-modules", "hostPath": {"path": "/lib/modules"}},
        ],
    }
    template = {"metadata": {"labels": labels}, "spec": pod}
    spec = {
        "selector": {"matchLabels": labels},
        "updateStrategy": {"type": "RollingUpdate"},
        "template": template,
    }
    return {"metadata": {**_meta("kube-proxy"), "labels": labels}, "spec": spec}


def _config(volume: str, name: str, *keys: str) -> Obj:
    items = {"items": [{"key": key, "path": key} for key in keys]} if keys else {}
    return {"name": volume, "configMap": {"name": name, **items}}


def _standard_class() -> Obj:
    return {
        "metadata": {
            "name": "standard",
            "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
        },
        "provisioner": "rancher.io/local-path",
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "WaitForFirstConsumer",
    }
