"""kill -9 of each process of a whole ClusterLab, in the middle of a rollout and of a stream of writes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import yaml

from simcore.etcd.interface import Entry
from simcore.etcd.redis_store import RedisLog
from tests.faults.kube_client import CONFIG_MAPS, KubeClient, NoAnswer, config_map
from tests.faults.rollouts import pods_too_many
from tests.kit.kubectl import Kubectl, new_cluster
from tests.kit.lab import Lab
from tests.kit.manifests import deployment

REPLICAS = 8
MOST_PODS = 10  # and a surge of 25 %


class Writer(threading.Thread):
    """Creates ConfigMaps one after the other, whatever happens, and remembers what was acknowledged."""

    def __init__(self, kubeconfig: Path, prefix: str) -> None:
        super().__init__()
        self._client, self._prefix = KubeClient(kubeconfig), prefix
        self._ended = threading.Event()
        self.acknowledged: dict[str, str] = {}  # resourceVersion by name

    def run(self) -> None:
        number = 0
        while not self._ended.is_set():
            number += 1
            try:
                status, answer = self._client.ask(
                    "POST", CONFIG_MAPS, config_map(f"{self._prefix}-{number}", n=str(number))
                )
            except NoAnswer:
                time.sleep(0.05)
                continue
            if status == 201:
                self.acknowledged[answer["metadata"]["name"]] = answer["metadata"]["resourceVersion"]

    def end(self) -> None:
        self._ended.set()
        self.join(timeout=30)
        self._client.close()


@pytest.fixture(scope="module")
def kube(lab: Lab, tmp_path_factory: pytest.TempPathFactory, kubectl: str) -> Kubectl:
    made = new_cluster(lab, tmp_path_factory.mktemp("kill"), kubectl, "--nodes", "2", "--latency", "instant")
    made("apply -f -", stdin=as_yaml(image="nginx:1.25"))
    made("rollout status deployment/web --timeout=60s")
    return made


@pytest.fixture
def writer(kube: Kubectl, victim: str) -> Iterator[Writer]:
    running = Writer(kube.kubeconfig, f"{victim}-note")
    running.start()
    yield running
    running.end()


def as_yaml(*, image: str) -> str:
    return yaml.safe_dump(deployment("web", REPLICAS, image=image))


@pytest.mark.kubectl
@pytest.mark.parametrize("victim", ["engine", "redis", "web"])
def test_a_rollout_ends_well_and_no_write_is_lost(
    lab: Lab, kube: Kubectl, writer: Writer, victim: str
) -> None:
    image = f"nginx:{victim}"
    kube("apply -f -", stdin=as_yaml(image=image))
    for name in ["engine-0", "engine-1"] if victim == "engine" else [victim]:
        lab.kill(name)
    assert "successfully rolled out" in until_told(kube, "rollout status deployment/web --timeout=60s")
    writer.end()
    kept = {
        m["metadata"]["name"]: m["metadata"]["resourceVersion"] for m in kube.json("get configmaps")["items"]
    }
    assert len(writer.acknowledged) > 20
    assert {name: kept.get(name) for name in writer.acknowledged} == writer.acknowledged, "a write was lost"
    assert list(pods_too_many(log_of(lab, kube), most_replicas={"web": MOST_PODS})) == []
    pods = kube.json("get pods -l app=web")["items"]
    assert [p["spec"]["containers"][0]["image"] for p in pods] == [image] * REPLICAS
    assert {s["restartCount"] for p in pods for s in p["status"]["containerStatuses"]} == {0}


def until_told(kube: Kubectl, command: str) -> str:
    """kubectl gives up when the server goes away; a user asks again."""
    for _ in range(60):
        done = kube.run(command)
        if done.returncode == 0:
            return done.stdout
        time.sleep(0.5)
    raise AssertionError(done.stderr)


def log_of(lab: Lab, kube: Kubectl) -> list[Entry]:
    cluster_id = kube("config view -o jsonpath={.clusters[0].cluster.server}").rsplit("/", 1)[1]
    client = redis.Redis.from_url(lab.redis_url, protocol=2)
    return RedisLog(client, cluster_id, wait_ms=lambda ms: None).read(0)
