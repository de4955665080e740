"""Nobody grants more than they have: writes of roles and bindings.

Models: kubernetes v1.36 pkg/registry/rbac/{clusterrole,clusterrolebinding,...}/policybased/storage.go.
"""

from __future__ import annotations

from simcore.apimachinery.errors import Forbidden, NotFound
from simcore.apimachinery.kinds import CLUSTER_ROLE, CLUSTER_ROLE_BINDING, ROLE, ROLE_BINDING, Kind
from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.admission.plugin import Asked, BasePlugin
from simcore.kube_apiserver.authorization.authorizer import Authorizer, is_allowed, is_master
from simcore.kube_apiserver.authorization.rbac import RbacAuthorizer
from simcore.kube_apiserver.authorization.rules import compact, missing, quoted, text
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.strategy import RequestContext

KINDS = frozenset((ROLE, CLUSTER_ROLE, ROLE_BINDING, CLUSTER_ROLE_BINDING))


class Escalation(BasePlugin):
    """Stands where upstream's storage of roles checks before it writes."""

    name = "Escalation"

    def __init__(self, authorizer: Authorizer, rbac: RbacAuthorizer) -> None:
        self._authorizer, self._rbac = authorizer, rbac

    def concerns(self, kind: Kind) -> bool:
        return kind in KINDS

    def validate(self, asked: Asked, ctx: RequestContext) -> None:
        if asked.verb == "delete" or is_master(ctx.user):
            return
        assert asked.obj is not None
        if asked.kind in (ROLE, CLUSTER_ROLE):
            self._check_role(asked, asked.obj, ctx)
        else:
            self._check_binding(asked, asked.obj, ctx)

    def _check_role(self, asked: Asked, role: Obj, ctx: RequestContext) -> None:
        old = asked.old or {}
        same = ("rules", "aggregationRule")
        if asked.old is not None and all(role.get(name) == old.get(name) for name in same):
            return
        if self._may(ctx, "escalate", asked.kind.plural, asked.namespace, asked.name):
            return
        wanted = role.get("rules") or []
        if role.get("aggregationRule") and role.get("aggregationRule") != old.get("aggregationRule"):
            wanted = [
                {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]},
                {"verbs": ["*"], "nonResourceURLs": ["*"]},
            ]
        self._check_rules(asked, wanted, ctx)

    def _check_binding(self, asked: Asked, binding: Obj, ctx: RequestContext) -> None:
        if asked.old is not None and (asked.old["roleRef"], asked.old.get("subjects")) == (
            binding["roleRef"],
            binding.get("subjects"),
        ):
            return
        ref = binding["roleRef"]
        kind = CLUSTER_ROLE if ref.get("kind") == "ClusterRole" else ROLE
        if self._may(ctx, "bind", kind.plural, asked.namespace, ref.get("name", "")):
            return
        rules = self._rbac.rules_of(ref, asked.namespace)
        if rules is None:
            raise NotFound.named(kind, ref.get("name", ""))
        self._check_rules(asked, rules, ctx)

    def _may(self, ctx: RequestContext, verb: str, plural: str, namespace: str, name: str) -> bool:
        attributes = Attributes(verb, ROLE.group, plural, "", namespace, name)
        return is_allowed(self._authorizer, ctx.user, attributes)

    def _check_rules(self, asked: Asked, wanted: list[Obj], ctx: RequestContext) -> None:
        """Raises: Forbidden."""
        lacking = missing(self._authorizer.rules(ctx.user, asked.namespace).rules, wanted)
        if not lacking:
            return
        lines = "\n".join(sorted(text(rule) for rule in compact(lacking)))
        why = (
            f'user "{ctx.user.name}" (groups={quoted(ctx.user.groups)}) is attempting to grant RBAC permissions not '
            f"currently held:\n{lines}"
        )
        raise Forbidden(
            f'{asked.kind.resource} "{asked.name}" is forbidden: {why}',
            details={"name": asked.name, "group": asked.kind.group, "kind": asked.kind.plural},
        )
