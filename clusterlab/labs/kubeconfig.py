"""The kubeconfig that `kubectl` takes for one cluster."""

from __future__ import annotations

import base64
from pathlib import Path

import yaml
from django.conf import settings

from clusterlab.labs.models import Cluster


def server_url(cluster_id: str) -> str:
    return f"https://{settings.KUBE_HOST}:{settings.KUBE_PORT}/clusters/{cluster_id}"


def kubeconfig(cluster: Cluster, token: str) -> str:
    """YAML with the certificate authority of this installation, if it has one yet."""
    name = f"clusterlab-{cluster.id}"
    endpoint = {"server": server_url(cluster.id)}
    ca = Path(settings.DATA_DIR) / "pki" / "ca.crt"
    if ca.exists():
        endpoint["certificate-authority-data"] = base64.b64encode(ca.read_bytes()).decode()
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": endpoint}],
        "users": [{"name": name, "user": {"token": token}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name, "namespace": "default"}}],
        "current-context": name,
    }
    return yaml.safe_dump(document, sort_keys=False)
