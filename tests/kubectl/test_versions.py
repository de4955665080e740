"""Every kubectl from 1.27 on works a cluster in the ways that differ from version to version.

1.27 reads OpenAPI v2 in protobuf and discovers group by group; later ones take aggregated discovery, OpenAPI v3 and
streaming lists, and send protobuf.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.kit.kubectl import Kubectl
from tests.kit.programs import kubectl_of_or_skip

MANIFEST = """
apiVersion: v1
kind: ConfigMap
metadata: {{name: settings}}
data: {{a: "{a}"}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: c, image: "nginx:1.25"}}]}}
"""


@pytest.fixture(params=["1.27", "1.29", "1.31", "1.33"])
def kube(request: pytest.FixtureRequest, k: Kubectl, tmp_path: Path) -> Kubectl:
    """This version's kubectl, in a namespace of its own that is its default."""
    version = Kubectl(kubectl_of_or_skip(request.param), tmp_path / "config")
    shutil.copy(k.kubeconfig, version.kubeconfig)
    namespace = f"v{request.param.replace('.', '-')}-{len(request.node.originalname)}"
    assert version(f"create namespace {namespace}") == f"namespace/{namespace} created\n"
    version(f"config set-context --current --namespace={namespace}")
    return version


def test_the_smoke_scenario(kube: Kubectl):
    assert (
        kube("apply -f -", stdin=MANIFEST.format(a="1"))
        == "configmap/settings created\ndeployment.apps/web created\n"
    )
    assert kube("rollout status deploy/web --timeout=60s").endswith(
        'deployment "web" successfully rolled out\n'
    )
    assert kube("diff -f -", stdin=MANIFEST.format(a="1")) == ""
    assert (
        kube("apply -f -", stdin=MANIFEST.format(a="2"))
        == "configmap/settings configured\ndeployment.apps/web unchanged\n"
    )
    assert kube("get cm settings -o jsonpath={.data.a}") == "2"
    assert kube("apply --server-side --force-conflicts -f -", stdin=MANIFEST.format(a="3")).splitlines() == [
        "configmap/settings serverside-applied",
        "deployment.apps/web serverside-applied",
    ]
    assert re.search(r"^web +2/2 +2 +2 ", kube("get deploy web --no-headers"))
    assert kube("scale deploy/web --replicas=1") == "deployment.apps/web scaled\n"
    kube("wait deploy/web --for=jsonpath={.status.readyReplicas}=1 --timeout=60s")
    assert "NewReplicaSet:" in kube("describe deploy web")
    assert "KIND:" in kube("explain deployment.spec.strategy")
    assert kube("create cm made --from-literal=x=y") == "configmap/made created\n"
    assert kube("label cm made l=1") == "configmap/made labeled\n"
    assert (
        kube('patch cm made --type=json -p=[{"op":"remove","path":"/data/x"}]') == "configmap/made patched\n"
    )
    assert kube("auth can-i create pods") == "yes\n"
    assert "deployments.apps" in kube("api-resources -o name")
    assert kube("delete deploy web").startswith('deployment.apps "web" deleted')


def test_an_unknown_field_is_named(kube: Kubectl):
    done = kube.run("create -f -", stdin=MANIFEST.format(a="1").replace("replicas: 2", "replica: 2"))
    assert done.returncode == 1
    assert 'unknown field "spec.replica"' in done.stderr
