"""Files that somebody has changed in a running container: probes, programs and other containers see them."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kubelet.outside_writes import MOST_WRITES, document
from simcore.kubelet.runtime.files import Change
from simcore.kubelet.world import VOLUMES, WRITES
from tests.simcore.kubelet.conftest import Site

READY = {"exec": {"command": ["cat", "/tmp/ready"]}, "periodSeconds": 2}


def write(
    site: Site, *files: tuple[str, str | None], name: str = "web", container: str = "main", run: int = 0
) -> None:
    """As `kubectl exec` leaves it."""
    changes = [Change(0, path, None if text is None else (text,)) for path, text in files]
    doc = document(site.pod(name), container, run, changes)
    site.world.put(f"{WRITES}{site.pod(name)['metadata']['uid']}/1", doc, actor="exec", cause=0)
    site.advance(100)


def ready(site: Site) -> str:
    return site.conditions()["Ready"]


def test_a_probe_sees_a_file_that_comes_and_goes(site: Site) -> None:
    site.run(image="busybox", command=["sleep", "9999"], **probing(READY))
    site.advance(10_000)
    assert ready(site) == "False"
    write(site, ("/tmp/ready", "yes"))
    assert site.world.list(WRITES) == {}
    site.advance(2_000)
    assert ready(site) == "True"
    write(site, ("/tmp/ready", None))
    site.advance(6_000)
    assert ready(site) == "False"


def probing(probe: Obj) -> dict[str, Any]:
    container = {"name": "main", "image": "busybox", "command": ["sleep", "9999"], "readinessProbe": probe}
    return {"containers": [container]}


def test_a_script_that_waits_for_a_file_goes_on(site: Site) -> None:
    script = "until [ -f /tmp/go ]; do sleep 1; done; cat /tmp/go"
    site.run(image="busybox", command=["sh", "-c", script], restartPolicy="Never")
    site.advance(30_000)
    assert site.pod()["status"]["phase"] == "Running"
    write(site, ("/tmp/go", "gone"))
    site.advance(2_000)
    assert (site.pod()["status"]["phase"], site.printed()) == ("Succeeded", ["gone"])


def test_it_is_lost_with_the_run_and_another_run_never_had_it(site: Site) -> None:
    script = "test -f /tmp/mark && echo marked; sleep 5; exit 1"
    site.run(image="busybox", command=["sh", "-c", script])
    write(site, ("/tmp/mark", "x"), run=3)
    site.advance(30_000)
    assert site.container()["restartCount"] > 0 and site.printed() == []


def test_in_a_volume_it_is_everybody_s(site: Site) -> None:
    mount = [{"name": "v", "mountPath": "/v"}]
    reader = {
        "name": "reader",
        "image": "busybox",
        "command": ["sh", "-c", "until cat /v/f 2>/dev/null; do sleep 1; done; sleep 99"],
    }
    containers = [
        {"name": "main", "image": "nginx", "volumeMounts": mount},
        {**reader, "volumeMounts": [{"name": "v", "mountPath": "/v"}]},
    ]
    site.run(containers=containers, volumes=[{"name": "v", "emptyDir": {}}])
    site.advance(3_000)
    write(site, ("/v/f", "shared"))
    site.advance(3_000)
    assert site.printed(container="reader") == ["shared"]


def test_in_a_host_s_folder_it_outlives_the_pod(site: Site) -> None:
    volumes = [{"name": "v", "hostPath": {"path": "/data"}}]
    site.run(image="nginx", volumeMounts=[{"name": "v", "mountPath": "/v"}], volumes=volumes)
    site.advance(3_000)
    write(site, ("/v/f", "kept"), ("/v/lost", None))
    site.advance(1_000)
    assert site.world.get(f"{VOLUMES}host/node-1/data") == {"files": {"f": "kept\n"}}


def test_what_may_not_be_written_is_not(site: Site) -> None:
    site.given("ConfigMap", "app", data={"a": "1"})
    volumes, mounts = [{"name": "v", "configMap": {"name": "app"}}], [{"name": "v", "mountPath": "/v"}]
    site.run(
        image="busybox",
        command=["sh", "-c", "sleep 5; cat /v/a; sleep 99"],
        volumes=volumes,
        volumeMounts=mounts,
    )
    write(site, ("/v/a", "2"))
    site.advance(10_000)
    assert site.printed() == ["1"]


@pytest.mark.parametrize("name", ["other", "web"])
def test_nobody_minds_a_container_that_is_not_there(site: Site, name: str) -> None:
    site.run()
    doc = document(site.pod(), "ghost", 0, [Change(0, "/f", ("x",))]) | {"name": name}
    site.world.put(f"{WRITES}x/1", doc, actor="exec", cause=0)
    site.advance(100)
    assert site.world.list(WRITES) == {}
    assert site.container()["state"].keys() == {"running"}


def test_a_document_tells_the_last_state_of_each_file_and_not_too_many() -> None:
    pod = {"metadata": {"namespace": "default", "name": "web"}}
    told = document(
        pod, "main", 2, [Change(0, "/a", ("1",)), Change(1, "/a", ("2", "3")), Change(2, "/b", None)]
    )
    assert told["files"] == [["/a", "2\n3\n"], ["/b", None]]
    assert (told["container"], told["run"]) == ("main", 2)
    many = document(pod, "main", 0, [Change(0, f"/{n}", ()) for n in range(MOST_WRITES + 5)])
    assert len(many["files"]) == MOST_WRITES
