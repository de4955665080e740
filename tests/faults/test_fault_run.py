"""The short form of `make faults`: every kind of fault once or so, and no promise broken."""

from __future__ import annotations

import os
from pathlib import Path

from tests.faults.fault_run import run
from tests.kit.kubectl import new_cluster
from tests.kit.lab import Lab

SEED = int(os.environ.get("SEED", "7"))
SECONDS = 22.0
STOP_S = 4.0  # a stop that outlasts the lease is in the long form


def test_a_short_fault_run_breaks_no_promise(lab: Lab, tmp_path: Path) -> None:
    kube = new_cluster(lab, tmp_path, "", "--nodes", "2")
    summary = run(lab, kube.kubeconfig, seed=SEED, seconds=SECONDS, stop_s=STOP_S)
    assert summary.violations == [], f"{summary.text()}\nrepeat with SEED={SEED} pytest {__file__}"
    assert summary.faults.total() >= 8
    assert summary.operations.total() > 500
