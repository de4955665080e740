"""Plays many generated scenarios twice, in two processes whose string hashes differ, and compares the histories.

`python -m tests.scenarios.seeds 1000 [FIRST]` ends with 1 and says how to repeat it if a seed has two histories.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
REPEAT = "PYTHONHASHSEED={} python -m tests.scenarios.generated {}"
HASH_SEEDS = ("1", "2")


def main(count: int, first: int = 0) -> int:
    runs = [lines(hash_seed, first, count) for hash_seed in HASH_SEEDS]
    failures = changes = timers = compared = 0
    for one, other in zip(*runs, strict=True):
        seed, _, revisions, fired = one.split()
        compared, changes, timers = compared + 1, changes + int(revisions), timers + int(fired)
        if one != other:
            failures += 1
            print(f"seed {seed} has two histories; repeat with")
            for hash_seed in HASH_SEEDS:
                print("  " + REPEAT.format(hash_seed, seed), flush=True)
    print(f"{compared} seeds x 2 runs, {changes:,} changes, {timers:,} timers: {failures} with two histories")
    return 1 if failures or compared != count else 0


def lines(hash_seed: str, first: int, count: int) -> Iterator[str]:
    argv = [sys.executable, "-m", "tests.scenarios.generated", str(first), str(count)]
    env = os.environ | {"PYTHONHASHSEED": hash_seed}
    with subprocess.Popen(argv, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        yield from run.stdout


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
