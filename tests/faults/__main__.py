"""`make faults [SEED=n] [MINUTES=m]`: a fault run on a ClusterLab of its own; prints what was done and found."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

from tests.faults.fault_run import run
from tests.kit.kubectl import new_cluster
from tests.kit.lab import running_lab
from tests.kit.redis_process import temporary_folder


def main() -> int:
    seed = int(os.environ.get("SEED") or random.randrange(1_000_000))
    seconds = 60 * float(os.environ.get("MINUTES") or 2)
    print(f"fault run of {seconds:.0f} s with seed {seed}", flush=True)
    with temporary_folder() as folder, running_lab(Path(folder)) as lab:
        (Path(folder) / "faults").mkdir()
        kube = new_cluster(lab, Path(folder) / "faults", "", "--nodes", "3")
        summary = run(lab, kube.kubeconfig, seed=seed, seconds=seconds)
        if summary.violations:
            print(lab.log.read_text()[-20_000:])
    print(summary.text())
    return 1 if summary.violations else 0


if __name__ == "__main__":
    sys.exit(main())
