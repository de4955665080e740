"""What the server fills into pods and pod templates."""

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.defaulting.container import pull_policy
from simcore.kube_apiserver.defaulting.pod import default_pod_spec, default_template

DIGEST = "sha256:" + "a" * 64


def container(**fields: Any) -> Obj:
    spec = default_pod_spec({"containers": [{"name": "c", "image": "x:1", **fields}]})
    made: Obj = spec["containers"][0]
    return made


def volume(**source: Any) -> Obj:
    made: Obj = default_pod_spec({"containers": [], "volumes": [{"name": "v", **source}]})["volumes"][0]
    return {field: value for field, value in made.items() if field != "name"}


def test_a_minimal_pod_is_filled_in() -> None:
    assert default_pod_spec({"containers": [{"name": "c", "image": "nginx"}]}) == {
        "containers": [
            {
                "name": "c",
                "image": "nginx",
                "imagePullPolicy": "Always",
                "resources": {},
                "terminationMessagePath": "/dev/termination-log",
                "terminationMessagePolicy": "File",
            }
        ],
        "dnsPolicy": "ClusterFirst",
        "enableServiceLinks": True,
        "restartPolicy": "Always",
        "schedulerName": "default-scheduler",
        "securityContext": {},
        "terminationGracePeriodSeconds": 30,
    }


def test_a_template_gets_less_than_a_pod() -> None:
    resources = {"limits": {"cpu": "1"}}
    template = default_template(
        {"spec": {"containers": [{"name": "c", "image": "x:1", "resources": resources}]}}
    )
    assert template["metadata"] == {}
    assert "enableServiceLinks" not in template["spec"]
    assert template["spec"]["containers"][0]["resources"] == resources


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("nginx", "Always"),
        ("nginx:latest", "Always"),
        ("nginx:1.25", "IfNotPresent"),
        ("example.com:5000/team/app", "Always"),
        ("example.com:5000/team/app:v1", "IfNotPresent"),
        (f"nginx@{DIGEST}", "IfNotPresent"),
        (f"nginx:latest@{DIGEST}", "Always"),
        ("Not An Image", "IfNotPresent"),
    ],
)
def test_an_image_without_a_version_is_always_pulled(image: str, policy: str) -> None:
    assert pull_policy(image) == policy


def test_what_is_written_stays() -> None:
    written = {
        "imagePullPolicy": "Never",
        "terminationMessagePath": "/x",
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }
    assert container(**written).items() >= written.items()


def test_probes_get_their_times() -> None:
    probe = container(livenessProbe={"httpGet": {"port": 80}})["livenessProbe"]
    assert probe == {
        "httpGet": {"port": 80, "path": "/", "scheme": "HTTP"},
        "timeoutSeconds": 1,
        "periodSeconds": 10,
        "successThreshold": 1,
        "failureThreshold": 3,
    }


def test_a_probe_by_grpc_asks_for_the_whole_server() -> None:
    assert container(readinessProbe={"grpc": {"port": 9}})["readinessProbe"]["grpc"] == {
        "port": 9,
        "service": "",
    }


def test_hooks_and_ports_and_variables_are_filled_in() -> None:
    made = container(
        lifecycle={"preStop": {"httpGet": {"port": 80}}},
        ports=[{"containerPort": 80}],
        env=[
            {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "B", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}},
        ],
    )
    assert made["lifecycle"]["preStop"]["httpGet"] == {"port": 80, "path": "/", "scheme": "HTTP"}
    assert made["ports"] == [{"containerPort": 80, "protocol": "TCP"}]
    assert made["env"][0]["valueFrom"]["fieldRef"] == {"apiVersion": "v1", "fieldPath": "metadata.name"}
    assert made["env"][1]["valueFrom"]["resourceFieldRef"]["divisor"] == "0"


