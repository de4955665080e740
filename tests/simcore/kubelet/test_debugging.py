"""Ephemeral containers: guests in a running pod, as `kubectl debug` brings them."""

from __future__ import annotations

from typing import Any

from simcore.apimachinery.kinds import EVENT, POD
from simcore.apimachinery.meta import Key, Obj
from tests.simcore.kubelet.conftest import Site


def debug(site: Site, name: str, script: str, **fields: Any) -> None:
    guests = site.pod()["spec"].get("ephemeralContainers") or []
    guest = {"name": name, "image": "busybox", "command": ["sh", "-c", script], **fields}
    patch = {"spec": {"ephemeralContainers": [*guests, guest]}}
    site.plane.api.patch(POD, Key("default", "web"), patch, subresource="ephemeralcontainers")
    site.advance(0)


def guest(site: Site, index: int = 0) -> Obj:
    status: Obj = site.pod()["status"]["ephemeralContainerStatuses"][index]
    return status


def test_a_guest_runs_beside_what_is_there(site: Site) -> None:
    site.run()
    debug(site, "debugger", "echo hello; sleep 60")
    assert "running" in guest(site)["state"]
    assert site.printed(container="debugger") == ["hello"]
    assert site.container()["restartCount"] == 0


def test_a_guest_that_ends_is_not_restarted_and_does_no_harm(site: Site) -> None:
    site.run()
    debug(site, "debugger", "exit 3")
    site.advance(60_000)
    assert guest(site)["state"]["terminated"]["exitCode"] == 3
    assert guest(site)["restartCount"] == 0
    assert site.conditions()["Ready"] == "True" and site.pod()["status"]["phase"] == "Running"


def test_one_guest_may_follow_another(site: Site) -> None:
    site.run()
    debug(site, "first", "sleep 9999")
    debug(site, "second", "sleep 9999")
    assert [guest(site, n)["name"] for n in (0, 1)] == ["first", "second"]
    assert all("running" in guest(site, n)["state"] for n in (0, 1))


def test_a_guest_shares_volumes_with_the_pod(site: Site) -> None:
    mount = {"name": "data", "mountPath": "/data"}
    site.run(
        image="busybox", command=["sh", "-c", "echo secret > /data/note; sleep 9999"],
        volumeMounts=[mount], volumes=[{"name": "data", "emptyDir": {}}],
    )  # fmt: skip
    debug(site, "debugger", "cat /data/note", volumeMounts=[mount])
    assert site.printed(container="debugger") == ["secret"]


def test_a_guest_ends_with_its_pod(site: Site) -> None:
    site.run()
    debug(site, "debugger", "sleep 9999")
    site.delete()
    site.advance(31_000)
    assert not site.has_pod()


def test_a_missing_image_of_a_guest_leaves_the_pod_as_it_is(site: Site) -> None:
    site.run()
    debug(site, "debugger", "true", image="busybox:404")
    assert guest(site)["state"]["waiting"]["reason"] == "ErrImagePull"
    assert site.conditions()["Ready"] == "True"


def test_events_name_the_guest(site: Site) -> None:
    site.run()
    debug(site, "debugger", "sleep 9")
    told = site.plane.list(EVENT)
    paths = {e["involvedObject"].get("fieldPath") for e in told}
    assert "spec.ephemeralContainers{debugger}" in paths
