"""A sample of the examples through real kubectl, in a whole lab."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.kubectl import Kubectl, new_cluster
from tests.kit.lab import Lab

pytestmark = pytest.mark.kubectl
FOLDER = Path(__file__).parents[2] / "examples" / "documentation"


@pytest.fixture(scope="module")
def k(lab: Lab, kubectl: str, tmp_path_factory: pytest.TempPathFactory) -> Kubectl:
    folder: Path = tmp_path_factory.mktemp("examples")
    return new_cluster(lab, folder, kubectl, "--nodes", "3", "--latency", "instant")


@pytest.mark.parametrize(
    ("name", "asked", "answer"),
    [
        ("20-dependent-env", "logs dependent-envars", "SERVICE_ADDRESS=https://172.17.0.1:80"),
        ("27-configmap-volume", "logs volume-test", "SPECIAL_LEVEL\nSPECIAL_TYPE"),
        ("29-configmap-missing", "get pod waiting", "CreateContainerConfigError"),
        ("39-deployment", "rollout status deploy/nginx-deployment --timeout=30s", "successfully rolled out"),
        ("44-job", "get job pi", "Complete"),
        ("56-service", "logs client", "Hello, world!"),
        ("60-dns-lookup", "logs dnsutils", "Address: 10.96.0.1"),
        ("63-memory-limit", "get pod memory-demo-2 -o yaml", "OOMKilled"),
    ],
)
def test_an_example_through_kubectl(k: Kubectl, name: str, asked: str, answer: str) -> None:
    manifest = FOLDER / f"{name}.yaml"
    k(f"apply -f {manifest}")
    k.until(asked, answer, timeout_s=60)
    k(f"delete -f {manifest} --wait=false")
