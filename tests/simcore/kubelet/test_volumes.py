"""Volumes: what containers find in them, what they leave in them, and what happens when they cannot be mounted."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from simcore.apimachinery.kinds import PERSISTENT_VOLUME_CLAIM
from simcore.apimachinery.meta import Key, Obj
from tests.simcore.kubelet.conftest import Site


def look(site: Site, script: str, volume: Obj, **mount: Any) -> list[str]:
    """What a script prints that sees the volume at /v."""
    mounts = [{"name": "v", "mountPath": "/v", **mount}]
    volumes = [{"name": "v", **volume}]
    site.run(
        image="busybox",
        command=["sh", "-c", script],
        volumeMounts=mounts,
        volumes=volumes,
        restartPolicy="Never",
    )
    return site.printed()


MOUNTS = [{"name": "v", "mountPath": "/v"}]


def shared(*containers: Obj, inits: tuple[Obj, ...] = (), **spec: Any) -> Obj:
    """A pod's spec whose containers share an emptyDir at /v."""
    made = [{"image": "busybox", "volumeMounts": MOUNTS, **c} for c in (*inits, *containers)]
    here = {"initContainers": made[: len(inits)], "containers": made[len(inits) :]}
    return {**here, "volumes": [{"name": "v", "emptyDir": {}}], **spec}


def script(name: str, text: str, **fields: Any) -> Obj:
    return {"name": name, "command": ["sh", "-c", text], **fields}


def test_a_config_map_is_a_folder_of_files(site: Site) -> None:
    site.given(
        "ConfigMap",
        "app",
        data={"mode": "fast\n", "size": "3"},
        binaryData={"raw": b64encode(b"xyz").decode()},
    )
    assert look(site, "ls /v; cat /v/mode /v/raw", {"configMap": {"name": "app"}}) == [
        "mode",
        "raw",
        "size",
        "fast",
        "xyz",
    ]


def test_a_secret_is_decoded_and_cannot_be_written(site: Site) -> None:
    site.given("Secret", "keys", data={"token": b64encode(b"abc").decode()})
    found = look(
        site,
        "cat /v/token; echo; echo x > /v/token || echo refused; cat /v/token",
        {"secret": {"secretName": "keys"}},
    )
    assert found == ["abc", "sh: can't create /v/token: Read-only file system", "refused", "abc"]


def test_items_choose_keys_name_paths_and_set_modes(site: Site) -> None:
    site.given("ConfigMap", "app", data={"a": "1", "b": "2"})
    items = [{"key": "a", "path": "inner/one", "mode": 0o400}]
    found = look(
        site,
        "ls /v; cat /v/inner/one; echo; stat -c %a /v/inner/one",
        {"configMap": {"name": "app", "items": items}},
    )
    assert found == ["inner", "1", "400"]


def test_the_default_mode_counts_for_every_file(site: Site) -> None:
    site.given("Secret", "keys", data={"id": "MQ==", "key": "Mg=="})
    found = look(site, "ls -l /v", {"secret": {"secretName": "keys", "defaultMode": 0o400}})
    assert [(line.split()[0], line.split()[-1]) for line in found] == [
        ("-r--------", "id"),
        ("-r--------", "key"),
    ]


def test_a_sub_path_shows_one_file_among_the_image_s_own(site: Site) -> None:
    site.given("ConfigMap", "app", data={"a": "1", "b": "2"})
    volumes, mounts = (
        [{"name": "v", "configMap": {"name": "app"}}],
        [{"name": "v", "mountPath": "/etc/app.conf", "subPath": "a"}],
    )
    site.run(
        image="busybox",
        command=["sh", "-c", "cat /etc/app.conf; echo; ls /etc/hosts"],
        volumes=volumes,
        volumeMounts=mounts,
    )
    assert site.printed() == ["1", "/etc/hosts"]


