"""Same seed and same inputs give the same history, byte for byte, whoever runs it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from simcore.cluster.cluster import Cluster
from simcore.cluster.history import history_hash, line
from tests.kit.manifests import deployment
from tests.scenarios import seeds
from tests.scenarios.generated import ACTS, Play, new_cluster, played

SEEDS = int(os.environ.get("DETERMINISM_SEEDS", "20"))


def test_two_processes_have_the_same_histories(capsys: pytest.CaptureFixture[str]):
    """String hashes differ from process to process; nothing may hang on them."""
    is_refused = seeds.main(SEEDS)
    told = capsys.readouterr().out
    assert not is_refused, told
    assert told.startswith(f"{SEEDS} seeds x 2 runs, ") and told.endswith("timers: 0 with two histories\n")


def test_a_seed_with_two_histories_says_how_to_repeat_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def lines(hash_seed: str, first: int, count: int) -> Iterator[str]:
        yield f"{first} aaaa 10 20\n"
        yield f"{first + 1} bbbb {hash_seed} 20\n"

    monkeypatch.setattr(seeds, "lines", lines)
    assert seeds.main(2, 7) == 1
    assert capsys.readouterr().out.splitlines() == [
        "seed 8 has two histories; repeat with",
        "  PYTHONHASHSEED=1 python -m tests.scenarios.generated 8",
        "  PYTHONHASHSEED=2 python -m tests.scenarios.generated 8",
        "2 seeds x 2 runs, 11 changes, 40 timers: 1 with two histories",
    ]


def test_a_process_that_ends_early_is_no_success(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(seeds, "lines", lambda *_: iter(["3 aaaa 1 1\n"]))
    assert seeds.main(2, 3) == 1
    assert capsys.readouterr().out == "1 seeds x 2 runs, 1 changes, 1 timers: 0 with two histories\n"


def test_another_seed_is_another_history():
    one, other = new_cluster(1), new_cluster(4)
    for cluster in (one, other):
        cluster.given(deployment("web", replicas=3))
        cluster.advance(10_000)
    assert history_hash(one.store) != history_hash(other.store)


def test_the_grain_of_time_is_no_input():
    """An engine's steps end wherever the wall says; what happens in them does not depend on it."""
    coarse, fine = new_cluster(3), new_cluster(3)
    for cluster, grain_ms in ((coarse, 60_000), (fine, 7)):
        cluster.given(deployment("web", replicas=4))
        while cluster.clock.now() < 60_000:
            cluster.run_until(min(cluster.clock.now() + grain_ms, 60_000))
    assert first_difference(coarse, fine) is None


@pytest.mark.parametrize("act", dict.fromkeys(ACTS), ids=lambda act: act.__name__)
def test_every_act_of_a_scenario_leaves_its_mark(act: object):
    """An act that does nothing would make the scenarios poorer than they look."""
    cluster = new_cluster(1)
    play = Play(cluster, 1)
    cluster.given(deployment("web", replicas=3))
    cluster.advance(20_000)
    before, play.turn = cluster.store.revision, 1
    act(play)  # type: ignore[operator]
    cluster.advance(60_000)
    written = cluster.store.entries_since(before)  # type: ignore[attr-defined]  # it is a MemoryStore
    assert any(
        entry.origin.actor == "user:ada" or "kubernetes-admin" in entry.origin.actor for entry in written
    )
    assert len(written) > 1


def first_difference(one: Cluster, other: Cluster) -> tuple[bytes, bytes] | None:
    logs = [cluster.store.watch("/", start=1).poll() for cluster in (one, other)]
    pairs = ((line(a), line(b)) for a, b in zip(*logs, strict=True))
    return next(((a, b) for a, b in pairs if a != b), None)


def test_a_scenario_can_be_played_by_its_seed_alone():
    assert first_difference(played(6), played(6)) is None
