"""A machine of its own for the control plane, with the static pods that kubeadm puts there."""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.meta import Obj

NAME = "control-plane"
VERSION = "v1.36.2"
_PORTS = {"etcd": 2381, "kube-apiserver": 6443, "kube-controller-manager": 10257, "kube-scheduler": 10259}
_CPU = {"etcd": "100m", "kube-apiserver": "250m", "kube-controller-manager": "200m", "kube-scheduler": "100m"}
_IMAGES = {"etcd": "registry.k8s.io/etcd:3.6.6-0"}


def manifests() -> dict[str, Obj]:
    """By name."""
    return {name: _static_pod(name) for name in _PORTS}


def _static_pod(name: str) -> Obj:
    labels = {"component": name, "tier": "control-plane"}
    spec = {
        "containers": [_container(name)],
        "hostNetwork": True,
        "priorityClassName": "system-node-critical",
        "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
    }
    meta = {"name": name, "namespace": "kube-system", "labels": labels}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}


def _container(name: str) -> Obj:
    port, scheme = _PORTS[name], "HTTP" if name == "etcd" else "HTTPS"
    alive, ready = ("/readyz", "/readyz") if name in ("etcd", "kube-scheduler") else ("/livez", "/readyz")
    if name == "kube-controller-manager":
        alive = ready = "/healthz"
    requests = {"cpu": _CPU[name]} | ({"memory": "100Mi"} if name == "etcd" else {})
    return {
        "name": name,
        "image": _IMAGES.get(name, f"registry.k8s.io/{name}:{VERSION}"),
        "command": [name],
        "resources": {"requests": requests},
        "ports": [{"name": "probe-port", "containerPort": port}],
        "livenessProbe": _probe(alive, port, scheme, failureThreshold=8, initialDelaySeconds=10),
        "readinessProbe": _probe(ready, port, scheme, failureThreshold=3, periodSeconds=1),
        "startupProbe": _probe(alive, port, scheme, failureThreshold=24, initialDelaySeconds=10),
    }


def _probe(path: str, port: int, scheme: str, **times: Any) -> Obj:
    return {"httpGet": {"path": path, "port": port, "scheme": scheme}, "timeoutSeconds": 15, **times}
