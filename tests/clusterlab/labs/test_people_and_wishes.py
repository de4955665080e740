"""What people are called and may do, and what may be wished of a cluster: rules that need no database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clusterlab.labs.examples import _pods
from clusterlab.labs.models import Cluster, Role, ShareLink
from clusterlab.labs.people import ANIMALS, MANNERS, NAME, VISITOR, animal_name, name_of
from clusterlab.labs.spec import BadSpec, LabSpec
from clusterlab.labs.tokens import ID_ALPHABET, ID_LENGTH, hash_of, new_id, new_token

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("role", "included"),
    [
        (Role.VIEW, {Role.VIEW}),
        (Role.OPERATE, {Role.VIEW, Role.OPERATE}),
        (Role.OWNER, {Role.VIEW, Role.OPERATE, Role.OWNER}),
    ],
    ids=["view", "operate", "owner"],
)
def test_a_role_includes_those_before_it(role: Role, included: set[Role]) -> None:
    assert {other for other in Role if role.includes(other)} == included


@pytest.mark.parametrize(
    ("expires_at", "revoked_at", "active"),
    [
        (None, None, True),
        (NOON + HOUR, None, True),
        (NOON, None, False),
        (NOON - HOUR, None, False),
        (None, NOON - HOUR, False),
        (NOON + HOUR, NOON - HOUR, False),
    ],
    ids=["for ever", "for an hour", "ends now", "over", "revoked", "revoked before its end"],
)
def test_a_link_works_until_its_end_or_until_it_is_revoked(
    expires_at: datetime | None, revoked_at: datetime | None, active: bool
) -> None:
    assert ShareLink(expires_at=expires_at, revoked_at=revoked_at).is_active(NOON) is active


class Account:
    def __init__(self, name: str, *, known: bool = True) -> None:
        self.name, self.is_authenticated = name, known

    def get_username(self) -> str:
        return self.name


SECRET = "a-secret"
ANIMAL = animal_name(SECRET)


@pytest.mark.parametrize(
    ("session", "user", "name"),
    [
        ({}, Account("ada"), "ada"),
        ({NAME: "Grace", VISITOR: SECRET}, Account("ada"), "ada"),
        ({NAME: "Grace", VISITOR: SECRET}, Account("", known=False), "Grace"),
        ({NAME: "Grace"}, None, "Grace"),
        ({VISITOR: SECRET}, None, ANIMAL),
        ({NAME: "", VISITOR: SECRET}, None, ANIMAL),
    ],
    ids=["account", "account before all", "chosen", "chosen by nobody", "animal", "nothing chosen"],
)
def test_somebody_is_called_by_account_by_choice_or_by_animal(
    session: dict[str, str], user: Any, name: str
) -> None:
    assert name_of(session, user) == name


def test_an_animal_s_name_is_always_the_same_and_tells_nothing_of_the_secret() -> None:
    names = {animal_name(str(number)) for number in range(300)}
    assert len(names) > 200
    assert all(name.split(" ")[0] in MANNERS and name.split(" ")[1] in ANIMALS for name in names)
    assert animal_name(SECRET) == ANIMAL


def test_tokens_and_ids_are_never_the_same_and_fit_into_addresses() -> None:
    tokens, ids = {new_token() for _ in range(50)}, {new_id() for _ in range(50)}
    assert len(tokens) == len(ids) == 50
    assert {len(token) for token in tokens} == {43}
    assert all(len(name) == ID_LENGTH and set(name) <= set(ID_ALPHABET) for name in ids)
    assert len({hash_of(token) for token in tokens}) == 50 and len(hash_of("")) == 64


@pytest.mark.parametrize(
    "wish",
    [
        {}, {"nodes": 1}, {"nodes": 5_000}, {"nodes": 0, "bare": True}, {"zones": 26}, {"speed": 0.1},
        {"speed": 1_000.0}, {"cpu": "500m"}, {"cpu": "0.5"}, {"memory": "512Mi"}, {"memory": "1e9"},
        {"latency": "instant"},
    ],
    ids=str,
)  # fmt: skip
def test_wishes_within_the_bounds_are_granted_with_a_seed(wish: dict[str, Any]) -> None:
    checked = LabSpec(**wish).checked()
    assert checked.seed is not None and 0 <= checked.seed < 2**31
    assert checked.checked() is checked
    assert LabSpec(**checked.as_settings()) == checked
    assert {name: value for name, value in checked.as_settings().items() if name in wish} == wish


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"memory": "0"}, "memory='0' is no positive quantity, like 4, 500m or 8Gi"),
        ({"memory": "-1Gi"}, "memory='-1Gi' is no positive quantity, like 4, 500m or 8Gi"),
        ({"memory": ""}, "memory='' is no positive quantity, like 4, 500m or 8Gi"),
        ({"cpu": "4 cores"}, "cpu='4 cores' is no positive quantity, like 4, 500m or 8Gi"),
        ({"latency": "slow"}, "latency='slow' is neither realistic nor instant"),
        ({"latency": ""}, "latency='' is neither realistic nor instant"),
        ({"nodes": 0, "zones": 0}, "nodes=0 is not between 1 and 5000"),
    ],
    ids=["no memory", "less than none", "nothing", "words", "slow", "no latency", "the first fault"],
)
def test_a_wish_out_of_bounds_is_refused_with_a_sentence(wish: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadSpec) as refusal:
        LabSpec(**wish).checked()
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("bare", [True, False])
def test_only_a_bare_cluster_has_no_machine_for_its_control_plane(bare: bool) -> None:
    founded = LabSpec(nodes=2, seed=7, bare=bare).founding(1_000)
    assert (founded.control_plane, founded.nodes, founded.seed, founded.epoch_ms) == (not bare, 2, 7, 1_000)


@pytest.mark.parametrize(
    ("kind", "spec", "pods"),
    [
        ("Pod", {}, 1),
        ("Job", {}, 1),
        ("Job", {"parallelism": 5, "completions": 20}, 5),
        ("Deployment", {}, 1),
        ("Deployment", {"replicas": 0}, 0),
        ("ReplicaSet", {"replicas": 7}, 7),
        ("Service", {}, 0),
        ("ConfigMap", {"replicas": 3}, 0),
    ],
    ids=[
        "pod",
        "job",
        "parallel job",
        "deployment",
        "none wanted",
        "replica set",
        "service",
        "something else",
    ],
)
def test_an_example_s_pods_are_counted_from_its_manifests(kind: str, spec: dict[str, int], pods: int) -> None:
    assert _pods({"kind": kind, "spec": spec}) == pods


def test_rows_are_named_so_that_one_can_find_them() -> None:
    cluster = Cluster(id="abc", name="mine")
    link = ShareLink(cluster=cluster, role=Role.VIEW, token_hint="xyz")
    assert (str(cluster), str(link)) == ("mine (abc)", "view link xyz... of abc")
