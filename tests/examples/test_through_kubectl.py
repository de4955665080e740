"""All examples at once through real kubectl, in a whole lab: one apply, each example in a namespace of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from simcore.apimachinery.kinds import Kind, KindTable
from simcore.apimachinery.meta import Obj
from simcore.cluster.condition import parse
from tests.kit import expectation
from tests.kit.expectation import Expectation, value_at
from tests.kit.kubectl import Kubectl, new_cluster
from tests.kit.lab import Lab

pytestmark = pytest.mark.kubectl
FOLDER = Path(__file__).parents[2] / "examples" / "documentation"
EXAMPLES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
KINDS = KindTable()
TIMEOUT_S = 90.0
READ = "pods,events,deployments,replicasets,statefulsets,daemonsets,jobs,configmaps,resourcequotas,pdb,pvc"

Objects = list[Obj]


@pytest.fixture(scope="module")
def k(lab: Lab, kubectl: str, tmp_path_factory: pytest.TempPathFactory) -> Kubectl:
    """Large machines, because all examples are on them together; time goes twenty times as fast."""
    folder: Path = tmp_path_factory.mktemp("examples")
    size = ("--nodes", "3", "--cpu", "32", "--memory", "64Gi")
    return new_cluster(lab, folder, kubectl, *size, "--bare", "--latency", "instant", "--speed", "20")


def documents(example: str) -> list[Obj]:
    """Its manifests, those of the default namespace in one of its own, which comes first."""
    namespace = place_of(example)
    found: list[Obj] = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}]
    for doc in yaml.safe_load_all((FOLDER / f"{example}.yaml").read_text()):
        kind = KINDS.by_kind(doc["apiVersion"], doc["kind"])
        assert kind is not None, doc["kind"]
        if kind.namespaced and doc["metadata"].get("namespace", "default") == "default":
            doc["metadata"]["namespace"] = namespace
        found.append(doc)
    return found


def place_of(example: str) -> str:
    return f"example-{example[:2]}"


def expected(example: str) -> Expectation:
    found = expectation.read(FOLDER / f"{example}.expect")
    return replace(found, namespace=place_of(example)) if found.namespace == "default" else found


def holds(example: str, of: Expectation, objects: Objects) -> bool:
    """Whether the example is, in these objects, what its documentation describes."""

    def listed(kind: Kind, namespace: str | None) -> Objects:
        place = place_of(example) if namespace in (None, "default") else namespace
        return [
            o for o in objects if o["kind"] == kind.kind and o["metadata"].get("namespace", place) == place
        ]

    reached = all(parse(text, KINDS).holds(listed) for text in of.reaches)
    return reached and all(_is(text, wanted, of.namespace, objects) for text, wanted in of.fields.items())


def _is(text: str, wanted: Any, namespace: str, objects: Objects) -> bool:
    subject, path = text.split(" ")
    kind, name = subject.split("/")
    return any(
        value_at(o, path) == wanted
        for o in objects
        if (o["kind"].lower(), o["metadata"]["name"], o["metadata"].get("namespace"))
        == (kind, name, namespace)
    )


def wait_for_all(pending: dict[str, Expectation], read: Callable[[], Objects]) -> list[str]:
    """The examples that never came to what they should within the time. A state counts once it has been seen."""
    deadline = time.monotonic() + TIMEOUT_S
    while pending and time.monotonic() < deadline:
        objects = read()
        pending = {name: of for name, of in pending.items() if not holds(name, of, objects)}
        time.sleep(0.5)
    return sorted(pending)


def test_every_example_is_applied_by_kubectl_and_comes_to_what_the_documentation_describes(
    k: Kubectl,
) -> None:
    stream = yaml.safe_dump_all([doc for example in EXAMPLES for doc in documents(example)])
    said = k("apply -f -", stdin=stream)
    assert "error" not in said and said.count("created") >= len(EXAMPLES)
    left = wait_for_all(
        {name: expected(name) for name in EXAMPLES}, lambda: k.json(f"get {READ} -A")["items"]
    )
    assert left == []


@pytest.mark.parametrize(
    ("name", "asked", "answer"),
    [
        ("20-dependent-env", "logs dependent-envars", "SERVICE_ADDRESS=https://172.17.0.1:80"),
        ("27-configmap-volume", "logs volume-test", "SPECIAL_LEVEL\nSPECIAL_TYPE"),
        ("39-deployment", "rollout status deploy/nginx-deployment --timeout=30s", "successfully rolled out"),
        ("56-service", "logs client", "Hello, world!"),
        ("60-dns-lookup", "logs dnsutils", "Address: 10.96.0.1"),
    ],
)
def test_an_example_is_read_through_kubectl(k: Kubectl, name: str, asked: str, answer: str) -> None:
    k.until(f"-n {place_of(name)} {asked}", answer, timeout_s=60)
