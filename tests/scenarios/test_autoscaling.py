"""An autoscaler at work: the walkthrough of Kubernetes' documentation, and what goes wrong."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import DEPLOYMENT, EVENT, HORIZONTAL_POD_AUTOSCALER, POD
from simcore.apimachinery.meta import Key, Obj
from simcore.cluster.cluster import Cluster
from simcore.cluster.founding import ClusterSpec, found
from simcore.etcd.memory_store import MemoryStore
from tests.kit.manifests import pod

WEB = Key("default", "php-apache")
LOOP = "while sleep 0.01; do wget -q -O- http://php-apache; done"


def cluster_of_three(**spec: Any) -> Cluster:
    store = MemoryStore()
    found(store, ClusterSpec(seed=1, epoch_ms=1_767_225_600_000, latency="instant", **spec))
    cluster = Cluster(store)
    cluster.advance(5_000)
    return cluster


def web(**resources: Obj) -> list[Obj]:
    labels = {"run": "php-apache"}
    container = {
        "name": "php-apache", "image": "registry.k8s.io/hpa-example", "ports": [{"containerPort": 80}],
        "resources": resources,
    }  # fmt: skip
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
    return [
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "php-apache"}, "spec": spec},
        {
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": "php-apache"},
            "spec": {"ports": [{"port": 80}], "selector": labels},
        },
    ]  # fmt: skip


def scaler(metric: Obj | None = None, *, name: str = "php-apache", **spec: Any) -> Obj:
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}
    ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    body = {"scaleTargetRef": ref, "minReplicas": 1, "maxReplicas": 10} | spec
    body["metrics"] = [metric or {"type": "Resource", "resource": cpu}]
    meta = {"name": "php-apache"}
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": meta, "spec": body}


def status(cluster: Cluster) -> Obj:
    found_: Obj = cluster.client("user:test").get(HORIZONTAL_POD_AUTOSCALER, WEB)["status"]
    return found_


def condition(cluster: Cluster, name: str) -> tuple[str, str, str]:
    one = next(c for c in status(cluster)["conditions"] if c["type"] == name)
    return one["status"], one["reason"], one["message"]


def replicas(cluster: Cluster) -> int:
    count: int = cluster.client("user:test").get(DEPLOYMENT, WEB)["spec"]["replicas"]
    return count


def events(cluster: Cluster) -> list[tuple[str, str]]:
    every = cluster.client("user:test").list(EVENT, "default")
    about = [e for e in every if e["involvedObject"]["kind"] == "HorizontalPodAutoscaler"]
    return [
        (e["reason"], e["message"])
        for e in sorted(about, key=lambda e: int(e["metadata"]["resourceVersion"]))
    ]


REQUESTS = {"requests": {"cpu": "200m"}, "limits": {"cpu": "500m"}}


def test_the_walkthrough_scales_up_under_load_and_down_five_minutes_after_it() -> None:
    cluster = cluster_of_three()
    cluster.given(*web(**REQUESTS), scaler())
    cluster.advance(60_000)
    (metric,) = status(cluster)["currentMetrics"]
    assert metric["resource"]["current"] == {"averageUtilization": 2, "averageValue": "4m"}
    assert replicas(cluster) == 1
    cluster.given(pod("load", image="busybox:1.28", containers=[
        {"name": "main", "image": "busybox:1.28", "command": ["/bin/sh", "-c", LOOP]}
    ]))  # fmt: skip
    cluster.advance(120_000)
    assert replicas(cluster) == 7
    cluster.client("user:test").delete(POD, Key("default", "load"), grace_s=0)
    cluster.advance(285_000)
    assert replicas(cluster) == 7
    assert condition(cluster, "AbleToScale")[1] == "ScaleDownStabilized"
    cluster.advance(30_000)
    assert replicas(cluster) == 1
    told = events(cluster)
    assert told[-1] == ("SuccessfulRescale", "New size: 1; reason: All metrics below target")
    up = "cpu resource utilization (percentage of request) above target"
    assert ("SuccessfulRescale", f"New size: 4; reason: {up}") in told


def test_an_autoscaler_that_is_content_writes_nothing() -> None:
    cluster = cluster_of_three()
    cluster.given(*web(**REQUESTS), scaler())
    cluster.advance(60_000)
    before = cluster.store.revision
    cluster.advance(600_000)
    assert cluster.store.revision == before
    state, why, text = condition(cluster, "ScalingActive")
    assert (state, why) == ("True", "ValidMetricFound")
    measure = "cpu resource utilization (percentage of request)"
    assert text == f"the HPA was able to successfully calculate a replica count from {measure}"
    assert condition(cluster, "ScalingLimited")[1] == "DesiredWithinRange"


def test_it_is_first_looked_at_after_fifteen_seconds() -> None:
    cluster = cluster_of_three()
    cluster.given(*web(**REQUESTS), scaler())
    cluster.advance(14_000)
    assert "conditions" not in status(cluster)
    cluster.advance(1_100)
    assert condition(cluster, "AbleToScale")[0] == "True"


@pytest.mark.parametrize(
    ("start", "bounds", "after", "reason"),
    [
        (1, {"minReplicas": 3}, 3, "Current number of replicas below Spec.MinReplicas"),
        (9, {"maxReplicas": 4}, 4, "Current number of replicas above Spec.MaxReplicas"),
    ],
)
def test_the_bounds_hold_whatever_the_load(
    start: int, bounds: dict[str, int], after: int, reason: str
) -> None:
    cluster = cluster_of_three()
    deployment, service = web(**REQUESTS)
    deployment["spec"]["replicas"] = start
    cluster.given(deployment, service, scaler(**bounds))
    cluster.advance(16_000)
    assert replicas(cluster) == after
    assert events(cluster) == [("SuccessfulRescale", f"New size: {after}; reason: {reason}")]


def test_a_target_scaled_to_zero_is_left_alone() -> None:
    cluster = cluster_of_three()
    deployment, service = web(**REQUESTS)
    deployment["spec"]["replicas"] = 0
    cluster.given(deployment, service, scaler())
    cluster.advance(16_000)
    text = "scaling is disabled since the replica count of the target is zero"
    assert condition(cluster, "ScalingActive") == ("False", "ScalingDisabled", text)
    assert replicas(cluster) == 0


def test_a_missing_target_is_told() -> None:
    cluster = cluster_of_three()
    cluster.given(scaler(name="gone"))
    cluster.advance(16_000)
    text = (
        'the HPA controller was unable to get the target\'s current scale: deployments.apps "gone" not found'
    )
    assert condition(cluster, "AbleToScale") == ("False", "FailedGetScale", text)
    assert events(cluster) == [("FailedGetScale", 'deployments.apps "gone" not found')]


_POD_METRIC = {"metric": {"name": "rps"}, "target": {"type": "AverageValue", "averageValue": "10"}}
_OBJECT = {
    "metric": {"name": "hits"}, "describedObject": {"kind": "Service", "name": "x", "apiVersion": "v1"},
    "target": {"type": "Value", "value": "5"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "reason", "message"),
    [
        (None, "FailedGetResourceMetric", "failed to get cpu utilization: missing request for cpu in container "
         "php-apache of Pod "),
        ({"type": "Pods", "pods": _POD_METRIC}, "FailedGetPodsMetric", "failed to get pods metric value: unable to "
         "get metric rps: unable to fetch metrics from custom metrics API: no custom metrics API "),
        ({"type": "External", "external": _POD_METRIC}, "FailedGetExternalMetric", "failed to get external metric "
         "value: unable to get metric rps: unable to fetch metrics from external metrics API: "),
        ({"type": "Object", "object": _OBJECT}, "FailedGetObjectMetric", "failed to get object metric value: unable "
         "to get metric hits: "),
    ],
    ids=["no request", "pods", "external", "object"],
)  # fmt: skip
def test_a_metric_that_cannot_be_told_stops_it(metric: Obj | None, reason: str, message: str) -> None:
    cluster = cluster_of_three()
    cluster.given(*web(), scaler(metric))
    cluster.advance(46_000)
    state, why, text = condition(cluster, "ScalingActive")
    assert (state, why) == ("False", reason)
    assert text.startswith(f"the HPA was unable to compute the replica count: {message}")
    assert {name for name, _ in events(cluster)} >= {reason, "FailedComputeMetricsReplicas"}
    assert replicas(cluster) == 1


def test_a_bare_cluster_serves_no_metrics() -> None:
    cluster = cluster_of_three(bare=True)
    cluster.given(*web(**REQUESTS), scaler())
    cluster.advance(31_000)
    assert (
        "unable to fetch metrics from resource metrics API: the server could not find the requested resource"
        in (condition(cluster, "ScalingActive")[2])
    )


def test_memory_can_be_the_measure() -> None:
    target = {"type": "AverageValue", "averageValue": "10Mi"}
    metric = {"type": "Resource", "resource": {"name": "memory", "target": target}}
    cluster = cluster_of_three()
    cluster.given(*web(requests={"memory": "64Mi"}), scaler(metric))
    cluster.advance(46_000)
    assert replicas(cluster) > 1
    (told,) = status(cluster)["currentMetrics"]
    assert told["resource"]["name"] == "memory" and set(told["resource"]["current"]) == {"averageValue"}


def test_one_container_can_be_the_measure() -> None:
    target = {"type": "Utilization", "averageUtilization": 50}
    metric = {
        "type": "ContainerResource",
        "containerResource": {"name": "cpu", "container": "php-apache", "target": target},
    }
    cluster = cluster_of_three()
    cluster.given(*web(**REQUESTS), scaler(metric))
    cluster.advance(46_000)
    assert "cpu container resource utilization" in condition(cluster, "ScalingActive")[2]
    (told,) = status(cluster)["currentMetrics"]
    assert told["containerResource"]["container"] == "php-apache"
