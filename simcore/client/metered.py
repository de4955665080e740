"""A client that counts its calls, so that its owner can be charged for the time they take."""

from __future__ import annotations

from typing import Literal

from simcore.apimachinery.kinds import Kind
from simcore.apimachinery.meta import Key, Obj
from simcore.client.interfaces import ApiClient, ObjectWatch


class MeteredClient:
    """An ApiClient around another one. `calls` only grows."""

    def __init__(self, inner: ApiClient) -> None:
        self.inner = inner
        self.calls = 0

    @property
    def cause(self) -> int:
        return self.inner.cause

    @cause.setter
    def cause(self, revision: int) -> None:
        self.inner.cause = revision

    def get(self, kind: Kind, key: Key) -> Obj:
        self.calls += 1
        return self.inner.get(kind, key)

    def list(self, kind: Kind, namespace: str | None = None) -> list[Obj]:
        self.calls += 1
        return self.inner.list(kind, namespace)

    def watch(self, kind: Kind) -> ObjectWatch:
        return self.inner.watch(kind)

    def create(self, kind: Kind, obj: Obj) -> Obj:
        self.calls += 1
        return self.inner.create(kind, obj)

    def update(self, kind: Kind, obj: Obj) -> Obj:
        self.calls += 1
        return self.inner.update(kind, obj)

    def update_status(self, kind: Kind, obj: Obj) -> Obj:
        self.calls += 1
        return self.inner.update_status(kind, obj)

    def patch(self, kind: Kind, key: Key, patch: Obj, *, subresource: str = "") -> Obj:
        self.calls += 1
        return self.inner.patch(kind, key, patch, subresource=subresource)

    def bind(self, pod: Key, uid: str, node: str) -> None:
        self.calls += 1
        self.inner.bind(pod, uid, node)

    def delete(
        self,
        kind: Kind,
        key: Key,
        *,
        uid: str | None = None,
        grace_s: int | None = None,
        propagation: Literal["Background", "Foreground", "Orphan"] | None = None,
    ) -> None:
        self.calls += 1
        self.inner.delete(kind, key, uid=uid, grace_s=grace_s, propagation=propagation)
