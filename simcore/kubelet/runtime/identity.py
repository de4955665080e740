"""Who a container's processes run as, and what they may do to their machine."""

from __future__ import annotations

from typing import NamedTuple

NAMES = {0: "root", 65534: "nobody"}
"""Users and groups that every image knows."""


class Identity(NamedTuple):
    uid: int = 0
    gid: int = 0
    groups: tuple[int, ...] = (0,)
    """Sorted, the first group included."""
    fs_group: int | None = None
    """The group of what lies in the pod's volumes."""
    rules_network: bool = False
    """It may change its machine's network: it is privileged, or has the capability NET_ADMIN."""


ROOT = Identity()


def shown(number: int) -> str:
    """`0(root)`, or the bare number of somebody without a name."""
    return f"{number}({NAMES[number]})" if number in NAMES else str(number)
