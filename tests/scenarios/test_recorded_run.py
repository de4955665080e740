"""What was done to a running ClusterLab whose engines were killed is done again from the exported file."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

from simcore.etcd.snapshot import load
from tests.kit.kubectl import Kubectl, manage
from tests.kit.lab import Lab
from tests.kit.visitor import Visitor

ENGINES = ("engine-0", "engine-1")
PATIENCE_S = 60.0


class Driver:
    """A user with the page's API and kubectl."""

    def __init__(self, lab: Lab, kubectl: str, folder: Path) -> None:
        self._lab, self._visitor = lab, Visitor(lab.url)
        status, cluster = self._visitor.post("/api/clusters/", {"nodes": 3, "seed": 11, "name": folder.name})
        assert status == 201, cluster
        self._address = f"/api/clusters/{cluster['id']}/"
        config = folder / "kubeconfig"
        config.write_text(self._visitor.get(f"{self._address}kubeconfig/")[1])
        self.id: str = cluster["id"]
        self.kube = Kubectl(kubectl, config)

    def tell(self, path: str, **order: Any) -> None:
        status, answer = self._visitor.post(self._address + path, order)
        assert status < 300, answer

    def run_until(self, condition: str, **more: Any) -> None:
        self.tell("clock/", until=condition, **more)
        deadline = time.monotonic() + PATIENCE_S
        while (goal := self._visitor.get(f"{self._address}clock/")[1]["goal"])["state"] == "running":
            assert time.monotonic() < deadline, goal
            time.sleep(0.1)
        assert goal["state"] == "reached", goal

    def kill_engines(self) -> None:
        for name in ENGINES:
            self._lab.kill(name)


@pytest.fixture
def recorded(lab: Lab, kubectl: str, tmp_path: Path) -> Path:
    """A rollout, the death of every engine in the middle of another, a node that fails, time at other speeds."""
    user, file = Driver(lab, kubectl, tmp_path), tmp_path / "run.lab"
    user.kube("create deployment web --image=nginx:1.25 --replicas=4")
    user.run_until("deployment/web available", speed=20)
    user.kube("set image deployment/web nginx=nginx:1.26")
    user.kill_engines()
    user.kube("create job hello --image=busybox -- sleep 2")
    user.run_until("job/hello Complete and deployment/web available")
    user.tell("nodes/node-2/fault/", action="kill")
    user.run_until("node/node-2 not ready and any pod Terminating", speed=0, limit_s=900)
    user.tell("nodes/node-2/fault/", action="restore")
    user.run_until("all nodes ready and deployment/web available", speed=50)
    user.tell("clock/", step=50)
    manage(lab, "export", user.id, str(file))
    return file


@pytest.mark.kubectl
def test_a_replay_comes_to_the_same_bytes_in_a_process_of_its_own(lab: Lab, recorded: Path) -> None:
    record = load(recorded.read_bytes())
    owners = [mark for mark in record.journal if mark.what == "start"]
    assert len(owners) >= 2, "one, and whoever came after its death"
    told = manage(lab, "replay", str(recorded), PYTHONHASHSEED="1").splitlines()
    assert told[-1] == "the same history"
    begin, end = record.journal[0].revision, record.log[-1].revision
    inputs = re.fullmatch(rf"revisions {begin + 1} to {end}: (\d+) inputs, \d+ timers", told[0])
    assert inputs is not None and int(inputs[1]) >= 8, "what kubectl and the page wrote"
    assert end - begin > 200
