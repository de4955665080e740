"""Creating objects through the pipeline."""

from __future__ import annotations

import pytest

from simcore.apimachinery.errors import AlreadyExists, Forbidden, Invalid, NotFound
from simcore.apimachinery.kinds import CONFIG_MAP, DEPLOYMENT, NAMESPACE, POD
from simcore.apimachinery.meta import Key, Obj
from simcore.kube_apiserver.request import Request
from simcore.kube_apiserver.users import ADMIN
from simcore.sim.trace import Origin
from tests.kit.control_plane import ControlPlane, deployment, pod


@pytest.fixture
def plane() -> ControlPlane:
    return ControlPlane()


def config_map(name: str, **meta: object) -> Obj:
    return {"metadata": {"name": name, "namespace": "default", **meta}}


def test_the_server_owns_uid_creation_time_and_revision(plane: ControlPlane):
    plane.advance(5_000)
    stolen = {
        "uid": "mine",
        "creationTimestamp": "2000-01-01T00:00:00Z",
        "deletionTimestamp": "2000-01-01T00:00:00Z",
    }
    made = plane.api.create(CONFIG_MAP, config_map("a", **stolen))
    assert made["metadata"]["creationTimestamp"] == "2026-01-01T00:00:05Z"
    assert made["metadata"]["resourceVersion"] == str(plane.store.revision)
    assert made["metadata"]["uid"] != "mine"
    assert "deletionTimestamp" not in made["metadata"]


