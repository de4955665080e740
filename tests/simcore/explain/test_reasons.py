"""One sentence for each reason that keeps something from being ready, and the revisions that prove it."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.kinds import (
    CRON_JOB,
    DEPLOYMENT,
    HORIZONTAL_POD_AUTOSCALER,
    JOB,
    NAMESPACE,
    PERSISTENT_VOLUME_CLAIM,
    POD,
    POD_DISRUPTION_BUDGET,
    REPLICA_SET,
    RESOURCE_QUOTA,
    Kind,
)
from simcore.apimachinery.meta import Key, Obj
from simcore.explain.why.answer import Verdict
from tests.kit.manifests import config_map, deployment, namespace, pod
from tests.simcore.explain.conftest import Told


def verdict(told: Told, kind: Kind, name: str, namespace: str = "default") -> Verdict:
    found = told.why(kind, name, namespace=namespace)
    assert found is not None
    return found.verdict


def made(api_version: str, kind: str, name: str, **spec: Any) -> Obj:
    meta = {"name": name, "namespace": "default"}
    return {"apiVersion": api_version, "kind": kind, "metadata": meta, "spec": spec}


def container(pod_: Obj, **fields: Any) -> Obj:
    """The pod, its container changed."""
    pod_["spec"]["containers"][0] |= fields
    return pod_


def claim(name: str, storage_class: str = "none") -> Obj:
    wants = {"requests": {"storage": "1Gi"}}
    return made(
        "v1",
        "PersistentVolumeClaim",
        name,
        accessModes=["ReadWriteOnce"],
        storageClassName=storage_class,
        resources=wants,
    )


CPU = {"requests": {"cpu": "100"}}
CLAIMED = [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]
NO_PORT = {"httpGet": {"port": 81, "path": "/"}, "periodSeconds": 2, "failureThreshold": 1}
REFUSED = 'Get "http://10.244.2.2:81/": dial tcp 10.244.2.2:81: connect: connection refused'
NOWHERE = "No node takes it: 0/3 nodes are available: 3"
PUT_OFF = "keeps ending, so its next start is put off (CrashLoopBackOff)."

PODS: dict[str, tuple[Obj, str, str]] = {
    "too much CPU": (container(pod("p"), resources=CPU), "bad", f"{NOWHERE} Insufficient cpu."),
    "no such label": (
        pod("p", nodeSelector={"disk": "ssd"}),
        "bad",
        f"{NOWHERE} node(s) didn't match Pod's node affinity/selector.",
    ),
    "gates": (
        pod("p", schedulingGates=[{"name": "x.io/wait"}]),
        "wait",
        "It is held back by its scheduling gates x.io/wait.",
    ),
    "a scheduler that nobody runs": (
        pod("p", schedulerName="mine"),
        "wait",
        "It waits for mine to place it.",
    ),
    "no such claim": (
        pod("p", volumes=CLAIMED),
        "bad",
        'No node takes it: 0/3 nodes are available: persistentvolumeclaim "data" not found.',
    ),
    "no such ConfigMap in a volume": (
        pod("p", volumes=[{"name": "v", "configMap": {"name": "nope"}}]),
        "bad",
        'A volume can\'t be mounted: MountVolume.SetUp failed for volume "v" : configmap "nope" not found',
    ),
    "no such ConfigMap in the environment": (
        container(pod("p"), envFrom=[{"configMapRef": {"name": "nope"}}]),
        "bad",
        'Container main doesn\'t run: CreateContainerConfigError: configmap "nope" not found',
    ),
    "a readiness probe": (
        container(pod("p", nodeName="node-2"), readinessProbe=NO_PORT),
        "bad",
        f"Container main runs, but its readinessProbe has not succeeded: Readiness probe failed: {REFUSED}",
    ),
    "a liveness probe": (
        container(pod("p", nodeName="node-2"), livenessProbe=NO_PORT),
        "bad",
        f"Container main {PUT_OFF} It ended with exit code 0 (Completed) and was started again 3 times. "
        f"Its liveness probe failed: {REFUSED}",
    ),
    "memory": (
        container(
            pod("p", image="polinux/stress"),
            command=["stress", "--vm", "1", "--vm-bytes", "250M"],
            resources={"limits": {"memory": "100Mi"}},
        ),
        "bad",
        f"Container main {PUT_OFF} It took more memory than its limit of 100Mi (OOMKilled) "
        "and was started again 3 times.",
    ),
    "an init container that runs": (
        pod("p", initContainers=[{"name": "first", "image": "busybox:1", "command": ["sleep", "999"]}]),
        "wait",
        "Init container first (1 of 1) has to end first; the others wait for it.",
    ),
    "an init container that fails": (
        pod("p", initContainers=[{"name": "first", "image": "busybox:1", "command": ["false"]}]),
        "bad",
        f"Init container first {PUT_OFF} It ended with exit code 1 (Error) and was started again 3 times. "
        "The others wait for it.",
    ),
    "a deadline": (
        pod("p", activeDeadlineSeconds=5),
        "bad",
        "It has failed: DeadlineExceeded (Pod was active on the node longer than the specified deadline).",
    ),
}


@pytest.mark.parametrize(("manifest", "state", "sentence"), PODS.values(), ids=PODS)
def test_a_pod_says_what_keeps_it(told: Told, manifest: Obj, state: str, sentence: str) -> None:
    first = told.given(manifest)
    told.cluster.advance(60_000)
    found = verdict(told, POD, "p")
    assert (found.sentence, found.state) == (sentence, state)
    assert found.proofs
    assert all(first <= proof.rev <= told.store.revision for proof in found.proofs)


def test_a_pod_whose_image_cannot_be_pulled_names_it_and_the_registrys_answer(told: Told) -> None:
    told.given(pod("p", image="nginx:404"))
    told.cluster.advance(60_000)
    found = verdict(told, POD, "p").sentence
    assert found.startswith("The image nginx:404 of container main can't be pulled (ImagePullBackOff): ")
    assert found.endswith("docker.io/library/nginx:404: not found")


def test_a_pod_that_waits_for_a_claim_says_what_the_claim_waits_for(told: Told) -> None:
    told.given(claim("data"), pod("p", volumes=CLAIMED))
    unbound = 'It is not bound: ProvisioningFailed: storageclass.storage.k8s.io "none" not found'
    assert verdict(told, PERSISTENT_VOLUME_CLAIM, "data").sentence == unbound
    found = verdict(told, POD, "p")
    assert found.sentence == (
        "No node takes it: 0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. "
        f"Claim data: {unbound}"
    )
    assert [proof.text.split(":")[0] for proof in found.proofs] == [
        "the scheduler found no node", "unbound", "ProvisioningFailed",
    ]  # fmt: skip


def test_a_claim_waits_for_its_first_pod_when_its_class_says_so(told: Told) -> None:
    late = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "late"},
        "provisioner": "x.io/disk",
        "volumeBindingMode": "WaitForFirstConsumer",
    }
    told.given(late, claim("data", "late"))
    assert verdict(told, PERSISTENT_VOLUME_CLAIM, "data").sentence == (
        "It waits for the first pod that uses it: class late binds a volume only then."
    )
    told.given(pod("p", volumes=CLAIMED))
    assert verdict(told, PERSISTENT_VOLUME_CLAIM, "data").sentence.startswith("It is bound to pvc-")


def test_what_is_deleted_and_held_names_its_finalizers(told: Told) -> None:
    held = pod("p")
    held["metadata"]["finalizers"] = ["x.io/a"]
    told.given(held, config_map("c"))
    told.user.delete(POD, Key("default", "p"))
    told.cluster.advance(60_000)
    assert verdict(told, POD, "p").sentence == (
        "It was told to stop by user:dana; it stays until the finalizer is removed: x.io/a."
    )


def test_a_namespace_that_does_not_go_says_what_remains_in_it(told: Told) -> None:
    inside = config_map("c", namespace="shop")
    inside["metadata"]["finalizers"] = ["x.io/a"]
    told.given(namespace("shop"), inside)
    assert verdict(told, NAMESPACE, "shop").sentence == "It is active."
    told.user.delete(NAMESPACE, Key("", "shop"))
    told.cluster.advance(20_000)
    found = verdict(told, NAMESPACE, "shop")
    assert found.state == "wait"
    assert "Some resources are remaining: configmaps. has 1 resource instances" in found.sentence
    assert "finalizers remaining: x.io/a in 1 resource instances" in found.sentence


def test_a_pod_of_a_dead_node_that_was_evicted_says_why_it_stays(told: Told) -> None:
    told.given(deployment("web", 3))
    told.switch_off("node-2")
    told.cluster.advance(400_000)
    pods = told.user.list(POD)
    left = next(p["metadata"]["name"] for p in pods if p["spec"]["nodeName"] == "node-2")
    assert verdict(told, POD, left) == (
        "bad",
        "It was told to stop by taint-eviction-controller; its containers have 30 s to end. "
        "Its node node-2 is lost: its machine is off, so its kubelet has stopped answering.",
        verdict(told, POD, left).proofs,
    )


def test_a_quota_that_is_full_refuses_pods_and_says_of_what(told: Told) -> None:
    told.given(made("v1", "ResourceQuota", "q", hard={"pods": "1"}))
    assert verdict(told, RESOURCE_QUOTA, "q").sentence == "There is room in all that it limits."
    told.given(deployment("web", 3))
    assert verdict(told, RESOURCE_QUOTA, "q").sentence == "It lets nothing more in of pods (1 of 1)."
    name = told.user.list(REPLICA_SET)[0]["metadata"]["name"]
    for kind, each in ((REPLICA_SET, name), (DEPLOYMENT, "web")):
        found = verdict(told, kind, each)
        assert found.sentence.startswith("Its pods can't be made: pods \"web-")
        assert "exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1" in found.sentence


def test_a_paused_rollout_says_that_changes_wait(told: Told) -> None:
    told.given(deployment("web", 2))
    told.user.patch(DEPLOYMENT, Key("default", "web"), {"spec": {"paused": True}})
    told.cluster.advance(5_000)
    assert verdict(told, DEPLOYMENT, "web")[:2] == (
        "wait",
        "It is paused: changes of its template wait. 2 of 2 replicas are available.",
    )


def test_what_is_suspended_makes_nothing(told: Told) -> None:
    once = {
        "restartPolicy": "Never",
        "containers": [{"name": "c", "image": "busybox:1", "command": ["true"]}],
    }
    job = {"template": {"spec": once}}
    told.given(made("batch/v1", "Job", "j", suspend=True, **job))
    told.given(
        made("batch/v1", "CronJob", "c", schedule="0 0 * * *", suspend=True, jobTemplate={"spec": job})
    )
    assert verdict(told, JOB, "j")[:2] == ("wait", "It is suspended.")
    assert verdict(told, CRON_JOB, "c").sentence == "It is suspended: it makes no Job until that is lifted."
    told.user.patch(CRON_JOB, Key("default", "c"), {"spec": {"suspend": False}})
    assert verdict(told, CRON_JOB, "c").sentence == (
        "It makes a Job by the schedule 0 0 * * *; it has made none yet, and 0 are active."
    )


def test_a_budget_says_how_many_may_be_evicted(told: Told) -> None:
    selector = {"matchLabels": {"app": "web"}}
    told.given(
        deployment("web", 2), made("policy/v1", "PodDisruptionBudget", "b", minAvailable=2, selector=selector)
    )
    counts = "2 of its 2 pods are healthy and 2 must stay so."
    assert verdict(told, POD_DISRUPTION_BUDGET, "b")[:2] == ("wait", f"Nothing may be evicted now: {counts}")
    told.user.patch(POD_DISRUPTION_BUDGET, Key("default", "b"), {"spec": {"minAvailable": 1}})
    told.cluster.advance(5_000)
    assert verdict(told, POD_DISRUPTION_BUDGET, "b").sentence.startswith("1 may be evicted now: ")


def test_an_autoscaler_says_why_it_cannot_scale(told: Told) -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "nope"}
    wish = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}},
    }
    told.given(
        made(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            "h",
            maxReplicas=3,
            scaleTargetRef=target,
            metrics=[wish],
        )
    )
    told.cluster.advance(30_000)
    assert verdict(told, HORIZONTAL_POD_AUTOSCALER, "h").sentence == (
        "It can't scale: the HPA controller was unable to get the target's current scale: "
        'deployments.apps "nope" not found'
    )
