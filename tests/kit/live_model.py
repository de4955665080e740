"""What a page makes of the live protocol's messages: rows by uid, and the revision that they are true at."""

from __future__ import annotations

import json
from typing import Any

Row = dict[str, Any]


class LiveModel:
    """`revision` is None until a whole snapshot has come; parts count for nothing before the last one is there."""

    def __init__(self) -> None:
        self.revision: int | None = None
        self.rows: dict[str, Row] = {}
        self._held: list[Row] = []  # rows of the parts that have come

    def take(self, message: dict[str, Any]) -> bool:
        """Whether it changed the state. Raises: AssertionError for a gap."""
        if message["t"] not in ("snapshot", "frame"):
            return False
        self._held += [*message["nodes"], *message["pods"]]
        if message.get("more"):
            return False
        if message["t"] == "snapshot":
            self.rows, self.revision = {}, message["rev"]
        else:
            assert message["from"] == self.revision, (message["from"], self.revision)
            self.revision = message["to"]
        for row in self._held:
            if row.get("x"):
                self.rows.pop(row["u"], None)
            else:
                self.rows[row["u"]] = row
        self.drop()
        return True

    def take_all(self, texts: list[str]) -> None:
        for text in texts:
            self.take(json.loads(text))

    def drop(self) -> None:
        """The connection is lost, and with it whatever was not whole."""
        self._held = []
