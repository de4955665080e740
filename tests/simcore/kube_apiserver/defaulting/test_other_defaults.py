"""What the server fills into workloads, services and the rest."""

from typing import Any

import pytest

from tests.simcore.kube_apiserver.minimal import UNSET, created, minimal


def spec(kind: str, *fields: str, **changes: Any) -> dict[str, Any]:
    made = created(minimal(kind, **changes))["spec"]
    return {field: made[field] for field in fields} if fields else made


def test_a_deployment_rolls_a_quarter_at_a_time() -> None:
    assert {k: v for k, v in spec("Deployment").items() if k not in ("selector", "template")} == {
        "progressDeadlineSeconds": 600,
        "replicas": 1,
        "revisionHistoryLimit": 10,
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
    }


def test_a_deployment_that_recreates_has_no_limits() -> None:
    assert spec("Deployment", "strategy", spec__strategy={"type": "Recreate"}) == {
        "strategy": {"type": "Recreate"}
    }


def test_a_stateful_set_keeps_order_and_claims() -> None:
    fields = (
        "persistentVolumeClaimRetentionPolicy",
        "podManagementPolicy",
        "revisionHistoryLimit",
        "updateStrategy",
    )
    assert spec("StatefulSet", *fields) == {
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
        "podManagementPolicy": "OrderedReady",
        "revisionHistoryLimit": 10,
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
    }


def test_a_template_of_a_claim_is_a_claim() -> None:
    claim = {"metadata": {"name": "v"}, "spec": {"accessModes": ["ReadWriteOnce"]}}
    made = spec("StatefulSet", spec__volumeClaimTemplates=[claim])["volumeClaimTemplates"][0]
    assert made == {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "v"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {}, "volumeMode": "Filesystem"},
        "status": {"phase": "Pending"},
    }


def test_a_daemon_set_updates_one_node_at_a_time() -> None:
    made = created(minimal("DaemonSet"))
    assert made["spec"]["updateStrategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1},
    }
    assert set(made["status"].values()) == {0}


def test_a_replication_controller_takes_selector_and_labels_from_its_template() -> None:
    made = created(minimal("ReplicationController"))
    assert made["spec"]["selector"] == made["metadata"]["labels"] == {"app": "a"}


@pytest.mark.parametrize(
    ("changes", "filled"),
    [
        (
            {},
            {
                "completions": 1,
                "parallelism": 1,
                "backoffLimit": 6,
                "podReplacementPolicy": "TerminatingOrFailed",
            },
        ),
        ({"spec__parallelism": 3}, {"parallelism": 3, "completions": None}),
        (
            {"spec__completionMode": "Indexed", "spec__completions": 2, "spec__backoffLimitPerIndex": 1},
            {"backoffLimit": 2147483647},
        ),
        (
            {"spec__podFailurePolicy": {"rules": [{"action": "Count", "onPodConditions": [{"type": "A"}]}]}},
            {
                "podReplacementPolicy": "Failed",
                "podFailurePolicy": {
                    "rules": [{"action": "Count", "onPodConditions": [{"type": "A", "status": "True"}]}]
                },
            },
        ),
    ],
    ids=["alone", "in parallel", "by index", "with a policy"],
)
def test_a_job_is_filled_in(changes: dict[str, Any], filled: dict[str, Any]) -> None:
    made = spec("Job", **changes)
    assert {field: made.get(field) for field in filled} == filled


def test_a_cron_job_keeps_three_that_succeeded_and_one_that_failed() -> None:
    fields = ("concurrencyPolicy", "failedJobsHistoryLimit", "successfulJobsHistoryLimit", "suspend")
    assert spec("CronJob", *fields) == {
        "concurrencyPolicy": "Allow",
        "failedJobsHistoryLimit": 1,
        "successfulJobsHistoryLimit": 3,
        "suspend": False,
    }
    assert "completions" not in spec("CronJob")["jobTemplate"]["spec"]


