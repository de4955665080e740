"""The array path gives the verdicts, reasons, scores and choices of the readable plugins, on generated clusters."""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest

from simcore.apimachinery.meta import Obj
from simcore.client.interfaces import ApiClient
from simcore.kube_scheduler.arrays.search import ArrayFound
from simcore.kube_scheduler.diagnosis import Diagnosis
from simcore.kube_scheduler.framework.interfaces import Cycle
from simcore.kube_scheduler.placement import PlainFound
from simcore.kube_scheduler.pod_info import PodInfo
from tests.simcore.kube_scheduler import generated
from tests.simcore.kube_scheduler.arena import Arena

CASES = int(os.environ.get("SCHEDULER_CASES", "500"))
SHARDS = 10


@pytest.mark.parametrize("shard", range(SHARDS))
def test_both_searches_say_the_same_of_every_generated_cluster(shard: int, nobody: ApiClient) -> None:
    for seed in range(shard, CASES, SHARDS):
        try:
            _compare(Random(seed), nobody)
        except Exception as error:
            error.add_note(f"seed {seed}; again: SCHEDULER_SEED={seed} pytest {__file__} -k one_seed")
            raise


@pytest.mark.skipif("SCHEDULER_SEED" not in os.environ, reason="names no seed to repeat")
def test_one_seed(nobody: ApiClient) -> None:
    _compare(Random(int(os.environ["SCHEDULER_SEED"])), nobody)


def _compare(rng: Random, client: ApiClient) -> None:
    arena = Arena(rng, client)
    templates = [generated.pod(rng, f"template-{number}") for number in range(2)]
    for number in range(8):
        doc = (
            generated.pod(rng, f"new-{number}")
            if rng.random() < 0.3
            else _copy(rng.choice(templates), number)
        )
        pod = arena.infos.info(doc)
        if arena.cache.nodes():
            chosen = _compare_one(arena, pod)
            if chosen:
                arena.cache.assume(pod, chosen)
        arena.disturb(number)


def _copy(template: Obj, number: int) -> Obj:
    return template | {"metadata": template["metadata"] | {"name": f"new-{number}", "uid": f"uid-{number}"}}


def _compare_one(arena: Arena, pod: PodInfo) -> str:
    nodes = len(arena.cache.nodes())
    limit, start = arena.rng.choice(((nodes, 0), (arena.rng.randint(1, nodes), arena.rng.randrange(nodes))))
    slow_cycle, fast_cycle = Cycle(arena.cache, 1), Cycle(arena.cache, 1)
    outcome = arena.plain.prepare(slow_cycle, pod)
    assert arena.fast.prepare(fast_cycle, pod) == outcome
    if outcome.verdict is not None or outcome.nodes is not None:
        return ""
    slow = arena.plain.find(slow_cycle, pod, start=start, limit=limit)
    fast = arena.fast.find(fast_cycle, pod, start=start, limit=limit)
    assert isinstance(fast, ArrayFound)
    assert fast.feasible == slow.feasible
    if not slow.feasible or limit == nodes:
        assert fast.verdicts() == slow.verdicts()
        assert _tally(fast, nodes) == _tally(slow, nodes)
    if not slow.feasible:
        return ""
    if slow.feasible > 1:
        assert fast.totals().tolist() == list(slow.totals().values())
    ranked = slow.rank()
    quick = fast.rank()
    assert (list(quick.best), quick.score, quick.lead) == (list(ranked.best), ranked.score, ranked.lead)
    return arena.rng.choice(ranked.best)


def _tally(found: PlainFound | ArrayFound, nodes: int) -> tuple[Counter[str], set[str]]:
    diagnosis = Diagnosis(nodes)
    found.tally(diagnosis)
    return diagnosis.reasons, diagnosis.plugins
