"""What a user could write that asks for too much: manifests, and what somebody then does to them again and again."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from simcore.apimachinery.meta import Obj
from tests.bench.api_client import Connection
from tests.kit.manifests import config_map, deployment, namespace

NODES = 60
MANY = 10_000
BILLIONS = 2_147_483_647
FASTEST = 1_000.0

Step = Callable[[Connection, int], Awaitable[Any]]
"""One thing that a restless user does, the n-th time."""


@dataclass(frozen=True)
class BadInput:
    name: str
    manifests: tuple[Obj, ...]
    speed: float = 1.0
    step: Step | None = None


def bad_inputs() -> list[BadInput]:
    return [
        BadInput("replicas", (deployment("huge", BILLIONS),)),
        BadInput("daemons", tuple(daemon(f"nowhere-{n}") for n in range(20))),
        BadInput("owners", tuple(config_map(f"m-{n}") for n in range(300)), step=_close_a_circle),
        BadInput("cron", tuple(cron_job(f"bomb-{n}") for n in range(10)), FASTEST),
        BadInput("logs", tuple(shell(f"loud-{n}", _LOUD) for n in range(100)), step=_read_log),
        BadInput("shell", tuple(shell(f"loop-{n}", _LOOPS[n % len(_LOOPS)]) for n in range(100))),
        BadInput("restarts", tuple(shell(f"crash-{n}", "exit 1") for n in range(300)), FASTEST),
        BadInput("autoscalers", tuple(_autoscaled(500)), step=_flap),
        BadInput("finalizers", (), step=_finalize),
        BadInput("mounts", (*(config_map(f"m-{n}", k="v") for n in range(MANY)), mounting(MANY)), step=_touch),
        BadInput("labels", (labelled("wide", 100, 2_000),)),
        BadInput("probes", tuple(_flapping(5_000))),
        BadInput("overlap", tuple(overlapping(n) for n in range(1_000))),
        BadInput("scaling", (deployment("jumpy", 1),), step=_scale),
    ]  # fmt: skip


def workload(kind: str, name: str, replicas: int | None, pod: Obj, labels: Obj | None = None) -> Obj:
    app = {"app": name}
    spec: Obj = {
        "selector": {"matchLabels": app},
        "template": {"metadata": {"labels": {**(labels or {}), **app}}},
    }
    spec["template"]["spec"] = pod
    meta = {"name": name, "namespace": "default"}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": meta,
            "spec": spec if replicas is None else spec | {"replicas": replicas}}  # fmt: skip


def daemon(name: str) -> Obj:
    """Too big for every node."""
    container = {"name": "main", "image": "nginx", "resources": {"requests": {"cpu": "64"}}}
    return workload("DaemonSet", name, None, {"containers": [container]})


def cron_job(name: str) -> Obj:
    """Every minute as many pods as can be, none of which ends."""
    pod = {"containers": [sh("sleep 1000000")], "restartPolicy": "Never"}
    job = {"parallelism": BILLIONS, "completions": BILLIONS, "template": {"spec": pod}}
    spec = {"schedule": "* * * * *", "concurrencyPolicy": "Allow", "jobTemplate": {"spec": job}}
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": name}, "spec": spec}


def sh(script: str) -> Obj:
    return {"name": "main", "image": "busybox", "command": ["sh", "-c", script]}


def shell(name: str, script: str) -> Obj:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {"containers": [sh(script)]},
    }


_LOUD = "while true; do echo line; done"
_LOOPS = (
    "while true; do :; done",
    "f() { f; f; }; f",
    "a=x; while true; do a=$a$a; done",
    "while true; do (while true; do :; done) & done",
    "for i in $(seq 1 1000000); do touch /tmp/$i; done",
)


def _autoscaled(number: int) -> Iterable[Obj]:
    for n in range(number):
        yield deployment(f"web-{n}", cpu="10m")
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"web-{n}"}
        at_once = {"stabilizationWindowSeconds": 0}
        metric = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}
        yield {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": f"web-{n}"},
            "spec": {"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": 8,
                     "metrics": [{"type": "Resource", "resource": metric}],
                     "behavior": {"scaleUp": at_once, "scaleDown": at_once}},
        }  # fmt: skip


async def _flap(client: Connection, n: int) -> None:
    """The load model is calm, so a hand moves the bounds."""
    path = f"/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/web-{n % 500}"
    await client.ask("PATCH", path, {"spec": {"minReplicas": 1 + 4 * (n // 500 % 2 == 0)}})


def mounting(number: int) -> Obj:
    sources = [{"configMap": {"name": f"m-{n}"}} for n in range(number)]
    container = {**sh("sleep 1000000"), "volumeMounts": [{"name": "all", "mountPath": "/all"}]}
    pod = {"containers": [container], "volumes": [{"name": "all", "projected": {"sources": sources}}]}
    return workload("Deployment", "mounting", 3, pod)


async def _touch(client: Connection, n: int) -> None:
    await client.ask("PATCH", f"{_MAPS}/m-{n * 7 % MANY}", {"data": {"k": str(n)}})


def labelled(name: str, replicas: int, number: int) -> Obj:
    labels = {f"label-{n}": f"a-value-of-some-length-{n}" for n in range(number)}
    return workload(
        "Deployment", name, replicas, {"containers": [{"name": "main", "image": "nginx"}]}, labels
    )


def _flapping(number: int) -> Iterable[Obj]:
    yield {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "flapping"},
           "spec": {"selector": {"app": "flapping"}, "ports": [{"port": 80}]}}  # fmt: skip
    probe = {"exec": {"command": ["test", "-e", "/tmp/ok"]}, "periodSeconds": 1, "failureThreshold": 1}
    script = "while true; do touch /tmp/ok; sleep 2; rm /tmp/ok; sleep 2; done"
    yield workload(
        "Deployment", "flapping", number, {"containers": [{**sh(script), "readinessProbe": probe}]}
    )


def overlapping(n: int) -> Obj:
    """All of one selector."""
    whole = deployment(f"rival-{n}", 2)
    whole["spec"]["selector"] = {"matchLabels": {"app": "prize"}}
    whole["spec"]["template"]["metadata"]["labels"] = {"app": "prize"}
    return whole


_MAPS = "/api/v1/namespaces/default/configmaps"


async def _close_a_circle(client: Connection, n: int) -> None:
    """Each owns the next; then one is deleted, and all go. A new circle of 100 begins every 100 steps."""
    name, last = f"c-{n // 100}-{n % 100}", f"c-{n // 100}-{n % 100 - 1}"
    meta: Obj = {"name": name}
    if n % 100:
        meta["ownerReferences"] = [await _owner(client, last)]
    await client.ask("POST", _MAPS, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta})
    if n % 100 == 99:
        first = f"c-{n // 100}-0"
        refs = [await _owner(client, name)]
        await client.ask("PATCH", f"{_MAPS}/{first}", {"metadata": {"ownerReferences": refs}})
        await client.ask("DELETE", f"{_MAPS}/{first}?propagationPolicy=Foreground")


async def _owner(client: Connection, name: str) -> Obj:
    _, body = await client.ask("GET", f"{_MAPS}/{name}")
    uid = json.loads(body)["metadata"]["uid"]
    return {"apiVersion": "v1", "kind": "ConfigMap", "name": name, "uid": uid, "blockOwnerDeletion": True}


async def _finalize(client: Connection, n: int) -> None:
    """Namespaces full of objects that do not want to go."""
    place = f"storm-{n // 200}"
    if n % 200 == 0:
        await client.ask("POST", "/api/v1/namespaces", namespace(place))
    held = config_map(f"m-{n}", namespace=place)
    held["metadata"]["finalizers"] = ["example.com/never"]
    await client.ask("POST", f"/api/v1/namespaces/{place}/configmaps", held)
    if n % 200 == 199:
        await client.ask("DELETE", f"/api/v1/namespaces/{place}")


async def _read_log(client: Connection, n: int) -> None:
    await client.ask("GET", f"/api/v1/namespaces/default/pods/loud-{n % 100}/log")


async def _scale(client: Connection, n: int) -> None:
    path = "/apis/apps/v1/namespaces/default/deployments/jumpy/scale"
    await client.ask("PATCH", path, {"spec": {"replicas": 1_000 * (n // 50 % 2)}})
