"""What every namespace has from its beginning: a ServiceAccount and the cluster's CA.

Models: kubernetes v1.36 pkg/controller/serviceaccount/serviceaccounts_controller.go,
pkg/controller/certificates/rootcacertpublisher/publisher.go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from simcore.apimachinery.errors import AlreadyExists, ApiError
from simcore.apimachinery.kinds import CONFIG_MAP, NAMESPACE, SERVICE_ACCOUNT
from simcore.apimachinery.meta import Key, Obj, annotations_of, is_terminating
from simcore.client.context import ComponentContext
from simcore.client.control_loop import DONE, Result, Watch, own_key
from simcore.kube_controller_manager.pods import namespace_is_terminating

DEFAULT_ACCOUNT = "default"
ROOT_CA = "kube-root-ca.crt"
_DESCRIPTION = {
    "kubernetes.io/description": "Contains a CA bundle that can be used to verify the kube-apiserver when using "
    "internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across "
    "distributions of Kubernetes clusters."
}


class ServiceAccountController:
    """A ServiceAccount `default` in every namespace, made again when it is deleted."""

    name = "service-account-controller"

    def __init__(self, ctx: ComponentContext) -> None:
        self._client = ctx.client
        self._namespaces = ctx.informers.informer(NAMESPACE)
        self._accounts = ctx.informers.informer(SERVICE_ACCOUNT)
        to_keys = _namespace_of_deleted(DEFAULT_ACCOUNT)
        self.watches: Sequence[Watch] = (Watch(NAMESPACE, own_key), Watch(SERVICE_ACCOUNT, to_keys))

    def reconcile(self, key: Key) -> Result:
        account = Key(key.name, DEFAULT_ACCOUNT)
        if _is_active(self._namespaces.get(key)) and self._accounts.get(account) is None:
            meta = {"name": account.name, "namespace": account.namespace}
            manifest = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta}
            _create(lambda: self._client.create(SERVICE_ACCOUNT, manifest))
        return DONE


class RootCAPublisher:
    """A ConfigMap with the CA in every namespace, put right when somebody changes it."""

    name = "root-ca-certificate-publisher"

    def __init__(self, ctx: ComponentContext, ca: str) -> None:
        """`ca`: certificates in PEM."""
        self._client, self._data = ctx.client, {"ca.crt": ca}
        self._namespaces, self._maps = ctx.informers.informer(NAMESPACE), ctx.informers.informer(CONFIG_MAP)
        self.watches: Sequence[Watch] = (Watch(NAMESPACE, own_key), Watch(CONFIG_MAP, self._of_map))

    def reconcile(self, key: Key) -> Result:
        if not _is_active(self._namespaces.get(key)):
            return DONE
        present = self._maps.get(Key(key.name, ROOT_CA))
        if present is None:
            meta = {"name": ROOT_CA, "namespace": key.name, "annotations": _DESCRIPTION}
            manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": self._data}
            _create(lambda: self._client.create(CONFIG_MAP, manifest))
        elif present.get("data") != self._data or not _DESCRIPTION.items() <= annotations_of(present).items():
            meta = {**present["metadata"], "annotations": annotations_of(present) | _DESCRIPTION}
            self._client.update(CONFIG_MAP, {**present, "metadata": meta, "data": self._data})
        return DONE

    def _of_map(self, old: Obj | None, new: Obj | None) -> list[Key]:
        obj = new if new is not None else old
        if obj is None or obj["metadata"]["name"] != ROOT_CA:
            return []
        return [Key("", obj["metadata"]["namespace"])]


def _is_active(namespace: Obj | None) -> bool:
    return namespace is not None and not is_terminating(namespace)


def _create(create: Callable[[], Obj]) -> None:
    try:
        create()
    except AlreadyExists:
        return  # the informer did not show it yet
    except ApiError as error:
        if not namespace_is_terminating(error.details):
            raise


def _namespace_of_deleted(name: str) -> Callable[[Obj | None, Obj | None], list[Key]]:
    def to_keys(old: Obj | None, new: Obj | None) -> list[Key]:
        if new is not None or old is None or old["metadata"]["name"] != name:
            return []
        return [Key("", old["metadata"]["namespace"])]

    return to_keys
