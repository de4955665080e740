"""Manifests that tests write again and again."""

from __future__ import annotations

from simcore.apimachinery.meta import Obj


def deployment(
    name: str, *, replicas: int = 1, image: str = "nginx:1.25", cpu: str = "10m", namespace: str = "default"
) -> Obj:
    """A Deployment whose pods carry the label `app: <name>` and ask for `cpu`."""
    labels = {"app": name}
    container = {"name": "main", "image": image, "resources": {"requests": {"cpu": cpu}}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }
