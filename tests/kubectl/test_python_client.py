"""The Python client `kubernetes`, in an environment of its own: it creates, patches, watches and deletes."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from scripts.packages import VENV
from tests.kit.kubectl import Kubectl

INSTALL_S = 60
SCENARIO = """
import json, sys
from kubernetes import client, config, watch

config.load_kube_config(sys.argv[1])
core, apps = client.CoreV1Api(), client.AppsV1Api()
seen = {}

made = core.create_namespaced_config_map("default", {"metadata": {"name": "py"}, "data": {"a": "1"}})
seen["made"] = [made.kind, made.metadata.name, made.data]
patched = core.patch_namespaced_config_map("py", "default", {"data": {"b": "2"}})
seen["patched"] = patched.data

container = client.V1Container(name="c", image="nginx:1.25", ports=[client.V1ContainerPort(container_port=80)])
template = client.V1PodTemplateSpec(
    metadata=client.V1ObjectMeta(labels={"app": "py"}), spec=client.V1PodSpec(containers=[container])
)
spec = client.V1DeploymentSpec(
    replicas=2, selector=client.V1LabelSelector(match_labels={"app": "py"}), template=template
)
apps.create_namespaced_deployment("default", client.V1Deployment(metadata={"name": "py"}, spec=spec))
ready = set()
watcher = watch.Watch()
for event in watcher.stream(core.list_namespaced_pod, "default", label_selector="app=py", timeout_seconds=30):
    pod = event["object"]
    if any(c.type == "Ready" and c.status == "True" for c in pod.status.conditions or []):
        ready.add(pod.metadata.name)
    if len(ready) == 2:
        watcher.stop()
seen["ready"] = len(ready)
scale = apps.patch_namespaced_deployment_scale("py", "default", {"spec": {"replicas": 1}})
seen["scale"] = scale.spec.replicas

apps.delete_namespaced_deployment("py", "default")
core.delete_namespaced_config_map("py", "default")
try:
    core.read_namespaced_config_map("py", "default")
except client.ApiException as error:
    seen["gone"] = [error.status, json.loads(error.body)["message"]]
try:
    core.create_namespaced_config_map("default", {"metadata": {"name": "UPPER"}})
except client.ApiException as error:
    seen["invalid"] = error.status
seen["pods"] = {pod.metadata.namespace for pod in core.list_pod_for_all_namespaces(limit=1).items} != set()
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter that has the client; what was installed once comes from uv's cache."""
    folder = tmp_path_factory.mktemp("client") / "venv"
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        pytest.skip("no uv in the virtual environment: run make test once")
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    if "PIP_INDEX_URL" in env:  # a mirror named for pip holds for uv, too
        env.setdefault("UV_DEFAULT_INDEX", env["PIP_INDEX_URL"])
    subprocess.run([uv, "venv", "--quiet", folder], check=True, env=env, timeout=INSTALL_S)
    install = [uv, "pip", "install", "--quiet", "--python", folder / "bin" / "python", "kubernetes"]
    try:
        done = subprocess.run(install, env=env, timeout=INSTALL_S, capture_output=True, text=True)
    except subprocess.TimeoutExpired:
        pytest.skip(f"the package index did not answer within {INSTALL_S} s")
    if done.returncode:
        pytest.skip(f"the package kubernetes cannot be installed: {done.stderr.strip().splitlines()[-1]}")
    return folder / "bin" / "python"


def test_the_client_works_unchanged(k: Kubectl, python: Path):
    argv = [python, "-c", SCENARIO, k.kubeconfig]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "made": ["ConfigMap", "py", {"a": "1"}],
        "patched": {"a": "1", "b": "2"},
        "ready": 2,
        "scale": 1,
        "gone": [404, 'configmaps "py" not found'],
        "invalid": 422,
        "pods": True,
    }
