"""The objects that a pod's containers refer to, as the kubelets see them."""

from __future__ import annotations

from typing import Protocol

from simcore.apimachinery.kinds import CONFIG_MAP, PERSISTENT_VOLUME_CLAIM, SECRET, SERVICE
from simcore.apimachinery.meta import Key, Obj
from simcore.client.informer import InformerFactory
from simcore.kubelet.world import VOLUMES


class Lookup(Protocol):
    """Objects returned are shared: never mutate them."""

    def config_map(self, namespace: str, name: str) -> Obj | None: ...

    def secret(self, namespace: str, name: str) -> Obj | None: ...

    def claim(self, namespace: str, name: str) -> Obj | None: ...

    def services(self, namespace: str) -> list[Obj]:
        """Those whose variables a pod of the namespace gets, in order of their names."""
        ...

    def stored(self, path: str) -> Obj | None:
        """A volume's files as they were left, by its path under world.VOLUMES."""
        ...


class Objects:
    """Implements Lookup over the cluster's informers and the world's records."""

    def __init__(self, informers: InformerFactory, stored: StoredFiles) -> None:
        self._maps, self._secrets = informers.informer(CONFIG_MAP), informers.informer(SECRET)
        self._claims = informers.informer(PERSISTENT_VOLUME_CLAIM)
        self._services = informers.informer(SERVICE)
        self._stored = stored

    def config_map(self, namespace: str, name: str) -> Obj | None:
        return self._maps.get(Key(namespace, name))

    def secret(self, namespace: str, name: str) -> Obj | None:
        return self._secrets.get(Key(namespace, name))

    def claim(self, namespace: str, name: str) -> Obj | None:
        return self._claims.get(Key(namespace, name))

    def services(self, namespace: str) -> list[Obj]:
        found = {service["metadata"]["name"]: service for service in self._services.list(namespace)}
        kubernetes = self._services.get(Key("default", "kubernetes"))
        if kubernetes is not None:
            found.setdefault("kubernetes", kubernetes)
        return [found[name] for name in sorted(found)]

    def stored(self, path: str) -> Obj | None:
        return self._stored.get(VOLUMES + path)


class StoredFiles(Protocol):
    def get(self, path: str) -> Obj | None: ...
