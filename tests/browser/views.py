"""The dashboard's views, as its own router lists them: a new one is in every test that goes through all."""

from __future__ import annotations

import re

from scripts.options import ROOT


def _of_the_router() -> tuple[str, ...]:
    text = (ROOT / "frontend" / "src" / "model" / "address.ts").read_text()
    listed = re.search(r"export const VIEWS = \[(.*?)\]", text, re.DOTALL)
    assert listed is not None, "the router's list of views has moved"
    return tuple(re.findall(r'"([a-z]+)"', listed[1]))


VIEWS = _of_the_router()
TABS = ("summary", "why", "diff", "yaml", "events", "logs", "metrics")
