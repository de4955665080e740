"""Keeps a server's kinds and strategies in step with the definitions in its store."""

from __future__ import annotations

from simcore.apimachinery.custom_kinds import is_true, kinds_of
from simcore.apimachinery.kinds import CUSTOM_RESOURCE_DEFINITION, Kind, KindTable
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.custom.strategy import CustomStrategy
from simcore.kube_apiserver.storage import Storage
from simcore.kube_apiserver.strategy import StrategyTable


class CustomKinds:
    """Reads the definitions again when one was written, not before somebody asks."""

    def __init__(self, storage: Storage, kinds: KindTable, strategies: StrategyTable) -> None:
        self._storage, self._kinds, self._strategies = storage, kinds, strategies
        self._served: dict[str, tuple[str, list[Kind]]] = {}  # by definition: its revision and kinds
        self._is_stale = True
        storage.subscribe(CUSTOM_RESOURCE_DEFINITION, self._note)

    def refresh(self) -> None:
        if not self._is_stale:
            return
        self._is_stale = False
        found = {crd["metadata"]["name"]: crd for crd in self._storage.all(CUSTOM_RESOURCE_DEFINITION)}
        for name in [name for name in self._served if name not in found]:
            self._forget(name)
        for name, crd in found.items():
            revision = crd["metadata"]["resourceVersion"]
            if self._served.get(name, ("", []))[0] != revision:
                self._forget(name)
                self._served[name] = (revision, self._serve(crd))

    def _note(self) -> None:
        self._is_stale = True

    def _serve(self, crd: Obj) -> list[Kind]:
        kinds = kinds_of(crd) if is_true(crd, "Established") else []
        for kind in kinds:
            self._kinds.add(kind)
            self._strategies[kind.resource] = CustomStrategy(kind.stored_as or kind)
        return kinds

    def _forget(self, name: str) -> None:
        for kind in self._served.pop(name, ("", []))[1]:
            self._kinds.remove(kind)
            self._strategies.pop(kind.resource, None)
