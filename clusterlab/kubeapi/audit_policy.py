"""The audit policy of a cluster: a record of its world that the owner may write."""

from __future__ import annotations

from simcore.apimachinery.encoding import decode
from simcore.etcd.interface import Revision, Store
from simcore.kube_apiserver.observing.audit_policy import DEFAULT_POLICY, Policy

AUDIT_POLICY = "/sim/audit-policy"
_DEFAULT = Policy(DEFAULT_POLICY)


class StoredPolicy:
    """Answers with the policy of the moment; reads the record again only when it was written."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: tuple[Revision, Policy] = (0, _DEFAULT)

    def __call__(self) -> Policy:
        kv = self._store.get(AUDIT_POLICY)
        revision = kv.mod_revision if kv is not None else 0
        if revision != self._known[0]:
            self._known = (revision, Policy(decode(kv.value)) if kv is not None else _DEFAULT)
        return self._known[1]
