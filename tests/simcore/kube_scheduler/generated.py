"""Clusters and pods drawn from a seed: small, crowded and odd, so that every plugin has something to object to."""

from __future__ import annotations

from random import Random

from simcore.apimachinery.meta import Obj

ZONES = ("zone-a", "zone-b", "zone-c")
APPS = ("web", "db", "cache")
NAMESPACES = ("default", "other")
TAINTS = (("dedicated", "db"), ("gpu", ""), ("node.kubernetes.io/unschedulable", ""))
EFFECTS = ("NoSchedule", "NoExecute", "PreferNoSchedule")
TOPOLOGY_KEYS = ("kubernetes.io/hostname", "topology.kubernetes.io/zone", "rack")


def node(rng: Random, name: str) -> Obj:
    labels = {"kubernetes.io/hostname": name, "size": str(rng.randint(1, 9))}
    if rng.random() < 0.9:
        labels["topology.kubernetes.io/zone"] = rng.choice(ZONES)
    if rng.random() < 0.5:
        labels["rack"] = rng.choice("12")
    if rng.random() < 0.4:
        labels["disk"] = rng.choice(("ssd", "hdd"))
    allocatable = {
        "cpu": rng.choice(("0", "1", "4", "16", "64", "64")),
        "memory": rng.choice(("0", "1Gi", "8Gi", "64Gi", "64Gi", "10Ei")),
        "pods": rng.choice(("2", "8", "110", "110")),
        "ephemeral-storage": "1Gi",
    }
    if rng.random() < 0.3:
        allocatable["example.com/gpu"] = rng.choice("124")
    taints = [
        {"key": key, "effect": rng.choice(EFFECTS)} | ({"value": value} if value else {})
        for key, value in TAINTS
        if rng.random() < 0.08
    ]
    images = [
        {"names": [f"{app}:latest"], "sizeBytes": rng.randint(1, 2000) << 20}
        for app in APPS
        if rng.random() < 0.2
    ]
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "spec": {"taints": taints} | ({"unschedulable": True} if rng.random() < 0.05 else {}),
        "status": {"allocatable": allocatable, "images": images},
    }


