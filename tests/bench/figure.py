"""A figure of a benchmark, and the line that shows it beside what it is measured against."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`bar` is the rival's or the required value in the same unit; None when there is nothing to compare with."""

    name: str
    value: float
    unit: str
    bar: float | None
    versus: str
    lower_is_better: bool = False

    @property
    def ratio(self) -> float | None:
        """Above 1 is better than the bar, whichever direction is better."""
        if self.bar is None:
            return None
        if self.lower_is_better and not self.value:
            return math.inf
        return self.bar / self.value if self.lower_is_better else self.value / self.bar

    def line(self) -> str:
        ratio = "-" if self.ratio is None else f"{self.ratio:.2f}"
        bar = "" if self.bar is None else f":{shown(self.bar)}{self.unit}"
        return f"BENCH {self.name} {shown(self.value)} {self.unit} ratio={ratio} vs={self.versus}{bar}"


def shown(value: float) -> str:
    """Three digits that matter, and no more."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


Bench = Callable[[], Iterator[Figure]]


@dataclass(frozen=True)
class Named:
    """A benchmark function under the name that ONLY= selects."""

    name: str
    run: Bench


def bench(name: str) -> Callable[[Bench], Named]:
    """Names a benchmark; the runner finds it in its module."""
    return lambda run: Named(name, run)
