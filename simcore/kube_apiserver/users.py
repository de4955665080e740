"""Who asks: a user as authentication hands it to authorization."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["owner", "operate", "view", "system"]
"""What a share link allows. `system` is a component of the control plane."""

MASTERS = "system:masters"


@dataclass(frozen=True)
class User:
    """`groups` in the order in which authentication found them."""

    name: str
    groups: tuple[str, ...] = ("system:authenticated",)
    role: Role = "view"
    uid: str = ""


ADMIN = User("kubernetes-admin", (MASTERS, "system:authenticated"), "owner")


def component(name: str) -> User:
    """A component of the control plane, as in-process callers are."""
    return User(f"system:{name}", (MASTERS, "system:authenticated"), "system")
