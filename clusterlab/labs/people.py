"""What people are called: an account's name, a name they chose, or an animal's."""

from __future__ import annotations

from typing import Any

from clusterlab.labs.tokens import hash_of

VISITOR = "visitor"
"""The session's key for the secret that makes an anonymous browser somebody."""
NAME = "name"
"""The session's key for a name that somebody chose."""
LONGEST_NAME = 40
MANNERS = (
    "Amber", "Bold", "Brisk", "Calm", "Clever", "Curious", "Eager", "Fair", "Gentle", "Golden", "Happy", "Jolly",
    "Keen", "Lively", "Lucky", "Mellow", "Merry", "Nimble", "Patient", "Proud", "Quick", "Quiet", "Silver", "Smart",
    "Steady", "Sunny", "Swift", "Tidy", "Vivid", "Warm", "Wise", "Witty",
)  # fmt: skip
ANIMALS = (
    "Badger", "Beaver", "Bison", "Crane", "Dolphin", "Eagle", "Falcon", "Ferret", "Finch", "Fox", "Gecko", "Hare",
    "Hedgehog", "Heron", "Ibis", "Jay", "Koala", "Lark", "Lemur", "Lynx", "Marten", "Mole", "Moose", "Newt", "Orca",
    "Otter", "Owl", "Panda", "Puffin", "Raven", "Robin", "Seal", "Stork", "Swan", "Tapir", "Tiger", "Toucan", "Turtle",
    "Walrus", "Wren", "Yak", "Zebra",
)  # fmt: skip


def name_of(session: Any, user: Any) -> str:
    """Of a visitor; the same one in every cluster."""
    if user is not None and user.is_authenticated:
        return str(user.get_username())
    chosen = session.get(NAME)
    return str(chosen) if chosen else animal_name(session.get(VISITOR, ""))


def animal_name(secret: str) -> str:
    """From the visitor's secret, which it doesn't give away."""
    number = int(hash_of(f"name {secret}")[:12], 16)
    return f"{MANNERS[number % len(MANNERS)]} {ANIMALS[number // len(MANNERS) % len(ANIMALS)]}"
