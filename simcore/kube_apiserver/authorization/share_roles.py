"""What the roles of a share link allow: rules that stand beside RBAC's, for users whom the front has let in."""

from __future__ import annotations

from simcore.apimachinery.meta import Obj
from simcore.kube_apiserver.authorization.authorizer import NO_OPINION, Decision, RuleSet
from simcore.kube_apiserver.authorization.rules import allows, rule, url_rule
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.users import User

READS = ("get", "list", "watch")
WRITES = ("create", "update", "patch", "delete", "deletecollection")
_PATHS = url_rule(["get"], ["*"])
_QUESTIONS = rule(["create"], ["authorization.k8s.io", "authentication.k8s.io"], ["*"])
RULES: dict[str, list[Obj]] = {
    "owner": [rule(["*"], ["*"], ["*"]), url_rule(["*"], ["*"])],
    "operate": [rule([*READS, *WRITES], ["*"], ["*"]), _PATHS],
    "view": [rule(READS, ["*"], ["*"]), _QUESTIONS, _PATHS],
}
"""Operators do everything but impersonate, approve, bind and escalate."""
HIDDEN = frozenset(("secrets",))
"""What a viewer does not read."""
ACTING = frozenset(("attach", "exec", "portforward", "proxy"))
"""Subresources that do something even when they are asked for with GET."""


class ShareRoleAuthorizer:
    """A role that is not known may do nothing."""

    name = "ShareRole"

    def decide(self, user: User, asked: Attributes) -> Decision:
        if user.role == "view" and _is_kept_from_viewers(asked):
            return NO_OPINION
        if any(allows(given, asked) for given in RULES.get(user.role, ())):
            return Decision(allowed=True, reason=f"ShareRole: allowed by the role {user.role}")
        return NO_OPINION

    def rules(self, user: User, namespace: str) -> RuleSet:
        return RuleSet(RULES.get(user.role, []))


def _is_kept_from_viewers(asked: Attributes) -> bool:
    return asked.subresource in ACTING or (asked.resource in HIDDEN and not asked.group)
