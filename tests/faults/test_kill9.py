"""kill -9 of any process in a rollout: it completes, with no pod too many and no acknowledged write lost."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest
import redis

from simcore.apimachinery.encoding import decode
from simcore.apimachinery.kinds import CONFIG_MAP, POD
from simcore.apimachinery.meta import Key, Obj, is_terminating
from simcore.etcd.interface import Entry
from simcore.etcd.redis_store import RedisLog
from tests.kit.lab import Lab, running_lab
from tests.kit.manifests import config_map, deployment
from tests.kit.redis_process import temporary_folder
from tests.kit.visitor import Visitor

REPLICAS, SURGE = 24, 6
TIMEOUT_S = 90.0


@pytest.fixture(scope="module")
def own_lab() -> Iterator[Lab]:
    """One that these tests may break."""
    with temporary_folder() as folder, running_lab(Path(folder)) as lab:
        yield lab


class Rollout:
    """A visitor's cluster in which a Deployment comes up and then gets a new image."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.visitor = lab, Visitor(lab.url)
        status, cluster = self.visitor.post(
            "/api/clusters/", {"name": "faults", "nodes": 4, "latency": "realistic"}
        )
        assert status == 201, cluster
        self.id = cluster["id"]

    def apply(self, *manifests: Obj) -> bool:
        """Whether the server said that it has taken them."""
        documents = [{"name": f"{n}.json", "text": json.dumps(m)} for n, m in enumerate(manifests)]
        try:
            status, answer = self.visitor.post(f"/api/clusters/{self.id}/uploads/", {"documents": documents})
        except (URLError, OSError):
            return False  # the process died before it answered: nobody knows, so nobody may rely on it
        return status == 200 and bool(answer["applied"])

    def insist(self, *manifests: Obj) -> None:
        deadline = time.monotonic() + TIMEOUT_S
        while not self.apply(*manifests):
            assert time.monotonic() < deadline, "the server takes nothing"
            time.sleep(0.1)

    def pods(self) -> list[Obj]:
        try:
            status, found = self.visitor.get(f"/k8s/clusters/{self.id}/api/v1/namespaces/default/pods")
        except (URLError, OSError):
            return []
        return found["items"] if status == 200 else []

    def running(self, image: str) -> int:
        return sum(p["spec"]["containers"][0]["image"] == image and is_ready(p) for p in self.pods())

    def until_running(self, image: str, *, at_least: int = REPLICAS) -> None:
        deadline = time.monotonic() + TIMEOUT_S
        while self.running(image) < at_least:
            assert time.monotonic() < deadline, f"{self.running(image)} of {at_least} pods run {image}"
            time.sleep(0.05)

    def log(self) -> list[Entry]:
        client = redis.Redis.from_url(self.lab.redis_url, protocol=2)
        return RedisLog(client, self.id, wait_ms=lambda ms: None).read(0)


def is_ready(pod: Obj) -> bool:
    conditions = pod["status"].get("conditions") or ()
    return not is_terminating(pod) and any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def most_pods(log: list[Entry]) -> int:
    """The most pods that were there and not terminating, over all revisions."""
    alive: set[str] = set()
    most = 0
    for entry in log:
        if not entry.key.startswith(POD.prefix):
            continue
        if entry.value is None or is_terminating(decode(entry.value)):
            alive.discard(entry.key)
        else:
            alive.add(entry.key)
        most = max(most, len(alive))
    return most


class Writer(threading.Thread):
    """Somebody who keeps writing ConfigMaps and notes which ones were acknowledged."""

    def __init__(self, rollout: Rollout) -> None:
        super().__init__(daemon=True)
        self._rollout, self._ended = rollout, threading.Event()
        self.acknowledged: list[str] = []

    def run(self) -> None:
        number = 0
        while not self._ended.is_set():
            number += 1
            if self._rollout.apply(config_map(f"note-{number}", text=str(number))):
                self.acknowledged.append(f"note-{number}")

    def end(self) -> list[str]:
        self._ended.set()
        self.join(TIMEOUT_S)
        return self.acknowledged


@pytest.mark.parametrize("victims", [["engine-0", "engine-1"], ["redis"], ["web"]], ids="+".join)
def test_a_rollout_survives_kill_9(own_lab: Lab, victims: list[str]):
    rollout = Rollout(own_lab)
    rollout.insist(deployment("web", REPLICAS, image="nginx:1.25"))
    rollout.until_running("nginx:1.25", at_least=3)
    writer = Writer(rollout)
    writer.start()
    for name in victims:
        own_lab.kill(name)
    rollout.until_running("nginx:1.25")
    rollout.insist(deployment("web", REPLICAS, image="nginx:1.26"))
    rollout.until_running("nginx:1.26", at_least=2)
    for name in victims:
        own_lab.kill(name)
    rollout.until_running("nginx:1.26")
    acknowledged = writer.end()
    log = rollout.log()
    assert REPLICAS < most_pods(log) <= REPLICAS + SURGE
    assert [e.revision for e in log] == sorted(e.revision for e in log)
    written = {e.key for e in log}
    assert acknowledged
    assert [name for name in acknowledged if CONFIG_MAP.path(Key("default", name)) not in written] == []
    assert len(rollout.pods()) == REPLICAS