def test_the_stored_bytes_begin_alike_and_hold_no_revision(plane: ControlPlane):
    plane.api.create(CONFIG_MAP, {"data": {"k": "v"}, **config_map("a")})
    kv = plane.store.get("/registry/configmaps/default/a")
    assert kv is not None
    assert kv.value.startswith(b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{')
    assert b"resourceVersion" not in kv.value


def test_a_name_is_taken_once(plane: ControlPlane):
    plane.api.create(CONFIG_MAP, config_map("a"))
    with pytest.raises(AlreadyExists) as refused:
        plane.api.create(CONFIG_MAP, config_map("a"))
    assert refused.value.message == 'configmaps "a" already exists'


def test_a_generated_name_has_five_random_letters(plane: ControlPlane):
    made = [
        plane.api.create(CONFIG_MAP, {"metadata": {"generateName": "web-", "namespace": "default"}})
        for _ in range(20)
    ]
    generated = [obj["metadata"]["name"] for obj in made]
    assert len(set(generated)) == 20
    assert all(len(name) == 9 and name.startswith("web-") for name in generated)
    assert made[0]["metadata"]["generateName"] == "web-"


def test_a_generated_name_fits_a_dns_label(plane: ControlPlane):
    made = plane.api.create(CONFIG_MAP, {"metadata": {"generateName": "x" * 80, "namespace": "default"}})
    assert len(made["metadata"]["name"]) == 63


def test_a_generated_name_that_is_taken_is_drawn_again(plane: ControlPlane):
    twin = ControlPlane()
    wanted = twin.api.create(CONFIG_MAP, {"metadata": {"generateName": "web-", "namespace": "default"}})
    taken = wanted["metadata"]["name"]
    path = f"/registry/configmaps/default/{taken}"
    kv = twin.store.get(path)
    assert kv is not None
    plane.store._current[path] = kv  # the name is there, and the revision is the one at which it is drawn
    made = plane.api.create(CONFIG_MAP, {"metadata": {"generateName": "web-", "namespace": "default"}})
    assert made["metadata"]["name"] != taken


def test_two_servers_with_one_seed_make_the_same_objects():
    def history() -> list[Obj]:
        plane = ControlPlane(seed=7)
        return [plane.api.create(POD, pod("", generateName="web-", namespace="default")) for _ in range(5)]

    assert history() == history()


def test_generation_begins_at_one_for_kinds_that_count_it(plane: ControlPlane):
    plane.given(deployment())
    assert plane.get(DEPLOYMENT, "web")["metadata"]["generation"] == 1
    assert "generation" not in plane.api.create(CONFIG_MAP, config_map("a"))["metadata"]


def test_status_cannot_be_given_with_a_new_object(plane: ControlPlane):
    plane.given(deployment() | {"status": {"replicas": 9}})
    assert plane.get(DEPLOYMENT, "web")["status"] == {}


def test_a_namespace_must_exist(plane: ControlPlane):
    with pytest.raises(NotFound) as refused:
        plane.api.create(CONFIG_MAP, {"metadata": {"name": "a", "namespace": "nowhere"}})
    assert refused.value.message == 'namespaces "nowhere" not found'


def test_a_terminating_namespace_takes_nothing_new(plane: ControlPlane):
    plane.namespace("old")
    plane.api.delete(NAMESPACE, Key("", "old"))
    with pytest.raises(Forbidden) as refused:
        plane.api.create(CONFIG_MAP, {"metadata": {"name": "a", "namespace": "old"}})
    assert refused.value.message == (
        'configmaps "a" is forbidden: unable to create new content in namespace old because it is being terminated'
    )
    cause = refused.value.status()["details"]["causes"][0]
    assert cause == {
        "reason": "NamespaceTerminating",
        "message": "namespace old is being terminated",
        "field": "metadata.namespace",
    }


def test_what_the_strategy_refuses_is_invalid(plane: ControlPlane):
    with pytest.raises(Invalid) as refused:
        plane.api.create(CONFIG_MAP, {"metadata": {"namespace": "default"}})
    assert refused.value.message == (
        'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required'
    )


def test_a_dry_run_stores_nothing(plane: ControlPlane):
    before = plane.store.revision
    made = plane.server.create(CONFIG_MAP, config_map("a"), Request(ADMIN, "user:admin", dry_run=True))
    assert made["metadata"]["uid"]
    assert plane.store.revision == before


def test_every_write_knows_its_actor_cause_and_time(plane: ControlPlane):
    api = plane.client("replicaset-controller")
    api.cause = 1
    plane.advance(250)
    api.create(CONFIG_MAP, config_map("a"))
    origin = plane.store.entries_since(plane.store.revision - 1)[0].origin
    assert origin == Origin("replicaset-controller", 1, 250)


def test_what_the_caller_gave_is_not_changed(plane: ControlPlane):
    given = pod("web", namespace="default")
    before = repr(given)
    plane.api.create(POD, given)
    assert repr(given) == before


def test_a_pod_gets_an_account_a_priority_and_five_minutes_on_an_unready_node(plane: ControlPlane):
    spec = plane.api.create(POD, pod("web", namespace="default"))["spec"]
    assert (spec["serviceAccountName"], spec["serviceAccount"]) == ("default", "default")
    assert (spec["priority"], spec["preemptionPolicy"]) == (0, "PreemptLowerPriority")
    assert [(t["key"], t["tolerationSeconds"]) for t in spec["tolerations"]] == [
        ("node.kubernetes.io/not-ready", 300),
        ("node.kubernetes.io/unreachable", 300),
    ]


def test_a_pod_that_tolerates_everything_gets_no_more_tolerations(plane: ControlPlane):
    made = pod("web", namespace="default")
    made["spec"]["tolerations"] = [{"operator": "Exists"}]
    assert plane.api.create(POD, made)["spec"]["tolerations"] == [{"operator": "Exists"}]


def test_a_pod_names_a_priority_class_that_exists(plane: ControlPlane):
    critical, unknown = pod("a", namespace="default"), pod("b", namespace="default")
    critical["spec"]["priorityClassName"] = "system-node-critical"
    unknown["spec"]["priorityClassName"] = "urgent"
    assert plane.api.create(POD, critical)["spec"]["priority"] == 2_000_001_000
    with pytest.raises(Forbidden) as refused:
        plane.api.create(POD, unknown)
    assert refused.value.message == 'pods "b" is forbidden: no PriorityClass with name urgent was found'


def test_a_pod_does_not_choose_its_own_priority(plane: ControlPlane):
    proud = pod("a", namespace="default")
    proud["spec"]["priority"] = 7
    with pytest.raises(Forbidden) as refused:
        plane.api.create(POD, proud)
    assert refused.value.message == (
        'pods "a" is forbidden: the integer value of priority (7) must not be provided in pod spec; '
        "priority admission controller computed 0 from the given PriorityClass name"
    )
