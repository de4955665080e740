"""A noisy component's events: repeats are counted, similar ones combined, spam is dropped."""

from __future__ import annotations

from simcore.client.correlator import (
    COMBINED_PREFIX,
    MAX_ENTRIES,
    MAX_SIMILAR,
    SIMILAR_WINDOW_MS,
    SPAM_BURST,
    SPAM_REFILL_MS,
    Correlator,
    Lru,
)

POD = "Pod default/web uid"


def messages(correlator: Correlator, count: int, *, now_ms: int = 0, about: str = "Pod {}") -> list[str]:
    """What is written for that many different messages; each about another object unless told."""
    found = []
    for n in range(count):
        seen = correlator.observe(about.format(n), "Warning", "Failed", f"trouble {n}", now_ms)
        found.append(seen.message if seen else "")
    return found


def test_the_same_event_is_one_series():
    correlator = Correlator()
    first = correlator.observe(POD, "Normal", "Pulled", "image", 0)
    again = correlator.observe(POD, "Normal", "Pulled", "image", 1_000)
    other = correlator.observe(POD, "Normal", "Pulled", "another image", 1_000)
    assert first is not None and again is not None and other is not None
    assert first.series is again.series
    assert other.series is not first.series


def test_the_tenth_similar_message_is_combined_with_those_that_follow():
    correlator = Correlator()
    found = messages(correlator, MAX_SIMILAR + 2, about=POD)
    assert found[: MAX_SIMILAR - 1] == [f"trouble {n}" for n in range(MAX_SIMILAR - 1)]
    assert found[MAX_SIMILAR - 1 :] == [f"{COMBINED_PREFIX}trouble {n}" for n in (9, 10, 11)]
    one = correlator.observe(POD, "Warning", "Failed", "trouble 12", 0)
    two = correlator.observe(POD, "Warning", "Failed", "trouble 13", 0)
    assert one is not None and two is not None
    assert one.series is two.series


def test_similar_messages_are_forgotten_after_a_while():
    correlator = Correlator()
    messages(correlator, MAX_SIMILAR - 1, about=POD)
    seen = correlator.observe(POD, "Warning", "Failed", "late", SIMILAR_WINDOW_MS + 1)
    assert seen is not None and seen.message == "late"


def test_too_many_about_one_object_are_dropped_until_a_token_comes_back():
    correlator = Correlator()
    repeats = [correlator.observe(POD, "Normal", "Tick", "tock", 0) for _ in range(SPAM_BURST + 5)]
    assert [seen is not None for seen in repeats] == [True] * SPAM_BURST + [False] * 5
    assert correlator.observe(POD, "Normal", "Tick", "tock", SPAM_REFILL_MS - 1) is None
    assert correlator.observe(POD, "Normal", "Tick", "tock", SPAM_REFILL_MS) is not None
    assert correlator.observe(POD, "Normal", "Tick", "tock", SPAM_REFILL_MS) is None


def test_another_object_has_tokens_of_its_own():
    correlator = Correlator()
    for _ in range(SPAM_BURST + 1):
        correlator.observe(POD, "Normal", "Tick", "tock", 0)
    assert correlator.observe("Pod default/other", "Normal", "Tick", "tock", 0) is not None


def test_tokens_do_not_pile_up():
    correlator = Correlator()
    correlator.observe(POD, "Normal", "Tick", "tock", 0)
    later = SPAM_REFILL_MS * 1000
    seen = [
        correlator.observe(POD, "Normal", "Tick", "tock", later) is not None for _ in range(SPAM_BURST + 1)
    ]
    assert seen == [True] * SPAM_BURST + [False]


def test_its_memory_is_bounded_and_the_longest_unused_goes_first():
    cache: Lru[int] = Lru()
    for n in range(MAX_ENTRIES):
        cache.put((str(n),), n)
    assert cache.get(("0",)) == 0
    cache.put(("new",), -1)
    assert (cache.get(("0",)), cache.get(("1",)), cache.get(("new",))) == (0, None, -1)
