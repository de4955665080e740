"""When there are too many pods, those that are missed least go first."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.apimachinery.meta import Obj
from simcore.kube_controller_manager.replicaset.deletion_order import DELETION_COST, choose
from simcore.sim.timestamps import format_seconds

NOW_MS = 1_767_225_600_000


def made(uid: str, *, node: str = "n", phase: str = "Running", ready_s: int | None = 100, **more: Any) -> Obj:
    """A pod that has been ready for `ready_s` seconds; more: cost, restarts, age_s."""
    meta: Obj = {
        "name": uid,
        "uid": uid,
        "creationTimestamp": format_seconds(NOW_MS - more.get("age_s", 200) * 1000),
    }
    if "cost" in more:
        meta["annotations"] = {DELETION_COST: more["cost"]}
    conditions = []
    if ready_s is not None:
        since = format_seconds(NOW_MS - ready_s * 1000)
        conditions = [{"type": "Ready", "status": "True", "lastTransitionTime": since}]
    restarts = [{"restartCount": more.get("restarts", 0)}]
    status = {"phase": phase, "conditions": conditions, "containerStatuses": restarts}
    return {"metadata": meta, "spec": {"nodeName": node} if node else {}, "status": status}


CASES = {
    "unassigned before assigned": (
        made("b", node="", phase="Pending", ready_s=None),
        made("a", phase="Pending", ready_s=None),
    ),
    "pending before unknown": (
        made("b", phase="Pending", ready_s=None),
        made("a", phase="Unknown", ready_s=None),
    ),
    "unknown before running": (made("b", phase="Unknown", ready_s=None), made("a", ready_s=None)),
    "unready before ready": (made("b", ready_s=None), made("a")),
    "cheap before costly": (made("b", cost="-5"), made("a")),
    "an unreadable cost is none": (made("b", cost="dear"), made("a", cost="1")),
    "on a crowded node before a lonely one": (made("b", node="crowded"), made("a")),
    "ready for a short time before long": (made("b", ready_s=3), made("a", ready_s=100)),
    "often restarted first": (made("b", restarts=4), made("a", restarts=1)),
    "young before old": (made("b", ready_s=100, age_s=101), made("a", ready_s=100, age_s=9000)),
    "ages of one magnitude leave it to the uid": (made("a", ready_s=90), made("b", ready_s=70)),
}


@pytest.mark.parametrize(("first", "second"), CASES.values(), ids=CASES.keys())
def test_order(first: Obj, second: Obj):
    crowds = {"crowded": 7, "n": 2}
    for pods in ([first, second], [second, first]):
        assert choose(pods, 1, crowds, NOW_MS) == [first]


def test_as_many_are_chosen_as_asked_for():
    pods = [made(f"p{n}") for n in range(5)]
    assert [p["metadata"]["name"] for p in choose(pods, 3, {}, NOW_MS)] == ["p0", "p1", "p2"]