def test_a_sub_path_may_be_made_of_variables(site: Site) -> None:
    env = [{"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]
    mounts = [{"name": "v", "mountPath": "/v", "subPathExpr": "$(POD)"}, {"name": "v", "mountPath": "/all"}]
    volumes = [{"name": "v", "emptyDir": {}}]
    command = ["sh", "-c", "echo x > /v/log; sleep 1"]
    site.run(image="busybox", command=command, env=env, volumes=volumes, volumeMounts=mounts)
    assert site.container()["state"].keys() == {"running"}


def test_the_downward_api_writes_labels_and_resources_into_files(site: Site) -> None:
    items = [
        {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}},
        {
            "path": "cpu",
            "resourceFieldRef": {"containerName": "main", "resource": "limits.cpu", "divisor": "1m"},
        },
        {"path": "name", "fieldRef": {"fieldPath": "metadata.name"}},
    ]
    site.run(
        image="busybox", command=["sh", "-c", "cat /v/labels; echo; cat /v/cpu; echo; cat /v/name"],
        metadata={"labels": {"zone": "us", "app": "shop"}}, resources={"limits": {"cpu": "250m"}},
        volumes=[{"name": "v", "downwardAPI": {"items": items}}], volumeMounts=[{"name": "v", "mountPath": "/v"}],
    )  # fmt: skip
    assert site.printed() == ['app="shop"', 'zone="us"', "250", "web"]


def test_a_projected_volume_puts_sources_into_one_folder(site: Site) -> None:
    site.given("ConfigMap", "app", data={"mode": "fast"})
    site.given("Secret", "keys", data={"token": "MQ=="})
    sources = [
        {"configMap": {"name": "app"}},
        {"secret": {"name": "keys", "items": [{"key": "token", "path": "sub/t"}]}},
        {"downwardAPI": {"items": [{"path": "ns", "fieldRef": {"fieldPath": "metadata.namespace"}}]}},
        {"serviceAccountToken": {"path": "account", "audience": "vault"}},
    ]
    found = look(
        site,
        "ls /v; for f in mode sub/t ns; do cat /v/$f; echo; done; test -s /v/account && echo token",
        {"projected": {"sources": sources}},
    )
    assert found == ["account", "mode", "ns", "sub", "fast", "1", "default", "token"]


def test_every_container_finds_its_service_account(site: Site) -> None:
    site.run(
        image="busybox", command=["sh", "-c", "cat /var/run/secrets/kubernetes.io/serviceaccount/namespace"]
    )
    assert site.printed() == ["default"]


NO_KEY = [{"key": "x", "path": "x"}]


@pytest.mark.parametrize(
    ("volume", "message"),
    [
        ({"configMap": {"name": "none"}}, 'configmap "none" not found'),
        ({"secret": {"secretName": "none"}}, 'secret "none" not found'),
        (
            {"configMap": {"name": "app", "items": [{"key": "x", "path": "x"}]}},
            "configmap references non-existent config key: x",
        ),
        (
            {"secret": {"secretName": "keys", "items": [{"key": "x", "path": "x"}]}},
            "references non-existent secret key: x",
        ),
        ({"projected": {"sources": [{"secret": {"name": "none"}}]}}, 'secret "none" not found'),
        (
            {"persistentVolumeClaim": {"claimName": "data"}},
            "error processing PVC default/data: PVC is not bound",
        ),
    ],
    ids=["no map", "no secret", "no key in the map", "no key in the secret", "projected", "claim not bound"],
)
def test_a_volume_that_cannot_be_mounted_holds_the_pod_back(site: Site, volume: Obj, message: str) -> None:
    site.given("ConfigMap", "app", data={"a": "1"})
    site.given("Secret", "keys", data={"a": "MQ=="})
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    site.given("PersistentVolumeClaim", "data", spec=spec)
    site.run(volumes=[{"name": "v", **volume}], volumeMounts=[{"name": "v", "mountPath": "/v"}])
    assert site.container()["state"] == {"waiting": {"reason": "ContainerCreating"}}
    assert site.events() == [("FailedMount", f'MountVolume.SetUp failed for volume "v" : {message}')]


def test_mounting_is_tried_again_after_ever_longer_waits_until_it_works(site: Site) -> None:
    site.run(
        volumes=[{"name": "v", "configMap": {"name": "late"}}],
        volumeMounts=[{"name": "v", "mountPath": "/v"}],
    )
    counts = []
    for wait in (0, 499, 1, 999, 1, 2_000, 4_000):
        site.advance(wait)
        counts.append(site.event_counts()["FailedMount"])
    assert counts == [1, 1, 2, 2, 3, 4, 5]
    site.given("ConfigMap", "late", data={"a": "1"})
    site.advance(8_000)
    assert site.pod()["status"]["phase"] == "Running"


def test_an_optional_source_that_is_not_there_is_an_empty_folder(site: Site) -> None:
    assert look(site, "ls /v; echo up", {"configMap": {"name": "none", "optional": True}}) == ["up"]


def test_a_changed_config_map_is_seen_with_the_next_sync(site: Site) -> None:
    site.given("ConfigMap", "app", data={"mode": "slow"})
    volumes, mounts = [{"name": "v", "configMap": {"name": "app"}}], [{"name": "v", "mountPath": "/v"}]
    command = ["sh", "-c", "while true; do cat /v/mode; sleep 20; done"]
    site.run(image="busybox", command=command, volumes=volumes, volumeMounts=mounts)
    site.advance(30_000)
    site.change("ConfigMap", "app", data={"mode": "fast"})
    site.advance(51_000)
    assert site.printed() == ["slow", "slow", "slow", "fast", "fast"]


def test_who_waits_for_a_change_of_a_mounted_file_goes_on_when_it_comes(site: Site) -> None:
    site.given("ConfigMap", "app", data={"go": "no"})
    volumes, mounts = [{"name": "v", "configMap": {"name": "app"}}], [{"name": "v", "mountPath": "/v"}]
    command = ["sh", "-c", "until grep -q yes /v/go; do sleep 5; done; echo gone"]
    site.run(image="busybox", command=command, volumes=volumes, volumeMounts=mounts, restartPolicy="Never")
    site.advance(90_000)
    site.change("ConfigMap", "app", data={"go": "yes"})
    site.advance(31_000)
    assert site.pod()["status"]["phase"] == "Succeeded" and site.printed() == ["gone"]


def test_through_a_sub_path_no_change_comes(site: Site) -> None:
    site.given("ConfigMap", "app", data={"mode": "slow"})
    volumes, mounts = (
        [{"name": "v", "configMap": {"name": "app"}}],
        [{"name": "v", "mountPath": "/m", "subPath": "mode"}],
    )
    command = ["sh", "-c", "while true; do cat /m; sleep 60; done"]
    site.run(image="busybox", command=command, volumes=volumes, volumeMounts=mounts)
    site.change("ConfigMap", "app", data={"mode": "fast"})
    site.advance(130_000)
    assert site.printed() == ["slow", "slow", "slow"]


def test_a_change_is_not_lost_when_another_process_takes_over(site: Site) -> None:
    site.given("ConfigMap", "app", data={"mode": "slow"})
    volumes, mounts = [{"name": "v", "configMap": {"name": "app"}}], [{"name": "v", "mountPath": "/v"}]
    command = ["sh", "-c", "while true; do cat /v/mode; sleep 60; done"]
    site.run(image="busybox", command=command, volumes=volumes, volumeMounts=mounts)
    site.advance(10_000)
    site.change("ConfigMap", "app", data={"mode": "fast"})
    later = site.again()
    later.advance(55_000)
    assert later.printed() == ["slow", "fast"]


def test_containers_of_a_pod_share_an_empty_dir(site: Site) -> None:
    site.run(
        **shared(script("reader", "cat /v/page; sleep 60"), inits=(script("writer", "echo hello > /v/page"),))
    )
    assert site.printed(container="reader") == ["hello"]


def test_a_reader_sees_what_a_writer_adds_as_time_goes_on(site: Site) -> None:
    writer = script("writer", "for i in 1 2 3; do echo $i >> /v/log; sleep 10; done; sleep 600")
    site.run(**shared(writer, script("reader", "tail -n+1 -F /v/log")))
    site.advance(15_000)
    assert site.printed(container="reader") == ["1", "2"]
    site.advance(10_000)
    assert site.printed(container="reader") == ["1", "2", "3"]


def test_a_waiting_container_goes_on_when_another_makes_the_file(site: Site) -> None:
    waits = script("waits", "until [ -f /v/ready ]; do sleep 1; done; echo done")
    site.run(**shared(waits, script("makes", "sleep 5; touch /v/ready"), restartPolicy="Never"))
    site.advance(6_000)
    assert site.pod()["status"]["phase"] == "Succeeded"


def test_what_a_container_wrote_is_there_in_its_next_run(site: Site) -> None:
    site.run(**shared(script("main", "cat /v/count; echo again >> /v/count; sleep 5; exit 1")))
    site.advance(6_000)
    assert site.printed() == ["again"]
    assert site.printed(previous=True) == ["cat: can't open '/v/count': No such file or directory"]


def test_a_web_server_shows_the_pages_of_a_volume(site: Site) -> None:
    web = {
        "name": "web",
        "image": "nginx",
        "volumeMounts": [{"name": "v", "mountPath": "/usr/share/nginx/html"}],
    }
    probe = {"httpGet": {"path": "/index.html", "port": 80}, "periodSeconds": 5}
    site.run(
        **shared(
            {**web, "readinessProbe": probe}, script("writer", "sleep 12; echo hi > /v/index.html; sleep 600")
        )
    )
    site.advance(11_000)
    assert site.conditions()["Ready"] == "False"
    site.advance(6_000)
    assert site.conditions()["Ready"] == "True"


def claim(site: Site, name: str = "data") -> Obj:
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
        "volumeName": f"pv-{name}",
    }
    made = site.given("PersistentVolumeClaim", name, spec=spec)
    site.plane.api.update_status(PERSISTENT_VOLUME_CLAIM, {**made, "status": {"phase": "Bound"}})
    site.advance(0)
    return made


