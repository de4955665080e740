"""The authorizers that a cluster's flags name, in their order.

Models: kubernetes v1.36 pkg/kubeapiserver/authorizer.
"""

from __future__ import annotations

from collections.abc import Mapping

from simcore.kube_apiserver.authorization.abac import AbacAuthorizer
from simcore.kube_apiserver.authorization.authorizer import (
    Authorizer,
    Decision,
    PrivilegedGroup,
    RuleSet,
    Union,
)
from simcore.kube_apiserver.authorization.node import NodeAuthorizer
from simcore.kube_apiserver.authorization.rbac import RbacAuthorizer
from simcore.kube_apiserver.authorization.rules import rule, url_rule
from simcore.kube_apiserver.authorization.share_roles import ShareRoleAuthorizer
from simcore.kube_apiserver.flags import FlagsReader
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.storage import Storage
from simcore.kube_apiserver.users import User


class AlwaysAllow:
    name = "AlwaysAllow"

    def decide(self, user: User, asked: Attributes) -> Decision:
        return Decision(allowed=True)

    def rules(self, user: User, namespace: str) -> RuleSet:
        return RuleSet([rule("*", "*", "*"), url_rule("*", "*")])


class AlwaysDeny:
    name = "AlwaysDeny"

    def decide(self, user: User, asked: Attributes) -> Decision:
        return Decision(reason="Everything is forbidden.")

    def rules(self, user: User, namespace: str) -> RuleSet:
        return RuleSet([])


class ByFlags:
    """The union of the flags' modes, and before it what no flag turns off: masters and the roles of share links."""

    name = "Union"

    def __init__(self, storage: Storage) -> None:
        flags = FlagsReader(storage.store)
        self._flags = flags
        self.rbac = RbacAuthorizer(storage)
        self._always: tuple[Authorizer, ...] = (PrivilegedGroup(), ShareRoleAuthorizer())
        abac = AbacAuthorizer(lambda: flags().abac_policies)
        modes: tuple[Authorizer, ...] = (
            AlwaysAllow(),
            AlwaysDeny(),
            abac,
            NodeAuthorizer(storage),
            self.rbac,
        )
        self._modes: Mapping[str, Authorizer] = {mode.name: mode for mode in modes}

    @property
    def authorizers(self) -> tuple[Authorizer, ...]:
        return (*self._always, *(self._modes[mode] for mode in self._flags().authorization_modes))

    def decide(self, user: User, asked: Attributes) -> Decision:
        return Union(self.authorizers).decide(user, asked)

    def rules(self, user: User, namespace: str) -> RuleSet:
        return Union(self.authorizers).rules(user, namespace)
