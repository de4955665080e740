"""A machine of its own for the control plane, with the static pods that kubeadm puts there.

Models: kubernetes v1.36 cmd/kubeadm/app/phases/controlplane/manifests.go and app/phases/etcd/local.go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simcore.apimachinery.meta import Obj

NAME = "control-plane"
VERSION = "v1.36.2"
_PKI = "/etc/kubernetes/pki"


@dataclass(frozen=True)
class _Component:
    port: int
    """Where it is probed."""
    cpu: str
    flags: tuple[str, ...]
    folders: tuple[tuple[str, str], ...]
    """Volumes of the machine that it mounts: (name, path)."""
    image: str = ""
    memory: str = ""
    scheme: str = "HTTPS"
    host: str = "127.0.0.1"
    alive: str = "/livez"
    ready: str = "/readyz"


_CERTIFICATES = ("k8s-certs", _PKI)
_KUBECONFIG = "kubeconfig", "/etc/kubernetes/{name}.conf"
_COMPONENTS = {
    "etcd": _Component(
        2381, "100m", memory="100Mi", image="registry.k8s.io/etcd:3.6.6-0", scheme="HTTP", alive="/readyz",
        folders=(("etcd-data", "/var/lib/etcd"), ("etcd-certs", f"{_PKI}/etcd")),
        flags=(
            "--advertise-client-urls=https://{address}:2379", f"--cert-file={_PKI}/etcd/server.crt",
            "--client-cert-auth=true", "--data-dir=/var/lib/etcd", f"--key-file={_PKI}/etcd/server.key",
            "--listen-client-urls=https://127.0.0.1:2379,https://{address}:2379",
            "--listen-metrics-urls=http://127.0.0.1:2381", "--listen-peer-urls=https://{address}:2380",
            "--name={node}", "--snapshot-count=10000", f"--trusted-ca-file={_PKI}/etcd/ca.crt",
        ),
    ),
    "kube-apiserver": _Component(
        6443, "250m", host="{address}", folders=(("ca-certs", "/etc/ssl/certs"), _CERTIFICATES),
        flags=(
            "--advertise-address={address}", "--allow-privileged=true", "--authorization-mode=Node,RBAC",
            f"--client-ca-file={_PKI}/ca.crt", "--enable-admission-plugins=NodeRestriction",
            "--enable-bootstrap-token-auth=true", "--etcd-servers=https://127.0.0.1:2379", "--secure-port=6443",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-account-key-file={_PKI}/sa.pub", f"--service-account-signing-key-file={_PKI}/sa.key",
            "--service-cluster-ip-range=10.96.0.0/16", f"--tls-cert-file={_PKI}/apiserver.crt",
        ),
    ),
    "kube-controller-manager": _Component(
        10257, "200m", alive="/healthz", ready="/healthz",
        folders=(("ca-certs", "/etc/ssl/certs"), _CERTIFICATES, _KUBECONFIG),
        flags=(
            "--allocate-node-cidrs=true", "--bind-address=127.0.0.1", "--cluster-cidr=10.244.0.0/16",
            f"--cluster-signing-cert-file={_PKI}/ca.crt", "--controllers=*,bootstrapsigner,tokencleaner",
            "--kubeconfig=/etc/kubernetes/controller-manager.conf", "--leader-elect=true",
            "--node-monitor-grace-period=40s", f"--root-ca-file={_PKI}/ca.crt",
            "--service-cluster-ip-range=10.96.0.0/16", "--use-service-account-credentials=true",
        ),
    ),
    "kube-scheduler": _Component(
        10259, "100m", folders=(_KUBECONFIG,),
        flags=(
            "--authentication-kubeconfig=/etc/kubernetes/scheduler.conf", "--bind-address=127.0.0.1",
            "--kubeconfig=/etc/kubernetes/scheduler.conf", "--leader-elect=true",
        ),
    ),
}  # fmt: skip


def manifests(address: str) -> dict[str, Obj]:
    """By name; `address` is the machine's."""
    return {name: _static_pod(name, of, address) for name, of in _COMPONENTS.items()}


def _static_pod(name: str, of: _Component, address: str) -> Obj:
    labels = {"component": name, "tier": "control-plane"}
    annotations = {
        "etcd": {"kubeadm.kubernetes.io/etcd.advertise-client-urls": f"https://{address}:2379"},
        "kube-apiserver": {"kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint": f"{address}:6443"},
    }.get(name)  # fmt: skip
    spec = {
        "containers": [_container(name, of, address)],
        "hostNetwork": True,
        "priorityClassName": "system-node-critical",
        "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
        "volumes": [
            {"name": volume, "hostPath": {"path": _filled(path, name), "type": _kind(volume)}}
            for volume, path in of.folders
        ],
    }
    meta = {"name": name, "namespace": "kube-system", "labels": labels}
    if annotations:
        meta["annotations"] = annotations
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}


def _container(name: str, of: _Component, address: str) -> Obj:
    host = of.host.format(address=address)
    return {
        "name": name,
        "image": of.image or f"registry.k8s.io/{name}:{VERSION}",
        "command": [name, *(flag.format(address=address, node=NAME) for flag in of.flags)],
        "resources": {"requests": {"cpu": of.cpu} | ({"memory": of.memory} if of.memory else {})},
        "ports": [{"name": "probe-port", "containerPort": of.port, "hostPort": of.port}],
        "livenessProbe": _probe(of, host, of.alive, failureThreshold=8, initialDelaySeconds=10),
        "readinessProbe": _probe(of, host, of.ready, failureThreshold=3, periodSeconds=1),
        "startupProbe": _probe(of, host, of.alive, failureThreshold=24, initialDelaySeconds=10),
        "volumeMounts": [
            {"name": volume, "mountPath": _filled(path, name)}
            | ({} if volume.startswith("etcd") else {"readOnly": True})
            for volume, path in of.folders
        ],
    }


def _filled(path: str, name: str) -> str:
    return path.format(name=name.removeprefix("kube-"))


def _kind(volume: str) -> str:
    return "FileOrCreate" if volume == "kubeconfig" else "DirectoryOrCreate"


def _probe(of: _Component, host: str, path: str, **times: Any) -> Obj:
    get = {"host": host, "path": path, "port": "probe-port", "scheme": of.scheme}
    return {"httpGet": get, "timeoutSeconds": 15, **times}
