"""Many clients and many faults for a while, then quiet, and then the question whether every promise was kept."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.checker import Checker
from tests.faults.clients import (
    DEPLOYMENT_NAMES,
    ApiUser,
    ApiWatcher,
    Client,
    Recorder,
    StoreUser,
    StoreWatcher,
)
from tests.faults.injected import Faults
from tests.faults.kube_client import DEPLOYMENTS, KubeClient, NoAnswer
from tests.faults.rollouts import pods_too_many
from tests.kit.lab import Lab
from tests.kit.manifests import deployment

HEAL_S = 60.0


@dataclass(frozen=True)
class Summary:
    seed: int
    seconds: float
    revisions: int
    operations: Counter[str]
    unanswered: int
    failures: int
    faults: Counter[str]
    violations: list[str]

    def text(self) -> str:
        kinds = ", ".join(f"{kind} {times}" for kind, times in sorted(self.operations.items()))
        lines = [
            f"seed {self.seed}, {self.seconds:.0f} s, {self.revisions} revisions",
            f"operations: {self.operations.total()} answered ({kinds}); {self.unanswered} without an answer,"
            f" {self.failures} failed attempts",
            f"faults: {self.faults.total()}",
            *(f"  {times:>4}  {kind}" for kind, times in sorted(self.faults.items())),
            f"violations: {len(self.violations)}",
            *(f"  {sentence}" for sentence in self.violations[:50]),
        ]
        if self.violations:
            lines.append(f"repeat with: make faults SEED={self.seed}")
        return "\n".join(lines)


def run(lab: Lab, kubeconfig: Path, *, seed: int, seconds: float, stop_s: float | None = None) -> Summary:
    """`stop_s`: how long a worker is stopped, when not for longer than its lease."""
    began, api = time.monotonic(), KubeClient(kubeconfig)
    cluster_id = kubeconfig.read_text().split("/clusters/")[1].split()[0]
    for name in DEPLOYMENT_NAMES:
        status, answer = api.ask("POST", DEPLOYMENTS, deployment(name, 3))
        assert status == 201, answer
    recorder = Recorder("recorder", seed, lab.redis_url, cluster_id)
    clients: list[Client] = [
        recorder,
        *(ApiUser(f"api-{n}", seed, kubeconfig) for n in range(4)),
        *(ApiWatcher(f"api-watch-{n}", seed, kubeconfig) for n in range(2)),
        *(StoreUser(f"store-{n}", seed, lab.redis_url, cluster_id) for n in range(2)),
        *(StoreWatcher(f"store-watch-{n}", seed, lab.redis_url, cluster_id) for n in range(3)),
    ]
    faults = Faults(lab, cluster_id, seed, **({} if stop_s is None else {"stop_s": stop_s}))
    for thread in (*clients, faults):
        thread.start()
    time.sleep(max(seconds - (time.monotonic() - began), 0))
    faults.end()
    for client in clients[1:]:
        client.end()
    unhealed = list(heals(api))
    recorder.end()
    recorder.catch_up()
    return Summary(
        seed,
        time.monotonic() - began,
        recorder.entries[-1].revision,
        Counter(done.what for client in clients for done in client.done if done.ended is not None),
        sum(done.ended is None for client in clients for done in client.done),
        sum(client.failures for client in clients),
        faults.counts,
        [*unhealed, *violations(recorder, clients)],
    )


def heals(api: KubeClient) -> Iterator[str]:
    """Says which Deployments did not come to what they ask for."""
    deadline = time.monotonic() + HEAL_S
    waiting = list(DEPLOYMENT_NAMES)
    while waiting and time.monotonic() < deadline:
        time.sleep(0.2)
        waiting = [name for name in waiting if not is_complete(api, name)]
    yield from (f"Deployment {name} is not complete after {HEAL_S:.0f} s" for name in waiting)


def is_complete(api: KubeClient, name: str) -> bool:
    try:
        status, found = api.ask("GET", f"{DEPLOYMENTS}/{name}")
    except NoAnswer:
        return False
    if status != 200:
        return False
    wanted, seen = found["spec"]["replicas"], found.get("status", {})
    has = [seen.get(field, 0) for field in ("replicas", "updatedReplicas", "availableReplicas")]
    return has == [wanted] * 3 and seen.get("observedGeneration") == found["metadata"]["generation"]


def violations(recorder: Recorder, clients: Sequence[Client]) -> Iterator[str]:
    done = [one for client in clients for one in client.done]
    watched = [one for client in clients for one in client.watched]
    yield from Checker(recorder.entries, done).violations(watched)
    yield from pods_too_many(recorder.entries)
    yield from (f"{client.name} broke: {client.broken!r}" for client in clients if client.broken)
