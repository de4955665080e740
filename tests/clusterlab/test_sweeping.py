"""What clusters leave behind is swept together, now and then."""

from __future__ import annotations

from clusterlab.sweeping import SWEEP_EVERY_S, Sweeper


class Watched:
    def __init__(self) -> None:
        self.now, self.sweeps = 0.0, 0
        self.sweeper = Sweeper(self._collect, lambda: self.now)

    def _collect(self) -> None:
        self.sweeps += 1


def test_nothing_is_swept_while_nothing_was_let_go() -> None:
    watched = Watched()
    for _ in range(5):
        watched.now += 100
        watched.sweeper.look()
    assert watched.sweeps == 0


def test_what_is_let_go_is_swept_once() -> None:
    watched = Watched()
    watched.sweeper.note()
    watched.sweeper.note()
    for _ in range(5):
        watched.sweeper.look()
        watched.now += 100
    assert watched.sweeps == 1


def test_what_is_let_go_soon_after_waits_and_is_not_forgotten() -> None:
    watched = Watched()
    for _ in range(20):
        watched.sweeper.note()
        watched.sweeper.look()
        watched.now += SWEEP_EVERY_S / 10
    assert watched.sweeps == 2
    watched.now += SWEEP_EVERY_S
    watched.sweeper.look()
    assert watched.sweeps == 3


def test_a_cycle_is_freed() -> None:
    freed: list[str] = []

    class Knot:
        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            freed.append("knot")

    sweeper = Sweeper()
    Knot()
    sweeper.note()
    sweeper.look()
    assert freed == ["knot"]
