"""A roster that is kept up to date says the same as one that has just been made."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.apimachinery.kinds import CONTROLLER_REVISION, DAEMON_SET, NODE, POD
from simcore.apimachinery.meta import Obj, is_terminating, key_of, labels_of
from simcore.kube_controller_manager.daemonset.placement import node_of
from simcore.kube_controller_manager.daemonset.roster import COUNTS, Roster
from simcore.kube_controller_manager.manager import ControllerManager
from simcore.kube_controller_manager.revisions import HASH_LABEL
from tests.kit.control_plane import ControlPlane, finish, register, set_ready, template

NODES = 4
actions = st.lists(
    st.tuples(st.sampled_from(["ready", "unready", "end", "delete", "taint", "clean", "leave", "template", "wait"]),
              st.integers(0, NODES - 1)),
    max_size=25,
)  # fmt: skip


def plane_with_daemons(**spec: Any) -> ControlPlane:
    plane = ControlPlane()
    for n in range(NODES):
        register(plane, f"node-{n}")
    ControllerManager(plane.ctx).start()
    body = {"selector": {"matchLabels": {"app": "d"}}, "template": template("d", "d:1")} | spec
    plane.given({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "d"}, "spec": body})
    plane.advance(100)
    return plane


def act(plane: ControlPlane, action: str, n: int) -> None:
    on_node = [pod for pod in plane.list(POD) if node_of(pod) == f"node-{n}"]
    if action in ("ready", "unready", "end", "delete"):
        for pod in on_node[:1]:
            if action == "delete":
                plane.delete(POD, pod["metadata"]["name"], grace_s=0)
            elif action == "end":
                finish(plane, pod, "Failed")
            else:
                set_ready(plane, pod, "True" if action == "ready" else "False")
    elif action == "template":
        plane.patch(DAEMON_SET, "d", {"spec": {"template": template("d", f"d:{n}")}})
    elif action == "leave":
        if len(plane.list(NODE, None)) > 1 and f"node-{n}" in [
            key_of(x).name for x in plane.list(NODE, None)
        ]:
            plane.delete(NODE, f"node-{n}")
    elif action in ("taint", "clean") and f"node-{n}" in [key_of(x).name for x in plane.list(NODE, None)]:
        taints = [{"key": "own", "effect": "NoSchedule"}] if action == "taint" else None
        plane.patch(NODE, f"node-{n}", {"spec": {"taints": taints}})
    plane.advance(20 if action != "wait" else 7_000)


def counted_anew(plane: ControlPlane) -> Obj:
    """The counts by a roster that begins now."""
    ds = plane.get(DAEMON_SET, "d")
    newest = max(plane.list(CONTROLLER_REVISION), key=lambda r: r["revision"])
    informers = plane.ctx.informers
    roster = Roster(informers.informer(POD), informers.informer(NODE))
    roster.refresh(ds, labels_of(newest)[HASH_LABEL], plane.clock.unix_ms())
    return {name: n for name, n in zip(COUNTS, roster.totals, strict=True) if n}


@settings(max_examples=40, deadline=None)
@given(actions, st.sampled_from([0, 5]), st.booleans())
def test_whatever_happens_the_counts_are_right(steps: list[tuple[str, int]], min_ready_s: int, surges: bool):
    rolling = {"maxSurge": 1, "maxUnavailable": 0} if surges else {"maxUnavailable": 2}
    strategy = {"type": "RollingUpdate", "rollingUpdate": rolling}
    plane = plane_with_daemons(minReadySeconds=min_ready_s, updateStrategy=strategy)
    for action, n in steps:
        act(plane, action, n)
        for pod in plane.list(POD):
            if is_terminating(pod):
                plane.delete(POD, pod["metadata"]["name"], grace_s=0)
    plane.advance(1000)
    status = plane.get(DAEMON_SET, "d")["status"]
    assert {name: status[name] for name in COUNTS if status.get(name)} == counted_anew(plane)


def test_an_update_reaches_every_node():
    plane = plane_with_daemons()
    for _ in range(30):
        for pod in plane.list(POD):
            if not is_terminating(pod):
                set_ready(plane, pod)
            else:
                plane.delete(POD, pod["metadata"]["name"], grace_s=0)
        plane.advance(50)
        if len(plane.list(CONTROLLER_REVISION)) == 1:
            plane.patch(DAEMON_SET, "d", {"spec": {"template": template("d", "d:2")}})
    assert [pod["spec"]["containers"][0]["image"] for pod in plane.list(POD)] == ["d:2"] * NODES
    assert plane.get(DAEMON_SET, "d")["status"]["updatedNumberScheduled"] == NODES
