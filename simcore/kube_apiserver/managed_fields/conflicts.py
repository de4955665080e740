"""What two managers both want.

Models: kubernetes v1.36 apimachinery/pkg/util/managedfields/internal/conflict.go.
"""

from __future__ import annotations

from simcore.apimachinery.errors import Conflict
from simcore.kube_apiserver.managed_fields.managers import Manager
from simcore.kube_apiserver.managed_fields.paths import Paths, in_order, text


class Conflicts(Exception):
    """Fields of other managers that an apply would change."""

    def __init__(self, paths: dict[Manager, Paths]) -> None:
        super().__init__(f"{len(paths)} managers")
        self.paths = paths

    def except_for(self, allowed: Paths) -> Conflicts | None:
        """Those that are not allowed; None when all are."""
        left = {manager: rest for manager, paths in self.paths.items() if (rest := paths - allowed)}
        return Conflicts(left) if left else None

    def error(self) -> Conflict:
        """As the client sees them."""
        found = [
            (manager, text(path)) for manager in sorted(self.paths) for path in in_order(self.paths[manager])
        ]
        causes = [
            {"reason": "FieldManagerConflict", "message": f"conflict with {manager}", "field": place}
            for manager, place in found
        ]
        return Conflict(_message(found), details={"causes": causes})


def _message(found: list[tuple[Manager, str]]) -> str:
    if len(found) == 1:
        manager, place = found[0]
        return f"Apply failed with 1 conflict: conflict with {manager}: {place}"
    lines: list[str] = []
    for manager in dict.fromkeys(manager for manager, _ in found):
        lines.append(f"conflicts with {manager}:")
        lines += [f"- {place}" for other, place in found if other == manager]
    return f"Apply failed with {len(found)} conflicts: " + "\n".join(lines)