def pod(rng: Random, name: str, *, node_name: str = "") -> Obj:
    spec: Obj = {"containers": [_container(rng, n) for n in range(rng.choice((1, 1, 2)))]}
    if rng.random() < 0.2:
        spec["initContainers"] = [_container(rng, 9) | rng.choice(({}, {"restartPolicy": "Always"}))]
    if rng.random() < 0.12:
        spec["nodeSelector"] = rng.choice(
            ({"disk": "ssd"}, {"rack": "1"}, {"topology.kubernetes.io/zone": "zone-a"})
        )
    if rng.random() < 0.4:
        spec["tolerations"] = [_toleration(rng) for _ in range(rng.randint(1, 2))]
    if rng.random() < 0.3:
        spec["topologySpreadConstraints"] = [_spread(rng) for _ in range(rng.randint(1, 2))]
    affinity = _affinity(rng)
    if affinity:
        spec["affinity"] = affinity
    if rng.random() < 0.2:
        spec["priority"] = rng.randint(0, 2)
    if node_name:
        spec["nodeName"] = node_name
    meta: Obj = {"name": name, "namespace": rng.choice(NAMESPACES), "uid": f"uid-{name}"}
    meta["creationTimestamp"] = f"2026-01-01T00:00:{rng.randint(10, 59)}Z"
    meta["labels"] = {"app": rng.choice(APPS)} | ({"tier": "front"} if rng.random() < 0.3 else {})
    if node_name and rng.random() < 0.1:
        meta["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec, "status": {}}


def _container(rng: Random, number: int) -> Obj:
    requests = {}
    if rng.random() < 0.7:
        requests["cpu"] = rng.choice(("100m", "250m", "1", "3"))
    if rng.random() < 0.6:
        requests["memory"] = rng.choice(("16Mi", "128Mi", "1Gi"))
    if rng.random() < 0.1:
        requests["example.com/gpu"] = rng.choice("12")
    container: Obj = {"name": f"c{number}", "image": rng.choice(APPS), "resources": {"requests": requests}}
    if rng.random() < 0.1:
        container["ports"] = [
            {"containerPort": 80, "hostPort": rng.choice((80, 81)), "hostIP": rng.choice(("", "10.0.0.1"))}
        ]
    return container


def _toleration(rng: Random) -> Obj:
    key, value = rng.choice(TAINTS)
    toleration: Obj = rng.choice(
        ({"operator": "Exists"}, {"value": value}, {"operator": "Equal", "value": "x"})
    )
    if toleration.get("operator") != "Exists" or rng.random() < 0.8:
        toleration = toleration | {"key": key}
    return toleration | rng.choice(({}, {"effect": rng.choice(EFFECTS)}))


def _selector(rng: Random) -> Obj:
    return rng.choice((
        {"matchLabels": {"app": rng.choice(APPS)}},
        {"matchExpressions": [{"key": "app", "operator": "In", "values": rng.sample(APPS, 2)}]},
        {"matchExpressions": [{"key": "tier", "operator": rng.choice(("Exists", "DoesNotExist"))}]},
    ))  # fmt: skip


def _spread(rng: Random) -> Obj:
    constraint: Obj = {
        "maxSkew": rng.randint(1, 3),
        "topologyKey": rng.choice(TOPOLOGY_KEYS),
        "whenUnsatisfiable": rng.choice(("DoNotSchedule", "ScheduleAnyway")),
        "labelSelector": _selector(rng),
    }
    for field, value in (
        ("nodeAffinityPolicy", "Ignore"),
        ("nodeTaintsPolicy", "Honor"),
        ("matchLabelKeys", ["tier"]),
    ):
        if rng.random() < 0.2:
            constraint[field] = value
    if constraint["whenUnsatisfiable"] == "DoNotSchedule" and rng.random() < 0.3:
        constraint["minDomains"] = rng.randint(1, 4)
    return constraint


def _affinity(rng: Random) -> Obj:
    affinity: Obj = {}
    if rng.random() < 0.25:
        affinity["nodeAffinity"] = _node_affinity(rng)
    for field in ("podAffinity", "podAntiAffinity"):
        if rng.random() < 0.15:
            required = [_term(rng) for _ in range(rng.randint(0, 2))]
            preferred = [
                {"weight": rng.randint(1, 100), "podAffinityTerm": _term(rng)}
                for _ in range(rng.randint(0, 2))
            ]
            affinity[field] = {
                "requiredDuringSchedulingIgnoredDuringExecution": required,
                "preferredDuringSchedulingIgnoredDuringExecution": preferred,
            }
    return affinity


def _term(rng: Random) -> Obj:
    term: Obj = {"labelSelector": _selector(rng), "topologyKey": rng.choice(TOPOLOGY_KEYS)}
    if rng.random() < 0.2:
        term["namespaces"] = [rng.choice(NAMESPACES)]
    if rng.random() < 0.2:
        term["namespaceSelector"] = rng.choice(({}, {"matchLabels": {"team": "other"}}))
    return term


def _node_affinity(rng: Random) -> Obj:
    terms = [
        {"matchExpressions": [_requirement(rng) for _ in range(rng.randint(0, 2))]}
        for _ in range(rng.randint(1, 2))
    ]
    if rng.random() < 0.2:
        terms.append(
            {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["node-1", "node-3"]}]}
        )
    preferred = [
        {"weight": rng.randint(1, 100), "preference": {"matchExpressions": [_requirement(rng)]}}
        for _ in range(rng.randint(0, 2))
    ]
    affinity: Obj = {"preferredDuringSchedulingIgnoredDuringExecution": preferred}
    if rng.random() < 0.4:
        affinity["requiredDuringSchedulingIgnoredDuringExecution"] = {"nodeSelectorTerms": terms}
    return affinity


def _requirement(rng: Random) -> Obj:
    return rng.choice((
        {"key": "topology.kubernetes.io/zone", "operator": rng.choice(("In", "NotIn")), "values": rng.sample(ZONES, 2)},
        {"key": "disk", "operator": rng.choice(("Exists", "DoesNotExist"))},
        {"key": "size", "operator": rng.choice(("Gt", "Lt")), "values": ["4"]},
    ))  # fmt: skip
