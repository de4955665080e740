"""Environment variables that come from other objects, from the pod and from services."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kubelet.environment import service_variables
from tests.simcore.kubelet.conftest import Site

SHOW = ["sh", "-c", "echo $A-$B-$C"]


def from_map(name: str, key: str, **more: Any) -> Obj:
    return {"configMapKeyRef": {"name": name, "key": key, **more}}


def from_secret(name: str, key: str, **more: Any) -> Obj:
    return {"secretKeyRef": {"name": name, "key": key, **more}}


def show(site: Site, **spec: Any) -> list[str]:
    site.run(image="busybox", command=SHOW, restartPolicy="Never", **spec)
    return site.printed()


def test_values_come_from_config_maps_secrets_and_the_pod(site: Site) -> None:
    site.given("ConfigMap", "settings", data={"mode": "fast"})
    site.given("Secret", "keys", data={"token": b64encode(b"s3cret").decode()})
    env = [
        {"name": "A", "valueFrom": from_map("settings", "mode")},
        {"name": "B", "valueFrom": from_secret("keys", "token")},
        {"name": "C", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
    ]
    assert show(site, env=env) == ["fast-s3cret-node-1"]


def test_all_keys_of_an_object_come_at_once_and_single_variables_win(site: Site) -> None:
    site.given("ConfigMap", "settings", data={"A": "1", "B": "2"})
    site.given("Secret", "more", data={"C": b64encode(b"3").decode()})
    sources = [{"configMapRef": {"name": "settings"}}, {"secretRef": {"name": "more"}}]
    assert show(site, envFrom=sources, env=[{"name": "B", "value": "own"}]) == ["1-own-3"]


def test_a_prefix_stands_before_every_key(site: Site) -> None:
    site.given("ConfigMap", "settings", data={"X": "1"})
    command = ["sh", "-c", "echo $APP_X-$X"]
    site.run(
        image="busybox", command=command, envFrom=[{"prefix": "APP_", "configMapRef": {"name": "settings"}}]
    )
    assert site.printed() == ["1-"]


def test_a_change_reaches_the_next_run_and_not_the_running_one(site: Site) -> None:
    site.given("ConfigMap", "settings", data={"mode": "slow"})
    env = [{"name": "A", "valueFrom": from_map("settings", "mode")}]
    site.run(image="busybox", command=["sh", "-c", "echo $A; sleep 5; echo $A; exit 1"], env=env)
    site.change("ConfigMap", "settings", data={"mode": "fast"})
    site.advance(6_000)
    assert site.printed() == ["fast"]
    assert site.printed(previous=True) == ["slow", "slow"]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (from_map("none", "x"), 'configmap "none" not found'),
        (from_map("settings", "x"), "couldn't find key x in ConfigMap default/settings"),
        (from_secret("none", "x"), 'secret "none" not found'),
        (from_secret("keys", "x"), "couldn't find key x in Secret default/keys"),
    ],
    ids=["no map", "no key in the map", "no secret", "no key in the secret"],
)
def test_a_reference_to_nothing_holds_the_container_back(site: Site, value: Obj, message: str) -> None:
    site.given("ConfigMap", "settings", data={"a": "1"})
    site.given("Secret", "keys", data={"a": "MQ=="})
    site.run(image="busybox", command=SHOW, env=[{"name": "A", "valueFrom": value}])
    waiting = site.container()["state"]["waiting"]
    assert waiting == {"reason": "CreateContainerConfigError", "message": message}
    assert site.pod()["status"]["phase"] == "Pending"
    assert ("Failed", f"Error: {message}") in site.events()


@pytest.mark.parametrize(
    "value", [from_map("none", "x", optional=True), from_secret("none", "x", optional=True)]
)
def test_an_optional_reference_to_nothing_is_no_variable(site: Site, value: Obj) -> None:
    assert show(site, env=[{"name": "A", "valueFrom": value}]) == ["--"]


def test_the_container_starts_within_ten_seconds_after_the_object_has_come(site: Site) -> None:
    site.run(
        image="busybox",
        command=["sh", "-c", "echo $A; sleep 60"],
        env=[{"name": "A", "valueFrom": from_map("late", "x")}],
    )
    site.advance(12_000)
    site.given("ConfigMap", "late", data={"x": "here"})
    site.advance(7_999)
    assert "waiting" in site.container()["state"]
    site.advance(1)
    assert site.printed() == ["here"]
    assert site.event_counts()["Failed"] == 2


@pytest.mark.parametrize(
    ("resource", "divisor", "text"),
    [
        ("limits.cpu", None, "1"),
        ("limits.cpu", "1m", "500"),
        ("requests.memory", "1Mi", "64"),
        ("limits.memory", "1Gi", "8"),
        ("requests.cpu", None, "1"),
    ],
    ids=["rounded up", "thousandths", "mebibytes", "not set: the node's", "request"],
)
def test_resources_are_told_in_units_of_the_divisor(
    site: Site, resource: str, divisor: str | None, text: str
) -> None:
    reference = {"resource": resource} | ({"divisor": divisor} if divisor else {})
    resources = {"limits": {"cpu": "500m"}, "requests": {"cpu": "250m", "memory": "64Mi"}}
    env = [{"name": "A", "valueFrom": {"resourceFieldRef": reference}}]
    assert show(site, env=env, resources=resources) == [f"{text}--"]


def test_services_that_were_there_before_are_known_by_variables() -> None:
    port = {"name": "http", "port": 80, "protocol": "TCP"}
    service = {"metadata": {"name": "my-shop"}, "spec": {"clusterIP": "10.96.0.7", "ports": [port]}}
    headless = {"metadata": {"name": "db"}, "spec": {"clusterIP": "None", "ports": [port]}}
    assert service_variables([service, headless]) == {
        "MY_SHOP_SERVICE_HOST": "10.96.0.7",
        "MY_SHOP_SERVICE_PORT": "80",
        "MY_SHOP_SERVICE_PORT_HTTP": "80",
        "MY_SHOP_PORT": "tcp://10.96.0.7:80",
        "MY_SHOP_PORT_80_TCP": "tcp://10.96.0.7:80",
        "MY_SHOP_PORT_80_TCP_PROTO": "tcp",
        "MY_SHOP_PORT_80_TCP_PORT": "80",
        "MY_SHOP_PORT_80_TCP_ADDR": "10.96.0.7",
    }


def test_a_pod_can_do_without_the_variables_of_services(site: Site) -> None:
    site.given("Service", "shop", spec={"clusterIP": "10.96.0.9", "ports": [{"port": 80}]})
    command = ["sh", "-c", "echo $SHOP_SERVICE_HOST."]
    site.run("seen", image="busybox", command=command)
    site.run("unseen", image="busybox", command=command, enableServiceLinks=False)
    assert (site.printed("seen"), site.printed("unseen")) == (["10.96.0.9."], ["."])


@pytest.mark.parametrize(
    ("context", "message"),
    [
        ({"runAsNonRoot": True}, "container has runAsNonRoot and image will run as root"),
        ({"runAsNonRoot": True, "runAsUser": 0}, "container's runAsUser breaks non-root policy"),
    ],
)
def test_who_must_not_be_root_does_not_start_as_root(site: Site, context: Obj, message: str) -> None:
    uid = site.run(securityContext=context)["metadata"]["uid"]
    waiting = site.container()["state"]["waiting"]
    assert waiting["reason"] == "CreateContainerConfigError"
    assert waiting["message"] == f'{message} (pod: "web_default({uid})", container: main)'


def test_the_status_tells_who_the_container_runs_as(site: Site) -> None:
    site.run(securityContext={"runAsUser": 1000, "runAsGroup": 3000}, image="team/shop:1")
    assert site.container()["user"] == {"linux": {"uid": 1000, "gid": 3000, "supplementalGroups": [3000]}}
