"""What an engine did is done again from the record: every take-over, every input, every byte."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import redis
from msgspec.structs import replace

from clusterlab.engine.steps import Replica
from clusterlab.hub import hub
from clusterlab.kubeapi.authentication_keys import authority_key
from clusterlab.labs.recording import record
from clusterlab.schema import schema
from simcore.apimachinery.kinds import CERTIFICATE_SIGNING_REQUEST, DEPLOYMENT
from simcore.apimachinery.meta import Key
from simcore.cluster.replay import NotReplayable, replay
from simcore.etcd.snapshot import Snapshot, dump, load
from simcore.kube_apiserver.local import LocalClient
from simcore.kube_apiserver.request import Request
from simcore.kube_apiserver.users import ADMIN
from tests.clusterlab.conftest import Found, Owner
from tests.kit.certificates import request_pem, signing_request
from tests.kit.manifests import deployment


def change(cluster_id: str, replicas: int, image: str) -> None:
    """As an outside writer does it, whenever it likes."""
    resident = hub.get(cluster_id)
    resident.sync()
    containers = [{"name": "main", "image": image}]
    spec = {"replicas": replicas, "template": {"spec": {"containers": containers}}}
    LocalClient(resident.server, "user:ada").patch(DEPLOYMENT, Key("default", "web"), {"spec": spec})


@pytest.fixture
def recorded(found: Found, owner_of: Callable[[str], Owner]) -> Snapshot:
    """Two owners, a cold start between them and three inputs, in the middle of things."""
    cluster_id = found(deployment("web", 2), latency="realistic")
    owner = owner_of(cluster_id)
    change(cluster_id, 5, "nginx:1.26")
    owner.advance(700)
    change(cluster_id, 3, "nginx:1.27")
    owner.advance(1_500)
    owner.replica = Replica(cluster_id)
    owner.advance(900)
    change(cluster_id, 6, "nginx:1.27")
    owner.advance(40_000)
    return record(cluster_id)


def test_a_replay_comes_to_the_same_history(recorded: Snapshot) -> None:
    done = replay(load(dump(recorded)), schema=schema())
    assert done.divergence is None
    assert done.is_same
    assert done.end == recorded.log[-1].revision
    assert done.inputs == 3
    assert [mark.what for mark in recorded.journal] == ["start", "take", "take", "start", "take", "end"]


def test_a_history_that_was_changed_is_found_out(recorded: Snapshot) -> None:
    place = next(n for n, e in enumerate(recorded.log) if e.origin.actor == "kube-scheduler" and n > 200)
    entry = recorded.log[place]
    recorded.log[place] = replace(entry, origin=replace(entry.origin, at=entry.origin.at + 1))
    done = replay(recorded, schema=schema())
    assert not done.is_same
    assert done.divergence == recorded.log[place]


def test_a_record_without_a_journal_is_refused(recorded: Snapshot) -> None:
    with pytest.raises(NotReplayable, match="no place where"):
        replay(Snapshot(recorded.revision, recorded.kvs, recorded.log))


def test_a_replay_begins_after_a_compaction(
    found: Found,
    owner_of: Callable[[str], Owner],
    client_of_redis: redis.Redis,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from clusterlab.engine import retention

    monkeypatch.setattr(retention, "KEPT_REVISIONS", 20)
    monkeypatch.setattr(retention, "FEWEST", 10)
    cluster_id = found(deployment("web", 2), latency="realistic")
    owner = owner_of(cluster_id)
    assert owner.replica.compact()
    owner.replica = Replica(cluster_id)
    change(cluster_id, 5, "nginx:1.26")
    owner.advance(20_000)
    kept = record(cluster_id)
    assert kept.revision > 0
    assert replay(kept, schema=schema()).is_same


def approve(cluster_id: str, name: str) -> None:
    """As `kubectl certificate approve` does it."""
    condition = {"type": "Approved", "status": "True", "reason": "KubectlApprove", "message": "fine"}
    hub.get(cluster_id).server.change(
        CERTIFICATE_SIGNING_REQUEST,
        Key("", name),
        lambda old, _: {**old, "status": {"conditions": [condition]}},
        Request(ADMIN, "user:ada"),
        subresource="approval",
    )


def test_what_was_signed_is_signed_again_by_who_knows_the_clusters_key(
    found: Found, owner_of: Callable[[str], Owner]
) -> None:
    cluster_id = found(latency="realistic")
    owner = owner_of(cluster_id)
    user = LocalClient(hub.get(cluster_id).server, "user:ada")
    user.create(CERTIFICATE_SIGNING_REQUEST, signing_request(request_pem("jane")))
    approve(cluster_id, "jane")
    owner.advance(5_000)
    kept = record(cluster_id)
    signed = [e for e in kept.log if e.value and b'"certificate":' in e.value]
    assert len(signed) == 1
    assert replay(kept, schema=schema(), authority_key=authority_key).is_same
    elsewhere = replay(kept, schema=schema())
    assert elsewhere.divergence == signed[0], "without the key all is the same but what was signed"
