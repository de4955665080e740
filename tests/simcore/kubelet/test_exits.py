"""A shell that waits for input, and what becomes of its container when somebody has ended it from outside."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.kubelet.runtime.container import waits_for_input
from simcore.kubelet.world import EXITS
from tests.simcore.kubelet.conftest import Site


def leave(site: Site, code: int, *, run: int = 0, name: str = "web") -> None:
    uid = site.pod(name)["metadata"]["uid"]
    doc = {"namespace": "default", "name": name, "container": "main", "run": run, "code": code}
    site.world.put(f"{EXITS}{uid}/main", doc, actor="attach", cause=0)
    site.advance(100)


def shell(site: Site, **fields: Any) -> None:
    site.run(image="busybox", command=["sh"], stdin=True, **fields)


def test_a_shell_that_is_left_ends_its_container(site: Site) -> None:
    shell(site, restartPolicy="Never")
    site.advance(3_600_000)
    assert site.container()["state"].keys() == {"running"}
    leave(site, 3)
    ended = site.container()["state"]["terminated"]
    assert (ended["exitCode"], ended["reason"], site.pod()["status"]["phase"]) == (3, "Error", "Failed")
    assert site.world.list(EXITS) == {}


def test_only_the_run_that_was_left_ends(site: Site) -> None:
    shell(site)
    leave(site, 0, run=7)
    assert site.container()["state"].keys() == {"running"}
    leave(site, 0)
    assert site.container()["restartCount"] == 1 or "waiting" in site.container()["state"]


def test_without_input_a_shell_ends_at_once(site: Site) -> None:
    site.run(image="busybox", command=["sh"], restartPolicy="Never")
    site.advance(1_000)
    assert site.container()["state"]["terminated"]["exitCode"] == 0


def test_an_exit_is_seen_after_a_take_over(site: Site) -> None:
    shell(site, restartPolicy="Never")
    uid = site.pod()["metadata"]["uid"]
    doc = {"namespace": "default", "name": "web", "container": "main", "run": 0, "code": 9}
    site.world.put(f"{EXITS}{uid}/main", doc, actor="attach", cause=0)
    later = site.again()
    later.advance(1_000)
    assert later.container()["state"]["terminated"]["exitCode"] == 9


@pytest.mark.parametrize(
    ("spec", "waits"),
    [
        ({"image": "busybox", "stdin": True}, True),
        ({"image": "busybox", "stdin": True, "command": ["/bin/bash"]}, True),
        ({"image": "busybox", "command": ["sh"]}, False),
        ({"image": "busybox", "stdin": True, "command": ["sh", "-c", "date"]}, False),
        ({"image": "nginx", "stdin": True}, False),
        ({"image": "team/shop:1", "stdin": True}, False),
    ],
)
def test_who_waits_for_input(spec: dict[str, Any], waits: bool) -> None:
    assert waits_for_input({"name": "main", **spec}) is waits
