"""The authorizers that the API server's flags name, and what no flag turns off."""

from __future__ import annotations

import pytest

from simcore.apimachinery.encoding import encode
from simcore.etcd.interface import Put
from simcore.kube_apiserver.authorization.modes import ByFlags
from simcore.kube_apiserver.flags import PATH, BadFlags, FlagsReader, ServerFlags, modes_of
from simcore.kube_apiserver.request import Attributes
from simcore.kube_apiserver.users import ADMIN, ANONYMOUS, User
from simcore.sim.trace import Origin
from tests.simcore.kube_apiserver.http.door import Door

JANE = User("jane", ("system:authenticated",), "user")
GET_PODS = Attributes("get", "", "pods", namespace="default")
FOR_JANE = {"user": "jane", "namespace": "*", "resource": "pods"}


def start_with(door: Door, *modes: str, abac: tuple[dict[str, str], ...] = ()) -> ByFlags:
    flags = ServerFlags(modes, abac)
    door.store.txn((), (Put(PATH, encode(flags.record())),), origin=Origin("test", 0, 0))
    return ByFlags(door.server.storage)


def test_without_flags_it_is_node_and_rbac(door: Door):
    assert [authorizer.name for authorizer in ByFlags(door.server.storage).authorizers] == [
        "PrivilegedGroup",
        "ShareRole",
        "Node",
        "RBAC",
    ]


DECISIONS = {
    "nothing said": (("Node", "RBAC"), (), False, ""),
    "a policy": (("ABAC",), (FOR_JANE,), True, ""),
    "no policy": (("ABAC",), (), False, "No policy matched."),
    "a policy behind others": (("Node", "RBAC", "ABAC"), (FOR_JANE,), True, ""),
    "a policy that no mode reads": (("Node", "RBAC"), (FOR_JANE,), False, ""),
    "everything": (("AlwaysAllow",), (), True, ""),
    "nothing": (("AlwaysDeny",), (), False, "Everything is forbidden."),
    "several reasons": (("ABAC", "AlwaysDeny"), (), False, "No policy matched.\nEverything is forbidden."),
}


@pytest.mark.parametrize(("modes", "abac", "allowed", "reason"), DECISIONS.values(), ids=DECISIONS)
def test_the_modes_decide(
    door: Door, modes: tuple[str, ...], abac: tuple[dict[str, str], ...], allowed: bool, reason: str
):
    decision = start_with(door, *modes, abac=abac).decide(JANE, GET_PODS)
    assert (decision.allowed, decision.reason) == (allowed, reason)


@pytest.mark.parametrize(
    "user",
    [ADMIN, User("x", ("system:masters",), "user"), User("operate-1", role="operate")],
    ids=["an owner", "a master by certificate", "an operator"],
)
def test_no_flag_locks_an_owner_or_an_operator_out(door: Door, user: User):
    assert start_with(door, "AlwaysDeny").decide(user, GET_PODS).allowed


def test_masters_may_everything_as_rules_say(door: Door):
    found = start_with(door, "RBAC").rules(User("x", ("system:masters",), "user"), "default")
    assert {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]} in found.rules


def test_a_kubelets_rules_are_not_all(door: Door):
    found = start_with(door, "Node").rules(User("system:node:a", ("system:nodes",), "user"), "default")
    assert (found.rules, found.gap) == ([], "node authorizer does not support user rule resolution")


def test_what_changes_in_the_record_counts_at_once(door: Door):
    authorizer = start_with(door, "RBAC")
    assert not authorizer.decide(ANONYMOUS, GET_PODS).allowed
    start_with(door, "AlwaysAllow")
    assert authorizer.decide(ANONYMOUS, GET_PODS).allowed


def test_flags_are_read_as_they_were_written(door: Door):
    flags = ServerFlags(("ABAC",), ({"user": "x"},), ({"user": "y"},), anonymous_auth=False)
    door.store.txn((), (Put(PATH, encode(flags.record())),), origin=Origin("test", 0, 0))
    assert FlagsReader(door.store)() == flags


BAD = {
    "none": ("", "at least one authorization-mode must be passed"),
    "commas": (",,", "at least one authorization-mode must be passed"),
    "unknown": (
        "RBAC,Magic",
        'authorization-mode "Magic" is not a valid mode: known modes are AlwaysAllow, AlwaysDeny, ABAC, Node, RBAC',
    ),
    "webhook": (
        "Webhook",
        'authorization-mode "Webhook" is not a valid mode: known modes are AlwaysAllow, AlwaysDeny, ABAC, Node, RBAC',
    ),
    "twice": ("RBAC,RBAC", 'authorization-mode ["RBAC"] has mode specified more than once'),
}


@pytest.mark.parametrize(("text", "why"), BAD.values(), ids=BAD)
def test_a_bad_mode_is_refused(text: str, why: str):
    with pytest.raises(BadFlags) as refused:
        modes_of(text)
    assert str(refused.value) == why


def test_modes_are_listed_by_commas():
    assert modes_of("Node, RBAC,ABAC") == ("Node", "RBAC", "ABAC")
