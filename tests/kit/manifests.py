"""Small manifests for tests."""

from __future__ import annotations

from simcore.apimachinery.meta import Obj


def namespace(name: str) -> Obj:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def config_map(name: str, *, namespace: str = "default", **data: str) -> Obj:
    meta = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}


def pod(name: str, *, image: str = "nginx:1.27", **spec: object) -> Obj:
    container = {"name": "main", "image": image}
    meta = {"name": name, "namespace": "default"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container], **spec}}


def deployment(
    name: str, replicas: int = 1, *, image: str = "nginx:1.27", cpu: str = "", namespace: str = "default"
) -> Obj:
    """Its pods carry the label `app: <name>` and ask for `cpu`, if given."""
    labels = {"app": name}
    container: Obj = {"name": "main", "image": image}
    if cpu:
        container["resources"] = {"requests": {"cpu": cpu}}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template},
    }
