"""Values as they stand in manifests, for generated cases."""

from __future__ import annotations

from hypothesis import strategies as st

KEYS = st.text("abcdefgABC-_./ 0:#", max_size=5).map("k{}".format)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), max_size=8).map("x{}".format)
ODD = [
    "",
    "yes",
    "no",
    "on",
    "null",
    "~",
    "0x1F",
    "012",
    "1_000",
    ".5",
    "2026-01-01",
    "=",
    "<<",
    "- a",
    "a: b",
    "#",
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | TEXTS
    | st.sampled_from(ODD)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=4)