def persistent(text: str) -> Obj:
    return {
        "image": "busybox", "command": ["sh", "-c", text], "volumeMounts": [{"name": "v", "mountPath": "/v"}],
        "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}], "restartPolicy": "Never",
    }  # fmt: skip


def test_a_claim_s_files_outlive_the_pod(site: Site) -> None:
    claim(site)
    site.run("first", **persistent("echo kept > /v/file"))
    site.delete("first", grace_s=0)
    site.run("second", **persistent("cat /v/file"))
    assert site.printed("second") == ["kept"]


def test_a_persistent_volume_takes_its_files_with_it(site: Site) -> None:
    claim(site)
    volume = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/data"}}
    site.given("PersistentVolume", "pv-data", spec=volume)
    site.run("first", **persistent("echo kept > /v/file"))
    assert site.world.get("/sim/volumes/pv/pv-data") == {"files": {"file": "kept\n"}}
    kind = site.plane.server.kinds.by_kind("v1", "PersistentVolume")
    assert kind is not None
    site.plane.api.patch(kind, Key("", "pv-data"), {"metadata": {"finalizers": None}})
    site.plane.api.delete(kind, Key("", "pv-data"))
    site.advance(0)
    assert site.world.get("/sim/volumes/pv/pv-data") is None


def test_a_folder_of_the_machine_is_shared_by_its_pods_and_by_no_other_machine() -> None:
    site = Site(nodes=2)
    spec = {
        "volumes": [{"name": "v", "hostPath": {"path": "/data"}}],
        "volumeMounts": [{"name": "v", "mountPath": "/v"}],
    }
    site.run("writer", image="busybox", command=["sh", "-c", "echo x > /v/f"], restartPolicy="Never", **spec)
    for number in (1, 2):
        site.run(
            f"reader-{number}",
            node=f"node-{number}",
            image="busybox",
            command=["sh", "-c", "ls /v; echo end"],
            **spec,
        )
    assert site.printed("reader-1") == ["f", "end"]
    assert site.printed("reader-2") == ["end"]
