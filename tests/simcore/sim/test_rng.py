"""Randomness without a state: the same label gives the same draw, whoever asks and whenever."""

from __future__ import annotations

import uuid
from collections import Counter

import pytest

from simcore.sim.latency import INSTANT, PROFILES, REALISTIC
from simcore.sim.rng import SUFFIX_ALPHABET, Rng


def test_a_draw_depends_on_seed_and_label_alone():
    assert Rng(7).bits("pod", "web", 3) == Rng(7).bits("pod", "web", 3)
    assert Rng(7).bits("pod", "web", 3) != Rng(8).bits("pod", "web", 3)
    assert Rng(7).bits("pod", "web", 3) != Rng(7).bits("pod", "web", 4)


def test_the_parts_of_a_label_are_kept_apart():
    assert Rng(7).bits("ab", "c") != Rng(7).bits("a", "bc")


def test_a_bound_is_exclusive_and_every_value_below_it_comes():
    counts = Counter(Rng(1).below(6, "die", n) for n in range(6_000))
    assert sorted(counts) == [0, 1, 2, 3, 4, 5]
    assert min(counts.values()) > 850


def test_uniform_stays_within_its_bounds():
    draws = [Rng(1).uniform(2.0, 3.0, n) for n in range(2_000)]
    assert 2.0 <= min(draws) < 2.05
    assert 2.95 < max(draws) < 3.0


def test_a_shuffle_keeps_every_item_and_its_argument():
    items = list(range(30))
    shuffled = Rng(4).shuffled(items, "order")
    assert sorted(shuffled) == items == list(range(30))
    assert shuffled != items


def test_a_suffix_is_of_kubernetes_alphabet():
    suffix = Rng(1).suffix(500, "x")
    assert len(suffix) == 500
    assert set(suffix) <= set(SUFFIX_ALPHABET)


def test_a_uid_is_a_version_4_uuid():
    parsed = uuid.UUID(Rng(1).uid("a", 1))
    assert (parsed.version, parsed.variant) == (4, uuid.RFC_4122)


def test_a_choice_is_one_of_the_options():
    assert {Rng(1).choice("abc", n) for n in range(50)} == {"a", "b", "c"}


def test_an_instant_profile_takes_no_time_and_a_realistic_one_stays_in_its_range():
    assert INSTANT.draw(INSTANT.image_pull, Rng(1), "x") == 0
    draws = {REALISTIC.draw(REALISTIC.api_call, Rng(1), n) for n in range(500)}
    assert draws == set(range(REALISTIC.api_call.low, REALISTIC.api_call.high + 1))


def test_draws_are_the_same_for_ever():
    """Recorded histories hang on these values: a change of the generator makes every old record false."""
    rng = Rng(7)
    assert rng.uid("pod", 1) == "d203f3bd-177b-4648-b2ad-4549390c4120"
    assert rng.suffix(5, "web") == "bjslr"
    assert [rng.below(100, n) for n in range(5)] == [18, 56, 53, 73, 60]
    assert round(rng.uniform(0.0, 1.0, "x"), 12) == 0.457009800984


@pytest.mark.parametrize("bound", [0, -1])
def test_below_nothing_there_is_nothing(bound: int):
    with pytest.raises(AssertionError):
        Rng(1).below(bound, "x")


@pytest.mark.parametrize("name", ["instant", "realistic"])
def test_every_span_of_a_profile_can_be_drawn_from(name: str):
    profile = PROFILES[name]
    for span in vars(profile).values():
        assert span.low <= span.high
        assert {span.low, *(profile.draw(span, Rng(2), n) for n in range(50))} <= set(
            range(span.low, span.high + 1)
        )
