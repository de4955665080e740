"""Records are small documents, and come back from the store as they went in."""

from __future__ import annotations

import msgspec
import pytest

from simcore.apimachinery.encoding import decode, encode
from simcore.kubelet.records import (
    ContainerRecord,
    Machine,
    PodRecord,
    ProbeRecord,
    Run,
    Sandbox,
    Stop,
    document,
    machine,
    pod_record,
)

FULL = PodRecord(
    "default",
    "web",
    boot=2,
    accepted=1000,
    sandbox=Sandbox(1, 1200, "10.244.1.2", used=True),
    initialized=True,
    containers={
        "main": ContainerRecord(
            "running",
            due=9000,
            restarts=1,
            started=2000,
            last=Run(0, 1300, 1900, 1, "Error"),
            backoff_ms=10_000,
            backoff_at=2000,
            image_here=True,
            up=True,
            probes={"liveness": ProbeRecord(3000, won=1)},
        ),
        "broken": ContainerRecord("exited", ended=Run(0, None, 1300, 128, "StartError", "no such file")),
    },
    stop=Stop(8000, 38_000, "deleted"),
)


@pytest.mark.parametrize(
    "record",
    [FULL, PodRecord("a", "b", 1, 0), PodRecord("a", "b", 1, 0, rejected=("OutOfcpu", "Node didn't ..."))],
    ids=["full", "new", "rejected"],
)
def test_a_pod_s_record_survives_the_store(record: PodRecord) -> None:
    assert pod_record(decode(encode(document(record)))) == record


def test_a_machine_s_memory_survives_the_store_and_a_new_one_needs_none() -> None:
    memory = Machine(
        boot=3, off_at=5000, is_on=False, registered=False, images=["docker.io/library/nginx:latest"]
    )
    assert machine(decode(encode(document(memory)))) == memory
    assert machine(None) == Machine()


def test_what_says_nothing_takes_no_room() -> None:
    document_ = document(
        PodRecord("default", "web", 1, 0, containers={"main": ContainerRecord("running", up=True)})
    )
    assert document_ == {
        "namespace": "default", "name": "web", "boot": 1, "accepted": 0,
        "containers": {"main": {"phase": "running", "up": True}},
    }  # fmt: skip


def test_a_record_that_is_none_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        pod_record({"namespace": "default", "containers": []})