def test_a_service_is_reached_from_inside() -> None:
    made = spec("Service")
    assert made["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 80}]
    assert (made["type"], made["sessionAffinity"], made["internalTrafficPolicy"]) == (
        "ClusterIP",
        "None",
        "Cluster",
    )
    assert "externalTrafficPolicy" not in made


def test_affinity_to_clients_lasts_three_hours() -> None:
    config = spec("Service", "sessionAffinityConfig", spec__sessionAffinity="ClientIP")[
        "sessionAffinityConfig"
    ]
    assert config == {"clientIP": {"timeoutSeconds": 10800}}


def test_a_balancer_takes_node_ports_and_outside_traffic() -> None:
    made = spec(
        "Service", "allocateLoadBalancerNodePorts", "externalTrafficPolicy", spec__type="LoadBalancer"
    )
    assert made == {"allocateLoadBalancerNodePorts": True, "externalTrafficPolicy": "Cluster"}


def test_a_name_outside_has_nothing_else() -> None:
    made = spec("Service", spec__type="ExternalName", spec__externalName="a.b", spec__ports=UNSET)
    assert made == {"externalName": "a.b", "sessionAffinity": "None", "type": "ExternalName"}


def test_an_event_writes_the_fields_that_hold_nothing() -> None:
    event = created(minimal("Event"))
    assert (event["source"], event["reportingComponent"], event["reportingInstance"]) == ({}, "", "")
    assert [event[field] for field in ("eventTime", "firstTimestamp", "lastTimestamp")] == [None, None, None]


def test_empty_data_is_no_data() -> None:
    assert "data" not in created(minimal("ConfigMap", data={}))


def test_a_volume_is_kept_after_its_claim() -> None:
    assert spec("PersistentVolume", "persistentVolumeReclaimPolicy", "volumeMode") == {
        "persistentVolumeReclaimPolicy": "Retain",
        "volumeMode": "Filesystem",
    }


def test_a_class_deletes_its_volumes_and_binds_at_once() -> None:
    made = created(minimal("StorageClass"))
    assert (made["reclaimPolicy"], made["volumeBindingMode"]) == ("Delete", "Immediate")


@pytest.mark.parametrize(
    ("changes", "types"),
    [
        ({}, ["Ingress"]),
        ({"spec__egress": [{}]}, ["Ingress", "Egress"]),
        ({"spec__policyTypes": ["Egress"]}, ["Egress"]),
    ],
    ids=["nothing said", "with egress", "as written"],
)
def test_a_policy_is_for_what_comes_in_unless_it_says_more(changes: dict[str, Any], types: list[str]) -> None:
    assert spec("NetworkPolicy", **changes)["policyTypes"] == types


def test_groups_of_access_rules_are_filled_in() -> None:
    binding = created(minimal("RoleBinding"))
    assert binding["roleRef"]["apiGroup"] == binding["subjects"][0]["apiGroup"] == "rbac.authorization.k8s.io"


def test_an_autoscaler_watches_the_processor_if_nothing_else() -> None:
    made = spec("HorizontalPodAutoscaler")
    assert made["minReplicas"] == 1
    assert made["metrics"] == [
        {
            "type": "Resource",
            "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
        }
    ]


def test_an_autoscaler_that_has_behaviour_has_all_of_it() -> None:
    made = spec("HorizontalPodAutoscaler", spec__behavior={"scaleUp": {"selectPolicy": "Min"}})["behavior"]
    assert made["scaleUp"]["selectPolicy"] == "Min"
    assert [policy["value"] for policy in made["scaleUp"]["policies"]] == [4, 100]
    assert made["scaleDown"]["policies"] == [{"type": "Percent", "value": 100, "periodSeconds": 15}]


def test_limits_of_containers_stand_in_for_defaults() -> None:
    limit = {"type": "Container", "max": {"cpu": "2"}, "min": {"memory": "1Mi"}}
    made = spec("LimitRange", spec__limits=[limit])["limits"][0]
    assert (made["default"], made["defaultRequest"]) == ({"cpu": "2"}, {"cpu": "2", "memory": "1Mi"})


def test_a_priority_pushes_others_out() -> None:
    assert created(minimal("PriorityClass"))["preemptionPolicy"] == "PreemptLowerPriority"


def test_a_budget_starts_with_nothing_counted() -> None:
    assert set(created(minimal("PodDisruptionBudget"))["status"].values()) == {0}
