"""What an autoscaler's metrics come to: so many replicas each, or why nobody can tell.

Models: kubernetes v1.36 pkg/controller/podautoscaler/horizontal.go (computeReplicasForMetric, computeStatusFor...).
Left out: see docs/deviations.md, kube_controller_manager.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple, Protocol

from simcore.apimachinery.meta import Obj
from simcore.apimachinery.quantity import canonical, milli, whole
from simcore.kube_controller_manager.horizontal.replicas import (
    TOLERANCE,
    Measures,
    NoMeasures,
    Ratio,
    sort_pods,
    wanted,
)

NO_API = (
    "unable to fetch metrics from resource metrics API: "
    "the server could not find the requested resource (get pods.metrics.k8s.io)"
)
NO_CUSTOM = (
    "unable to fetch metrics from {api} metrics API: no {api} metrics API ({api}.metrics.k8s.io) registered"
)


class PodUse(NamedTuple):
    """What the containers of a pod used at the last look: {container: {resource: amount}}, cpu in thousandths."""

    containers: Mapping[str, Mapping[str, int]]


class PodMetrics(Protocol):
    """The resource metrics API."""

    def measured_ms(self) -> int:
        """When it last looked, in Unix milliseconds."""
        ...

    def use_of(self, pods: Sequence[Obj]) -> dict[str, PodUse]:
        """By pod, of those that have been looked at; all of one namespace."""
        ...


class Target(NamedTuple):
    """What is scaled, as far as metrics go."""

    replicas: int
    pods: Sequence[Obj]


class Proposal(NamedTuple):
    replicas: int
    metric: str
    """As messages name it."""
    status: Obj


class MetricFault(Exception):
    """A metric cannot be told."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message


def propose(
    metric: Obj, target: Target, source: PodMetrics | None, now_ms: int, behavior: Obj | None
) -> Proposal:
    """Raises: MetricFault."""
    kind = metric["type"]
    if kind == "Resource":
        of, container = metric["resource"], ""
    elif kind == "ContainerResource":
        of, container = metric["containerResource"], metric["containerResource"]["container"]
    else:
        raise _unknown(kind, metric)
    name, aim = of["name"], of["target"]
    if source is None:
        raise _fault(kind, name, aim, f"unable to get metrics for resource {name}: {NO_API}")
    if not target.pods:
        raise _fault(kind, name, aim, "no pods returned by selector while calculating replica count")
    uses = source.use_of(target.pods)
    measures = _measures(uses, name, container)
    if not measures:
        text = f"unable to get metrics for resource {name}: no metrics returned from resource metrics API"
        raise _fault(kind, name, aim, text)
    found = sort_pods(target.pods, measures, name, source.measured_ms(), now_ms)
    is_share = aim["type"] == "Utilization"
    try:
        requests = _requests(target.pods, measures, name, container) if is_share else None
        goal = aim["averageUtilization"] if is_share else _amount(name, aim["averageValue"])
        replicas, told = wanted(target.replicas, found, measures, requests, goal, _tolerance(behavior))
    except NoMeasures as error:
        raise _fault(kind, name, aim, str(error)) from None
    return Proposal(replicas, _named(kind, name, is_share), _status(kind, of, told, is_share))


def _measures(uses: Mapping[str, PodUse], resource: str, container: str) -> Measures:
    found = {}
    for pod, use in uses.items():
        amounts = [u.get(resource, 0) for name, u in use.containers.items() if container in ("", name)]
        if amounts:
            found[pod] = sum(amounts)
    return found


def _requests(pods: Sequence[Obj], measures: Measures, resource: str, container: str) -> Measures:
    """Raises: NoMeasures."""
    found = {}
    for pod in pods:
        sidecars = [c for c in pod["spec"].get("initContainers") or () if c.get("restartPolicy") == "Always"]
        asked = 0
        for spec in (*pod["spec"]["containers"], *sidecars):
            if container not in ("", spec["name"]):
                continue
            text = ((spec.get("resources") or {}).get("requests") or {}).get(resource)
            if text is None:
                where = f"in container {spec['name']} of Pod {pod['metadata']['name']}"
                raise NoMeasures(f"missing request for {resource} {where}")
            asked += _amount(resource, text)
        found[pod["metadata"]["name"]] = asked
    return {name: asked for name, asked in found.items() if name in measures or asked}


def _amount(resource: str, text: str) -> int:
    return milli(text) if resource == "cpu" else whole(text)


def _tolerance(behavior: Obj | None) -> tuple[Fraction, Fraction]:
    """Downwards and upwards."""
    found = ((behavior or {}).get(side, {}).get("tolerance") for side in ("scaleDown", "scaleUp"))
    down, up = (TOLERANCE if text is None else Fraction(milli(text), 1000) for text in found)
    return down, up


def _status(kind: str, of: Obj, told: Ratio, is_share: bool) -> Obj:
    value = canonical(f"{told.each}m") if of["name"] == "cpu" else canonical(told.each)
    current: Obj = {"averageValue": value} | ({"averageUtilization": told.percent} if is_share else {})
    if kind == "Resource":
        return {"type": kind, "resource": {"name": of["name"], "current": current}}
    named = {"name": of["name"], "container": of["container"], "current": current}
    return {"type": kind, "containerResource": named}


def _named(kind: str, resource: str, is_share: bool) -> str:
    where = "container resource" if kind == "ContainerResource" else "resource"
    return f"{resource} {where}" + (" utilization (percentage of request)" if is_share else "")


def _fault(kind: str, resource: str, aim: Obj, text: str) -> MetricFault:
    where = "container resource" if kind == "ContainerResource" else "resource"
    what = f"{resource} utilization" if aim["type"] == "Utilization" else f"{resource} {where}"
    if kind == "ContainerResource":
        what = (
            f"{resource} container metric value"
            if aim["type"] != "Utilization"
            else f"{resource} utilization"
        )
    elif aim["type"] != "Utilization":
        what = f"{resource} resource metric value"
    return MetricFault(f"FailedGet{kind}Metric", f"failed to get {what}: {text}")


def _unknown(kind: str, metric: Obj) -> MetricFault:
    """Metrics that only an adapter would serve, and a cluster has none."""
    match kind:
        case "External":
            name, api, reason = metric["external"]["metric"]["name"], "external", "FailedGetExternalMetric"
        case "Pods":
            name, api, reason = metric["pods"]["metric"]["name"], "custom", "FailedGetPodsMetric"
        case "Object":
            name, api, reason = metric["object"]["metric"]["name"], "custom", "FailedGetObjectMetric"
        case _:
            return MetricFault("InvalidMetricSourceType", f'unknown metric source type "{kind}"')
    text = NO_CUSTOM.format(api=api)
    return MetricFault(
        reason, f"failed to get {kind.lower()} metric value: unable to get metric {name}: {text}"
    )
