"""How a cluster's API server was started: what stands on its command line and in its files.

Kept as a record of the simulated world, outside the API, so it goes with the cluster's history.
"""

from __future__ import annotations

from dataclasses import dataclass

from simcore.apimachinery.encoding import decode
from simcore.apimachinery.meta import Obj
from simcore.etcd.interface import Store

PATH = "/sim/kube-apiserver"
MODES = ("AlwaysAllow", "AlwaysDeny", "ABAC", "Node", "RBAC")
DEFAULT_MODES = ("Node", "RBAC")


class BadFlags(ValueError):
    """Why kube-apiserver would not start."""


@dataclass(frozen=True)
class ServerFlags:
    authorization_modes: tuple[str, ...] = DEFAULT_MODES
    abac_policies: tuple[Obj, ...] = ()
    static_users: tuple[Obj, ...] = ()
    """See authentication.static_users."""
    anonymous_auth: bool = True

    @classmethod
    def of(cls, record: Obj) -> ServerFlags:
        return cls(
            tuple(record.get("authorizationModes") or DEFAULT_MODES),
            tuple(record.get("abacPolicies") or ()),
            tuple(record.get("staticUsers") or ()),
            bool(record.get("anonymousAuth", True)),
        )

    def record(self) -> Obj:
        return {
            "authorizationModes": list(self.authorization_modes),
            "abacPolicies": list(self.abac_policies),
            "staticUsers": list(self.static_users),
            "anonymousAuth": self.anonymous_auth,
        }


class FlagsReader:
    """The flags as they are now."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read = (0, ServerFlags())  # by the record's revision

    def __call__(self) -> ServerFlags:
        kv = self._store.get(PATH)
        revision = kv.mod_revision if kv else 0
        if revision != self._read[0]:
            self._read = (revision, ServerFlags.of(decode(kv.value) if kv else {}))
        return self._read[1]


def modes_of(text: str) -> tuple[str, ...]:
    """`--authorization-mode`. Raises: BadFlags."""
    modes = tuple(mode.strip() for mode in text.split(",") if mode.strip())
    if not modes:
        raise BadFlags("at least one authorization-mode must be passed")
    for at, mode in enumerate(modes):
        if mode not in MODES:
            raise BadFlags(
                f'authorization-mode "{mode}" is not a valid mode: known modes are {", ".join(MODES)}'
            )
        if mode in modes[:at]:
            raise BadFlags(f'authorization-mode ["{mode}"] has mode specified more than once')
    return modes