def test_limits_stand_in_for_requests_that_are_missing() -> None:
    resources = container(resources={"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}})[
        "resources"
    ]
    assert resources["requests"] == {"cpu": "500m", "memory": "1Gi"}


def test_amounts_are_written_in_their_canonical_form() -> None:
    resources = container(
        resources={"requests": {"cpu": 0.5, "memory": "1024Mi", "ephemeral-storage": "0.0001"}}
    )["resources"]
    assert resources["requests"] == {"cpu": "500m", "memory": "1Gi", "ephemeral-storage": "1m"}


def test_the_hosts_network_opens_the_hosts_ports() -> None:
    spec = default_pod_spec(
        {"hostNetwork": True, "containers": [{"name": "c", "image": "x", "ports": [{"containerPort": 80}]}]}
    )
    assert spec["containers"][0]["ports"] == [{"containerPort": 80, "protocol": "TCP", "hostPort": 80}]


def test_both_names_of_the_account_are_kept() -> None:
    spec = default_pod_spec({"containers": [], "serviceAccountName": "a"})
    assert (spec["serviceAccount"], spec["serviceAccountName"]) == ("a", "a")


def test_pod_level_requests_follow_from_the_containers() -> None:
    asking = {"name": "c", "image": "x", "resources": {"requests": {"cpu": "1"}}}
    init = {"name": "i", "image": "x", "resources": {"requests": {"cpu": "3"}}}
    spec = default_pod_spec(
        {
            "containers": [asking],
            "initContainers": [init],
            "resources": {"limits": {"cpu": "4", "memory": "1Gi"}},
        }
    )
    assert spec["resources"]["requests"] == {"cpu": "3", "memory": "1Gi"}


@pytest.mark.parametrize(
    ("source", "filled"),
    [
        ({}, {"emptyDir": {}}),
        ({"configMap": {"name": "c"}}, {"configMap": {"name": "c", "defaultMode": 420}}),
        ({"secret": {"secretName": "s"}}, {"secret": {"secretName": "s", "defaultMode": 420}}),
        ({"hostPath": {"path": "/x"}}, {"hostPath": {"path": "/x", "type": ""}}),
        ({"emptyDir": {"sizeLimit": "1024Mi"}}, {"emptyDir": {"sizeLimit": "1Gi"}}),
        (
            {"iscsi": {"iqn": "i", "lun": 0}},
            {"iscsi": {"iqn": "i", "lun": 0, "iscsiInterface": "default"}},
        ),
        (
            {"rbd": {"image": "i"}},
            {"rbd": {"image": "i", "pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"}},
        ),
        ({"image": {"reference": "x"}}, {"image": {"reference": "x", "pullPolicy": "Always"}}),
        (
            {"projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}},
            {
                "projected": {
                    "defaultMode": 420,
                    "sources": [{"serviceAccountToken": {"path": "t", "expirationSeconds": 3600}}],
                }
            },
        ),
        (
            {"downwardAPI": {"items": [{"path": "l", "fieldRef": {"fieldPath": "metadata.labels"}}]}},
            {
                "downwardAPI": {
                    "defaultMode": 420,
                    "items": [
                        {"path": "l", "fieldRef": {"fieldPath": "metadata.labels", "apiVersion": "v1"}}
                    ],
                }
            },
        ),
        (
            {"ephemeral": {"volumeClaimTemplate": {"spec": {"accessModes": ["ReadWriteOnce"]}}}},
            {
                "ephemeral": {
                    "volumeClaimTemplate": {
                        "metadata": {},
                        "spec": {
                            "accessModes": ["ReadWriteOnce"],
                            "volumeMode": "Filesystem",
                            "resources": {},
                        },
                    }
                }
            },
        ),
    ],
    ids=lambda case: next(iter(case), "nothing"),
)
def test_a_volume_is_filled_in(source: Obj, filled: Obj) -> None:
    assert volume(**source) == filled


def test_a_complete_spec_is_returned_itself() -> None:
    done = default_pod_spec({"containers": [{"name": "c", "image": "x"}]})
    assert default_pod_spec(done) is done
