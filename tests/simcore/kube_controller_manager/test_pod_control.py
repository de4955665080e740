"""Pods are made and deleted in their owner's name; when something forbids them, few are tried."""

from __future__ import annotations

import pytest

from simcore.apimachinery.errors import Forbidden
from simcore.apimachinery.kinds import NAMESPACE, POD, REPLICA_SET
from simcore.apimachinery.meta import Key, Obj, key_of
from simcore.kube_controller_manager.pending_writes import PendingWrites
from simcore.kube_controller_manager.pod_control import PodControl
from simcore.kube_controller_manager.pods import pod_from_template
from tests.kit.control_plane import ControlPlane, replica_set

KEY = Key("default", "web")


class Stage:
    def __init__(self) -> None:
        self.plane = ControlPlane()
        self.plane.given(replica_set(replicas=0))
        self.owner = self.plane.get(REPLICA_SET, "web")
        ctx = self.plane.ctx.for_actor("test")
        self.pending = PendingWrites(ctx.informers.informer(POD))
        self.control = PodControl(ctx.client, ctx.recorder("test"), self.pending)

    def wanted(self, count: int, *, bad_from: int = 1 << 30) -> list[Obj]:
        found = []
        for n in range(count):
            made = pod_from_template(self.owner["spec"]["template"], self.owner)
            if n >= bad_from:
                made = {**made, "spec": {**made["spec"], "priorityClassName": "missing"}}
            found.append(made)
        return found


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_each_creation_is_told_and_waited_for(stage: Stage):
    assert stage.control.create(KEY, stage.owner, stage.wanted(3)) is None
    assert len(stage.plane.list(POD)) == 3
    assert [reason for reason, _ in stage.plane.events("web")] == ["SuccessfulCreate"] * 3
    assert not stage.pending.are_seen(KEY)
    stage.plane.advance(1)
    assert stage.pending.are_seen(KEY)


@pytest.mark.parametrize(
    ("bad_from", "tried"), [(0, 1), (1, 3), (3, 7), (10, 15)], ids=["at once", "second", "third", "fourth"]
)
def test_batches_double_and_the_first_failure_ends_them(stage: Stage, bad_from: int, tried: int):
    failure = stage.control.create(KEY, stage.owner, stage.wanted(500, bad_from=bad_from))
    assert isinstance(failure, Forbidden)
    assert len(stage.plane.list(POD)) == bad_from
    failures = [reason for reason, _ in stage.plane.events("web") if reason == "FailedCreate"]
    assert 1 <= len(failures) <= tried - bad_from


def test_in_a_namespace_that_is_being_deleted_nothing_is_said(stage: Stage):
    stage.plane.namespace("team")
    stage.plane.delete(NAMESPACE, "team", propagation="Background")
    wanted = [{**p, "metadata": {**p["metadata"], "namespace": "team"}} for p in stage.wanted(1)]
    assert stage.control.create(KEY, stage.owner, wanted) is not None
    assert stage.plane.events("web") == []


def test_a_pod_that_is_gone_already_counts_as_deleted(stage: Stage):
    stage.control.create(KEY, stage.owner, stage.wanted(2))
    stage.plane.advance(1)
    here, gone = stage.plane.list(POD)
    stage.plane.api.delete(POD, key_of(gone), grace_s=0)
    assert stage.control.delete(KEY, stage.owner, [here, gone]) is None
    assert stage.plane.list(POD) == []
    deletions = [message for reason, message in stage.plane.events("web") if reason == "SuccessfulDelete"]
    assert deletions == [f"Deleted pod: {here['metadata']['name']}"]


def test_another_pod_of_the_name_is_not_deleted(stage: Stage):
    stage.control.create(KEY, stage.owner, stage.wanted(1))
    (pod,) = stage.plane.list(POD)
    stranger = {**pod, "metadata": {**pod["metadata"], "uid": "another"}}
    failure = stage.control.delete(KEY, stage.owner, [stranger])
    assert failure is not None
    assert len(stage.plane.list(POD)) == 1
    assert stage.plane.events("web")[-1][0] == "FailedDelete"
