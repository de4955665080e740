"""Scenarios that a seed makes up: a cluster, and things that users and fate do to it at odd moments.

`python -m tests.scenarios.generated 7` prints the hash of seed 7's history; `7 100` those of a hundred seeds from 7 on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from simcore.apimachinery.errors import ApiError
from simcore.apimachinery.kinds import DEPLOYMENT, NODE, POD
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.cluster.history import history_hash
from simcore.cluster.world import NODES
from simcore.etcd.memory_store import MemoryStore
from simcore.sim.rng import Rng
from tests.kit.manifests import deployment, namespace

EPOCH_MS = 1_767_323_045_000
TURNS = 8
LONGEST_PAUSE_MS = 20_000
END_MS = 60_000
USER = "user:ada"


class Play:
    """One scenario under way: `roll` draws for the turn, `name` names what it makes."""

    def __init__(self, cluster: Cluster, seed: int) -> None:
        self.cluster, self._dice = cluster, Rng(seed)
        self.admin = cluster.client(USER)
        self.turn = 0

    def run(self) -> None:
        self.cluster.given(deployment("web", replicas=2 + self.roll(6)))
        for self.turn in range(1, TURNS + 1):
            self.cluster.advance(500 + self.roll(LONGEST_PAUSE_MS, "pause"))
            act = ACTS[self.roll(len(ACTS), "act")]
            with suppress(
                ApiError
            ):  # what it was about is gone, or refuses; that is a part of the history, too
                act(self)
        self.cluster.advance(END_MS)

    def roll(self, bound: int, what: str = "") -> int:
        return self._dice.below(bound, self.turn, what)

    @property
    def name(self) -> str:
        return f"app-{self.turn}"

    def some(self, found: list[Obj]) -> Obj | None:
        return found[self.roll(len(found), "some")] if found else None

    def given(self, **manifest: Any) -> None:
        name = {"name": self.name}
        self.cluster.given({**manifest, "metadata": {**name, **manifest.get("metadata", {})}})

    def template(self, *command: str, image: str = "busybox:1.36", **spec: Any) -> Obj:
        container = {"name": "main", "image": image} | ({"command": [*command]} if command else {})
        return {"metadata": {"labels": {"app": self.name}}, "spec": {"containers": [container], **spec}}

    def selecting(self) -> Obj:
        return {"matchLabels": {"app": self.name}}


def missing_image(play: Play) -> None:
    play.cluster.given(deployment(play.name, replicas=1 + play.roll(3), image="nginx:404"))


def rollout(play: Play) -> None:
    containers = [{"name": "main", "image": f"nginx:1.{play.roll(9)}"}]
    spec = {"replicas": play.roll(8, "replicas"), "template": {"spec": {"containers": containers}}}
    play.admin.patch(DEPLOYMENT, Key("default", "web"), {"spec": spec})


def lost_pod(play: Play) -> None:
    if pod := play.some(play.admin.list(POD, "default")):
        play.admin.delete(POD, Key("default", pod["metadata"]["name"]))


def power(play: Play) -> None:
    """Goes, or comes back."""
    world, path = play.cluster.world, f"{NODES}node-{1 + play.roll(3)}"
    machine = world.get(path)
    assert machine is not None
    state = "on" if machine["power"] == "off" else "off"
    since_ms = play.cluster.clock.now()
    world.put(path, {**machine, "power": state, "since_ms": since_ms}, actor=USER)


def too_big(play: Play) -> None:
    play.cluster.given(deployment(play.name, replicas=1, cpu="100"))


def crash_loop(play: Play) -> None:
    template = play.template("sh", "-c", f"sleep {play.roll(9)}; exit 1")
    spec = {"replicas": 1, "selector": play.selecting(), "template": template}
    play.given(apiVersion="apps/v1", kind="Deployment", spec=spec)


def stateful_set(play: Play) -> None:
    spec = {"replicas": 1 + play.roll(3), "serviceName": play.name, "selector": play.selecting()}
    play.given(
        apiVersion="apps/v1", kind="StatefulSet", spec={**spec, "template": play.template(image="nginx:1.27")}
    )


def daemon_set(play: Play) -> None:
    spec = {"selector": play.selecting(), "template": play.template("sleep", "1000")}
    play.given(apiVersion="apps/v1", kind="DaemonSet", spec=spec)


def job(play: Play) -> None:
    command = f"sleep {play.roll(20)}; exit {play.roll(2, 'code')}"
    template = play.template("sh", "-c", command, restartPolicy="Never")
    spec = {"parallelism": 1 + play.roll(3, "parallel"), "completions": 4, "backoffLimit": 2}
    play.given(apiVersion="batch/v1", kind="Job", spec={**spec, "template": template})


def cron_job(play: Play) -> None:
    template = play.template("sh", "-c", "echo hello", restartPolicy="OnFailure")
    spec = {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": template}}}
    play.given(apiVersion="batch/v1", kind="CronJob", spec=spec)


def service(play: Play) -> None:
    spec = {
        "selector": {"app": "web"},
        "ports": [{"port": 80}],
        "type": ("ClusterIP", "NodePort")[play.roll(2)],
    }
    play.given(apiVersion="v1", kind="Service", spec=spec)


def claim(play: Play) -> None:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    play.given(apiVersion="v1", kind="PersistentVolumeClaim", spec=spec)
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": play.name}}]
    play.given(apiVersion="v1", kind="Pod", **play.template("sleep", "99", volumes=volumes))


def tainted_node(play: Play) -> None:
    effect = ("NoSchedule", "NoExecute")[play.roll(2)]
    spec = {"taints": [{"key": "test", "effect": effect}], "unschedulable": bool(play.roll(2, "cordon"))}
    play.admin.patch(NODE, Key("", f"node-{1 + play.roll(3, 'node')}"), {"spec": spec})


def lost_deployment(play: Play) -> None:
    if found_one := play.some(play.admin.list(DEPLOYMENT, "default")):
        play.admin.delete(DEPLOYMENT, Key("default", found_one["metadata"]["name"]))


def other_namespace(play: Play) -> None:
    play.cluster.given(namespace(play.name), deployment("web", 2, namespace=play.name))


ACTS: tuple[Callable[[Play], None], ...] = (
    missing_image, rollout, rollout, lost_pod, lost_pod, power, power, too_big, crash_loop, stateful_set, daemon_set,
    job, cron_job, service, claim, tainted_node, lost_deployment, other_namespace,
)  # fmt: skip


def new_cluster(seed: int) -> Cluster:
    store = MemoryStore()
    latency = "instant" if seed % 5 == 4 else "realistic"
    found(store, ClusterSpec(seed=seed, epoch_ms=EPOCH_MS, nodes=3 + seed % 3, latency=latency))
    return Cluster(store)


def played(seed: int) -> Cluster:
    cluster = new_cluster(seed)
    Play(cluster, seed).run()
    return cluster


if __name__ == "__main__":
    first = int(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for seed in range(first, first + count):
        end = played(seed)
        print(seed, history_hash(end.store), end.store.revision, end.fired, flush=True)
