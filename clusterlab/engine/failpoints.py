"""Named places at which a test may end the process, as a power cut would. In production nothing is armed.

`ENGINE_FAILPOINT=computed:3` ends the process by SIGKILL when it comes to `computed` for the third time.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

ACQUIRED, PULLED, COMPUTED, COMMITTED = "acquired", "pulled", "computed", "committed"
RELEASED, HANDING_BACK = "released", "handing-back"
POINTS = (ACQUIRED, PULLED, COMPUTED, COMMITTED, RELEASED, HANDING_BACK)

_left: dict[str, int] = {}
"""How often each armed point may still be passed; empty unless a test arms one."""


def arm(text: str) -> None:
    """`<point>` or `<point>:<n>`, from then on."""
    point, _, times = text.partition(":")
    assert point in POINTS, (point, POINTS)
    _left[point] = int(times or 1)


def reach(point: str, end: Callable[[], None] = lambda: os.kill(os.getpid(), signal.SIGKILL)) -> None:
    if point not in _left:
        return
    _left[point] -= 1
    if _left[point] == 0:
        end()


if os.environ.get("ENGINE_FAILPOINT"):
    arm(os.environ["ENGINE_FAILPOINT"])
